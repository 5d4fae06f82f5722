//! Findings in requirements files, and laws that hold for any text.

use std::str::FromStr as _;

use flowdeck_flow::{
    FileNames, Finding, LineKind, Severity, check_requirement_files, check_requirements,
    normalised_name, requirement_lines,
};
use pep508_rs::Requirement;
use proptest::{prelude::*, sample::select};

fn findings(text: &str) -> Vec<Finding> {
    check_requirements(text, "requirements.txt", None)
}

/// Code, line and column of each finding.
fn places(findings: &[Finding]) -> Vec<(&str, u32, u32)> {
    findings
        .iter()
        .map(|finding| (finding.code.as_str(), finding.line, finding.column))
        .collect()
}

/// The text after a fix; `None` when its places are not in the text.
fn fixed(text: &str, finding: &Finding) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    let from = offset(text, fix.line, fix.column)?;
    let to = offset(text, fix.end_line, fix.end_column)?;
    Some(format!(
        "{}{}{}",
        text.get(..from)?,
        fix.text,
        text.get(to..)?
    ))
}

fn offset(text: &str, line: u32, column: u32) -> Option<usize> {
    let mut start = 0;
    for _ in 1..line {
        let end = start + text[start..].find(['\n', '\r'])?;
        start = end
            + if text[end..].starts_with("\r\n") {
                2
            } else {
                1
            };
    }
    let indices = text[start..].char_indices().map(|(at, _)| start + at);
    indices.chain([text.len()]).nth(column as usize - 1)
}

#[test]
fn a_line_that_is_no_requirement_is_marked_where_it_goes_wrong() {
    for (text, column, says) in [
        ("flask=2.0", 6, "=="),
        ("flask >= two", 7, "isn’t a version"),
        ("flask ==", 7, "Add a version"),
        ("flask[async", 11, "]"),
        ("flask 2.0", 7, "comparison"),
        ("!!!", 1, "name"),
        ("flask; python > '3'", 8, "python_version"),
        ("flask --upgrade", 7, "--upgrade"),
        ("--upgrade", 1, "--upgrade"),
        ("-r", 1, "value"),
        ("pip install flask", 5, "comparison"),
        ("flask @", 7, "address"),
    ] {
        let found = findings(text);
        assert_eq!(
            places(&found),
            [("RequirementInvalid", 1, column)],
            "{text}: {found:?}"
        );
        assert_eq!(found[0].severity, Severity::Error);
        assert!(
            found[0].message.contains(says),
            "{text}: {}",
            found[0].message
        );
    }
    let continued = findings("# hm\nflask \\\n  >= \\\n  two\n");
    assert_eq!(places(&continued), [("RequirementInvalid", 3, 3)]);
}

#[test]
fn what_pip_takes_is_left_alone() {
    let text = "\u{20}flask\nFlask-Cors >=1, <2 ; python_version >= \"3.9\"  # why\n-i https://{private}@feed/simple\n\
                --extra-index-url=https://host/simple\n--pre --no-index\nnumpy (>=1.20)\n\
                git+https://host/x.git@main#egg=x\n\
                x2 @ git+ssh://git@host/x.git\nhttps://host/a%20b.whl ; os_name == 'nt'\nzope.interface~=5.0\n\
                dataclasses; python_version<'3.7'\ndataclasses>=1; python_version>='3.7'\n";
    assert_eq!(findings(text), []);
}

#[test]
fn a_pinned_base_package_is_told_with_a_fix() {
    for (text, after) in [
        ("promptflow==1.0", "promptflow"),
        (
            "x\nPromptflow_Tools  == 1.0 ; os_name == 'x' # y\n",
            "x\nPromptflow_Tools ; os_name == 'x' # y\n",
        ),
        ("promptflow[azure] (==1.*)", "promptflow[azure]"),
        ("promptflow-core>=1,==1.5 # y", "promptflow-core>=1 # y"),
        ("promptflow===1 , < 2", "promptflow< 2"),
        (
            "promptflow-devkit \\\r\n  == 1.0\r\nx",
            "promptflow-devkit\r\nx",
        ),
    ] {
        let found = findings(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(
            (found[0].code.as_str(), found[0].severity),
            ("PinnedBasePackage", Severity::Warning)
        );
        assert_eq!(fixed(text, &found[0]).as_deref(), Some(after));
    }
    assert_eq!(findings("promptflow>=1.5\npromptflow-vectordb==1\n"), []);
    let hashed = findings("promptflow==1 --hash=sha256:ab");
    assert_eq!((hashed.len(), &hashed[0].fix), (1, &None));
}

#[test]
fn every_package_of_the_runtime_is_told() {
    let text = "promptflow==1.17.2\npromptflow-azure==1.17.2\ntabulate==0.9.0\npromptflow-core==1.17.2\n\
                promptflow-devkit==1.17.2\npromptflow-evals==0.3.2\npromptflow-tracing==1.17.2";
    let lines: Vec<u32> = findings(text).iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 2, 4, 5, 6, 7]);
}

