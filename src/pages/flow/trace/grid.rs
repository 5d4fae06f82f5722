//! The rows on the screen: a tree grid, in which the arrows move and fold, and Enter shows details.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use flowdeck_contract::{Millis, runs::NodeState};
use leptos::{attr::custom::custom_attribute, ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    bars::Span,
    keys::{Move, step},
    tokens::Tokens,
    tree::{Duration, Kind, Row, Tree},
};
use crate::{
    pages::parts::StateWord,
    routes::CallPath,
    ui::{Clock, Each, Elapsed, Icon, time},
};

stylance::import_crate_style!(style, "src/pages/flow/trace/grid.module.css");

/// What the rows share.
#[derive(Clone, Copy)]
struct Grid {
    tree: Memo<Option<Arc<Tree>>>,
    by_path: Memo<BTreeMap<CallPath, Row>>,
    folded: RwSignal<BTreeSet<CallPath>>,
    focused: RwSignal<Option<CallPath>>,
    stop: Memo<Option<CallPath>>,
    shown: Memo<Option<CallPath>>,
}

/// The tree grid.
#[component]
pub(super) fn TreeGrid(
    tree: Memo<Option<Arc<Tree>>>,
    /// The row whose details are shown.
    shown: Memo<Option<CallPath>>,
    /// Shows the details of a row.
    on_open: Callback<CallPath>,
) -> impl IntoView {
    let folded = RwSignal::new(BTreeSet::new());
    reveal(tree, shown, folded);
    let rows = Memo::new(move |_| {
        tree.with(|tree| {
            tree.as_ref()
                .map(|tree| folded.with(|folded| tree.visible(folded)))
        })
        .unwrap_or_default()
    });
    let focused = RwSignal::new(None::<CallPath>);
    let by_path = Memo::new(move |_| {
        rows.with(|rows| {
            rows.iter()
                .map(|row| (row.path.clone(), row.clone()))
                .collect::<BTreeMap<_, _>>()
        })
    });
    // The one row that Tab reaches: where the focus was last, else the one that is shown, else the first.
    let stop = Memo::new(move |_| {
        let is_row = |path: &CallPath| by_path.with(|rows| rows.contains_key(path));
        let first = || rows.with(|rows| rows.first().map(|row| row.path.clone()));
        focused
            .get()
            .filter(is_row)
            .or_else(|| shown.get().filter(is_row))
            .or_else(first)
    });
    let grid = Grid {
        tree,
        by_path,
        folded,
        focused,
        stop,
        shown,
    };
    let body = NodeRef::<html::Div>::new();
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let all = rows.get_untracked();
        let Some(stop) = stop.get_untracked() else {
            return;
        };
        let Some(at) = all.iter().position(|row| row.path == stop) else {
            return;
        };
        let Some(step) = folded.with_untracked(|folded| step(&all, folded, at, &event.key()))
        else {
            return;
        };
        event.prevent_default();
        match step {
            Move::Focus(place) => focus_row(body, place),
            Move::Fold => fold(folded, &stop),
            Move::Open => on_open.run(stop),
            Move::Nothing => {}
        }
    };
    let heading = |name: &'static str| view! { <span role="columnheader">{name}</span> };
    let in_order = move || rows.get().into_iter().map(|row| row.path).collect();
    view! {
        <div role="treegrid" aria-label="Timeline of the run" class=style::grid on:keydown=on_key>
            <div role="rowgroup" class="visually-hidden">
                <div role="row">
                    {heading("Node or call")} {heading("When")} {heading("Duration")} {heading("Tokens")}
                </div>
            </div>
            <div role="rowgroup" node_ref=body>
                <Each each=in_order key=CallPath::to_string let(path)>
                    <RowView path=path grid=grid on_open=on_open />
                </Each>
            </div>
        </div>
    }
}

/// Unfolds what is around the row whose details are shown.
fn reveal(
    tree: Memo<Option<Arc<Tree>>>,
    shown: Memo<Option<CallPath>>,
    folded: RwSignal<BTreeSet<CallPath>>,
) {
    let is_known = Memo::new(move |_| {
        let path = shown.get()?;
        tree.with(|tree| tree.as_ref()?.row(&path).map(|row| row.path.clone()))
    });
    Effect::new(move |_| {
        let mut at = is_known.get().and_then(|path| path.parent());
        while let Some(path) = at {
            let is_closed = tree.with_untracked(|tree| {
                let row = tree.as_ref().and_then(|tree| tree.row(&path));
                row.is_some_and(|row| folded.with_untracked(|folded| !row.is_open(folded)))
            });
            if is_closed {
                fold(folded, &path);
            }
            at = path.parent();
        }
    });
}

fn fold(folded: RwSignal<BTreeSet<CallPath>>, path: &CallPath) {
    folded.update(|folded| {
        if !folded.remove(path) {
            folded.insert(path.clone());
        }
    });
}

fn focus_row(body: NodeRef<html::Div>, place: usize) {
    let row = u32::try_from(place)
        .ok()
        .and_then(|place| body.get_untracked()?.children().item(place));
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        // Focusing an element that is shown cannot fail.
        let _ = row.focus();
    }
}

