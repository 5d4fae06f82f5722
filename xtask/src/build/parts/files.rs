//! The files of the app's parts, and the modules of the app that have some of them in them.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::{
    groups::{self, ENTRIES, Group},
    loader::Split,
    merge, names, run, table,
};
use crate::{digest::short_hash, process, stamp::write_atomically};

/// The features of WebAssembly that rustc uses by default; a part does not say so itself.
pub(crate) const FEATURES: [&str; 6] = [
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

/// Where the app itself is kept, as wasm-bindgen made it, among the splitter's modules.
const BOUND: &str = "bound_app.wasm";

/// Keeps the app for [`entries`].
pub(super) fn keep_app(folder: &Path, app: &[u8]) -> Result<()> {
    write_atomically(&folder.join(BOUND), app)
}

/// What goes into which file; a build that is to be quick joins nothing.
pub(super) fn groups(split: &Split, folder: &Path) -> Result<Vec<Group>> {
    let mut bytes = BTreeMap::new();
    for module in split.parts.values().flatten() {
        let path = folder.join(format!("{module}.wasm"));
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let length = merge::bytes_of_code(&content)
            .with_context(|| format!("cannot read {}", path.display()))?;
        bytes.insert(module.as_str(), length);
    }
    let apart = groups::apart(&split.parts, |module| {
        bytes.get(module).copied().unwrap_or_default()
    });
    Ok(if is_release() {
        groups::join(apart)
    } else {
        apart
    })
}

/// Writes the file of each group; returns their names.
pub(super) fn parts(groups: &[Group], folder: &Path, staging: &Path) -> Result<Vec<String>> {
    let numbered = groups.par_iter().enumerate();
    let written = numbered.map(|(number, group)| {
        let content = content(group, number, folder)?;
        let name = format!("part-{}-{}.wasm", group.name(), short_hash(&content));
        write_atomically(&staging.join(&name), &content)?;
        Ok(name)
    });
    written.collect()
}

/// Writes each entry: the app with all that one part needs, for browsers that have nothing of it yet. That is one module, in
/// which calls are direct and which is compressed as a whole. Returns their names by the part. A build that is to be quick has
/// none.
pub(super) fn entries(
    groups: &[Group],
    folder: &Path,
    staging: &Path,
) -> Result<BTreeMap<String, String>> {
    if !is_release() {
        return Ok(BTreeMap::new());
    }
    let written = ENTRIES.par_iter().map(|part| {
        let needed = groups
            .iter()
            .filter(|group| group.needed_by.contains(*part));
        let modules: Vec<PathBuf> = needed.flat_map(|group| paths(group, folder)).collect();
        let modules: Vec<&Path> = modules.iter().map(PathBuf::as_path).collect();
        let joined = folder.join(format!("entry_{part}.wasm"));
        merge::into_app(&folder.join(BOUND), &modules, &FEATURES, &joined)?;
        let content = joined_content(&joined)?;
        let name = format!("entry-{part}-{}.wasm", short_hash(&content));
        write_atomically(&staging.join(&name), &content)?;
        Ok(((*part).to_owned(), name))
    });
    written.collect()
}

/// The parts whose styles come with the app's own.
pub(crate) const FIRST: [&str; 4] = ["flow", "flows", "raw", "sign_in"];

/// The code of the app and of the parts that most visits begin with, as text in which names of classes can be found. `None`
/// for a build that is to be quick.
pub(super) fn first_code(groups: &[Group], folder: &Path) -> Result<Option<String>> {
    if !is_release() {
        return Ok(None);
    }
    let is_first = |group: &&Group| FIRST.iter().any(|part| group.needed_by.contains(*part));
    let first = groups.iter().filter(is_first);
    let mut modules: Vec<PathBuf> = first.flat_map(|group| paths(group, folder)).collect();
    modules.push(folder.join(BOUND));
    let code = modules.iter().map(|module| {
        let code = read(module)?;
        Ok(String::from_utf8_lossy(&code).into_owned())
    });
    code.collect::<Result<String>>().map(Some)
}

fn paths(group: &Group, folder: &Path) -> Vec<PathBuf> {
    let modules = group.modules.iter();
    modules
        .map(|module| folder.join(format!("{module}.wasm")))
        .collect()
}

/// The content of the file of a group: its modules as one.
fn content(group: &Group, number: usize, folder: &Path) -> Result<Vec<u8>> {
    let modules = paths(group, folder);
    if let [module] = &modules[..] {
        return optimised(module);
    }
    let joined = folder.join(format!("joined_{number}.wasm"));
    let modules: Vec<&Path> = modules.iter().map(PathBuf::as_path).collect();
    merge::merge(&modules, &FEATURES, &joined)?;
    joined_content(&joined)
}

/// What becomes of modules that were joined: they call each other directly.
fn joined_content(joined: &Path) -> Result<Vec<u8>> {
    let content = table::with_own_calls_apart(&read(joined)?)
        .and_then(|content| names::readable(&content))
        .with_context(|| format!("cannot read {}", joined.display()))?;
    write_atomically(joined, &content)?;
    optimised(joined)
}

/// What wasm-opt makes of a part; a build that is to be quick leaves it as it is.
fn optimised(part: &Path) -> Result<Vec<u8>> {
    if !is_release() {
        return read(part);
    }
    let small = part.with_extension("small");
    run(process::command("wasm-opt")
        .arg("--directize")
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

pub(crate) fn is_release() -> bool {
    env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "release")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
