//! One style sheet of all, minified: `style/*.css` in the order of their names, then the CSS modules below `src/`.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    font,
    minify::{Kind, minified},
};
use crate::{project::Project, stamp::write_if_changed};

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
    let sheet = font::named(project, &sheet)?;
    let sheet = minified(project, Kind::Css, &sheet)?;
    write_if_changed(&project.path("style/generated/app.css"), &sheet)
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
