//! The step Base image.

use leptos::prelude::*;

use super::{
    entries::{Entries, Field},
    model::Wizard,
    parts::{Control, FaultText, Radio, style},
};
use crate::ui::{Notice, NoticeKind};

#[component]
pub(super) fn ImageStep() -> impl IntoView {
    let wizard = Wizard::from_context();
    let is_custom = Memo::new(move |_| wizard.entries.with(|entries| entries.custom_image));
    let unavailable = Memo::new(move |_| wizard.options.get()?.images_unavailable);
    let choose = move |custom| move |()| wizard.edit(|entries| entries.custom_image = custom);
    let notice = move || {
        let reason = unavailable.get().filter(|_| is_custom.get())?;
        Some(view! { <Notice kind=NoticeKind::Warning title=reason /> })
    };
    view! {
        <fieldset class=style::group>
            <legend class=style::legend>"Base image"</legend>
            <Radio
                group="advanced-image"
                label="Default base image"
                detail="The prompt flow runtime that comes with this server."
                checked=Signal::derive(move || !is_custom.get())
                on_choose=choose(false)
            />
            <Radio
                group="advanced-image"
                label="Custom base image"
                detail="Your own image, built from the prompt flow runtime image."
                checked=is_custom
                on_choose=choose(true)
            />
        </fieldset>
        <div aria-live="polite">{notice}</div>
        <Show when=move || is_custom.get()>
            <div class=style::split>
                <TextField
                    field=Field::ImageUrl
                    label="Image URL"
                    example="registry.example.com/team/runtime"
                    get=|entries| entries.image_url.clone()
                    set=|entries, text| entries.image_url = text
                />
                <TextField
                    field=Field::ImageTag
                    label="Image tag"
                    example="latest, or sha256:…"
                    get=|entries| entries.image_tag.clone()
                    set=|entries, text| entries.image_tag = text
                />
            </div>
        </Show>
        <p class=style::help>
            "Applying your choice saves it as " <code>"environment.image"</code>
            " in the flow’s definition file. The review shows the lines that change."
        </p>
    }
}

#[component]
fn TextField(
    field: Field,
    label: &'static str,
    example: &'static str,
    get: fn(&Entries) -> String,
    set: fn(&mut Entries, String),
) -> impl IntoView {
    let wizard = Wizard::from_context();
    let control = Control::new(field);
    view! {
        <div class=style::field>
            <label for=control.id() class=style::label>
                {label}
            </label>
            <input
                id=control.id()
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=example
                aria-invalid=move || control.invalid()
                aria-describedby=control.fault_id()
                prop:value=move || wizard.entries.with(get)
                on:input=move |event| {
                    let text = event_target_value(&event);
                    wizard.edit(|entries| set(entries, text));
                }
            />
            <FaultText control=control />
        </div>
    }
}
