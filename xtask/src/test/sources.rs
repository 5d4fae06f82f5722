//! Where dependencies come from: every one that is not ours is from a registry that deny.toml allows, and is known by its
//! checksum.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{collections::BTreeMap, fs};

use super::dependencies::NPM_FOLDERS;
use crate::project::Project;

#[derive(Deserialize)]
struct Deny {
    sources: Sources,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

#[derive(Deserialize)]
struct CargoLock {
    package: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    integrity: Option<String>,
    #[serde(default)]
    link: bool,
}

/// Checks all lock files; returns how many packages of others they name.
pub(super) fn check(project: &Project) -> Result<usize> {
    let read = |path: &str| {
        let path = project.path(path);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let deny: Deny = toml::from_str(&read("deny.toml")?).context("deny.toml is not as expected")?;
    let (mut count, mut refused) = of_cargo(&read("Cargo.lock")?, &deny.sources.allow_registry)?;
    for folder in NPM_FOLDERS {
        let path = format!("{folder}/package-lock.json");
        let (more, refusals) = of_npm(&read(&path)?).with_context(|| path.clone())?;
        count += more;
        refused.extend(refusals.into_iter().map(|name| format!("{path}: {name}")));
    }
    if !refused.is_empty() {
        bail!(
            "these come from nowhere that deny.toml allows, or have no checksum:\n  {}",
            refused.join("\n  ")
        );
    }
    Ok(count)
}

fn of_cargo(lock: &str, allowed: &[String]) -> Result<(usize, Vec<String>)> {
    let lock: CargoLock = toml::from_str(lock).context("Cargo.lock is not as expected")?;
    let mut refused = Vec::new();
    let mut count = 0;
    for one in lock.package {
        // What has no source is of this workspace.
        let Some(source) = one.source else { continue };
        count += 1;
        let registry = source.strip_prefix("registry+");
        let is_allowed = registry.is_some_and(|url| allowed.iter().any(|one| one == url));
        if !is_allowed || one.checksum.is_none() {
            refused.push(format!(
                "Cargo.lock: {} {} ({source})",
                one.name, one.version
            ));
        }
    }
    Ok((count, refused))
}

fn of_npm(lock: &str) -> Result<(usize, Vec<String>)> {
    let lock: NpmLock = serde_json::from_str(lock).context("not as npm writes it")?;
    let others = lock.packages.into_iter();
    // The package itself stands there without a name.
    let others: Vec<_> = others
        .filter(|(name, package)| !name.is_empty() && !package.link)
        .collect();
    let count = others.len();
    let refused = others
        .into_iter()
        .filter(|(_, package)| package.integrity.is_none());
    Ok((count, refused.map(|(name, _)| name).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_registries_and_checksums_pass() {
        let lock = r#"
[[package]]
name = "ours"
version = "0.1.0"
[[package]]
name = "good"
version = "1.0.0"
source = "registry+https://index.example/a"
checksum = "00"
[[package]]
name = "unsummed"
version = "1.0.0"
source = "registry+https://index.example/a"
[[package]]
name = "elsewhere"
version = "1.0.0"
source = "registry+https://index.example/b"
checksum = "00"
[[package]]
name = "branch"
version = "1.0.0"
source = "git+https://index.example/a#0011"
"#;
        let (count, refused) = of_cargo(lock, &["https://index.example/a".to_owned()]).unwrap();
        let named = |name: &str| refused.iter().any(|line| line.contains(name));
        assert_eq!((count, refused.len()), (4, 3));
        assert!(named("unsummed") && named("elsewhere") && named("branch"));
    }

    #[test]
    fn packages_of_npm_have_checksums() {
        let lock = r#"{"packages": {"": {}, "node_modules/a": {"integrity": "sha512-x"},
            "node_modules/b": {}, "node_modules/c": {"link": true}}}"#;
        assert_eq!(
            of_npm(lock).unwrap(),
            (2, vec!["node_modules/b".to_owned()])
        );
    }
}
