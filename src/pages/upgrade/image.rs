//! The step that decides about the runtime's image.

use leptos::prelude::*;

use super::{Choices, style};
use crate::{
    routes::UpgradeImage,
    ui::{Notice, NoticeKind},
};

/// Whether the flow's definition is to name the image of the runtime's environment.
#[component]
pub(super) fn ImageChoice(
    choices: Choices,
    #[prop(into)] on_choose: Callback<UpgradeImage>,
) -> impl IntoView {
    let content = match choices.image.get_value() {
        None => view! {
            <p>
                "No image is listed for this runtime, so environment.image stays unchanged. If it isn’t set, the session uses the default base image."
            </p>
        }
        .into_any(),
        Some(image) => view! {
            <Radios image=image choices=choices on_choose=on_choose />
        }
        .into_any(),
    };
    view! {
        <section class=style::step aria-labelledby="upgrade-image">
            <h2 id="upgrade-image">"Base image"</h2>
            {content}
        </section>
    }
}

#[component]
fn Radios(image: String, choices: Choices, on_choose: Callback<UpgradeImage>) -> impl IntoView {
    let takes = Memo::new(move |_| choices.takes_image());
    let unavailable = choices.images_unavailable.get_value().map(|_| {
        view! {
            <Notice kind=NoticeKind::Warning title="This server can’t run container images">
                <p>"The image is used on servers that run containers. Here the default runtime is used."</p>
            </Notice>
        }
    });
    view! {
        {unavailable}
        <fieldset class=style::radios>
            <legend class="visually-hidden">"Base image"</legend>
            <div class=style::radio>
                <input
                    id="upgrade-image-take"
                    type="radio"
                    name="upgrade-image"
                    aria-describedby="upgrade-image-take-detail"
                    prop:checked=takes
                    on:change=move |_| on_choose.run(UpgradeImage::Take)
                />
                <label for="upgrade-image-take">"Use the image of the runtime’s environment"</label>
                <p id="upgrade-image-take-detail" class=style::detail>
                    <code>{image}</code>
                    " is saved in environment.image. The session’s identity needs permission to pull it. In an Azure Container Registry, that’s AcrPull."
                </p>
            </div>
            <div class=style::radio>
                <input
                    id="upgrade-image-leave"
                    type="radio"
                    name="upgrade-image"
                    aria-describedby="upgrade-image-leave-detail"
                    prop:checked=move || !takes.get()
                    on:change=move |_| on_choose.run(UpgradeImage::LeaveOut)
                />
                <label for="upgrade-image-leave">"Continue without the image"</label>
                <p id="upgrade-image-leave-detail" class=style::detail>
                    "environment.image stays unchanged. If it isn’t set, the session uses the default base image."
                </p>
            </div>
        </fieldset>
    }
}
