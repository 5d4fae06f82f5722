//! The npm packages, as the lock files have them: name and licence.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, fs};

use crate::project::Project;

/// Every package.json of the checkout has a lock file beside it.
pub(super) const NPM_FOLDERS: [&str; 4] = ["web/editor", "web/font", "tests/e2e", "xtask/tools"];

pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) licence: Option<String>,
}

pub(super) fn all(project: &Project) -> Result<Vec<Dependency>> {
    let mut dependencies = Vec::new();
    for folder in NPM_FOLDERS {
        let path = project.path(folder).join("package-lock.json");
        let lock =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        dependencies.extend(
            of_npm(&lock).with_context(|| format!("{} is no npm lock file", path.display()))?,
        );
    }
    Ok(dependencies)
}

fn of_npm(lock: &str) -> serde_json::Result<Vec<Dependency>> {
    #[derive(Deserialize)]
    struct Lock {
        packages: BTreeMap<String, Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        version: String,
        license: Option<String>,
    }
    let Lock { packages } = serde_json::from_str(lock)?;
    let dependency = |(path, package): (String, Package)| Dependency {
        name: format!(
            "{} {} (npm)",
            path.trim_start_matches("node_modules/"),
            package.version
        ),
        licence: package.license,
    };
    Ok(packages.into_iter().map(dependency).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_npm_lock_file_names_packages_and_licences() {
        let lock = r#"{"packages": {
            "": {"name": "us", "version": "0.1.0", "license": "MIT"},
            "node_modules/@a/b": {"version": "1.0.0"}
        }}"#;
        let found = of_npm(lock).unwrap();
        assert_eq!(found[1].name, "@a/b 1.0.0 (npm)");
        assert_eq!(found[0].licence.as_deref(), Some("MIT"));
        assert!(found[1].licence.is_none());
    }
}
