//! Connections that sign in with Microsoft Entra ID: each is given a token of the administrator's identity that is meant
//! for its service.

use flowdeck_access::identity::{Identities, Identity, IdentityError};
use flowdeck_contract::connections::{AUTH_MODE, ConnectionType, MEID_TOKEN, Secret};
use flowdeck_engines::engine::EngineError;
use serde_json::{Map, Value};

use super::{Runs, live::LiveRun};

/// Where the service that runs flows finds a connection's token.
const TOKEN: &str = "token";

/// Who signs connections in.
pub(crate) struct SignIns {
    identities: Identities,
    all: Vec<Identity>,
}

impl SignIns {
    pub(crate) fn new(identities: Identities, all: Vec<Identity>) -> Self {
        Self { identities, all }
    }

    /// Whether an identity is meant for the service at an address.
    pub(crate) fn is_meant(&self, address: &str) -> bool {
        self.identities.has_for_service(&self.all, address)
    }

    /// The token for the service at an address; `None` when no identity is meant for it.
    pub(crate) async fn token(&self, address: &str) -> Result<Option<Secret>, IdentityError> {
        self.identities.for_service(&self.all, address).await
    }
}

impl Runs {
    /// The connections of a run, each with its token where it signs in so; and the tokens, which are masked in what comes of
    /// the run.
    pub(super) async fn signed_in(
        &self,
        run: &LiveRun,
        connections: &Map<String, Value>,
    ) -> Result<(Map<String, Value>, Vec<Secret>), EngineError> {
        let (connections, tokens) = self.with_tokens(connections).await?;
        if !tokens.is_empty() {
            let all = &self.parts.connections;
            run.mask_with(all.masks_of_run(&tokens, &self.parts.variables));
        }
        Ok((connections, tokens))
    }

    /// The connections, each with its token where it signs in so; and the tokens.
    pub(super) async fn with_tokens(
        &self,
        connections: &Map<String, Value>,
    ) -> Result<(Map<String, Value>, Vec<Secret>), EngineError> {
        let mut connections = connections.clone();
        let mut tokens = Vec::new();
        for (name, connection) in &mut connections {
            let field = |name: &str| connection["value"][name].as_str();
            let kind = connection["type"].as_str().and_then(ConnectionType::parse);
            let knows = kind.is_some_and(|kind| kind.field(AUTH_MODE).is_some());
            if !knows || field(AUTH_MODE) != Some(MEID_TOKEN) {
                continue;
            }
            let address = kind.and_then(|kind| field(kind.address_field()?));
            let address = address.unwrap_or_default().to_owned();
            let token = self.parts.sign_ins.token(&address).await?;
            let token = token.ok_or_else(|| no_identity(name, &address))?;
            connection[TOKEN] = Value::from(token.reveal());
            tokens.push(token);
        }
        Ok((connections, tokens))
    }
}

fn no_identity(name: &str, address: &str) -> EngineError {
    EngineError::new(
        "NoIdentityForConnection",
        format!(
            "Connection ‘{name}’ signs in with Microsoft Entra ID, and no managed identity of this server is meant for {address}."
        ),
    )
    .with_remedy(
        "Ask the administrator for a managed identity that’s meant for this host, or set the connection’s auth mode to ‘key’.",
    )
}
