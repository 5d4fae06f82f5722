//! Writes what was chosen into the flow's file, as it was shown, and offers to undo it.

use flowdeck_contract::{flows::FlowDetail, ids::FilePath, shown::Name};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::fields::Place;
use crate::{
    api::{ApiError, FlowFiles, Load, Precondition, Written},
    lazy,
    pages::flow::{FlowContext, needs::FlowConnections, put_back::tell_put_back},
    ui::{NextStep, Status},
};

/// Why a choice isn't in the file.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pages::flow) enum Refused {
    /// It has to be changed by hand, at that line.
    ByHand {
        /// Why.
        reason: String,
        path: FilePath,
        line: u32,
    },
    /// Nothing was overwritten: it may be chosen again.
    Failed(ApiError),
}

/// The choices of one node's card. Cheap to copy.
#[derive(Clone, Copy)]
pub(in crate::pages::flow) struct Saving {
    pub(super) is_busy: RwSignal<bool>,
    pub(super) refused: RwSignal<Option<Refused>>,
    context: FlowContext,
    status: Status,
}

/// The file as the page shows it.
struct Shown {
    path: FilePath,
    text: String,
    etag: String,
}

impl Saving {
    pub(in crate::pages::flow) fn new(context: FlowContext) -> Self {
        Self {
            is_busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            context,
            status: Status::from_context(),
        }
    }

    /// Writes a value of a node, after what was chosen before it.
    pub(in crate::pages::flow) fn choose(self, node: Name, place: Place, value: String) {
        self.refused.set(None);
        self.is_busy.set(true);
        let changes = FlowConnections::of(self.context).changes;
        changes.begin(move || {
            // It goes on when the card is gone.
            self.on_page(async move {
                let answer = self.write(&node, &place, &value).await;
                changes.end();
                self.is_busy.try_set(false);
                if let Err(refused) = answer {
                    self.refused.try_set(Some(refused));
                }
            });
        });
    }

    fn on_page(self, work: impl Future<Output = ()> + 'static) {
        let owner = self.context.owner.get_value();
        owner.with(|| spawn_local_scoped_with_cancellation(work));
    }

    async fn write(self, node: &Name, place: &Place, value: &str) -> Result<(), Refused> {
        let Shown { path, text, etag } = self.shown()?;
        let by_hand = |reason: String, line| Refused::ByHand {
            reason,
            path: path.clone(),
            line,
        };
        if self
            .context
            .unsaved
            .with_untracked(|unsaved| unsaved.contains(&path))
        {
            let reason =
                format!("{path} has unsaved edits in raw file mode. Save or discard them first.");
            return Err(by_hand(reason, 1));
        }
        let set = lazy::set_node_value().await;
        let set = set.map_err(|_| Refused::Failed(ApiError::unreachable()))?;
        let edit = set(&text, node.as_str(), place.key(), value)
            .map_err(|error| by_hand(error.to_string(), error.line()))?;
        if edit.text == text {
            return Ok(());
        }
        let files = FlowFiles::new(self.context.api, self.context.flow());
        let written = files
            .write(&path, &Precondition::Is(etag), &edit.text)
            .await;
        let saved = match written.map_err(Refused::Failed)? {
            Written::Done(entry) => entry,
            Written::Refused => {
                self.read_again().await;
                return Err(Refused::Failed(changed(&path)));
            }
        };
        self.read_again().await;
        let about = match place {
            Place::Connection => format!("Connection of {node}"),
            Place::DefaultVariant => format!("Default variant of {node}"),
            Place::Input(input) | Place::InputJson(input) => {
                format!("{} of {node}", Name::from(input.as_str()))
            }
        };
        let before = Shown {
            path: path.clone(),
            text,
            etag: saved.etag,
        };
        let undo = context_owned(self.context, before);
        let undo = NextStep::new("Undo", move || self.undo(undo));
        self.status.offer(format!("{about} saved in {path}"), undo);
        Ok(())
    }

    /// Puts the file back as it was, unless it has changed since.
    fn undo(self, before: StoredValue<Shown>) {
        let Self {
            context, status, ..
        } = self;
        let changes = FlowConnections::of(context).changes;
        changes.begin(move || {
            self.on_page(async move {
                let (path, text, etag) = before.with_value(|before| {
                    let Shown { path, text, etag } = before;
                    (path.clone(), text.clone(), etag.clone())
                });
                let files = FlowFiles::new(context.api, context.flow());
                let answer = files.write(&path, &Precondition::Is(etag), &text).await;
                self.read_again().await;
                changes.end();
                tell_put_back(status, &path, answer);
            });
        });
    }

    fn shown(self) -> Result<Shown, Refused> {
        let detail = self
            .context
            .detail
            .state()
            .with_untracked(|state| match state {
                Load::Ready(detail) => shown(detail),
                Load::Loading | Load::Failed(_) => None,
            });
        detail.ok_or_else(|| {
            Refused::Failed(failed(
                "The flow’s definition file is missing or isn’t text.".to_owned(),
            ))
        })
    }

    /// The page shows the file as it is by now, also where no live event tells of it.
    async fn read_again(self) {
        if let Ok(detail) = self.context.api.flow(&self.context.flow()).await {
            self.context.detail.put(detail);
        }
    }
}

fn shown(detail: &FlowDetail) -> Option<Shown> {
    Some(Shown {
        path: FilePath::try_from(detail.definition_path.as_str()).ok()?,
        text: detail.yaml.clone()?,
        etag: detail.etag.clone()?,
    })
}

fn changed(path: &FilePath) -> ApiError {
    failed(format!(
        "{path} changed before your choice was saved. The page shows the newer file now. Choose again."
    ))
}

fn failed(message: String) -> ApiError {
    ApiError::local("DefinitionNotWritten", message)
}

/// A value that lives as long as the page, whatever becomes of the card.
fn context_owned(context: FlowContext, value: Shown) -> StoredValue<Shown> {
    context.owner.get_value().with(|| StoredValue::new(value))
}
