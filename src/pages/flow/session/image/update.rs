//! Says that the tag of the session's image has moved, and offers the image that it stands for now.

use flowdeck_contract::{capability::Action, session::SessionImage};
use leptos::prelude::*;

use super::short;
use crate::{
    pages::flow::{FlowContext, actions::Actions, dialogs::Dialogs},
    ui::{Button, Notice, NoticeKind, Status, local_time},
};

#[component]
pub(super) fn UpdateNotice() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let actions = Actions::from_context();
    let dialogs = Dialogs::from_context();
    let update = Memo::new(move |_| {
        session.with(|session| {
            let session = session.as_ref()?;
            Some((
                session.image.clone()?,
                session.image_update.as_ref()?.read()?,
            ))
        })
    });
    let status = Status::from_context();
    Effect::new(move |_| {
        if let Some((image, _)) = update.get() {
            status.announce(title(&image));
        }
    });
    let reset = Signal::derive(move || actions.state(Action::Reset));
    let ask = move |()| {
        dialogs.takes_image.set(true);
        dialogs.reset.set(true);
    };
    move || {
        update.get().map(|(image, update)| {
            view! {
                <Notice kind=NoticeKind::Warning title=title(&image)>
                    <p>
                        "The new image is " <code title=update.digest.clone()>{short(&update.digest)}</code>
                        {format!(" (found {}). ", local_time(update.noticed.0))}
                        "The session keeps its own image until you reset it with the new one."
                    </p>
                    <div>
                        <Button state=reset on_press=ask>
                            "Reset with the new image"
                        </Button>
                    </div>
                </Notice>
            }
        })
    }
}

fn title(image: &SessionImage) -> String {
    format!("{} now points to another image.", image.reference)
}
