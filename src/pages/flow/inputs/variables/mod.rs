//! The environment variables of the flow and what they are for the runs that this page starts.

mod rows;

use flowdeck_contract::shown::Name;
use flowdeck_flow::{EnvironmentVariable, is_secret};
use leptos::prelude::*;

use self::rows::{Row, Rows, kept, refers_to, value_fault};
use super::InputForm;
use crate::{
    pages::{
        flow::{FlowContext, actions::focus, definition::use_definition},
        parts::form_style,
    },
    ui::{Button, ButtonKind, Each, unique_id},
};

stylance::import_crate_style!(
    style,
    "src/pages/flow/inputs/variables/variables.module.css"
);

/// What is set for runs. Cheap to copy.
#[derive(Clone, Copy)]
struct Setting {
    rows: RwSignal<Rows>,
    of_flow: Memo<Vec<EnvironmentVariable>>,
    form: InputForm,
}

impl Setting {
    fn provide() -> Self {
        let form = InputForm::from_context();
        let definition = use_definition(FlowContext::from_context());
        let of_flow = Memo::new(move |_| {
            definition.with(|known| {
                let flow = known.as_ref().and_then(|known| known.flow());
                flow.map(|flow| flow.environment_variables.clone())
                    .unwrap_or_default()
            })
        });
        let rows = form.variables.with_untracked(Rows::new);
        let setting = Self {
            rows: RwSignal::new(rows),
            of_flow,
            form,
        };
        provide_context(setting);
        setting
    }

    fn from_context() -> Self {
        expect_context()
    }

    fn change(self, change: impl FnOnce(&mut Rows)) {
        self.rows.update(change);
        let set = self.rows.with_untracked(Rows::set);
        self.form.remember_variables(&kept(&set));
        self.form.variables.set(set);
    }
}

fn has(of_flow: &[EnvironmentVariable], name: &str) -> bool {
    of_flow.iter().any(|variable| variable.name == name)
}

/// The flow's environment variables, and those that are set beside them.
#[component]
pub fn VariablesEditor() -> impl IntoView {
    let setting = Setting::provide();
    let heading = unique_id("variables");
    let labelled_by = heading.clone();
    let added = Memo::new(move |_| {
        setting.of_flow.with(|of_flow| {
            setting
                .rows
                .with(|rows| rows.added(|name| has(of_flow, name)))
        })
    });
    let add = move |()| {
        let mut id = 0;
        setting.change(|rows| id = rows.add());
        request_animation_frame(move || focus(&name_id(id)));
    };
    // Whoever asks for variables of a flow that has none wants to add one.
    let has_none = setting.rows.with_untracked(Rows::is_empty)
        && setting.of_flow.with_untracked(Vec::is_empty);
    if has_none {
        add(());
    }
    view! {
        <section class=style::variables aria-labelledby=labelled_by>
            <h3 id=heading class=style::title>"Environment variables"</h3>
            <p class=form_style::help>
                "What you change here is for the runs that you start from this page. The flow’s file stays as it is. A value can be ${connection.field}."
            </p>
            <Each
                each=move || setting.of_flow.get()
                key=|variable| variable.name.clone()
                let(variable)
            >
                <OfFlow variable=variable />
            </Each>
            <Each each=move || added.get() key=u32::to_string let(id)>
                <Added id=id />
            </Each>
            <div>
                <Button on_press=add>"Add variable"</Button>
            </div>
        </section>
    }
}

