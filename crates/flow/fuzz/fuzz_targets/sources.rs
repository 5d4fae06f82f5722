//! `cargo fuzz run sources` (in `crates/flow`): a file beside a definition has an answer, whatever its bytes, and so has a
//! definition that names it.
#![no_main]

use flowdeck_flow::{Sources, check_file, check_with};
use libfuzzer_sys::fuzz_target;

const FLOW: &str = "nodes:
- {name: a, type: python, source: {type: code, path: a.py}, inputs: {x: 1}}
- {name: b, type: prompt, source: {type: code, path: a.jinja2}, inputs: {x: 1}}
";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for path in ["a.py", "a.jinja2", "a.json", "a.jsonl", ".env"] {
        let _ = check_file(path, &text);
    }
    let sources: Sources = [("a.py", &*text), ("a.jinja2", &*text)].into_iter().collect();
    let _ = check_with(FLOW, None, &sources);
});
