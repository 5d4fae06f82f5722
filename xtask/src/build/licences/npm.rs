//! The npm packages that are bundled into the code editor, and the one that has the font.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

use super::package::Package;
use crate::project::Project;

pub(super) fn shipped(project: &Project) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for folder in ["web/editor", "web/font"] {
        packages.extend(in_folder(&project.path(folder))?);
    }
    Ok(packages)
}

fn in_folder(folder: &Path) -> Result<Vec<Package>> {
    let path = folder.join("package-lock.json");
    let lock =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    of_lock(&lock, folder).with_context(|| format!("{} is no npm lock file", path.display()))
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    version: String,
    license: Option<String>,
    /// Needed for building only.
    #[serde(default)]
    dev: bool,
}

fn of_lock(lock: &str, folder: &Path) -> serde_json::Result<Vec<Package>> {
    let Lock { packages } = serde_json::from_str(lock)?;
    let package = |(path, locked): (String, Locked)| {
        // Nested ones are below their parent's node_modules; the name follows the last.
        let (_, name) = path.rsplit_once("node_modules/")?;
        (!locked.dev).then(|| Package {
            name: format!("{name} (npm)"),
            version: locked.version,
            licence: locked.license.unwrap_or_default(),
            repository: None,
            holders: format!("the authors of {name}"),
            folder: Some(folder.join(&path)),
        })
    };
    Ok(packages.into_iter().filter_map(package).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bundled_is_named_and_tools_are_not() {
        let lock = r#"{"packages": {
            "": {"name": "us", "version": "0.1.0", "license": "MIT"},
            "node_modules/esbuild": {"version": "1.0.0", "license": "MIT", "dev": true},
            "node_modules/a/node_modules/@b/c": {"version": "2.0.0", "license": "MIT"}
        }}"#;
        let found = of_lock(lock, Path::new("/editor")).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "@b/c (npm)");
        let folder = Path::new("/editor/node_modules/a/node_modules/@b/c");
        assert_eq!(found[0].folder.as_deref(), Some(folder));
    }
}
