//! What the steps are made of.

use leptos::prelude::*;

use super::{entries::Field, model::Wizard};
pub(super) use crate::pages::parts::form_style as style;
use crate::ui::{breakable, unique_id};

/// A control and what belongs to it, for assistive technology.
#[derive(Clone, Copy)]
pub(super) struct Control {
    field: Field,
    fault: Memo<Option<String>>,
}

impl Control {
    pub(super) fn new(field: Field) -> Self {
        Self {
            field,
            fault: Wizard::from_context().fault(field),
        }
    }

    pub(super) fn id(&self) -> &'static str {
        self.field.id()
    }

    /// The id of [`FaultText`], for `aria-describedby`.
    pub(super) fn fault_id(&self) -> String {
        format!("{}-fault", self.id())
    }

    /// For `aria-invalid`.
    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.fault.with(Option::is_some).then_some("true")
    }
}

/// What is wrong with a control, below it.
#[component]
pub(super) fn FaultText(control: Control) -> impl IntoView {
    view! {
        <p id=control.fault_id() class=style::fault>
            {control.fault}
        </p>
    }
}

/// A radio button with its label and what there is to know about it.
#[component]
pub(super) fn Radio(
    /// The radio buttons that exclude each other have one.
    group: &'static str,
    #[prop(into)] checked: Signal<bool>,
    /// Why it cannot be chosen.
    #[prop(optional_no_strip)]
    refused: Option<String>,
    /// Stands below the label.
    #[prop(optional, into)]
    detail: Option<String>,
    #[prop(into)] on_choose: Callback<()>,
    #[prop(into)] label: String,
) -> impl IntoView {
    let id = unique_id(group);
    let detail_id = format!("{id}-detail");
    let is_refused = refused.is_some();
    let text = refused.or(detail);
    let described_by = text.is_some().then(|| detail_id.clone());
    view! {
        <div class=style::radio>
            <input
                id=id.clone()
                type="radio"
                name=group
                disabled=is_refused
                aria-describedby=described_by
                prop:checked=checked
                on:change=move |_| on_choose.run(())
            />
            <label for=id class=(style::refused, is_refused)>{breakable(&label)}</label>
            {text.map(|text| view! { <p id=detail_id class=style::detail>{text}</p> })}
        </div>
    }
}
