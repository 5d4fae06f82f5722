//! What the flow's definition says of files that are to move, and whether that is to be changed with them.

use flowdeck_contract::{
    ids::FilePath,
    moving_files::{FileMove, MoveFiles},
};
use flowdeck_flow::path_uses;
use leptos::prelude::*;

use super::work::Work;
use crate::pages::parts::form_style;

/// Whether the definition is to name the new paths. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct References {
    work: Work,
    paths: StoredValue<Vec<FilePath>>,
    update: RwSignal<bool>,
}

impl References {
    pub(super) fn to(work: Work, paths: &[FilePath]) -> Self {
        Self {
            work,
            paths: StoredValue::new(paths.to_owned()),
            update: RwSignal::new(true),
        }
    }

    /// What to ask the server for.
    pub(super) fn asked(self, moves: Vec<FileMove>) -> MoveFiles {
        let can = untrack(|| !self.lines().is_empty() && self.refused().is_none());
        MoveFiles {
            moves,
            update_definition: can && self.update.get_untracked(),
        }
    }

    /// The lines that name the files.
    fn lines(self) -> Vec<u32> {
        let text = self.work.flow.detail.get().and_then(|detail| detail.yaml);
        let moves = self.paths.with_value(|paths| {
            let moves = paths.iter().map(|path| (path.as_str().to_owned(), "x"));
            moves.collect::<Vec<_>>()
        });
        let moves: Vec<_> = moves
            .iter()
            .map(|(from, to)| (from.as_str(), *to))
            .collect();
        let uses = text.map(|text| path_uses(&text, &moves));
        let lines = uses.into_iter().flatten();
        lines.map(|found| found.line).collect()
    }

    fn definition(self) -> Option<FilePath> {
        let detail = self.work.flow.detail.get()?;
        FilePath::try_from(detail.definition_path).ok()
    }

    fn refused(self) -> Option<String> {
        let definition = self.definition()?;
        let unsaved = self.work.unsaved(&[definition])?;
        Some(format!(
            "{unsaved} has unsaved edits. Save them first to update it."
        ))
    }
}

/// Tells what names the files, and offers to change that. Nothing where nothing does.
#[component]
pub(super) fn UpdateReferences(references: References) -> impl IntoView {
    move || {
        let lines = references.lines();
        let definition = references.definition()?;
        let places = lines.iter().map(u32::to_string).collect::<Vec<_>>();
        let refused = references.refused();
        let is_refused = refused.is_some();
        let lines = match &places[..] {
            [] => return None,
            [line] => format!("Line {line} of {definition} uses this path."),
            lines => format!("Lines {} of {definition} use this path.", lines.join(", ")),
        };
        Some(view! {
            <div class=form_style::field>
                <label class=form_style::radio>
                    <input
                        type="checkbox"
                        disabled=is_refused
                        prop:checked=move || references.update.get() && !is_refused
                        on:change=move |event| references.update.set(event_target_checked(&event))
                    />
                    {format!("Update references in {definition}")}
                    <span class=form_style::detail>{lines}</span>
                </label>
                {refused.map(|why| view! { <p class=form_style::help>{why}</p> })}
            </div>
        })
    }
}
