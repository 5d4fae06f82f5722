//! When and why the last session ended, and starting another like it.

use flowdeck_contract::{capability::Action, session::SessionState};
use leptos::prelude::*;

use crate::{
    pages::flow::{FlowContext, actions::Actions, announced::end_sentence},
    ui::{Button, Notice, NoticeKind},
};

#[component]
pub(super) fn Ended() -> impl IntoView {
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
    let none = Memo::new(move |_| {
        let state = context
            .live
            .session
            .with(|session| session.as_ref().map(|it| it.state));
        state == Some(SessionState::NotExist)
    });
    let title = Memo::new(move |_| {
        let life = context.live.life;
        life.with(|life| end_sentence(life.as_ref()?))
            .filter(|_| none.get())
    });
    let state = Signal::derive(move || actions.state(Action::Start));
    move || {
        title.get().map(|title| {
            view! {
                <Notice kind=NoticeKind::Info title=title>
                    <div>
                        <Button state=state on_press=move |()| actions.start_again()>
                            "Start again"
                        </Button>
                    </div>
                </Notice>
            }
        })
    }
}
