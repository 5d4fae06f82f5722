//! The one function through which every request goes.

use flowdeck_contract::ids::ProjectName;
use gloo_net::http::{Method, RequestBuilder};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use web_sys::AbortController;

use super::{ApiError, json};

/// The client. Cheap to copy; take it from the context before an `.await`.
#[derive(Clone, Copy)]
pub struct Api {
    base: StoredValue<String>,
    project: StoredValue<ProjectName>,
    /// Set when the server asks for a sign-in, and cleared by one.
    pub signed_out: RwSignal<bool>,
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
            signed_out: RwSignal::new(false),
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
        let answer = exchange(method, &self.url(path), body).await;
        if answer.as_ref().is_err_and(ApiError::is_signed_out) {
            self.signed_out.set(true);
        }
        answer
    }
}

/// Aborts its request when dropped, so that dropping the future of a request aborts it.
struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

async fn exchange(method: Method, url: &str, body: Option<String>) -> Result<String, ApiError> {
    let abort = AbortOnDrop(AbortController::new().ok());
    let signal = abort.0.as_ref().map(AbortController::signal);
    let builder = RequestBuilder::new(url)
        .method(method)
        .header("Accept", "application/json")
        .abort_signal(signal.as_ref());
    let request = match body {
        Some(body) => builder
            .header("Content-Type", "application/json")
            .body(body),
        None => builder.build(),
    };
    let response = request.map_err(|_| ApiError::unreachable())?.send().await;
    let response = response.map_err(|_| ApiError::unreachable())?;
    let request_id = response.headers().get("x-request-id");
    let text = response.text().await.map_err(|_| ApiError::unreachable())?;
    if response.ok() {
        Ok(text)
    } else {
        Err(ApiError::from_answer(response.status(), &text, request_id))
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    json::from_str(text).map_err(|error| ApiError::unreadable(&error.to_string()))
}

fn write(body: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|error| ApiError::unreadable(&error.to_string()))
}
