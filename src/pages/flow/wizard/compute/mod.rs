//! The step Compute settings.

mod idle_field;
mod instance;
mod serverless;

use leptos::prelude::*;

pub(super) use self::serverless::size_label;
use self::{idle_field::IdleField, instance::InstanceChoice, serverless::ServerlessChoice};
use super::{
    entries::ComputeKind,
    model::Wizard,
    parts::{Radio, style},
    presets::PresetPicker,
};

#[component]
pub(super) fn ComputeStep() -> impl IntoView {
    let wizard = Wizard::from_context();
    let kind = Memo::new(move |_| wizard.entries.with(|entries| entries.kind));
    let options = wizard.options;
    let no_instances = Memo::new(move |_| options.get().is_none_or(|all| all.instances.is_empty()));
    let choice = move || match kind.get() {
        ComputeKind::Serverless => view! { <ServerlessChoice /> }.into_any(),
        ComputeKind::Instance => view! { <InstanceChoice /> }.into_any(),
    };
    let choose = move |kind| move |()| wizard.edit(|entries| entries.kind = kind);
    view! {
        <PresetPicker />
        <fieldset class=style::group>
            <legend class=style::legend>"Compute type"</legend>
            <Radio
                group="advanced-compute"
                label="Serverless compute"
                detail="Created for this session and deleted with it."
                checked=Signal::derive(move || kind.get() == ComputeKind::Serverless)
                on_choose=choose(ComputeKind::Serverless)
            />
            {move || {
                let refused = (no_instances.get() && kind.get_untracked() == ComputeKind::Serverless)
                    .then(|| "Your administrator hasn’t set up any compute instance.".to_owned());
                view! {
                    <Radio
                        group="advanced-compute"
                        label="Compute instance"
                        detail="Uses an existing compute instance. Its VM size and identity are fixed."
                        refused=refused
                        checked=Signal::derive(move || kind.get() == ComputeKind::Instance)
                        on_choose=choose(ComputeKind::Instance)
                    />
                }
            }}
        </fieldset>
        {choice}
        <IdleField />
        <Show when=move || kind.get() == ComputeKind::Serverless>
            <serverless::IdentityField />
        </Show>
    }
}
