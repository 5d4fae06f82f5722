//! The wizard of a compute session's settings: where it runs, on what, and a review before anything happens.
//!
//! It is open while the address says so. `entries`, `idle` and `today` are pure and hold the rules of what can be entered,
//! `model` the way through the steps, `apply` what pressing the last button does; the rest are views.

mod apply;
mod compute;
mod entries;
mod frame;
mod idle;
mod image;
mod link;
mod model;
mod parts;
mod presets;
mod review;
mod sharing;
mod today;

use flowdeck_contract::help::HelpTopic;
use leptos::prelude::*;

use self::{
    frame::Frame,
    model::{Mode, Wizard},
};
use super::{FlowContext, actions::focus_session_control, definition::use_definition};
use crate::{
    lazy::{Lazy, WIZARD},
    nav::Step,
    routes::FlowView,
    ui::{Button, ButtonKind, Dialog, DialogKind, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/wizard/wizard.module.css");

/// The dialog around the wizard, and what it has to know of what is in it.
#[derive(Clone, Copy)]
struct Shell {
    open: RwSignal<bool>,
    on_cancel: Callback<()>,
    inside: RwSignal<Option<Inside>>,
}

/// The wizard in the dialog, once it is there.
#[derive(Clone, Copy)]
struct Inside {
    mode: Mode,
    /// Whether something was entered, which closing would lose.
    is_touched: Callback<(), bool>,
}

/// The wizard as a dialog, while the address asks for it.
#[component]
pub fn AdvancedSettings() -> impl IntoView {
    let context = FlowContext::from_context();
    let view = context.view;
    let asked = Memo::new(move |_| view.with(|view| view.advanced.is_some()));
    let open = RwSignal::new(false);
    let discarding = RwSignal::new(false);
    let inside = RwSignal::new(None::<Inside>);
    Effect::new(move |_| open.set(asked.get()));
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            inside.set(None);
            discarding.set(false);
            // Who came by a link, or closed the question first, has had the focus nowhere.
            focus_session_control();
            if asked.get_untracked() {
                let view = view.get_untracked();
                let advanced = None;
                context.show(FlowView { advanced, ..view }, Step::Replace);
            }
        }
        is
    });
    let title = Signal::derive(move || match inside.get().map(|inside| inside.mode) {
        Some(Mode::Change) => "Change compute session settings".to_owned(),
        Some(Mode::Start) | None => "Start with advanced settings".to_owned(),
    });
    let may_close = move |()| {
        let touched = untrack(|| inside.get().is_some_and(|inside| inside.is_touched.run(())));
        discarding.set(touched);
        !touched
    };
    // Each dialog gives the focus back to where it was opened: the inner one has to do so first.
    let discard = move |()| {
        discarding.set(false);
        open.set(false);
    };
    provide_context(Shell {
        open,
        on_cancel: Callback::new(move |()| {
            if may_close(()) {
                open.set(false);
            }
        }),
        inside,
    });
    view! {
        <Dialog
            open=open
            title=title
            kind=DialogKind::Form
            may_close=may_close
            help=HelpTopic::AdvancedSettings.address()
        >
            <Lazy part=WIZARD />
        </Dialog>
        <Dialog open=discarding title="Discard changes?" kind=DialogKind::Confirm help=HelpTopic::AdvancedSettings.address()>
            <p>"Your settings won’t be saved."</p>
            <div class=style::answers>
                <Button first_focus=true on_press=move |()| discarding.set(false)>
                    "Keep editing"
                </Button>
                <Button kind=ButtonKind::Danger on_press=discard>
                    "Discard"
                </Button>
            </div>
        </Dialog>
    }
}

/// The wizard, once it is known what it begins with: the session and the flow's definition.
#[component]
pub fn WizardSteps() -> impl IntoView {
    let context = FlowContext::from_context();
    let shell = expect_context::<Shell>();
    let definition = use_definition(context);
    let is_known = Memo::new(move |_| {
        definition.with(Option::is_some) && context.live.session.with(Option::is_some)
    });
    move || {
        if !is_known.get() {
            return view! { <Skeleton lines=8 label="Loading the settings" /> }.into_any();
        }
        let image = definition.with_untracked(|definition| {
            let definition = definition.as_ref()?;
            definition.flow()?.environment.image.clone()
        });
        let wizard = Wizard::provide(context, image);
        shell.inside.set(Some(Inside {
            mode: wizard.mode,
            is_touched: Callback::new(move |()| wizard.is_touched()),
        }));
        view! { <Frame open=shell.open on_cancel=shell.on_cancel /> }.into_any()
    }
}
