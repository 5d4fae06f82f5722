//! Reads and writes a flow's files on the server: byte for byte, and never over what the writer has not seen.

use std::sync::Arc;

use flowdeck_contract::{
    codes,
    files::{FileEntry, FileTree},
    ids::{FilePath, FlowId},
    paths,
};
use gloo_net::http::Method;

use super::{
    Api, ApiError,
    client::{Answer, Body, Request},
    json,
};

/// What stands on disk at a file's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    /// A text, and the tag that names it.
    Text {
        /// As the server gave it; sent back as `If-Match`.
        etag: String,
        /// Byte for byte.
        text: Arc<str>,
    },
    /// Nothing.
    Gone,
}

impl Disk {
    /// What holds as long as this stands there.
    pub(crate) fn precondition(&self) -> Precondition {
        match self {
            Self::Text { etag, .. } => Precondition::Is(etag.clone()),
            Self::Gone => Precondition::Absent,
        }
    }

    /// The text, which is empty where there is none.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text { text, .. } => text,
            Self::Gone => "",
        }
    }

    /// Whether both have the same content.
    pub(crate) fn is(&self, etag: Option<&str>) -> bool {
        match self {
            Self::Text { etag: own, .. } => etag == Some(own),
            Self::Gone => etag.is_none(),
        }
    }
}

/// What must hold on disk for a save to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// The file has this tag.
    Is(String),
    /// There is no file.
    Absent,
}

impl Precondition {
    /// The header that says it.
    pub(super) fn header(&self) -> (&'static str, &str) {
        match self {
            Self::Is(etag) => ("If-Match", etag),
            Self::Absent => ("If-None-Match", "*"),
        }
    }
}

/// How a save ended when it did not fail.
#[derive(Debug)]
pub(crate) enum Written {
    /// The file holds the text now.
    Done(FileEntry),
    /// The precondition does not hold: the disk holds something else.
    Refused,
}

/// How a removal ended when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    /// The file is gone.
    Done,
    /// The file changed, or is gone already.
    Refused,
}

impl Api {
    /// Every file of a flow.
    pub async fn files(&self, flow: &FlowId) -> Result<FileTree, ApiError> {
        self.get(&paths::files(&self.project(), flow)).await
    }
}

/// The files of one flow on the server. What was asked for goes on when whoever asked is gone.
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
        let answer = match self.exchange(Method::GET, path, None, None).await {
            // A proxy's 404 says nothing about the file.
            Err(error) if error.is_not_found() && error.code == codes::FILE_NOT_FOUND => {
                return Ok(Disk::Gone);
            }
            answer => answer?,
        };
        let etag = answer
            .header("etag")
            .ok_or_else(|| ApiError::unreadable("a file came without its tag"))?;
        let text = String::from_utf8(answer.bytes().await?)
            .map_err(|_| ApiError::unreadable("a file is not UTF-8"))?;
        Ok(Disk::Text {
            etag: etag.trim_start_matches("W/").to_owned(),
            text: text.into(),
        })
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
            .await;
        match unless_refused(answer)? {
            Some(answer) => {
                let entry = json::from_str(&answer.text().await?);
                let unreadable =
                    |error: serde_json::Error| ApiError::unreadable(&error.to_string());
                entry.map(Written::Done).map_err(unreadable)
            }
            None => Ok(Written::Refused),
        }
    }

    /// Removes a file if it still has `etag`; what has none, such as a link, is removed as it is.
    pub(crate) async fn remove(&self, path: &FilePath, etag: &str) -> Result<Removed, ApiError> {
        let precondition = (!etag.is_empty()).then(|| Precondition::Is(etag.to_owned()));
        let answer = self
            .exchange(Method::DELETE, path, precondition.as_ref(), None)
            .await;
        Ok(match unless_refused(answer)? {
            Some(_) => Removed::Done,
            None => Removed::Refused,
        })
    }

    async fn exchange(
        &self,
        method: Method,
        path: &FilePath,
        precondition: Option<&Precondition>,
        text: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let path = paths::file(&self.api.project(), &self.flow, path);
        let request = Request {
            header: precondition.map(Precondition::header),
            body: text.map(|text| Body::Text(text.to_owned())),
            ..Request::new(method, &path)
        };
        self.api.exchange(request).await
    }
}

/// The answer; `None` where the precondition did not hold.
fn unless_refused(answer: Result<Answer, ApiError>) -> Result<Option<Answer>, ApiError> {
    match answer {
        Err(error) if error.status == Some(412) => Ok(None),
        answer => answer.map(Some),
    }
}
