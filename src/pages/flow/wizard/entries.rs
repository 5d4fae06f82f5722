//! The values of the wizard's controls: one value that survives every step, and what is wrong with it.

use flowdeck_contract::{
    image::{ImageReference, proposal},
    packages::RuntimeVersions,
    settings::{
        ComputeChoice, ComputeOptions, IdleShutdown, InstanceOption, InstanceState, SessionSettings,
    },
};

use super::idle::IdleEntry;
use crate::routes::WizardStep;

/// Which of the two kinds of compute is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ComputeKind {
    #[default]
    Serverless,
    Instance,
}

/// Everything that is entered, also what the other radio hides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entries {
    pub(super) kind: ComputeKind,
    /// `None` for the default.
    pub(super) vm_size: Option<String>,
    /// `None` for the user's own.
    pub(super) identity: Option<String>,
    pub(super) instance: Option<String>,
    /// `None` while nothing was entered: the default.
    pub(super) idle: Option<IdleEntry>,
    pub(super) custom_image: bool,
    pub(super) image_url: String,
    pub(super) image_tag: String,
    /// Whose versions of prompt flow's runtime count; no control of its own: a check offers it.
    pub(super) runtime_versions: RuntimeVersions,
}

/// A control that can be at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    VmSize,
    Identity,
    Instance,
    Idle,
    ImageUrl,
    ImageTag,
}

impl Field {
    /// The id of the control that takes the focus.
    pub(super) fn id(self) -> &'static str {
        match self {
            Field::VmSize => "advanced-vm-size",
            Field::Identity => "advanced-identity",
            Field::Instance => "advanced-instance",
            Field::Idle => "advanced-idle",
            Field::ImageUrl => "advanced-image-url",
            Field::ImageTag => "advanced-image-tag",
        }
    }

    /// The step that it stands in.
    pub(super) fn step(self) -> WizardStep {
        match self {
            Field::ImageUrl | Field::ImageTag => WizardStep::Image,
            _ => WizardStep::Compute,
        }
    }
}

/// What is wrong with a control, in a sentence.
pub(super) type Fault = (Field, String);

impl From<&SessionSettings> for Entries {
    fn from(settings: &SessionSettings) -> Self {
        let mut entries = Entries {
            idle: match settings.idle_shutdown {
                IdleShutdown::Default => None,
                IdleShutdown::Never => Some(IdleEntry::of(None)),
                IdleShutdown::After(seconds) => Some(IdleEntry::of(Some(seconds))),
            },
            runtime_versions: settings.runtime_versions,
            ..Entries::default()
        };
        match settings.compute.clone() {
            ComputeChoice::Serverless { vm_size, identity } => {
                entries.vm_size = vm_size;
                entries.identity = identity;
            }
            ComputeChoice::Instance { name } => {
                entries.kind = ComputeKind::Instance;
                entries.instance = Some(name);
            }
        }
        if let Some(image) = settings.base_image.as_deref() {
            entries.custom_image = true;
            (entries.image_url, entries.image_tag) = parts(image);
        }
        entries
    }
}

/// What stands in the two fields for an image.
fn parts(image: &str) -> (String, String) {
    match ImageReference::try_from(image) {
        Ok(image) if image.tag().is_none() || image.digest().is_none() => {
            let tag = image.digest().or(image.tag()).unwrap_or_default();
            (image.name().to_owned(), tag.to_owned())
        }
        // A tag and a digest, or what no field would have taken: as it is, to be seen and corrected.
        _ => (image.to_owned(), String::new()),
    }
}

