//! A value of a run, with its pictures shown.

use flowdeck_contract::{
    Exact,
    ids::{FlowId, RunId},
    paths,
    pictures::{Content, Picture, contents},
};
use leptos::{context::Provider, prelude::*, task::spawn_local_scoped_with_cancellation};
use web_sys::Url;

use super::Failure;
use crate::{
    api::{Api, ApiError},
    lazy::{Lazy, PICTURES},
    ui::{Icon, JsonText, Skeleton, breakable},
};

stylance::import_crate_style!(style, "src/pages/parts/picture.module.css");

/// A value as text or JSON, or with its pictures where it has some.
#[component]
pub fn RunValue(
    /// The value.
    value: Exact,
    /// What it is, in words.
    #[prop(into)]
    what: String,
    /// The run that it's of.
    of: (FlowId, RunId),
    /// Shows pictures and texts as JSON, too.
    #[prop(optional)]
    as_json: bool,
) -> impl IntoView {
    match contents(&value).filter(|_| !as_json) {
        Some(contents) => {
            // Provided to this value alone: others stand beside it.
            let pictured = Pictured { contents, what, of };
            view! {
                <Provider value=pictured>
                    <Lazy part=PICTURES />
                </Provider>
            }
            .into_any()
        }
        None => view! { <JsonText value=value what=what as_json=as_json /> }.into_any(),
    }
}

/// What [`Pictures`] shows.
#[derive(Clone)]
struct Pictured {
    contents: Vec<Content>,
    what: String,
    of: (FlowId, RunId),
}

/// The parts of a value that has pictures.
#[component]
pub(crate) fn Pictures() -> impl IntoView {
    let Pictured { contents, what, of } = expect_context();
    let (flow, run) = of;
    let parts = contents.into_iter().map(|content| match content {
        Content::Text(text) => view! { <p class=style::text>{text}</p> }.into_any(),
        Content::Picture(picture) => {
            let (what, flow, run) = (what.clone(), flow.clone(), Some(run.clone()));
            view! { <PictureView picture=picture what=what flow=flow run=run /> }.into_any()
        }
    });
    view! { <div class=style::parts>{parts.collect_view()}</div> }
}

/// One picture.
#[component]
pub fn PictureView(
    /// The picture.
    picture: Picture,
    /// What it is, in words.
    #[prop(into)]
    what: String,
    /// The flow that it's of.
    flow: FlowId,
    /// The run that it's of; a file of a run isn't shown without.
    #[prop(optional_no_strip)]
    run: Option<RunId>,
) -> impl IntoView {
    let project = Api::from_context().project();
    match (picture, run) {
        (Picture::Inline { media_type, base64 }, _) => {
            let source = format!("data:{media_type};base64,{base64}");
            view! { <img class=style::picture src=source alt=what /> }.into_any()
        }
        (Picture::Kept(name), _) => {
            let path = paths::flow_picture(&project, &flow, &name);
            view! { <PictureFile path=path what=what /> }.into_any()
        }
        (Picture::OfRun(file), Some(run)) => {
            let path = paths::run_picture(&project, &flow, &run, &file);
            view! { <PictureFile path=path what=what /> }.into_any()
        }
        (Picture::OfRun(file), None) => view! { <p class=style::text>{file}</p> }.into_any(),
        (Picture::Elsewhere(address), _) => view! {
            // Opening it tells that host who looks; so nothing is loaded from there by itself.
            <a class=style::elsewhere href=address.clone() target="_blank" rel="noopener noreferrer">
                {Icon::File.view()}
                <span>"Open the picture at " {breakable(&address)}</span>
            </a>
        }
        .into_any(),
    }
}

/// Where the fetching of a picture stands.
#[derive(Clone)]
enum Fetched {
    Loading,
    /// By its address in this document.
    Ready(String),
    Failed(ApiError),
}

/// A picture in a file. Fetched by the app: the browser sends no key with what an element asks for.
#[component]
fn PictureFile(path: String, what: String) -> impl IntoView {
    let api = Api::from_context();
    let fetched = RwSignal::new(Fetched::Loading);
    let fetch = move || {
        let path = path.clone();
        fetched.set(Fetched::Loading);
        spawn_local_scoped_with_cancellation(async move {
            fetched.set(match api.file(&path).await {
                // Fails only in a document that is being left.
                Ok(blob) => {
                    Fetched::Ready(Url::create_object_url_with_blob(&blob).unwrap_or_default())
                }
                Err(error) => Fetched::Failed(error),
            });
        });
    };
    fetch();
    on_cleanup(move || {
        if let Some(Fetched::Ready(address)) = fetched.try_get_untracked() {
            let _ = Url::revoke_object_url(&address);
        }
    });
    move || match fetched.get() {
        Fetched::Loading => view! { <Skeleton lines=3 label="Loading the picture" /> }.into_any(),
        Fetched::Ready(address) => {
            let what = what.clone();
            view! { <img class=style::picture src=address alt=what /> }.into_any()
        }
        Fetched::Failed(error) => {
            let fetch = fetch.clone();
            view! {
                <Failure title="Couldn’t load the picture" error=error on_retry=move |()| fetch() />
            }
            .into_any()
        }
    }
}
