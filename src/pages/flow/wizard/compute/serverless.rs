//! The VM size and identity of serverless compute.

use flowdeck_contract::{
    session::v_cpus,
    settings::{ComputeOptions, QuotaUsage, SizeOption},
};
use leptos::prelude::*;

use super::super::{
    entries::Field,
    model::Wizard,
    parts::{Control, FaultText, Radio, style},
};
use crate::{nav::Link, routes::Route};

#[component]
pub(super) fn ServerlessChoice() -> impl IntoView {
    let wizard = Wizard::from_context();
    let control = Control::new(Field::VmSize);
    let options = wizard.options;
    let quota = Memo::new(move |_| options.get().map(|options| quota_left(&options.quota)));
    let is_short = Memo::new(move |_| {
        let options = options.get();
        options.is_some_and(|options| options.sizes.iter().any(|size| size.unavailable.is_some()))
    });
    let choices = move || {
        let options = options.get()?;
        let default = default_label(&options);
        let sizes = options.sizes.into_iter().map(|size| {
            let (name, chosen) = (size.name.clone(), size.name.clone());
            view! {
                <Radio
                    group="advanced-vm-size"
                    label=size_label(&size)
                    refused=size.unavailable
                    checked=Signal::derive(move || {
                        wizard.entries.with(|entries| entries.vm_size.as_ref() == Some(&name))
                    })
                    on_choose=move |()| wizard.edit(|entries| entries.vm_size = Some(chosen.clone()))
                />
            }
        });
        Some(view! {
            <Radio
                group="advanced-vm-size"
                label=default
                checked=Signal::derive(move || wizard.entries.with(|entries| entries.vm_size.is_none()))
                on_choose=move |()| wizard.edit(|entries| entries.vm_size = None)
            />
            {sizes.collect_view()}
        })
    };
    view! {
        <fieldset
            id=control.id()
            class=style::group
            tabindex="-1"
            role="radiogroup"
            aria-labelledby="advanced-vm-size-legend"
            aria-invalid=move || control.invalid()
            aria-describedby=format!("advanced-quota {}", control.fault_id())
        >
            <legend id="advanced-vm-size-legend" class=style::legend>"Virtual machine size"</legend>
            <div class=style::sizes>{choices}</div>
            <p id="advanced-quota" class=style::help>{quota}</p>
            <Show when=move || is_short.get()>
                <p class=style::help>
                    <Link to=Route::Sessions>"Manage compute sessions"</Link>
                </p>
            </Show>
            <FaultText control=control />
        </fieldset>
    }
}

/// The identity that pulls the base image and installs packages.
#[component]
pub(super) fn IdentityField() -> impl IntoView {
    let wizard = Wizard::from_context();
    let control = Control::new(Field::Identity);
    let options = wizard.options;
    let chosen = move || wizard.entries.with(|entries| entries.identity.clone());
    let choices = move || {
        let identities = options
            .get()
            .map(|options| options.identities)
            .unwrap_or_default();
        let known = identities.into_iter().map(|identity| {
            let label = match identity.description {
                Some(description) => format!("{}: {description}", identity.name),
                None => identity.name.clone(),
            };
            (identity.name, label)
        });
        let mut known: Vec<(String, String)> = known.collect();
        // What a link or preset names stays selected, and is marked as wrong.
        if let Some(name) = untrack(chosen)
            && known.iter().all(|(other, _)| *other != name)
        {
            known.push((name.clone(), name));
        }
        let options = known.into_iter().map(|(name, label)| {
            let value = name.clone();
            let is_chosen = move || chosen().as_ref() == Some(&name);
            view! { <option value=value prop:selected=is_chosen>{label}</option> }
        });
        options.collect_view()
    };
    let choose = move |event| {
        let name = event_target_value(&event);
        wizard.edit(|entries| entries.identity = (!name.is_empty()).then_some(name));
    };
    view! {
        <div class=style::field>
            <label for=control.id() class=style::label>
                "User-assigned managed identity"
            </label>
            <select
                id=control.id()
                aria-invalid=move || control.invalid()
                aria-describedby=format!("advanced-identity-help {}", control.fault_id())
                on:change=choose
            >
                <option value="" prop:selected=move || chosen().is_none()>
                    "My own identity"
                </option>
                {choices}
            </select>
            <p id="advanced-identity-help" class=style::help>
                {move || identity_help(options.get().as_ref())}
            </p>
            <FaultText control=control />
        </div>
    }
}

fn identity_help(options: Option<&ComputeOptions>) -> &'static str {
    match options {
        Some(options) if options.identities.is_empty() => {
            "Pulls the base image and installs packages. Your administrator hasn’t set up any managed identity."
        }
        _ => "Pulls the base image and installs packages.",
    }
}

fn default_label(options: &ComputeOptions) -> String {
    match &options.default_size {
        Some(name) => format!("Default — smallest available ({name})"),
        None => "Default — none available now".to_owned(),
    }
}

/// A VM size in a line.
pub(in crate::pages::flow::wizard) fn size_label(size: &SizeOption) -> String {
    format!("{}: {}", size.name, capacity(size.v_cpus, size.memory_gb))
}

/// Processors and memory: `2 vCPUs, 3.5 GiB`.
fn capacity(cpus: u32, memory_gb: f64) -> String {
    format!("{}, {} GiB", v_cpus(cpus), amount(memory_gb))
}

/// With one digit after the point where it isn't a whole number.
fn amount(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// What of the quota is left, in a sentence.
fn quota_left(quota: &[QuotaUsage]) -> String {
    let parts: Vec<String> = quota
        .iter()
        .map(|usage| {
            let left = amount((usage.limit - usage.used).max(0.0));
            let limit = amount(usage.limit);
            match usage.unit.as_str() {
                "Count" if limit == "1" => {
                    format!("{left} of 1 {}", usage.name.trim_end_matches('s'))
                }
                "Count" => format!("{left} of {limit} {}", usage.name),
                unit => format!("{left} of {limit} {unit}"),
            }
        })
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("Quota available: {}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_quota_are_told_without_needless_digits() {
        assert_eq!(capacity(1, 4.0), "1 vCPU, 4 GiB");
        assert_eq!(capacity(8, 15.63), "8 vCPUs, 15.6 GiB");
        let usage = |name: &str, used, limit, unit: &str| QuotaUsage {
            name: name.into(),
            used,
            limit,
            unit: unit.into(),
        };
        let quota = [
            usage("vCPUs", 1.0, 2.0, "Count"),
            usage("memory", 30.0, 23.5, "GiB"),
        ];
        assert_eq!(
            quota_left(&quota),
            "Quota available: 1 of 2 vCPUs, 0 of 23.5 GiB."
        );
        assert_eq!(
            quota_left(&[usage("vCPUs", 0.0, 1.0, "Count")]),
            "Quota available: 1 of 1 vCPU."
        );
        assert_eq!(quota_left(&[]), "");
    }
}
