//! Runtimes of compute instances, where the administrator has listed old ones.

use flowdeck_contract::azure::FlowRuntimeDto;
use leptos::prelude::*;

use super::{style, watched::Watched};
use crate::{
    api::{Api, Load, Remote},
    nav::Link,
    pages::parts::Failure,
    routes::{Route, Upgrade},
};

/// The runtimes; nothing where there are none.
#[component]
pub(super) fn Runtimes(watched: Watched) -> impl IntoView {
    let api = Api::from_context();
    // The sessions come first.
    let is_time = move || watched.list.with(|list| !matches!(list, Load::Loading));
    let asked = Remote::when(is_time, move || async move { api.runtimes().await });
    move || match asked.state().get() {
        Load::Loading => ().into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the runtimes of compute instances"
                error=error
                on_retry=move |()| asked.retry()
            />
        }
        .into_any(),
        Load::Ready(runtimes) if runtimes.is_empty() => ().into_any(),
        Load::Ready(runtimes) => view! { <List runtimes=runtimes /> }.into_any(),
    }
}

#[component]
fn List(runtimes: Vec<FlowRuntimeDto>) -> impl IntoView {
    let cards = runtimes
        .into_iter()
        .map(|runtime| view! { <Card runtime=runtime /> })
        .collect_view();
    view! {
        <section class=style::runtimes aria-labelledby="runtimes">
            <h2 id="runtimes">"Runtimes of compute instances"</h2>
            <p>
                "These runtimes are retired. Upgrade their flows to compute sessions. Compute instances aren’t affected."
            </p>
            <ul class=style::cards>{cards}</ul>
        </section>
    }
}

#[component]
fn Card(runtime: FlowRuntimeDto) -> impl IntoView {
    let name = runtime.runtime_name.clone();
    let facts = runtime_facts(&runtime)
        .into_iter()
        .map(|(term, text)| view! { <dt>{term}</dt><dd>{text}</dd> })
        .collect_view();
    view! {
        <li class=style::card>
            <h3>{runtime.runtime_name.clone()}</h3>
            {runtime.runtime_description.clone().map(|text| view! { <p class=style::muted>{text}</p> })}
            <dl class=style::facts>{facts}</dl>
            <p>
                <Link to=Route::Upgrade(Upgrade::of(runtime.runtime_name))>
                    "Upgrade to compute session" <span class="visually-hidden">" for " {name}</span>
                </Link>
            </p>
        </li>
    }
}

fn runtime_facts(runtime: &FlowRuntimeDto) -> Vec<(&'static str, String)> {
    let instance = Some(runtime.compute_instance_name.clone());
    [
        ("Compute instance", instance),
        ("Environment", runtime.environment.clone()),
        ("Image", runtime.docker_image.clone()),
    ]
    .into_iter()
    .filter_map(|(term, text)| Some((term, text?)))
    .collect()
}