#[test]
fn extras_of_a_package_add_up() {
    assert_eq!(
        findings("promptflow\nuvicorn\nuvicorn[standard]\nhttpx[http2]\nhttpx[socks]\n"),
        []
    );
    let found = findings("httpx[b, a]\nhttpx[A,b]\n");
    assert_eq!(places(&found), [("RequirementTwice", 2, 1)]);
}

#[test]
fn one_hash_makes_all_lines_need_one() {
    let hashed = "colorama==0.4.6 \\\n  --hash=sha256:ab\n";
    assert_eq!(findings(hashed), []);
    let code = "RequirementHashMissing";
    let found = findings(&format!("{hashed}tabulate==0.9.0\n-e ./local\n"));
    assert_eq!(places(&found), [(code, 3, 1), (code, 4, 4)]);
    assert_eq!(found[0].severity, Severity::Error);
    for (text, line) in [
        ("--require-hashes\ntabulate==0.9.0\n", 2),
        ("colorama>=0.4 --hash=sha256:ab", 1),
        ("colorama==0.* --hash=sha256:ab", 1),
    ] {
        assert_eq!(
            findings(text)
                .first()
                .map(|found| (found.code.as_str(), found.line)),
            Some((code, line)),
            "{text}"
        );
    }
    assert_eq!(
        findings("https://h/a.whl#sha256=ab\nx==1 --hash=sha256:ab"),
        []
    );
    let set =
        check_requirement_files(&[("r.txt", "-r more.txt\nflask==3.0\n"), ("more.txt", hashed)]);
    assert_eq!(set.len(), 1);
    assert_eq!((set[0].0, set[0].1.line), (0, 2));
    let by_constraint = [("r.txt", "colorama==0.4.6\n"), ("c.txt", hashed)];
    assert_eq!(check_requirement_files(&by_constraint), []);
}

#[test]
fn invisible_characters_are_named_and_go() {
    let text = "colorama\u{a0}==\u{a0}0.4.6\ntabulate==0.9.0\u{200b}\n\u{feff}termcolor==2.4.0\n# \u{a0}\n";
    let found = findings(text);
    let names: Vec<_> = ["‹U+00A0›", "‹U+200B›", "‹U+FEFF›"].into_iter().collect();
    assert_eq!(found.len(), 3, "{found:?}");
    for (number, name) in (0..).zip(names) {
        assert!(found[number].message.contains(name), "{:?}", found[number]);
        assert_eq!(
            (found[number].line as usize, found[number].severity),
            (number + 1, Severity::Error)
        );
    }
    let fixes = found.iter().filter_map(|finding| finding.fix.as_ref());
    let mended = flowdeck_flow::mended(text, fixes);
    assert_eq!(
        mended,
        "colorama == 0.4.6\ntabulate==0.9.0\ntermcolor==2.4.0\n# \u{a0}\n"
    );
    assert_eq!(findings(&mended), []);
}

#[test]
fn a_conda_export_is_told_by_line_with_pips_form() {
    let text = "_libgcc_mutex=0.1=main\ncolorama=0.4.6=py311h06a4308_0\nflask=2.0\n";
    let found = findings(text);
    let code = "RequirementInvalid";
    assert_eq!(places(&found), [(code, 1, 1), (code, 2, 9), (code, 3, 6)]);
    assert!(found[0].message.contains("conda") && found[0].fix.is_none());
    assert_eq!(found[2].message, "Use == to pin a version.");
    let after = fixed(text, &found[1]).unwrap();
    assert!(after.contains("\ncolorama==0.4.6\n"), "{after}");
}

