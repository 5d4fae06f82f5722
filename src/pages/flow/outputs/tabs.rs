//! The selected run's outputs, inputs, metrics and log.

use std::sync::Arc;

use flowdeck_contract::{
    Exact,
    ids::{FlowId, RunId},
    paths, pictures,
    runs::{RunDetail, UpstreamOutput},
    shown::Name,
};
use leptos::prelude::*;

use crate::{
    lazy::{Lazy, RUN_TIMELINE},
    live::LogBuffer,
    nav::Step,
    pages::{
        flow::{
            FlowContext,
            actions::focus,
            definition::use_definition,
            error_view::RunErrorView,
            inputs::{InputForm, chat, field_id},
            selection::Selection,
        },
        parts::{Download, OutputValue, RunValue},
    },
    routes::{CallPath, FlowView},
    ui::{Button, LogView, Switch, Tab, Tabs},
};

stylance::import_crate_style!(style, "src/pages/flow/outputs/tabs.module.css");

/// What the selected run gave, in tabs.
#[component]
pub(crate) fn SelectedRun() -> impl IntoView {
    let context = FlowContext::from_context();
    let run = Selection::from_context().run;
    let error = Memo::new(move |_| run.with(|run| run.as_ref()?.error.clone()));
    // A tab that is open stays so while its run goes on.
    let id = Memo::new(move |_| run.with(|run| Some(run.as_ref()?.summary.id.clone())));
    let has_metrics = Memo::new(move |_| run.with(|run| Some(!run.as_ref()?.metrics.is_empty())));
    let selected = use_tab(context, id);
    view! {
        <div class=style::run>
            {move || error.get().map(|error| view! { <RunErrorView error=error /> })}
            {move || run.with(|run| whole(context, run.as_ref()?))}
            {move || {
                id.track();
                let has_metrics = has_metrics.get()?;
                Some(view! { <RunTabs run=run has_metrics=has_metrics selected=selected /> })
            }}
        </div>
    }
}

/// The place of the timeline among the tabs.
const TIMELINE: usize = 2;

/// Which tab is selected. The address says whether it's the timeline; another run begins with its outputs.
fn use_tab(context: FlowContext, run: Memo<Option<RunId>>) -> RwSignal<usize> {
    let in_address = Memo::new(move |_| context.view.with(|view| view.timeline.is_some()));
    let selected = RwSignal::new(0);
    Effect::new(move |before: Option<Option<RunId>>| {
        let run = run.get();
        let is_other = before.is_some_and(|before| before != run);
        match (in_address.get(), selected.get_untracked()) {
            (true, now) if now != TIMELINE => selected.set(TIMELINE),
            (false, TIMELINE) => selected.set(0),
            (false, now) if is_other && now != 0 => selected.set(0),
            _ => {}
        }
        run
    });
    Effect::new(move |before: Option<usize>| {
        let now = selected.get();
        let is_timeline = now == TIMELINE;
        if before.is_some_and(|before| before != now) && in_address.get_untracked() != is_timeline {
            let view = context.view.get_untracked();
            let timeline = is_timeline.then(CallPath::default);
            context.show(FlowView { timeline, ..view }, Step::Replace);
        }
        now
    });
    selected
}

/// A link to the whole result, when parts of it are too large to be shown.
fn whole(context: FlowContext, run: &RunDetail) -> Option<impl IntoView + use<>> {
    let bytes = run.whole?;
    let (project, flow) = (context.project(), context.flow());
    let path = paths::run_result(&project, &flow, &run.summary.id);
    let size = bytes.div_ceil(1024);
    Some(view! {
        <p class=style::none>
            "Parts of the result are too large to show. "
            <Download
                path=path
                name="result.json"
                label=format!("Download the whole result ({size} KB)")
            />
        </p>
    })
}

#[component]
fn RunTabs(
    run: Memo<Option<Arc<RunDetail>>>,
    has_metrics: bool,
    selected: RwSignal<usize>,
) -> impl IntoView {
    let tab = |title, panel: fn(Arc<RunDetail>) -> AnyView| Tab {
        title,
        panel: ViewFn::from(move || move || run.get().map(panel)),
    };
    let timeline = Tab {
        title: "Timeline",
        panel: ViewFn::from(|| view! { <Lazy part=RUN_TIMELINE /> }),
    };
    let metrics = has_metrics.then(|| {
        tab("Metrics", |run| {
            view! { <Values values=run.metrics.clone() run=run.summary.id.clone() /> }.into_any()
        })
    });
    let tabs = [
        Some(tab("Outputs", outputs)),
        Some(tab("Inputs", inputs)),
        Some(timeline),
        Some(tab("Log", log)),
        metrics,
    ];
    let tabs: Vec<Tab> = tabs.into_iter().flatten().collect();
    view! { <Tabs label="Run" tabs=tabs selected=selected /> }
}

fn outputs(run: Arc<RunDetail>) -> AnyView {
    match &run.outputs {
        Some(values) if values.is_empty() => quiet("The flow has no outputs."),
        Some(values) => view! {
            <Values values=values.clone() run=run.summary.id.clone() />
            <AddToHistory run=run />
        }
        .into_any(),
        None if run.summary.node.is_some() => {
            quiet("Single-node run. See the node for its output.")
        }
        None if run.summary.state.is_over() => quiet("This run has no outputs."),
        None => quiet("Outputs appear when the run finishes."),
    }
}

