//! The form of the flow's inputs. Knows the flow's definition; knows nothing of sessions.

pub mod chat;
mod extra;
pub mod field;
mod field_view;
mod form;
mod json_place;
mod long;
mod picture;
mod sets;
mod variables;

#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;

use leptos::prelude::*;

pub(super) use self::field_view::FieldView;
pub use self::{
    extra::Extra,
    field_view::field_id,
    form::{InputForm, InvalidInput},
    sets::InputSets,
    variables::VariablesEditor,
};
use super::{FlowContext, definition::use_definition, section::Section};
use crate::{
    api::Load,
    lazy::{INPUT_SETS, Lazy, VARIABLES},
    ui::{Button, ButtonKind, Each, Fold, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/inputs/inputs.module.css");

/// The form of the flow's inputs.
#[component]
pub fn Inputs() -> impl IntoView {
    let form = InputForm::from_context();
    let context = FlowContext::from_context();
    let loading = Memo::new(move |_| context.detail.state().with(|state| *state == Load::Loading));
    let definition = use_definition(context);
    let fix = Memo::new(move |_| definition.with(|known| known.as_ref()?.fix_to("see inputs")));
    let empty = Memo::new(move |_| form.fields.with(Vec::is_empty));
    let content = move || {
        if loading.get() {
            view! { <Skeleton lines=4 label="Loading inputs" /> }.into_any()
        } else if empty.get() {
            let none = fix.get();
            let none = none.unwrap_or_else(|| "This flow has no inputs.".to_owned());
            view! { <p class=style::none>{none}</p> }.into_any()
        } else {
            let key = |field: &field::Field| field.name.as_str().to_owned();
            view! {
                <div class=style::fields>
                    <Each each=move || form.fields.get() key=key let(field)>
                        <FieldView field=field />
                    </Each>
                </div>
                <Fold summary="Saved inputs">
                    <Lazy part=INPUT_SETS />
                </Fold>
            }
            .into_any()
        }
    };
    let reset = move || {
        form.is_edited().then(|| {
            view! {
                <Button kind=ButtonKind::Quiet on_press=move |()| form.reset()>
                    "Reset to defaults"
                </Button>
            }
        })
    };
    view! { <Section title="Inputs" actions=reset>{content} <Variables /></Section> }
}

/// The environment variables of the flow's runs, once there are any or one is to be set.
#[component]
fn Variables() -> impl IntoView {
    let variables = InputForm::from_context().variables;
    let definition = use_definition(FlowContext::from_context());
    let asked = RwSignal::new(variables.with_untracked(|variables| !variables.is_empty()));
    let shown = Memo::new(move |_| {
        definition.with(|known| {
            let flow = known.as_ref().and_then(|known| known.flow());
            flow.is_some_and(|flow| asked.get() || !flow.environment_variables.is_empty())
        })
    });
    move || match shown.get() {
        true => view! { <Lazy part=VARIABLES /> }.into_any(),
        false => view! {
            <Button kind=ButtonKind::Quiet on_press=move |()| asked.set(true)>
                "Set environment variables"
            </Button>
        }
        .into_any(),
    }
}
