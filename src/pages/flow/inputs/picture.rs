//! An input that is a picture: chosen, dropped, pasted, or named by its address or its path in the flow folder.

use flowdeck_contract::{Exact, pictures::Picture};
use flowdeck_flow::MessageFormat;
use leptos::{ev::DragEvent, prelude::*};

use crate::{
    pages::{
        flow::{FlowContext, definition::use_definition},
        parts::{ChoosePicture, PictureRefused, PictureSource, PictureView},
    },
    ui::{Button, ButtonKind},
};

stylance::import_crate_style!(style, "src/pages/flow/inputs/picture.module.css");

/// The input's text, and what changes it.
#[derive(Clone)]
pub(super) struct PictureEdit {
    /// The id of its control.
    pub(super) id: String,
    pub(super) described_by: String,
    /// Its name.
    pub(super) what: String,
    pub(super) text: Memo<String>,
    pub(super) invalid: Signal<Option<&'static str>>,
    pub(super) edit: Callback<String>,
}

/// The picture that a text stands for; `None` when it's an address, a path, or something else.
fn picture_in(text: &str) -> Option<Picture> {
    let text = text.trim();
    if !text.starts_with('{') {
        return None;
    }
    Picture::of(&Exact::parse(text).ok()?)
}

/// What of a text can be typed over: an address or a path.
fn typed(text: &str) -> String {
    match picture_in(text) {
        Some(Picture::Elsewhere(address)) => address,
        Some(_) => String::new(),
        None => text.to_owned(),
    }
}

/// The field.
pub(super) fn picture_input(given: PictureEdit) -> impl IntoView {
    let PictureEdit {
        id,
        described_by,
        what,
        text,
        invalid,
        edit,
    } = given;
    let context = FlowContext::from_context();
    let definition = use_definition(context);
    let format = move || {
        definition.with_untracked(|known| {
            let flow = known.as_ref().and_then(|known| known.flow());
            flow.map_or(MessageFormat::Basic, |flow| flow.message_format)
        })
    };
    let source = PictureSource::new(context.flow(), move |picture| {
        edit.run(picture.written(format()).json().to_owned());
    });
    let picture = Memo::new(move |_| text.with(|text| picture_in(text)));
    let is_over = RwSignal::new(false);
    let over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let drop = move |event: DragEvent| {
        is_over.set(false);
        source.drop(&event);
    };
    let words = Signal::derive(move || match picture.with(Option::is_some) {
        true => "Choose another picture",
        false => "Choose a picture",
    });
    view! {
        <div
            class=style::root
            class=(style::over, is_over)
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
            on:paste=move |event| source.paste(&event)
        >
            {move || {
                let picture = picture.get()?;
                let (what, flow) = (what.clone(), context.flow());
                Some(view! { <PictureView picture=picture what=what flow=flow run=None /> })
            }}
            <div class=style::steps>
                <ChoosePicture source=source words=words />
                <Show when=move || picture.with(Option::is_some)>
                    <Button kind=ButtonKind::Quiet on_press=move |()| edit.run(String::new())>
                        "Remove"
                    </Button>
                </Show>
            </div>
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder="Or paste or drop it here, or enter its address"
                aria-describedby=described_by
                aria-invalid=invalid
                prop:value=move || text.with(|text| typed(text))
                on:input=move |event| edit.run(event_target_value(&event))
            />
            <PictureRefused source=source />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_typed_and_pictures_are_shown() {
        let name = format!("{}.png", "0123456789abcdef".repeat(4));
        let kept = format!(r#"{{"data:image/png;path": "{name}"}}"#);
        assert!(matches!(picture_in(&kept), Some(Picture::Kept(_))));
        assert_eq!(typed(&kept), "");
        let url = r#"{"data:image/*;url": "https://example.com/a.png"}"#;
        assert_eq!(typed(url), "https://example.com/a.png");
        for text in ["", "a.png", "https://example.com/a.png", "{", "{}"] {
            assert_eq!(picture_in(text), None);
            assert_eq!(typed(text), text);
        }
    }
}
