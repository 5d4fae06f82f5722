//! The wizard of a compute session's settings in the address, so that it can be reloaded and shared.

use flowdeck_contract::settings::{ComputeChoice, IdleShutdown, SessionSettings};

use super::Query;

/// A step of the wizard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WizardStep {
    /// Where it runs, and until when.
    #[default]
    Compute,
    /// On what.
    Image,
    /// All of it, checked.
    Review,
}

impl WizardStep {
    /// All of them, in order.
    pub const ALL: [WizardStep; 3] = [WizardStep::Compute, WizardStep::Image, WizardStep::Review];

    fn word(self) -> &'static str {
        match self {
            WizardStep::Compute => "compute",
            WizardStep::Image => "image",
            WizardStep::Review => "review",
        }
    }
}

/// The wizard, open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advanced {
    /// The step shown.
    pub step: WizardStep,
    /// What it is filled in with; `None` for what the session has, or the defaults.
    pub settings: Option<SessionSettings>,
}

impl Advanced {
    pub(super) fn read(query: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let word = query("advanced")?;
        let step = WizardStep::ALL.into_iter().find(|step| step.word() == word);
        Some(Self {
            step: step.unwrap_or_default(),
            settings: read_settings(query),
        })
    }

    pub(super) fn write(&self, query: &mut Query) {
        query.push("advanced", self.step.word());
        if let Some(settings) = &self.settings {
            write_settings(settings, query);
        }
    }
}

/// The idle time is always there when there are settings; the rest only where it is chosen.
fn read_settings(query: impl Fn(&str) -> Option<String>) -> Option<SessionSettings> {
    let idle_shutdown = match query("idle")?.as_str() {
        "never" => IdleShutdown::Never,
        text => text
            .parse()
            .map_or(IdleShutdown::Default, IdleShutdown::After),
    };
    let compute = match query("instance") {
        Some(name) => ComputeChoice::Instance { name },
        None => ComputeChoice::Serverless {
            vm_size: query("vm"),
            identity: query("identity"),
        },
    };
    Some(SessionSettings {
        compute,
        idle_shutdown,
        base_image: query("image"),
    })
}

fn write_settings(settings: &SessionSettings, query: &mut Query) {
    let mut push = |name, value: &Option<String>| {
        if let Some(value) = value {
            query.push(name, value);
        }
    };
    match &settings.compute {
        ComputeChoice::Serverless { vm_size, identity } => {
            push("vm", vm_size);
            push("identity", identity);
        }
        ComputeChoice::Instance { name } => push("instance", &Some(name.clone())),
    }
    push("image", &settings.base_image);
    let idle = match settings.idle_shutdown {
        IdleShutdown::Default => "default".to_owned(),
        IdleShutdown::Never => "never".to_owned(),
        IdleShutdown::After(seconds) => seconds.to_string(),
    };
    push("idle", &Some(idle));
}
