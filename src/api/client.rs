//! The one function through which every request goes.

use flowdeck_contract::{ids::ProjectName, sign_ins::KEY_HEADER};
use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob};

use super::{ApiError, json};

/// The client. Cheap to copy; take it from the context before an `.await`.
#[derive(Clone, Copy)]
pub struct Api {
    base: StoredValue<String>,
    project: StoredValue<ProjectName>,
    /// Set when the server asks for a sign-in, and cleared by one.
    pub is_signed_out: RwSignal<bool>,
    /// A key that the browser does not keep.
    pub(super) unkept_key: StoredValue<Option<String>>,
    on_try: StoredValue<Option<Callback<String>>>,
}

/// The path of the document's base, with a slash at its end: what every address is relative to.
#[must_use]
pub fn base_path() -> String {
    let base = document().base_uri().ok().flatten();
    base.and_then(|base| web_sys::Url::new(&base).ok())
        .map(|url| url.pathname())
        .and_then(|path| path.rfind('/').map(|end| path[..=end].to_owned()))
        .unwrap_or_else(|| "/".to_owned())
}

impl Api {
    /// Makes the client available below, for `project` of the server at `base`.
    pub fn provide(base: String, project: ProjectName) -> Self {
        let api = Self {
            base: StoredValue::new(base),
            project: StoredValue::new(project),
            is_signed_out: RwSignal::new(false),
            unkept_key: StoredValue::new(None),
            on_try: StoredValue::new(None),
        };
        provide_context(api);
        api
    }

    /// The client in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<Api>()
    }

    /// The project shown.
    #[must_use]
    pub fn project(&self) -> ProjectName {
        self.project.get_value()
    }

    /// The absolute path of an API path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.base.with_value(|base| format!("{base}{path}"))
    }

    /// Gives the name of every change that is asked for from now on to `listener`, before it is asked for.
    pub fn on_try(&self, listener: impl Fn(String) + Send + Sync + 'static) {
        self.on_try.set_value(Some(Callback::new(listener)));
    }

    /// Tells that a change is about to be asked for. Returns its name, which its errors carry; reading has none.
    pub(crate) fn trying(&self, method: &Method, path: &str) -> Option<String> {
        let name = (*method != Method::GET).then(|| format!("{method} {path}"))?;
        if let Some(listener) = self.on_try.get_value() {
            listener.run(name.clone());
        }
        Some(name)
    }

    /// A request as every one of the app's begins: with the key of the sign-in.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let builder = RequestBuilder::new(&self.url(path)).method(method);
        match self.key() {
            Some(key) => builder.header(KEY_HEADER, &key),
            None => builder,
        }
    }

    /// Opens the live events at `path`, from after the one with the id `last`, until `abort` is dropped.
    pub(crate) async fn events(
        &self,
        path: &str,
        last: Option<&str>,
        abort: &AbortOnDrop,
    ) -> Result<Response, ApiError> {
        let mut request = self
            .request(Method::GET, path)
            .header("Accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let answer = opened(request, None, abort).await;
        self.note(&answer);
        answer
    }

    /// Fetches what is no text for the app, but a file for its reader.
    pub(crate) async fn file(&self, path: &str) -> Result<Blob, ApiError> {
        let abort = AbortOnDrop::new();
        let answer = opened(self.request(Method::GET, path), None, &abort).await;
        self.note(&answer);
        let unread = |_| ApiError::unreachable();
        let answer = web_sys::Response::from(answer?);
        let blob = answer.blob().map_err(unread)?;
        let blob = JsFuture::from(blob).await.map_err(unread)?;
        Ok(blob.unchecked_into())
    }

    /// Fetches a value.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        read(&self.send(Method::GET, path, None).await?)
    }

    /// Fetches a text.
    pub async fn get_text(&self, path: &str) -> Result<String, ApiError> {
        self.send(Method::GET, path, None).await
    }

    /// Posts a value and reads what comes back.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        read(&self.send(Method::POST, path, Some(write(body)?)).await?)
    }

    /// Posts a value; success is the answer.
    pub async fn post_only(&self, path: &str, body: &impl Serialize) -> Result<(), ApiError> {
        self.send(Method::POST, path, Some(write(body)?))
            .await
            .map(drop)
    }

    /// Puts a value in the place of the one there; success is the answer.
    pub async fn put_only(&self, path: &str, body: &impl Serialize) -> Result<(), ApiError> {
        self.send(Method::PUT, path, Some(write(body)?))
            .await
            .map(drop)
    }

    /// Deletes what `path` names; success is the answer.
    pub async fn delete(&self, path: &str) -> Result<(), ApiError> {
        self.send(Method::DELETE, path, None).await.map(drop)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<String, ApiError> {
        let name = self.trying(&method, path);
        let abort = AbortOnDrop::new();
        let request = self
            .request(method, path)
            .header("Accept", "application/json");
        let answer = match opened(request, body, &abort).await {
            Ok(response) => text_of(&response).await,
            Err(error) => Err(error),
        };
        self.note(&answer);
        answer.map_err(|error| error.about(name))
    }

    fn note<T>(&self, answer: &Result<T, ApiError>) {
        if answer.as_ref().is_err_and(ApiError::is_signed_out) {
            self.is_signed_out.set(true);
        }
    }
}

/// Aborts its request when dropped, so that dropping the future of a request aborts it.
pub(crate) struct AbortOnDrop(Option<AbortController>);

impl AbortOnDrop {
    pub(crate) fn new() -> Self {
        Self(AbortController::new().ok())
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Sends a request. Gives the answer as soon as it begins, when it is not a failure.
async fn opened(
    builder: RequestBuilder,
    body: Option<String>,
    abort: &AbortOnDrop,
) -> Result<Response, ApiError> {
    let signal = abort.0.as_ref().map(AbortController::signal);
    let builder = builder.abort_signal(signal.as_ref());
    let request = match body {
        Some(body) => builder
            .header("Content-Type", "application/json")
            .body(body),
        None => builder.build(),
    };
    let response = request.map_err(|_| ApiError::unreachable())?.send().await;
    let response = response.map_err(|_| ApiError::unreachable())?;
    if response.ok() {
        return Ok(response);
    }
    let request_id = response.headers().get("x-request-id");
    let text = text_of(&response).await?;
    Err(ApiError::from_answer(response.status(), &text, request_id))
}

async fn text_of(response: &Response) -> Result<String, ApiError> {
    response.text().await.map_err(|_| ApiError::unreachable())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    json::from_str(text).map_err(|error| ApiError::unreadable(&error.to_string()))
}

fn write(body: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|error| ApiError::unreadable(&error.to_string()))
}
