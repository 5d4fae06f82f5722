//! A connection for tests.

use flowdeck_contract::{
    Millis,
    connections::{ConnectionName, ConnectionType, ConnectionView, SecretsState},
};

/// A connection that is whole and that nothing uses, with these configs and the names of these secrets.
pub(crate) fn connection(
    kind: ConnectionType,
    configs: &[(&str, &str)],
    secrets: &[&str],
) -> ConnectionView {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    ConnectionView {
        name: ConnectionName::try_from("known").unwrap(),
        kind,
        configs: configs.iter().map(owned).collect(),
        secrets: secrets.iter().map(|name| (*name).to_owned()).collect(),
        missing: Vec::new(),
        secrets_state: SecretsState::Readable,
        flows: None,
        used_by: Vec::new(),
        created: Millis(1),
        modified: Millis(1),
        last_used: None,
        last_test: None,
        etag: "\"1\"".to_owned(),
    }
}
