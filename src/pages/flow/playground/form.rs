//! The fields of the call, and the buttons that make and end it.

use flowdeck_contract::capability::Action;
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
};

use super::{bench::Bench, connection::ConnectionField, messages::AskedFields, own};
use crate::{
    pages::{
        flow::{next_steps::next_steps, start_first::StartFirst},
        parts::{Failure, form_style},
    },
    ui::{Button, ButtonKind, ButtonState, Each, Fold, Notice, NoticeKind, unique_id},
};

/// Parameters that are always in view.
const COMMON: [&str; 3] = ["temperature", "top_p", "max_tokens"];

#[component]
pub(super) fn CallForm() -> impl IntoView {
    let bench = Bench::from_context();
    let lacks = Memo::new(move |_| bench.draft.with(super::Draft::lacks));
    let on_key = move |event: KeyboardEvent| {
        let is_run = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if is_run {
            // The page would run the flow.
            event.prevent_default();
            run_or_say(bench);
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        run_or_say(bench);
    };
    view! {
        <StartFirst title="Start a compute session to make calls" />
        <form class=own::fields aria-label="Call of the model" on:keydown=on_key on:submit=on_submit>
            <div class=own::sides>
                <ConnectionField />
                <ModelField />
            </div>
            <Parameters />
            {move || lacks.get().map(|words| view! { <Notice kind=NoticeKind::Warning title=words /> })}
            <AskedFields />
            <RunOrStop />
        </form>
    }
}

/// Makes the call; where there's no session, one is offered.
fn run_or_say(bench: Bench) {
    match untrack(|| bench.actions.state(Action::Run)) {
        ButtonState::Ready => bench.run(),
        ButtonState::Busy => {}
        ButtonState::Refused(_) => bench.actions.needs_session.set(true),
    }
}

#[component]
fn ModelField() -> impl IntoView {
    let bench = Bench::from_context();
    let (id, list) = (unique_id("model"), unique_id("models"));
    let (label_for, list_id) = (id.clone(), list.clone());
    let model = Memo::new(move |_| bench.draft.with(|draft| draft.model.clone()));
    let models = move || {
        let name = bench.connection.get();
        let all = bench.connections.list.get()?.connections.into_iter();
        let mut named = all.filter(|view| view.name.as_str() == name);
        Some(named.next()?.last_test?.models)
    };
    let options = move || {
        let models = models().unwrap_or_default().into_iter();
        models
            .map(|model| view! { <option value=model></option> })
            .collect_view()
    };
    view! {
        <div class=form_style::field>
            <label class=form_style::label for=label_for>
                "Model or deployment"
            </label>
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                list=list
                prop:value=model
                on:input=move |event| {
                    let text = event_target_value(&event);
                    bench.draft.update(|draft| draft.model = text);
                }
            />
            <datalist id=list_id>{options}</datalist>
        </div>
    }
}

#[component]
fn Parameters() -> impl IntoView {
    let bench = Bench::from_context();
    // What was recorded comes into view, and stays there.
    let names = bench.draft.with_untracked(|draft| {
        let (shown, others): (Vec<_>, Vec<_>) = draft.parameters.iter().partition(|parameter| {
            COMMON.contains(&parameter.name.as_str()) || !parameter.text.is_empty()
        });
        let names = |all: Vec<&super::draft::Parameter>| -> Vec<String> {
            all.into_iter().map(|one| one.name.clone()).collect()
        };
        (names(shown), names(others))
    });
    let (shown, others) = names;
    view! {
        <div class=own::sides>
            <Each each=move || shown.clone() key=Clone::clone let(name)>
                <ParameterField name=name />
            </Each>
        </div>
        <Fold summary="More parameters">
            <div class=own::sides>
                {others
                    .iter()
                    .map(|name| view! { <ParameterField name=name.clone() /> })
                    .collect_view()}
            </div>
        </Fold>
    }
}

#[component]
fn ParameterField(name: String) -> impl IntoView {
    let bench = Bench::from_context();
    let id = unique_id("parameter");
    let (label_for, help) = (id.clone(), unique_id("fault"));
    let described_by = help.clone();
    let named = StoredValue::new(name.clone());
    let parameter = Memo::new(move |_| {
        bench.draft.with(|draft| {
            let name = named.get_value();
            draft
                .parameters
                .iter()
                .find(|one| one.name == name)
                .cloned()
        })
    });
    let text = move || parameter.with(|one| one.as_ref().map(|one| one.text.clone()));
    let fault = move || parameter.with(|one| one.as_ref()?.value().err());
    let change = move |event| {
        let text = event_target_value(&event);
        let name = named.get_value();
        bench.draft.update(|draft| {
            if let Some(one) = draft.parameters.iter_mut().find(|one| one.name == name) {
                one.text = text;
            }
        });
    };
    view! {
        <div class=form_style::field>
            <label class=form_style::label for=label_for>
                {name}
            </label>
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder="Not sent"
                aria-describedby=described_by
                aria-invalid=move || fault().map(|_| "true")
                prop:value=move || text().unwrap_or_default()
                on:input=change
            />
            <p id=help class=form_style::fault>
                {fault}
            </p>
        </div>
    }
}

#[component]
fn RunOrStop() -> impl IntoView {
    let bench = Bench::from_context();
    let state = Signal::derive(move || match bench.is_running.get() {
        true => ButtonState::Busy,
        false => bench.actions.state(Action::Run),
    });
    let fault = move || {
        let fault = bench.fault.get()?;
        Some(view! { <p class=form_style::fault role="alert">{fault}</p> })
    };
    let refused = move || {
        let error = bench.refused.get()?;
        let again = Callback::new(move |()| bench.run());
        let steps = next_steps(bench.context, &error, again);
        Some(view! { <Failure title="Couldn’t call the model" error=error steps=steps /> })
    };
    view! {
        {fault}
        {refused}
        <div class=form_style::row>
            <Button
                kind=ButtonKind::Primary
                state=state
                on_press=move |()| bench.run()
                on_refused=move |()| bench.actions.needs_session.set(true)
            >
                "Run call"
            </Button>
            <Show when=move || bench.is_running.get()>
                <Button on_press=move |()| bench.stop()>"Stop"</Button>
            </Show>
            <p class=form_style::help>"Ctrl+Enter runs the call. Only the call is made, not the flow."</p>
        </div>
    }
}
