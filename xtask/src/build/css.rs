//! Style sheets, minified: `style/*.css` in the order of their names, then the CSS modules below `src/`.

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
    let sheet = Styles::read(project)?.with_globals(project, |_| true)?;
    write_if_changed(&project.path("style/generated/app.css"), &sheet)
}

/// All styles there are.
pub(super) struct Styles {
    globals: String,
    modules: Vec<Module>,
}

/// A CSS module.
struct Module {
    /// What its classes end in.
    mark: String,
    text: String,
}

impl Styles {
    pub(super) fn read(project: &Project) -> Result<Self> {
        let mut globals = String::new();
        for path in global_sheets(&project.path("style"))? {
            globals += &fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            globals.push('\n');
        }
        let config = stylance_cli::Config::load(project.root.clone())?;
        let mut modules = stylance_cli::load_and_modify_crate(&config)?;
        modules.sort_unstable_by(|one, other| one.relative_path.cmp(&other.relative_path));
        let modules = modules.into_iter().map(|module| Module {
            mark: format!("-{}", module.hash),
            text: module.contents,
        });
        Ok(Self {
            globals: font::named(project, &globals)?,
            modules: modules.collect(),
        })
    }

    /// `style/*.css` and the modules whose mark is wanted, minified.
    pub(super) fn with_globals(
        &self,
        project: &Project,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<u8>> {
        let sheet = format!("{}{}", self.globals, self.of_modules(is_wanted));
        minified(project, Kind::Css, &sheet)
    }

    /// The modules whose mark is wanted, minified.
    pub(super) fn modules(
        &self,
        project: &Project,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<u8>> {
        minified(project, Kind::Css, &self.of_modules(is_wanted))
    }

    fn of_modules(&self, is_wanted: impl Fn(&str) -> bool) -> String {
        let wanted = self.modules.iter().filter(|module| is_wanted(&module.mark));
        wanted.map(|module| format!("{}\n", module.text)).collect()
    }
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
