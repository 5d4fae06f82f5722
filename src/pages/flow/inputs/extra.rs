//! What an input shows beyond a plain control, loaded when it's first needed.

use leptos::prelude::*;

use super::{
    json_place::json_place,
    long::{LongText, long_input},
    picture::{PictureEdit, picture_input},
};

/// What the field around shows beside its control, or in its place.
#[derive(Clone)]
pub(super) enum FieldExtra {
    /// Where this text of a list or an object stops being JSON.
    JsonPlace(Memo<String>),
    /// The rest of a long text.
    Rest(LongText),
    /// A picture.
    Picture(PictureEdit),
}

/// It.
#[component]
pub fn Extra() -> impl IntoView {
    match expect_context() {
        FieldExtra::JsonPlace(text) => json_place(text).into_any(),
        FieldExtra::Rest(long) => long_input(long).into_any(),
        FieldExtra::Picture(given) => picture_input(given).into_any(),
    }
}
