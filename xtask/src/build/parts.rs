//! Splits the app into what every visit loads and parts that load when they are first needed.
//!
//! Functions marked `#[wasm_split(part, …)]` are where the module is cut. It has to be cut after the linker and before
//! wasm-bindgen, and trunk has no step there. So `xtask/tools/bin/wasm-bindgen` stands before the real one on trunk's
//! `PATH` and calls [`bindgen`]; trunk's post-build hook then calls [`attach`].

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::minify::{Kind, minified};
use crate::{
    digest::short_hash, process, project::Project, setup::CargoTool, stamp::write_atomically,
};

/// The script that loads parts, as the splitter names it.
const LOADER: &str = "__wasm_split.js";

/// The app's name in index.html.
const APP: &str = "flowdeck-app";

/// What rustc uses of WebAssembly unless told otherwise; a part does not say so itself.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What index.html has wasm-opt do to the app itself.
const SMALL: [&str; 3] = [
    "-O2",
    "--one-caller-inline-max-function-size=0",
    "--reorder-functions-by-name",
];

/// Stands for wasm-bindgen as trunk calls it: splits the module, then binds what every visit loads.
pub(crate) fn bindgen(project: &Project, arguments: &[OsString]) -> Result<()> {
    let real = CargoTool::wasm_bindgen(project)?.program();
    let Some(call) = Call::read(arguments) else {
        return run(process::command(&real).args(arguments));
    };
    let parts = project.parts();
    clear(&parts)?;
    let splitter = CargoTool::wasm_split(project).program();
    run(process::command(&splitter)
        .arg(&call.module)
        .arg(&parts)
        .args(["--out-name", &call.name])
        .stdout(Stdio::null()))?;
    let main = parts.join(format!("{}.wasm", call.name));
    run(process::command(&real)
        .args(
            arguments
                .iter()
                .filter(|argument| **argument != call.module),
        )
        .arg(&main)
        // Parts share the table, the stack and the memory.
        .arg("--keep-lld-exports"))?;
    fs::remove_file(&main).with_context(|| format!("cannot remove {}", main.display()))?;
    name_loader(&call, &parts)
}

/// What of trunk's call matters here.
struct Call {
    module: OsString,
    name: String,
    out: PathBuf,
}

impl Call {
    /// `None` when wasm-bindgen is asked for something else, such as its version.
    fn read(arguments: &[OsString]) -> Option<Self> {
        let option = |name: &str| {
            arguments
                .iter()
                .find_map(|argument| argument.to_str()?.strip_prefix(name))
        };
        let module = arguments
            .iter()
            .find(|argument| Path::new(argument).extension() == Some(OsStr::new("wasm")))?;
        Some(Self {
            module: module.clone(),
            name: option("--out-name=")?.to_owned(),
            out: PathBuf::from(option("--out-dir=")?),
        })
    }
}

/// Gives the loader a name that changes with the module, like trunk does with the app's own files.
fn name_loader(call: &Call, parts: &Path) -> Result<()> {
    let module = fs::read(&call.module).context("cannot read the app's module")?;
    let name = format!("parts-{}.js", short_hash(&module));
    fs::rename(parts.join(LOADER), parts.join(&name)).context("the splitter left no loader")?;
    let script = call.out.join(format!("{}.js", call.name));
    let text =
        fs::read_to_string(&script).with_context(|| format!("cannot read {}", script.display()))?;
    // The module itself goes on calling it by its old name, the key of its imports.
    let (from, to) = [LOADER, &name]
        .map(|name| format!("from \"./{name}\""))
        .into();
    if !text.contains(&from) {
        bail!("{} does not import {LOADER}", script.display());
    }
    write_atomically(&script, text.replace(&from, &to).as_bytes())
}

