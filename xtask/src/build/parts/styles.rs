//! Styles by when they're needed: what the parts that most visits begin with have a class of is in the app's style sheet, and
//! the rest in one that comes with the first other part.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use super::{file_name, files, files_in, groups::Group};
use crate::{
    build::{css::Styles, page::Page},
    digest::short_hash,
    project::Project,
    stamp::write_atomically,
};

/// Where the page names the later style sheet.
const LATER: &str = r#"<meta name="flowdeck-later-styles" content="" />"#;

/// Parts the style sheet that trunk put into `staging`. A build that is to be quick keeps one for all.
pub(super) fn part(
    project: &Project,
    groups: &[Group],
    folder: &Path,
    staging: &Path,
    page: &mut Page,
) -> Result<()> {
    let Some(code) = files::first_code(groups, folder)? else {
        return Ok(());
    };
    let styles = Styles::read(project)?;
    let is_first = |mark: &str| code.contains(mark);
    let first = styles.with_globals(project, is_first)?;
    let later = styles.modules(project, |mark| !is_first(mark))?;
    let [first_name, later_name] = [("app", &first), ("later", &later)]
        .map(|(name, sheet)| format!("{name}-{}.css", short_hash(sheet)));
    let whole = name_of_sheet(staging)?;
    fs::remove_file(staging.join(&whole)).with_context(|| format!("cannot remove {whole}"))?;
    write_atomically(&staging.join(&first_name), &first)?;
    write_atomically(&staging.join(&later_name), &later)?;
    page.replace(&whole, &first_name, 1)?;
    page.replace(
        LATER,
        &LATER.replace(r#""""#, &format!("\"{later_name}\"")),
        1,
    )
}

/// The name that trunk gave to the app's style sheet.
fn name_of_sheet(staging: &Path) -> Result<String> {
    let files = files_in(staging)?;
    let name = files.iter().map(|path| file_name(path));
    name.into_iter()
        .find(|name| name.starts_with("app-") && name.ends_with(".css"))
        .context("trunk left no style sheet of the app")
}
