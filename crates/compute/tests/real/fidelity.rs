//! Flows of every kind give here what promptflow's own command line gives, against the same model server: their answers,
//! their metrics, and what the models are asked. The test prints them as a table.

mod cases;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use flowdeck_compute::{Compute, StartSession};
use flowdeck_connections::{Condition, read_import, to_yaml};
use flowdeck_contract::{
    Millis, connections::ConnectionName, runs::RunState, session::SessionState,
};
use serde_json::{Value, json};
use tokio::process::Command;

use self::cases::{Case, cases};
use crate::support::{Home, ended, in_state, models::Models, over, shared};

const KEY: &str = "sk-fidelity-5512";
const PATIENCE: Duration = Duration::from_secs(120);

/// What a flow gave: its outputs and metrics by name, and what models were asked, in an order of its own.
struct Given {
    rows: BTreeMap<String, Value>,
    calls: Vec<String>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/fidelity")
}

/// Connections as promptflow's YAML, one of each kind that the flows use.
fn connections(models: &Models) -> Vec<(&'static str, String)> {
    let base = &models.address;
    vec![
        ("open_ai_connection", format!("name: open_ai_connection\ntype: open_ai\napi_key: {KEY}\nbase_url: {base}/v1\n")),
        ("aoai", format!("name: aoai\ntype: azure_open_ai\napi_key: {KEY}\napi_base: {base}\napi_version: '2024-02-01'\n")),
        ("mine", "name: mine\ntype: custom\nconfigs: {url: http://x}\nsecrets: {key: key-of-mine}\n".to_owned()),
        ("strong", "name: strong\ntype: custom\nconfigs: {url: http://strong}\nsecrets: {key: key-of-strong}\n".to_owned()),
    ]
}

/// promptflow's own programs, of the base that sessions are made of.
fn program(name: &str) -> PathBuf {
    let bases = fs::read_dir(shared("base")).unwrap();
    let programs = bases.map(|base| base.unwrap().path().join("bin").join(name));
    let mut found: Vec<PathBuf> = programs.filter(|path| path.exists()).collect();
    found.sort_by_key(|path| {
        fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .unwrap()
    });
    found.pop().expect("the base has promptflow's command line")
}

