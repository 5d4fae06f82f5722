//! A recorded call of a model, to be changed and made again: beside what was recorded.
//!
//! `draft`, `call`, `copy_back` and `answer` are pure; `bench` makes the calls; the rest are views.

mod answer;
mod bench;
mod call;
mod connection;
mod copy;
mod copy_back;
mod draft;
mod form;
mod messages;
mod results;
mod template;

use std::sync::Arc;

use flowdeck_contract::{ids::RunId, runs::RunDetail};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

pub(super) use self::bench::Playgrounds;
use self::{
    bench::Bench,
    call::Recorded,
    copy::CopyBack,
    draft::{Draft, Unusable},
    form::CallForm,
    results::Results,
};
use super::{FlowContext, compare::style, section::Section, selection::run_name};
use crate::{
    api::ApiError,
    nav::Link,
    pages::parts::Failure,
    routes::{CallPath, FlowView},
    ui::{Notice, NoticeKind, Skeleton},
};

stylance::import_crate_style!(own, "src/pages/flow/playground/playground.module.css");

/// The call that the address names.
#[component]
pub(crate) fn Playground() -> impl IntoView {
    let context = FlowContext::from_context();
    let named = Memo::new(move |_| {
        let view = context.view.get();
        Some((view.run?, view.playground?))
    });
    let content = move || {
        match named.get() {
        Some((run, path)) => view! { <OfRun id=run path=path /> }.into_any(),
        None => view! {
            <Notice kind=NoticeKind::Warning title="The address names no call">
                <p>"Open a run’s timeline, select a call of a model, then select Open in playground."</p>
            </Notice>
        }
        .into_any(),
    }
    };
    view! { <div class=style::comparison>{content}</div> }
}

/// The call, once its run is here.
#[component]
fn OfRun(id: RunId, path: CallPath) -> impl IntoView {
    let context = FlowContext::from_context();
    let failure = RwSignal::new(None::<ApiError>);
    let retry = Trigger::new();
    let wanted = id.clone();
    let run = Memo::new(move |_| {
        let details = context.live.details;
        details.with(|details| details.get(&wanted).cloned())
    });
    let asked = id.clone();
    Effect::new(move |_| {
        retry.track();
        failure.set(None);
        if run.with_untracked(Option::is_some) {
            return;
        }
        let id = asked.clone();
        spawn_local_scoped_with_cancellation(async move {
            match context.api.run(&context.flow(), &id).await {
                Ok(run) => context.live.put_answer(run),
                Err(error) => failure.set(Some(error)),
            }
        });
    });
    // A run that ended doesn't change; what is typed stays when it's told of again.
    let is_here = Memo::new(move |_| run.with(Option::is_some));
    let back = context.route(FlowView {
        run: Some(id.clone()),
        timeline: Some(path.clone()),
        ..FlowView::default()
    });
    let content = move || {
        match (is_here.get(), failure.get()) {
        (true, _) => run
            .get_untracked()
            .map(|run| of_call(&run, &path, &id))
            .into_any(),
        (false, Some(error)) if error.is_not_found() => view! {
            <Notice kind=NoticeKind::Warning title="This run is gone">
                <p>"The server keeps a flow’s newest runs. Open a newer run’s timeline to try its calls."</p>
            </Notice>
        }
        .into_any(),
        (false, Some(error)) => view! {
            <Failure
                title="Couldn’t load the run"
                error=error
                on_retry=move |()| retry.notify()
            />
        }
        .into_any(),
        (false, None) => view! { <Skeleton lines=8 label="Loading the run" /> }.into_any(),
    }
    };
    let summary = move || {
        run.with(|run| {
            let run = run.as_ref()?;
            Some(format!("A call of {}", run_name(&run.summary)))
        })
    };
    view! {
        <Section
            title="Playground"
            summary=summary
            actions=move || view! { <Link to=back.clone()>"Back to the timeline"</Link> }
        >
            {content}
        </Section>
    }
}

fn of_call(run: &Arc<RunDetail>, path: &CallPath, id: &RunId) -> AnyView {
    let Some(recorded) = Recorded::find(run, path) else {
        return view! {
            <Notice kind=NoticeKind::Warning title="The run has no such call">
                <p>"Go back to the timeline and select another call."</p>
            </Notice>
        }
        .into_any();
    };
    match Draft::read(recorded.call.inputs.as_ref()) {
        Ok(draft) => {
            let at = (id.clone(), path.clone());
            view! { <Trying at=at recorded=recorded draft=draft /> }.into_any()
        }
        Err(why) => {
            let words = match why {
                Unusable::OtherKind => {
                    "The playground makes chats and completions. This call was neither."
                }
                Unusable::NotKept => "What this call sent was too large to be kept with the run.",
            };
            view! {
                <Notice kind=NoticeKind::Warning title="This call can’t be made again">
                    <p>{words}</p>
                </Notice>
            }
            .into_any()
        }
    }
}

#[component]
fn Trying(at: (RunId, CallPath), recorded: Recorded, draft: Draft) -> impl IntoView {
    Bench::provide(at, recorded, draft);
    view! {
        <CallForm />
        <Results />
        <CopyBack />
    }
}
