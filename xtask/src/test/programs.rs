//! The programs that the native tests are.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeSet;

use super::{Run, commands::cargo};
use crate::process;

/// Sessions of real parts. It alone starts containers, with which network interfaces come and go.
const REAL: &str = "real";

/// Some of the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Programs {
    Real,
    Others,
}

#[derive(Deserialize)]
struct Workspace {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Programs {
    /// What makes `cargo test` run these.
    pub(super) fn arguments(self, run: &Run<'_>) -> Result<Vec<String>> {
        match self {
            Self::Real => Ok(vec!["--test".to_owned(), REAL.to_owned()]),
            Self::Others => {
                let mut metadata = cargo(run);
                metadata.args(["metadata", "--locked", "--no-deps", "--format-version", "1"]);
                others(&process::capture(&mut metadata)?)
            }
        }
    }
}

/// Cargo can leave out a package, but no program of one: the others are named.
fn others(metadata: &str) -> Result<Vec<String>> {
    let workspace: Workspace =
        serde_json::from_str(metadata).context("cargo's description of the workspace")?;
    let targets = workspace
        .packages
        .iter()
        .flat_map(|package| &package.targets);
    let tests = targets.filter(|target| target.kind.iter().any(|kind| kind == "test"));
    let names: BTreeSet<&str> = tests.map(|target| &*target.name).collect();
    let mut arguments = vec!["--lib".to_owned(), "--bins".to_owned()];
    for name in names.into_iter().filter(|name| *name != REAL) {
        arguments.extend(["--test".to_owned(), name.to_owned()]);
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_but_that_of_real_parts_is_among_the_others() {
        let metadata = r#"{"packages": [
            {"targets": [{"name": "a", "kind": ["lib"]}, {"name": "real", "kind": ["test"]}, {"name": "fake", "kind": ["test"]}]},
            {"targets": [{"name": "b", "kind": ["bin"]}, {"name": "api", "kind": ["test"]}, {"name": "fake", "kind": ["test"]}]}
        ]}"#;
        let arguments = others(metadata).unwrap();
        assert_eq!(
            arguments,
            ["--lib", "--bins", "--test", "api", "--test", "fake"]
        );
        assert!(others("{}").is_err());
    }
}
