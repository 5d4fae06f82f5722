//! The steps, the one that is shown, and the buttons that lead on.

use flowdeck_contract::capability::Action;
use flowdeck_contract::codes;
use leptos::{html, prelude::*};

use super::{
    apply::Applying,
    compute::ComputeStep,
    image::ImageStep,
    link::LinkNotes,
    model::{Mode, Wizard},
    review::{ReviewStep, use_preflight},
};
use crate::{
    api::{ApiError, Load},
    pages::{
        flow::{actions::Actions, next_steps::open_sessions},
        parts::Failure,
    },
    routes::WizardStep,
    ui::{Button, ButtonKind, ButtonState, Icon, NextStep, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/wizard/frame.module.css");

fn name(step: WizardStep) -> &'static str {
    match step {
        WizardStep::Compute => "Compute settings",
        WizardStep::Image => "Base image",
        WizardStep::Review => "Review",
    }
}

fn index(step: WizardStep) -> usize {
    WizardStep::ALL
        .iter()
        .position(|known| *known == step)
        .unwrap_or(0)
}

#[component]
pub(super) fn Frame(open: RwSignal<bool>, on_cancel: Callback<()>) -> impl IntoView {
    let wizard = Wizard::from_context();
    let options = wizard.options;
    let is_ready = Memo::new(move |_| {
        options
            .state()
            .with(|state| matches!(state, Load::Ready(_)))
    });
    let failure = Memo::new(move |_| {
        options.state().with(|state| match state {
            Load::Failed(error) => Some(error.clone()),
            Load::Loading | Load::Ready(_) => None,
        })
    });
    move || match (failure.get(), is_ready.get()) {
        (Some(error), _) => view! {
            <Failure
                title="Couldn’t load the options"
                error=error
                on_retry=move |()| options.retry()
            />
        }
        .into_any(),
        (None, false) => view! { <Skeleton lines=8 label="Loading options" /> }.into_any(),
        (None, true) => view! { <Steps open=open on_cancel=on_cancel /> }.into_any(),
    }
}

#[component]
fn Steps(open: RwSignal<bool>, on_cancel: Callback<()>) -> impl IntoView {
    let wizard = Wizard::from_context();
    let step = wizard.step();
    let heading = NodeRef::<html::H3>::new();
    Effect::new(move |before: Option<WizardStep>| {
        let now = step.get();
        if before != Some(now)
            && let Some(heading) = heading.get_untracked()
        {
            // Focusing an element that is shown cannot fail.
            let _ = heading.focus();
        }
        now
    });
    // A check can offer to keep the base's versions: what is reviewed is another then.
    let versions = Memo::new(move |_| wizard.entries.with(|entries| entries.runtime_versions));
    let shown = move || match (step.get(), versions.get()).0 {
        WizardStep::Compute => view! { <ComputeStep /> }.into_any(),
        WizardStep::Image => view! { <ImageStep /> }.into_any(),
        WizardStep::Review => view! { <Reviewed open=open on_cancel=on_cancel /> }.into_any(),
    };
    let is_last = Memo::new(move |_| step.get() == WizardStep::Review);
    view! {
        <nav aria-label="Steps">
            <ol class=style::steps>
                {WizardStep::ALL.map(|one| view! { <StepMark one=one step=step /> }).collect_view()}
            </ol>
        </nav>
        <h3 node_ref=heading class=style::heading tabindex="-1" autofocus=true>
            {move || format!("Step {} of 3: {}", index(step.get()) + 1, name(step.get()))}
        </h3>
        <LinkNotes />
        {shown}
        <Show when=move || !is_last.get()>
            <Footer step=step on_cancel=on_cancel>
                <Button kind=ButtonKind::Primary on_press=move |()| wizard.next()>
                    "Next"
                </Button>
            </Footer>
        </Show>
    }
}

/// A step in the list of steps. One that is behind can be gone back to.
#[component]
fn StepMark(one: WizardStep, step: Memo<WizardStep>) -> impl IntoView {
    let wizard = Wizard::from_context();
    let is_done = Memo::new(move |_| index(one) < index(step.get()));
    let is_current = Memo::new(move |_| one == step.get());
    let content = move || {
        if is_done.get() {
            view! {
                <Button kind=ButtonKind::Quiet on_press=move |()| wizard.go(one)>
                    {Icon::Check.view()}
                    {name(one)}
                </Button>
            }
            .into_any()
        } else {
            view! {
                <span class=style::mark>
                    <span class=style::number>{index(one) + 1}</span>
                    {name(one)}
                </span>
            }
            .into_any()
        }
    };
    view! {
        <li
            class=style::step
            class=(style::current, is_current)
            aria-current=move || is_current.get().then_some("step")
        >
            {content}
        </li>
    }
}

/// The review with the button that carries it out.
#[component]
fn Reviewed(open: RwSignal<bool>, on_cancel: Callback<()>) -> impl IntoView {
    let wizard = Wizard::from_context();
    let actions = Actions::from_context();
    let step = wizard.step();
    let preflight = use_preflight(wizard);
    let applying = Applying::new(wizard, preflight, actions, open);
    let action = match wizard.mode {
        Mode::Start => Action::Start,
        Mode::Change => Action::Update,
    };
    let state = Signal::derive(move || {
        if applying.is_under_way.get() {
            return ButtonState::Busy;
        }
        match actions.state(action) {
            ButtonState::Ready => preflight.verdict(wizard),
            other => other,
        }
    });
    let reason = Signal::derive(move || match state.get() {
        ButtonState::Refused(reason) => Some(reason),
        ButtonState::Ready | ButtonState::Busy => None,
    });
    let label = match wizard.mode {
        Mode::Start => "Apply and start compute session",
        Mode::Change => "Apply changes",
    };
    // Beside the button that was pressed, wherever the review is scrolled to.
    let failure = move || {
        let error = applying.failure.get()?;
        let title = applying.failure_title();
        let steps = steps(wizard, &error);
        Some(view! {
            <div class=style::failure>
                <Failure title=title error=error steps=steps />
            </div>
        })
    };
    view! {
        <ReviewStep preflight=preflight />
        <Footer step=step on_cancel=on_cancel note=reason failure=failure>
            <Button kind=ButtonKind::Primary state=state on_press=move |()| applying.begin()>
                {label}
            </Button>
        </Footer>
    }
}

/// What can be done next about what came of pressing the last button.
fn steps(wizard: Wizard, error: &ApiError) -> Vec<NextStep> {
    let compute = move |label| NextStep::new(label, move || wizard.go(WizardStep::Compute));
    match error.code.as_str() {
        codes::QUOTA_EXCEEDED => vec![open_sessions(wizard.flow), compute("Choose a smaller size")],
        codes::COMPUTE_INSTANCE_STOPPED => vec![compute("Start the compute instance")],
        _ => Vec::new(),
    }
}

#[component]
fn Footer(
    step: Memo<WizardStep>,
    on_cancel: Callback<()>,
    /// Why the last button cannot be pressed.
    #[prop(optional, into)]
    note: MaybeProp<String>,
    /// What came of pressing it.
    #[prop(optional, into)]
    failure: ViewFn,
    children: Children,
) -> impl IntoView {
    let wizard = Wizard::from_context();
    let before = move || {
        index(step.get())
            .checked_sub(1)
            .and_then(|at| WizardStep::ALL.get(at).copied())
    };
    view! {
        <div class=style::footer>
            {move || failure.run()}
            <p class=style::reason>{move || note.get()}</p>
            <Button kind=ButtonKind::Quiet on_press=on_cancel>
                "Cancel"
            </Button>
            <span class=style::gap></span>
            {move || {
                before()
                    .map(|before| {
                        view! { <Button on_press=move |()| wizard.go(before)>"Back"</Button> }
                    })
            }}
            {children()}
        </div>
    }
}
