//! `cargo fuzz run requirements` (in `crates/flow`): any bytes have an answer, at lines that are there.
#![no_main]

use flowdeck_flow::{check_requirements, requirement_lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let count = text.split(['\n', '\r']).count();
    let is_there = |line: u32| (1..=count).contains(&(line as usize));
    assert!(
        requirement_lines(&text)
            .iter()
            .all(|read| is_there(read.line))
    );
    let findings = check_requirements(&text, "requirements.txt", None);
    assert!(findings.iter().all(|finding| is_there(finding.line)));
});
