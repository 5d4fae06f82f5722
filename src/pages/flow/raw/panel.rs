//! What a tab shows: the editor, what there is to say about the file, or why it cannot be edited.

use flowdeck_contract::{
    files::{FileKind, TooLarge},
    ids::FilePath,
};
use leptos::{html, prelude::*};

use super::{
    compare::Compare,
    document::Status,
    missing::MissingFile,
    notices::Notices,
    requirements::RequirementsBar,
    tab_bar::{panel_id, tab_id},
    workbench::{EditorState, FileState, Workbench},
};
use crate::{
    api::Disk,
    pages::parts::Failure,
    ui::{Button, Notice, NoticeKind, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/panel.module.css");

/// What stands in the panel, apart from the editor.
#[derive(Clone, Debug, PartialEq)]
enum PanelContent {
    /// No file is open.
    Nothing,
    /// The editor.
    Editor,
    /// Both versions of a file.
    Both(FilePath),
    /// A file that is not in the editor.
    Other(FilePath, FileState),
}

/// The panel of the tab that is shown. There is one for all tabs, as there is one editor.
#[component]
pub(super) fn Panel(
    /// What the ids of the tabs and their panel begin with.
    prefix: String,
) -> impl IntoView {
    let workbench = Workbench::from_context();
    let path = workbench.shown();
    let shown = Memo::new(move |_| {
        path.get()
            .map_or(PanelContent::Nothing, |path| what_of(workbench, path))
    });
    let in_editor = Memo::new(move |_| shown.with(|shown| *shown == PanelContent::Editor));
    let id = panel_id(&prefix);
    let labelled_by = move || path.get().map(|path| tab_id(&prefix, &path));
    view! {
        <div role="tabpanel" id=id class=style::panel aria-labelledby=labelled_by>
            <Notices />
            <RequirementsBar />
            <EditorFrame in_editor=in_editor />
            {move || match shown.get() {
                PanelContent::Editor => ().into_any(),
                PanelContent::Nothing => view! { <p class=style::empty>"No file is open. Select one in Files."</p> }.into_any(),
                PanelContent::Both(path) => view! { <Compare path=path /> }.into_any(),
                PanelContent::Other(path, state) => view! { <NotInEditor path=path state=state /> }.into_any(),
            }}
        </div>
    }
}

fn what_of(workbench: Workbench, path: FilePath) -> PanelContent {
    let state = workbench.files.with(|files| files.get(&path).cloned());
    match state {
        Some(FileState::Open(open)) => match open.document.status() {
            Status::Diverged {
                compared: true,
                disk: Disk::Text { .. },
            } => PanelContent::Both(path),
            _ => PanelContent::Editor,
        },
        Some(other) => PanelContent::Other(path, other),
        None => PanelContent::Nothing,
    }
}

/// The place of the editor; it stays on the page while something else is shown.
#[component]
fn EditorFrame(in_editor: Memo<bool>) -> impl IntoView {
    let workbench = Workbench::from_context();
    let frame = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let (Some(frame), EditorState::Ready(editor)) = (frame.get(), workbench.editor.get()) {
            // It fails only for a node that contains the frame.
            let _ = frame.append_child(editor.host());
            workbench.show_again();
        }
    });
    on_cleanup(move || {
        if let Some(EditorState::Ready(editor)) = workbench.editor.try_get_untracked() {
            editor.suspend();
            editor.host().remove();
        }
    });
    view! { <div node_ref=frame class=style::editor hidden=move || !in_editor.get()></div> }
}

/// A file that is not in the editor: it is on its way, or cannot be there.
#[component]
fn NotInEditor(path: FilePath, state: FileState) -> impl IntoView {
    let workbench = Workbench::from_context();
    let again = path.clone();
    let content = match state {
        FileState::Open(_) => ().into_any(),
        FileState::Reading | FileState::Read(_) => view! { <EditorOnItsWay /> }.into_any(),
        FileState::Refused(kind) => {
            let why = why_refused(kind, &path);
            view! {
                <Notice kind=NoticeKind::Info title=format!("Preview not available for {path}")>
                    <p>{why}</p>
                </Notice>
            }
            .into_any()
        }
        FileState::Missing => view! { <MissingFile path=path /> }.into_any(),
        FileState::Failed(error) => view! {
            <Failure
                title=format!("Can’t read {path}")
                error=error
                on_retry=move |()| workbench.retry(&again)
            />
        }
        .into_any(),
    };
    view! { <div class=style::other>{content}</div> }
}

fn why_refused(kind: FileKind, path: &FilePath) -> String {
    match kind {
        FileKind::Binary => "It’s a binary file.".to_owned(),
        FileKind::TooLarge => TooLarge::to_edit(path.as_str()).to_string(),
        FileKind::OutsideLink => {
            "It’s a symbolic link out of the flow folder, or to nothing. These links aren’t followed."
                .to_owned()
        }
        FileKind::Folder => "It’s a folder.".to_owned(),
        FileKind::UnreadableFolder => {
            "It’s a folder that the server isn’t allowed to read.".to_owned()
        }
        FileKind::Text => "It wasn’t text when you opened it. Close it and open it again.".to_owned(),
    }
}

#[component]
fn EditorOnItsWay() -> impl IntoView {
    let workbench = Workbench::from_context();
    move || match workbench.editor.get() {
        EditorState::Failed(error) => view! {
            <div role="alert">
                <Notice kind=NoticeKind::Error title="Can’t load the code editor">
                    <p>{error.to_string()} " Check the connection to the server."</p>
                    <div>
                        <Button on_press=move |()| workbench.ensure_editor()>"Retry"</Button>
                    </div>
                </Notice>
            </div>
        }
        .into_any(),
        EditorState::Idle | EditorState::Loading => {
            view! { <Skeleton lines=12 label="Loading the code editor" /> }.into_any()
        }
        EditorState::Ready(_) => {
            view! { <Skeleton lines=12 label="Loading the file" /> }.into_any()
        }
    }
}
