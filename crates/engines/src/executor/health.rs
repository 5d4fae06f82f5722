//! Asks an executor whether it is healthy.

use std::time::Duration;

use super::http;
use crate::engine::{Address, EngineError, ExecutorRequest, RuntimeInfo};

/// Importing promptflow takes seconds, and much longer on a cold or busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until the executor at `address` is healthy and says its version.
pub(crate) async fn check(address: &Address) -> Result<RuntimeInfo, EngineError> {
    tokio::time::timeout(PATIENCE, version(address)).await.map_err(|_| {
        EngineError::new("RuntimeNotReady", format!("The runtime wasn’t ready after {} s.", PATIENCE.as_secs()))
            .with_remedy("The log shows how far it got. Start the session again when the machine is less busy.")
    })
}

async fn version(address: &Address) -> RuntimeInfo {
    loop {
        // Until it listens it cannot be reached, which isn't a failure yet.
        if let Ok(reply) = http::send(
            address,
            ExecutorRequest {
                path: "/version",
                body: None,
            },
        )
        .await
            && let Some(version) = read_version(&reply.body)
        {
            return RuntimeInfo { version };
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn read_version(body: &[u8]) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
    (answer.get("status")? == "healthy").then_some(())?;
    Some(answer.get("version")?.as_str()?.to_owned())
}
