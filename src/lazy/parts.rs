//! The list of what loads when it's first shown: `points` says where the app is cut for each.

use leptos::wasm_split::SplitLoaderError;

use super::{Part, insist, points, styles::Styles};
use crate::pages::{
    SignInWith,
    flow::{nodes::SetNodeValue, raw::Checker, toolbar::AskPresets},
    parts::SaveFile,
};

/// `NAME = words, lines, point`: what it's called in “Loading …”, about how many lines high it is, and what gives its view.
/// All of a list have their styles in one place.
macro_rules! parts {
    (styles: $styles:ident; $($(#[$doc:meta])* $part:ident = $name:literal, $lines:literal, $point:ident;)+) => {$(
        $(#[$doc])*
        pub(crate) const $part: Part = Part {
            name: $name,
            lines: $lines,
            styles: Styles::$styles,
            fetch: || Box::pin(points::$point()),
        };
    )+};
}

parts! {
    styles: Here;

    /// The page of the flow that the address names.
    FLOW_PAGE = "the flow", 10, flow_page;

    /// The flows page.
    FLOWS_PAGE = "the flows", 10, flows_page;

    /// Raw file mode.
    RAW_MODE = "raw file mode", 12, raw_mode;

    /// The sign-in page.
    SIGN_IN = "the sign-in page", 4, sign_in;

    /// The page of who is signed in.
    SIGN_INS = "The page of sign-ins", 5, sign_ins;
}

parts! {
    styles: Later;

    /// The dialogs about flows that come and go.
    FLOW_DIALOGS = "the dialog", 0, flow_dialogs;

    /// The form for a new file.
    NEW_FILE = "the form", 3, new_file;

    /// The dialogs about files, and the menu of a file.
    FILE_DIALOGS = "the dialog", 0, file_dialogs;

    /// What stands in the dock of raw file mode.
    RAW_DOCK = "the panel", 4, raw_dock;

    /// The history of a flow's compute sessions.
    TIMELINE = "the timeline", 6, timeline;

    /// The drawer with what there is to know of the session.
    SESSION_DRAWER = "the session", 0, session_drawer;

    /// The offer to start a session, after a run was tried without one.
    NEEDS_SESSION = "the offer to start a session", 2, needs_session;

    /// Which run is shown, and where it stands.
    RUN_HEAD = "the run", 1, run_head;

    /// A value that has pictures.
    PICTURES = "the picture", 3, pictures;

    /// A value in another form than its text.
    OTHER_FORM = "the value", 3, other_form;

    /// The outputs, inputs and log of the selected run.
    RUN_TABS = "the run", 6, run_tabs;

    /// The timeline of the selected run.
    RUN_TIMELINE = "the run’s timeline", 6, run_timeline;

    /// The chat with a flow.
    CHAT = "the chat", 10, chat;

    /// Named sets of inputs.
    INPUT_SETS = "the saved inputs", 3, input_sets;

    /// The environment variables that runs are given.
    VARIABLES = "the environment variables", 2, variables;

    /// Two runs beside each other.
    COMPARE = "the comparison", 10, compare;

    /// The flow's graph.
    GRAPH = "the graph", 14, graph;

    /// A call of a model, to be tried again.
    PLAYGROUND = "the playground", 10, playground;

    /// What an input shows beside a plain control.
    FIELD_EXTRA = "the rest of the input", 0, field_extra;

    /// An input that is a picture.
    PICTURE_INPUT = "the input", 2, field_extra;

    /// What a node was given and gave.
    NODE_DETAILS = "the details of the node", 6, node_details;

    /// The session's base image.
    SESSION_IMAGE = "the base image", 1, session_image;

    /// The image that a run ran on.
    RUN_IMAGE = "the run’s image", 1, run_image;

    /// The wizard of a compute session's settings, inside its dialog.
    WIZARD = "the settings", 8, wizard;

    /// What is installed in the session, inside its dialog.
    PACKAGES = "the packages", 14, packages;

    /// An install's plan, inside its dialog.
    PLAN = "the install plan", 8, plan;

    /// What is asked before the session is stopped, inside its dialog.
    STOP = "the dialog", 3, stop;

    /// What is asked before the session is reset, inside its dialog.
    RESET = "the dialog", 5, reset;

    /// The page of all compute sessions.
    SESSIONS = "the compute sessions", 8, sessions;

    /// The page of one compute session.
    ONE_SESSION = "the compute session", 8, one_session;

    /// The assistant that brings flows to compute sessions.
    UPGRADE = "the upgrade assistant", 12, upgrade;

    /// What the upgrade assistant would write, once a flow is chosen.
    UPGRADE_REVIEW = "the review", 6, upgrade_review;

    /// The page of all connections.
    CONNECTIONS = "the connections", 8, connections;

    /// What is asked when connections are imported, inside its dialog.
    IMPORT_CONNECTIONS = "the form", 8, import_connections;

    /// What is asked when a connection is renamed, inside its dialog.
    RENAME_CONNECTION = "the form", 3, rename_connection;

    /// The page of one connection, or of a new one.
    CONNECTION = "the connection", 8, connection;

    /// The form of a connection that a flow lacks, inside its dialog.
    MEND_CONNECTION = "the form", 8, mend_connection;

    /// What a flow's connections lack.
    CONNECTION_NEEDS = "the flow’s connections", 0, connection_needs;

    /// The fields of a node for the service that it calls.
    NODE_SERVICE = "the node’s settings", 0, node_service;

    /// The list of keyboard shortcuts, inside its dialog.
    SHORTCUTS = "the keyboard shortcuts", 10, shortcuts;

    /// Why a node failed.
    NODE_ERROR = "the error of the node", 3, node_error;

    /// What is wrong with the flow's definition.
    FINDINGS = "the errors of the flow", 3, findings;

    /// Size and end of the session that runs, in its menu button.
    PILL_FACTS = "the facts of the session", 0, pill_facts;

    /// The warning before an idle session ends.
    IDLE_WARNING = "the idle warning", 0, idle_warning;
}

/// What changes a node in the text of its flow.
pub(crate) async fn set_node_value() -> Result<SetNodeValue, SplitLoaderError> {
    insist(|| Box::pin(points::set_node_value())).await
}

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
