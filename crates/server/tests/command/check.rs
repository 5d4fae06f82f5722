//! `flowdeck check`: what it finds, and how it says so.

use std::{fs, path::Path, process::Output};

use serde_json::Value;

use super::{GOOD, TOOL, flowdeck, text, world};

fn check(arguments: &[&str], at: &Path) -> Output {
    flowdeck()
        .arg("check")
        .args(arguments)
        .current_dir(at)
        .output()
        .unwrap()
}

#[test]
fn check_says_by_its_exit_code_what_it_found() {
    let world = world();
    for (paths, code) in [
        (&["flows/good"][..], 0),
        (&["flows/good/flow.dag.yaml"], 0),
        (&["flows/bad"], 1),
        (&["flows/good", "flows/bad"], 1),
        (&["flows/gone"], 2),
        (&["flows/bad", "flows/gone.yaml"], 2),
        (&["flows"], 1),
        (&[], 2),
        (&["flows/good", "--format", "xml"], 2),
    ] {
        assert_eq!(
            check(paths, world.path()).status.code(),
            Some(code),
            "{paths:?}"
        );
    }
}

#[test]
fn check_names_the_place_of_an_error() {
    let world = world();
    let output = check(&["flows/bad"], world.path());
    assert!(
        text(&output.stdout).starts_with("flows/bad/flow.dag.yaml:"),
        "{}",
        text(&output.stdout)
    );
    assert!(
        text(&output.stdout).contains("error NodeCircularDependency"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn check_gives_an_object_for_each_path() {
    let world = world();
    fs::write(world.path().join("latin1.yaml"), b"\xf6").unwrap();
    let output = check(
        &["flows/good", "flows/bad", "latin1.yaml", "--format", "json"],
        world.path(),
    );
    assert_eq!(output.status.code(), Some(2));
    let files: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(files[0]["path"], "flows/good/flow.dag.yaml");
    assert_eq!(files[0]["ok"], true);
    assert_eq!(files[0]["order"], serde_json::json!(["a"]));
    assert_eq!(files[1]["ok"], false);
    let finding = files[1]["findings"][0].as_object().unwrap();
    let keys: Vec<_> = finding.keys().collect();
    assert_eq!(
        keys,
        [
            "code",
            "severity",
            "message",
            "line",
            "column",
            "endLine",
            "endColumn"
        ]
    );
    assert_eq!(files[2]["ok"], false);
    assert!(
        files[2]["findings"][0]["message"]
            .as_str()
            .unwrap()
            .contains("UTF-8")
    );
}

/// The files that nodes run are read, not run.
#[test]
fn check_looks_into_the_files_of_a_flow() {
    let world = world();
    let flow = world.path().join("flows/good");
    let definition = GOOD.replace("inputs: {}", "inputs: {txt: 1}");
    fs::write(flow.join("flow.dag.yaml"), definition).unwrap();
    fs::write(flow.join("a.py"), TOOL.replace("a():", "a(text):")).unwrap();
    fs::write(flow.join("data.json"), "{\"a\": 1,}").unwrap();
    let output = check(&["flows/good"], world.path());
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for expected in [
        "flows/good/flow.dag.yaml:5:12: error UnknownToolInput: ",
        "Did you mean 'text'?",
        "flows/good/data.json:1:9: error JsonSyntax: ",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    fs::write(flow.join("a.py"), "").unwrap();
    let output = check(&["flows/good/flow.dag.yaml"], world.path());
    assert!(text(&output.stdout).contains("error ToolFunctionMissing: "));
}

/// A folder of several flows is searched, and what isn't found or searched is said.
#[test]
fn check_finds_the_flows_below_a_folder() {
    let world = world();
    let deep = world.path().join("repo/flows/deep");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("flow.dag.yaml"), "nodes: [\n").unwrap();
    let output = check(&["repo"], world.path());
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.starts_with("repo/flows/deep/flow.dag.yaml:"), "{told}");

    fs::remove_file(deep.join("flow.dag.yaml")).unwrap();
    let none = check(&["repo"], world.path());
    assert_eq!(none.status.code(), Some(2));
    assert!(
        text(&none.stdout).contains("neither it nor a folder below it holds a flow.dag.yaml"),
        "{}",
        text(&none.stdout)
    );
    fs::create_dir_all(deep.join("4/5/6/7")).unwrap();
    let too_deep = check(&["repo"], world.path());
    assert!(text(&too_deep.stdout).contains("too many: 1"));
}

/// Requirements are checked with the flow that names them, and alone: what no installer reads has its line.
#[test]
fn check_reads_requirements_of_a_flow_and_alone() {
    let world = world();
    let flow = world.path().join("flows/good");
    fs::create_dir(flow.join("deps")).unwrap();
    let lines =
        "colorama\u{a0}==0.4.6\n_libgcc_mutex=0.1=main\npromptflow==1.17.2\n-r deps/more.txt\n";
    fs::write(flow.join("requirements.txt"), lines).unwrap();
    fs::write(flow.join("deps/more.txt"), "flask ==\n").unwrap();
    for (path, file) in [
        ("flows/good", "flows/good/requirements.txt"),
        ("flows/good/flow.dag.yaml", "flows/good/requirements.txt"),
        ("flows/good/requirements.txt", "flows/good/requirements.txt"),
    ] {
        let output = check(&[path], world.path());
        let told = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{path}: {told}");
        for expected in [
            &*format!("{file}:1:9: error RequirementInvalid: "),
            "‹U+00A0›",
            &format!(
                "{file}:2:1: error RequirementInvalid: pip can’t read this line of a conda export."
            ),
            &format!("{file}:3:11: warning PinnedBasePackage: "),
            "flows/good/deps/more.txt:1:7: error RequirementInvalid: ",
        ] {
            assert!(told.contains(expected), "{path}: {expected}\n{told}");
        }
    }
    let here = check(&["requirements.txt"], &flow);
    assert!(text(&here.stdout).starts_with("requirements.txt:1:9: "));
    assert_eq!(check(&["none.txt"], &flow).status.code(), Some(2));
    fs::write(flow.join("requirements.txt"), "-r none.txt\n").unwrap();
    let missing = check(&["requirements.txt"], &flow);
    let told = text(&missing.stdout);
    assert!(
        told.starts_with("requirements.txt:1:1: error RequirementFileMissing: "),
        "{told}"
    );
}

#[test]
fn a_named_requirements_file_that_is_missing_is_one_error() {
    let world = world();
    let definition = world.path().join("flows/good/flow.dag.yaml");
    let named = format!("environment: {{python_requirements_txt: deps.txt}}\n{GOOD}");
    fs::write(definition, named).unwrap();
    let output = check(&["flows/good"], world.path());
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert_eq!(told.matches("RequirementFileMissing").count(), 1, "{told}");
    assert!(told.contains("flow.dag.yaml:1:40: error "), "{told}");
}
