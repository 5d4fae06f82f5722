//! Says that the session was made from something other than what the flow names now.

use flowdeck_contract::capability::Action;
use leptos::prelude::*;

use super::style;
use crate::{
    pages::flow::{Dialogs, FlowContext, actions::Actions},
    ui::{Button, Notice, NoticeKind},
};

#[component]
pub(super) fn OutOfDate() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let actions = Actions::from_context();
    let dialogs = Dialogs::from_context();
    let reason = Memo::new(move |_| session.with(|session| session.as_ref()?.out_of_date.clone()));
    let install = Signal::derive(move || actions.state(Action::Install));
    let reset = Signal::derive(move || actions.state(Action::Reset));
    move || {
        reason.get().map(|reason| {
            view! {
                <Notice kind=NoticeKind::Warning title=reason>
                    <div class=style::actions>
                        <Button state=install on_press=move |()| dialogs.plan.set(true)>
                            "Install"
                        </Button>
                        <Button state=reset on_press=move |()| dialogs.reset.set(true)>
                            "Reset compute session"
                        </Button>
                    </div>
                </Notice>
            }
        })
    }
}
