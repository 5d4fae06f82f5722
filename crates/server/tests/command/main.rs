//! The `flowdeck` command as a process: what it prints, how it ends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

mod check;
mod lsp;
mod serve;

use std::{
    fs,
    process::{Command, Stdio},
};

use tempfile::TempDir;

const GOOD: &str = "nodes:\n- name: a\n  type: python\n  source: {type: code, path: a.py}\n  inputs: {}\noutputs: {}\n";
const TOOL: &str = "from promptflow.core import tool\n\n\n@tool\ndef a():\n    return 1\n";
const BAD: &str = "nodes:\n- {name: a, type: python, source: {type: code, path: a.py}, inputs: {x: '${b.output}'}}\n- {name: b, type: python, source: {type: code, path: b.py}, inputs: {x: '${a.output}'}}\n";

fn flowdeck() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowdeck"));
    command
        .env_remove("FLOWDECK_TOKEN")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

fn world() -> TempDir {
    let world = tempfile::tempdir().unwrap();
    for (name, text) in [("good", GOOD), ("bad", BAD)] {
        fs::create_dir_all(world.path().join("flows").join(name)).unwrap();
        fs::write(
            world.path().join("flows").join(name).join("flow.dag.yaml"),
            text,
        )
        .unwrap();
        fs::write(world.path().join("flows").join(name).join("a.py"), TOOL).unwrap();
    }
    world
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
