//! Identities: where their credentials come from, and whom these may be shown to.

use std::path::Path;

use flowdeck_compute::{
    Identity,
    identity::{CredentialSource, HostPattern},
};

use super::{
    compute::{Names, owned},
    fields::{At, Fields, Problems, text},
};

const KEYS: [&str; 7] = [
    "name",
    "description",
    "clientId",
    "credentialFile",
    "credentialVariable",
    "managedIdentity",
    "hosts",
];
/// Of these an identity has one.
const SOURCES: [&str; 3] = ["credentialFile", "credentialVariable", "managedIdentity"];
/// Such environment variables are kept from whatever the server starts.
const OURS: &str = "FLOWDECK_";

/// Files are named relative to `folder`.
pub(super) fn identities(top: Fields<'_>, folder: &Path, problems: &mut Problems) -> Vec<Identity> {
    let mut names = Names::new("identity");
    let mut identities = Vec::new();
    for node in top.list("identities", problems) {
        let Some(fields) = Fields::of(node, &KEYS, problems) else {
            continue;
        };
        let name = names.read(fields, problems);
        let description = owned(fields, "description", problems);
        let client_id = owned(fields, "clientId", problems);
        let hosts = hosts(fields, problems);
        let source = source(fields, folder, problems);
        let is_static = matches!(
            source,
            Some(CredentialSource::File(_) | CredentialSource::Variable(_))
        );
        if is_static && fields.get("hosts").is_none() {
            let message = "'hosts' is missing here: name the registries and package feeds that the credential may be shown to";
            problems.add(fields.place, message);
        }
        identities.extend(name.map(|name| Identity {
            name,
            description,
            client_id,
            source,
            hosts,
        }));
    }
    identities
}

fn hosts(fields: Fields<'_>, problems: &mut Problems) -> Vec<HostPattern> {
    let mut hosts = Vec::new();
    for node in fields.list("hosts", problems) {
        let Some(host) = text(node, "hosts", problems) else {
            continue;
        };
        match HostPattern::try_from(host.value) {
            Ok(host) => hosts.push(host),
            Err(right) => {
                let message = format!("{:?} isn't a host; {right}", host.value);
                problems.add(host.place, message);
            }
        }
    }
    hosts
}

fn source(fields: Fields<'_>, folder: &Path, problems: &mut Problems) -> Option<CredentialSource> {
    let given: Vec<(&str, At<&str>)> = SOURCES
        .into_iter()
        .filter_map(|key| Some((key, fields.text(key, problems)?)))
        .collect();
    if let [(first, _), (second, at), ..] = &*given {
        let message = format!(
            "'{first}' already says where the credential comes from; remove '{second}' or '{first}'"
        );
        problems.add(at.place, message);
    }
    let (key, said) = given.first()?;
    let source = match *key {
        "credentialFile" => CredentialSource::File(folder.join(said.value)),
        "credentialVariable" => variable(*said, problems)?,
        _ => managed(*said, problems)?,
    };
    if let Some(Err(wrong)) = source.read() {
        problems.add(said.place, wrong);
        return None;
    }
    Some(source)
}

fn variable(said: At<&str>, problems: &mut Problems) -> Option<CredentialSource> {
    if said.value.starts_with(OURS) {
        return Some(CredentialSource::Variable(said.value.to_owned()));
    }
    let message = format!(
        "an environment variable that holds a credential must start with {OURS}; sessions can be given others"
    );
    problems.add(said.place, message);
    None
}

fn managed(said: At<&str>, problems: &mut Problems) -> Option<CredentialSource> {
    if said.value == "azure" {
        return Some(CredentialSource::ManagedIdentity);
    }
    let message =
        "'managedIdentity' must be azure: a token of this machine’s managed-identity endpoint";
    problems.add(said.place, message);
    None
}
