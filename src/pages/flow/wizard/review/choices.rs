//! Every choice, and what differs from the defaults.

use flowdeck_contract::settings::{
    ComputeChoice, ComputeOptions, IdleShutdown, Preflight, SessionSettings,
};
use leptos::prelude::*;

use super::super::{
    compute::size_label,
    idle::{IdleEntry, Unit},
};
use crate::ui::breakable;

stylance::import_crate_style!(style, "src/pages/flow/wizard/review/choices.module.css");

/// A choice in words.
#[derive(Debug, PartialEq)]
struct Choice {
    name: &'static str,
    value: String,
    /// Not what a start with default settings would take.
    differs: bool,
}

fn choice(name: &'static str, value: impl Into<String>, differs: bool) -> Choice {
    let value = value.into();
    Choice {
        name,
        value,
        differs,
    }
}

fn choices(settings: &SessionSettings, options: &ComputeOptions) -> Vec<Choice> {
    let mut rows = match &settings.compute {
        ComputeChoice::Serverless { vm_size, identity } => {
            let named = vm_size.as_ref().or(options.default_size.as_ref());
            let size = options.sizes.iter().find(|size| Some(&size.name) == named);
            let size = match size {
                Some(size) => size_label(size),
                None => named.cloned().unwrap_or_default(),
            };
            vec![
                choice("Compute type", "Serverless compute", false),
                choice("Virtual machine size", size, vm_size.is_some()),
                choice(
                    "User-assigned managed identity",
                    identity
                        .clone()
                        .unwrap_or_else(|| "None: my own identity".into()),
                    identity.is_some(),
                ),
            ]
        }
        ComputeChoice::Instance { name } => {
            let instance = options.instances.iter().find(|known| known.name == *name);
            let size = instance.map(|instance| size_label(&instance.size) + " (fixed)");
            let identity = instance.and_then(|instance| instance.identity.clone());
            vec![
                choice("Compute type", "Compute instance", true),
                choice("Compute instance", name.clone(), true),
                choice("Virtual machine size", size.unwrap_or_default(), false),
                choice(
                    "Identity",
                    identity.unwrap_or_else(|| "My own identity".into()) + " (fixed)",
                    false,
                ),
            ]
        }
    };
    rows.push(choice(
        "Idle shutdown time",
        idle_text(settings, options),
        settings.idle_shutdown != IdleShutdown::Default,
    ));
    rows.push(choice(
        "Base image",
        settings
            .base_image
            .clone()
            .unwrap_or_else(|| "Default base image".into()),
        settings.base_image.is_some(),
    ));
    if !settings.runtime_versions.is_as_asked() {
        rows.push(choice(
            "Prompt flow’s own packages",
            "The base’s versions",
            true,
        ));
    }
    rows
}

fn idle_text(settings: &SessionSettings, options: &ComputeOptions) -> String {
    let default = match &settings.compute {
        ComputeChoice::Serverless { .. } => options.default_idle_seconds,
        ComputeChoice::Instance { name } => {
            let instance = options.instances.iter().find(|known| known.name == *name);
            instance.and_then(|instance| instance.idle_seconds)
        }
    };
    let entry = IdleEntry::of(match settings.idle_shutdown {
        IdleShutdown::Default => default,
        IdleShutdown::Never => None,
        IdleShutdown::After(seconds) => Some(seconds),
    });
    match (entry.unit, entry.number.as_str()) {
        (Unit::Never, _) => "Never".to_owned(),
        (unit, "1") => format!("1 {}", unit.word().trim_end_matches('s')),
        (unit, number) => format!("{number} {}", unit.word()),
    }
}

#[component]
pub(super) fn Choices(settings: SessionSettings, options: ComputeOptions) -> impl IntoView {
    let rows = choices(&settings, &options).into_iter().map(|row| {
        view! {
            <dt>{row.name}</dt>
            <dd>
                {breakable(&row.value)}
                {row.differs.then(|| view! { " " <span class=style::differs>"Changed"</span> })}
            </dd>
        }
    });
    view! { <dl class=style::choices>{rows.collect_view()}</dl> }
}

/// What `flow.dag.yaml` asks for as it stands.
#[component]
pub(super) fn Environment(preflight: Preflight) -> impl IntoView {
    let image = preflight
        .image
        .unwrap_or_else(|| "none: the default base image".to_owned());
    let requirements = preflight
        .requirements
        .unwrap_or_else(|| "none: nothing is installed".to_owned());
    view! {
        <section class=style::environment aria-labelledby="advanced-environment">
            <h4 id="advanced-environment" class=style::heading>
                "Current environment in flow.dag.yaml"
            </h4>
            <dl class=style::choices>
                <dt>"image"</dt>
                <dd>{image}</dd>
                <dt>"python_requirements_txt"</dt>
                <dd>{requirements}</dd>
            </dl>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::settings::SizeOption;

    #[test]
    fn defaults_do_not_differ_and_what_is_chosen_does() {
        let options = ComputeOptions {
            images_unavailable: None,
            sizes: vec![SizeOption {
                name: "Host_2".into(),
                v_cpus: 2,
                memory_gb: 8.0,
                unavailable: None,
            }],
            default_size: Some("Host_2".into()),
            quota: Vec::new(),
            instances: Vec::new(),
            identities: Vec::new(),
            default_idle_seconds: Some(3600),
            environment_cache: None,
        };
        let defaults = choices(&SessionSettings::default(), &options);
        assert!(defaults.iter().all(|choice| !choice.differs));
        let values: Vec<&str> = defaults.iter().map(|choice| &*choice.value).collect();
        assert_eq!(
            values,
            [
                "Serverless compute",
                "Host_2: 2 vCPUs, 8 GiB",
                "None: my own identity",
                "1 hour",
                "Default base image"
            ]
        );
        let chosen = SessionSettings {
            compute: ComputeChoice::Instance { name: "ci".into() },
            idle_shutdown: IdleShutdown::After(600),
            base_image: Some("a:1".into()),
            ..SessionSettings::default()
        };
        let chosen = choices(&chosen, &options);
        let differing: Vec<(&str, &str)> = chosen
            .iter()
            .filter(|choice| choice.differs)
            .map(|choice| (choice.name, &*choice.value))
            .collect();
        assert_eq!(
            differing,
            [
                ("Compute type", "Compute instance"),
                ("Compute instance", "ci"),
                ("Idle shutdown time", "10 minutes"),
                ("Base image", "a:1"),
            ]
        );
    }
}
