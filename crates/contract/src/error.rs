//! Why something failed.
//!
//! [`Failure`] is the value that every part gives and takes: a code, a message, a remedy. The error types of the parts
//! hold one and add what only they know; those of the wire ([`RootError`], and the failures of sessions, runs, checks
//! and feeds) have its fields among their own, as the public contract wants them flat.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{connections::ConnectionNeed, packages::InstallFault};

/// Why something failed, and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// PascalCase, stable, for programs; those that programs compare are in [`codes`](crate::codes).
    pub code: Cow<'static, str>,
    /// What happened and why, in a sentence or two.
    pub message: String,
    /// What a person can do, when that is known.
    pub remedy: Option<String>,
}

impl Failure {
    /// A failure without a known remedy.
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            remedy: None,
        }
    }

    /// Adds what a person can do about it.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Failure> for RootError {
    fn from(failure: Failure) -> Self {
        let root = Self::new(failure.code, failure.message);
        match failure.remedy {
            Some(remedy) => root.with_remedy(remedy),
            None => root,
        }
    }
}

/// The envelope of every failed request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponse {
    /// What went wrong.
    pub error: RootError,
    /// Ids to find this failure in the server's log.
    #[serde(default)]
    pub correlation: Correlation,
    /// When, as RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// Ids that tie an answer to the server's log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correlation {
    /// The id of the request, also in the header `x-request-id`.
    #[serde(rename = "RequestId", default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// What went wrong: a code for programs, a message for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RootError {
    /// PascalCase, stable, for programs.
    pub code: String,
    /// What happened and why, in a sentence or two.
    pub message: String,
    /// The field, file or header that is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// A narrower code below `code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner_error: Option<InnerError>,
    /// One entry per fault, when there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub details: Vec<RootError>,
    /// What else is known; see [`RootError::remedy`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_info: Vec<AdditionalInfo>,
}

/// A narrower error code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InnerError {
    /// PascalCase, stable, for programs.
    pub code: String,
    /// A yet narrower code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub inner_error: Option<Box<InnerError>>,
}

/// A typed note on an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdditionalInfo {
    /// What kind of note, such as `Remedy`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The note itself; for `Remedy`, `{"text": …}`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub info: serde_json::Value,
}

const REMEDY: &str = "Remedy";
const INSTALL_FAULT: &str = "InstallFault";
const CONNECTION_NEEDS: &str = "ConnectionNeeds";

impl RootError {
    /// An error with nothing but its code and message.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            target: None,
            inner_error: None,
            details: Vec::new(),
            additional_info: Vec::new(),
        }
    }

    /// Adds what a person can do about it.
    #[must_use]
    pub fn with_remedy(mut self, text: impl Into<String>) -> Self {
        let info = serde_json::json!({ "text": text.into() });
        self.additional_info.push(AdditionalInfo {
            kind: REMEDY.to_owned(),
            info,
        });
        self
    }

    /// Adds what is to blame for a failed install, or for one that would fail.
    #[must_use]
    pub fn with_install_fault(mut self, fault: &InstallFault) -> Self {
        // A type of ours has no keys that JSON could not have.
        let info = serde_json::to_value(fault).unwrap_or_default();
        self.additional_info.push(AdditionalInfo {
            kind: INSTALL_FAULT.to_owned(),
            info,
        });
        self
    }

    /// Adds the connections that stand in the way of a run.
    #[must_use]
    pub fn with_connection_needs(mut self, needs: &[ConnectionNeed]) -> Self {
        // As above.
        let info = serde_json::to_value(needs).unwrap_or_default();
        self.additional_info.push(AdditionalInfo {
            kind: CONNECTION_NEEDS.to_owned(),
            info,
        });
        self
    }

    /// Names the field, file or header at fault.
    #[must_use]
    pub fn with_target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// What a person can do about it, when that is known.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.info(REMEDY)?.get("text")?.as_str()
    }

    /// What is to blame for a failed install, when it is one.
    #[must_use]
    pub fn install_fault(&self) -> Option<InstallFault> {
        InstallFault::deserialize(self.info(INSTALL_FAULT)?).ok()
    }

    /// The connections that stand in the way of a run; empty when it's something else.
    #[must_use]
    pub fn connection_needs(&self) -> Vec<ConnectionNeed> {
        let info = self.info(CONNECTION_NEEDS);
        info.and_then(|info| Vec::deserialize(info).ok())
            .unwrap_or_default()
    }

    fn info(&self, kind: &str) -> Option<&serde_json::Value> {
        let mut infos = self.additional_info.iter();
        Some(&infos.find(|info| info.kind == kind)?.info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::InstallCause;

    #[test]
    fn the_envelope_has_the_public_contract_s_shape() {
        let response = ErrorResponse {
            error: RootError::new("FlowNotFound", "Flow ‘x’ doesn’t exist.")
                .with_remedy("Check the name."),
            correlation: Correlation {
                request_id: Some("abc".into()),
            },
            time: Some("2026-01-01T00:00:00Z".into()),
        };
        let json = serde_json::to_value(&response).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "error": {
                    "code": "FlowNotFound",
                    "message": "Flow ‘x’ doesn’t exist.",
                    "additionalInfo": [{"type": "Remedy", "info": {"text": "Check the name."}}],
                },
                "correlation": {"RequestId": "abc"},
                "time": "2026-01-01T00:00:00Z",
            })
        );
        assert_eq!(response.error.remedy(), Some("Check the name."));
        assert_eq!(response.error.install_fault(), None);
    }

    #[test]
    fn what_is_to_blame_for_an_install_survives_the_envelope() {
        let fault = InstallFault {
            cause: InstallCause::Conflict(vec!["a<2".into(), "b".into()]),
            requirement: Some("a<2".into()),
            asked_by: None,
        };
        let error = RootError::new("RequirementsConflict", "a and b.")
            .with_remedy("Loosen.")
            .with_install_fault(&fault);
        let text = serde_json::to_string(&error).unwrap();
        let read: RootError = serde_json::from_str(&text).unwrap();
        assert_eq!(read.install_fault(), Some(fault));
        assert_eq!(read.remedy(), Some("Loosen."));
    }
}
