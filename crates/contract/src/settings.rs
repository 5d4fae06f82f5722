//! The settings that a compute session is requested with, and what there is to choose from.
//!
//! One vocabulary for the wizard, a preset, a shared link and the server.

use serde::{Deserialize, Serialize};

use crate::packages::{AskedBy, InstallFault, RuntimeVersions};

/// Everything a person chooses for a compute session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionSettings {
    /// Where it runs.
    #[serde(default)]
    pub compute: ComputeChoice,
    /// When it ends for lack of use.
    #[serde(default)]
    pub idle_shutdown: IdleShutdown,
    /// The base image, as `flow.dag.yaml`'s `environment.image` has it; `None` for the default base image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_image: Option<String>,
    /// Whose versions of the packages of prompt flow's runtime its environments have.
    #[serde(default, skip_serializing_if = "RuntimeVersions::is_as_asked")]
    pub runtime_versions: RuntimeVersions,
}

/// Where a session runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum ComputeChoice {
    /// Compute that is made for the session and goes with it.
    #[serde(rename_all = "camelCase")]
    Serverless {
        /// The VM size; `None` for the default: the first that the quota has room for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vm_size: Option<String>,
        /// A user-assigned managed identity; `None` for the user's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<String>,
    },
    /// A compute instance, which exists already; size and identity are its own.
    Instance {
        /// Its name.
        name: String,
    },
}

impl Default for ComputeChoice {
    fn default() -> Self {
        ComputeChoice::Serverless {
            vm_size: None,
            identity: None,
        }
    }
}

/// Which of two things `PUT …/session/settings` is to do. A request that comes late does nothing else: it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum SettingsIntent {
    /// Start a session.
    Start,
    /// Change the one that runs.
    Change,
}

impl SettingsIntent {
    /// As it is written in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SettingsIntent::Start => "start",
            SettingsIntent::Change => "change",
        }
    }
}

/// The seconds that [`IdleShutdown::After`] may hold: a session that ended sooner would be gone before anything is done
/// in it; one that lasts a century needs no end.
pub const IDLE_SECONDS: std::ops::RangeInclusive<u64> = 10..=3_153_600_000;

/// When a session ends for lack of use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum IdleShutdown {
    /// After the server's default, or the compute instance's own.
    #[default]
    Default,
    /// It does not.
    Never,
    /// After this many seconds without activity.
    After(u64),
}

/// What there is to choose from, and what of it is available now. `GET …/compute-options`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ComputeOptions {
    /// Why this engine cannot run images, and how to get one that can; `None` when it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images_unavailable: Option<String>,
    /// VM sizes of serverless compute, smallest first.
    pub sizes: Vec<SizeOption>,
    /// What a start without a VM size takes; `None` when the quota has room for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_size: Option<String>,
    /// What of the host is in use, and what there is.
    pub quota: Vec<QuotaUsage>,
    /// Compute instances that the administrator has configured.
    pub instances: Vec<InstanceOption>,
    /// User-assigned managed identities that the administrator has configured.
    pub identities: Vec<IdentityOption>,
    /// The server's default for idle shutdown, in seconds; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_idle_seconds: Option<u64>,
    /// The environments that are kept from earlier installs; `None` when this engine keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_cache: Option<EnvironmentCache>,
}

/// How many environments are kept from earlier installs, for later starts with the same requirements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentCache {
    /// How many.
    pub environments: u32,
    /// What they take beside the base packages, in bytes.
    pub bytes: u64,
    /// What they may take, in bytes: what was not used for longest goes then. Nothing is kept when it is 0.
    pub limit_bytes: u64,
}

/// A VM size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SizeOption {
    /// Its name, such as `Standard_D2`.
    pub name: String,
    /// Virtual CPUs.
    pub v_cpus: u32,
    /// Memory in GiB.
    pub memory_gb: f64,
    /// Why it isn't available now, as a sentence; `None` when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<String>,
}

/// How much of one thing is in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QuotaUsage {
    /// `vCPUs` or `memory`.
    pub name: String,
    /// In use by sessions and compute instances.
    pub used: f64,
    /// All there is to give.
    pub limit: f64,
    /// `Count` or `GiB`.
    pub unit: String,
}

/// Where a compute instance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InstanceState {
    /// Can take sessions.
    Running,
    /// Must be started first.
    Stopped,
}

/// A compute instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InstanceOption {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: InstanceState,
    /// Its VM size, which no session can change.
    pub size: SizeOption,
    /// Its user-assigned managed identity; `None` for the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Its own idle shutdown in seconds; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<u64>,
    /// How many sessions run on it.
    pub sessions: u32,
}

/// A user-assigned managed identity: a named credential of the administrator's. Never the credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentityOption {
    /// Its name.
    pub name: String,
    /// What it is for, in the administrator's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What would happen if a session were started like this; nothing is allocated. `POST …/session/preflight` with
/// [`SessionSettings`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Preflight {
    /// One each for quota, base image, its registry (where the engine runs images and one is chosen), identity,
    /// requirements file, `flow.dag.yaml` and disk space.
    pub checks: Vec<PreflightCheck>,
    /// `environment` of `flow.dag.yaml` as it stands: its image, when it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The requirements file that would be installed, relative to the flow folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirements: Option<String>,
    /// The VM size that would be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vm_size: Option<String>,
}

/// One thing looked at before a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PreflightCheck {
    /// What was looked at.
    pub subject: CheckSubject,
    /// What was looked at, in a word or two for the screen.
    pub name: String,
    /// How it was found.
    pub outcome: CheckOutcome,
    /// What was found, in a sentence.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What is to blame among the requirements, when something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<InstallFault>,
    /// The line to correct, where it's known and `fault` doesn't say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<AskedBy>,
}

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum CheckSubject {
    /// Whether there is room for the session.
    Quota,
    /// The base image that is chosen.
    BaseImage,
    /// The default base image on this server.
    DefaultImage,
    /// The registry of the base image.
    Registry,
    /// The user-assigned managed identity.
    Identity,
    /// The requirements file and what it includes.
    Requirements,
    /// The flow's definition.
    Definition,
    /// The disk that holds the data folder.
    Disk,
}

impl CheckSubject {
    /// What it's called on the screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quota => "Quota",
            Self::BaseImage => "Base image",
            Self::DefaultImage => "Default base image",
            Self::Registry => "Registry",
            Self::Identity => "Identity",
            Self::Requirements => "Requirements file",
            Self::Definition => "flow.dag.yaml",
            Self::Disk => "Disk space",
        }
    }
}

/// How a check was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum CheckOutcome {
    /// Fine.
    Ok,
    /// A start would work, but not as one might think.
    Warning,
    /// A start would fail.
    Failure,
}

/// Named settings kept in the flow folder. `GET …/presets`; `PUT` and `DELETE …/presets/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preset {
    /// Its name: 1 to 60 characters, none of them a control character or `/`.
    pub name: String,
    /// The settings.
    pub settings: SessionSettings,
}