/// Trunk's post-build hook: puts the parts beside the app, each under a name that changes with its content.
pub(crate) fn attach(project: &Project) -> Result<()> {
    let staging = super::staging()?;
    let files = files_in(&project.parts())?;
    let Some(loader) = files.iter().find(|path| has_extension(path, "js")) else {
        bail!("the app was not split: `xtask/tools/bin` must come first on trunk's PATH");
    };
    let script =
        fs::read_to_string(loader).with_context(|| format!("cannot read {}", loader.display()))?;
    let mut script = replace(&script, &format!("{APP}.js"), &hashed_app(&staging)?)?;
    let parts: Vec<&PathBuf> = files
        .iter()
        .filter(|path| has_extension(path, "wasm"))
        .collect();
    let contents: Result<Vec<Vec<u8>>> = parts.par_iter().map(|part| optimised(part)).collect();
    for (part, content) in parts.into_iter().zip(contents?) {
        let stem = stem(part);
        let name = format!("part-{stem}-{}.wasm", short_hash(&content));
        script = replace(&script, &format!("{stem}.wasm"), &name)?;
        write_atomically(&staging.join(name), &content)?;
    }
    let script = minified(project, Kind::JavaScript, &script)?;
    write_atomically(&staging.join(format!("{}.js", stem(loader))), &script)
}

/// Puts another neighbour's name into the loader.
fn replace(script: &str, from: &str, to: &str) -> Result<String> {
    let from = format!("\"./{from}\"");
    match script.matches(&from).count() {
        1 => Ok(script.replace(&from, &format!("\"./{to}\""))),
        count => {
            bail!("the loader of the app's parts must name {from} once, and does {count} times")
        }
    }
}

/// The name that trunk gave to the app's script.
fn hashed_app(staging: &Path) -> Result<String> {
    let files = files_in(staging)?;
    let name = files.iter().map(|path| stem(path)).find(|stem| {
        stem.strip_prefix(APP)
            .is_some_and(|rest| rest.starts_with('-') && !rest.ends_with("_bg"))
    });
    let name = name.context("trunk left no script of the app")?;
    Ok(format!("{name}.js"))
}

/// What wasm-opt makes of a part; a build that is to be quick leaves it as it is.
fn optimised(part: &Path) -> Result<Vec<u8>> {
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    if env::var_os("TRUNK_PROFILE").is_none_or(|profile| profile != "release") {
        return read(part);
    }
    let small = part.with_extension("small");
    run(process::command("wasm-opt")
        .args(SMALL)
        .args(["--strip-debug", "--strip-producers"])
        .args(FEATURES)
        .arg(part)
        .arg("-o")
        .arg(&small))?;
    let content = read(&small)?;
    fs::remove_file(&small).with_context(|| format!("cannot remove {}", small.display()))?;
    Ok(content)
}

fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        let mut files = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        files.sort_unstable();
        Ok(files)
    };
    list().with_context(|| format!("cannot list {}", folder.display()))
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_owned();
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    if !status.success() {
        bail!("{} failed: {status}", program.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_trunk_is_read_and_others_are_not() {
        let arguments = [
            "--target=web",
            "--out-dir=/o",
            "--out-name=app",
            "/t/app.wasm",
            "--no-typescript",
        ]
        .map(OsString::from);
        let call = Call::read(&arguments).unwrap();
        assert_eq!(
            (call.module, call.name, call.out),
            ("/t/app.wasm".into(), "app".to_owned(), PathBuf::from("/o"))
        );
        assert!(Call::read(&["--version".into()]).is_none());
    }

    #[test]
    fn neighbours_are_renamed_and_never_missed() {
        let script = "fetch(new URL(\"./chunk_1.wasm\", import.meta.url))";
        assert_eq!(
            replace(script, "chunk_1.wasm", "part-chunk_1-ab.wasm").unwrap(),
            "fetch(new URL(\"./part-chunk_1-ab.wasm\", import.meta.url))"
        );
        assert!(replace(script, "chunk_2.wasm", "x").is_err());
    }
}
