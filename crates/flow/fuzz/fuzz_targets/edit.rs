//! `cargo fuzz run edit tests/corpus` (in `crates/flow`): an edit has an answer, and what it makes can be edited again.
#![no_main]

use flowdeck_flow::{NodeKey, check, set_environment_image, set_environment_requirements, set_node_value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(edited) = set_environment_requirements(&text, "requirements.txt") {
        let again = set_environment_requirements(&edited, "requirements.txt");
        assert_eq!(again.as_ref(), Ok(&edited));
        flowdeck_flow::check(&edited);
    }
    let _ = set_environment_image(&text, Some("example.org/a:1"));
    for node in check(&text).flow.iter().flat_map(|flow| &flow.nodes) {
        if let Ok(edit) = set_node_value(&text, &node.name, NodeKey::Connection, "mine") {
            let again = set_node_value(&edit.text, &node.name, NodeKey::Connection, "mine");
            assert_eq!(again.map(|again| again.text).as_ref(), Ok(&edit.text));
        }
    }
});