fn quiet(text: &'static str) -> AnyView {
    view! { <p class=style::none>{text}</p> }.into_any()
}

fn inputs(run: Arc<RunDetail>) -> AnyView {
    let form = InputForm::from_context();
    let upstream = run.upstream.outputs().unwrap_or_default();
    let of = (FlowContext::from_context().flow(), run.summary.id.clone());
    let upstream = (!upstream.is_empty()).then(|| view! { <Upstream outputs=upstream of=of /> });
    let variables = variables_of(&run);
    if run.inputs.is_empty() {
        let inputs = upstream.map_or_else(|| quiet("This run had no inputs."), IntoAny::into_any);
        return view! { {inputs} {variables} }.into_any();
    }
    let values = run.inputs.clone();
    view! {
        {upstream}
        <Values values=run.inputs.clone() run=run.summary.id.clone() />
        <div class=style::actions>
            <Button on_press=move |()| form.fill(&values)>"Use these inputs"</Button>
        </div>
        {variables}
    }
    .into_any()
}

/// The outputs of other nodes that a run of one node was given.
#[component]
fn Upstream(outputs: Vec<UpstreamOutput>, of: (FlowId, RunId)) -> impl IntoView {
    let values = outputs.into_iter().map(|output| {
        let from = match &output.run {
            Some(run) => format!("from run {}", run.number),
            None => "entered".to_owned(),
        };
        let what = format!("Output of {}, {from}", Name::from(output.node));
        let value = match output.value {
            Some(value) => {
                view! { <RunValue value=value what=what.clone() of=of.clone() /> }.into_any()
            }
            None => {
                let size = output.bytes.div_ceil(1024);
                view! { <p class=style::none>{format!("Too large to show ({size} KB).")}</p> }
                    .into_any()
            }
        };
        view! {
            <div class=style::value>
                <dt>{what}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! { <dl class=style::values>{values.collect_view()}</dl> }
}

/// The environment variables that were set for the run.
fn variables_of(run: &RunDetail) -> Option<AnyView> {
    if run.variables.is_empty() {
        return None;
    }
    let rows = run.variables.iter().map(|(name, value)| {
        view! {
            <div class=style::value>
                <dt>{Name::from(name.as_str()).to_string()}</dt>
                <dd>{value.clone()}</dd>
            </div>
        }
    });
    Some(
        view! {
            <h3 class=style::title>"Environment variables set for this run"</h3>
            <dl class=style::values>{rows.collect_view()}</dl>
        }
        .into_any(),
    )
}

fn log(run: Arc<RunDetail>) -> AnyView {
    let context = FlowContext::from_context();
    let logs = context.live.run_logs;
    let id = run.summary.id.clone();
    let whole = paths::run_log(&context.project(), &context.flow(), &id);
    let of_run = id.clone();
    let lines = Memo::new(move |_| {
        logs.with(|logs| logs.get(&id).map(LogBuffer::lines).unwrap_or_default())
    });
    let left_out =
        Memo::new(move |_| logs.with(|logs| logs.get(&of_run).map_or(0, LogBuffer::left_out)));
    view! {
        <LogView label="Run log" lines=lines left_out=left_out>
            <Download path=whole name="run.log" label="Download log" />
        </LogView>
    }
    .into_any()
}

/// Named values, each as text, as pictures or as JSON.
#[component]
fn Values(values: flowdeck_contract::Values, run: RunId) -> impl IntoView {
    let as_json = RwSignal::new(false);
    let of = (FlowContext::from_context().flow(), run);
    let has_other_form =
        |value: &Exact| value.as_text().is_some() || pictures::contents(value).is_some();
    let has_text = values.iter().any(|(_, value)| has_other_form(value));
    let values = StoredValue::new(values);
    let list = move || {
        let as_json = as_json.get();
        let of = of.clone();
        let values = values.get_value().into_iter().map(move |(name, value)| {
            let name = Name::from(name).to_string();
            view! {
                <div class=style::value>
                    <dt>{name.clone()}</dt>
                    <dd>
                        <OutputValue value=value what=name of=of.clone() as_json=as_json />
                    </dd>
                </div>
            }
        });
        values.collect_view()
    };
    view! {
        <div class=style::named>
            <Show when=move || has_text>
                <Switch on=as_json on_change=move |on| as_json.set(on)>
                    "Show as JSON"
                </Switch>
            </Show>
            <dl class=style::values>{list}</dl>
        </div>
    }
}

/// In a chat flow: makes this run's question and answer part of what was said before.
#[component]
fn AddToHistory(run: Arc<RunDetail>) -> impl IntoView {
    let form = InputForm::from_context();
    let definition = use_definition(FlowContext::from_context());
    let next = Memo::new(move |_| {
        definition.with(|definition| chat::history_after(definition.as_ref()?.flow()?, &run))
    });
    let add = move |()| {
        let Some((name, history)) = next.get_untracked() else {
            return;
        };
        form.fill(&[(name, history)].into_iter().collect());
        let question = definition.with_untracked(|definition| {
            chat::question(definition.as_ref()?.flow()?).map(str::to_owned)
        });
        if let Some(question) = question {
            form.clear(&question);
            focus(&field_id(&question));
        }
    };
    view! {
        <Show when=move || next.with(Option::is_some)>
            <div class=style::actions>
                <Button on_press=add>"Continue the chat from here"</Button>
            </div>
        </Show>
    }
}
