//! The wizard of a compute session's settings in the address, so that it can be reloaded and shared.

use flowdeck_contract::{
    address::{query_names, query_value},
    settings::{ComputeChoice, IdleShutdown, SessionSettings},
};

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
    /// What a link that somebody wrote by hand lacks, or has and cannot be used.
    pub notes: Vec<LinkNote>,
}

/// What is wrong with a part of a link to the wizard. A link that the app made has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkNote {
    /// There is no step of this name.
    UnknownStep(String),
    /// Other settings are given, but no idle shutdown time.
    NoIdleTime,
    /// The idle shutdown time isn't a number of seconds, and neither `never` nor `default`.
    IdleTime(String),
    /// This part is given without a value.
    Empty(&'static str),
    /// This part does not go with a compute instance.
    NotOnInstance(&'static str),
    /// No part has this name.
    UnknownPart(String),
}

impl Advanced {
    /// Reads the query of an address; `known` are the names that the page itself reads.
    pub(super) fn read(query: &str, known: &[&str]) -> Option<Self> {
        let word = query_value(query, "advanced")?;
        let step = WizardStep::ALL.into_iter().find(|step| step.word() == word);
        let mut notes = Vec::new();
        if step.is_none() && !word.is_empty() {
            notes.push(LinkNote::UnknownStep(word));
        }
        let settings = read_settings(query, &mut notes);
        let is_known = |name: &String| PARTS.contains(&&**name) || known.contains(&&**name);
        let unknown = query_names(query).filter(|name| !is_known(name));
        notes.extend(unknown.map(LinkNote::UnknownPart));
        Some(Self {
            step: step.unwrap_or_default(),
            settings,
            notes,
        })
    }

    pub(super) fn write(&self, query: &mut Query) {
        query.push("advanced", self.step.word());
        if let Some(settings) = &self.settings {
            write_settings(settings, query);
        }
    }
}

/// The names of the parts.
const PARTS: [&str; 6] = ["advanced", "vm", "identity", "instance", "image", "idle"];

/// What the parts that are there ask for; `None` where there is none. The app writes the idle time always, and the rest
/// only where it is chosen.
fn read_settings(query: &str, notes: &mut Vec<LinkNote>) -> Option<SessionSettings> {
    let mut is_any = false;
    let mut part = |name: &'static str| {
        let value = query_value(query, name)?;
        is_any = true;
        if value.is_empty() {
            notes.push(LinkNote::Empty(name));
        }
        Some(value).filter(|value| !value.is_empty())
    };
    let idle = part("idle");
    let (vm_size, identity) = (part("vm"), part("identity"));
    let (instance, base_image) = (part("instance"), part("image"));
    if !is_any {
        return None;
    }
    let compute = match instance {
        Some(name) => {
            let given = [("vm", vm_size), ("identity", identity)];
            let given = given.into_iter().filter(|(_, value)| value.is_some());
            notes.extend(given.map(|(name, _)| LinkNote::NotOnInstance(name)));
            ComputeChoice::Instance { name }
        }
        None => ComputeChoice::Serverless { vm_size, identity },
    };
    Some(SessionSettings {
        compute,
        idle_shutdown: idle_shutdown(idle, notes),
        base_image,
        ..SessionSettings::default()
    })
}

fn idle_shutdown(given: Option<String>, notes: &mut Vec<LinkNote>) -> IdleShutdown {
    let Some(text) = given else {
        notes.push(LinkNote::NoIdleTime);
        return IdleShutdown::Default;
    };
    match text.as_str() {
        "never" => IdleShutdown::Never,
        "default" => IdleShutdown::Default,
        number => match number.parse() {
            Ok(seconds) => IdleShutdown::After(seconds),
            Err(_) => {
                notes.push(LinkNote::IdleTime(text));
                IdleShutdown::Default
            }
        },
    }
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
