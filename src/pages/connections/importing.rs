//! Brings connections along: promptflow's YAML, a `.env` file, or Azure's workspace connections as JSON.

use flowdeck_contract::{
    connections::{ExistingConnections, ImportResult, ImportedConnection},
    help::HelpTopic,
    shown::shown,
};
use leptos::{ev::DragEvent, html, prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::{Listed, style};
use crate::{
    api::{Api, ApiError},
    lazy::{IMPORT_CONNECTIONS, Lazy},
    nav::Link,
    pages::parts::{Failure, form_style},
    routes::Route,
    ui::{Button, ButtonKind, ButtonState, Dialog, DialogKind, Status},
};

/// What the server takes in one request.
const LONGEST: f64 = 1_000_000.0;

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
            replaces: RwSignal::new(false),
            stage: RwSignal::new(Stage::Entering),
            failure: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            listed,
            api: Api::from_context(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        // The text may hold secrets: it goes with the dialog, once it was imported.
        Effect::new(move |_| {
            if !open.get() && matches!(importing.stage.get_untracked(), Stage::Done(_)) {
                importing.enter(String::new());
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
            let answer = self.api.import_connections(&text, existing, preview).await;
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

    /// Takes the text of a file.
    fn read(self, file: File) {
        if file.size() > LONGEST {
            let text = format!(
                "{} is larger than 1 MB. Choose a smaller file.",
                shown(&file.name())
            );
            return self
                .failure
                .set(Some(ApiError::local("FileTooLarge", text)));
        }
        self.spawn(async move {
            match JsFuture::from(file.text()).await {
                Ok(text) => self.enter(text.as_string().unwrap_or_default()),
                Err(_) => {
                    let text = format!("The browser can’t read {}.", shown(&file.name()));
                    self.failure
                        .set(Some(ApiError::local("FileUnreadable", text)));
                }
            }
        });
    }

    fn spawn(self, future: impl Future<Output = ()> + 'static) {
        self.owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(future));
    }
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

/// What the dialog of the import shows.
#[component]
pub(crate) fn ImportForm() -> impl IntoView {
    let importing = expect_context::<Importing>();
    let Importing {
        stage,
        failure,
        is_busy,
        open,
        ..
    } = importing;
    let state = Signal::derive(move || match is_busy.get() {
        true => ButtonState::Busy,
        false => ButtonState::unless(
            importing
                .text
                .with(|text| text.trim().is_empty())
                .then_some("Paste or choose a file first."),
        ),
    });
    let content = move || match stage.get() {
        Stage::Entering => view! {
            <div class=style::answers>
                <Button on_press=move |()| open.set(false)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=move |()| importing.ask(true)>
                    "Preview"
                </Button>
            </div>
        }
        .into_any(),
        Stage::Preview(found) => {
            let ready = found
                .connections
                .iter()
                .filter(|one| one.problem.is_none())
                .count();
            let can = Signal::derive(move || match (is_busy.get(), ready) {
                (true, _) => ButtonState::Busy,
                (false, 0) => ButtonState::Refused("None of them can be imported.".to_owned()),
                (false, _) => ButtonState::Ready,
            });
            view! {
                <Found found=found />
                <div class=style::answers>
                    <Button on_press=move |()| open.set(false)>"Cancel"</Button>
                    <Button kind=ButtonKind::Primary state=can on_press=move |()| importing.ask(false)>
                        {match ready {
                            1 => "Import 1 connection".to_owned(),
                            ready => format!("Import {ready} connections"),
                        }}
                    </Button>
                </div>
            }
            .into_any()
        }
        Stage::Done(found) => view! {
            <Found found=found />
            <div class=style::answers>
                <Button kind=ButtonKind::Primary on_press=move |()| open.set(false)>
                    "Close"
                </Button>
            </div>
        }
        .into_any(),
    };
    let is_done = Memo::new(move |_| stage.with(|stage| matches!(stage, Stage::Done(_))));
    view! {
        <div class=style::panelless>
            <Show when=move || !is_done.get()>
                <Source />
            </Show>
            {move || {
                failure
                    .get()
                    .map(|error| view! { <Failure title="Couldn’t import" error=error /> })
            }}
            {content}
        </div>
    }
}

/// Where the text comes from: typed, pasted, dropped or from a file.
#[component]
fn Source() -> impl IntoView {
    let importing = expect_context::<Importing>();
    let Importing { text, replaces, .. } = importing;
    let file = NodeRef::<html::Input>::new();
    let choose = move |_| {
        let chosen = file.get_untracked().and_then(|file| file.files()?.get(0));
        if let Some(chosen) = chosen {
            importing.read(chosen);
        }
    };
    let drop = move |event: DragEvent| {
        let dropped = event.data_transfer().and_then(|data| data.files()?.get(0));
        // A text that is dropped goes into the field by itself.
        if let Some(dropped) = dropped {
            event.prevent_default();
            importing.read(dropped);
        }
    };
    view! {
        <div class=form_style::field on:dragover=move |event: DragEvent| event.prevent_default() on:drop=drop>
            <label for="import-text" class=form_style::label>
                "Connection YAML, .env or JSON"
            </label>
            <textarea
                id="import-text"
                class=style::text
                rows="8"
                autofocus=true
                spellcheck="false"
                autocomplete="off"
                aria-describedby="import-help"
                prop:value=text
                on:input=move |event| importing.enter(event_target_value(&event))
            ></textarea>
            <p id="import-help" class=form_style::help>
                "Paste it, drop a file here, or choose one: promptflow’s YAML, a .env file, or the JSON of Azure’s workspace connections."
            </p>
        </div>
        <div class=form_style::field>
            <label for="import-file" class=form_style::label>"File"</label>
            <input
                node_ref=file
                id="import-file"
                type="file"
                accept=".yaml,.yml,.env,.json,.txt"
                on:change=choose
            />
        </div>
        <div class=form_style::radio>
            <input
                id="import-replace"
                type="checkbox"
                prop:checked=replaces
                on:change=move |event| {
                    replaces.set(event_target_checked(&event));
                    importing.stage.set(Stage::Entering);
                }
            />
            <label for="import-replace">"Replace connections that have the same name"</label>
        </div>
    }
}

/// What a text holds, and what became of it.
#[component]
fn Found(found: ImportResult) -> impl IntoView {
    let rows = found
        .connections
        .into_iter()
        .map(|one| view! { <FoundRow one=one /> });
    view! {
        <ul aria-label="Connections found">
            {rows.collect_view()}
        </ul>
    }
}

#[component]
fn FoundRow(one: ImportedConnection) -> impl IntoView {
    let kind = one.kind.map_or("unknown type", |kind| kind.display_name());
    let asks = asks(&one);
    let (is_stored, name) = (one.stored, one.name.clone());
    view! {
        <li class=style::deleted_row>
            <span>
                <strong>{shown(&one.name).into_owned()}</strong> " (" {kind} ")"
                {is_stored.then_some(": imported")}
                {one.problem.map(|problem| format!(": {problem}"))}
                {asks.clone().map(|asks| view! { <span class=form_style::detail>" " {asks}</span> })}
            </span>
            {(is_stored && asks.is_some())
                .then(|| view! { <Link to=Route::Connection(name)>"Fill in"</Link> })}
        </li>
    }
}

/// What the text leaves open, in a sentence.
fn asks(one: &ImportedConnection) -> Option<String> {
    let kind = one.kind?;
    if one.asks.is_empty() || one.problem.is_some() {
        return None;
    }
    let labels = one.asks.iter().map(|name| {
        let field = kind.field(name);
        field.map_or(name.as_str(), |field| field.label)
    });
    let labels: Vec<&str> = labels.collect();
    Some(format!("No value for {}.", labels.join(", ")))
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::connections::ConnectionType;

    use super::*;

    #[test]
    fn what_a_text_leaves_open_is_named() {
        let one = ImportedConnection {
            name: "x".to_owned(),
            kind: Some(ConnectionType::AzureOpenAI),
            asks: vec!["api_key".to_owned()],
            stored: false,
            problem: None,
        };
        assert_eq!(asks(&one).unwrap(), "No value for API key.");
        let refused = ImportedConnection {
            problem: Some("no".to_owned()),
            ..one.clone()
        };
        assert_eq!(asks(&refused), None);
        assert_eq!(count(&[one], "found"), "1 connection found.");
        assert_eq!(count(&[], "imported"), "0 connections imported.");
    }
}
