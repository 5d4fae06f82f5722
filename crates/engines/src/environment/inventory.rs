//! What is known of an environment's packages, read from their metadata folders: asking Python would cost a second.

use std::{collections::BTreeSet, fs, io, path::Path};

use flowdeck_access::redact::without_passwords;
use flowdeck_contract::session::InstalledPackage;

use super::packages::{package_folders, packages};
use crate::engine::PackageFacts;

/// What an install left in an environment, one `name==version` a line: what differs from it came later.
const SNAPSHOT: &str = ".packages";

/// Asks Python what conditions of requirements are evaluated against (PEP 508, “Environment Markers”).
pub(crate) const MARKERS: &str = "\
import json, os, platform, sys
def version(info):
    kind = info.releaselevel
    return '%d.%d.%d' % info[:3] + ('' if kind == 'final' else kind[0] + str(info.serial))
print(json.dumps({
    'implementation_name': sys.implementation.name,
    'implementation_version': version(sys.implementation.version),
    'os_name': os.name,
    'platform_machine': platform.machine(),
    'platform_python_implementation': platform.python_implementation(),
    'platform_release': platform.release(),
    'platform_system': platform.system(),
    'platform_version': platform.version(),
    'python_full_version': platform.python_version(),
    'python_version': '.'.join(platform.python_version_tuple()[:2]),
    'sys_platform': sys.platform,
}))";

/// Everything that is known of an environment made of `base`, by name. Packages of the base that are not in the
/// environment itself show through into it.
pub(crate) fn of(environment: &Path, base: &[InstalledPackage]) -> io::Result<Vec<PackageFacts>> {
    let mut facts = facts(environment)?;
    let own: BTreeSet<String> = facts
        .packages
        .iter()
        .map(|package| package.name.clone())
        .collect();
    mark_by_hand(&mut facts, base);
    let through = base.iter().filter(|package| !own.contains(&package.name));
    facts.packages.extend(through.map(|package| PackageFacts {
        name: package.name.clone(),
        version: package.version.clone(),
        ..PackageFacts::default()
    }));
    facts
        .packages
        .sort_by(|one, other| one.name.cmp(&other.name));
    Ok(facts.packages)
}

/// Notes what is in an environment now.
pub(crate) fn take_snapshot(environment: &Path) -> io::Result<()> {
    let packages = packages(environment)?;
    let lines = packages
        .iter()
        .map(|package| format!("{}=={}\n", package.name, package.version));
    let new = environment.join(format!("{SNAPSHOT}.new"));
    fs::write(&new, lines.collect::<String>())?;
    fs::rename(new, environment.join(SNAPSHOT))
}

struct Facts {
    packages: Vec<PackageFacts>,
    /// `None` when nothing was ever installed: the environment was its base.
    snapshot: Option<BTreeSet<String>>,
}

fn facts(environment: &Path) -> io::Result<Facts> {
    let snapshot = match fs::read_to_string(environment.join(SNAPSHOT)) {
        Ok(text) => Some(text.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut packages = Vec::new();
    for (name, version, folder) in package_folders(environment)? {
        packages.push(PackageFacts {
            requires: requires(&folder),
            location: location(&folder),
            name,
            version,
            by_hand: false,
        });
    }
    Ok(Facts { packages, snapshot })
}

fn mark_by_hand(facts: &mut Facts, base: &[InstalledPackage]) {
    let of_base = || {
        let lines = base
            .iter()
            .map(|package| format!("{}=={}", package.name, package.version));
        lines.collect()
    };
    let known = facts.snapshot.take().unwrap_or_else(of_base);
    for package in &mut facts.packages {
        package.by_hand = !known.contains(&format!("{}=={}", package.name, package.version));
    }
}

/// A package that says nothing of its needs, or cannot be read, needs nothing that we know of.
fn requires(folder: &Path) -> Vec<String> {
    let text = fs::read(folder.join("METADATA")).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let headers = text.lines().take_while(|line| !line.is_empty());
    headers
        .filter_map(|line| Some(line.strip_prefix("Requires-Dist:")?.trim().to_owned()))
        .collect()
}

/// Where a package came from when it did not come from an index (PEP 610).
fn location(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join("direct_url.json")).ok()?;
    let value: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(without_passwords(value.get("url")?.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(environment: &Path, package: &str, metadata: &str) {
        let folder = environment.join(format!("lib/python3.11/site-packages/{package}.dist-info"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("METADATA"), metadata).unwrap();
    }

    #[test]
    fn what_came_after_the_last_install_came_by_hand() {
        let root = tempfile::tempdir().unwrap();
        put(
            root.path(),
            "base_one-1.0",
            "Name: base-one\nRequires-Dist: x>=1\nRequires-Dist: y ; extra == 'z'\n\nRequires-Dist: text",
        );
        let base = packages(root.path()).unwrap();
        let by_hand = || {
            let mut facts = facts(root.path()).unwrap();
            mark_by_hand(&mut facts, &base);
            let packages = facts.packages.into_iter();
            packages
                .filter(|package| package.by_hand)
                .map(|package| package.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(by_hand(), Vec::<String>::new());
        put(root.path(), "installed-1.0", "");
        assert_eq!(
            by_hand(),
            ["installed"],
            "before a snapshot the base is what is known"
        );
        take_snapshot(root.path()).unwrap();
        assert_eq!(by_hand(), Vec::<String>::new());
        put(root.path(), "later-1.0", "");
        assert_eq!(by_hand(), ["later"]);
        assert_eq!(
            facts(root.path()).unwrap().packages[0].requires,
            ["x>=1", "y ; extra == 'z'"]
        );
    }
}
