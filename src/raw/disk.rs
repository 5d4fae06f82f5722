//! Reads and writes a flow's files on the server: byte for byte, and never over what the writer has not seen.

use flowdeck_contract::{
    files::FileEntry,
    ids::{FilePath, FlowId},
    paths,
};
use gloo_net::http::Method;
use leptos::prelude::*;

use super::document::{Disk, Precondition};
use crate::api::{Api, ApiError, json};

/// How a save ended when it did not fail.
#[derive(Debug)]
pub(crate) enum Written {
    /// The file holds the text now.
    Done(FileEntry),
    /// The precondition does not hold: the disk holds something else.
    Refused,
}

/// The files of one flow on the server.
#[derive(Clone)]
pub(crate) struct FlowFiles {
    api: Api,
    flow: FlowId,
}

impl FlowFiles {
    pub(crate) fn new(api: Api, flow: FlowId) -> Self {
        Self { api, flow }
    }

    /// Reads a file; one that is not there is [`Disk::Gone`].
    pub(crate) async fn read(&self, path: &FilePath) -> Result<Disk, ApiError> {
        match self.exchange(Method::GET, path, None, None).await? {
            answer if answer.is_ok() => {
                let etag = answer
                    .etag
                    .ok_or_else(|| ApiError::unreadable("a file came without its tag"))?;
                let text = String::from_utf8(answer.body)
                    .map_err(|_| ApiError::unreadable("a file is not UTF-8"))?;
                Ok(Disk::Text {
                    etag,
                    text: text.into(),
                })
            }
            answer => match answer.into_error() {
                // A proxy's 404 is no word on the file.
                error if error.status == Some(404) && error.code == "FileNotFound" => {
                    Ok(Disk::Gone)
                }
                error => Err(error),
            },
        }
    }

    /// Writes a file if `precondition` holds.
    pub(crate) async fn write(
        &self,
        path: &FilePath,
        precondition: &Precondition,
        text: &str,
    ) -> Result<Written, ApiError> {
        let answer = self
            .exchange(Method::PUT, path, Some(precondition), Some(text))
            .await?;
        match answer.status {
            412 => Ok(Written::Refused),
            _ if answer.is_ok() => {
                let entry = std::str::from_utf8(&answer.body)
                    .map_err(|error| error.to_string())
                    .and_then(|body| json::from_str(body).map_err(|error| error.to_string()));
                entry
                    .map(Written::Done)
                    .map_err(|error| ApiError::unreadable(&error))
            }
            _ => Err(answer.into_error()),
        }
    }

    /// Removes a file if it still has `etag`; what has none, such as a link, is removed as it is.
    pub(crate) async fn remove(&self, path: &FilePath, etag: &str) -> Result<Removed, ApiError> {
        let precondition = (!etag.is_empty()).then(|| Precondition::Is(etag.to_owned()));
        let answer = self
            .exchange(Method::DELETE, path, precondition.as_ref(), None)
            .await?;
        match answer.status {
            412 => Ok(Removed::Refused),
            _ if answer.is_ok() => Ok(Removed::Done),
            _ => Err(answer.into_error()),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &FilePath,
        precondition: Option<&Precondition>,
        body: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let path = paths::file(&self.api.project(), &self.flow, path);
        let name = self.api.trying(&method, &path);
        let unreachable = || ApiError::unreachable().about(name.clone());
        let mut builder = self.api.request(method, &path);
        builder = match precondition {
            Some(Precondition::Is(etag)) => builder.header("If-Match", etag),
            Some(Precondition::Absent) => builder.header("If-None-Match", "*"),
            None => builder,
        };
        let request = match body {
            Some(body) => builder
                .header("Content-Type", "text/plain; charset=utf-8")
                .body(body),
            None => builder.build(),
        };
        let response = request.map_err(|_| unreachable())?.send().await;
        let response = response.map_err(|_| unreachable())?;
        let answer = Answer {
            status: response.status(),
            etag: response
                .headers()
                .get("etag")
                .map(|etag| etag.trim_start_matches("W/").to_owned()),
            request_id: response.headers().get("x-request-id"),
            // Not as text: that would drop a byte order mark.
            body: response.binary().await.map_err(|_| unreachable())?,
            name: name.clone(),
        };
        if answer.status == 401 {
            self.api.is_signed_out.set(true);
        }
        Ok(answer)
    }
}

/// How a removal ended when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    /// The file is gone.
    Done,
    /// The file changed, or is gone already.
    Refused,
}

struct Answer {
    status: u16,
    etag: Option<String>,
    request_id: Option<String>,
    body: Vec<u8>,
    /// Of the change that was asked for.
    name: Option<String>,
}

impl Answer {
    fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn into_error(self) -> ApiError {
        ApiError::from_answer(
            self.status,
            &String::from_utf8_lossy(&self.body),
            self.request_id,
        )
        .about(self.name)
    }
}
