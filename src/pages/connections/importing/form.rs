//! What the dialog of the import shows, by stage.

use leptos::prelude::*;

use super::{Importing, Stage, found::Found, source::Source};
use crate::{
    pages::{connections::style, parts::Failure},
    ui::{Button, ButtonKind, ButtonState},
};

/// What the dialog of the import shows.
#[component]
pub(crate) fn ImportForm() -> impl IntoView {
    let importing = expect_context::<Importing>();
    let Importing {
        stage,
        failure,
        is_busy,
        open,
        ..
    } = importing;
    let state = Signal::derive(move || match is_busy.get() {
        true => ButtonState::Busy,
        false => ButtonState::unless(
            importing
                .text
                .with(|text| text.trim().is_empty())
                .then_some("Paste or choose a file first."),
        ),
    });
    let content = move || match stage.get() {
        Stage::Entering => view! {
            <div class=style::answers>
                <Button on_press=move |()| open.set(false)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=move |()| importing.ask(true)>
                    "Preview"
                </Button>
            </div>
        }
        .into_any(),
        Stage::Preview(found) => {
            let ready = found
                .connections
                .iter()
                .filter(|one| one.problem.is_none())
                .count();
            let can = Signal::derive(move || match (is_busy.get(), ready) {
                (true, _) => ButtonState::Busy,
                (false, 0) => ButtonState::Refused("None of them can be imported.".to_owned()),
                (false, _) => ButtonState::Ready,
            });
            view! {
                <Found found=found />
                <div class=style::answers>
                    <Button on_press=move |()| open.set(false)>"Cancel"</Button>
                    <Button kind=ButtonKind::Primary state=can on_press=move |()| importing.ask(false)>
                        {match ready {
                            1 => "Import 1 connection".to_owned(),
                            ready => format!("Import {ready} connections"),
                        }}
                    </Button>
                </div>
            }
            .into_any()
        }
        Stage::Done(found) => {
            let is_refused = found.connections.iter().any(|one| one.problem.is_some());
            view! {
                <Found found=found />
                <div class=style::answers>
                    {is_refused.then(|| view! {
                        <Button on_press=move |()| importing.ask(true)>"Back"</Button>
                    })}
                    <Button kind=ButtonKind::Primary on_press=move |()| open.set(false)>
                        "Close"
                    </Button>
                </div>
            }
            .into_any()
        }
    };
    let is_done = Memo::new(move |_| stage.with(|stage| matches!(stage, Stage::Done(_))));
    view! {
        <div class=style::panelless>
            <Show when=move || !is_done.get()>
                <Source />
            </Show>
            {move || {
                failure
                    .get()
                    .map(|error| view! { <Failure title="Couldn’t import" error=error /> })
            }}
            {content}
        </div>
    }
}
