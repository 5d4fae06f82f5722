//! An input with a text that is too long to be shown whole: how much is shown, and what there is to say of the rest.

use leptos::prelude::*;

use super::{field::Field, form::InputForm};
use crate::ui::{Button, ButtonKind};

stylance::import_crate_style!(style, "src/pages/flow/inputs/long.module.css");

/// More than this is shown by its beginning: a browser takes seconds to lay out what nobody reads.
pub(super) const SHOWN_AT_FIRST: usize = 5000;

/// The beginning of a text that is too long to be shown whole; `None` when it is not.
pub(super) fn beginning(text: &str) -> Option<&str> {
    let (end, _) = text.char_indices().nth(SHOWN_AT_FIRST)?;
    text.get(..end)
}

/// An input's text and how much of it is shown.
#[derive(Clone, Copy)]
pub(super) struct LongText {
    field: StoredValue<Field>,
    text: Memo<String>,
    edit: Callback<String>,
    whole: RwSignal<bool>,
    /// Whether only the beginning is shown.
    pub(super) cut: Memo<bool>,
}

impl LongText {
    /// Over the text of `field`, which `edit` changes.
    pub(super) fn new(
        field: StoredValue<Field>,
        text: Memo<String>,
        edit: Callback<String>,
    ) -> Self {
        let form = InputForm::from_context();
        let whole = RwSignal::new(false);
        let cut = Memo::new(move |_| {
            field.with_value(|field| form.has_long_default(field))
                || !whole.get() && text.with(|text| beginning(text).is_some())
        });
        Self {
            field,
            text,
            edit,
            whole,
            cut,
        }
    }
}

/// What is left out of a long input, and the button that lets it be edited.
pub(super) fn long_input(long: LongText) -> impl IntoView {
    let form = InputForm::from_context();
    let LongText {
        field,
        text,
        edit,
        whole,
        ..
    } = long;
    move || {
        if field.with_value(|field| form.has_long_default(field)) {
            let bytes = field.with_value(|field| field.long_default()?.bytes);
            let press = move |()| {
                whole.set(true);
                edit.run(String::new());
            };
            return view! {
                <p class=style::help>
                    {left_out(bytes)} " "
                    <Button kind=ButtonKind::Quiet on_press=press>
                        "Enter another value"
                    </Button>
                </p>
            };
        }
        let count = text.with(|text| text.chars().count());
        let note = format!(
            "Only the first {SHOWN_AT_FIRST} of {count} characters are shown. Runs use all of them."
        );
        view! {
            <p class=style::help>
                {note} " "
                <Button kind=ButtonKind::Quiet on_press=move |()| whole.set(true)>
                    "Edit the whole text"
                </Button>
            </p>
        }
    }
}

fn left_out(bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) => format!(
            "Only the beginning of the default is shown. The whole default has {bytes} bytes. Runs use all of it."
        ),
        None => "Only the beginning of the default is shown. Runs use all of it.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{SHOWN_AT_FIRST, beginning};

    #[test]
    fn a_long_text_is_shown_by_its_beginning_and_never_cut_within_a_character() {
        assert_eq!(beginning(""), None);
        assert_eq!(beginning(&"é".repeat(SHOWN_AT_FIRST)), None);
        let long = "é".repeat(SHOWN_AT_FIRST * 40);
        assert_eq!(
            beginning(&long).map(|text| text.chars().count()),
            Some(SHOWN_AT_FIRST)
        );
    }
}