/// A variable of the flow.
#[component]
fn OfFlow(variable: EnvironmentVariable) -> impl IntoView {
    let setting = Setting::from_context();
    let EnvironmentVariable { name, value } = variable;
    let is_hidden = is_secret(&name, &value);
    let of_file = if is_hidden { String::new() } else { value };
    let shown = Name::from(name.as_str()).to_string();
    let name = StoredValue::new(name);
    let own = Memo::new(move |_| {
        setting
            .rows
            .with(|rows| name.with_value(|name| rows.in_place_of(name).map(str::to_owned)))
    });
    let value = {
        let of_file = of_file.clone();
        Memo::new(move |_| own.get().unwrap_or_else(|| of_file.clone()))
    };
    let note = Memo::new(move |_| {
        let refers = value.with(|value| refers_to(value));
        match (own.with(Option::is_some), refers) {
            (true, Some(refers)) => format!("Changed for your runs. {refers}"),
            (true, None) => "Changed for your runs.".to_owned(),
            (false, Some(refers)) => refers,
            (false, None) if is_hidden => {
                "The value in the flow’s file is hidden, because it looks like a secret.".to_owned()
            }
            (false, None) => String::new(),
        }
    });
    let fault = Memo::new(move |_| own.get().and_then(|value| value_fault(&value)));
    let edit = move |text: String| {
        let same = !is_hidden && text == of_file;
        let set = (!same).then_some(text);
        setting.change(|rows| name.with_value(|name| rows.put(name, set)));
    };
    let (id, note_id) = (unique_id("variable"), unique_id("note"));
    let field = id.clone();
    let reset = move |()| {
        setting.change(|rows| name.with_value(|name| rows.put(name, None)));
        focus(&field);
    };
    let reset_label = format!("Reset {shown}");
    view! {
        <div class=style::row>
            <label for=id.clone() class=style::name>{shown}</label>
            <input
                id=id
                type=move || name.with_value(|name| value.with(|value| kind_of(name, value)))
                autocomplete="off"
                spellcheck="false"
                aria-describedby=note_id.clone()
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                prop:value=move || value.get()
                on:input=move |event| edit(event_target_value(&event))
            />
            <Show when=move || own.with(Option::is_some)>
                <Button
                    kind=ButtonKind::Quiet
                    label=reset_label.clone()
                    on_press=reset.clone()
                >
                    "Reset"
                </Button>
            </Show>
            <p id=note_id class=style::note>
                {note}
                <span class=form_style::fault>{move || fault.get()}</span>
            </p>
        </div>
    }
}

/// The id of the name of a variable that was added.
fn name_id(id: u32) -> String {
    format!("variable-name-{id}")
}

/// A secret isn't shown as it's typed.
fn kind_of(name: &str, value: &str) -> &'static str {
    match is_secret(name, value) {
        true => "password",
        false => "text",
    }
}

/// A variable that the flow doesn't have.
#[component]
fn Added(id: u32) -> impl IntoView {
    let setting = Setting::from_context();
    let of = move |read: fn(&Row) -> String| {
        Memo::new(move |_| {
            let row = setting.rows.with(|rows| rows.get(id).map(read));
            row.unwrap_or_default()
        })
    };
    let (name, value) = (of(|row| row.name.clone()), of(|row| row.value.clone()));
    let fault = Memo::new(move |_| {
        setting.of_flow.with(|of_flow| {
            setting
                .rows
                .with(|rows| rows.fault(id, |name| has(of_flow, name)))
        })
    });
    let note = Memo::new(move |_| {
        let is_secret = name.with(|name| value.with(|value| is_secret(name, value)));
        let refers = value.with(|value| refers_to(value));
        match is_secret {
            true => {
                Some("Looks like a secret, so it’s forgotten when you reload the page.".to_owned())
            }
            false => refers,
        }
    });
    let value_id = format!("variable-value-{id}");
    let note_id = unique_id("note");
    let is_wrong = Signal::derive(move || fault.with(Option::is_some));
    let kind = Signal::derive(move || name.with(|name| value.with(|value| kind_of(name, value))));
    let edit = move |change: fn(&mut Row, String)| {
        move |text: String| setting.change(|rows| rows.edit(id, |row| change(row, text)))
    };
    let remove = move |()| setting.change(|rows| rows.remove(id));
    view! {
        <div class=style::added>
            <AddedField
                label="Name"
                id=name_id(id)
                kind=Signal::stored("text")
                about=note_id.clone()
                is_wrong=is_wrong
                text=name
                on_type=edit(|row, text| row.name = text)
            />
            <AddedField
                label="Value"
                id=value_id
                kind=kind
                about=note_id.clone()
                is_wrong=is_wrong
                text=value
                on_type=edit(|row, text| row.value = text)
            />
            <Button
                kind=ButtonKind::Quiet
                label=Signal::derive(move || format!("Remove {}", name.with(|name| Name::from(name.as_str()).to_string())))
                on_press=remove
            >
                "Remove"
            </Button>
            <p id=note_id class=style::note>
                {note} " "
                <span class=form_style::fault>{move || fault.get()}</span>
            </p>
        </div>
    }
}

/// The name or the value of a variable that was added.
#[component]
fn AddedField(
    label: &'static str,
    id: String,
    /// The kind of input that it is.
    kind: Signal<&'static str>,
    /// The id of what describes it.
    about: String,
    is_wrong: Signal<bool>,
    text: Memo<String>,
    on_type: impl Fn(String) + 'static,
) -> impl IntoView {
    view! {
        <div class=form_style::field>
            <label for=id.clone() class=form_style::help>{label}</label>
            <input
                id=id
                type=move || kind.get()
                autocomplete="off"
                spellcheck="false"
                aria-describedby=about
                aria-invalid=move || is_wrong.get().then_some("true")
                prop:value=move || text.get()
                on:input=move |event| on_type(event_target_value(&event))
            />
        </div>
    }
}
