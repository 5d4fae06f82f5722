//! What the pill says of a session that runs: its size, and when it stops or why it does not.

use flowdeck_contract::session::SessionView;
use leptos::prelude::*;

use crate::{
    pages::flow::{
        FlowContext,
        session::{End, end},
    },
    ui::{Clock, time},
};

/// What the names of most sizes begin with.
const COMMON: &str = "Standard_";

fn size(session: &SessionView) -> Option<String> {
    let name = &session.size.as_ref()?.name;
    Some(name.strip_prefix(COMMON).unwrap_or(name).to_owned())
}

/// The words; the pill cuts them where they do not fit, and the drawer has them whole.
#[component]
pub(crate) fn PillFacts() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let clock = Clock::from_context();
    let size = Memo::new(move |_| session.with(|session| size(session.as_ref()?)));
    let end = Memo::new(move |_| session.with(|session| session.as_ref().map(end)));
    let words = Memo::new(move |_| {
        let end = match end.get()? {
            End::At { end, .. } => format!("stops in {}", time::rough(clock.until(end))),
            End::Paused(_) => "in use".to_owned(),
            End::Never => "no idle shutdown".to_owned(),
        };
        let words: Vec<String> = size.get().into_iter().chain([end]).collect();
        Some(format!(" · {}", words.join(" · ")))
    });
    move || words.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::session::SessionSize;

    #[test]
    fn a_size_is_told_without_what_all_names_begin_with() {
        let of = |name: &str| {
            let session = SessionView {
                size: Some(SessionSize {
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
