//! Filling the wizard in from named settings in the flow folder.

use flowdeck_contract::settings::Preset;
use leptos::prelude::*;

use super::{model::Wizard, parts::style as parts};
use crate::{
    api::{ApiError, Load, Remote},
    pages::{
        flow::{FlowContext, actions::Actions},
        parts::{Failure, tell_failure},
    },
    ui::{Button, ButtonKind, Status},
};

stylance::import_crate_style!(style, "src/pages/flow/wizard/presets.module.css");

/// The presets of the flow.
pub(super) fn use_presets(flow: FlowContext) -> Remote<Vec<Preset>> {
    Remote::new(move || async move { flow.api.presets(&flow.flow()).await })
}

/// Takes over the settings of a preset. Nothing where there is none.
#[component]
pub(super) fn PresetPicker() -> impl IntoView {
    let wizard = Wizard::from_context();
    let presets = use_presets(wizard.flow);
    let removed = RwSignal::new(None::<Preset>);
    let failure = Memo::new(move |_| match presets.state().get() {
        Load::Failed(error) => Some(error),
        Load::Loading | Load::Ready(_) => None,
    });
    let is_any = Memo::new(move |_| presets.get().is_some_and(|all| !all.is_empty()));
    view! {
        {move || failure.get().map(|error| failed(error, presets))}
        <Show when=move || is_any.get()>
            <Choice presets=presets removed=removed />
        </Show>
        {move || removed.get().map(|preset| view! { <Removed preset=preset presets=presets removed=removed /> })}
    }
}

fn failed(error: ApiError, presets: Remote<Vec<Preset>>) -> impl IntoView {
    view! { <Failure title="Couldn’t load the presets" error=error on_retry=move |()| presets.retry() /> }
}

#[component]
fn Choice(presets: Remote<Vec<Preset>>, removed: RwSignal<Option<Preset>>) -> impl IntoView {
    let wizard = Wizard::from_context();
    let status = Status::from_context();
    let actions = Actions::from_context();
    let chosen = RwSignal::new(None::<Preset>);
    let choose = move |event| {
        let name = event_target_value(&event);
        let all = presets.get().unwrap_or_default();
        let preset = all.into_iter().find(|preset| preset.name == name);
        if let Some(preset) = &preset {
            wizard.fill(&preset.settings);
            status.announce(format!("Filled in from the preset {name}."));
        }
        chosen.set(preset);
    };
    let choices = move || {
        let all = presets.get().unwrap_or_default();
        let choices = all.into_iter().map(|preset| {
            let (value, label) = (preset.name.clone(), preset.name.clone());
            let is_chosen = move || {
                chosen.with(|chosen| chosen.as_ref().is_some_and(|it| it.name == preset.name))
            };
            view! { <option value=value prop:selected=is_chosen>{label}</option> }
        });
        choices.collect_view()
    };
    let remove = move |preset: Preset| {
        let flow = wizard.flow;
        actions.spawn(async move {
            match flow.api.remove_preset(&flow.flow(), &preset.name).await {
                Ok(()) => {
                    status.announce(format!("The preset {} was deleted.", preset.name));
                    chosen.try_set(None);
                    removed.try_set(Some(preset));
                    presets.try_refresh();
                }
                Err(error) => {
                    tell_failure(status, "Couldn’t delete the preset", &error);
                }
            }
        });
    };
    let button = move || {
        let preset = chosen.get()?;
        let label = format!("Delete preset {}", preset.name);
        Some(view! {
            <Button kind=ButtonKind::Quiet label=label on_press=move |()| remove(preset.clone())>
                "Delete preset"
            </Button>
        })
    };
    view! {
        <div class=parts::row>
            <div class=stylance::classes!(parts::field, parts::grow)>
                <label for="advanced-preset" class=parts::label>
                    "Preset"
                </label>
                <select id="advanced-preset" on:change=choose>
                    <option value="" prop:selected=move || chosen.with(Option::is_none)>
                        "Fill in from a preset"
                    </option>
                    {choices}
                </select>
            </div>
            {button}
        </div>
    }
}

/// A preset that was deleted a moment ago can come back.
#[component]
fn Removed(
    preset: Preset,
    presets: Remote<Vec<Preset>>,
    removed: RwSignal<Option<Preset>>,
) -> impl IntoView {
    let flow = Wizard::from_context().flow;
    let status = Status::from_context();
    let actions = Actions::from_context();
    let name = preset.name.clone();
    let restore = move |()| {
        let preset = preset.clone();
        actions.spawn(async move {
            match flow.api.put_preset(&flow.flow(), &preset).await {
                Ok(()) => {
                    removed.try_set(None);
                    presets.try_refresh();
                    status.announce(format!("The preset {} is back.", preset.name));
                }
                Err(error) => {
                    tell_failure(status, "Couldn’t restore the preset", &error);
                }
            }
        });
    };
    view! {
        <p class=style::removed>
            {format!("The preset ‘{name}’ was deleted.")} " "
            <Button kind=ButtonKind::Quiet on_press=restore>
                "Undo"
            </Button>
        </p>
    }
}
