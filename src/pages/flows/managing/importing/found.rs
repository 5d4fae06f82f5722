//! The flows that an archive holds, and importing those that are chosen.

use flowdeck_contract::importing::{FoundFlows, ImportFlow};
use leptos::prelude::*;

use super::{
    Importing,
    row::{Choice, ChoiceRow},
};
use crate::{
    pages::{flows::style, parts::form_style},
    ui::{Button, ButtonKind, ButtonState},
};

/// What was found, before anything is written.
#[component]
pub(super) fn FoundForm(found: FoundFlows) -> impl IntoView {
    let importing = expect_context::<Importing>();
    let managing = importing.managing;
    let mut extras: Vec<String> = found
        .flows
        .iter()
        .flat_map(|flow| flow.extras.clone())
        .collect();
    extras.sort_unstable();
    extras.dedup();
    let choices: Vec<Choice> = found.flows.into_iter().map(Choice::new).collect();
    let choices = StoredValue::new(choices);
    let archive = StoredValue::new(found.id);
    let keeps_extras = RwSignal::new(false);
    // How many of how many are imported.
    let progress = RwSignal::new(None::<(usize, usize)>);
    let wanted = Memo::new(move |_| {
        choices.with_value(|choices| choices.iter().filter(|choice| choice.is_wanted()).count())
    });
    let is_over = Memo::new(move |_| {
        choices.with_value(|choices| {
            choices
                .iter()
                .all(|choice| choice.imported.with(Option::is_some))
        })
    });
    let import = move |()| {
        let all: Vec<Choice> = choices.with_value(|choices| {
            let wanted = choices
                .iter()
                .filter(|choice| untrack(|| choice.is_wanted()));
            wanted.copied().collect()
        });
        let placed: Vec<_> = all
            .iter()
            .filter_map(|choice| Some((*choice, choice.checked()?)))
            .collect();
        if placed.len() < all.len() {
            return;
        }
        importing.spawn(async move {
            let count = placed.len();
            let mut last = None;
            for (at, (choice, folder)) in placed.into_iter().enumerate() {
                progress.set(Some((at, count)));
                let asked = ImportFlow {
                    path: choice.flow.with_value(|flow| flow.path.clone()),
                    folder,
                    keep_extras: keeps_extras.get_untracked(),
                };
                let archive = archive.get_value();
                match managing.api.import_flow(&archive, &asked).await {
                    Ok(flow) => {
                        last = Some(flow.clone());
                        choice.imported.set(Some(flow));
                    }
                    Err(error) => choice.fault.set(Some(error.with_remedy())),
                }
            }
            progress.set(None);
            let failed = wanted.get_untracked();
            managing.status.announce(match (count - failed, failed) {
                (done, 0) => format!("{} imported.", flows(done)),
                (done, failed) => {
                    format!("{} imported. {} couldn’t be.", flows(done), flows(failed))
                }
            });
            // A flow that came alone is what the person wants to see.
            if let (Some(flow), true, 1) = (last, is_over.get_untracked(), count) {
                let (api, archive) = (managing.api, archive.get_value());
                managing.spawn(async move {
                    // It would go by itself within the hour.
                    let _ = api.forget_archive(&archive).await;
                });
                managing.go_to(flow);
            }
        });
    };
    let state = Signal::derive(move || match (progress.get(), wanted.get()) {
        (Some(_), _) => ButtonState::Busy,
        (None, 0) => ButtonState::Refused("Select a flow to import.".to_owned()),
        (None, _) => ButtonState::Ready,
    });
    let label = move || match progress.get() {
        Some((at, count)) => format!("Importing {} of {count}", at + 1),
        None => format!("Import {}", flows(wanted.get())),
    };
    let left_out = (found.left_out > 0).then(|| {
        let text = match found.left_out {
            1 => "1 file is in no flow’s folder and isn’t imported.".to_owned(),
            count => format!("{count} files are in no flow’s folder and aren’t imported."),
        };
        view! { <p>{text}</p> }
    });
    let extras = (!extras.is_empty()).then(|| {
        let label = format!(
            "Also import what Azure or promptflow wrote: {}",
            extras.join(", ")
        );
        view! {
            <div class=form_style::radio>
                <input
                    id="import-extras"
                    type="checkbox"
                    prop:checked=keeps_extras
                    on:change=move |event| keeps_extras.set(event_target_checked(&event))
                />
                <label for="import-extras">{label}</label>
            </div>
        }
    });
    let rows = choices.with_value(|choices| {
        let rows = choices
            .iter()
            .map(|choice| view! { <ChoiceRow choice=*choice /> });
        rows.collect_view()
    });
    view! {
        {left_out}
        {extras}
        <ul class=style::found aria-label="Flows found">{rows}</ul>
        <div class=style::answers>
            {move || {
                let is_over = is_over.get();
                view! {
                    <Button on_press=move |()| managing.open(None)>
                        {if is_over { "Close" } else { "Cancel" }}
                    </Button>
                    {(!is_over).then(|| view! {
                        <Button kind=ButtonKind::Primary state=state on_press=import>{label}</Button>
                    })}
                }
            }}
        </div>
    }
}

fn flows(count: usize) -> String {
    match count {
        1 => "1 flow".to_owned(),
        count => format!("{count} flows"),
    }
}
