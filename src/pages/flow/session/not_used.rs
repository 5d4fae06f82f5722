//! Says that the image that the flow names isn't used, where the server can't run container images.

use flowdeck_contract::session::{SessionState, SessionView};
use leptos::prelude::*;

use crate::{
    pages::flow::FlowContext,
    ui::{Notice, NoticeKind},
};

#[component]
pub(super) fn ImageNotUsed() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let image = Memo::new(move |_| session.with(|session| not_used(session.as_ref()?)));
    move || {
        image.get().map(|image| {
            let title = format!("This session doesn’t use {image}");
            view! {
                <Notice kind=NoticeKind::Warning title=title>
                    <p>
                        "This server can’t run container images. The session uses the built-in prompt flow runtime. The image stays in flow.dag.yaml for servers that can run it."
                    </p>
                </Notice>
            }
        })
    }
}

/// The image that a running session was requested with and does not have.
pub(crate) fn not_used(session: &SessionView) -> Option<String> {
    let runs = session.state == SessionState::Available && session.image.is_none();
    session.settings.base_image.clone().filter(|_| runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{session::SessionImage, settings::SessionSettings};

    #[test]
    fn an_image_is_not_used_when_a_session_runs_without_it() {
        let running = SessionView {
            state: SessionState::Available,
            settings: SessionSettings {
                base_image: Some("a:1".into()),
                ..SessionSettings::default()
            },
            ..SessionView::default()
        };
        assert_eq!(not_used(&running).as_deref(), Some("a:1"));
        let used = SessionView {
            image: Some(SessionImage {
                reference: "a:1".into(),
                digest: "sha256:0".into(),
                is_local: false,
            }),
            ..running.clone()
        };
        assert_eq!(not_used(&used), None);
        let starting = SessionView {
            state: SessionState::Starting,
            ..running
        };
        assert_eq!(not_used(&starting), None);
        assert_eq!(not_used(&SessionView::default()), None);
    }
}
