//! The toolchain that compiles the browser app for wasm32, and its environment.

use anyhow::{Context, Result};
use std::{ffi::OsString, path::PathBuf};

use crate::{process, project::Project};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The name under which rustup knows Debian's compiler.
pub(crate) const DEBIAN_TOOLCHAIN: &str = "flowdeck-wasm";

/// A compiler that can make wasm32 programs.
pub(crate) enum WasmToolchain {
    /// The toolchain in use: it has wasm32's standard library.
    InUse,
    /// Debian's rustc-web, which builds the standard library along; the toolchain in use lends its linker.
    Debian { linker: PathBuf },
}

impl WasmToolchain {
    /// Looks at what is installed, without any network.
    pub(crate) fn detect() -> Result<Option<Self>> {
        let sysroot = sysroot()?;
        if sysroot
            .join("lib/rustlib")
            .join(TARGET)
            .join("lib")
            .is_dir()
        {
            return Ok(Some(Self::InUse));
        }
        let linked = process::capture(process::command("rustup").args([
            "run",
            DEBIAN_TOOLCHAIN,
            "rustc",
            "--version",
        ]));
        let linker = sysroot
            .join("lib/rustlib")
            .join(host()?)
            .join("bin/rust-lld");
        Ok((linked.is_ok() && linker.is_file()).then_some(Self::Debian { linker }))
    }

    /// What to set for `cargo`, and for tools that call it.
    pub(crate) fn environment(&self, project: &Project) -> Vec<(&'static str, OsString)> {
        let mut variables = vec![("CARGO_TARGET_DIR", project.wasm_target().into_os_string())];
        if let Self::Debian { linker } = self {
            variables.extend([
                ("RUSTUP_TOOLCHAIN", DEBIAN_TOOLCHAIN.into()),
                // Debian's compiler is a stable release, and building the standard library is not.
                ("RUSTC_BOOTSTRAP", "1".into()),
                ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()),
                (
                    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
                    linker.clone().into_os_string(),
                ),
            ]);
        }
        variables
    }

    /// Whether a `cargo` in this toolchain's environment could not compile native programs such as xtask.
    pub(crate) fn needs_its_own_cargo(&self) -> bool {
        matches!(self, Self::Debian { .. })
    }

    /// Debian packages its compiler without clippy.
    pub(crate) fn has_clippy(&self) -> bool {
        matches!(self, Self::InUse)
            && process::capture(process::command("cargo").args(["clippy", "--version"])).is_ok()
    }
}

/// The folder of the toolchain in use.
pub(crate) fn sysroot() -> Result<PathBuf> {
    process::capture(process::command("rustc").args(["--print", "sysroot"]))
        .map(PathBuf::from)
        .context("no Rust compiler: install rustup from https://rustup.rs")
}

pub(crate) fn host() -> Result<String> {
    let version = process::capture(process::command("rustc").arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("`rustc -vV` does not name its host")
}
