//! What there is beside a file's text: problems, what a run gave, and the session's log and last install. What begins
//! comes to the front.

use flowdeck_contract::session::PhaseState;
use leptos::prelude::*;

use super::problems::Problems;
use crate::{
    pages::flow::{
        FlowContext,
        definition::use_definition,
        nodes::Nodes,
        outputs::Outputs,
        selection::Selection,
        session::{Install, SessionLog},
    },
    ui::{Icon, Tab, Tabs},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/dock.module.css");

/// Where the tabs stand in their row.
const OUTPUT: usize = 1;
const INSTALL: usize = 3;

/// The dock.
#[component]
pub(super) fn Dock() -> impl IntoView {
    let context = FlowContext::from_context();
    let selected = RwSignal::new(0);
    let is_folded = RwSignal::new(false);
    come_to_front(context, selected, is_folded);
    let tab = |title, panel: ViewFn| Tab { title, panel };
    let tabs = vec![
        tab("Problems", ViewFn::from(|| view! { <Problems /> })),
        tab("Output", ViewFn::from(|| view! { <Output /> })),
        tab("Log", ViewFn::from(|| view! { <SessionLog /> })),
        tab("Install", ViewFn::from(|| view! { <LastInstall /> })),
    ];
    let label = move || match is_folded.get() {
        true => "Show panel",
        false => "Hide panel",
    };
    view! {
        <div class=style::dock class=(style::folded, move || is_folded.get())>
            <Tabs label="Panel" tabs=tabs selected=selected />
            <button
                type="button"
                class=style::fold
                aria-label=label
                title=label
                aria-expanded=move || (!is_folded.get()).to_string()
                on:click=move |_| is_folded.update(|folded| *folded = !*folded)
            >
                {Icon::Chevron.view()}
            </button>
        </div>
    }
}

/// A run and an install are shown as soon as they begin.
fn come_to_front(context: FlowContext, selected: RwSignal<usize>, is_folded: RwSignal<bool>) {
    let run = Selection::from_context().id;
    let show = move |tab: usize| {
        selected.set(tab);
        is_folded.set(false);
    };
    // What was there when raw file mode was turned on isn't new.
    let known_runs = Memo::new(move |_| context.live.runs.with(Option::is_some));
    Effect::new(move |before: Option<Option<_>>| {
        let now = known_runs.get().then(|| run.get());
        if let (Some(Some(before)), Some(now)) = (&before, &now)
            && before != now
        {
            show(OUTPUT);
        }
        now
    });
    let installing = Memo::new(move |_| {
        context.live.session.with(|session| {
            let install = session.as_ref()?.install.as_ref()?;
            (install.state == PhaseState::Running).then_some(install.started)
        })
    });
    Effect::new(move |before: Option<Option<_>>| {
        let now = installing.get();
        if let (Some(before), Some(_)) = (before, now)
            && before != now
        {
            show(INSTALL);
        }
        now
    });
}

/// What the selected run gave, as a whole and node by node.
#[component]
fn Output() -> impl IntoView {
    let definition = use_definition(FlowContext::from_context());
    view! {
        <div class=style::output>
            <Outputs />
            <Nodes definition=definition />
        </div>
    }
}

#[component]
fn LastInstall() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let none = Memo::new(move |_| {
        session.with(|session| {
            session
                .as_ref()
                .is_none_or(|session| session.install.is_none())
        })
    });
    view! {
        <Show when=move || none.get()>
            <p class=style::none>
                "Nothing has been installed in this session. Open the requirements file and select " <em>"Save and install"</em> "."
            </p>
        </Show>
        <Install />
    }
}
