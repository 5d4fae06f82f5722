//! A button that downloads a file of the server's. A link could not: the browser sends no key with what it opens itself.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::tell_failure;
use crate::{
    api::{Api, ApiError},
    lazy::save_file,
    ui::{Button, ButtonKind, ButtonState, Status},
};

/// Downloads a file.
#[component]
pub fn Download(
    /// Its path in the API.
    path: String,
    /// What it is called on the reader's disk.
    name: &'static str,
    /// What the button says.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let (api, status) = (Api::from_context(), Status::from_context());
    let busy = RwSignal::new(false);
    let download = move |()| {
        let path = path.clone();
        busy.set(true);
        spawn_local_scoped_with_cancellation(async move {
            let saved = match save_file().await {
                Ok(save) => save(api, path, name.to_owned()).await,
                Err(_) => Err(ApiError::unreachable()),
            };
            if let Err(error) = saved {
                tell_failure(status, &format!("Couldn’t download {name}"), &error);
            }
            busy.set(false);
        });
    };
    let state = Signal::derive(move || ButtonState::busy_while(busy.get()));
    view! {
        <Button kind=ButtonKind::Quiet state=state on_press=download>
            {label}
        </Button>
    }
}

/// Fetches the file at a path and keeps it by a name.
pub(crate) type SaveFile =
    fn(Api, String, String) -> Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// Fetches a file and lets the browser put it where it puts downloads.
pub(crate) async fn save(api: Api, path: String, name: String) -> Result<(), ApiError> {
    let file = api.file(&path).await?;
    // Fails only in a document that is being left.
    let _ = keep(&file, &name);
    Ok(())
}

/// Lets the browser put a file where it puts downloads.
pub(crate) fn keep(file: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(file)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address)
}
