//! The one error every failed request becomes.

use flowdeck_contract::{error::ErrorResponse, packages::InstallFault};

use super::json;

const UNREACHABLE: &str = "Unreachable";

/// Why a request failed, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// The HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// PascalCase, stable, for programs.
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// What the person can do, when that is known.
    pub remedy: Option<String>,
    /// Finds this failure in the server's log.
    pub request_id: Option<String>,
    /// The change that was asked for, by its method and path; `None` when something was only to be read.
    pub request: Option<String>,
    /// What an install would fail with, when it is that.
    pub install_fault: Option<Box<InstallFault>>,
}

impl ApiError {
    /// The request did not get through.
    #[must_use]
    pub fn unreachable() -> Self {
        Self {
            status: None,
            code: UNREACHABLE.into(),
            message: "The flowdeck server doesn’t answer.".into(),
            remedy: Some("Check that it’s running and that this browser can reach it.".into()),
            request_id: None,
            request: None,
            install_fault: None,
        }
    }

    /// What was wanted failed in the browser, before anything was asked.
    #[must_use]
    pub fn local(code: &str, message: String) -> Self {
        Self {
            code: code.into(),
            message,
            remedy: None,
            ..Self::unreachable()
        }
    }

    /// What happened, why, and what to do, in a line.
    #[must_use]
    pub fn with_remedy(&self) -> String {
        match &self.remedy {
            Some(remedy) => format!("{} {remedy}", self.message),
            None => self.message.clone(),
        }
    }

    /// An answer that is not what the contract promises: `reason` says how.
    #[must_use]
    pub fn unreadable(reason: &str) -> Self {
        Self {
            status: None,
            code: "UnreadableAnswer".into(),
            message: format!("Can’t read the server’s answer: {reason}."),
            remedy: Some("Reload the page. It may be older than the server.".into()),
            request_id: None,
            request: None,
            install_fault: None,
        }
    }

    /// Reads the answer of a failed request, whoever wrote it: the server, or a proxy before it.
    #[must_use]
    pub fn from_answer(status: u16, body: &str, request_id: Option<String>) -> Self {
        match json::from_str::<ErrorResponse>(body) {
            Ok(answer) => Self {
                status: Some(status),
                remedy: answer.error.remedy().map(str::to_owned),
                install_fault: answer.error.install_fault().map(Box::new),
                code: answer.error.code,
                message: answer.error.message,
                request_id: answer.correlation.request_id.or(request_id),
                request: None,
            },
            Err(_) => Self {
                status: Some(status),
                code: format!("Http{status}"),
                message: format!("The server answered with status {status} and gave no reason."),
                remedy: matches!(status, 502..=504)
                    .then(|| "A proxy in front of flowdeck answered. Check that flowdeck is running behind it.".into()),
                request_id,
                request: None,
                install_fault: None,
            },
        }
    }

    /// The same error of the change with this name.
    #[must_use]
    pub fn about(self, request: Option<String>) -> Self {
        Self { request, ..self }
    }

    /// Whether what was asked for is not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status == Some(404)
    }

    /// Whether no answer came at all.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.code == UNREACHABLE
    }

    /// Whether the person has to sign in first.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.status == Some(401)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_the_contract_s_shape_keeps_everything_it_says() {
        let body = r#"{"error": {"code": "FlowNotFound", "message": "Flow ‘x’ doesn’t exist.",
            "additionalInfo": [{"type": "Remedy", "info": {"text": "Check the name."}}]},
            "correlation": {"RequestId": "abc"}}"#;
        let error = ApiError::from_answer(404, body, Some("header".into()));
        assert_eq!(
            error,
            ApiError {
                status: Some(404),
                code: "FlowNotFound".into(),
                message: "Flow ‘x’ doesn’t exist.".into(),
                remedy: Some("Check the name.".into()),
                request_id: Some("abc".into()),
                request: None,
                install_fault: None,
            }
        );
    }

    #[test]
    fn the_request_id_comes_from_the_header_when_the_body_has_none() {
        let body = r#"{"error": {"code": "X", "message": "y"}}"#;
        let error = ApiError::from_answer(500, body, Some("header".into()));
        assert_eq!(error.request_id.as_deref(), Some("header"));
    }

    #[test]
    fn an_answer_of_something_else_is_named_by_its_status() {
        for (status, body) in [(502, "<html>Bad Gateway</html>"), (500, ""), (404, "{}")] {
            let error = ApiError::from_answer(status, body, None);
            assert_eq!(error.status, Some(status));
            assert!(error.message.contains(&status.to_string()), "{error}");
            assert_eq!(error.remedy.is_some(), status == 502);
        }
    }
}