#[component]
fn RowView(path: CallPath, grid: Grid, on_open: Callback<CallPath>) -> impl IntoView {
    let Grid {
        tree,
        by_path,
        folded,
        focused,
        stop,
        shown,
    } = grid;
    let of = path.clone();
    let Some(first) = by_path.with_untracked(|rows| rows.get(&of).cloned()) else {
        return ().into_any();
    };
    let (level, name) = (first.level, first.name.clone());
    let path = StoredValue::new(path);
    let row = Memo::new(move |_| {
        by_path
            .with(|rows| path.with_value(|path| rows.get(path).cloned()))
            .unwrap_or_else(|| first.clone())
    });
    let is = move |other: &Option<CallPath>| path.with_value(|path| other.as_ref() == Some(path));
    let is_stop = Memo::new(move |_| stop.with(is));
    let is_shown = Memo::new(move |_| shown.with(is));
    let open = Memo::new(move |_| {
        row.with(|row| (row.children > 0).then(|| folded.with(|folded| row.is_open(folded))))
    });
    let toggle = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        path.with_value(|path| fold(folded, path));
    };
    let sign = move || {
        open.get().map(|is_open| {
            let class = if is_open { style::open } else { style::closed };
            view! { <span class=class>{Icon::Chevron.view()}</span> }
        })
    };
    let whole = Memo::new(move |_| {
        tree.with(|tree| tree.as_ref().map_or(Span::Unknown, |tree| tree.whole))
    });
    view! {
        <div
            role="row"
            {..custom_attribute("aria-level", level.to_string())}
            class=style::row
            style=("--level", level.to_string())
            aria-posinset=move || row.with(|row| row.position.to_string())
            aria-setsize=move || row.with(|row| row.siblings.to_string())
            aria-expanded=move || open.get().map(|open| open.to_string())
            aria-selected=move || is_shown.get().to_string()
            tabindex=move || if is_stop.get() { "0" } else { "-1" }
            on:click=move |_| on_open.run(path.get_value())
            on:focus=move |_| focused.set(Some(path.get_value()))
        >
            <span role="gridcell" class=style::name>
                <span class=style::sign aria-hidden="true" on:click=toggle>{sign}</span>
                <span class=style::text title=name.clone()>{short(&name).to_owned()}</span>
                {move || kind(row.with(|row| row.kind.clone()))}
            </span>
            <span role="gridcell">
                <Bar row=row whole=whole />
            </span>
            <span role="gridcell" class=style::fact>{move || duration(row.with(|row| row.duration))}</span>
            <span role="gridcell" class=style::fact>
                {move || row.with(|row| row.tokens.map(Tokens::brief))}
            </span>
        </div>
    }
    .into_any()
}

/// Of a function's name with its modules, the function and what it belongs to.
fn short(name: &str) -> &str {
    let is_path = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let mut dots = name.rmatch_indices('.').skip(1);
    match dots.next() {
        Some((at, _)) if is_path => name.get(at + 1..).unwrap_or(name),
        _ => name,
    }
}

/// What the row is, and how it stands.
fn kind(kind: Kind) -> AnyView {
    match kind {
        Kind::Node(state) => view! { <StateWord state=state /> }.into_any(),
        Kind::Call(kind) => view! { <span class=style::kind>{kind}</span> }.into_any(),
        Kind::FailedCall(kind) => view! {
            <span class=style::kind>{kind}</span>
            <span class=style::failed>{Icon::Cross.view()} "Failed"</span>
        }
        .into_any(),
    }
}

/// How long it took, in words.
pub(super) fn duration(duration: Duration) -> AnyView {
    match duration {
        Duration::None => ().into_any(),
        Duration::Known(millis) => time::duration(millis).into_any(),
        Duration::Since(started) => view! { <Elapsed from=started.0 until=None /> }.into_any(),
        Duration::Unknown => "unknown".into_any(),
    }
}

/// When it was, as a share of the run. The words beside say how long.
#[component]
fn Bar(row: Memo<Row>, whole: Memo<Span>) -> impl IntoView {
    let clock = Clock::from_context();
    let bar = Memo::new(move |_| {
        let (span, whole) = (row.with(|row| row.span), whole.get());
        let goes_on = matches!(span, Span::Since(_)) || matches!(whole, Span::Since(_));
        let now = match goes_on {
            true => Millis(i64::try_from(clock.since(0)).unwrap_or(i64::MAX)),
            false => Millis(0),
        };
        let bar = span.bar(whole, now);
        bar.map(|(from, length)| (format!("{from:.2}%"), format!("{length:.2}%")))
    });
    let color = move || match row.with(|row| row.kind.clone()) {
        Kind::Node(NodeState::Failed) => style::bad,
        Kind::FailedCall(_) => style::bad,
        Kind::Node(_) => style::of_node,
        Kind::Call(_) => style::of_call,
    };
    view! {
        <span class=style::track aria-hidden="true">
            {move || bar.get().map(|(from, length)| view! {
                <span
                    class=stylance::classes!(style::bar, color())
                    style:inset-inline-start=from
                    style:inline-size=length
                ></span>
            })}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn of_a_path_the_end_is_shown_and_anything_else_is_whole() {
        for (name, shown) in [
            ("openai.resources.Completions.create", "Completions.create"),
            ("AzureOpenAI.chat", "AzureOpenAI.chat"),
            ("search", "search"),
            ("say. this. now", "say. this. now"),
            ("...", "."),
            ("", ""),
        ] {
            assert_eq!(short(name), shown);
        }
    }
}
