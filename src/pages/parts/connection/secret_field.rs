//! A secret of a type: it can be replaced, not read.

use flowdeck_contract::connections::FieldSpec;
use leptos::prelude::*;

use super::{
    entries::Place,
    form::{Form, control_id, fault_id, help_id},
    style,
};
use crate::ui::{Button, ButtonKind};

#[component]
pub(super) fn SecretField(field: &'static FieldSpec) -> impl IntoView {
    let form = Form::from_context();
    let keeps = Memo::new(move |_| form.entries.with(|entries| entries.keeps(field.name)));
    move || match keeps.get() {
        true => view! { <Kept field=field /> }.into_any(),
        false => view! { <Typed field=field /> }.into_any(),
    }
}

#[component]
fn Kept(field: &'static FieldSpec) -> impl IntoView {
    let form = Form::from_context();
    let id = control_id(&Place::Field(field.name.to_owned()));
    let replace = move |()| {
        form.edit(|entries| {
            entries.secrets.insert(field.name.to_owned(), String::new());
        });
        focus_next_frame(control_id(&Place::Field(field.name.to_owned())));
    };
    view! {
        <div class=style::line>
            <output id=id>"Stored. It can’t be shown."</output>
            <Button label=format!("Replace {}", field.label) on_press=replace>
                "Replace"
            </Button>
        </div>
    }
}

#[component]
fn Typed(field: &'static FieldSpec) -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Field(field.name.to_owned());
    let fault = form.fault(place.clone());
    let has_stored = Memo::new(move |_| form.entries.with(|e| e.has_stored(field.name)));
    let value = move || {
        form.entries
            .with(|entries| entries.secrets.get(field.name).cloned())
            .unwrap_or_default()
    };
    let keep = move |()| {
        form.edit(|entries| {
            entries.secrets.remove(field.name);
        });
    };
    view! {
        <div class=style::line>
            <input
                id=control_id(&place)
                type="password"
                autocomplete="new-password"
                spellcheck="false"
                aria-required="true"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=format!("{} {}", help_id(&place), fault_id(&place))
                prop:value=value
                on:input=move |event| {
                    let value = event_target_value(&event);
                    form.edit(|entries| {
                        entries.secrets.insert(field.name.to_owned(), value);
                    });
                }
            />
            <Show when=move || has_stored.get()>
                <Button kind=ButtonKind::Quiet on_press=keep>
                    "Keep the stored value"
                </Button>
            </Show>
        </div>
    }
}

/// Gives a control the focus once it's there.
pub(super) fn focus_next_frame(id: String) {
    request_animation_frame(move || {
        let control = document().get_element_by_id(&id);
        let control = control.map(wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>);
        if let Some(Ok(control)) = control {
            // Focusing an element that is shown cannot fail.
            let _ = control.focus();
        }
    });
}
