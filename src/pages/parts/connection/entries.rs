//! What a person has entered of a connection, and what is wrong with it. Knows no views.

use std::collections::{BTreeMap, BTreeSet};

use flowdeck_contract::{
    connections::{
        AUTH_MODE, AuthMode, ConnectionInput, ConnectionName, ConnectionType, ConnectionView,
        FieldNeed, FieldSpec, InvalidField, Secret, SecretsState, check_fields,
    },
    ids::FlowId,
};

use super::{
    rows::Rows,
    services::{ANY_KEY, Choice},
};

/// The field that says where an OpenAI-compatible server is.
const BASE_URL: &str = "base_url";
/// The secret of most types.
pub(crate) const API_KEY: &str = "api_key";

/// Where an entry is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The name.
    Name,
    /// A field of the type.
    Field(String),
    /// A row of a custom connection, by its number.
    Row(u32),
    /// The rows as a whole.
    Rows,
    /// The flows that it's limited to.
    Flows,
}

/// What is wrong with an entry, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) text: String,
}

impl Fault {
    pub(super) fn new(place: Place, text: impl Into<String>) -> Self {
        Self {
            place,
            text: text.into(),
        }
    }
}

/// The secrets that the server keeps. A connection that becomes another type loses them.
#[derive(Clone, Debug, PartialEq)]
struct Stored {
    kind: ConnectionType,
    secrets: BTreeSet<String>,
    state: SecretsState,
}

/// What was entered. Fields keep their values while another type is chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entries {
    pub(crate) name: String,
    pub(crate) choice: Choice,
    pub(crate) configs: BTreeMap<String, String>,
    /// The secrets that were typed; one that isn't here stays as it's stored.
    pub(crate) secrets: BTreeMap<String, String>,
    stored: Option<Stored>,
    pub(crate) rows: Rows,
    /// The flows that it's limited to; `None` for all.
    pub(crate) flows: Option<BTreeSet<FlowId>>,
}

impl Entries {
    /// Those of a new connection.
    pub(crate) fn new(name: String, choice: Choice) -> Self {
        let mut entries = Self {
            name,
            choice: Choice::Kind(choice.kind()),
            configs: BTreeMap::new(),
            secrets: BTreeMap::new(),
            stored: None,
            rows: Rows::default(),
            flows: None,
        };
        entries.choose(choice);
        entries
    }

    /// Those of a stored connection.
    pub(crate) fn of(view: &ConnectionView) -> Self {
        let url = view.configs.get(BASE_URL).map(String::as_str);
        let is_custom = view.kind == ConnectionType::Custom;
        let mut entries = Self {
            name: view.name.to_string(),
            choice: Choice::of(view.kind, url.unwrap_or_default()),
            configs: match is_custom {
                true => BTreeMap::new(),
                false => view.configs.clone(),
            },
            secrets: BTreeMap::new(),
            stored: Some(Stored {
                kind: view.kind,
                secrets: view.secrets.iter().cloned().collect(),
                state: view.secrets_state,
            }),
            rows: Rows::default(),
            flows: view.flows.clone().map(|flows| flows.into_iter().collect()),
        };
        match is_custom {
            true => entries.rows = Rows::of(view),
            false => entries.fill_defaults(),
        }
        entries
    }

    /// The type.
    pub(crate) fn kind(&self) -> ConnectionType {
        self.choice.kind()
    }

    /// Chooses what it leads to. What the last choice filled in goes with it; what was typed stays.
    pub(crate) fn choose(&mut self, choice: Choice) {
        let last = self.choice;
        let url = self.configs.entry(BASE_URL.to_owned()).or_default();
        if url.is_empty() || Some(url.as_str()) == last.base_url() {
            choice.base_url().unwrap_or_default().clone_into(url);
        }
        let key = self.secrets.get(API_KEY).map(String::as_str);
        match (choice.takes_any_key(), key) {
            (true, None | Some("")) if !self.has_stored(API_KEY) => {
                self.secrets.insert(API_KEY.to_owned(), ANY_KEY.to_owned());
            }
            (false, Some(ANY_KEY)) => {
                self.secrets.remove(API_KEY);
            }
            _ => {}
        }
        self.choice = choice;
        if choice.kind() == ConnectionType::Custom {
            self.rows.begin();
        }
        self.fill_defaults();
    }

    fn fill_defaults(&mut self) {
        for field in self.kind().fields() {
            if let Some(default) = field.default {
                let value = self.configs.entry(field.name.to_owned()).or_default();
                // Versions differ by type: one that another type filled in isn't this one's.
                if value.is_empty() || is_default_elsewhere(field, value) {
                    default.clone_into(value);
                }
            }
        }
    }

    fn signs_in_by(&self) -> AuthMode {
        match self.kind().field(AUTH_MODE) {
            Some(_) => AuthMode::of(&self.configs),
            None => AuthMode::Key,
        }
    }

