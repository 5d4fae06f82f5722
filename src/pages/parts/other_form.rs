//! A value in another form than its text: Markdown, a table, or a tree whose parts give their path.

use flowdeck_contract::{Exact, Values};
use leptos::prelude::*;

use super::Markdown;
use crate::ui::CopyButton;

stylance::import_crate_style!(style, "src/pages/parts/other_form.module.css");

/// How a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text as it is, anything else as JSON.
    Plain,
    /// A text that is Markdown.
    Markdown,
    /// A list of objects.
    Table,
    /// Anything with parts.
    Tree,
}

/// More rows and columns aren't shown as a table.
const MOST_ROWS: usize = 200;
const MOST_COLUMNS: usize = 20;
/// More parts of one value aren't shown in a tree.
const MOST_PARTS: usize = 500;

impl Form {
    /// The forms that suit a value, the usual one first.
    #[must_use]
    pub fn of(value: &Exact) -> Vec<Self> {
        if value.as_text().is_some() {
            return vec![Self::Plain, Self::Markdown];
        }
        if let Some(table) = Table::of(value) {
            return match table.is_flat() {
                true => vec![Self::Table, Self::Tree, Self::Plain],
                false => vec![Self::Plain, Self::Table, Self::Tree],
            };
        }
        match value.is_list() || value.is_object() {
            true => vec![Self::Plain, Self::Tree],
            false => vec![Self::Plain],
        }
    }

    /// What the choice of forms calls it.
    #[must_use]
    pub fn words(self, value: &Exact) -> &'static str {
        match self {
            Self::Plain if value.as_text().is_some() => "Text",
            Self::Plain => "JSON",
            Self::Markdown => "Markdown",
            Self::Table => "Table",
            Self::Tree => "Tree",
        }
    }
}

/// A list of objects.
#[derive(Debug, PartialEq)]
struct Table {
    columns: Vec<String>,
    rows: Vec<Values>,
}

impl Table {
    /// `None` when it isn't one, or is too large.
    fn of(value: &Exact) -> Option<Self> {
        if !value.is_list() {
            return None;
        }
        let rows: Vec<Values> = serde_json::from_str(value.json()).ok()?;
        let mut columns: Vec<String> = Vec::new();
        for (name, _) in rows.iter().flat_map(Values::iter) {
            if !columns.iter().any(|known| known == name) {
                columns.push(name.to_owned());
            }
        }
        let fits = !columns.is_empty() && rows.len() <= MOST_ROWS && columns.len() <= MOST_COLUMNS;
        fits.then_some(Self { columns, rows })
    }

    /// Whether no cell has parts of its own.
    fn is_flat(&self) -> bool {
        let mut cells = self.rows.iter().flat_map(Values::iter);
        cells.all(|(_, value)| !value.is_list() && !value.is_object())
    }
}

/// What [`OtherForm`] shows.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) value: Exact,
    pub(super) what: String,
    pub(super) form: Form,
}

/// The value in its form.
#[component]
pub(crate) fn OtherForm() -> impl IntoView {
    let Shown { value, what, form } = expect_context();
    match form {
        Form::Markdown => {
            let text = value.as_text().unwrap_or_default();
            view! { <Markdown text=text /> }.into_any()
        }
        Form::Table => match Table::of(&value) {
            Some(table) => table_view(table, what),
            None => ().into_any(),
        },
        Form::Tree | Form::Plain => tree(&value, &what, ""),
    }
}

fn short(value: &Exact) -> String {
    value.as_text().unwrap_or_else(|| value.json().to_owned())
}

