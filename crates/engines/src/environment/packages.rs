//! The packages of an environment, read from the names of their metadata folders.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use flowdeck_contract::session::InstalledPackage;
use flowdeck_flow::normalised_name;

/// The packages of an environment, by name.
pub(crate) fn packages(environment: &Path) -> io::Result<Vec<InstalledPackage>> {
    let folders = package_folders(environment)?.into_iter();
    Ok(folders
        .map(|(name, version, _)| InstalledPackage { name, version })
        .collect())
}

/// The packages of an environment, by name, each with its metadata folder.
pub(crate) fn package_folders(environment: &Path) -> io::Result<Vec<(String, String, PathBuf)>> {
    let mut found = Vec::new();
    for python in fs::read_dir(environment.join("lib"))? {
        for entry in fs::read_dir(python?.path().join("site-packages"))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let known = name.and_then(|name| name.strip_suffix(".dist-info"));
            if let Some((name, version)) = known.and_then(|name| name.rsplit_once('-')) {
                found.push((normalised_name(name), version.to_owned(), path));
            }
        }
    }
    found.sort();
    Ok(found)
}
