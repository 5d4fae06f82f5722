//! Moves, deletes and restores what was asked for, tells of it, and offers the way back.

use flowdeck_contract::{
    files::FileKind,
    ids::FilePath,
    moving_files::{DeleteFiles, FileMove, MoveFiles, SeenFile},
};
use leptos::prelude::*;

use super::{FileTasks, FilesContext, marks::is_below};
use crate::{
    api::ApiError,
    pages::{flow::context::FlowContext, parts::tell_failure},
    ui::{NextStep, Status, Tone},
};

/// What carries out work on a flow's files. It goes on as long as the flow's page is shown. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub(super) flow: FlowContext,
    pub(super) files: FilesContext,
    pub(super) tasks: FileTasks,
    status: Status,
}

impl Work {
    pub(super) fn from_context() -> Self {
        Self {
            flow: FlowContext::from_context(),
            files: expect_context(),
            tasks: expect_context(),
            status: Status::from_context(),
        }
    }

    /// Moves files and folders.
    ///
    /// # Errors
    /// What the server says; nothing has moved then.
    pub(super) async fn move_files(self, asked: MoveFiles) -> Result<(), ApiError> {
        let moved = self.flow.api.move_files(&self.flow.flow(), &asked).await?;
        let shown = self
            .flow
            .view
            .try_with_untracked(|view| view.file.clone().filter(|_| view.raw))
            .flatten();
        let has_folder = moved
            .entries
            .iter()
            .any(|entry| entry.kind == FileKind::Folder);
        for FileMove { from, .. } in &asked.moves {
            self.forget(from);
        }
        let first = moved.entries.first().map(|entry| entry.path.clone());
        for entry in moved.entries.into_iter().chain(moved.definition) {
            self.files.listing.put(entry);
        }
        if has_folder {
            self.files.listing.refresh();
        }
        if let Some(file) = shown.and_then(|shown| moved_to(&shown, &asked.moves)) {
            self.flow.open_file(file, None);
        }
        self.tasks.focused.try_set(first);
        let said = match &asked.moves[..] {
            [FileMove { from, to }] if from.parent() == to.parent() => {
                format!("{from} is now {}", to.file_name())
            }
            [FileMove { from, to }] => format!("{from} moved to {to}"),
            moves => format!("{} items moved", moves.len()),
        };
        self.status.offer(said, self.step_back(&asked));
        Ok(())
    }

    fn step_back(self, asked: &MoveFiles) -> NextStep {
        let back = |FileMove { from, to }: &FileMove| FileMove {
            from: to.clone(),
            to: from.clone(),
        };
        let asked = MoveFiles {
            moves: asked.moves.iter().rev().map(back).collect(),
            update_definition: asked.update_definition,
        };
        NextStep::new("Undo", move || {
            let asked = asked.clone();
            self.go_on(async move {
                if let Err(error) = self.move_files(asked).await {
                    tell_failure(self.status, "Couldn’t undo the move", &error);
                }
            });
        })
    }

    /// Deletes files and folders.
    pub(super) fn delete(self, paths: Vec<FilePath>) {
        let seen = |path: &FilePath| SeenFile {
            path: path.clone(),
            etag: self
                .files
                .listing
                .peek(|listed| Some(listed.files.get(path)?.etag.clone()))
                .flatten()
                .unwrap_or_default(),
        };
        let asked = DeleteFiles {
            files: paths.iter().map(seen).collect(),
        };
        let what = named(&paths);
        self.tasks.spawn(async move {
            match self.flow.api.delete_files(&self.flow.flow(), &asked).await {
                Ok(deleted) => {
                    for path in &paths {
                        self.forget(path);
                    }
                    self.tasks.back.run(());
                    let restore = move || self.restore(deleted.id.clone(), &deleted.paths, || ());
                    self.status
                        .offer(format!("{what} deleted"), NextStep::new("Undo", restore));
                }
                Err(error) if error.status == Some(412) => {
                    let detail =
                        "It changed after it was listed. Look at it, then delete it again.";
                    let what = format!("Couldn’t delete {what}");
                    self.status.tell(Tone::Bad, what, Some(detail.to_owned()));
                    self.files.listing.refresh();
                }
                Err(error) => {
                    tell_failure(self.status, &format!("Couldn’t delete {what}"), &error);
                }
            }
        });
    }

    /// Puts back what was deleted together.
    pub(super) fn restore(
        self,
        deleted: String,
        paths: &[FilePath],
        then: impl FnOnce() + 'static,
    ) {
        let what = named(paths);
        self.go_on(async move {
            let flow = self.flow.flow();
            match self.flow.api.restore_files(&flow, &deleted).await {
                Ok(()) => {
                    self.files.listing.refresh();
                    self.status.announce(format!("{what} restored."));
                }
                Err(error) => {
                    tell_failure(self.status, &format!("Couldn’t restore {what}"), &error);
                }
            }
            then();
        });
    }

    /// Why these can't be renamed or moved now.
    pub(super) fn stay(self, paths: &[FilePath]) -> Option<String> {
        self.defining(paths).or_else(|| {
            let unsaved = self.unsaved(paths)?;
            Some(format!("Save {unsaved} first."))
        })
    }

    /// Why these can't be renamed, moved or deleted.
    pub(super) fn defining(self, paths: &[FilePath]) -> Option<String> {
        let definition = self.flow.detail.get()?.definition_path;
        let is_it = |path: &FilePath| path.as_str() == definition;
        paths
            .iter()
            .any(is_it)
            .then(|| format!("{definition} defines the flow. Use the Prompt flow page to rename or delete the flow."))
    }

    /// The first file among these with unsaved edits.
    pub(super) fn unsaved(self, paths: &[FilePath]) -> Option<FilePath> {
        let is_among = |file: &&FilePath| {
            let is_it = |path: &FilePath| path == *file || is_below(file, path);
            paths.iter().any(is_it)
        };
        self.flow
            .unsaved
            .with(|unsaved| unsaved.iter().find(is_among).cloned())
    }

    /// Takes a file, or a folder and what is in it, out of the list and out of raw file mode.
    fn forget(self, path: &FilePath) {
        let below = self.files.listing.peek(|listed| {
            let below = listed.files.files().filter(|file| is_below(file, path));
            below.cloned().collect::<Vec<_>>()
        });
        self.files.listing.remove(path);
        self.tasks.marked.try_update(|marked| {
            marked.retain(|other| other != path && !is_below(other, path));
        });
        if let Some(on_removed) = self.files.on_removed.try_get_value() {
            for file in below.unwrap_or_default() {
                on_removed.run(file);
            }
            on_removed.run(path.clone());
        }
    }

    /// What is offered after something was done goes on wherever the person is by then.
    fn go_on(self, task: impl Future<Output = ()> + 'static) {
        let work = self.flow.owner.get_value();
        work.with(|| leptos::task::spawn_local_scoped_with_cancellation(task));
    }
}

/// What these are called in a sentence.
pub(super) fn named(paths: &[FilePath]) -> String {
    match paths {
        [path] => path.to_string(),
        paths => format!("{} items", paths.len()),
    }
}

/// Where a file is after moves; none where it has stayed.
fn moved_to(file: &FilePath, moves: &[FileMove]) -> Option<FilePath> {
    moves.iter().find_map(|FileMove { from, to }| {
        if file == from {
            return Some(to.clone());
        }
        let rest = file.as_str().strip_prefix(from.as_str())?;
        let rest = rest.strip_prefix('/')?;
        FilePath::try_from(format!("{}/{rest}", to.as_str())).ok()
    })
}
