//! One style sheet of all, minified: `style/*.css` in the order of their names, then the CSS modules below `src/`.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{process, project::Project, stamp::write_if_changed};

/// Writes `style/generated/app.css`, and only when it changes: trunk watches its neighbours.
pub(crate) fn write(project: &Project) -> Result<()> {
    let mut sheet = String::new();
    for path in global_sheets(&project.path("style"))? {
        sheet += &fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        sheet.push('\n');
    }
    let config = stylance_cli::Config::load(project.root.clone())?;
    let mut modules = stylance_cli::load_and_modify_crate(&config)?;
    modules.sort_unstable_by(|one, other| one.relative_path.cmp(&other.relative_path));
    for module in modules {
        sheet += &module.contents;
        sheet.push('\n');
    }
    let sheet = minified(project, &sheet)?;
    write_if_changed(&project.path("style/generated/app.css"), &sheet)
}

/// What esbuild, which bundles the editor, makes of a sheet.
fn minified(project: &Project, sheet: &str) -> Result<Vec<u8>> {
    let program = project.path("web/editor/node_modules/.bin/esbuild");
    let mut esbuild = process::command(&program)
        .args(["--minify", "--loader=css", "--log-level=warning"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    // esbuild reads all of it before it writes anything.
    let mut input = esbuild.stdin.take().context("esbuild has no input")?;
    input.write_all(sheet.as_bytes())?;
    drop(input);
    let output = esbuild.wait_with_output()?;
    if !output.status.success() {
        bail!("esbuild cannot read the style sheets");
    }
    Ok(output.stdout)
}

fn global_sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut sheets = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            sheets.push(path);
        }
    }
    sheets.sort_unstable();
    Ok(sheets)
}
