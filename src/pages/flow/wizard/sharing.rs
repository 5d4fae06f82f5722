//! Keeping what is entered: as a preset, or as a link.

use flowdeck_contract::settings::{Preset, SessionSettings};
use leptos::{ev::SubmitEvent, prelude::*};

use super::{model::Wizard, parts::style, presets::use_presets};
use crate::{
    nav::use_nav,
    pages::flow::{
        FlowContext,
        actions::{Actions, focus},
    },
    routes::{Advanced, FlowView, WizardStep},
    ui::{Button, CopyButton, Status, Tone},
};

/// The control that names a preset.
const NAME: &str = "advanced-preset-name";

/// Keeps what is entered: as a preset, or as a link.
#[component]
pub(super) fn Sharing(settings: SessionSettings) -> impl IntoView {
    let wizard = Wizard::from_context();
    let presets = use_presets(wizard.flow);
    let link = link(wizard.flow, &settings);
    let status = Status::from_context();
    let actions = Actions::from_context();
    let name = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let settings = StoredValue::new(settings);
    let exists = Memo::new(move |_| {
        let all = presets.get().unwrap_or_default();
        name.with(|name| all.iter().any(|preset| preset.name == name.trim()))
    });
    let save = move || {
        let preset = Preset {
            name: name.get_untracked().trim().to_owned(),
            settings: settings.get_value(),
        };
        if preset.name.is_empty() {
            fault.set(Some("Enter a name for the preset.".to_owned()));
            return focus(NAME);
        }
        let flow = wizard.flow;
        actions.spawn(async move {
            match flow.api.put_preset(&flow.flow(), &preset).await {
                Ok(()) => {
                    let text = format!("Preset ‘{}’ saved in the flow folder", preset.name);
                    status.tell(Tone::Good, text, None);
                    name.try_set(String::new());
                    presets.try_refresh();
                }
                Err(error) => {
                    fault.try_set(Some(error.message));
                    focus(NAME);
                }
            }
        });
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        save();
    };
    let label = move || {
        if exists.get() {
            "Replace preset"
        } else {
            "Save as preset"
        }
    };
    view! {
        <form class=style::row on:submit=on_submit>
            <div class=stylance::classes!(style::field, style::grow)>
                <label for=NAME class=style::label>
                    "Name of the preset"
                </label>
                <input
                    id=NAME
                    type="text"
                    maxlength="60"
                    autocomplete="off"
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    aria-describedby="advanced-preset-help advanced-preset-fault"
                    prop:value=name
                    on:input=move |event| {
                        name.set(event_target_value(&event));
                        fault.set(None);
                    }
                />
            </div>
            <Button on_press=move |()| save()>{label}</Button>
            <CopyButton text=Signal::stored(link) what="link to these settings" word="Copy link" />
        </form>
        <p id="advanced-preset-fault" class=style::fault>
            {fault}
        </p>
        <p id="advanced-preset-help" class=style::help>
            "Presets are saved in the flow folder and shared with everyone who uses the flow. Links open this wizard prefilled."
        </p>
    }
}

/// The address that opens the wizard filled in.
fn link(flow: FlowContext, settings: &SessionSettings) -> String {
    let advanced = Some(Advanced {
        step: WizardStep::Compute,
        settings: Some(settings.clone()),
        notes: Vec::new(),
    });
    let route = flow.route(FlowView {
        advanced,
        ..FlowView::default()
    });
    let origin = window().location().origin().unwrap_or_default();
    origin + &use_nav().href(&route)
}
