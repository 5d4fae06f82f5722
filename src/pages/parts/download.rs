//! A button that downloads a file of the server's. A link could not: the browser sends no key with what it opens itself.

use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::tell_failure;
use crate::{
    api::Api,
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
            match api.file(&path).await {
                Ok(file) => {
                    // Fails only in a document that is being left.
                    let _ = keep(&file, name);
                }
                Err(error) => tell_failure(status, &format!("Couldn’t download {name}"), &error),
            }
            busy.set(false);
        });
    };
    let state = Signal::derive(move || match busy.get() {
        true => ButtonState::Busy,
        false => ButtonState::Ready,
    });
    view! {
        <Button kind=ButtonKind::Quiet state=state on_press=download>
            {label}
        </Button>
    }
}

/// Lets the browser put a file where it puts downloads.
fn keep(file: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(file)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address)
}
