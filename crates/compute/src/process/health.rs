//! Asks an executor whether it is healthy.

use std::{path::Path, time::Duration};

use super::http;
use crate::{
    engine::{EngineError, ExecutorRequest, RuntimeInfo},
    log::{LogFile, last_lines},
};

/// Importing promptflow takes seconds, and much longer on a cold or busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);
/// What a runtime that died said last; the cause is in the last of them.
const LAST_LINES: usize = 20;

/// Waits until the executor behind `socket` is healthy and says its version.
pub(crate) async fn check(socket: &Path) -> Result<RuntimeInfo, EngineError> {
    tokio::time::timeout(PATIENCE, version(socket)).await.map_err(|_| {
        EngineError::new("RuntimeNotReady", format!("The runtime was not ready after {} s.", PATIENCE.as_secs()))
            .with_remedy("The log shows how far it came. Start the session again when the machine is less busy.")
    })
}

async fn version(socket: &Path) -> RuntimeInfo {
    loop {
        // Until it listens it cannot be reached, which is no failure yet.
        if let Ok(reply) = http::send(
            socket,
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

/// A death with what the runtime said last, which is most often a Python exception.
pub(crate) fn with_last_lines(death: EngineError, log: &LogFile) -> EngineError {
    let lines = last_lines(log.path(), LAST_LINES).unwrap_or_default();
    let exception = lines
        .iter()
        .rev()
        .map(|line| line.text.trim())
        .find(|text| !text.is_empty());
    match exception {
        Some(last) => EngineError {
            message: format!("{} It said: {last}", death.message),
            ..death
        },
        None => death,
    }
}