/// A command that keeps its connections below `home`, whose key comes from a variable.
fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("HOME", home)
        .env("PF_HOME_DIRECTORY", home)
        .env("PF_DISABLE_TRACING", "true")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONPATH", fixtures())
        .env("PYTHON_KEYRING_BACKEND", "test_keyring.Keyring")
        .env("FLOWDECK_TEST_KEYRING", URL_SAFE.encode([7; 32]))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn succeed(command: &mut Command) {
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.expect("promptflow ends").unwrap();
    // promptflow says it on either.
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// What `pf flow test` gives, in a copy of the flow.
async fn of_promptflow(home: &Path, case: &Case, models: &Models) -> Given {
    let folder = home.join(case.folder);
    copy(&fixtures().join(case.folder), &folder);
    fs::write(folder.join(cases::INPUTS), case.inputs()).unwrap();
    let before = models.calls().len();
    let mut test = command(&program("pf"), home);
    let flow = folder.join(case.prompty.unwrap_or_default());
    test.args(["flow", "test", "--flow"]).arg(flow);
    succeed(test.args(case.arguments(|file| folder.join(file).to_string_lossy().into_owned())))
        .await;
    let (within, begin) = case.given();
    let read = |what: &str| -> Option<Value> {
        let text = fs::read(folder.join(&within).join(format!("{begin}.{what}.json"))).ok()?;
        Some(serde_json::from_slice(&text).unwrap())
    };
    let metrics = read("metrics").unwrap_or_default();
    Given {
        rows: rows(&read("output").unwrap(), &metrics, &|path| {
            fs::read(folder.join(path)).ok()
        }),
        calls: calls(models, before),
    }
}

/// What a run here gives.
async fn of_flowdeck(home: &Home, compute: &Compute, case: &Case, models: &Models) -> Given {
    let before = models.calls().len();
    let id = case.id();
    let folder = home.flows().join(case.folder);
    compute.start(&id, StartSession::default()).await.unwrap();
    in_state(compute, &id, SessionState::Available).await;
    let request = case.request(|file| fs::read(folder.join(file)).unwrap());
    let run = compute.run(&id, serde_json::from_value(request).unwrap());
    let run = run.unwrap();
    let detail = over(compute, &id, &run.summary.id).await;
    assert_eq!(
        detail.summary.state,
        RunState::Completed,
        "{:?}",
        detail.error
    );
    let operation = compute.stop(&id).await.unwrap();
    ended(compute, &operation).await;
    Given {
        rows: rows(&json!(detail.outputs), &json!(detail.metrics), &|path| {
            let of_run = compute.run_output_file(&id, &run.summary.id, path.rsplit('/').next()?);
            of_run.ok().or_else(|| fs::read(folder.join(path)).ok())
        }),
        calls: calls(models, before),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Gives the bytes of a picture's file.
type File<'f> = &'f dyn Fn(&str) -> Option<Vec<u8>>;

fn rows(outputs: &Value, metrics: &Value, file: File<'_>) -> BTreeMap<String, Value> {
    // What has no names is promptflow's one output.
    let alone = json!({"output": outputs});
    let outputs = outputs
        .as_object()
        .or(alone.as_object())
        .into_iter()
        .flatten();
    let metrics = metrics.as_object().into_iter().flatten();
    let outputs = outputs.map(|(name, value)| (name.clone(), with_pictures(value, file)));
    let metrics = metrics.map(|(name, value)| (format!("metric {name}"), value.clone()));
    outputs.chain(metrics).collect()
}

/// A value with each picture's file as its bytes: every run gives its files names of its own.
fn with_pictures(value: &Value, file: File<'_>) -> Value {
    let picture = |path: &Value| -> Value {
        let path = path.as_str().unwrap_or_default();
        match file(path) {
            Some(bytes) => json!({"picture": URL_SAFE.encode(bytes)}),
            None => json!({"no file": path}),
        }
    };
    match value {
        Value::Array(items) => items.iter().map(|item| with_pictures(item, file)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| {
                let is_file =
                    key == "image_file" || key.starts_with("data:image/") && key.ends_with(";path");
                let value = match (is_file, value.get("path")) {
                    (true, Some(path)) => picture(path),
                    (true, None) => picture(value),
                    (false, _) => with_pictures(value, file),
                };
                (key.clone(), value)
            })
            .collect(),
        other => other.clone(),
    }
}

/// What models were asked since, without an order: nodes run side by side.
fn calls(models: &Models, before: usize) -> Vec<String> {
    let calls = models.calls();
    let since = calls.get(before..).unwrap_or_default().iter();
    let mut calls: Vec<String> = since
        .map(|call| format!("{} {}", call.path, call.body))
        .collect();
    calls.sort();
    calls
}

fn in_a_cell(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "(none)".to_owned(), Value::to_string);
    text.chars().take(44).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_flow_gives_what_promptflow_gives() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let cases = cases();
    for folder in cases
        .iter()
        .map(|case| case.folder)
        .collect::<BTreeSet<&str>>()
    {
        copy(&fixtures().join(folder), &home.flows().join(folder));
    }
    let compute = home.compute(0).await;
    let own = home.root().join("promptflow");
    fs::create_dir_all(&own).unwrap();
    // No report to its makers, and no service that would outlive the test.
    let settings = "telemetry:\n  enabled: false\ntrace:\n  destination: none\n";
    fs::write(own.join("pf.yaml"), settings).unwrap();
    let mut store = command(&program("python"), &own);
    store.arg(fixtures().join("connections.py"));
    for (name, yaml) in connections(&models) {
        let file = own.join(format!("{name}.yaml"));
        fs::write(&file, &yaml).unwrap();
        store.arg(file);
        let found = read_import(&yaml, compute.flow_variables())
            .unwrap()
            .remove(0);
        let name = ConnectionName::try_from(name).unwrap();
        let connections = compute.connections();
        let input = found.input().unwrap();
        let stored = connections
            .save(&name, input, &Condition::Absent, Millis(1))
            .unwrap();
        assert!(to_yaml(&stored).is_some());
    }
    succeed(&mut store).await;
    // What promptflow has stored by itself is what an import reads of it.
    let text =
        flowdeck_connections::read_local_store(fs::read(own.join("pf.sqlite")).unwrap()).unwrap();
    assert!(!text.contains(KEY), "{text}");
    let names: Vec<String> = read_import(&text, compute.flow_variables())
        .unwrap()
        .into_iter()
        .map(|found| found.name)
        .collect();
    let mut expected: Vec<&str> = connections(&models)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    expected.sort_unstable();
    assert_eq!(names, expected);

    let mut different = Vec::new();
    println!("| flow | what | pf flow test | flowdeck | same |");
    println!("|---|---|---|---|---|");
    for case in &cases {
        let theirs = of_promptflow(&own, case, &models).await;
        let ours = of_flowdeck(&home, &compute, case, &models).await;
        let flow = case.name;
        let names: BTreeSet<&String> = theirs.rows.keys().chain(ours.rows.keys()).collect();
        for name in names {
            let (their, our) = (theirs.rows.get(name), ours.rows.get(name));
            let same = their == our;
            println!(
                "| {flow} | {name} | {} | {} | {same} |",
                in_a_cell(their),
                in_a_cell(our)
            );
            if !same {
                different.push(format!("{flow} {name}: {their:?} is not {our:?}"));
            }
        }
        let same = theirs.calls == ours.calls;
        let (their, our) = (theirs.calls.len(), ours.calls.len());
        println!("| {flow} | calls of models | {their} | {our} | {same} |");
        if !same {
            different.push(format!(
                "{flow}: {:?} is not {:?}",
                theirs.calls, ours.calls
            ));
        }
    }
    compute.close().await;
    assert!(different.is_empty(), "{different:#?}");
}
