//! The code editor: one ES module that the app imports when a file is first opened.

use anyhow::{Context, Result, bail};
use std::{fs, path::PathBuf};

use crate::{
    digest::{short_hash, tree_hash},
    process,
    progress::step,
    project::Project,
    stamp::{Stamp, write_atomically},
};

/// Where the app finds the editor's address: this comment becomes a `<meta name="flowdeck-editor">`.
const MARKER: &str = "<meta name=\"flowdeck-editor\" content=\"\"";

/// Trunk's post-build hook: bundles the editor, puts it into the staged app and writes its address into the page.
pub(crate) fn attach(project: &Project) -> Result<()> {
    let staging = super::staging()?;
    let bundle = bundle(project)?;
    let content = fs::read(&bundle).with_context(|| format!("cannot read {}", bundle.display()))?;
    let name = format!("editor-{}.js", short_hash(&content));
    write_atomically(&staging.join(&name), &content)?;
    let page = staging.join("index.html");
    let html =
        fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    write_atomically(&page, with_address(&html, &name)?.as_bytes())
}

fn bundle(project: &Project) -> Result<PathBuf> {
    let folder = project.path("web/editor");
    let bundle = folder.join("dist/editor.js");
    let stamp = Stamp::new(
        folder.join("dist/.stamp"),
        tree_hash(&project.root, &["web/editor"])?,
    );
    if !(stamp.is_current() && bundle.is_file()) {
        step("bundle the code editor", |step| {
            let mut npm = process::command("npm");
            npm.args(["run", "build"]).current_dir(&folder);
            process::run(project, step, "build-editor", &mut npm)?.success()?;
            Ok(())
        })?;
        stamp.write()?;
    }
    Ok(bundle)
}

fn with_address(html: &str, name: &str) -> Result<String> {
    let filled = MARKER.replace("content=\"\"", &format!("content=\"{name}\""));
    match html.matches(MARKER).count() {
        1 => Ok(html.replace(MARKER, &filled)),
        count => bail!("the built index.html must have `{MARKER}` once, and has it {count} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_editor_once() {
        let page = format!("<head>{MARKER}></head>");
        assert_eq!(
            with_address(&page, "editor-1.js").unwrap(),
            r#"<head><meta name="flowdeck-editor" content="editor-1.js"></head>"#
        );
        assert!(with_address("<head></head>", "editor-1.js").is_err());
        assert!(with_address(&page.repeat(2), "editor-1.js").is_err());
    }
}
