//! Clippy as the compiler of our own crates. It compiles as rustc does and says on the way what it finds: lints need no
//! build of their own, which would go through every dependency again.

use std::process::Command;

use anyhow::{Result, bail};

use crate::wasm;

/// What cargo calls in rustc's place, for crates of the workspace alone.
const WRAPPER: &str = "RUSTC_WORKSPACE_WRAPPER";

/// How cargo and the compilers begin a line that names something they have found.
const FOUND: &str = "warning";

/// Has this cargo compile the workspace's crates with Clippy. A toolchain without it compiles them with rustc;
/// [`require`] says so where lints are checked.
pub(crate) fn compile_with(cargo: &mut Command) -> Result<()> {
    if let Some(driver) = driver()? {
        cargo.env(WRAPPER, driver);
    }
    Ok(())
}

/// Fails where the toolchain in use has no Clippy.
pub(crate) fn require() -> Result<()> {
    match driver()? {
        Some(_) => Ok(()),
        None => bail!("the toolchain has no Clippy: run `rustup component add clippy`"),
    }
}

fn driver() -> Result<Option<std::path::PathBuf>> {
    let driver = wasm::sysroot()?.join("bin/clippy-driver");
    Ok(driver.is_file().then_some(driver))
}

/// Fails with what was found, where a build's output tells of something. Of what need not be compiled again, cargo says
/// again what was found in it.
pub(crate) fn require_nothing_found(output: &str) -> Result<()> {
    let is_found = |line: &str| line.starts_with(FOUND);
    let found: Vec<&str> = output.lines().skip_while(|line| !is_found(line)).collect();
    if found.is_empty() {
        return Ok(());
    }
    bail!("every warning is an error:\n{}", found.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_compiler_found_is_an_error_and_is_told_whole() {
        let compiled =
            "   Compiling a v1.0.0\n    Finished `test` profile\n  Executable src/lib.rs (a)\n";
        require_nothing_found(compiled).unwrap();
        let found = "warning: unused variable: `b`\n --> src/lib.rs:3:9\n\nwarning: `a` (lib) generated 1 warning\n";
        let output = format!("   Compiling a v1.0.0\n{found}    Finished `test` profile\n");
        let error = require_nothing_found(&output).unwrap_err().to_string();
        assert!(error.contains(found), "{error}");
        assert!(!error.contains("Compiling"), "{error}");
    }

    #[test]
    fn clippy_is_what_cargo_calls_and_speaks_of_our_code() {
        let folder = crate::test::temporary_folder("clippy");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(
            at("Cargo.toml"),
            "[package]\nname = \"found\"\nedition = \"2024\"\n[workspace]\n",
        )
        .unwrap();
        std::fs::create_dir(at("src")).unwrap();
        let code = "pub fn is_nothing(text: &str) -> bool {\n    text.len() == 0\n}\n";
        std::fs::write(at("src/lib.rs"), code).unwrap();
        for again in [false, true] {
            let mut cargo = crate::process::command("cargo");
            cargo
                .args(["test", "--offline", "--no-run", "--color", "never"])
                .env("CARGO_TARGET_DIR", at("target"))
                .current_dir(folder.path());
            compile_with(&mut cargo).unwrap();
            let output = cargo.output().unwrap();
            assert!(output.status.success(), "{output:?}");
            let said = String::from_utf8(output.stderr).unwrap();
            let error = require_nothing_found(&said).unwrap_err().to_string();
            assert!(error.contains("clippy::len_zero"), "{again}: {error}");
        }
    }
}
