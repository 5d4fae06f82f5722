//! Both versions of a file that changed on disk under unsaved edits, and the choice between them.

use flowdeck_contract::ids::FilePath;
use leptos::{html, prelude::*};

use super::{
    diff::{self, Row},
    document::Status,
    workbench::Workbench,
};
use crate::ui::{Button, ButtonKind, unique_id};

stylance::import_crate_style!(style, "src/raw/compare.module.css");

/// More rows than anybody reads; browsers are slow with tables of many thousands.
const ROWS_SHOWN: usize = 2000;

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
        let rows = diff::compare(disk.text(), &mine);
        if rows.is_empty() {
            return view! { <p>"The lines are the same. Only line endings or a byte order mark differ."</p> }
                .into_any();
        }
        let more = rows.len().saturating_sub(ROWS_SHOWN);
        view! {
            // A region that scrolls has to be reachable by keyboard.
            <div class=style::scroll role="region" aria-label="Differences" tabindex="0">
                <table class=style::table>
                    <thead>
                        <tr>
                            <th scope="col">"On disk"</th>
                            <th scope="col">"Yours"</th>
                            <th scope="col">
                                <span class=style::removed>"− only on disk"</span>
                                <span class=style::added>"+ only yours"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows.iter().take(ROWS_SHOWN).map(row).collect_view()}</tbody>
                </table>
                {(more > 0).then(|| view! { <p>{format!("{more} more rows aren’t shown.")}</p> })}
            </div>
        }
        .into_any()
    }
}

fn row(row: &Row<'_>) -> impl IntoView {
    let (class, old, new, sign, text) = match row {
        Row::Same { old, new, text } => (
            style::same,
            Some(*old),
            Some(*new),
            "\u{a0}",
            (*text).to_owned(),
        ),
        Row::Removed { old, text } => (style::removed, Some(*old), None, "−", (*text).to_owned()),
        Row::Added { new, text } => (style::added, None, Some(*new), "+", (*text).to_owned()),
        Row::Skipped(count) => (
            style::skipped,
            None,
            None,
            "\u{a0}",
            if *count == 1 {
                "1 unchanged line".to_owned()
            } else {
                format!("{count} unchanged lines")
            },
        ),
    };
    view! {
        <tr class=class>
            <td class=style::number>{old}</td>
            <td class=style::number>{new}</td>
            <td class=style::text>{sign} " " {text}</td>
        </tr>
    }
}
