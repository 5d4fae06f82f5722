//! The flows that were deleted: restoring them, and deleting them for good.

use flowdeck_contract::managing::{DeletedFlow, DeletedFlows, KEPT_DAYS};
use leptos::prelude::*;

use super::Managing;
use crate::{
    api::{Load, Remote},
    pages::{
        flows::style,
        parts::{Failure, ListShape, tell_failure},
    },
    ui::{Ago, Button, ButtonKind, Each, Skeleton},
};

/// The deleted flows, and what is asked before one goes for good. Cheap to copy.
#[derive(Clone, Copy)]
struct Deleted {
    list: Remote<DeletedFlows>,
    managing: Managing,
    /// What is to go for good if the person is sure.
    asked: RwSignal<Option<What>>,
}

#[derive(Clone, PartialEq, Eq)]
enum What {
    One(String),
    All,
}

impl Deleted {
    fn restore(self, deleted: String) {
        // The dialog may be closed by then.
        self.managing
            .restore(deleted, move || self.list.try_refresh());
    }

    fn purge(self, what: What) {
        self.asked.set(None);
        let managing = self.managing;
        managing.spawn(async move {
            let deleted = match &what {
                What::One(deleted) => Some(deleted.as_str()),
                What::All => None,
            };
            match managing.api.purge_flow(deleted).await {
                Ok(()) => managing.status.announce("Deleted for good."),
                Err(error) => {
                    tell_failure(managing.status, "Couldn’t delete it for good", &error);
                }
            }
            self.list.try_refresh();
        });
    }
}

/// What the dialog of deleted flows shows.
#[component]
pub(super) fn Bin() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let api = managing.api;
    let deleted = Deleted {
        list: Remote::new(move || async move { api.deleted_flows().await }),
        managing,
        asked: RwSignal::new(None),
    };
    let state = deleted.list.state();
    let shape =
        Memo::new(move |_| state.with(|list| ListShape::of(list, |list| list.flows.is_empty())));
    let flows = Memo::new(move |_| deleted.list.get().unwrap_or_default().flows);
    move || {
        match shape.get() {
        ListShape::Loading => view! { <Skeleton lines=3 label="Loading the deleted flows" /> }.into_any(),
        ListShape::Failed => state
            .with_untracked(Load::error)
            .map(|error| {
                view! {
                    <Failure
                        title="Couldn’t load the deleted flows"
                        error=error
                        on_retry=move |()| deleted.list.retry()
                    />
                }
            })
            .into_any(),
        ListShape::Empty => {
            view! { <p>{format!("No flow was deleted in the last {KEPT_DAYS} days.")}</p> }.into_any()
        }
        ListShape::Full => view! {
            <div class=style::page>
                <p>
                    {format!("You can restore a flow for {KEPT_DAYS} days after it was deleted, with its runs and conversations.")}
                </p>
                <ul class=style::deleted aria-label="Deleted flows">
                    <Each each=move || flows.get() key=|flow| flow.id.clone() let(flow)>
                        <Row flow=flow deleted=deleted />
                    </Each>
                </ul>
                <Sure what=What::All label="Delete all for good" deleted=deleted />
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Row(flow: DeletedFlow, deleted: Deleted) -> impl IntoView {
    let id = flow.id.clone();
    let label = format!("Restore {}", flow.name);
    let with = match flow.with.len() {
        0 => String::new(),
        1 => ", with 1 flow in its folder".to_owned(),
        count => format!(", with {count} flows in its folder"),
    };
    let for_good = format!("Delete {} for good", flow.name);
    view! {
        <li>
            <div>
                <strong>{flow.name}</strong>
                <p>{flow.flow.to_string()} {with} ", deleted " <Ago at=flow.deleted.0 /></p>
            </div>
            <div class=style::answers>
                <Sure what=What::One(flow.id) label=for_good deleted=deleted />
                <Button label=label on_press=move |()| deleted.restore(id.clone())>"Restore"</Button>
            </div>
        </li>
    }
}

/// Deletes for good, once the person has said so twice.
#[component]
fn Sure(what: What, #[prop(into)] label: String, deleted: Deleted) -> impl IntoView {
    let (asks, purged, is_all) = (what.clone(), what.clone(), what == What::All);
    let is_asked = Memo::new(move |_| deleted.asked.with(|asked| asked.as_ref() == Some(&what)));
    let text = match is_all {
        true => "Delete all for good",
        false => "Delete for good",
    };
    move || {
        let (asks, purged, label) = (asks.clone(), purged.clone(), label.clone());
        match is_asked.get() {
            false => view! {
                <Button
                    kind=ButtonKind::Quiet
                    label=label
                    on_press=move |()| deleted.asked.set(Some(asks.clone()))
                >
                    {text}
                </Button>
            }
            .into_any(),
            true => view! {
                <div class=style::answers role="group" aria-label=label>
                    <span role="status">"You can’t undo this."</span>
                    <Button first_focus=true on_press=move |()| deleted.asked.set(None)>"Keep"</Button>
                    <Button kind=ButtonKind::Danger on_press=move |()| deleted.purge(purged.clone())>
                        {text}
                    </Button>
                </div>
            }
            .into_any(),
        }
    }
}
