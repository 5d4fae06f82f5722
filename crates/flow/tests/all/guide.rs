//! Every code of a finding has its section in the guide.

#![expect(clippy::expect_used, reason = "a test may stop at what it cannot read")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const GUIDE: &str = include_str!("../../../../docs/checks.md");

/// How a problem is made, up to its code.
const MAKES: [&str; 6] = [
    "Problem::new(",
    "Problem::failing(",
    "Problem::doubtful(",
    "Problem::hint(",
    "failing(",
    "self.error(",
];

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

fn codes() -> BTreeSet<String> {
    let mut files = Vec::new();
    rust_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut codes = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        // Codes of tests say nothing.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for makes in MAKES {
            for (at, _) in text.match_indices(makes) {
                let rest = text[at + makes.len()..].trim_start();
                let code = rest
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next());
                codes.extend(code.map(str::to_owned));
            }
        }
    }
    codes
}

#[test]
fn the_guide_has_a_section_for_each_code() {
    let codes = codes();
    assert!(codes.len() > 50, "{codes:?}");
    let missing: Vec<_> = codes
        .iter()
        .filter(|code| !GUIDE.contains(&format!("\n### {code}\n")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn no_section_is_there_twice() {
    let mut seen = BTreeSet::new();
    for line in GUIDE.lines().filter(|line| line.starts_with('#')) {
        assert!(seen.insert(line.to_lowercase()), "{line}");
    }
}

/// Written again with `FLOWDECK_UPDATE_GUIDE=1 cargo test -p flowdeck-flow guide`.
#[test]
fn the_page_of_keys_is_that_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/definition.md");
    let page = flowdeck_flow::keys::guide();
    if std::env::var_os("FLOWDECK_UPDATE_GUIDE").is_some() {
        fs::write(&path, &page).expect("the page written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "the keys have changed: run `FLOWDECK_UPDATE_GUIDE=1 cargo test -p flowdeck-flow guide` and look at docs/definition.md"
    );
}
