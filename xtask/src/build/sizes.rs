//! How many bytes of the built app a reader downloads.

use anyhow::{Context, Result};
use std::{fmt, fs, path::Path};
use walkdir::WalkDir;

use super::{compress::brotli, licences};

/// Bytes after brotli (fonts and images as they are).
pub(crate) struct Sizes {
    /// The page, wasm, JavaScript and style sheet.
    pub(crate) first_load: u64,
    /// The font, which systems that have a good one of their own don't load.
    pub(crate) font: u64,
    /// What is imported when a file is first opened.
    pub(crate) editor: u64,
    /// Parts of the app that load when they are first shown.
    pub(crate) parts: u64,
}

impl Sizes {
    pub(crate) fn of(dist: &Path) -> Result<Self> {
        let mut sizes = Self {
            first_load: 0,
            font: 0,
            editor: 0,
            parts: 0,
        };
        for entry in WalkDir::new(dist) {
            let entry = entry.context("cannot list dist/")?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !entry.file_type().is_file()
                || name.starts_with('.')
                || is_encoding(&name)
                || name == licences::FILE
            {
                continue;
            }
            let bytes = transferred(entry.path())?;
            *match name.split_once('-') {
                Some(("font", _)) => &mut sizes.font,
                Some(("editor", _)) => &mut sizes.editor,
                Some(("part", _)) => &mut sizes.parts,
                _ => &mut sizes.first_load,
            } += bytes;
        }
        Ok(sizes)
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first_load, font, editor, parts] =
            [self.first_load, self.font, self.editor, self.parts].map(|bytes| bytes.div_ceil(1000));
        write!(
            f,
            "{first_load} KB first load, {font} KB font, {editor} KB editor, {parts} KB parts"
        )
    }
}

fn is_encoding(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn transferred(path: &Path) -> Result<u64> {
    let encoded = path.with_added_extension("br");
    if let Ok(metadata) = fs::metadata(&encoded) {
        return Ok(metadata.len());
    }
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let is_page = path
        .extension()
        .is_some_and(|extension| extension == "html");
    let bytes = if is_page {
        brotli(&content)?.len()
    } else {
        content.len()
    };
    Ok(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;

    #[test]
    fn what_loads_later_is_counted_apart_and_encodings_replace_their_file() {
        let folder = temporary_folder("sizes");
        for (name, bytes) in [
            ("app.js", 900),
            ("app.js.br", 300),
            ("app.js.gz", 400),
            ("font-1.woff2", 50),
            ("editor-1.js", 70),
            ("part-split_raw-1.wasm", 80),
            ("part-split_raw-1.wasm.br", 20),
            ("parts-1.js", 5),
            (licences::FILE, 500),
        ] {
            fs::write(folder.path().join(name), vec![b'x'; bytes]).unwrap();
        }
        let sizes = Sizes::of(folder.path()).unwrap();
        assert_eq!((sizes.first_load, sizes.font), (305, 50));
        assert_eq!((sizes.editor, sizes.parts), (70, 20));
    }
}
