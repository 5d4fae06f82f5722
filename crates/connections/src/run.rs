//! What a run is given: its connections in the executor's shape, and its environment variables, resolved.

use std::{collections::BTreeMap, sync::Arc};

use flowdeck_contract::{
    Millis,
    connections::{
        AuthMode, ConnectionName, ConnectionNeed, ConnectionType, NeedProblem, Secret, SecretsState,
    },
    ids::FlowId,
};
use flowdeck_flow::is_secret;
use serde_json::{Map, Value, json};

use crate::{
    connections::Connections, error::ConnectionError, masks::Masks, needs::reference,
    record::Stored,
};

/// The server's variables that flows may see, by `${env:NAME}`.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, Option<Secret>>);

impl Variables {
    /// Those of these names, as the server's environment has them.
    #[must_use]
    pub fn of_environment<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let read = |name: &str| std::env::var(name).ok().map(Secret::new);
        let variables = names.into_iter().map(|name| (name.to_owned(), read(name)));
        Self(variables.collect())
    }

    fn get(&self, name: &str) -> Result<&Secret, &'static str> {
        match self.0.get(name) {
            Some(Some(value)) => Ok(value),
            Some(None) => Err("isn’t set for the server"),
            None => Err("flows may not read"),
        }
    }

    /// Whether flows may see a variable, and it's set.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_ok()
    }

    fn values(&self) -> impl Iterator<Item = &str> {
        self.0.values().flatten().map(Secret::reveal)
    }
}

/// An environment variable of a run, as it's written.
#[derive(Clone, Copy)]
pub struct RunVariable<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value, which can refer to a connection or to a variable of the server.
    pub value: &'a str,
    /// The line of the flow's file; `None` for one that was set for the run.
    pub line: Option<u32>,
}

/// What a run is given. Holds secrets, so it's never printed.
pub struct RunConnections {
    /// `connections` of the executor's request.
    pub connections: Map<String, Value>,
    /// `environment_variables` of the request.
    pub variables: Map<String, Value>,
    /// Finds the secrets in what comes of the run.
    pub masks: Arc<Masks>,
    /// The secrets among what it's given.
    pub given: Vec<Secret>,
}

/// Connections as they stood at one moment.
#[derive(Debug)]
pub struct Checker {
    all: Vec<Stored>,
    /// The addresses of those that sign in with an identity that there is none of.
    without_identity: BTreeMap<ConnectionName, String>,
}

impl Checker {
    /// What stands in the way of each need of a flow.
    #[must_use]
    pub fn check(&self, flow: &FlowId, mut needs: Vec<ConnectionNeed>) -> Vec<ConnectionNeed> {
        for need in &mut needs {
            let mut all = self.all.iter();
            let stored = all.find(|stored| stored.name.as_str() == need.name);
            need.problem = match stored {
                None => Some(NeedProblem::Missing),
                Some(stored) => problem(stored, flow, need).or_else(|| {
                    let address = self.without_identity.get(&stored.name)?.clone();
                    Some(NeedProblem::NoIdentity { address })
                }),
            };
        }
        needs
    }
}

impl Connections {
    /// What stands in the way of each need.
    ///
    /// # Errors
    /// When the store fails.
    pub fn check(
        &self,
        flow: &FlowId,
        needs: Vec<ConnectionNeed>,
    ) -> Result<Vec<ConnectionNeed>, ConnectionError> {
        Ok(match needs.is_empty() {
            true => needs,
            false => self.checker()?.check(flow, needs),
        })
    }

    /// The connections as they stand, to check many flows by.
    ///
    /// # Errors
    /// When the store fails.
    pub fn checker(&self) -> Result<Checker, ConnectionError> {
        let all = self.list()?;
        let unmeant = all
            .iter()
            .filter_map(|stored| Some((stored.name.clone(), self.without_identity(stored)?)));
        Ok(Checker {
            without_identity: unmeant.collect(),
            all,
        })
    }

