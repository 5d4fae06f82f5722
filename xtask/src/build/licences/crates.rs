//! The crates that are compiled into the app and into the server.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use super::package::Package;
use crate::{
    process,
    project::Project,
    wasm::{TARGET, host},
};

/// What the dependencies are asked for: a root package, its target, and the features it is shipped with.
struct Part {
    root: &'static str,
    target: String,
    features: &'static [&'static str],
}

pub(super) fn shipped(project: &Project) -> Result<Vec<Package>> {
    let parts = [
        Part {
            root: "flowdeck-app",
            target: TARGET.to_owned(),
            features: &[],
        },
        Part {
            root: "flowdeck-server",
            target: host()?,
            features: &["flowdeck-server/embed"],
        },
    ];
    let mut all = BTreeSet::new();
    for part in parts {
        all.extend(metadata(project, &part)?.needed_by(part.root));
    }
    Ok(all.into_iter().collect())
}

fn metadata(project: &Project, part: &Part) -> Result<Metadata> {
    let mut cargo = process::command("cargo");
    cargo
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(["--filter-platform", &part.target])
        .args(
            part.features
                .iter()
                .flat_map(|feature| ["--features", *feature]),
        )
        .current_dir(&project.root);
    serde_json::from_str(&process::capture(&mut cargo)?).context("cargo metadata cannot be read")
}

/// The part of `cargo metadata` that is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Crate>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Crate {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    repository: Option<String>,
    authors: Vec<String>,
    manifest_path: PathBuf,
    /// `None` for packages of this workspace.
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `None` for what is linked; otherwise `dev` or `build`.
    kind: Option<String>,
}

impl Metadata {
    /// The foreign packages that are linked into `root`.
    fn needed_by(self, root: &str) -> Vec<Package> {
        let mut packages: BTreeMap<_, _> = self
            .packages
            .into_iter()
            .map(|package| (package.id.clone(), package))
            .collect();
        let nodes: BTreeMap<_, _> = self
            .resolve
            .nodes
            .into_iter()
            .map(|node| (node.id, node.deps))
            .collect();
        let mut ahead: Vec<String> = packages
            .values()
            .filter(|package| package.name == root)
            .map(|package| package.id.clone())
            .collect();
        let mut needed = Vec::new();
        while let Some(id) = ahead.pop() {
            // Taken out, so that none is visited twice.
            let Some(package) = packages.remove(&id) else {
                continue;
            };
            let linked =
                nodes.get(&id).into_iter().flatten().filter(|dependency| {
                    dependency.dep_kinds.iter().any(|kind| kind.kind.is_none())
                });
            ahead.extend(linked.map(|dependency| dependency.pkg.clone()));
            if package.source.is_some() {
                needed.push(package.into());
            }
        }
        needed
    }
}

impl From<Crate> for Package {
    fn from(from: Crate) -> Self {
        let holders = match &from.authors[..] {
            [] => format!("the authors of {}", from.name),
            authors => authors.join(", "),
        };
        Self {
            name: from.name,
            version: from.version,
            licence: from.license.unwrap_or_default(),
            repository: from.repository,
            holders,
            folder: from.manifest_path.parent().map(PathBuf::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_linked_counts_and_our_own_does_not() {
        let package = |name: &str, source: &str| {
            format!(
                r#"{{"id": "{name}", "name": "{name}", "version": "1.0.0", "license": "MIT", "repository": null,
                "authors": ["Ada"], "manifest_path": "/crates/{name}/Cargo.toml", "source": {source}}}"#
            )
        };
        let foreign = "\"registry\"";
        let packages = [
            package("app", "null"),
            package("linked", foreign),
            package("deeper", foreign),
            package("tool", foreign),
            package("other", foreign),
        ]
        .join(",");
        let metadata = format!(
            r#"{{"packages": [{packages}], "resolve": {{"nodes": [
                {{"id": "app", "deps": [
                    {{"pkg": "linked", "dep_kinds": [{{"kind": "dev"}}, {{"kind": null}}]}},
                    {{"pkg": "tool", "dep_kinds": [{{"kind": "build"}}]}}]}},
                {{"id": "linked", "deps": [{{"pkg": "deeper", "dep_kinds": [{{"kind": null}}]}}]}},
                {{"id": "deeper", "deps": [{{"pkg": "linked", "dep_kinds": [{{"kind": null}}]}}]}}
            ]}}}}"#
        );
        let metadata: Metadata = serde_json::from_str(&metadata).unwrap();
        let needed = metadata.needed_by("app");
        let names: Vec<_> = needed.iter().map(|package| &package.name[..]).collect();
        assert_eq!(names, ["linked", "deeper"]);
        assert_eq!(needed[0].folder, Some(PathBuf::from("/crates/linked")));
    }
}
