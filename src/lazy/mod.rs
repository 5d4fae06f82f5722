//! Parts of the app whose code loads when they are first shown: what most visits do not need is not in the first load.

mod points;

use std::pin::Pin;

use leptos::{
    prelude::*, task::spawn_local_scoped_with_cancellation, wasm_split::SplitLoaderError,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::pages::{
    SignInWith,
    flow::{nodes::SetNodeValue, raw::Checker, toolbar::AskPresets},
    parts::SaveFile,
};
use crate::ui::{Button, Notice, NoticeKind, Skeleton};

stylance::import_crate_style!(style, "src/lazy/lazy.module.css");

/// Makes a part's view, once its code is here.
type Show = fn() -> AnyView;

/// Asks for a part's code.
type Fetch<T> = fn() -> Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A part of the app.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// What it is called in “Loading …” and “Couldn’t load …”.
    name: &'static str,
    /// About how many lines high it is.
    lines: usize,
    fetch: Fetch<Show>,
}

/// The page of the flow that the address names.
pub(crate) const FLOW_PAGE: Part = Part {
    name: "the flow",
    lines: 10,
    fetch: || Box::pin(points::flow_page()),
};

/// The flows page.
pub(crate) const FLOWS_PAGE: Part = Part {
    name: "the flows",
    lines: 10,
    fetch: || Box::pin(points::flows_page()),
};

/// The form for a new file.
pub(crate) const NEW_FILE: Part = Part {
    name: "the form",
    lines: 3,
    fetch: || Box::pin(points::new_file()),
};

/// What is asked before a file is deleted, inside its dialog.
pub(crate) const REMOVE_FILE: Part = Part {
    name: "the dialog",
    lines: 3,
    fetch: || Box::pin(points::remove_file()),
};

/// Raw file mode.
pub(crate) const RAW_MODE: Part = Part {
    name: "raw file mode",
    lines: 12,
    fetch: || Box::pin(points::raw_mode()),
};

/// What stands in the dock of raw file mode.
pub(crate) const RAW_DOCK: Part = Part {
    name: "the panel",
    lines: 4,
    fetch: || Box::pin(points::raw_dock()),
};

/// The history of a flow's compute sessions.
pub(crate) const TIMELINE: Part = Part {
    name: "the timeline",
    lines: 6,
    fetch: || Box::pin(points::timeline()),
};

/// The drawer with what there is to know of the session.
pub(crate) const SESSION_DRAWER: Part = Part {
    name: "the session",
    lines: 0,
    fetch: || Box::pin(points::session_drawer()),
};

/// The offer to start a session, after a run was tried without one.
pub(crate) const NEEDS_SESSION: Part = Part {
    name: "the offer to start a session",
    lines: 2,
    fetch: || Box::pin(points::needs_session()),
};

/// Which run is shown, and where it stands.
pub(crate) const RUN_HEAD: Part = Part {
    name: "the run",
    lines: 1,
    fetch: || Box::pin(points::run_head()),
};

/// A value that has pictures.
pub(crate) const PICTURES: Part = Part {
    name: "the picture",
    lines: 3,
    fetch: || Box::pin(points::pictures()),
};

/// A value in another form than its text.
pub(crate) const OTHER_FORM: Part = Part {
    name: "the value",
    lines: 3,
    fetch: || Box::pin(points::other_form()),
};

/// The outputs, inputs and log of the selected run.
pub(crate) const RUN_TABS: Part = Part {
    name: "the run",
    lines: 6,
    fetch: || Box::pin(points::run_tabs()),
};

/// The timeline of the selected run.
pub(crate) const RUN_TIMELINE: Part = Part {
    name: "the run’s timeline",
    lines: 6,
    fetch: || Box::pin(points::run_timeline()),
};

/// The chat with a flow.
pub(crate) const CHAT: Part = Part {
    name: "the chat",
    lines: 10,
    fetch: || Box::pin(points::chat()),
};

/// Named sets of inputs.
pub(crate) const INPUT_SETS: Part = Part {
    name: "the saved inputs",
    lines: 3,
    fetch: || Box::pin(points::input_sets()),
};

/// The environment variables that runs are given.
pub(crate) const VARIABLES: Part = Part {
    name: "the environment variables",
    lines: 2,
    fetch: || Box::pin(points::variables()),
};

/// Two runs beside each other.
pub(crate) const COMPARE: Part = Part {
    name: "the comparison",
    lines: 10,
    fetch: || Box::pin(points::compare()),
};

/// What an input shows beside a plain control.
pub(crate) const FIELD_EXTRA: Part = Part {
    name: "the rest of the input",
    lines: 0,
    fetch: || Box::pin(points::field_extra()),
};

