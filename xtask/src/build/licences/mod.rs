//! The licences of what is built into the product, which most of them ask to be passed on with it: one text file beside
//! the app.

mod crates;
mod document;
mod npm;
mod package;

use anyhow::{Context, Result};
use std::fs;

use self::package::Package;
use crate::{project::Project, stamp::write_atomically};

/// The file's name; the app links to it.
pub(super) const FILE: &str = "licenses.txt";

/// Trunk's post-build hook: puts the file into the staged app.
pub(crate) fn attach(project: &Project) -> Result<()> {
    let staging = super::staging()?;
    let mut packages = crates::shipped(project)?;
    packages.extend(npm::shipped(project)?);
    packages.push(Package::standard_library());
    let mit = project.path("LICENSE-MIT");
    let mit = fs::read_to_string(&mit).with_context(|| format!("cannot read {}", mit.display()))?;
    let text = document::of(packages, &mit)?;
    write_atomically(&staging.join(FILE), text.as_bytes())
}
