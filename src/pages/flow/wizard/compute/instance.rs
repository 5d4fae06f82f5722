//! A compute instance: which, what it is, and starting one that is stopped.

use flowdeck_contract::settings::{InstanceOption, InstanceState};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{
    super::{
        entries::Field,
        model::Wizard,
        parts::{Control, FaultText, style},
    },
    serverless::size_label,
};
use crate::{
    api::ApiError,
    pages::{flow::actions::focus, parts::Failure},
    ui::{Button, ButtonState, Status, Tone, breakable},
};

#[component]
pub(super) fn InstanceChoice() -> impl IntoView {
    let wizard = Wizard::from_context();
    let control = Control::new(Field::Instance);
    let options = wizard.options;
    let chosen = move || wizard.entries.with(|entries| entries.instance.clone());
    let choices = move || {
        let instances = options
            .get()
            .map(|options| options.instances)
            .unwrap_or_default();
        let choices = instances.into_iter().map(|instance| {
            let label = match instance.state {
                InstanceState::Running => instance.name.clone(),
                InstanceState::Stopped => format!("{} (stopped)", instance.name),
            };
            let (value, name) = (instance.name.clone(), instance.name);
            let is_chosen = move || chosen().as_ref() == Some(&name);
            view! { <option value=value prop:selected=is_chosen>{label}</option> }
        });
        choices.collect_view()
    };
    let choose = move |event| {
        let name = event_target_value(&event);
        wizard.edit(|entries| entries.instance = (!name.is_empty()).then_some(name));
    };
    let instance = Memo::new(move |_| {
        let options = options.get()?;
        wizard
            .entries
            .with(|entries| entries.chosen_instance(&options).cloned())
    });
    view! {
        <div class=style::field>
            <label for=control.id() class=style::label>
                "Name of the compute instance"
            </label>
            <select
                id=control.id()
                aria-invalid=move || control.invalid()
                aria-describedby=control.fault_id()
                on:change=choose
            >
                <option value="" prop:selected=move || chosen().is_none()>
                    "Choose one"
                </option>
                {choices}
            </select>
            <FaultText control=control />
        </div>
        {move || instance.get().map(|instance| view! { <Facts instance=instance /> })}
    }
}

/// What is fixed about a compute instance.
#[component]
fn Facts(instance: InstanceOption) -> impl IntoView {
    let is_stopped = instance.state == InstanceState::Stopped;
    let state = match (instance.state, instance.sessions) {
        (InstanceState::Stopped, _) => "Stopped".to_owned(),
        (InstanceState::Running, 0) => "Running, no compute sessions".to_owned(),
        (InstanceState::Running, 1) => "Running, 1 compute session".to_owned(),
        (InstanceState::Running, count) => format!("Running, {count} compute sessions"),
    };
    let identity = instance
        .identity
        .clone()
        .unwrap_or_else(|| "My own identity".to_owned());
    let size = size_label(&instance.size);
    view! {
        <dl class=style::facts>
            <dt>"State"</dt>
            <dd>{state}</dd>
            <dt>"Virtual machine size"</dt>
            <dd>{breakable(&size)} " (fixed)"</dd>
            <dt>"Identity"</dt>
            <dd>{identity} " (fixed)"</dd>
        </dl>
        {is_stopped.then(|| view! { <StartInstance instance=instance /> })}
    }
}

/// Starts a compute instance that is stopped.
#[component]
fn StartInstance(instance: InstanceOption) -> impl IntoView {
    let wizard = Wizard::from_context();
    let status = Status::from_context();
    let is_under_way = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let name = StoredValue::new(instance.name.clone());
    let unavailable = instance.size.unavailable;
    let state = Signal::derive(move || {
        if is_under_way.get() {
            ButtonState::Busy
        } else {
            ButtonState::unless(unavailable.clone())
        }
    });
    let start = move || {
        is_under_way.set(true);
        failure.set(None);
        status.announce(format!(
            "Starting the compute instance {}.",
            name.get_value()
        ));
        spawn_local_scoped_with_cancellation(async move {
            let name = name.get_value();
            match wizard.flow.api.start_instance(&name).await {
                Ok(_) => {
                    status.tell(
                        Tone::Good,
                        format!("Compute instance {name} is running"),
                        None,
                    );
                    wizard.options.refresh();
                    // The button goes away.
                    focus(Field::Instance.id());
                }
                Err(error) => {
                    failure.set(Some(error));
                    is_under_way.set(false);
                }
            }
        });
    };
    let label = move || {
        if is_under_way.get() {
            "Starting"
        } else {
            "Start compute instance"
        }
    };
    view! {
        <div>
            <Button state=state on_press=move |()| start()>
                {label}
            </Button>
        </div>
        {move || match state.get() {
            ButtonState::Refused(reason) => Some(view! { <p class=style::help>{reason}</p> }),
            _ => None,
        }}
        {move || {
            failure
                .get()
                .map(|error| {
                    view! {
                        <Failure title="Couldn’t start the compute instance" error=error on_retry=move |()| start() />
                    }
                })
        }}
    }
}
