//! Both versions of a file that changed on disk under unsaved edits, and the choice between them.

use flowdeck_contract::ids::FilePath;
use leptos::{html, prelude::*};

use super::{document::Status, workbench::Workbench};
use crate::{
    pages::parts::Comparison,
    ui::{Button, ButtonKind, unique_id},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/compare.module.css");

/// What differs between a file on disk and in the editor, and what can be done about it.
#[component]
pub(super) fn Compare(path: FilePath) -> impl IntoView {
    let workbench = Workbench::from_context();
    let heading = NodeRef::<html::H2>::new();
    let heading_id = unique_id("compare");
    let labelled_by = heading_id.clone();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            // The editor, which had the focus, is hidden. Focusing an element that is shown cannot fail.
            let _ = heading.focus();
        }
    });
    let title = format!("{path} changed on disk");
    let (mine, theirs, back) = (path.clone(), path.clone(), path.clone());
    let file = path.clone();
    view! {
        <section class=style::compare aria-labelledby=labelled_by>
            <h2 node_ref=heading id=heading_id class=style::heading tabindex="-1">
                {title}
            </h2>
            <p>
                {move || workbench.is_changed_by_other_tab(&file).then_some("You saved the other version in another tab. ")}
                "Choose a version. Nothing is saved until you do, and you can undo your choice in the editor."
            </p>
            <div class=style::choices>
                <Button on_press=move |()| workbench.overwrite(&mine)>"Overwrite with mine"</Button>
                <Button on_press=move |()| workbench.discard(&theirs)>"Use the file on disk"</Button>
                <Button kind=ButtonKind::Quiet on_press=move |()| workbench.compare(&back, false)>
                    "Keep editing"
                </Button>
            </div>
            <Differences path=path />
        </section>
    }
}

#[component]
fn Differences(path: FilePath) -> impl IntoView {
    let workbench = Workbench::from_context();
    move || {
        let Some(Status::Diverged { disk, .. }) = workbench.status_of(&path) else {
            return ().into_any();
        };
        let Some(mine) = workbench.ask_editor(|editor| editor.text(path.as_str())) else {
            return view! { <p>"Can’t read the editor’s text. Reload the page."</p> }.into_any();
        };
        let theirs = disk.text().to_owned();
        view! { <Comparison old=theirs old_name="On disk" new=mine new_name="Yours" /> }.into_any()
    }
}
