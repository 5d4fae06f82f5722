//! Stops a compute session, after saying what is lost with it.

use flowdeck_contract::{
    capability::Action, help::HelpTopic, ids::SessionId, session::SessionState,
    sessions::SessionSummary,
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::JsCast;

use super::{
    facts::{flow_with_packages, losses, name, what_goes},
    style,
    watched::Watched,
};
use crate::{
    api::Api,
    pages::parts::{ByHand, tell_failure},
    ui::{Button, ButtonKind, ButtonState, Dialog, DialogKind, Status},
};

/// Stopping sessions, from whichever part of the page. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Ending {
    watched: Watched,
    /// The session that the person is asked about.
    asked: RwSignal<Option<SessionId>>,
    /// The sessions whose end was asked for on this page.
    ending: RwSignal<Vec<SessionId>>,
    api: Api,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Ending {
    /// Makes it available below.
    pub(super) fn provide(watched: Watched) {
        let ending = Self {
            watched,
            asked: RwSignal::new(None),
            ending: RwSignal::new(Vec::new()),
            api: Api::from_context(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        provide_context(ending);
        ending.tell_ends();
    }

    /// Says of each session that was stopped here when it is gone, and keeps the focus on the page.
    fn tell_ends(self) {
        let status = self.status;
        let ids = self.watched.ids();
        Effect::new(move |_| {
            let there = ids.get();
            let gone: Vec<SessionId> = self.ending.with_untracked(|ending| {
                let gone = ending.iter().filter(|one| !there.contains(one));
                gone.cloned().collect()
            });
            if gone.is_empty() {
                return;
            }
            self.ending
                .update(|ending| ending.retain(|one| there.contains(one)));
            for session in gone {
                status.announce(format!("The compute session {session} has ended."));
            }
            request_animation_frame(focus_heading_if_lost);
        });
    }

    /// Whether its end can be asked for now.
    fn state(&self, session: &SessionSummary) -> ButtonState {
        let asked = self.ending.with(|ending| ending.contains(&session.session));
        if asked && session.state != SessionState::Stopping {
            return ButtonState::Busy;
        }
        ButtonState::unless(Action::Stop.refusal(session.state))
    }

    fn end(&self, session: SessionId) {
        let Self {
            ending,
            api,
            status,
            owner,
            ..
        } = *self;
        ending.update(|ending| ending.push(session.clone()));
        owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                match api.end_session(&session).await {
                    Ok(()) => status.announce(format!("Stopping the compute session {session}.")),
                    Err(error) => {
                        ending.update(|ending| ending.retain(|one| *one != session));
                        tell_failure(status, "Couldn’t stop the compute session", &error);
                    }
                }
            });
        });
    }
}

/// What had the focus may have gone with the session: the page's heading takes it then.
fn focus_heading_if_lost() {
    let active = document().active_element();
    let is_lost = active.is_none_or(|element| element.tag_name() == "BODY");
    let heading = document().query_selector("h1").ok().flatten();
    if let Some(heading) = heading.filter(|_| is_lost)
        && let Ok(heading) = heading.dyn_into::<web_sys::HtmlElement>()
    {
        // Focusing an element that is shown cannot fail.
        let _ = heading.focus();
    }
}

/// Asks whether the session is to be stopped; one that has failed is only removed.
#[component]
pub(super) fn EndButton(session: SessionId, one: Memo<Option<SessionSummary>>) -> impl IntoView {
    let ending = expect_context::<Ending>();
    let state = Signal::derive(move || {
        one.with(|one| {
            one.as_ref()
                .map_or(ButtonState::Busy, |one| ending.state(one))
        })
    });
    let word = Memo::new(move |_| one.with(|one| one.as_ref().map_or("Stop", word)));
    let label = Signal::derive(move || {
        let name = one.with(|one| one.as_ref().map(name));
        name.map(|name| format!("{} compute session of {name}", word.get()))
    });
    view! {
        <Button
            state=state
            label=label
            on_press=move |()| ending.asked.set(Some(session.clone()))
        >
            {word}
        </Button>
    }
}

fn word(session: &SessionSummary) -> &'static str {
    match session.state {
        SessionState::Failed => "Remove",
        _ => "Stop",
    }
}

/// Asks before a session is stopped. Belongs into the page once.
#[component]
pub(super) fn EndDialog() -> impl IntoView {
    let ending = expect_context::<Ending>();
    let asked = ending.asked;
    let open = RwSignal::new(false);
    // What it asks about, as it is now; gone once the session is.
    let one = Memo::new(move |_| ending.watched.find(&asked.get()?));
    Effect::new(move |_| open.set(one.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() {
            asked.set(None);
        }
    });
    let word = Memo::new(move |_| one.with(|one| one.as_ref().map_or("Stop", word)));
    let title = Signal::derive(move || format!("{} compute session?", word.get()));
    let subject = move || {
        one.with(|one| {
            let one = one.as_ref()?;
            Some(match &one.flow {
                Some(flow) => format!("Compute session of the flow {flow}."),
                None => format!("Compute session {}, which has no flow.", one.session),
            })
        })
    };
    let lost = move || {
        let lost = one.with(|one| one.as_ref().map(losses)).unwrap_or_default();
        lost.into_iter()
            .map(|loss| view! { <p>{loss}</p> })
            .collect_view()
    };
    let told = Memo::new(move |_| one.with(|one| flow_with_packages(one.as_ref()?).cloned()));
    let by_hand = move || told.get().map(|flow| view! { <ByHand flow=flow /> });
    let goes = move || one.with(|one| one.as_ref().map(what_goes));
    let state = Signal::derive(move || {
        one.with(|one| {
            one.as_ref()
                .map_or(ButtonState::Busy, |one| ending.state(one))
        })
    });
    let confirm = move |()| {
        if let Some(session) = asked.get_untracked() {
            open.set(false);
            ending.end(session);
        }
    };
    view! {
        <Dialog open=open title=title kind=DialogKind::Confirm help=HelpTopic::Sessions.address()>
            <p class=style::subject>{subject}</p>
            {lost}
            {by_hand}
            <p>{goes}</p>
            <div class=style::answers>
                <Button first_focus=true on_press=move |()| open.set(false)>
                    "Cancel"
                </Button>
                <Button kind=ButtonKind::Danger state=state on_press=confirm>
                    {word}
                </Button>
            </div>
        </Dialog>
    }
}
