//! The packages of a compute session: what is installed and why, what an install would change, and how far an install
//! is.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// A session's packages, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PackagesView {
    /// What the base image is called.
    pub base: String,
    /// Every package that is installed.
    pub packages: Vec<PackageView>,
    /// Why the requirements can't be read, when they can't: then it isn't known which line asks for a package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirements_problem: Option<String>,
    /// The set of packages that can be restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restorable: Option<LastGood>,
    /// One `name==version` a line, by name, each with its line end: a requirements file that asks for just this.
    pub lock: String,
}

/// A package that is installed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PackageView {
    /// Its normalised name; from outside, may hold anything.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a package came from. As JSON an object with one key, or the name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// It is as the base image has it.
    BaseImage,
    /// A line of the requirements file asks for it.
    Requirements(AskedBy),
    /// Other packages need it.
    DependencyOf(Vec<String>),
    /// Installed with an earlier requirements file; nothing asks for it any more.
    FormerRequirements,
    /// Not known, because the requirements can't be read: a line may ask for it, or none.
    Unknown,
    /// Somebody or something put it into the environment after the last install, or changed its version.
    ByHand,
}

/// A line of a requirements file that asks for a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AskedBy {
    /// The file, relative to the flow folder; also one that the requirements file includes.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// What the line says, without comment; a password in it is left out.
    pub text: String,
}

/// Where the environment is not what the requirements file asks for as it is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The package's normalised name.
    pub name: String,
    /// How it differs.
    pub kind: DifferenceKind,
    /// The version that is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<String>,
    /// The version that an install would bring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// The line that asks for it; `None` for what others need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<AskedBy>,
}

/// How a package differs from what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum DifferenceKind {
    /// Asked for and not installed.
    Missing,
    /// Installed at another version than an install would bring.
    OtherVersion,
    /// Installed, and nothing asks for it: an install would leave it out.
    NotAsked,
}

/// The set of packages that a session had before its last install.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LastGood {
    /// When it was made.
    pub made_at: Millis,
    /// How many packages it has.
    pub packages: u32,
}

/// What an install of the requirements file as it is on disk would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InstallPlan {
    /// The requirements file, relative to the flow folder.
    pub file: String,
    /// That file and all that it includes with `-r` and `-c`; those outside of the flow folder as they are named. When one
    /// of them changes, the plan is out of date.
    pub files: Vec<String>,
    /// What the base image is called, which the new environment starts from.
    pub base: String,
    /// Every package of the session now or afterwards, by name, but those that stay and are not asked for by a line.
    pub changes: Vec<PlanChange>,
    /// How many packages stay as they are, those in `changes` included.
    pub unchanged: u32,
    /// The exact command of the install.
    pub command: String,
    /// What to know before it is installed, by line and package.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<PlanWarning>,
    /// Whose versions of prompt flow's runtime count.
    #[serde(default, skip_serializing_if = "RuntimeVersions::is_as_asked")]
    pub runtime_versions: RuntimeVersions,
}

/// Something that an install would do and whose author may not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanWarning {
    /// What it is, as a sentence.
    pub message: String,
    /// The line that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<AskedBy>,
}

/// Whose versions of the packages of prompt flow's runtime count where a requirements file asks for others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum RuntimeVersions {
    /// The file's: one that the base doesn't have is refused.
    #[default]
    AsAsked,
    /// The base's: what the file says of them is passed over.
    KeepBase,
}

impl RuntimeVersions {
    /// Whether the file's count.
    #[must_use]
    pub fn is_as_asked(&self) -> bool {
        *self == Self::AsAsked
    }
}

/// What an install would do to one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanChange {
    /// The package's normalised name.
    pub name: String,
    /// What would happen.
    pub kind: PlanKind,
    /// The version in the session now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The version afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The version that the base image holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_base: Option<String>,
    /// The line that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<AskedBy>,
}

/// What an install would do to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum PlanKind {
    /// The session does not have it.
    Added,
    /// A later version takes its place.
    Upgraded,
    /// An earlier version takes its place.
    Downgraded,
    /// It stays at its version.
    Unchanged,
    /// The new environment is without it.
    Removed,
}

/// What an install brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum InstallKind {
    /// What the requirements file asks for.
    #[default]
    Requirements,
    /// The set of packages from before the last install.
    LastGood,
}

/// One line of the requirements file in an install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequirementState {
    /// The line.
    pub asked_by: AskedBy,
    /// The normalised name of the package it asks for; `None` for a path or an address until its name is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands.
    pub state: RequirementProgress,
}

/// Where one requirement stands. As JSON an object with one key, or the name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum RequirementProgress {
    /// Its turn has not come.
    Waiting,
    /// Its version is being looked for.
    Resolving,
    /// It is being fetched.
    Downloading,
    /// It is being built from its source.
    Building,
    /// It was installed, at this version.
    Installed(String),
    /// The environment had it, at this version.
    AlreadyThere(String),
    /// Its condition does not hold here, such as another version of Python.
    NotNeeded,
    /// It is why the install failed.
    Failed,
}

/// What is to blame for a failed install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InstallFault {
    /// The kind of cause.
    pub cause: InstallCause,
    /// The requirement at fault, as uv names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// The line that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<AskedBy>,
}

/// Why an install failed. As JSON an object with one key, or the name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum InstallCause {
    /// There is no such package, or no such version of it.
    NotFound,
    /// Requirements contradict each other; these.
    Conflict(Vec<String>),
    /// It had to be built from its source, and that failed.
    BuildFailed,
    /// The package index, or feed, refused access.
    FeedRefused,
    /// There is no space left.
    DiskFull,
    /// The package index could not be reached.
    NoNetwork,
    /// A line asks for another version of prompt flow's runtime than the base's: `requirement` is the package. The install
    /// can keep the base's version.
    RuntimePackage,
    /// A line, or a file, can't be read.
    Unreadable,
    /// The flow, or a line, names a file that isn't there: `requirement`, relative to the flow folder where it is beneath it.
    FileMissing,
    /// uv said that it was done, yet a requirement is not at a version that it allows.
    NotSatisfied,
    /// The runtime does not start with these packages.
    RuntimeFailed,
    /// The server was restarted in the middle of it.
    Interrupted,
    /// Another; the message says what.
    Other,
}
