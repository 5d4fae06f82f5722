//! Makes a flow: of one's own, or from a sample.

use flowdeck_contract::managing::{FlowTemplate, NewFlow};
use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    Managing,
    folder_name::{NameFields, Naming, suggested},
};
use crate::{
    api::{Load, Remote},
    pages::{
        flows::style,
        parts::{Failure, form_style, type_label},
    },
    ui::{Button, ButtonKind, ButtonState, Skeleton, unique_id},
};

/// What the dialog of a new flow shows.
#[component]
pub(super) fn NewForm() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let api = managing.api;
    let templates = Remote::new(move || async move { api.flow_templates().await });
    move || {
        match templates.state().get() {
        Load::Loading => view! { <Skeleton lines=8 label="Loading the templates" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure title="Couldn’t load the templates" error=error on_retry=move |()| templates.retry() />
        }
        .into_any(),
        Load::Ready(templates) => view! { <Form templates=templates /> }.into_any(),
    }
    }
}

#[component]
fn Form(templates: Vec<FlowTemplate>) -> impl IntoView {
    let managing = expect_context::<Managing>();
    let folder_for = move |name: &str| {
        managing
            .flows
            .with_untracked(|flows| suggested(name, "", flows))
    };
    let first = templates.first().cloned();
    let chosen = RwSignal::new(
        first
            .as_ref()
            .map(|first| first.id.clone())
            .unwrap_or_default(),
    );
    let naming = {
        let name = first.map(|first| own_name(&first)).unwrap_or_default();
        let folder = folder_for(&name);
        Naming::new(name, folder)
    };
    // What a person has entered stays, whatever is chosen then.
    let (is_named, is_placed) = (RwSignal::new(false), RwSignal::new(false));
    let is_busy = RwSignal::new(false);
    let choose = move |template: &FlowTemplate| {
        chosen.set(template.id.clone());
        if !is_named.get_untracked() && !is_placed.get_untracked() {
            let name = own_name(template);
            let folder = folder_for(&name);
            naming.suggest(name, folder);
        }
    };
    let make = move || {
        let Some(folder) = naming.checked().filter(|_| !is_busy.get_untracked()) else {
            return;
        };
        let asked = NewFlow {
            template: chosen.get_untracked(),
            folder,
            name: naming.given_name(),
        };
        is_busy.set(true);
        managing.spawn(async move {
            let made = managing.api.make_flow(&asked).await;
            is_busy.try_set(false);
            match made {
                Ok(flow) => managing.go_to(flow),
                Err(error) => naming.refused(&error),
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        make();
    };
    let state = Signal::derive(move || ButtonState::busy_while(is_busy.get()));
    let (samples, own): (Vec<_>, Vec<_>) = templates
        .into_iter()
        .partition(|template| template.is_sample);
    let group = move |legend: &'static str, templates: Vec<FlowTemplate>| {
        let choices = templates.into_iter().map(|template| {
            let id = unique_id("template");
            let (for_id, about_id) = (id.clone(), format!("{id}-about"));
            let (described_by, value) = (about_id.clone(), template.id.clone());
            let kind =
                (template.is_sample).then(|| format!("{}. ", type_label(template.flow_type)));
            let (name, about, needs) = (
                template.name.clone(),
                template.description.clone(),
                template.needs.clone(),
            );
            view! {
                <div class=form_style::radio>
                    <input
                        id=id
                        type="radio"
                        name="template"
                        aria-describedby=described_by
                        prop:checked=move || chosen.with(|chosen| *chosen == value)
                        on:change=move |_| choose(&template)
                    />
                    <label for=for_id>{name}</label>
                    <span id=about_id class=form_style::detail>
                        {kind} {about} {needs.map(|needs| format!(" {needs}"))}
                    </span>
                </div>
            }
        });
        view! {
            <fieldset class=form_style::group>
                <legend class=form_style::legend>{legend}</legend>
                {choices.collect_view()}
            </fieldset>
        }
    };
    view! {
        <form class=style::page on:submit=submit>
            <NameFields
                naming=naming
                first_focus=true
                on_name=move |name: String| {
                    is_named.set(true);
                    if !is_placed.get_untracked() {
                        let folder = folder_for(&name);
                        naming.suggest(name, folder);
                    }
                }
                on_folder=move |()| is_placed.set(true)
            />
            {group("Start from scratch", own)}
            {group("Start from a sample", samples)}
            // Enter in a field needs one.
            <button type="submit" hidden tabindex="-1"></button>
            <div class=style::answers>
                <Button on_press=move |()| managing.open(None)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=move |()| make()>
                    "Create"
                </Button>
            </div>
        </form>
    }
}

/// What a flow of this template is called first: a sample by its own name.
fn own_name(template: &FlowTemplate) -> String {
    match template.is_sample {
        true => template.name.clone(),
        false => format!("My {}", crate::ui::lowercase(&template.name)),
    }
}
