//! The wasm32 standard library: from rustup, or built from Debian's sources where rustup's server is out of reach.

use anyhow::{Context, Result, bail};

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
        let Err(reason) = from_rustup(project, step) else {
            step.note("from rustup");
            return Ok(());
        };
        from_debian(project, step).with_context(|| {
            format!(
                "rustup could not add the {TARGET} target, and Debian's compiler could not stand in.\n\
                 rustup: {reason:#}\nDebian"
            )
        })?;
        step.note("from Debian, as rustup could not add it");
        Ok(())
    }
}

fn from_rustup(project: &Project, step: &Step) -> Result<()> {
    let mut rustup = process::command("rustup");
    rustup.args(["target", "add", TARGET]);
    process::run(project, step, "setup-wasm-target", &mut rustup)?.success()?;
    if !WasmTarget.is_ready() {
        bail!("it takes the target for installed, but its standard library is not there");
    }
    Ok(())
}

fn from_debian(project: &Project, step: &Step) -> Result<()> {
    debian::install(project, step, &["rustc-web", "cargo-web", "rust-web-src"])?;
    let mut rustup = process::command("rustup");
    rustup.args(["toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]);
    process::run(project, step, "setup-wasm-link", &mut rustup)?.success()?;
    Ok(())
}
