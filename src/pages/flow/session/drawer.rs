//! Everything about the session that need not be in view while one works: a drawer, which the pill in the page's head
//! opens, and which opens by itself when the session or an install fails.

use flowdeck_contract::{
    Millis,
    session::{PhaseState, SessionState, SessionView},
};
use leptos::prelude::*;

use super::SessionPanel;
use crate::{
    lazy::{Lazy, SESSION_DRAWER},
    nav::Step,
    pages::flow::FlowContext,
    routes::FlowView,
    ui::{Drawer, DrawerState},
};

/// The id of the button that opens it.
pub(crate) const SESSION_DETAILS: &str = "session-details";

/// How the drawer stands, for all parts of the page.
#[derive(Clone, Copy)]
pub(crate) struct SessionDrawerState(pub(crate) RwSignal<DrawerState>);

/// What failed, by when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    Session(Option<Millis>),
    Install(Millis),
}

fn failed(session: &SessionView) -> Option<Failed> {
    if session.state == SessionState::Failed {
        return Some(Failed::Session(session.started));
    }
    let install = session.install.as_ref()?;
    (install.state == PhaseState::Failed).then_some(Failed::Install(install.started))
}

/// Raw file mode shows an install beside the file that asks for it.
fn told_elsewhere(context: FlowContext, failed: Option<Failed>) -> bool {
    let raw = context.view.with_untracked(|view| view.raw);
    raw && matches!(failed, Some(Failed::Install(_)))
}

/// How the drawer stands after news of the session; `before` is `None` where these are the first.
fn after(drawer: DrawerState, before: Option<Option<Failed>>, now: Option<Failed>) -> DrawerState {
    match (drawer, now) {
        // It was over before the page was opened, and the session runs.
        (DrawerState::Closed, Some(Failed::Install(_))) if before.is_none() => DrawerState::Closed,
        (DrawerState::Closed, Some(_)) if before != Some(now) => DrawerState::ByItself,
        (DrawerState::ByItself, None) => DrawerState::Closed,
        (drawer, _) => drawer,
    }
}

fn asked(details: bool) -> DrawerState {
    if details {
        DrawerState::Asked
    } else {
        DrawerState::Closed
    }
}

/// A drawer that the person opened is in the address, so that a reload keeps it and a link opens it; one that opened by
/// itself is not.
fn follow_address(context: FlowContext, state: RwSignal<DrawerState>) {
    let in_address = Memo::new(move |_| context.view.with(|view| view.details));
    Effect::new(move |_| {
        let details = in_address.get();
        let is_asked = state.get_untracked() == DrawerState::Asked;
        if details != is_asked {
            state.set(asked(details));
        }
    });
    Effect::new(move |known: Option<bool>| {
        let details = state.get() == DrawerState::Asked;
        let view = context.view.get_untracked();
        if known.is_some() && view.details != details {
            context.show(FlowView { details, ..view }, Step::Replace);
        }
        details
    });
}

impl SessionDrawerState {
    /// Makes it available below, and lets it follow the session.
    pub(crate) fn provide(context: FlowContext) {
        let state = RwSignal::new(asked(context.view.with_untracked(|view| view.details)));
        provide_context(Self(state));
        follow_address(context, state);
        let session = context.live.session;
        let told = Memo::new(move |_| session.with(|session| session.as_ref().map(failed)));
        Effect::new(move |before: Option<Option<Option<Failed>>>| {
            let now = told.get();
            if let Some(now) = now.filter(|now| !told_elsewhere(context, *now)) {
                let next = after(state.get_untracked(), before.flatten(), now);
                if next != state.get_untracked() {
                    state.set(next);
                }
            }
            now.or(before.flatten())
        });
    }

    /// The one in the context.
    pub(crate) fn from_context() -> Self {
        expect_context::<Self>()
    }
}

/// The drawer, whose code loads when it first opens.
#[component]
pub(crate) fn SessionDrawer() -> impl IntoView {
    let SessionDrawerState(state) = SessionDrawerState::from_context();
    // Once made it stays, so that it opens at once from then on.
    let was_open = Memo::new(move |was: Option<&bool>| {
        was == Some(&true) || state.get() != DrawerState::Closed
    });
    view! {
        <Show when=move || was_open.get()>
            <Lazy part=SESSION_DRAWER />
        </Show>
    }
}

/// The drawer itself.
#[component]
pub(crate) fn SessionDrawerPanel() -> impl IntoView {
    let SessionDrawerState(state) = SessionDrawerState::from_context();
    view! {
        <Drawer state=state title="Compute session" opener=SESSION_DETAILS>
            <SessionPanel />
        </Drawer>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Option<Failed> = Some(Failed::Install(Millis(1)));
    const SECOND: Option<Failed> = Some(Failed::Install(Millis(2)));
    const SESSION: Option<Failed> = Some(Failed::Session(None));

    #[test]
    fn only_a_failure_opens_it_and_its_end_closes_what_it_opened() {
        use DrawerState::{Asked, ByItself, Closed};
        assert_eq!(after(Closed, Some(None), None), Closed);
        assert_eq!(after(Closed, Some(None), FIRST), ByItself);
        assert_eq!(after(ByItself, Some(FIRST), None), Closed);
        assert_eq!(after(Asked, Some(FIRST), None), Asked);
    }

    #[test]
    fn a_failure_that_the_person_closed_stays_closed_until_there_is_another() {
        use DrawerState::{ByItself, Closed};
        assert_eq!(after(Closed, Some(FIRST), FIRST), Closed);
        assert_eq!(after(Closed, Some(FIRST), SECOND), ByItself);
    }

    #[test]
    fn a_page_that_is_opened_on_a_failed_session_says_why() {
        use DrawerState::{ByItself, Closed};
        assert_eq!(after(Closed, None, SESSION), ByItself);
        assert_eq!(after(Closed, None, FIRST), Closed, "the session runs");
    }
}
