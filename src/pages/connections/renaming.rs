//! Gives a connection another name, after saying what names the old one.

use flowdeck_contract::{
    connections::{ConnectionName, ConnectionView},
    help::HelpTopic,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{Listed, facts::sentences, style};
use crate::{
    api::Api,
    lazy::{Lazy, RENAME_CONNECTION},
    pages::parts::form_style,
    ui::{Button, ButtonKind, ButtonState, Dialog, DialogKind, Status, open_while_asked},
};

const FIELD: &str = "connection-new-name";

/// Renaming connections. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Renaming {
    /// The one that the person is asked about.
    asked: RwSignal<Option<ConnectionView>>,
    name: RwSignal<String>,
    fault: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    listed: Listed,
    api: Api,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Renaming {
    /// Makes it available below.
    pub(super) fn provide(listed: Listed) {
        provide_context(Self {
            asked: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            fault: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            listed,
            api: Api::from_context(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        });
    }

    /// Asks for the new name.
    pub(super) fn ask(self, view: ConnectionView) {
        self.name.set(view.name.to_string());
        self.fault.set(None);
        self.asked.set(Some(view));
    }

    fn rename(self) {
        let Some(view) = self.asked.get_untracked() else {
            return;
        };
        let typed = self.name.get_untracked();
        let to = match ConnectionName::try_from(typed.trim()) {
            Ok(to) if to == view.name => return self.asked.set(None),
            Ok(to) => to,
            Err(wrong) => return self.fault.set(Some(wrong.to_string())),
        };
        self.is_busy.set(true);
        self.owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let answer = self.api.rename_connection(&view.name, to.clone()).await;
                self.is_busy.set(false);
                match answer {
                    Ok(()) => {
                        self.asked.set(None);
                        self.status
                            .announce(format!("Connection {} is now {to}.", view.name));
                        self.listed.refresh();
                    }
                    Err(error) => self.fault.set(Some(error.with_remedy())),
                }
            });
        });
    }
}

/// Asks for a connection's new name. Belongs into the page once.
#[component]
pub(super) fn RenameDialog() -> impl IntoView {
    let renaming = expect_context::<Renaming>();
    let open = open_while_asked(renaming.asked);
    let title = Signal::derive(move || {
        let name = renaming
            .asked
            .with(|asked| asked.as_ref().map(|view| view.name.to_string()));
        format!("Rename connection {}", name.unwrap_or_default())
    });
    view! {
        <Dialog open=open title=title kind=DialogKind::Form help=HelpTopic::ConnectionChanges.address()>
            <Lazy part=RENAME_CONNECTION />
        </Dialog>
    }
}

/// What the dialog of the new name shows.
#[component]
pub(crate) fn NewNameForm() -> impl IntoView {
    let renaming = expect_context::<Renaming>();
    let Renaming {
        asked, name, fault, ..
    } = renaming;
    let named = asked.with_untracked(|asked| {
        let uses = asked.as_ref().map(|view| sentences(&view.used_by));
        uses.unwrap_or_default()
    });
    let named = (!named.is_empty()).then(|| {
        let named = named.into_iter().map(|text| view! { <li>{text}</li> });
        view! {
            <p>"These name it and won’t find it by its new name until you change them:"</p>
            <ul class=style::uses>{named.collect_view()}</ul>
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        renaming.rename();
    };
    let state = Signal::derive(move || ButtonState::busy_while(renaming.is_busy.get()));
    view! {
        <form class=style::panelless on:submit=submit>
            <div class=form_style::field>
                <label for=FIELD class=form_style::label>"New name"</label>
                <input
                    id=FIELD
                    type="text"
                    autofocus=true
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    aria-describedby="connection-new-name-fault"
                    prop:value=name
                    on:input=move |event| {
                        name.set(event_target_value(&event));
                        fault.set(None);
                    }
                />
                <p id="connection-new-name-fault" class=form_style::fault>{fault}</p>
            </div>
            {named}
            <div class=style::answers>
                <Button on_press=move |()| asked.set(None)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=move |()| renaming.rename()>
                    "Rename"
                </Button>
            </div>
        </form>
    }
}
