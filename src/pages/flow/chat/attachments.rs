//! The pictures of the next question.

use flowdeck_contract::pictures::Picture;
use leptos::{ev::SubmitEvent, prelude::*};

use super::{style, talk::Talk};
use crate::{
    pages::parts::{
        ChoosePicture, LineField, PictureRefused, PictureSource, PictureView, form_style,
    },
    ui::{Button, ButtonKind, Fold},
};

/// The pictures that are attached, each with its way out.
#[component]
pub(super) fn Attached() -> impl IntoView {
    let talk = Talk::from_context();
    let flow = talk.context.flow();
    move || {
        let pictures = talk.pictures.get();
        if pictures.is_empty() {
            return None;
        }
        let items = pictures.into_iter().enumerate().map(|(at, picture)| {
            let (what, flow) = (format!("Picture {} of your question", at + 1), flow.clone());
            let remove = move |()| {
                talk.attach(|pictures| {
                    if at < pictures.len() {
                        pictures.remove(at);
                    }
                });
            };
            view! {
                <li class=style::attached>
                    <PictureView picture=picture what=what flow=flow run=None />
                    <Button
                        kind=ButtonKind::Quiet
                        label=format!("Remove picture {}", at + 1)
                        on_press=remove
                    >
                        "Remove"
                    </Button>
                </li>
            }
        });
        Some(view! { <ul class=style::attachments>{items.collect_view()}</ul> })
    }
}

/// What attaches a picture: by file or address. Where the flow takes none, it says so.
#[component]
pub(super) fn Attach(source: PictureSource) -> impl IntoView {
    let talk = Talk::from_context();
    let takes = Memo::new(move |_| talk.takes_pictures());
    view! {
        <PictureRefused source=source />
        <p class=form_style::fault role="alert">
            {move || talk.no_pictures.get()}
        </p>
        <Show when=move || takes.get()>
            <Fold summary="Attach a picture">
                <p class=form_style::help>"Choose a file or enter an address. You can also paste or drop a picture into the message."</p>
                <div class=style::steps>
                    <ChoosePicture source=source words="Choose pictures" several=true />
                </div>
                <ByAddress />
            </Fold>
        </Show>
    }
}

#[component]
fn ByAddress() -> impl IntoView {
    let talk = Talk::from_context();
    let address = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<&'static str>);
    let add = move || {
        let typed = address.get_untracked().trim().to_owned();
        if !typed.starts_with("https://") && !typed.starts_with("http://") {
            return fault.set(Some(
                "Enter an address that begins with https:// or http://.",
            ));
        }
        talk.attach(|pictures| pictures.push(Picture::Elsewhere(typed)));
        address.set(String::new());
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        add();
    };
    view! {
        <form class=style::by_address on:submit=submit>
            <label for="chat-picture-address">"Address"</label>
            <LineField
                id="chat-picture-address"
                about="chat-picture-fault"
                text=address
                fault=fault
                input_mode="url"
            />
            <Button on_press=move |()| add()>"Add"</Button>
            <p id="chat-picture-fault" class=form_style::fault>
                {fault}
            </p>
        </form>
    }
}
