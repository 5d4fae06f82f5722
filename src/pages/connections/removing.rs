//! Deletes a connection, after saying what it breaks. It can be restored for a day.

use flowdeck_contract::{
    connections::{ConnectionName, ConnectionView},
    help::HelpTopic,
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{Listed, facts::sentences, style};
use crate::{
    api::Api,
    pages::parts::tell_failure,
    ui::{Button, ButtonKind, Dialog, DialogKind, NextStep, Status, open_while_asked},
};

/// Deleting connections and restoring them. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Removing {
    /// The one that the person is asked about.
    asked: RwSignal<Option<ConnectionView>>,
    listed: Listed,
    api: Api,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Removing {
    /// Makes it available below.
    pub(super) fn provide(listed: Listed) {
        provide_context(Self {
            asked: RwSignal::new(None),
            listed,
            api: Api::from_context(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        });
    }

    /// Asks whether it is to be deleted.
    pub(super) fn ask(self, view: ConnectionView) {
        self.asked.set(Some(view));
    }

    fn remove(self, name: ConnectionName) {
        self.owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                match self.api.remove_connection(&name).await {
                    Ok(()) => {
                        let text = format!("Connection {name} deleted");
                        let undo = NextStep::new("Undo", move || self.restore(name.clone()));
                        self.status.offer(text, undo);
                    }
                    Err(error) => {
                        tell_failure(self.status, &format!("Couldn’t delete {name}"), &error);
                    }
                }
                self.listed.refresh();
            });
        });
    }

    /// Restores one that was deleted.
    pub(super) fn restore(self, name: ConnectionName) {
        self.owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                match self.api.restore_connection(&name).await {
                    Ok(()) => self.status.announce(format!("Connection {name} restored.")),
                    Err(error) => {
                        tell_failure(self.status, &format!("Couldn’t restore {name}"), &error);
                    }
                }
                self.listed.refresh();
            });
        });
    }
}

/// Asks before a connection is deleted. Belongs into the page once.
#[component]
pub(super) fn RemoveDialog() -> impl IntoView {
    let removing = expect_context::<Removing>();
    let asked = removing.asked;
    let open = open_while_asked(asked);
    let title = Signal::derive(move || {
        let name = asked.with(|asked| asked.as_ref().map(|view| view.name.to_string()));
        format!("Delete connection {}?", name.unwrap_or_default())
    });
    let broken = move || {
        let uses = asked.with(|asked| asked.as_ref().map(|view| sentences(&view.used_by)));
        let uses = uses.unwrap_or_default();
        if uses.is_empty() {
            return view! { <p>"No flow uses it."</p> }.into_any();
        }
        let uses = uses.into_iter().map(|text| view! { <li>{text}</li> });
        view! {
            <p>"These can’t run without it:"</p>
            <ul class=style::uses>{uses.collect_view()}</ul>
        }
        .into_any()
    };
    let confirm = move |()| {
        let view = asked.get_untracked();
        asked.set(None);
        if let Some(view) = view {
            removing.remove(view.name);
        }
    };
    view! {
        <Dialog open=open title=title kind=DialogKind::Confirm help=HelpTopic::ConnectionChanges.address()>
            {broken}
            <p>"You can restore it for 24 hours."</p>
            <div class=style::answers>
                <Button first_focus=true on_press=move |()| open.set(false)>
                    "Cancel"
                </Button>
                <Button kind=ButtonKind::Danger on_press=confirm>
                    "Delete"
                </Button>
            </div>
        </Dialog>
    }
}