/// An input that is a picture.
pub(crate) const PICTURE_INPUT: Part = Part {
    name: "the input",
    lines: 2,
    fetch: || Box::pin(points::field_extra()),
};

/// What a node was given and gave.
pub(crate) const NODE_DETAILS: Part = Part {
    name: "the details of the node",
    lines: 6,
    fetch: || Box::pin(points::node_details()),
};

/// The session's base image.
pub(crate) const SESSION_IMAGE: Part = Part {
    name: "the base image",
    lines: 1,
    fetch: || Box::pin(points::session_image()),
};

/// The image that a run ran on.
pub(crate) const RUN_IMAGE: Part = Part {
    name: "the run’s image",
    lines: 1,
    fetch: || Box::pin(points::run_image()),
};

/// The sign-in page.
pub(crate) const SIGN_IN: Part = Part {
    name: "the sign-in page",
    lines: 4,
    fetch: || Box::pin(points::sign_in()),
};

/// The page of who is signed in.
pub(crate) const SIGN_INS: Part = Part {
    name: "The page of sign-ins",
    lines: 5,
    fetch: || Box::pin(points::sign_ins()),
};

/// The wizard of a compute session's settings, inside its dialog.
pub(crate) const WIZARD: Part = Part {
    name: "the settings",
    lines: 8,
    fetch: || Box::pin(points::wizard()),
};

/// What is installed in the session, inside its dialog.
pub(crate) const PACKAGES: Part = Part {
    name: "the packages",
    lines: 14,
    fetch: || Box::pin(points::packages()),
};

/// An install's plan, inside its dialog.
pub(crate) const PLAN: Part = Part {
    name: "the install plan",
    lines: 8,
    fetch: || Box::pin(points::plan()),
};

/// What is asked before the session is stopped, inside its dialog.
pub(crate) const STOP: Part = Part {
    name: "the dialog",
    lines: 3,
    fetch: || Box::pin(points::stop()),
};

/// What is asked before the session is reset, inside its dialog.
pub(crate) const RESET: Part = Part {
    name: "the dialog",
    lines: 5,
    fetch: || Box::pin(points::reset()),
};

/// The page of all compute sessions.
pub(crate) const SESSIONS: Part = Part {
    name: "the compute sessions",
    lines: 8,
    fetch: || Box::pin(points::sessions()),
};

/// The page of one compute session.
pub(crate) const ONE_SESSION: Part = Part {
    name: "the compute session",
    lines: 8,
    fetch: || Box::pin(points::one_session()),
};

/// The assistant that brings flows to compute sessions.
pub(crate) const UPGRADE: Part = Part {
    name: "the upgrade assistant",
    lines: 12,
    fetch: || Box::pin(points::upgrade()),
};

/// What the upgrade assistant would write, once a flow is chosen.
pub(crate) const UPGRADE_REVIEW: Part = Part {
    name: "the review",
    lines: 6,
    fetch: || Box::pin(points::upgrade_review()),
};

/// The page of all connections.
pub(crate) const CONNECTIONS: Part = Part {
    name: "the connections",
    lines: 8,
    fetch: || Box::pin(points::connections()),
};

/// What is asked when connections are imported, inside its dialog.
pub(crate) const IMPORT_CONNECTIONS: Part = Part {
    name: "the form",
    lines: 8,
    fetch: || Box::pin(points::import_connections()),
};

/// What is asked when a connection is renamed, inside its dialog.
pub(crate) const RENAME_CONNECTION: Part = Part {
    name: "the form",
    lines: 3,
    fetch: || Box::pin(points::rename_connection()),
};

/// The page of one connection, or of a new one.
pub(crate) const CONNECTION: Part = Part {
    name: "the connection",
    lines: 8,
    fetch: || Box::pin(points::connection()),
};

/// The form of a connection that a flow lacks, inside its dialog.
pub(crate) const MEND_CONNECTION: Part = Part {
    name: "the form",
    lines: 8,
    fetch: || Box::pin(points::mend_connection()),
};

/// What a flow's connections lack.
pub(crate) const CONNECTION_NEEDS: Part = Part {
    name: "the flow’s connections",
    lines: 0,
    fetch: || Box::pin(points::connection_needs()),
};

/// The fields of a node for the service that it calls.
pub(crate) const NODE_SERVICE: Part = Part {
    name: "the node’s settings",
    lines: 0,
    fetch: || Box::pin(points::node_service()),
};

/// What changes a node in the text of its flow.
pub(crate) async fn set_node_value() -> Result<SetNodeValue, SplitLoaderError> {
    insist(|| Box::pin(points::set_node_value())).await
}

