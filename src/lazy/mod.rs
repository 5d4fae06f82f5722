//! Parts of the app whose code loads when they are first shown: what most visits do not need is not in the first load.

mod parts;
mod points;
mod styles;

use std::pin::Pin;

use leptos::{
    prelude::*, task::spawn_local_scoped_with_cancellation, wasm_split::SplitLoaderError,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

pub(crate) use parts::*;
use styles::{Styles, later_styles};

use crate::ui::{Button, Notice, NoticeKind, Skeleton};

stylance::import_crate_style!(style, "src/lazy/lazy.module.css");

/// Makes a part's view, once its code is here.
type Show = fn() -> AnyView;

/// Asks for a part's code.
type Fetch<T> = fn() -> Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A part of the app.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// What it is called in “Loading …” and “Couldn’t load …”.
    name: &'static str,
    /// About how many lines high it is.
    lines: usize,
    styles: Styles,
    fetch: Fetch<Show>,
}

#[derive(Clone, Copy)]
enum Code {
    Asked,
    Here(Show),
    Failed,
}

/// A part in its place, loading its code first where that is not here yet.
#[component]
pub(crate) fn Lazy(part: Part) -> impl IntoView {
    let code = RwSignal::new(Code::Asked);
    // What asks again is gone as soon as it has asked.
    let owner = StoredValue::new(Owner::current().unwrap_or_default());
    let ask = Callback::new(move |()| {
        code.set(Code::Asked);
        owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                code.set(load(part).await.map_or(Code::Failed, Code::Here));
                focus_in_dialog();
            });
        });
    });
    ask.run(());
    move || match code.get() {
        Code::Asked => {
            view! { <Skeleton lines=part.lines label=format!("Loading {}", part.name) /> }
                .into_any()
        }
        Code::Here(show) => show(),
        Code::Failed => view! { <Failed part=part ask=ask /> }.into_any(),
    }
}

/// In milliseconds, before what couldn't be loaded is requested again. While a machine's network changes, as with each
/// container that starts on it, browsers end every request in progress.
const PAUSES: [i32; 3] = [100, 700, 1500];

/// A part's code, once its styles are here too. They load beside it.
async fn load(part: Part) -> Option<Show> {
    let has_later_styles = part.styles == Styles::Later;
    if has_later_styles {
        styles::ask_ahead();
    }
    let show = insist(part.fetch).await.ok()?;
    if has_later_styles {
        insist(later_styles).await.ok()?;
    }
    Some(show)
}

/// Asks for something that loads, and again after each pause while it couldn't be loaded.
async fn insist<T, E>(fetch: impl AsyncFn() -> Result<T, E>) -> Result<T, E> {
    let mut answer = fetch().await;
    for millis in PAUSES {
        if answer.is_ok() {
            break;
        }
        pause(millis).await;
        answer = fetch().await;
    }
    answer
}

async fn pause(millis: i32) {
    let timer = js_sys::Promise::new(&mut |resolve, _| {
        // A window always has timers.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(timer).await;
}

/// What comes into a dialog that is open already takes the focus as it would have when the dialog opened.
fn focus_in_dialog() {
    request_animation_frame(|| {
        let wanted = document().query_selector("dialog[open] [autofocus]");
        if let Ok(Some(element)) = wanted
            && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
        {
            // Focusing an element that is shown cannot fail.
            let _ = element.focus();
        }
    });
}

/// Either the connection is lost, or another version of the server answers, which has other parts.
#[component]
fn Failed(part: Part, ask: Callback<()>) -> impl IntoView {
    let reload = |()| {
        // A page that cannot reload is being left already.
        let _ = window().location().reload();
    };
    view! {
        <div role="alert">
            <Notice kind=NoticeKind::Error title=format!("Couldn’t load {}", part.name)>
                <p>
                    "The server didn’t answer, or it was updated. Try again, or reload the page. Your unsaved edits are kept."
                </p>
                <div class=style::choices>
                    <Button on_press=ask>"Retry"</Button>
                    <Button on_press=reload>"Reload page"</Button>
                </div>
            </Notice>
        </div>
    }
}
