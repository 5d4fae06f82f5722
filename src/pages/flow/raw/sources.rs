//! The texts of the files that the flow's nodes run, which a check of the definition looks into: from the editor where they
//! are open, else from the disk.

use std::{collections::BTreeMap, sync::Arc};

use flowdeck_contract::{
    files::{FileEntry, FileKind},
    ids::FilePath,
};
use flowdeck_flow::{Flow, Sources};
use leptos::prelude::*;

use super::workbench::Workbench;
use crate::api::Disk;

/// A longer file is data rather than code.
const LONGEST: u64 = 256 * 1024;

/// More files aren't looked into.
const MOST: usize = 200;

/// What is known of the files that nodes run.
#[derive(Clone, Copy)]
pub(super) struct NodeSources {
    /// Those that the definition named when it was checked last.
    pub(super) named: RwSignal<Vec<FilePath>>,
    /// Texts from the disk, each with the tag that it was listed with; none of what can't be read.
    pub(super) texts: RwSignal<BTreeMap<FilePath, Listed>>,
    /// Whether they are being read.
    is_reading: StoredValue<bool>,
}

type Listed = (String, Option<Arc<str>>);

impl NodeSources {
    pub(super) fn new() -> Self {
        Self {
            named: RwSignal::new(Vec::new()),
            texts: RwSignal::new(BTreeMap::new()),
            is_reading: StoredValue::new(false),
        }
    }
}

impl Workbench {
    /// Whether a node of the flow runs this file.
    pub(super) fn is_source(&self, path: &FilePath) -> bool {
        let named = self.checks.sources.named;
        named.with_untracked(|named| named.contains(path))
    }

    /// The texts that are here.
    pub(super) fn sources(&self) -> Sources {
        let sources = self.checks.sources;
        let named = sources.named.get_untracked();
        let text = |path: FilePath| {
            let open = self.text_to_check(&path).map(|(text, _)| text);
            let on_disk = || self.source_on_disk(&path).map(|text| text.to_string());
            let text = open.or_else(on_disk)?;
            Some((path.to_string(), text))
        };
        named.into_iter().filter_map(text).collect()
    }

    /// What the disk has of a file that nodes run, as far as it was read.
    pub(super) fn source_on_disk(&self, path: &FilePath) -> Option<Arc<str>> {
        let texts = self.checks.sources.texts;
        let (tag, text) = texts.with_untracked(|texts| texts.get(path).cloned())?;
        text.filter(|_| self.entry_of(path).is_some_and(|entry| entry.etag == tag))
    }

    /// Notes which files the flow's nodes run, and reads those that aren't here. The definition is checked again then.
    pub(super) fn follow_sources(&self, flow: Option<&Flow>) {
        let sources = self.checks.sources;
        let paths = flow.map(Flow::source_paths).unwrap_or_default();
        let named: Vec<FilePath> = paths
            .into_iter()
            .filter_map(|path| FilePath::try_from(path.trim_start_matches("./")).ok())
            .take(MOST)
            .collect();
        if sources.named.with_untracked(|known| *known != named) {
            sources.named.set(named);
        }
        self.read_sources();
    }

    /// When a file that nodes run changes on disk, it is read again.
    pub(super) fn read_sources_when_they_change(&self) {
        let workbench = *self;
        let tags = Memo::new(move |_| {
            let listing = workbench.listing.get()?;
            let named = workbench.checks.sources.named.get();
            let tag = |path: &FilePath| listing.get(path).map(|entry| entry.etag.clone());
            Some(named.iter().map(tag).collect::<Vec<_>>())
        });
        Effect::new(move |was: Option<()>| {
            tags.with(|_| ());
            if was.is_some() {
                workbench.read_sources();
            }
        });
    }

    fn entry_of(&self, path: &FilePath) -> Option<FileEntry> {
        let entry = self.listing.peek(|listed| listed.files.get(path).cloned());
        let is_code = |entry: &FileEntry| entry.kind == FileKind::Text && entry.size <= LONGEST;
        entry.flatten().filter(is_code)
    }

    fn read_sources(&self) {
        let sources = self.checks.sources;
        let missing = |path: FilePath| {
            let known = sources
                .texts
                .with_untracked(|texts| texts.get(&path).cloned());
            let tag = self.entry_of(&path)?.etag;
            let is_here = known.is_some_and(|(known, _)| known == tag)
                || self.document(&path, |_| ()).is_some();
            (!is_here).then_some((path, tag))
        };
        let named = sources.named.get_untracked();
        let missing: Vec<_> = named.into_iter().filter_map(missing).collect();
        if missing.is_empty() || sources.is_reading.get_value() {
            return;
        }
        sources.is_reading.set_value(true);
        let (workbench, files) = (*self, self.flow_files());
        self.spawn(async move {
            for (path, tag) in missing {
                // What can't be read is not looked into: opening it says why.
                let text = match files.read(&path).await {
                    Ok(Disk::Text { text, .. }) => Some(text),
                    Ok(Disk::Gone) | Err(_) => None,
                };
                sources.texts.try_update(|texts| {
                    texts.insert(path, (tag, text));
                });
            }
            sources.is_reading.try_set_value(false);
            if let Some(definition) = untrack(|| workbench.definition()) {
                workbench.check_soon(&definition);
            }
        });
    }
}