    /// What a run of the flow is given, and remembers that it's used.
    ///
    /// # Errors
    /// When a need isn't met, a reference leads nowhere, or secrets can't be read.
    pub fn for_run(
        &self,
        flow: &FlowId,
        needs: Vec<ConnectionNeed>,
        variables: &[RunVariable<'_>],
        allowed: &Variables,
        now: Millis,
    ) -> Result<RunConnections, ConnectionError> {
        let checked = self.check(flow, needs)?;
        let unmet: Vec<ConnectionNeed> = checked
            .iter()
            .filter(|need| need.problem.is_some())
            .cloned()
            .collect();
        if !unmet.is_empty() {
            return Err(ConnectionError::Needs(unmet));
        }
        let mut values = BTreeMap::new();
        for stored in self.list()? {
            if checked.iter().any(|need| need.name == stored.name.as_str()) {
                let fields = self.fields(&stored, allowed)?;
                values.insert(stored.name.clone(), (stored, fields));
            }
        }
        let names: Vec<ConnectionName> = values.keys().cloned().collect();
        let mut given = Vec::new();
        let resolved = variables.iter().map(|variable| {
            let value = resolve(variable, &values, allowed)?;
            if value != variable.value {
                given.push(Secret::new(value.clone()));
            }
            Ok((variable.name.to_owned(), value))
        });
        let variables = resolved.collect::<Result<Vec<(String, String)>, ConnectionError>>()?;
        for (stored, fields) in values.values() {
            let written = &stored.record.configs;
            let secrets = fields
                .iter()
                .filter(|(name, value)| written.get(*name) != Some(value));
            given.extend(secrets.map(|(_, value)| Secret::new(value.clone())));
        }
        let connections = values
            .into_values()
            .map(|(stored, fields)| (stored.name.to_string(), executors(&stored, &fields)))
            .collect();
        if !names.is_empty()
            && let Err(error) = self.note_use(&names, now)
        {
            tracing::warn!(%error, "the use of connections could not be written down");
        }
        // What is a secret by a variable's name or its own letters, too.
        let own: Vec<Secret> = variables
            .iter()
            .filter(|(name, value)| value.len() >= SHORTEST && is_secret(name, value))
            .map(|(_, value)| Secret::new(value.clone()))
            .collect();
        let masks = self.masks_of_run(&own, allowed);
        given.extend(own);
        let variables = variables.into_iter();
        Ok(RunConnections {
            connections,
            variables: variables
                .map(|(name, value)| (name, Value::from(value)))
                .collect(),
            masks,
            given,
        })
    }

    /// Finds what a run was given, these secrets among it. They're masked from now on.
    #[must_use]
    pub fn masks_of_run(&self, given: &[Secret], allowed: &Variables) -> Arc<Masks> {
        self.mask_from_now_on(given.iter());
        self.masks_with(allowed)
    }

    fn masks_with(&self, allowed: &Variables) -> Arc<Masks> {
        match allowed.values().next() {
            None => self.masks(),
            Some(_) => {
                let stored = self.every_secret();
                let all = stored.iter().map(Secret::reveal).chain(allowed.values());
                Arc::new(Masks::new(all))
            }
        }
    }

    /// All fields that have a value, secrets among them, with `${env:NAME}` resolved.
    ///
    /// # Errors
    /// When a secret can't be read, or a variable can't be resolved.
    pub fn fields(
        &self,
        stored: &Stored,
        allowed: &Variables,
    ) -> Result<BTreeMap<String, String>, ConnectionError> {
        let secrets = self.secrets(stored)?;
        let mut fields = stored.record.configs.clone();
        let by_key = AuthMode::of(&fields) == AuthMode::Key;
        let used = secrets
            .iter()
            .filter(|(name, _)| by_key || *name != "api_key");
        fields.extend(used.map(|(name, secret)| (name.clone(), secret.reveal().to_owned())));
        for (field, value) in &mut fields {
            let resolved = environment(value, allowed).map_err(|(variable, why)| {
                ConnectionError::Environment {
                    name: stored.name.to_string(),
                    field: field.clone(),
                    variable,
                    why,
                }
            })?;
            if let Some(resolved) = resolved {
                *value = resolved;
            }
        }
        fields.retain(|_, value| !value.is_empty());
        Ok(fields)
    }
}

fn problem(stored: &Stored, flow: &FlowId, need: &ConnectionNeed) -> Option<NeedProblem> {
    let kind = stored.record.kind;
    if !need.accepts.is_empty() && !need.accepts.contains(&kind) {
        return Some(NeedProblem::WrongType { is: kind });
    }
    if !stored.is_for(flow) {
        return Some(NeedProblem::NotForThisFlow);
    }
    if stored.state == SecretsState::Locked {
        return Some(NeedProblem::Locked);
    }
    let fields = stored.missing();
    (!fields.is_empty()).then_some(NeedProblem::Incomplete { fields })
}

/// A connection in the executor's shape.
fn executors(stored: &Stored, fields: &BTreeMap<String, String>) -> Value {
    let kind = stored.record.kind;
    let secrets: Vec<&String> = match kind {
        ConnectionType::Custom => stored.record.secret_names.iter().collect(),
        _ => {
            let known = fields.keys();
            known
                .filter(|name| kind.field(name).is_some_and(|field| field.secret))
                .collect()
        }
    };
    json!({
        "type": kind.class(),
        "module": kind.module(),
        "value": fields,
        "secret_keys": secrets,
    })
}

/// A shorter value of a variable that names a secret is masked in no output: it may be a word of every other one.
const SHORTEST: usize = 8;

type Values = BTreeMap<ConnectionName, (Stored, BTreeMap<String, String>)>;

fn resolve(
    variable: &RunVariable<'_>,
    values: &Values,
    allowed: &Variables,
) -> Result<String, ConnectionError> {
    let wrong = |why: String| ConnectionError::Reference {
        variable: variable.name.to_owned(),
        line: variable.line,
        reference: variable.value.to_owned(),
        why,
    };
    if let Some((name, field)) = reference(variable.value) {
        let connection = values.iter().find(|(known, _)| known.as_str() == name);
        let fields = connection.map(|(_, (_, fields))| fields);
        let default =
            connection.and_then(|(_, (stored, _))| stored.record.kind.field(field)?.default);
        return fields
            .and_then(|fields| fields.get(field).map(String::as_str))
            .or(default)
            .map(str::to_owned)
            .ok_or_else(|| {
                wrong(format!(
                    "but the connection ‘{name}’ has no value for ‘{field}’"
                ))
            });
    }
    let resolved = environment(variable.value, allowed)
        .map_err(|(variable, why)| wrong(format!("but ‘{variable}’ is a variable that {why}")))?;
    Ok(resolved.unwrap_or_else(|| variable.value.to_owned()))
}

/// A value with each `${env:NAME}` in it resolved; `None` when it has none.
fn environment(value: &str, allowed: &Variables) -> Result<Option<String>, (String, &'static str)> {
    const BEGIN: &str = "${env:";
    let (mut resolved, mut rest) = (String::new(), value);
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let found = allowed.get(name).map_err(|why| (name.to_owned(), why))?;
        resolved.push_str(before);
        resolved.push_str(found.reveal());
        rest = after;
    }
    let any = rest.len() < value.len();
    resolved.push_str(rest);
    Ok(any.then_some(resolved))
}