impl Entries {
    /// What they stand for.
    ///
    /// # Errors
    /// All that is wrong, in the order of the screen.
    pub(super) fn settings(&self, options: &ComputeOptions) -> Result<SessionSettings, Vec<Fault>> {
        let mut faults = self.compute_faults(options);
        let base_image = match self.image() {
            Ok(image) => image,
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let compute = match self.kind {
            ComputeKind::Serverless => ComputeChoice::Serverless {
                vm_size: self.vm_size.clone(),
                identity: self.identity.clone(),
            },
            ComputeKind::Instance => ComputeChoice::Instance {
                name: self.instance.clone().unwrap_or_default(),
            },
        };
        let idle_shutdown = match self.idle.as_ref().map(IdleEntry::seconds) {
            None | Some(Err(_)) => IdleShutdown::Default,
            Some(Ok(None)) => IdleShutdown::Never,
            Some(Ok(Some(seconds))) => IdleShutdown::After(seconds),
        };
        Ok(SessionSettings {
            compute,
            idle_shutdown,
            base_image: base_image.map(String::from),
            runtime_versions: self.runtime_versions,
        })
    }

    fn compute_faults(&self, options: &ComputeOptions) -> Vec<Fault> {
        let choice = match self.kind {
            ComputeKind::Serverless => [self.size_fault(options), self.identity_fault(options)],
            ComputeKind::Instance => [self.instance_fault(options), None],
        };
        let idle = self.idle.as_ref().and_then(|idle| idle.seconds().err());
        let [first, second] = choice;
        let idle = idle.map(|reason| (Field::Idle, reason.to_owned()));
        [first, idle, second].into_iter().flatten().collect()
    }

    fn size_fault(&self, options: &ComputeOptions) -> Option<Fault> {
        let Some(name) = &self.vm_size else {
            let none = "No VM size is available now. Stop a compute session that you don’t need.";
            return options
                .default_size
                .is_none()
                .then(|| (Field::VmSize, none.to_owned()));
        };
        let fault = match options.sizes.iter().find(|size| size.name == *name) {
            None => Some(format!("VM size ‘{name}’ doesn’t exist. Choose another.")),
            Some(size) => size.unavailable.clone(),
        };
        fault.map(|fault| (Field::VmSize, fault))
    }

    fn identity_fault(&self, options: &ComputeOptions) -> Option<Fault> {
        let name = self.identity.as_ref()?;
        let known = options.identities.iter().any(|known| known.name == *name);
        (!known).then(|| {
            let text = format!("Managed identity ‘{name}’ doesn’t exist. Choose another.");
            (Field::Identity, text)
        })
    }

    fn instance_fault(&self, options: &ComputeOptions) -> Option<Fault> {
        let fault = match (self.chosen_instance(options), &self.instance) {
            (None, None) => "Choose a compute instance.".to_owned(),
            (None, Some(name)) => {
                format!("Compute instance ‘{name}’ doesn’t exist. Choose another.")
            }
            (Some(instance), _) if instance.state == InstanceState::Stopped => {
                format!(
                    "The compute instance ‘{}’ is stopped. Start it first.",
                    instance.name
                )
            }
            (Some(_), _) => return None,
        };
        Some((Field::Instance, fault))
    }

    /// The compute instance that is picked, if there is one of its name.
    pub(super) fn chosen_instance<'o>(
        &self,
        options: &'o ComputeOptions,
    ) -> Option<&'o InstanceOption> {
        let name = self.instance.as_ref()?;
        options
            .instances
            .iter()
            .find(|instance| instance.name == *name)
    }

    /// The idle time as entered, else the default of the compute that is chosen.
    pub(super) fn idle_shown(&self, options: &ComputeOptions) -> IdleEntry {
        let default = match self.kind {
            ComputeKind::Serverless => options.default_idle_seconds,
            ComputeKind::Instance => match self.chosen_instance(options) {
                Some(instance) => instance.idle_seconds,
                None => options.default_idle_seconds,
            },
        };
        self.idle.clone().unwrap_or_else(|| IdleEntry::of(default))
    }

    /// The custom base image; `None` for the default one.
    pub(super) fn image(&self) -> Result<Option<ImageReference>, Fault> {
        if !self.custom_image {
            return Ok(None);
        }
        let (url, tag) = (self.image_url.trim(), self.image_tag.trim());
        let named = ImageReference::try_from(url).map_err(|reason| {
            let meant = proposal(url).map(|meant| format!(" Did you mean ‘{meant}’?"));
            let text = reason.to_string() + &meant.unwrap_or_default();
            (Field::ImageUrl, text)
        })?;
        if tag.is_empty() {
            return Ok(Some(named));
        }
        if named.tag().is_some() || named.digest().is_some() {
            let text = "The image URL already has a tag or digest. Leave this empty, or remove it from the URL.";
            return Err((Field::ImageTag, text.to_owned()));
        }
        ImageReference::of_parts(url, tag)
            .map(Some)
            .map_err(|reason| (Field::ImageTag, reason.to_string()))
    }
}

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
