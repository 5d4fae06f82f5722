//! The language engine of raw file mode: a wasm module of its own, which the editor's worker loads.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

use super::parts::{self, FEATURES};
use crate::{process, progress::step, project::Project, setup::CargoTool, wasm::TARGET};

const CRATE: &str = "flowdeck-language-worker";

/// Its name as a file.
const NAME: &str = "flowdeck_language_worker";

/// Builds it into the folder where `web/editor/build.mjs` looks for it: the module, and the script that binds it. Part of
/// trunk's post-build hook, whose environment compiles for wasm32.
pub(super) fn build(project: &Project) -> Result<PathBuf> {
    let folder = project.work().join("language");
    let profile = match parts::is_release() {
        true => "wasm-release",
        false => "dev",
    };
    step("build the language engine (wasm32)", |step| {
        let mut cargo = process::command("cargo");
        cargo
            .args(["rustc", "--locked", "--package", CRATE, "--lib"])
            .args(["--crate-type", "cdylib", "--target", TARGET])
            .args(["--profile", profile])
            .current_dir(&project.root);
        process::run(project, step, "build-language", &mut cargo)?.success()?;
        let out = match profile {
            "dev" => "debug",
            other => other,
        };
        let module = project.wasm_target().join(TARGET).join(out);
        bound(project, &module.join(format!("{NAME}.wasm")), &folder)
    })?;
    Ok(folder)
}

fn bound(project: &Project, module: &Path, folder: &Path) -> Result<()> {
    let bindgen = CargoTool::wasm_bindgen(project)?.program();
    parts::run(
        process::command(&bindgen)
            .arg(module)
            .arg("--out-dir")
            .arg(folder)
            .args(["--target", "web", "--no-typescript"]),
    )?;
    if !parts::is_release() {
        return Ok(());
    }
    let bound = folder.join(format!("{NAME}_bg.wasm"));
    let small = bound.with_extension("small");
    parts::run(
        process::command("wasm-opt")
            .args(["-O2", "--strip-debug", "--strip-producers"])
            .args(FEATURES)
            .arg(&bound)
            .arg("-o")
            .arg(&small),
    )?;
    fs::rename(&small, &bound).with_context(|| format!("cannot write {}", bound.display()))
}
