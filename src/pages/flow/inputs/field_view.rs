//! One input on the screen.

use leptos::{context::Provider, ev::Targeted, prelude::*};
use web_sys::{Event, HtmlInputElement};

use super::{
    extra::FieldExtra,
    field::{ChatRole, Field, FieldKind},
    form::InputForm,
    long::{LongText, beginning},
    picture::PictureEdit,
};
use crate::{
    lazy::{FIELD_EXTRA, Lazy, PICTURE_INPUT},
    ui::unique_id,
};

stylance::import_crate_style!(style, "src/pages/flow/inputs/field.module.css");

/// The id of the control of the input `name`, to bring the focus there.
#[must_use]
pub fn field_id(name: &str) -> String {
    format!("input-{name}")
}

#[component]
pub(in crate::pages::flow) fn FieldView(field: Field) -> impl IntoView {
    let form = InputForm::from_context();
    let field = StoredValue::new(field);
    let text = Memo::new(move |_| field.with_value(|field| form.text(field)));
    let problem = Memo::new(move |_| {
        let text = text.get();
        let quiet = text.trim().is_empty() && !form.tried.get();
        field
            .with_value(|field| form.value(field))
            .err()
            .filter(|_| !quiet)
    });
    let Field {
        name,
        type_name,
        kind,
        description,
        chat,
        ..
    } = field.get_value();
    let ids = Ids {
        control: field_id(name.as_str()),
        help: description.is_some().then(|| unique_id("help")),
        problem: unique_id("problem"),
    };
    let problem_id = ids.problem.clone();
    let help_id = ids.help.clone();
    let is_json = matches!(kind, FieldKind::List | FieldKind::Object);
    let (label_for, is_check) = (ids.control.clone(), kind == FieldKind::Bool);
    let role = chat.map(|role| match role {
        ChatRole::Input => " · chat input",
        ChatRole::History => " · chat history",
    });
    view! {
        <div class=style::field class=(style::check, is_check)>
            <label for=label_for class=style::label>
                {name.to_string()}
                <span class=style::kind>{type_name} {role}</span>
            </label>
            {control(field, kind, ids, text, problem)}
            {description.map(|text| view! { <p id=help_id class=style::help>{text}</p> })}
            <p id=problem_id class=style::problem>
                {problem}
                <Show when=move || is_json && problem.with(Option::is_some)>
                    " "
                    <Provider value=FieldExtra::JsonPlace(text)>
                        <Lazy part=FIELD_EXTRA />
                    </Provider>
                </Show>
            </p>
        </div>
    }
}

struct Ids {
    control: String,
    help: Option<String>,
    problem: String,
}

fn control(
    field: StoredValue<Field>,
    kind: FieldKind,
    ids: Ids,
    text: Memo<String>,
    problem: Memo<Option<&'static str>>,
) -> AnyView {
    let form = InputForm::from_context();
    let edit = move |text: String| field.with_value(|field| form.edit(field, text));
    let described_by = ids
        .help
        .iter()
        .chain([&ids.problem])
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let invalid = move || problem.get().map(|_| "true");
    let id = ids.control;
    match kind {
        FieldKind::Bool => {
            let check = move |event: Targeted<Event, HtmlInputElement>| {
                edit(event.target().checked().to_string());
            };
            view! {
                <input
                    id=id
                    type="checkbox"
                    aria-describedby=described_by
                    prop:checked=move || text.get() == "true"
                    on:change:target=check
                />
            }
            .into_any()
        }
        FieldKind::Choice(values) => {
            let options = values.iter().map(|value| {
                let label = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                view! { <option value=value.to_string()>{label}</option> }
            });
            let options = options.collect_view();
            view! {
                <select
                    id=id
                    aria-describedby=described_by
                    aria-invalid=invalid
                    prop:value=text
                    on:change=move |event| edit(event_target_value(&event))
                >
                    {options}
                </select>
            }
            .into_any()
        }
        FieldKind::Int | FieldKind::Double | FieldKind::Secret => {
            // A number field would hide a text that isn't a number; this one keeps it beside what is wrong with it.
            let mode = if kind == FieldKind::Int {
                "numeric"
            } else {
                "decimal"
            };
            let is_secret = kind == FieldKind::Secret;
            let long = Memo::new(move |_| field.with_value(|field| form.has_long_default(field)));
            let shown = move || {
                if long.get() {
                    String::new()
                } else {
                    text.get()
                }
            };
            view! {
                <input
                    id=id
                    type=if is_secret { "password" } else { "text" }
                    inputmode=(!is_secret).then_some(mode)
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby=described_by
                    aria-invalid=invalid
                    placeholder=move || long.get().then_some("The default is too long to show.")
                    prop:value=shown
                    on:input=move |event| edit(event_target_value(&event))
                />
            }
            .into_any()
        }
        FieldKind::Media => {
            let given = PictureEdit {
                id,
                described_by,
                what: field.with_value(|field| field.name.to_string()),
                text,
                invalid: Signal::derive(invalid),
                edit: Callback::new(edit),
            };
            view! {
                <Provider value=FieldExtra::Picture(given)>
                    <Lazy part=PICTURE_INPUT />
                </Provider>
            }
            .into_any()
        }
        FieldKind::Text | FieldKind::List | FieldKind::Object => {
            let is_code = matches!(kind, FieldKind::List | FieldKind::Object);
            let text_area = TextArea {
                id,
                is_code,
                described_by,
            };
            long_text(
                text_area,
                field,
                text,
                Callback::new(edit),
                Signal::derive(invalid),
            )
        }
    }
}

struct TextArea {
    id: String,
    is_code: bool,
    described_by: String,
}

/// A text of any length. What is long is shown by its beginning, which cannot be edited, until the person wants all.
fn long_text(
    area: TextArea,
    field: StoredValue<Field>,
    text: Memo<String>,
    edit: Callback<String>,
    invalid: Signal<Option<&'static str>>,
) -> AnyView {
    let long = LongText::new(field, text, edit);
    let cut = long.cut;
    let shown = move || {
        text.with(|text| match beginning(text) {
            Some(beginning) if cut.get() => beginning.to_owned(),
            _ => text.clone(),
        })
    };
    let grows = move || text.with(|text| beginning(text).is_none());
    let TextArea {
        id,
        is_code,
        described_by,
    } = area;
    view! {
        <textarea
            id=id
            class=style::text
            class=(style::code, is_code)
            class=(style::grows, grows)
            rows="1"
            spellcheck=if is_code { "false" } else { "true" }
            aria-describedby=described_by
            aria-invalid=invalid
            prop:readOnly=cut
            prop:value=shown
            on:input=move |event| edit.run(event_target_value(&event))
        ></textarea>
        <Show when=move || cut.get()>
            <Provider value=FieldExtra::Rest(long)>
                <Lazy part=FIELD_EXTRA />
            </Provider>
        </Show>
    }
    .into_any()
}
