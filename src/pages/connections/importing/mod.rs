//! Brings connections along: promptflow's YAML or its own store, a `.env` file, or Azure's workspace connections as JSON.

mod form;
mod found;
mod source;

use std::collections::BTreeMap;

use flowdeck_contract::{
    connections::{ExistingConnections, ImportResult, ImportedConnection},
    help::HelpTopic,
    shown::shown,
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use super::Listed;
use crate::{
    api::{Api, ApiError},
    lazy::{IMPORT_CONNECTIONS, Lazy},
    ui::{Button, Dialog, DialogKind, Status},
};

pub(crate) use self::form::ImportForm;

/// What the server takes as a text, in bytes.
const LONGEST: f64 = 1_000_000.0;
/// What it takes of promptflow's own store, in bytes.
const LONGEST_STORE: f64 = 16.0 * 1024.0 * 1024.0;
/// What SQLite's files begin with.
const STORE_BEGINS: &str = "SQLite format 3";

/// What was typed for the fields that a text leaves open: by the connection's name, then the field's.
type Values = BTreeMap<String, BTreeMap<String, String>>;

/// Where an import stands.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// A text is to be given.
    Entering,
    /// What a text holds, before anything is stored.
    Preview(ImportResult),
    /// What was stored.
    Done(ImportResult),
}

/// Importing connections. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Importing {
    open: RwSignal<bool>,
    text: RwSignal<String>,
    values: RwSignal<Values>,
    replaces: RwSignal<bool>,
    stage: RwSignal<Stage>,
    failure: RwSignal<Option<ApiError>>,
    is_busy: RwSignal<bool>,
    listed: Listed,
    api: Api,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Importing {
    /// Makes it available below.
    pub(super) fn provide(listed: Listed) {
        let open = RwSignal::new(false);
        let importing = Self {
            open,
            text: RwSignal::new(String::new()),
            values: RwSignal::new(Values::new()),
            replaces: RwSignal::new(false),
            stage: RwSignal::new(Stage::Entering),
            failure: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            listed,
            api: Api::from_context(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        // They may hold secrets: they go with the dialog, once they were imported.
        Effect::new(move |_| {
            if !open.get() && matches!(importing.stage.get_untracked(), Stage::Done(_)) {
                importing.enter(String::new());
                importing.values.set(Values::new());
            }
        });
        provide_context(importing);
    }

    /// Takes another text.
    fn enter(self, text: String) {
        self.text.set(text);
        self.stage.set(Stage::Entering);
        self.failure.set(None);
    }

    fn ask(self, preview: bool) {
        let text = self.text.get_untracked();
        let existing = match self.replaces.get_untracked() {
            true => ExistingConnections::Replace,
            false => ExistingConnections::Keep,
        };
        self.failure.set(None);
        self.is_busy.set(true);
        self.spawn(async move {
            let values = self.values.get_untracked();
            let asked = self
                .api
                .import_connections(&text, &values, existing, preview);
            let answer = asked.await;
            self.is_busy.set(false);
            // What a preview says is of the text that was asked about.
            if preview && self.text.with_untracked(|now| *now != text) {
                return;
            }
            match answer {
                Ok(found) if preview => {
                    self.status.announce(count(&found.connections, "found"));
                    self.stage.set(Stage::Preview(found));
                }
                Ok(found) => {
                    self.status.announce(count(&stored(&found), "imported"));
                    self.stage.set(Stage::Done(found));
                    self.listed.refresh();
                }
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }

    /// Takes the text of a file, or what promptflow's own store holds.
    fn read(self, file: File) {
        self.failure.set(None);
        self.spawn(async move {
            let name = shown(&file.name()).into_owned();
            let is_store = begins_as_store(&file).await;
            let (most, size) = match is_store {
                true => (LONGEST_STORE, "16 MiB"),
                false => (LONGEST, "1 MB"),
            };
            if file.size() > most {
                let text = format!("{name} is larger than {size}. Choose a smaller file.");
                return self
                    .failure
                    .set(Some(ApiError::local("FileTooLarge", text)));
            }
            let unreadable = || {
                let text = format!("The browser can’t read {name}.");
                ApiError::local("FileUnreadable", text)
            };
            let text = match is_store {
                true => self.api.read_local_store(file.into()).await,
                false => match JsFuture::from(file.text()).await {
                    Ok(text) => Ok(text.as_string().unwrap_or_default()),
                    Err(_) => Err(unreadable()),
                },
            };
            match text {
                Ok(text) => self.enter(text),
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }

    fn spawn(self, future: impl Future<Output = ()> + 'static) {
        self.owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(future));
    }
}

async fn begins_as_store(file: &Blob) -> bool {
    let end = i32::try_from(STORE_BEGINS.len()).unwrap_or_default();
    let Ok(begin) = file.slice_with_i32_and_i32(0, end) else {
        return false;
    };
    let text = JsFuture::from(begin.text()).await;
    text.is_ok_and(|text| text.as_string().as_deref() == Some(STORE_BEGINS))
}

fn stored(found: &ImportResult) -> Vec<ImportedConnection> {
    let stored = found.connections.iter().filter(|one| one.stored);
    stored.cloned().collect()
}

fn count(connections: &[ImportedConnection], what: &str) -> String {
    match connections.len() {
        1 => format!("1 connection {what}."),
        count => format!("{count} connections {what}."),
    }
}

/// Opens the import.
#[component]
pub(super) fn ImportButton() -> impl IntoView {
    let importing = expect_context::<Importing>();
    view! { <Button on_press=move |()| importing.open.set(true)>"Import"</Button> }
}

/// The import. Belongs into the page once.
#[component]
pub(super) fn ImportDialog() -> impl IntoView {
    let importing = expect_context::<Importing>();
    view! {
        <Dialog open=importing.open title="Import connections" kind=DialogKind::Form help=HelpTopic::ConnectionImport.address()>
            <Lazy part=IMPORT_CONNECTIONS />
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::connections::ConnectionType;

    use super::*;

    #[test]
    fn connections_are_counted() {
        let one = ImportedConnection {
            name: "x".to_owned(),
            kind: Some(ConnectionType::OpenAI),
            asks: Vec::new(),
            stored: false,
            problem: None,
        };
        assert_eq!(count(&[one], "found"), "1 connection found.");
        assert_eq!(count(&[], "imported"), "0 connections imported.");
    }
}