fn table_view(table: Table, what: String) -> AnyView {
    let Table { columns, rows } = table;
    let heads = columns
        .iter()
        .map(|name| view! { <th scope="col">{name.clone()}</th> });
    let heads = heads.collect_view();
    let rows = rows.into_iter().map(|row| {
        let cells = columns
            .iter()
            .map(|name| view! { <td>{row.get(name).map(short)}</td> });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    view! {
        <div class=style::scroll role="region" tabindex="0" aria-label=what.clone()>
            <table class=style::table>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A value as a tree: each part with its path, to be copied; what a part holds is made when it's unfolded.
fn tree(value: &Exact, name: &str, path: &str) -> AnyView {
    let parts = parts(value);
    let copied = Signal::stored(path.to_owned());
    let what = format!("path {path}");
    let copy =
        (!path.is_empty()).then(|| view! { <CopyButton text=copied what=what word="Copy path" /> });
    let Some(parts) = parts else {
        return view! {
            <div class=style::leaf>
                <span class=style::key>{name.to_owned()}</span>
                <span class=style::value>{short(value)}</span>
                {copy}
            </div>
        }
        .into_any();
    };
    let left_out = parts.len().saturating_sub(MOST_PARTS);
    let count = parts.len();
    let path = path.to_owned();
    let is_open = RwSignal::new(path.is_empty());
    let is_list = value.is_list();
    let inner = move || {
        is_open.get().then(|| {
            let shown = parts.iter().take(MOST_PARTS).map(|(name, value)| {
                let path = extended(&path, name, is_list);
                view! { <li>{tree(value, name, &path)}</li> }
            });
            view! {
                <ul class=style::parts>{shown.collect_view()}</ul>
                {(left_out > 0).then(|| view! { <p>{format!("{left_out} more aren’t shown.")}</p> })}
            }
        })
    };
    let kind = match (is_list, count) {
        (true, 1) => "1 item".to_owned(),
        (true, count) => format!("{count} items"),
        (false, 1) => "1 member".to_owned(),
        (false, count) => format!("{count} members"),
    };
    let toggle = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        is_open.update(|open| *open = !*open);
    };
    view! {
        <div class=style::branch>
            <details prop:open=is_open>
                <summary on:click=toggle>
                    <span class=style::key>{name.to_owned()}</span>
                    <span class=style::value>{kind}</span>
                </summary>
                {inner}
            </details>
            {copy}
        </div>
    }
    .into_any()
}

/// What a list or an object holds, by name or place; `None` for anything else, also for numbers that JSON doesn't know.
fn parts(value: &Exact) -> Option<Vec<(String, Exact)>> {
    if value.is_list() {
        let items: Vec<Exact> = serde_json::from_str(value.json()).ok()?;
        return Some(
            items
                .into_iter()
                .enumerate()
                .map(|(at, item)| (at.to_string(), item))
                .collect(),
        );
    }
    let members = value.members()?;
    Some(members.into_iter().collect())
}

/// The path of a part: `answers[0].text`, and `["a b"]` for what isn't a plain name.
fn extended(path: &str, name: &str, in_list: bool) -> String {
    if in_list {
        return format!("{path}[{name}]");
    }
    let is_plain = !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_');
    match (is_plain, path.is_empty()) {
        (true, true) => name.to_owned(),
        (true, false) => format!("{path}.{name}"),
        (false, _) => format!("{path}[{}]", Exact::text(name).json()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_value_has_its_forms() {
        let forms = |value: serde_json::Value| Form::of(&value.into());
        assert_eq!(forms(json!("# a")), [Form::Plain, Form::Markdown]);
        assert_eq!(forms(json!({"a": 1})), [Form::Plain, Form::Tree]);
        assert_eq!(forms(json!([1])), [Form::Plain, Form::Tree]);
        assert_eq!(forms(json!([{}])), [Form::Plain, Form::Tree]);
        assert_eq!(forms(json!(1)), [Form::Plain]);
        let rows = json!([{"a": 1}, {"b": 2, "a": 3}]);
        assert_eq!(forms(rows), [Form::Table, Form::Tree, Form::Plain]);
        let nested = json!([{"a": {"b": 1}}]);
        assert_eq!(forms(nested), [Form::Plain, Form::Table, Form::Tree]);
        let many = vec![json!({"a": 1}); MOST_ROWS + 1];
        assert_eq!(forms(many.into()), [Form::Plain, Form::Tree]);
    }

    #[test]
    fn a_table_has_every_column_once_in_the_order_of_the_rows() {
        let table = Table::of(&json!([{"b": 1, "a": 2}, {"c": 3, "b": 4}]).into()).unwrap();
        let mut columns = table.columns;
        columns.sort();
        assert_eq!(columns, ["a", "b", "c"]);
        assert_eq!(table.rows.len(), 2);
    }

    #[test]
    fn a_path_names_a_part() {
        assert_eq!(extended("", "answers", false), "answers");
        assert_eq!(extended("answers", "0", true), "answers[0]");
        assert_eq!(extended("answers[0]", "text", false), "answers[0].text");
        assert_eq!(extended("a", "b c\"", false), r#"a["b c\""]"#);
        assert_eq!(extended("", "0", false), r#"["0"]"#);
    }

    #[test]
    fn a_number_keeps_its_digits() {
        let value = Exact::parse(r#"{"n":12345678901234567890.10}"#).unwrap();
        let parts = parts(&value).unwrap();
        assert_eq!(short(&parts[0].1), "12345678901234567890.10");
    }
}
