//! Testing the package indexes, called feeds, that a requirements file names, before an install.

use serde::{Deserialize, Serialize};

/// The requirements file whose feeds are to be tested.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeedTestRequest {
    /// The text of the flow's requirements file as an editor has it; that on disk when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How the feeds stand, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeedTest {
    /// One entry per line that names an index.
    pub feeds: Vec<FeedResult>,
    /// The user-assigned managed identity whose token was used; `None` for the user's own, which has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// How one feed stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeedResult {
    /// The requirements file that names it, relative to the flow folder.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Its address, without a credential.
    pub url: String,
    /// Whether the line says `{private}`.
    pub private: bool,
    /// What came of the test.
    pub outcome: FeedOutcome,
    /// The outcome as a sentence.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What came of testing a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum FeedOutcome {
    /// It is an index and can be read.
    Ok,
    /// It refused.
    Refused,
    /// There is nothing at its path.
    NotFound,
    /// No host has its name.
    NoSuchHost,
    /// It could not be reached, or did not answer as it should.
    Unreachable,
    /// The address isn't that of a package index.
    NotAnIndex,
    /// It is private, and the session has no identity whose token may be shown to it.
    NoIdentity,
}

/// Names of packages that are known without asking an index: those of the base and of sessions, those that flows ask
/// for, and those that are widely used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KnownPackages {
    /// Normalised, in order.
    pub names: Vec<String>,
}

/// A package to look up in the indexes that an install would use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PackageQuestion {
    /// Its whole name.
    pub name: String,
    /// The text of the flow's requirements file as an editor has it; that on disk when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What the indexes say of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum PackageAnswer {
    /// An index has it.
    Found {
        /// Its versions, newest first, without yanked ones.
        versions: Vec<String>,
    },
    /// Every index was asked, and none has it.
    Missing {
        /// That, as a sentence.
        message: String,
    },
    /// There is no index to ask.
    NotAsked {
        /// Why, as a sentence.
        message: String,
    },
    /// Nobody could look.
    Unknown {
        /// Why, as a sentence.
        message: String,
    },
}
