//! What a test of a connection found.

use flowdeck_contract::connections::TestResult;
use leptos::prelude::*;

use super::{form::Form, style};
use crate::{
    pages::parts::Failure,
    ui::{Ago, Disclosure, Icon, time},
};

/// The last test, here or earlier.
#[component]
pub(super) fn LastTest() -> impl IntoView {
    let form = Form::from_context();
    move || match form.tested.get() {
        Some(Ok(result)) => Some(view! { <TestOutcome result=result /> }.into_any()),
        Some(Err(error)) => {
            let retry = move |()| form.test();
            let view = view! { <Failure title="Couldn’t test the connection" error=error on_retry=retry /> };
            Some(view.into_any())
        }
        None => {
            let result = form.known.get()?.last_test?;
            Some(view! { <TestOutcome result=result /> }.into_any())
        }
    }
}

/// Whether it passed, with status, time and the service's own words.
#[component]
fn TestOutcome(
    /// What was found.
    result: TestResult,
) -> impl IntoView {
    let TestResult {
        at,
        passed,
        status,
        latency_ms,
        message,
        models,
    } = result;
    let (icon, class, word) = match passed {
        true => (Icon::Check, style::good, "Test passed"),
        false => (Icon::Cross, style::bad, "Test failed"),
    };
    let status = status.map(|status| format!("HTTP {status} · "));
    let latency = latency_ms.map(|latency| format!("{} · ", time::duration(latency)));
    let count = models.len();
    let list = (count > 0).then(|| {
        let title = match count {
            1 => "1 model or deployment".to_owned(),
            count => format!("{count} models or deployments"),
        };
        let items = models.into_iter().map(|model| view! { <li>{model}</li> });
        let items = items.collect_view();
        view! {
            <Disclosure summary=move || title.clone()>
                <ul class=style::words>{items}</ul>
            </Disclosure>
        }
    });
    view! {
        <section aria-label="Last test" class=style::words>
            <p class=style::line>
                <span class=class>{icon.view()} " " {word}</span>
                <span>{status} {latency} <Ago at=at.0 /></span>
            </p>
            <p>{message}</p>
            {list}
        </section>
    }
}
