//! Tools from crates.io, compiled once into the user's cache: `tools/<crate>-<version>/bin`.

use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

use super::Part;
use crate::{process, progress::Step, project::Project};

/// The newest trunk that the Rust version of this workspace compiles.
const TRUNK: &str = "0.21.14";

/// Reads what `wasm_split_helpers` of the same minor version marks.
const WASM_SPLIT: &str = "0.2.4";

/// The newest cargo-deny that the Rust version of this workspace compiles.
const CARGO_DENY: &str = "0.20.2";

pub(crate) struct CargoTool {
    krate: &'static str,
    program: &'static str,
    version: String,
    install_options: &'static [&'static str],
    home: PathBuf,
}

impl CargoTool {
    pub(super) fn trunk(project: &Project) -> Self {
        // Without its default features trunk builds in half the time; what it loses is self-update.
        let options = &["--no-default-features"];
        Self::new(project, "trunk", "trunk", TRUNK.to_owned(), options)
    }

    /// The generator of JavaScript bindings: it reads only what the very same version of the library wrote.
    pub(crate) fn wasm_bindgen(project: &Project) -> Result<Self> {
        let path = project.path("Cargo.lock");
        let lock =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let version = locked_version(&lock, "wasm-bindgen")
            .with_context(|| format!("{} does not lock wasm-bindgen", path.display()))?;
        Ok(Self::new(
            project,
            "wasm-bindgen-cli",
            "wasm-bindgen",
            version,
            &[],
        ))
    }

    /// Cuts the app into parts where its functions are marked `#[wasm_split(…)]`.
    pub(crate) fn wasm_split(project: &Project) -> Self {
        Self::new(
            project,
            "wasm_split_cli_support",
            "wasm-split-cli",
            WASM_SPLIT.to_owned(),
            &["--features", "build-binary"],
        )
    }

    /// Checks crates against `deny.toml`.
    pub(crate) fn cargo_deny(project: &Project) -> Self {
        let name = "cargo-deny";
        Self::new(project, name, name, CARGO_DENY.to_owned(), &[])
    }

    fn new(
        project: &Project,
        krate: &'static str,
        program: &'static str,
        version: String,
        install_options: &'static [&'static str],
    ) -> Self {
        let home = project.tools().join(format!("{krate}-{version}"));
        Self {
            krate,
            program,
            version,
            install_options,
            home,
        }
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.home.join("bin")
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.folder().join(self.program)
    }
}

impl Part for CargoTool {
    fn title(&self) -> String {
        format!(
            "{} {} (compiles for a few minutes, once)",
            self.krate, self.version
        )
    }

    fn is_ready(&self) -> bool {
        self.program().is_file()
    }

    /// Compiles in a folder that survives being killed, installs beside the final place, and renames.
    fn install(&self, project: &Project, step: &Step) -> Result<()> {
        let build = builds(project);
        let staging = project.tools().join(format!(".staging-{}", self.krate));
        remove(&staging)?;
        let mut cargo = process::command("cargo");
        cargo
            .args(["install", self.krate, "--version", &self.version])
            .args(["--locked", "--profile", "dev"])
            .args(self.install_options)
            .arg("--root")
            .arg(&staging)
            .env("CARGO_TARGET_DIR", &build)
            .env("CARGO_PROFILE_DEV_DEBUG", "false");
        process::run(project, step, &format!("setup-{}", self.krate), &mut cargo)?.success()?;
        remove(&self.home)?;
        fs::rename(&staging, &self.home)
            .with_context(|| format!("cannot put {} into {}", self.krate, self.home.display()))
    }
}

/// Where tools are compiled: most of their dependencies are the same.
fn builds(project: &Project) -> PathBuf {
    project.tools().join(".build")
}

/// Gives back the room that compiling took, once every tool is there.
pub(super) fn forget_builds(project: &Project) -> Result<()> {
    remove(&builds(project))
}

fn remove(folder: &PathBuf) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The version of `krate` in a Cargo.lock.
fn locked_version(lock: &str, krate: &str) -> Option<String> {
    let lock: toml::Table = lock.parse().ok()?;
    lock.get("package")?
        .as_array()?
        .iter()
        .find(|package| package.get("name").and_then(toml::Value::as_str) == Some(krate))?
        .get("version")?
        .as_str()
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4
[[package]]
name = "wasm-bindgen-macro"
version = "9.9.9"
[[package]]
name = "wasm-bindgen"
version = "0.2.127"
"#;

    #[test]
    fn the_locked_version_is_that_of_the_very_crate() {
        assert_eq!(
            locked_version(LOCK, "wasm-bindgen").as_deref(),
            Some("0.2.127")
        );
        assert_eq!(locked_version(LOCK, "wasm"), None);
        assert_eq!(locked_version("not a lock file [", "wasm-bindgen"), None);
    }
}