#[test]
fn a_package_asked_for_twice_is_told() {
    let found = findings("flask\nnumpy\nFLASK>=1\nnumpy; os_name=='nt'\n");
    assert_eq!(
        places(&found),
        [("RequirementTwice", 3, 1), ("RequirementTwice", 4, 1)]
    );
    assert!(found[0].message.contains("line 1"));
}

#[test]
fn a_local_file_that_is_not_there_is_told() {
    let files: FileNames = [
        "env/requirements.txt",
        "env/base.txt",
        "wheels/a-1.whl",
        "lib/setup.py",
    ]
    .into_iter()
    .collect();
    let check = |text: &str| check_requirements(text, "env/requirements.txt", Some(&files));
    assert_eq!(
        check(
            "-r base.txt\n-c env/base.txt\n./wheels/a-1.whl\n-e ./lib[x]\n./lib\n../up\n/abs.whl\nb @ ./wheels/a-1.whl"
        ),
        []
    );
    let missing = check("-r more.txt\nwheels/b-1.whl\n-e ./nolib\nfile:no.zip\n");
    let at: Vec<_> = missing
        .iter()
        .map(|one| (one.code.as_str(), one.line, one.column))
        .collect();
    let code = "RequirementFileMissing";
    assert_eq!(at, [(code, 1, 4), (code, 2, 1), (code, 3, 4), (code, 4, 1)]);
}

/// Characters of each line.
fn line_lengths(text: &str) -> Vec<usize> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(|line| line.chars().count()).collect()
}

const PIECES: [&str; 49] = [
    "promptflow-tracing",
    "\u{a0}",
    "\u{200b}",
    "=0.1=py_0",
    "[y]",
    "promptflow",
    "promptflow-tools",
    "flask",
    "Fla_sk",
    "a.b",
    "-r ",
    "-c ",
    "-e ",
    "-i ",
    "--hash=",
    "--pre",
    "==",
    "===",
    ">=",
    "~=",
    "=",
    "<",
    "!=",
    "1.0",
    "2",
    ".*",
    "1.0rc1",
    "+x",
    ",",
    " ",
    "  ",
    "\t",
    "\\",
    "\\\n",
    "\\\r\n",
    "\n",
    "\r",
    "#",
    " # c",
    ";",
    " ; ",
    "python_version",
    "'3'",
    "[x]",
    "(",
    ")",
    "@",
    "./a.whl",
    "é",
];

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_has_findings_within_it(text in prop_oneof![pieces(), any::<String>()]) {
        let lengths = line_lengths(&text);
        let holds = |line: u32, column: u32| column >= 1 && lengths.get(line as usize - 1).is_some_and(|length| column as usize <= length + 1);
        for finding in findings(&text) {
            let (start, end) = ((finding.line, finding.column), (finding.end_line, finding.end_column));
            prop_assert!(start <= end && holds(start.0, start.1) && holds(end.0, end.1), "{finding:?} in {text:?}");
            prop_assert!(!finding.message.contains(char::is_control), "{finding:?}");
            if let Some(fix) = &finding.fix {
                prop_assert!(holds(fix.line, fix.column) && holds(fix.end_line, fix.end_column), "{finding:?}");
            }
        }
        for line in requirement_lines(&text) {
            prop_assert!(line.line >= 1 && line.line as usize <= lengths.len());
        }
    }

    /// A fix does what its label says, and no other line asks for anything else afterwards.
    #[test]
    fn a_fix_changes_nothing_but_what_it_says(text in pieces()) {
        let found = findings(&text);
        for finding in found.iter().filter(|finding| finding.fix.is_some()) {
            let fix = finding.fix.as_ref().ok_or_else(|| TestCaseError::fail("no fix"))?;
            let after = fixed(&text, finding).ok_or_else(|| TestCaseError::fail("no place"))?;
            let lines = |text: &str| requirement_lines(text).into_iter().map(|line| (line.text, line.kind)).collect::<Vec<_>>();
            let (before, mended) = (lines(&text), lines(&after));
            prop_assert_eq!(before.len(), mended.len(), "{:?} -> {:?}", text, after);
            let differing: Vec<_> = before.iter().zip(&mended).filter(|(one, other)| one != other).collect();
            prop_assert_eq!(differing.len(), 1, "{:?} -> {:?}", text, after);
            let (from, to) = differing[0];
            match fix.label.strip_prefix("Use ") {
                Some("{private}") => {}
                Some(meant) => prop_assert_eq!(&to.0, meant),
                None if fix.label == "Remove the version" => {
                    prop_assert_eq!(&from.1, &to.1);
                    prop_assert!(!to.0.contains("==") || to.0.contains(['\'', ';']), "{}", to.0);
                }
                None => {
                    let seen = |text: &str| text.chars().filter(char::is_ascii_graphic).collect::<String>();
                    prop_assert_eq!(seen(&from.0), seen(&to.0));
                }
            }
        }
    }

    /// Another reader of PEP 508 takes what this one takes.
    #[test]
    fn a_named_requirement_is_one_for_others_too(
        name in "[a-zA-Z0-9]([a-zA-Z0-9._-]{0,6}[a-zA-Z0-9])?",
        extras in select(&["", "[x]", "[ x , y.z ]", "[", "[x y]", "[]"][..]),
        versions in select(&["", ">=1", " == 1.0.*", "==1,<2", "(>=1)", "=1", ">=", "~=1", "~=1.0", "1.0", "==1 <2", "!=1.0rc1", "> 1.*", "===x"][..]),
        marker in select(&["", "; python_version>'3'", " ; os_name == 'nt' or (extra == 'x')", "; python > '3'", ";", "; os_name", "; os_name == 'nt' and"][..]),
    ) {
        let text = format!("{name}{extras}{versions}{marker}");
        let ours = requirement_lines(&text);
        let theirs = Requirement::<pep508_rs::VerbatimUrl>::from_str(&text);
        match (&ours[0].kind, theirs) {
            (LineKind::Named { name }, Ok(theirs)) => {
                prop_assert_eq!(&normalised_name(theirs.name.as_ref()), name);
            }
            (LineKind::Invalid, Err(_)) => {}
            (ours, theirs) => prop_assert!(false, "{text:?}: {ours:?}, but {theirs:?}"),
        }
    }
}