/// The list of keyboard shortcuts, inside its dialog.
pub(crate) const SHORTCUTS: Part = Part {
    name: "the keyboard shortcuts",
    lines: 10,
    fetch: || Box::pin(points::shortcuts()),
};

/// What signs in with a token.
pub(crate) async fn sign_in_with() -> Result<SignInWith, SplitLoaderError> {
    insist(|| Box::pin(points::sign_in_with())).await
}

/// How presets are asked for.
pub(crate) async fn presets() -> Result<AskPresets, SplitLoaderError> {
    points::presets().await
}

/// What checks the files that are open, requested again where it couldn't be loaded.
pub(crate) async fn checker() -> Result<Checker, SplitLoaderError> {
    insist(|| Box::pin(points::checker())).await
}

/// What fetches a file for the reader's disk.
pub(crate) async fn save_file() -> Result<SaveFile, SplitLoaderError> {
    points::save_file().await
}

/// Why a node failed.
pub(crate) const NODE_ERROR: Part = Part {
    name: "the error of the node",
    lines: 3,
    fetch: || Box::pin(points::node_error()),
};

/// What is wrong with the flow's definition.
pub(crate) const FINDINGS: Part = Part {
    name: "the errors of the flow",
    lines: 3,
    fetch: || Box::pin(points::findings()),
};

/// Size and end of the session that runs, in its menu button.
pub(crate) const PILL_FACTS: Part = Part {
    name: "the facts of the session",
    lines: 0,
    fetch: || Box::pin(points::pill_facts()),
};

/// The warning before an idle session ends.
pub(crate) const IDLE_WARNING: Part = Part {
    name: "the idle warning",
    lines: 0,
    fetch: || Box::pin(points::idle_warning()),
};

#[derive(Clone, Copy)]
enum Code {
    Asked,
    Here(Show),
    Failed,
}

/// A part in its place, loading its code first where that is not here yet.
#[component]
pub(crate) fn Lazy(part: Part) -> impl IntoView {
    let code = RwSignal::new(Code::Asked);
    // What asks again is gone as soon as it has asked.
    let owner = StoredValue::new(Owner::current().unwrap_or_default());
    let ask = Callback::new(move |()| {
        code.set(Code::Asked);
        owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let answer = insist(part.fetch).await;
                code.set(answer.map_or(Code::Failed, Code::Here));
                focus_in_dialog();
            });
        });
    });
    ask.run(());
    move || match code.get() {
        Code::Asked => {
            view! { <Skeleton lines=part.lines label=format!("Loading {}", part.name) /> }
                .into_any()
        }
        Code::Here(show) => show(),
        Code::Failed => view! { <Failed part=part ask=ask /> }.into_any(),
    }
}

/// In milliseconds, before what couldn't be loaded is requested again. While a machine's network changes, as with each
/// container that starts on it, browsers end every request in progress.
const PAUSES: [i32; 3] = [100, 700, 1500];

/// Asks for a part's code, and again after each pause while it couldn't be loaded.
async fn insist<T>(fetch: Fetch<T>) -> Result<T, SplitLoaderError> {
    let mut answer = fetch().await;
    for millis in PAUSES {
        if answer.is_ok() {
            break;
        }
        pause(millis).await;
        answer = fetch().await;
    }
    answer
}

async fn pause(millis: i32) {
    let timer = js_sys::Promise::new(&mut |resolve, _| {
        // A window always has timers.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(timer).await;
}

/// What comes into a dialog that is open already takes the focus as it would have when the dialog opened.
fn focus_in_dialog() {
    request_animation_frame(|| {
        let wanted = document().query_selector("dialog[open] [autofocus]");
        if let Ok(Some(element)) = wanted
            && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
        {
            // Focusing an element that is shown cannot fail.
            let _ = element.focus();
        }
    });
}

/// Either the connection is lost, or another version of the server answers, which has other parts.
#[component]
fn Failed(part: Part, ask: Callback<()>) -> impl IntoView {
    let reload = |()| {
        // A page that cannot reload is being left already.
        let _ = window().location().reload();
    };
    view! {
        <div role="alert">
            <Notice kind=NoticeKind::Error title=format!("Couldn’t load {}", part.name)>
                <p>
                    "The server didn’t answer, or it was updated. Try again, or reload the page. Your unsaved edits are kept."
                </p>
                <div class=style::choices>
                    <Button on_press=ask>"Retry"</Button>
                    <Button on_press=reload>"Reload page"</Button>
                </div>
            </Notice>
        </div>
    }
}
