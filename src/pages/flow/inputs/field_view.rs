//! One input on the screen.

use leptos::{ev::Targeted, prelude::*};
use web_sys::{Event, HtmlInputElement};

use super::{
    field::{ChatRole, Field, FieldKind},
    form::InputForm,
};
use crate::ui::{Button, ButtonKind, unique_id};

stylance::import_crate_style!(style, "src/pages/flow/inputs/field.module.css");

/// The id of the control of the input `name`, to bring the focus there.
#[must_use]
pub fn field_id(name: &str) -> String {
    format!("input-{name}")
}

#[component]
pub(super) fn FieldView(field: Field) -> impl IntoView {
    let form = InputForm::from_context();
    let field = StoredValue::new(field);
    let text = Memo::new(move |_| field.with_value(|field| form.text(field)));
    let problem = Memo::new(move |_| {
        let text = text.get();
        let quiet = text.trim().is_empty() && !form.tried.get();
        field
            .with_value(|field| field.parse(&text))
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
        control: field_id(&name),
        help: description.is_some().then(|| unique_id("help")),
        problem: unique_id("problem"),
    };
    let problem_id = ids.problem.clone();
    let help_id = ids.help.clone();
    let (label_for, is_check) = (ids.control.clone(), kind == FieldKind::Bool);
    let role = chat.map(|role| match role {
        ChatRole::Input => " · chat input",
        ChatRole::History => " · chat history",
    });
    view! {
        <div class=style::field class=(style::check, is_check)>
            <label for=label_for class=style::label>
                {name}
                <span class=style::kind>{type_name} {role}</span>
            </label>
            {control(field, kind, ids, text, problem)}
            {description.map(|text| view! { <p id=help_id class=style::help>{text}</p> })}
            <p id=problem_id class=style::problem>
                {problem}
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
            // A number field would hide a text that is no number; this one keeps it beside what is wrong with it.
            let mode = if kind == FieldKind::Int {
                "numeric"
            } else {
                "decimal"
            };
            let is_secret = kind == FieldKind::Secret;
            view! {
                <input
                    id=id
                    type=if is_secret { "password" } else { "text" }
                    inputmode=(!is_secret).then_some(mode)
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby=described_by
                    aria-invalid=invalid
                    prop:value=text
                    on:input=move |event| edit(event_target_value(&event))
                />
            }
            .into_any()
        }
        FieldKind::Text | FieldKind::Media | FieldKind::List | FieldKind::Object => {
            let is_code = matches!(kind, FieldKind::List | FieldKind::Object);
            let text_area = TextArea {
                id,
                is_code,
                described_by,
            };
            long_text(
                text_area,
                text,
                Callback::new(edit),
                Signal::derive(invalid),
            )
        }
    }
}

/// More than this is shown by its beginning: a browser takes seconds to lay out what nobody reads.
const SHOWN_AT_FIRST: usize = 5000;

/// The beginning of a text that is too long to be shown whole; `None` when it is not.
fn beginning(text: &str) -> Option<&str> {
    let (end, _) = text.char_indices().nth(SHOWN_AT_FIRST)?;
    text.get(..end)
}

struct TextArea {
    id: String,
    is_code: bool,
    described_by: String,
}

/// A text of any length. What is long is shown by its beginning, which cannot be edited, until the person wants all.
fn long_text(
    area: TextArea,
    text: Memo<String>,
    edit: Callback<String>,
    invalid: Signal<Option<&'static str>>,
) -> AnyView {
    let whole = RwSignal::new(false);
    let cut = Memo::new(move |_| text.with(|text| !whole.get() && beginning(text).is_some()));
    let shown = move || {
        text.with(|text| match beginning(text) {
            Some(beginning) if cut.get() => beginning.to_owned(),
            _ => text.clone(),
        })
    };
    let grows = move || text.with(|text| beginning(text).is_none());
    let count = move || text.with(|text| text.chars().count());
    let note = move || {
        format!(
            "Only the first {SHOWN_AT_FIRST} of {} characters are shown. Runs use all of them.",
            count()
        )
    };
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
            <p class=style::help>
                {note} " "
                <Button kind=ButtonKind::Quiet on_press=move |()| whole.set(true)>
                    "Edit the whole text"
                </Button>
            </p>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{SHOWN_AT_FIRST, beginning};

    #[test]
    fn a_long_text_is_shown_by_its_beginning_and_never_cut_within_a_character() {
        assert_eq!(beginning(""), None);
        assert_eq!(beginning(&"é".repeat(SHOWN_AT_FIRST)), None);
        let long = "é".repeat(SHOWN_AT_FIRST * 40);
        assert_eq!(
            beginning(&long).map(|text| text.chars().count()),
            Some(SHOWN_AT_FIRST)
        );
    }
}
