//! The file of a template: read, changed, written only as it was read, with a way back.

use flowdeck_contract::ids::{FilePath, is_prompty};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{copy::Refusal, copy_back::ByHand};
use crate::{
    api::{self, ApiError, Disk, FlowFiles, Precondition},
    pages::flow::{FlowContext, put_back::tell_put_back},
    ui::{NextStep, Status, Tone},
};

/// A template's file. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Template {
    context: FlowContext,
    path: StoredValue<FilePath>,
    status: Status,
}

/// What is to be written, and what it was made from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    pub(super) before: String,
    pub(super) after: String,
    condition: Precondition,
}

impl Template {
    pub(super) fn new(context: FlowContext, path: FilePath) -> Self {
        Self {
            context,
            // Undo is offered after the fields are gone.
            path: context.owner.get_value().with(|| StoredValue::new(path)),
            status: Status::from_context(),
        }
    }

    fn files(self) -> FlowFiles {
        FlowFiles::new(self.context.api, self.context.flow())
    }

    pub(super) async fn read(self) -> Result<Disk, ApiError> {
        let path = self.path.get_value();
        let unsaved = self.context.unsaved;
        if unsaved.with_untracked(|unsaved| unsaved.contains(&path)) {
            let words =
                format!("{path} has unsaved edits in raw file mode. Save or discard them first.");
            return Err(ApiError::local("TemplateUnsaved", words));
        }
        match self.files().read(&path).await? {
            Disk::Gone => Err(ApiError::local(
                "TemplateGone",
                format!("{path} doesn’t exist any more."),
            )),
            disk => Ok(disk),
        }
    }

    /// What is to be written when `change` makes another template of the one that's there.
    pub(super) fn changed(
        self,
        disk: &Disk,
        change: impl FnOnce(&str) -> Result<String, ByHand>,
    ) -> Result<Written, ByHand> {
        let text = disk.text();
        let (front, body) = match self.path.with_value(|path| is_prompty(path.as_str())) {
            true => split(text),
            false => ("", text),
        };
        Ok(Written {
            before: text.to_owned(),
            after: format!("{front}{}", change(body)?),
            condition: disk.precondition(),
        })
    }

    /// Writes it, unless the file has changed since it was read: then it's looked at again.
    pub(super) fn save(
        self,
        written: Written,
        look_again: Callback<()>,
        shown: RwSignal<Option<Result<Written, Refusal>>>,
    ) {
        // The change is told of before the answer comes, and these fields are gone then.
        self.on_page(async move {
            let path = self.path.get_value();
            let answer = self
                .files()
                .write(&path, &written.condition, &written.after)
                .await;
            match answer {
                Ok(api::Written::Done(entry)) => {
                    shown.try_set(None);
                    let before = self.context.owner.get_value();
                    let before = before.with(|| StoredValue::new((written.before, entry.etag)));
                    let undo = NextStep::new("Undo", move || self.undo(before));
                    self.status.offer(format!("Change saved in {path}"), undo);
                }
                Ok(api::Written::Refused) => {
                    let words =
                        format!("{path} changed meanwhile. This is your change of the newer file.");
                    self.status
                        .tell(Tone::Bad, "Nothing was saved", Some(words));
                    look_again.try_run(());
                }
                Err(error) => {
                    shown.try_set(Some(Err(Refusal::Failed(error))));
                }
            }
        });
    }

    fn undo(self, before: StoredValue<(String, String)>) {
        self.on_page(async move {
            let (text, etag) = before.get_value();
            let path = self.path.get_value();
            let answer = self
                .files()
                .write(&path, &Precondition::Is(etag), &text)
                .await;
            tell_put_back(self.status, &path, answer);
        });
    }

    fn on_page(self, work: impl Future<Output = ()> + 'static) {
        let owner = self.context.owner.get_value();
        owner.with(|| spawn_local_scoped_with_cancellation(work));
    }
}

/// A prompty's settings and its template.
fn split(text: &str) -> (&str, &str) {
    let end = text
        .match_indices("\n---")
        .nth(usize::from(!text.starts_with("---")));
    let at = end.map_or(0, |(at, mark)| at + mark.len());
    text.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_a_prompty_arent_its_template() {
        for (text, body) in [
            ("---\nname: a\n---\nuser:\n---\nx", "\nuser:\n---\nx"),
            ("user: x", "user: x"),
        ] {
            assert_eq!(split(text).1, body);
        }
    }
}
