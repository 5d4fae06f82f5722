//! Text that browsers load, without what only people need; by esbuild, which bundles the editor as well.

use anyhow::{Context, Result, bail};
use std::{io::Write as _, process::Stdio};

use crate::{process, project::Project};

/// What a text is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Css,
    JavaScript,
}

/// The same, shorter.
pub(super) fn minified(project: &Project, kind: Kind, text: &str) -> Result<Vec<u8>> {
    let program = project.path("web/editor/node_modules/.bin/esbuild");
    let loader = match kind {
        Kind::Css => "--loader=css",
        Kind::JavaScript => "--loader=js",
    };
    let mut esbuild = process::command(&program)
        .args(["--minify", loader, "--log-level=error"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    // esbuild reads all of it before it writes anything.
    let mut input = esbuild.stdin.take().context("esbuild has no input")?;
    input.write_all(text.as_bytes())?;
    drop(input);
    let output = esbuild.wait_with_output()?;
    if !output.status.success() {
        bail!("esbuild cannot read what it is to make shorter");
    }
    Ok(output.stdout)
}
