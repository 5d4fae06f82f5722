//! The wasm32 standard library: from rustup, or built from Debian's sources where rustup's server is out of reach.

use anyhow::{Context, Result};

use super::{Part, debian};
use crate::{
    process,
    progress::Step,
    project::Project,
    wasm::{DEBIAN_TOOLCHAIN, TARGET, WasmToolchain},
};

pub(super) struct WasmTarget;

impl Part for WasmTarget {
    fn title(&self) -> String {
        format!("the {TARGET} target")
    }

    fn is_ready(&self) -> bool {
        WasmToolchain::detect().is_ok_and(|found| found.is_some())
    }

    fn install(&self, project: &Project, step: &Step) -> Result<()> {
        let mut rustup = process::command("rustup");
        rustup.args(["target", "add", TARGET]);
        let Err(reason) = process::run(project, step, "setup-wasm-target", &mut rustup)
            .and_then(process::Finished::success)
        else {
            step.note("from rustup");
            return Ok(());
        };
        from_debian(project, step)
            .with_context(|| format!("rustup could not add the {TARGET} target, and Debian's compiler could not stand in.\nrustup: {reason:#}\nDebian"))?;
        step.note("from Debian, as rustup could not add it");
        Ok(())
    }
}

fn from_debian(project: &Project, step: &Step) -> Result<()> {
    debian::install(project, step, &["rustc-web", "cargo-web", "rust-web-src"])?;
    let mut rustup = process::command("rustup");
    rustup.args(["toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]);
    process::run(project, step, "setup-wasm-link", &mut rustup)?.success()?;
    Ok(())
}
