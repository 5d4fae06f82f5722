//! Inputs that fuzzing found to reach the furthest, kept: each has an answer. The targets in `fuzz/` find more.

use std::{fs, path::Path};

use flowdeck_flow::{
    check, check_requirements, requirement_lines, set_environment_image,
    set_environment_requirements,
};

#[test]
fn every_kept_input_has_an_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the kept inputs") {
        let path = entry.expect("an input").path();
        let bytes = fs::read(&path).expect("its bytes");
        let text = String::from_utf8_lossy(&bytes);
        let report = check(&text);
        assert!(report.order.is_none() || report.ok(), "{}", path.display());
        let lines = text.split(['\n', '\r']).count();
        let is_there = |line: u32| (1..=lines).contains(&(line as usize));
        let read = requirement_lines(&text);
        assert!(read.iter().all(|read| is_there(read.line)));
        let findings = check_requirements(&text, "requirements.txt", None);
        assert!(findings.iter().all(|finding| is_there(finding.line)));
        if let Ok(edited) = set_environment_requirements(&text, "requirements.txt") {
            let again = set_environment_requirements(&edited, "requirements.txt");
            assert_eq!(again.as_ref(), Ok(&edited), "{}", path.display());
        }
        // Whether it can be set is no law; that there is an answer is.
        let _ = set_environment_image(&text, Some("example.org/a:1"));
        count += 1;
    }
    assert!(count > 40, "{count} inputs");
}
