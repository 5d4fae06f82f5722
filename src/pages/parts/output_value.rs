//! A value that can be shown in several forms.

use flowdeck_contract::{
    Exact,
    ids::{FlowId, RunId},
    pictures,
};
use leptos::{context::Provider, prelude::*};

use super::{
    RunValue,
    other_form::{Form, Shown},
};
use crate::lazy::{Lazy, OTHER_FORM};

stylance::import_crate_style!(style, "src/pages/parts/output_value.module.css");

/// A value of a run, in the form that the person chooses.
#[component]
pub fn OutputValue(
    /// The value.
    value: Exact,
    /// What it is, in words.
    #[prop(into)]
    what: String,
    /// The run that it's of.
    of: (FlowId, RunId),
    /// Shows the exact JSON, whatever is chosen.
    as_json: bool,
) -> impl IntoView {
    let forms = match as_json || pictures::contents(&value).is_some() {
        true => vec![Form::Plain],
        false => Form::of(&value),
    };
    let form = RwSignal::new(forms.first().copied().unwrap_or(Form::Plain));
    let choice = (forms.len() > 1).then(|| {
        let options = forms.iter().enumerate().map(|(at, form)| {
            view! { <option value=at.to_string()>{form.words(&value)}</option> }
        });
        let options = options.collect_view();
        let forms = forms.clone();
        let choose = move |event| {
            let at = event_target_value(&event).parse::<usize>().ok();
            if let Some(chosen) = at.and_then(|at| forms.get(at)) {
                form.set(*chosen);
            }
        };
        let label = format!("Show {what} as");
        view! {
            <select class=style::choice aria-label=label on:change=choose>
                {options}
            </select>
        }
    });
    let shown = move || match form.get() {
        Form::Plain => {
            let (value, what, of) = (value.clone(), what.clone(), of.clone());
            view! { <RunValue value=value what=what of=of as_json=as_json /> }.into_any()
        }
        other => {
            let shown = Shown {
                value: value.clone(),
                what: what.clone(),
                form: other,
            };
            view! {
                <Provider value=shown>
                    <Lazy part=OTHER_FORM />
                </Provider>
            }
            .into_any()
        }
    };
    view! { {choice} {shown} }
}