#[test]
fn a_password_in_an_address_is_told_with_the_form_that_hides_it() {
    for (text, column, after) in [
        (
            "-i https://me:s3cret@feed/simple/",
            12,
            Some("-i https://{private}@feed/simple/"),
        ),
        (
            "--extra-index-url=https://t0ken@feed/simple/ # x",
            27,
            Some("--extra-index-url=https://{private}@feed/simple/ # x"),
        ),
        ("alpha @ https://me:s3cret@h/alpha.whl", 17, None),
    ] {
        let found = findings(text);
        assert_eq!(
            places(&found),
            [("LiteralCredential", 1, column)],
            "{text}: {found:?}"
        );
        assert_eq!(found[0].severity, Severity::Warning);
        assert_eq!(fixed(text, &found[0]).as_deref(), after);
        assert!(!found[0].message.contains("s3cret"));
    }
    for fine in [
        "-i https://{private}@feed/simple/",
        "-i https://me:{private}@feed/simple/",
        "-i http://{private}@127.0.0.1:8080/simple/",
        "-i https://me:${TOKEN}@feed/simple/",
        "-f https://{private}@feed/files/",
        "alpha @ git+https://user@h/x.git",
    ] {
        assert_eq!(findings(fine), [], "{fine}");
    }
}

#[test]
fn private_stands_before_the_host_of_an_index_alone() {
    for (text, code, severity) in [
        (
            "-i https://feed/{private}/simple",
            "PrivateMisplaced",
            Severity::Error,
        ),
        ("-i {private}", "PrivateMisplaced", Severity::Error),
        ("-f {private}/wheels", "PrivateMisplaced", Severity::Error),
        (
            "alpha @ https://{private}@h/alpha.whl",
            "PrivateMisplaced",
            Severity::Error,
        ),
        (
            "-e git+https://{private}@h/x",
            "PrivateMisplaced",
            Severity::Error,
        ),
        (
            "-i http://{private}@feed/simple/",
            "PrivateFeedUnencrypted",
            Severity::Warning,
        ),
    ] {
        let found = findings(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(
            (found[0].code.as_str(), found[0].severity),
            (code, severity),
            "{text}"
        );
    }
}
