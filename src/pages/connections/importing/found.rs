//! What a text holds, with fields for what it leaves open; and what became of it.

use flowdeck_contract::{
    connections::{
        AskedField, AskedValue, ConnectionType, ImportResult, ImportedConnection, WithoutValue,
    },
    shown::shown,
};
use leptos::prelude::*;

use super::Importing;
use crate::{
    nav::Link,
    pages::{connections::style, parts::form_style},
    routes::Route,
};

/// The connections of a text, in its order.
#[component]
pub(super) fn Found(found: ImportResult) -> impl IntoView {
    let rows = found
        .connections
        .into_iter()
        .enumerate()
        .map(|(index, one)| view! { <FoundRow index=index one=one /> });
    view! {
        <ul aria-label="Connections found">
            {rows.collect_view()}
        </ul>
    }
}

#[component]
fn FoundRow(index: usize, one: ImportedConnection) -> impl IntoView {
    let kind = one.kind.map_or("unknown type", |kind| kind.display_name());
    let lacks = lacks(&one);
    let fills = (one.stored && lacks.is_some()).then(|| {
        let to = Route::Connection(one.name.clone());
        view! { <Link to=to>"Fill in"</Link> }
    });
    let asks = match (one.kind, one.stored || one.problem.is_some()) {
        (Some(kind), false) => asked_fields(index, &one.name, kind, &one.asks),
        _ => ().into_any(),
    };
    let became = match (one.stored, lacks.is_some()) {
        (true, true) => ": imported as incomplete.",
        (true, false) => ": imported.",
        (false, _) => "",
    };
    view! {
        <li class=style::deleted_row>
            <span>
                <strong>{shown(&one.name).into_owned()}</strong> " (" {kind} ")" {became}
                {one.problem.map(|problem| format!(": {problem}"))}
                {lacks.map(|lacks| view! { <span class=form_style::detail>" " {lacks}</span> })}
            </span>
            {fills}
            {asks}
        </li>
    }
}

/// A field for each value that the text leaves open.
fn asked_fields(index: usize, name: &str, kind: ConnectionType, asks: &[AskedField]) -> AnyView {
    let typed = asks
        .iter()
        .filter(|asked| asked.takes != AskedValue::AnySecret);
    let fields: Vec<AnyView> = typed
        .map(|asked| {
            let id = format!("import-{index}-{}", asked.name);
            view! { <AskedInput id=id connection=name.to_owned() kind=kind asked=asked.clone() /> }
                .into_any()
        })
        .collect();
    match fields.is_empty() {
        true => ().into_any(),
        false => view! {
            <div role="group" class=style::asked aria-label=format!("Values for {}", shown(name))>
                {fields}
            </div>
        }
        .into_any(),
    }
}

#[component]
fn AskedInput(
    id: String,
    connection: String,
    kind: ConnectionType,
    asked: AskedField,
) -> impl IntoView {
    let values = expect_context::<Importing>().values;
    let field = asked.name.clone();
    let value = {
        let (connection, field) = (connection.clone(), field.clone());
        move || {
            values.with(|values| {
                let value = values
                    .get(&connection)
                    .and_then(|fields| fields.get(&field));
                value.cloned().unwrap_or_default()
            })
        }
    };
    let (kind_of_input, fills) = match asked.takes {
        AskedValue::Secret => ("password", "new-password"),
        AskedValue::Text | AskedValue::AnySecret => ("text", "off"),
    };
    let help = format!("{id}-help");
    view! {
        <div class=form_style::field>
            <label for=id.clone() class=form_style::label>
                {label(kind, &asked.name)}
            </label>
            <input
                id=id
                type=kind_of_input
                autocomplete=fills
                spellcheck="false"
                aria-describedby=help.clone()
                prop:value=value
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    values.update(|values| {
                        values.entry(connection.clone()).or_default().insert(field.clone(), typed);
                    });
                }
            />
            <p id=help class=form_style::help>{without(asked.without)}</p>
        </div>
    }
}

/// What an empty field means.
fn without(without: WithoutValue) -> &'static str {
    match without {
        WithoutValue::Incomplete => {
            "If you leave it empty, the connection is imported as incomplete."
        }
        WithoutValue::KeepsStored => "Leave it empty to keep the stored value.",
        WithoutValue::Complete => "Optional.",
    }
}

fn label(kind: ConnectionType, name: &str) -> String {
    match kind.field(name) {
        Some(field) => field.label.to_owned(),
        None => shown(name).into_owned(),
    }
}

/// What a connection is incomplete without, in a sentence.
fn lacks(one: &ImportedConnection) -> Option<String> {
    let kind = one.kind.filter(|_| one.problem.is_none())?;
    let labels: Vec<String> = one
        .lacks()
        .map(|asked| match asked.takes {
            AskedValue::AnySecret => "secrets".to_owned(),
            _ => label(kind, &asked.name),
        })
        .collect();
    match labels.is_empty() {
        true => None,
        false => Some(format!("No value for {}.", labels.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_leaves_open_is_named() {
        let asked = |name: &str, without| AskedField {
            name: name.to_owned(),
            takes: AskedValue::Secret,
            without,
        };
        let one = ImportedConnection {
            name: "x".to_owned(),
            kind: Some(ConnectionType::AzureOpenAI),
            asks: vec![
                asked("api_key", WithoutValue::Incomplete),
                asked("resource_id", WithoutValue::Complete),
            ],
            stored: false,
            problem: None,
        };
        assert_eq!(lacks(&one).unwrap(), "No value for API key.");
        let refused = ImportedConnection {
            problem: Some("no".to_owned()),
            ..one.clone()
        };
        assert_eq!(lacks(&refused), None);
        let whole = ImportedConnection {
            asks: vec![asked("api_key", WithoutValue::KeepsStored)],
            ..one
        };
        assert_eq!(lacks(&whole), None);
    }
}
