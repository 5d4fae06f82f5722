//! Compresses what the server sends, once, as hard as it goes.
//!
//! `index.html` is left out: the server writes its base path into it.

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use rayon::prelude::*;
use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs,
    io::Write,
    path::Path,
};
use walkdir::{DirEntry, WalkDir};

use crate::{digest::short_hash, project::Project, stamp::write_atomically};

const TEXT_LIKE: [&str; 6] = ["css", "js", "json", "svg", "txt", "wasm"];

type Encoder = fn(&[u8]) -> Result<Vec<u8>>;
const ENCODERS: [(&str, Encoder); 2] = [("br", brotli), ("gz", gzip)];

/// Puts a `.br` and a `.gz` beside each asset in `dist/`. Unchanged assets come from a cache of contents.
pub(super) fn folder(project: &Project) -> Result<()> {
    let cache = project.work().join("compressed");
    let entries: Result<Vec<_>, _> = WalkDir::new(project.dist()).into_iter().collect();
    let assets: Vec<_> = entries
        .context("cannot list dist/")?
        .into_iter()
        .map(DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(is_text_like))
        .collect();
    let used: Result<Vec<_>> = assets.par_iter().map(|path| asset(path, &cache)).collect();
    forget_others(&cache, &used?.into_iter().flatten().collect())
}

/// Compresses one asset; returns the names that its compressed contents have in the cache.
fn asset(path: &Path, cache: &Path) -> Result<[OsString; 2]> {
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let hash = short_hash(&content);
    let names = ENCODERS.map(|(extension, _)| OsString::from(format!("{hash}.{extension}")));
    for ((extension, encode), name) in ENCODERS.iter().zip(&names) {
        let cached = cache.join(name);
        let compressed = match fs::read(&cached) {
            Ok(compressed) => compressed,
            Err(_) => encode(&content)?,
        };
        write_atomically(&cached, &compressed)?;
        write_atomically(&with_suffix(path, extension), &compressed)?;
    }
    Ok(names)
}

fn is_text_like(extension: &OsStr) -> bool {
    TEXT_LIKE.iter().any(|known| extension == *known)
}

fn with_suffix(path: &Path, extension: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

pub(super) fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)
        .context("brotli failed")?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn forget_others(cache: &Path, used: &HashSet<OsString>) -> Result<()> {
    let Ok(entries) = fs::read_dir(cache) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        if !used.contains(&entry.file_name()) {
            fs::remove_file(entry.path())
                .with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;
    use std::io::Read;

    #[test]
    fn assets_get_both_encodings_and_the_page_none() {
        let temporary = temporary_folder("compress");
        let project = Project {
            root: temporary.path().to_path_buf(),
            cache: temporary.path().to_path_buf(),
        };
        let content = "function f() {}\n".repeat(100);
        fs::create_dir_all(project.dist()).unwrap();
        fs::write(project.dist().join("app.js"), &content).unwrap();
        fs::write(project.dist().join("index.html"), &content).unwrap();
        folder(&project).unwrap();
        let mut plain = Vec::new();
        brotli::BrotliDecompress(
            &mut &*fs::read(project.dist().join("app.js.br")).unwrap(),
            &mut plain,
        )
        .unwrap();
        assert_eq!(plain, content.as_bytes());
        let mut plain = String::new();
        let packed = fs::read(project.dist().join("app.js.gz")).unwrap();
        flate2::read::GzDecoder::new(&*packed)
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, content);
        assert!(!project.dist().join("index.html.br").exists());
    }
}
