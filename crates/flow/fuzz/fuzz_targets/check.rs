//! `cargo fuzz run check tests/corpus` (in `crates/flow`): any bytes have an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let report = flowdeck_flow::check(&text);
    assert!(report.order.is_none() || report.ok());
});
