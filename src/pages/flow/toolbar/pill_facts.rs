//! What the pill says of a session that runs: its size, and when it stops or why it does not.

use flowdeck_contract::session::{SessionState, SessionView};
use leptos::prelude::*;

use crate::{
    pages::flow::{
        FlowContext,
        session::{End, end, not_used, slow_start},
    },
    ui::{Clock, time},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/pill_facts.module.css");

/// What the names of most sizes begin with.
const COMMON: &str = "Standard_";

fn size(session: &SessionView) -> Option<String> {
    let name = &session.size.as_ref()?.name;
    Some(name.strip_prefix(COMMON).unwrap_or(name).to_owned())
}

/// What the person should know of it before anything else.
fn concern(session: &SessionView, slow: bool) -> Option<&'static str> {
    match session.state {
        SessionState::Starting if slow => Some("slower than usual"),
        SessionState::Available if session.out_of_date.is_some() => Some("out of date"),
        SessionState::Available if not_used(session).is_some() => Some("image not used"),
        _ => None,
    }
}

/// The words; the pill cuts them where they do not fit, and the drawer has them whole.
#[component]
pub(crate) fn PillFacts() -> impl IntoView {
    let context = FlowContext::from_context();
    let session = context.live.session;
    let clock = Clock::from_context();
    let slow = slow_start(context);
    let concern = Memo::new(move |_| {
        let slow = slow.with(Option::is_some);
        session.with(|session| concern(session.as_ref()?, slow))
    });
    let runs = Memo::new(move |_| {
        session.with(|session| Some(session.as_ref()?.state == SessionState::Available))
    });
    let size = Memo::new(move |_| {
        let size = session.with(|session| size(session.as_ref()?));
        size.filter(|_| runs.get() == Some(true))
    });
    let end = Memo::new(move |_| session.with(|session| session.as_ref().map(end)));
    let words = Memo::new(move |_| {
        if runs.get() != Some(true) {
            return None;
        }
        let end = match end.get()? {
            End::At { end, .. } => format!("stops in {}", time::rough(clock.until(end))),
            End::Paused(_) => "in use".to_owned(),
            End::Never => "no idle shutdown".to_owned(),
        };
        Some(format!(" · {end}"))
    });
    view! {
        {move || concern.get().map(|concern| view! { " · " <b class=style::concern>{concern}</b> })}
        {move || size.get().map(|size| view! { <span class=style::size>" · " {size}</span> })}
        {words}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::session::VmSize;

    #[test]
    fn what_is_slow_or_out_of_date_is_told_in_words() {
        let session = |state, out_of_date: Option<&str>| SessionView {
            state,
            out_of_date: out_of_date.map(str::to_owned),
            ..SessionView::default()
        };
        let starting = session(SessionState::Starting, None);
        assert_eq!(concern(&starting, true), Some("slower than usual"));
        assert_eq!(concern(&starting, false), None);
        let changed = session(SessionState::Available, Some("requirements.txt changed."));
        assert_eq!(concern(&changed, false), Some("out of date"));
        assert_eq!(concern(&session(SessionState::Available, None), true), None);
    }

    #[test]
    fn a_size_is_told_without_what_all_names_begin_with() {
        let of = |name: &str| {
            let session = SessionView {
                size: Some(VmSize {
                    name: name.into(),
                    v_cpus: 1,
                    memory_mb: 1024,
                }),
                ..SessionView::default()
            };
            size(&session)
        };
        assert_eq!(of("Standard_D1").as_deref(), Some("D1"));
        assert_eq!(of("Huge").as_deref(), Some("Huge"));
        assert_eq!(size(&SessionView::default()), None);
    }
}
