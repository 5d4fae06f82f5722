//! The image that the selected run ran on. Nothing where the engine has no images.

use leptos::prelude::*;

use crate::{
    lazy::{Lazy, RUN_IMAGE},
    pages::flow::{selection::Selection, session::image::ImageLine},
};

/// The run's image, when it has one.
#[component]
pub(super) fn ImageOfRun() -> impl IntoView {
    let run = Selection::from_context().run;
    let has_image =
        Memo::new(move |_| run.with(|run| run.as_ref().is_some_and(|run| run.image.is_some())));
    view! {
        <Show when=move || has_image.get()>
            <Lazy part=RUN_IMAGE />
        </Show>
    }
}

/// What is known of it.
#[component]
pub(crate) fn RunImage() -> impl IntoView {
    let run = Selection::from_context().run;
    let image = Memo::new(move |_| run.with(|run| run.as_ref()?.image.clone()));
    move || image.get().map(|image| view! { <ImageLine image=image /> })
}
