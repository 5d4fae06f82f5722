//! Why the connection wasn't stored: nothing that was typed is lost.

use flowdeck_contract::connections::ConnectionView;
use leptos::prelude::*;

use super::form::{Form, Refused};
use crate::{
    pages::parts::Failure,
    ui::{NextStep, NextSteps, Notice, NoticeKind},
};

/// What stands in the way of saving, and ways on.
#[component]
pub(super) fn RefusedNotice() -> impl IntoView {
    let form = Form::from_context();
    move || match form.refused.get()? {
        Refused::Failed(error) => {
            Some(view! { <Failure title="Couldn’t save the connection" error=error /> }.into_any())
        }
        Refused::Changed(current) => Some(view! { <Changed current=*current /> }.into_any()),
    }
}

#[component]
fn Changed(current: ConnectionView) -> impl IntoView {
    let form = Form::from_context();
    let what = form.known.with_untracked(|known| {
        known
            .as_ref()
            .map(|known| differences(known, &current))
            .unwrap_or_default()
    });
    let (over, taken) = (current.clone(), current);
    let steps = vec![
        NextStep::new("Save my version", move || form.save_over(over.clone())),
        NextStep::new("Discard my changes and load it", move || {
            form.take(taken.clone());
        }),
    ];
    view! {
        <div role="alert">
            <Notice kind=NoticeKind::Warning title="Somebody changed this connection since you opened it">
                <p>{what}</p>
                <NextSteps steps=steps />
            </Notice>
        </div>
    }
}

/// Which fields have changed, in a sentence. Of secrets only the names can be compared.
fn differences(before: &ConnectionView, now: &ConnectionView) -> String {
    let mut names: Vec<String> = Vec::new();
    if before.kind != now.kind {
        names.push("type".to_owned());
    }
    let fields = before.configs.keys().chain(now.configs.keys());
    let label = |name: &String| {
        let field = now.kind.field(name);
        field.map_or_else(|| name.clone(), |field| field.label.to_owned())
    };
    for name in fields.filter(|name| before.configs.get(*name) != now.configs.get(*name)) {
        let label = label(name);
        if !names.contains(&label) {
            names.push(label);
        }
    }
    if before.flows != now.flows {
        names.push("flows that can use it".to_owned());
    }
    match names.is_empty() {
        true => "Only its secrets may differ. They can’t be compared.".to_owned(),
        false => format!("Changed: {}.", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::connections::ConnectionType;

    use super::{super::example::connection, *};

    #[test]
    fn what_changed_is_named_once() {
        let view = |configs: &[(&str, &str)]| connection(ConnectionType::OpenAI, configs, &[]);
        let before = view(&[("base_url", "a")]);
        assert!(differences(&before, &before).contains("secrets"));
        let now = ConnectionView {
            flows: Some(Vec::new()),
            ..view(&[("base_url", "b"), ("organization", "o")])
        };
        assert_eq!(
            differences(&before, &now),
            "Changed: Base URL, Organization, flows that can use it."
        );
    }
}
