//! Splits the app into what every visit loads and parts that load when they are first needed.
//!
//! Functions marked `#[wasm_split(part, …)]` are where the module is cut. It has to be cut after the linker and before
//! wasm-bindgen, and trunk has no step there. So `xtask/tools/bin/wasm-bindgen` stands before the real one on trunk's
//! `PATH` and calls [`bindgen`]; trunk's post-build hook then calls [`attach`], which joins what the splitter made into
//! few files and its loader into the app's script.

mod binary;
mod files;
mod groups;
mod loader;
mod merge;
mod names;
mod segment;
mod styles;
mod table;

use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub(crate) use self::files::FIRST;
pub(super) use self::files::{FEATURES, is_release};
use self::{groups::Group, loader::Split};
use super::{
    minify::{Kind, minified},
    page::Page,
    sizes::PARTS,
};
use crate::{
    digest::short_hash, process, project::Project, setup::CargoTool, stamp::write_atomically,
};

/// The script that loads parts, as the splitter names it.
const LOADER: &str = "__wasm_split.js";

/// The app's name in index.html.
const APP: &str = "flowdeck-app";

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
    let bound = call.out.join(format!("{}_bg.wasm", call.name));
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let script = call.out.join(format!("{}.js", call.name));
    let (lean, lean_script) = lean(&read(&bound)?, &read_text(&script)?, &call.name)
        .with_context(|| format!("cannot read {}", bound.display()))?;
    write_atomically(&bound, &lean)?;
    write_atomically(&script, lean_script.as_bytes())?;
    files::keep_app(&parts, &lean)?;
    name_loader(&call, &parts)
}

/// The app's module and script without what nothing needs.
fn lean(module: &[u8], script: &str, name: &str) -> Result<(Vec<u8>, String)> {
    let module = table::without_empty_places(module)?;
    let (module, script) = names::without_unused_classes(&module, script)?;
    names::shortened(&module, &script, &format!("./{name}_bg.js"))
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
    let folder = project.parts();
    let files = files_in(&folder)?;
    let Some(splitters) = files.iter().find(|path| has_extension(path, "js")) else {
        bail!("the app was not split: `xtask/tools/bin` must come first on trunk's PATH");
    };
    let split = Split::read(&read_text(splitters)?)?;
    let groups = files::groups(&split, &folder)?;
    let names = files::parts(&groups, &folder, &staging)?;
    let entries = files::entries(&groups, &folder, &staging)?;
    let needs = needs(&split, &groups);
    let app = hashed_app(&staging)?;
    let script = loader::put_into(
        &read_text(&staging.join(&app))?,
        &file_name(splitters),
        &split.script(&names, &needs),
    )?;
    let script = minified(project, Kind::JavaScript, &script)?;
    let renamed = format!("{APP}-{}.js", short_hash(&script));
    write_atomically(&staging.join(&renamed), &script)?;
    let mut page = Page::read(&staging)?;
    // Where it is imported, and where it is loaded ahead of that.
    page.replace(&app, &renamed, 2)?;
    let mut files = files_of_parts(&names, &needs);
    write_atomically(&staging.join(PARTS), &serde_json::to_vec(&files)?)?;
    files.retain(|part, _| AHEAD.contains(&part.as_str()));
    put_entries_into(&mut page, &app, &entries)?;
    styles::part(project, &groups, &folder, &staging, &mut page)?;
    page.replace(
        FILES,
        &FILES.replace("{}", &serde_json::to_string(&files)?),
        1,
    )?;
    let script = page.between(SCRIPT, "</script>")?;
    page.replace(&script, &shortened(project, &script)?, 1)?;
    page.write()?;
    if app != renamed {
        fs::remove_file(staging.join(&app)).with_context(|| format!("cannot remove {app}"))?;
    }
    Ok(())
}

/// What of the page says which files each part is in.
const FILES: &str = "const parts = {};";

/// What of the page says in which file the app is, by the part that is in it as well.
const ENTRIES: &str = "const entries = {};";

/// Says in the page which modules there are of the app, of which its script chooses one; `script` is the app's by trunk's name.
fn put_entries_into(
    page: &mut Page,
    script: &str,
    entries: &BTreeMap<String, String>,
) -> Result<()> {
    let app = script.replace(".js", "_bg.wasm");
    let mut all = BTreeMap::from([("", app.as_str())]);
    all.extend(
        entries
            .iter()
            .map(|(part, file)| (part.as_str(), file.as_str())),
    );
    let ahead = page.between(&format!("<link rel=\"preload\" href=\"./{app}\""), ">")?;
    page.replace(&ahead, "", 1)?;
    let path = format!("module_or_path: './{app}'");
    let chosen = path.replace(": ", ": globalThis.flowdeckApp?.module || ");
    page.replace(&path, &chosen, 1)?;
    page.replace(
        ENTRIES,
        &ENTRIES.replace("{}", &serde_json::to_string(&all)?),
        1,
    )
}

/// How the page's own script begins.
const SCRIPT: &str = "<script>\n";

/// The parts that the page loads ahead.
const AHEAD: [&str; 9] = [
    "connection",
    "connections",
    "flow",
    "flows",
    "one_session",
    "raw",
    "sessions",
    "sign_in",
    "upgrade",
];

/// The names of the files that each part needs.
fn files_of_parts<'a>(
    names: &'a [String],
    needs: &'a BTreeMap<String, Vec<usize>>,
) -> BTreeMap<&'a String, Vec<&'a String>> {
    let files = needs.iter().map(|(part, numbers)| {
        let files = numbers.iter().filter_map(|number| names.get(*number));
        (part, files.collect())
    });
    files.collect()
}

/// A script element with its script minified.
fn shortened(project: &Project, element: &str) -> Result<String> {
    let script = element
        .trim_start_matches("<script>")
        .trim_end_matches("</script>");
    let script = String::from_utf8(minified(project, Kind::JavaScript, script)?)?;
    Ok(format!("<script>{}</script>", script.trim()))
}

/// The numbers of the files that each part needs.
fn needs(split: &Split, groups: &[Group]) -> BTreeMap<String, Vec<usize>> {
    let numbers = |part: &String| {
        let needed = |(_, group): &(usize, &Group)| group.needed_by.contains(part);
        let all = groups.iter().enumerate().filter(needed);
        all.map(|(number, _)| number).collect()
    };
    let parts = split.parts.keys();
    parts.map(|part| (part.clone(), numbers(part))).collect()
}

/// The name that trunk gave to the app's script.
fn hashed_app(staging: &Path) -> Result<String> {
    let files = files_in(staging)?;
    let name = files.iter().map(|path| file_name(path)).find(|name| {
        let stem = name.strip_suffix(".js");
        stem.and_then(|stem| stem.strip_prefix(APP))
            .is_some_and(|rest| rest.starts_with('-') && !rest.ends_with("_bg"))
    });
    name.context("trunk left no script of the app")
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

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

pub(super) fn run(command: &mut Command) -> Result<()> {
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
}
