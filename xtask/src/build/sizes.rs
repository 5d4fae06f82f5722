//! How many bytes of the built app a reader downloads.

use anyhow::{Context, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
};
use walkdir::WalkDir;

use super::{compress::brotli, licences, parts::FIRST};

/// Names the files of each part of the app, in `dist/`. No page asks for it.
pub(crate) const PARTS: &str = ".parts.json";

/// Bytes after brotli (fonts and images as they are).
pub(crate) struct Sizes {
    /// What every page needs besides the app's module: the page itself, JavaScript and style sheet.
    page: u64,
    /// The style sheet of all but the flows page and a flow's page.
    later_styles: u64,
    /// The app's module, in which no page is.
    app: u64,
    /// The app's module with all that one part needs, by the part: what a browser loads that has nothing of the app yet.
    entries: BTreeMap<String, u64>,
    /// Fonts, which nothing waits for.
    pub(crate) fonts: u64,
    /// What is imported when a file is first opened.
    pub(crate) editor: u64,
    /// The language engine and its worker, which load once raw file mode is idle.
    pub(crate) language: u64,
    /// Parts of the app that load when they are first shown, by the names of their files.
    files: BTreeMap<String, u64>,
    /// The files of each part.
    parts: BTreeMap<String, Vec<String>>,
}

impl Sizes {
    pub(crate) fn of(dist: &Path) -> Result<Self> {
        let named = dist.join(PARTS);
        let named = fs::read(&named).with_context(|| format!("cannot read {}", named.display()))?;
        let mut sizes = Self {
            page: 0,
            later_styles: 0,
            app: 0,
            entries: BTreeMap::new(),
            fonts: 0,
            editor: 0,
            language: 0,
            files: BTreeMap::new(),
            parts: serde_json::from_slice(&named)?,
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
            let is_font = entry
                .path()
                .extension()
                .is_some_and(|found| found == "woff2");
            match name.split_once('-') {
                // What the editor imports itself, once text is shown.
                Some(("editor", rest)) if rest.starts_with("later-") => {}
                Some(("editor", rest))
                    if rest.starts_with("language-") || rest.starts_with("worker-") =>
                {
                    sizes.language += bytes;
                }
                Some(("editor", _)) => sizes.editor += bytes,
                Some(("later", _)) => sizes.later_styles += bytes,
                Some(("part", _)) => {
                    sizes.files.insert(name, bytes);
                }
                Some(("entry", rest)) => {
                    let (part, _) = rest.rsplit_once('-').context("an entry without a hash")?;
                    sizes.entries.insert(part.to_owned(), bytes);
                }
                _ if is_font => sizes.fonts += bytes,
                _ if name.ends_with(".wasm") => sizes.app += bytes,
                _ => sizes.page += bytes,
            }
        }
        Ok(sizes)
    }

    /// What a page downloads that shows these parts, nothing cached.
    pub(crate) fn page(&self, parts: &[&str]) -> Result<u64> {
        let mut files = BTreeSet::new();
        for part in parts {
            files.extend(self.files_of(part)?);
        }
        let entry = parts
            .iter()
            .find_map(|part| self.entries.get_key_value(*part));
        let module = match entry {
            Some((part, bytes)) => {
                for file in self.files_of(part)? {
                    files.remove(file);
                }
                *bytes
            }
            None => self.app,
        };
        let bytes = files.into_iter().map(|file| {
            let bytes = self.files.get(file).copied();
            bytes.with_context(|| format!("the part in {file} was left out"))
        });
        let has_later_styles = parts.iter().any(|part| !FIRST.contains(part));
        let styles = if has_later_styles {
            self.later_styles
        } else {
            0
        };
        Ok(self.page + styles + module + bytes.sum::<Result<u64>>()?)
    }

    fn files_of(&self, part: &str) -> Result<&Vec<String>> {
        let files = self.parts.get(part);
        files.with_context(|| format!("the app has no part {part}"))
    }

    /// What raw file mode downloads beyond the page of its flow.
    pub(crate) fn raw_mode(&self) -> Result<u64> {
        Ok(self.page(&["flow", "raw"])? - self.page(&["flow"])? + self.editor)
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = |parts: &[&str]| self.page(parts).unwrap_or_default();
        let [flows, flow, raw, language, parts] = [
            page(&["flows"]),
            page(&["flow"]),
            self.raw_mode().unwrap_or_default(),
            self.language,
            self.files.values().sum(),
        ]
        .map(|bytes: u64| bytes.div_ceil(1000));
        write!(
            f,
            "{flows} KB all flows, {flow} KB a flow, {raw} KB more for raw file mode, {language} KB its language engine, {parts} KB parts in {} files",
            self.files.len()
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
impl Sizes {
    /// Of an app with parts of these sizes, each in a file of its own.
    pub(crate) fn made_up(app: u64, editor: u64, parts: &[(&str, u64)]) -> Self {
        let named = |part: &str| (part.to_owned(), vec![format!("part-{part}.wasm")]);
        Self {
            page: 0,
            later_styles: 0,
            app,
            entries: BTreeMap::new(),
            fonts: 0,
            editor,
            language: 1,
            files: parts
                .iter()
                .map(|(part, bytes)| (format!("part-{part}.wasm"), *bytes))
                .collect(),
            parts: parts.iter().map(|(part, _)| named(part)).collect(),
        }
    }
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
            ("a.woff2", 50),
            ("editor-1.js", 70),
            ("editor-later-1.js", 700),
            ("editor-language-1.wasm", 800),
            ("editor-worker-1.js", 5),
            ("part-flows-1.wasm", 80),
            ("part-flows-1.wasm.br", 20),
            ("part-shared-1.wasm", 7),
            ("part-raw-1.wasm", 3),
            ("part-flow-1.wasm", 60),
            ("flowdeck-app-1_bg.wasm", 1_000),
            ("entry-flow-1.wasm", 1_040),
            (licences::FILE, 500),
        ] {
            fs::write(folder.path().join(name), vec![b'x'; bytes]).unwrap();
        }
        let parts = r#"{"flows": ["part-flows-1.wasm", "part-shared-1.wasm"], "flow": ["part-flow-1.wasm", "part-shared-1.wasm"], "raw": ["part-shared-1.wasm", "part-raw-1.wasm"], "gone": ["part-gone-1.wasm"]}"#;
        fs::write(folder.path().join(PARTS), parts).unwrap();
        let sizes = Sizes::of(folder.path()).unwrap();
        assert_eq!((sizes.page, sizes.app, sizes.fonts), (300, 1_000, 50));
        assert_eq!(sizes.language, 805);
        assert_eq!(sizes.page(&["flows"]).unwrap(), 1_327);
        assert_eq!(sizes.page(&["flow"]).unwrap(), 1_340);
        // What is in the entry isn't loaded again.
        assert_eq!(sizes.page(&["flow", "raw"]).unwrap(), 1_343);
        assert_eq!(sizes.raw_mode().unwrap(), 73);
        assert!(sizes.page(&["gone"]).is_err());
        assert!(sizes.page(&["unknown"]).is_err());
    }
}