    /// The fields that are shown: a key isn't where an identity signs in.
    pub(crate) fn fields(&self) -> Vec<&'static FieldSpec> {
        let by_key = self.signs_in_by() == AuthMode::Key;
        let fields = self.kind().fields().iter();
        fields.filter(|field| by_key || !field.secret).collect()
    }

    /// Whether a field must have a value now.
    pub(crate) fn requires(&self, field: &FieldSpec) -> bool {
        match field.need {
            FieldNeed::Required => true,
            FieldNeed::RequiredForKey => self.signs_in_by() == AuthMode::Key,
            FieldNeed::Optional => false,
        }
    }

    /// Whether a secret's stored value stays.
    pub(crate) fn keeps(&self, secret: &str) -> bool {
        self.has_stored(secret) && !self.secrets.contains_key(secret)
    }

    /// Whether a secret is stored and can be read by the server.
    pub(crate) fn has_stored(&self, secret: &str) -> bool {
        self.stored.as_ref().is_some_and(|stored| {
            stored.kind == self.kind()
                && stored.state == SecretsState::Readable
                && stored.secrets.contains(secret)
        })
    }

    /// The stored secrets of this type that no field shows: a key that an identity takes the place of.
    fn superseded(&self, shown: &[&FieldSpec]) -> Vec<String> {
        let stored = self
            .stored
            .iter()
            .filter(|stored| stored.kind == self.kind());
        let names = stored.flat_map(|stored| stored.secrets.iter());
        let gone = names.filter(|name| !shown.iter().any(|field| field.name == **name));
        gone.cloned().collect()
    }

    /// What is to be stored.
    ///
    /// # Errors
    /// Everything that is wrong, from the top of the form to its end.
    pub(crate) fn input(&self) -> Result<(ConnectionName, ConnectionInput), Vec<Fault>> {
        let mut faults = Vec::new();
        let name = self.checked_name().map_err(|fault| faults.push(fault)).ok();
        let (configs, secrets) = match self.kind() {
            ConnectionType::Custom => self.rows.fields(&mut faults),
            _ => self.of_fields(&mut faults),
        };
        let given = secrets
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()));
        if let Err(wrong) = check_fields(self.kind(), &configs, given) {
            let place = self.place_of(&wrong);
            if !faults.iter().any(|fault| fault.place == place) {
                faults.push(Fault::new(place, wrong.to_string()));
            }
        }
        if self.flows.as_ref().is_some_and(BTreeSet::is_empty) {
            let text = "Choose at least one flow, or allow all flows.";
            faults.push(Fault::new(Place::Flows, text));
        }
        let hide = |(name, value): (String, Option<String>)| (name, value.map(Secret::new));
        let input = ConnectionInput {
            kind: self.kind(),
            configs,
            secrets: secrets.into_iter().map(hide).collect(),
            flows: self.flows.clone().map(|flows| flows.into_iter().collect()),
        };
        match name {
            Some(name) if faults.is_empty() => Ok((name, input)),
            _ => Err(faults),
        }
    }

    fn checked_name(&self) -> Result<ConnectionName, Fault> {
        let name = self.name.trim();
        if looks_like_a_key(name) {
            let text = "This looks like a key. Enter a name that others may see.";
            return Err(Fault::new(Place::Name, text));
        }
        ConnectionName::try_from(name).map_err(|wrong| Fault::new(Place::Name, wrong.to_string()))
    }

    fn of_fields(&self, faults: &mut Vec<Fault>) -> Fields {
        let mut configs = BTreeMap::new();
        let mut secrets = BTreeMap::new();
        let fields = self.fields();
        for field in &fields {
            let typed = match field.secret {
                true => self.secrets.get(field.name),
                false => self.configs.get(field.name),
            };
            let value = typed.map(|value| value.trim()).unwrap_or_default();
            let place = || Place::Field(field.name.to_owned());
            if value.is_empty() {
                if self.requires(field) && !self.keeps(field.name) {
                    let text = format!("Enter a value for {}.", field.label);
                    faults.push(Fault::new(place(), text));
                }
                continue;
            }
            if field.secret {
                secrets.insert(field.name.to_owned(), Some(value.to_owned()));
            } else {
                if looks_like_a_key(value) {
                    let text =
                        "This looks like a key. Enter it as the API key, which nobody can read.";
                    faults.push(Fault::new(place(), text));
                }
                configs.insert(field.name.to_owned(), value.to_owned());
            }
        }
        let superseded = self.superseded(&fields).into_iter();
        secrets.extend(superseded.map(|name| (name, None)));
        (configs, secrets)
    }

    fn place_of(&self, wrong: &InvalidField) -> Place {
        match (self.kind(), wrong.field()) {
            (_, None) => Place::Rows,
            (ConnectionType::Custom, Some(key)) => {
                self.rows.find(key).map_or(Place::Rows, Place::Row)
            }
            (_, Some(field)) => Place::Field(field.to_owned()),
        }
    }
}

/// The plain fields, and the secrets of which `None` removes one.
pub(super) type Fields = (BTreeMap<String, String>, BTreeMap<String, Option<String>>);

fn is_default_elsewhere(field: &FieldSpec, value: &str) -> bool {
    let kinds = ConnectionType::ALL.into_iter();
    kinds
        .filter_map(|kind| kind.field(field.name))
        .any(|other| other.default == Some(value))
        && field.choices.is_empty()
}

/// Whether a text has the look of the keys that people paste into the wrong field.
fn looks_like_a_key(text: &str) -> bool {
    let is_hex = text.len() >= 32 && text.chars().all(|c| c.is_ascii_hexdigit());
    is_hex || (text.starts_with("sk-") && text.len() >= 20)
}
