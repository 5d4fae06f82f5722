//! What there is beside a file's text: problems, what a run gave, and the session's log and last install. What begins
//! comes to the front.

use flowdeck_contract::session::PhaseState;
use leptos::prelude::*;

use super::{
    problems::Problems,
    workbench::{EditorState, FileState, Workbench},
};
use crate::{
    lazy::{Lazy, RAW_DOCK},
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
    let state = DockState {
        selected: RwSignal::new(0),
        is_folded: RwSignal::new(false),
    };
    provide_context(state);
    let DockState {
        selected,
        is_folded,
    } = state;
    come_to_front(FlowContext::from_context(), selected, is_folded);
    let editor_is_here = editor_is_here();
    let content = move || {
        editor_is_here
            .get()
            .then(|| view! { <Lazy part=RAW_DOCK /> })
    };
    view! {
        <div class=style::dock class=(style::folded, move || is_folded.get())>
            {content}
        </div>
    }
}

/// What the dock shows, and whether it does.
#[derive(Clone, Copy)]
struct DockState {
    selected: RwSignal<usize>,
    is_folded: RwSignal<bool>,
}

/// Whether nothing that one waits for is being loaded any more: what stands in the dock loads after that.
fn editor_is_here() -> Memo<bool> {
    let workbench = Workbench::from_context();
    let is_asked = RwSignal::new(false);
    // By then the page has asked for the file that its address names.
    request_animation_frame(move || {
        is_asked.try_set(true);
    });
    Memo::new(move |was: Option<&bool>| {
        let is_coming = || match workbench.editor.get() {
            EditorState::Loading => true,
            // The file stays where it is then.
            EditorState::Failed(_) => false,
            EditorState::Idle | EditorState::Ready(_) => workbench
                .files
                .with(|files| files.values().any(FileState::is_coming)),
        };
        was == Some(&true) || (is_asked.get() && !is_coming())
    })
}

/// What stands in the dock.
#[component]
pub(crate) fn DockTabs() -> impl IntoView {
    let DockState {
        selected,
        is_folded,
    } = expect_context::<DockState>();
    // Its code loads with what stands here, after the text.
    Workbench::from_context().support_language();
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
