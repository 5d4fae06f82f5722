//! A flow that an archive holds, with what becomes of it.

use flowdeck_contract::{ids::FlowId, importing::FoundFlow, shown::shown};
use leptos::prelude::*;

use crate::{
    nav::Link,
    pages::{
        flows::{
            managing::folder_name::{FolderField, checked},
            style,
        },
        parts::{TypeChip, bytes, form_style},
    },
    routes::Route,
    ui::{Icon, unique_id},
};

/// A flow that can be chosen. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    pub(super) flow: StoredValue<FoundFlow>,
    pub(super) is_chosen: RwSignal<bool>,
    folder: RwSignal<String>,
    pub(super) fault: RwSignal<Option<String>>,
    /// What it has become.
    pub(super) imported: RwSignal<Option<FlowId>>,
}

impl Choice {
    pub(super) fn new(flow: FoundFlow) -> Self {
        Self {
            is_chosen: RwSignal::new(true),
            folder: RwSignal::new(flow.folder.to_string()),
            fault: RwSignal::new(None),
            imported: RwSignal::new(None),
            flow: StoredValue::new(flow),
        }
    }

    /// Whether it's still to be imported.
    pub(super) fn is_wanted(self) -> bool {
        self.is_chosen.get() && self.imported.with(Option::is_none)
    }

    /// The folder, or nothing when it can't be one; the field then says why.
    pub(super) fn checked(self) -> Option<FlowId> {
        checked(self.folder, self.fault)
    }
}

/// What is known of it, and what is to become of it.
#[component]
pub(super) fn ChoiceRow(choice: Choice) -> impl IntoView {
    let Choice {
        is_chosen,
        folder,
        fault,
        imported,
        ..
    } = choice;
    let flow = choice.flow.get_value();
    let id = unique_id("import-flow");
    let for_id = id.clone();
    let place = match flow.path.as_str() {
        "" => String::new(),
        path => format!("{} · ", shown(path)),
    };
    let files = match flow.files {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    let size = format!("{place}{files} · {}", bytes(flow.bytes));
    let taken = flow.is_taken.then_some(
        "Something has the folder name already. Nothing is overwritten: the flow gets another folder.",
    );
    let notes = flow
        .problems
        .iter()
        .map(|problem| match problem.line {
            Some(line) => format!("Line {line}: {}", problem.message),
            None => problem.message.clone(),
        })
        .chain(
            flow.lacks
                .iter()
                .filter_map(|need| Some(need.as_problem()?.message)),
        )
        .map(|note| view! { <li>{Icon::Warning.view()} " " {note}</li> });
    let notes = notes.collect_view();
    view! {
        <li>
            <div class=form_style::radio>
                <input
                    id=id
                    type="checkbox"
                    prop:checked=is_chosen
                    disabled=move || imported.with(Option::is_some)
                    on:change=move |event| is_chosen.set(event_target_checked(&event))
                />
                <label for=for_id>
                    {shown(&flow.name).into_owned()} " "
                    {flow.flow_type.map(|kind| view! { <TypeChip kind=kind /> })}
                </label>
                <span class=form_style::detail>{size}</span>
            </div>
            {move || match imported.get() {
                Some(flow) => {
                    view! {
                        <p>"Imported. " <Link to=Route::flow(flow)>"Open it"</Link></p>
                    }
                    .into_any()
                }
                None => {
                    view! { <FolderField label="Folder" folder=folder fault=fault help=taken /> }
                        .into_any()
                }
            }}
            <ul class=style::notes>{notes}</ul>
        </li>
    }
}
