//! Identities: where their credentials come from, and which hosts these may be shown to.

use std::path::Path;

use flowdeck_compute::{
    Identity,
    identity::{CredentialSource, HostPattern},
};

use super::{
    field::{At, Field, Keys, List, Scalar, Text},
    names::Names,
    shape,
};

/// Such environment variables are kept from whatever the server starts.
const OURS: &str = "FLOWDECK_";

/// Files are named relative to `folder`.
pub(super) fn identities(
    at: &At<'_>,
    list: List<Keys<shape::Identity>>,
    folder: &Path,
) -> Vec<Identity> {
    let mut names = Names::new("identity");
    let items = at.items(list);
    let identity = |(at, item)| identity(&at, item, folder, &mut names);
    items.filter_map(identity).collect()
}

fn identity(
    at: &At<'_>,
    item: Field<Keys<shape::Identity>>,
    folder: &Path,
    names: &mut Names,
) -> Option<Identity> {
    let entry = at.fields(item)?;
    let fields = &entry.fields;
    let name = names.read(at, &entry, fields.name.clone());
    let description = at.key("description").text(fields.description.clone());
    let client_id = at.key("clientId").text(fields.client_id.clone());
    let source = source(at, fields, folder);
    let is_static = matches!(
        source,
        Some(CredentialSource::File(_) | CredentialSource::Variable(_))
    );
    if is_static && fields.hosts.is_absent() {
        at.wrong(
            "'hosts' is missing here: name the registries and package feeds that the credential may be shown to",
        );
    }
    let hosts = hosts(&at.key("hosts"), fields.hosts.clone());
    Some(Identity {
        name: name?,
        description: description.map(|text| text.value),
        client_id: client_id.map(|text| text.value),
        source,
        hosts,
    })
}

fn hosts(at: &At<'_>, list: List<Scalar>) -> Vec<HostPattern> {
    let mut hosts = Vec::new();
    for (at, field) in at.items(list) {
        let Some(Text { value, .. }) = at.text(field) else {
            continue;
        };
        match HostPattern::try_from(&*value) {
            Ok(host) => hosts.push(host),
            Err(right) => at.wrong(format!("{value:?} isn't a host; {right}")),
        }
    }
    hosts
}

/// Where the credential comes from: an identity has at most one source.
fn source(at: &At<'_>, fields: &shape::Identity, folder: &Path) -> Option<CredentialSource> {
    let given: Vec<(&str, Text<'_>)> = [
        ("credentialFile", &fields.credential_file),
        ("credentialVariable", &fields.credential_variable),
        ("managedIdentity", &fields.managed_identity),
    ]
    .into_iter()
    .filter_map(|(key, field)| Some((key, at.key(key).text(field.clone())?)))
    .collect();
    if let [(first, _), (second, text), ..] = &*given {
        text.at.wrong(format!(
            "'{first}' already says where the credential comes from; remove '{second}' or '{first}'"
        ));
    }
    let (key, text) = given.first()?;
    let source = match *key {
        "credentialFile" => CredentialSource::File(folder.join(&text.value)),
        "credentialVariable" => variable(text)?,
        _ => managed(text)?,
    };
    if let Some(Err(wrong)) = source.read() {
        text.at.wrong(wrong);
        return None;
    }
    Some(source)
}

fn variable(text: &Text<'_>) -> Option<CredentialSource> {
    if text.value.starts_with(OURS) {
        return Some(CredentialSource::Variable(text.value.clone()));
    }
    text.at.wrong(format!(
        "an environment variable that holds a credential must start with {OURS}; sessions can be given others"
    ));
    None
}

fn managed(text: &Text<'_>) -> Option<CredentialSource> {
    if text.value == "azure" {
        return Some(CredentialSource::ManagedIdentity);
    }
    text.at.wrong(
        "'managedIdentity' must be azure: a token of this machine’s managed-identity endpoint",
    );
    None
}
