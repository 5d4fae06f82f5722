//! The form itself.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    changed::RefusedNotice,
    entries::Place,
    fields::{Fault, Fields},
    form::{Form, Saved, Start, control_id, fault_id, help_id},
    limit::LimitField,
    outcome::LastTest,
    row_fields::RowFields,
    style,
    type_field::TypeField,
};
use crate::{
    pages::parts::form_style,
    ui::{Button, ButtonKind},
};

/// The form of a connection.
#[component]
pub(crate) fn ConnectionForm(
    /// What it begins with.
    start: Start,
    /// Told what was stored.
    #[prop(into)]
    on_saved: Callback<Saved>,
    /// What leaves it.
    #[prop(optional, into)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let form = Form::provide(start, on_saved);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.save();
    };
    let test = move || match form.has_changes() {
        true => "Save and test",
        false => "Test connection",
    };
    view! {
        <form class=style::form novalidate=true on:submit=submit>
            <NameField />
            <TypeField />
            <Fields />
            <RowFields />
            <LimitField />
            <RefusedNotice />
            <LastTest />
            <div class=style::line>
                <Button
                    kind=ButtonKind::Primary
                    state=Signal::derive(move || form.save_state())
                    on_press=move |()| form.save()
                >
                    "Save"
                </Button>
                <Button
                    state=Signal::derive(move || form.test_state())
                    on_press=move |()| form.test()
                >
                    {test}
                </Button>
                {on_cancel
                    .map(|cancel| {
                        view! { <Button kind=ButtonKind::Quiet on_press=cancel>"Cancel"</Button> }
                    })}
            </div>
            // Enter in a field saves, as in every form.
            <button type="submit" hidden tabindex="-1"></button>
        </form>
    }
}

#[component]
fn NameField() -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Name;
    let fault = form.fault(place.clone());
    let is_fixed = Memo::new(move |_| form.is_named || form.known.with(Option::is_some));
    let help = move || match (form.known.with(Option::is_some), is_fixed.get()) {
        (true, _) => "To give it another name, select Rename on the Connections page.",
        (false, true) => "The flow uses this name.",
        (false, false) => "Nodes find the connection by this name. Upper and lower case matter.",
    };
    view! {
        <div class=form_style::field>
            <label for=control_id(&place) class=form_style::label>
                "Name"
                <span class=style::optional>" (required)"</span>
            </label>
            <input
                id=control_id(&place)
                type="text"
                autocomplete="off"
                spellcheck="false"
                aria-required="true"
                readonly=move || is_fixed.get()
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=format!("{} {}", help_id(&place), fault_id(&place))
                prop:value=move || form.entries.with(|entries| entries.name.clone())
                on:input=move |event| {
                    let name = event_target_value(&event);
                    form.edit(|entries| entries.name = name);
                }
            />
            <p id=help_id(&place) class=form_style::help>{help}</p>
            <Fault place=place />
        </div>
    }
}
