//! The code editor: ES modules that the app imports when a file is first opened.

use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

use super::{language, page::Page};
use crate::{
    digest::{short_hash, tree_hash},
    process,
    progress::step,
    project::Project,
    stamp::{Stamp, write_atomically},
};

/// Where the app finds the editor's address: this comment becomes a `<meta name="flowdeck-editor">`.
const MARKER: &str = "<meta name=\"flowdeck-editor\" content=\"\"";

/// Where the page says what is to be loaded for it.
const FILES: &str = "const editor = [];";

/// Trunk's post-build hook: bundles the editor, puts it into the staged app and writes its address into the page.
pub(crate) fn attach(project: &Project) -> Result<()> {
    let staging = super::staging()?;
    let folder = bundle(project)?;
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    for entry in fs::read_dir(&folder).context("cannot list the editor's files")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // The chunks have names that change with their content already.
        if name.starts_with("editor-") {
            write_atomically(&staging.join(&name), &read(&name)?)?;
        }
    }
    let content = read(ENTRY)?;
    let name = format!("editor-{}.js", short_hash(&content));
    write_atomically(&staging.join(&name), &content)?;
    let mut files: Vec<String> = serde_json::from_slice(&read(CHUNKS)?)?;
    files.insert(0, name.clone());
    let mut page = Page::read(&staging)?;
    page.replace(
        MARKER,
        &MARKER.replace("content=\"\"", &format!("content=\"{name}\"")),
        1,
    )?;
    let files = FILES.replace("[]", &serde_json::to_string(&files)?);
    page.replace(FILES, &files, 1)?;
    page.write()
}

/// The module that the app imports.
const ENTRY: &str = "editor.js";

/// Names the chunks that it needs at once.
const CHUNKS: &str = "chunks.json";

fn bundle(project: &Project) -> Result<PathBuf> {
    let folder = project.path("web/editor");
    let bundled = folder.join("dist");
    let engine = language::build(project)?;
    let inputs = format!(
        "{} {}",
        tree_hash(&project.root, &["web/editor"])?,
        tree_hash(&engine, &["."])?
    );
    let stamp = Stamp::new(bundled.join(".stamp"), inputs);
    if !(stamp.is_current() && bundled.join(CHUNKS).is_file()) {
        step("bundle the code editor", |step| {
            let mut npm = process::command("npm");
            npm.args(["run", "build"]).current_dir(&folder);
            process::run(project, step, "build-editor", &mut npm)?.success()?;
            Ok(())
        })?;
        stamp.write()?;
    }
    Ok(bundled)
}
