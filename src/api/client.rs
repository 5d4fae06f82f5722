//! The client, and the one function through which every request goes: [`Api::exchange`].

use std::cell::RefCell;

use flowdeck_contract::{ids::ProjectName, sign_ins::KEY_HEADER};
use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Blob, ReadableStream};

use super::{ApiError, ahead::Ahead, json};

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
    fn trying(&self, method: &Method, path: &str) -> Option<String> {
        let name = (*method != Method::GET).then(|| format!("{method} {path}"))?;
        if let Some(listener) = self.on_try.get_value() {
            listener.run(name.clone());
        }
        Some(name)
    }

    /// Asks the server: every request of the app's goes through here, with the key of the sign-in. Gives the answer as
    /// soon as it begins, when it is not a failure.
    pub(super) async fn exchange(&self, request: Request<'_>) -> Result<Answer, ApiError> {
        let name = self.trying(&request.method, request.path);
        let ahead = match self.ahead(&request) {
            Some(ahead) => ahead.response().await,
            None => None,
        };
        let answer = match ahead {
            Some(response) => answered(response).await,
            None => self.asked(request).await,
        };
        if answer.as_ref().is_err_and(ApiError::is_signed_out) {
            self.is_signed_out.set(true);
        }
        match answer {
            Ok(response) => Ok(Answer {
                response,
                request: name,
            }),
            Err(error) => Err(error.about(name)),
        }
    }

    /// The answer to what the page asked for already.
    fn ahead(&self, request: &Request<'_>) -> Option<Ahead> {
        if request.method != Method::GET || request.resumes() {
            return None;
        }
        let ahead = Ahead::take(&self.url(request.path))?;
        if let Some(abort) = request.abort {
            abort.adopt(ahead.abort.clone());
        }
        Some(ahead)
    }

    async fn asked(&self, request: Request<'_>) -> Result<Response, ApiError> {
        let request = self.built(request).map_err(|_| ApiError::unreachable())?;
        let response = request.send().await;
        answered(response.map_err(|_| ApiError::unreachable())?).await
    }

    fn built(&self, request: Request<'_>) -> Result<gloo_net::http::Request, gloo_net::Error> {
        let Request {
            method,
            path,
            header,
            body,
            abort,
        } = request;
        let signal = abort.and_then(AbortOnDrop::signal);
        let key = self.key();
        let headers = key
            .as_deref()
            .map(|key| (KEY_HEADER, key))
            .into_iter()
            .chain(header);
        let builder = RequestBuilder::new(&self.url(path))
            .method(method)
            .abort_signal(signal.as_ref());
        let builder = headers.fold(builder, |builder, (name, value)| {
            builder.header(name, value)
        });
        match body {
            Some(Body::Json(text)) => builder
                .header("Content-Type", "application/json")
                .body(text),
            Some(Body::Text(text)) => builder
                .header("Content-Type", "text/plain; charset=utf-8")
                .body(text),
            Some(Body::Bytes(bytes)) => builder
                .header("Content-Type", "application/octet-stream")
                .body(bytes),
            None => builder.build(),
        }
    }

    /// Opens the live events at `path`, from after the one with the id `last`, until `abort` is dropped.
    pub(crate) async fn events(
        &self,
        path: &str,
        last: Option<&str>,
        abort: &AbortOnDrop,
    ) -> Result<Option<ReadableStream>, ApiError> {
        let request = Request {
            header: last.map(|last| (LAST_EVENT, last)),
            abort: Some(abort),
            ..Request::new(Method::GET, path)
        };
        Ok(self.exchange(request).await?.body())
    }

    /// Fetches a file that the person wants to keep.
    pub(crate) async fn file(&self, path: &str) -> Result<Blob, ApiError> {
        let abort = AbortOnDrop::new();
        let request = Request {
            abort: Some(&abort),
            ..Request::new(Method::GET, path)
        };
        self.exchange(request).await?.blob().await
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
        let abort = AbortOnDrop::new();
        let request = Request {
            header: Some(("Accept", "application/json")),
            body: body.map(Body::Json),
            abort: Some(&abort),
            ..Request::new(method, path)
        };
        self.exchange(request).await?.text().await
    }
}

/// What is asked of the server.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    /// Besides the key and the type of the body.
    pub(super) header: Option<(&'a str, &'a str)>,
    pub(super) body: Option<Body>,
    /// Ends it; without one it goes on even when whoever asked is gone.
    pub(super) abort: Option<&'a AbortOnDrop>,
}

/// The header that resumes a stream.
const LAST_EVENT: &str = "Last-Event-ID";

impl<'a> Request<'a> {
    /// Whether it asks for the rest of something.
    fn resumes(&self) -> bool {
        self.header.is_some_and(|(name, _)| name == LAST_EVENT)
    }

    pub(super) fn new(method: Method, path: &'a str) -> Self {
        Self {
            method,
            path,
            header: None,
            body: None,
            abort: None,
        }
    }
}

/// What is sent along.
pub(super) enum Body {
    Json(String),
    Text(String),
    Bytes(Blob),
}

/// An answer that is not a failure, as it begins to come.
pub(super) struct Answer {
    response: Response,
    /// The name of the change that was asked for.
    request: Option<String>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name)
    }

    /// Its body, as it comes.
    pub(super) fn body(self) -> Option<ReadableStream> {
        self.response.body()
    }

    pub(super) async fn text(self) -> Result<String, ApiError> {
        self.response.text().await.map_err(|_| broken(self.request))
    }

    /// Not as text: that would drop a byte order mark.
    pub(super) async fn bytes(self) -> Result<Vec<u8>, ApiError> {
        self.response
            .binary()
            .await
            .map_err(|_| broken(self.request))
    }

    async fn blob(self) -> Result<Blob, ApiError> {
        let blob = web_sys::Response::from(self.response).blob();
        let blob = async { JsFuture::from(blob?).await };
        match blob.await {
            Ok(blob) => Ok(blob.unchecked_into()),
            Err(_) => Err(broken(self.request)),
        }
    }
}

/// The connection ended before the answer did.
fn broken(request: Option<String>) -> ApiError {
    ApiError::unreachable().about(request)
}

/// The answer, unless it is a failure.
async fn answered(response: Response) -> Result<Response, ApiError> {
    if response.ok() {
        return Ok(response);
    }
    let request_id = response.headers().get("x-request-id");
    let text = response.text().await.map_err(|_| ApiError::unreachable())?;
    Err(ApiError::from_answer(response.status(), &text, request_id))
}

/// Aborts its request when dropped, so that dropping the future of a request aborts it.
pub(crate) struct AbortOnDrop(RefCell<Option<AbortController>>);

impl AbortOnDrop {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(AbortController::new().ok()))
    }

    fn signal(&self) -> Option<AbortSignal> {
        self.0.borrow().as_ref().map(AbortController::signal)
    }

    /// Aborts another request in its place, which was sent before.
    fn adopt(&self, other: AbortController) {
        self.0.replace(Some(other));
    }
}

impl AbortOnDrop {
    /// Aborts it now.
    pub(crate) fn abort(&self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.abort();
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    json::from_str(text).map_err(|error| ApiError::unreadable(&error.to_string()))
}

pub(super) fn write(body: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|error| ApiError::unreadable(&error.to_string()))
}
