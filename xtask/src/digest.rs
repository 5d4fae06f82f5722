//! Content hashes of bytes and of source trees.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};
use walkdir::{DirEntry, WalkDir};

/// Folders that are written by tools, never by people.
const GENERATED: [&str; 5] = ["node_modules", "dist", "target", "generated", ".git"];

/// The first 16 hexadecimal digits of the SHA-256 of `bytes`: enough for names and stamps.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}

/// One hash over the names and contents of all files at or below `paths`, which are relative to `root`.
///
/// A path that does not exist counts as such, so that creating it changes the hash.
pub(crate) fn tree_hash(root: &Path, paths: &[&str]) -> Result<String> {
    let mut hasher = Sha256::new();
    for file in source_files(root, paths) {
        let name = file.strip_prefix(root).unwrap_or(&file);
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        hasher.update(name.as_os_str().as_encoded_bytes());
        hasher.update([0]);
        hasher.update(content.len().to_le_bytes());
        hasher.update(content);
    }
    Ok(hex(&hasher.finalize()[..8]))
}

fn source_files(root: &Path, paths: &[&str]) -> Vec<PathBuf> {
    paths
        .iter()
        .flat_map(|path| {
            WalkDir::new(root.join(path))
                .sort_by_file_name()
                .into_iter()
                .filter_entry(|entry| entry.depth() == 0 || !is_generated(entry))
        })
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(DirEntry::into_path)
        .collect()
}

fn is_generated(entry: &DirEntry) -> bool {
    entry.file_type().is_dir() && GENERATED.iter().any(|name| entry.file_name() == *name)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;

    #[test]
    fn a_tree_hash_follows_names_and_contents_but_not_generated_files() {
        let folder = temporary_folder("tree-hash");
        let root = folder.path();
        fs::create_dir_all(root.join("src/node_modules")).unwrap();
        fs::write(root.join("src/a"), "one").unwrap();
        let hash = || tree_hash(root, &["src", "absent"]).unwrap();
        let first = hash();
        fs::write(root.join("src/node_modules/x"), "noise").unwrap();
        assert_eq!(hash(), first);
        fs::write(root.join("src/a"), "two").unwrap();
        let changed = hash();
        assert_ne!(changed, first);
        fs::rename(root.join("src/a"), root.join("src/b")).unwrap();
        assert_ne!(hash(), changed);
        fs::write(root.join("absent"), "").unwrap();
        assert_ne!(hash(), changed);
    }

    #[test]
    fn a_short_hash_is_sixteen_hexadecimal_digits() {
        assert_eq!(short_hash(b""), "e3b0c44298fc1c14");
    }
}
