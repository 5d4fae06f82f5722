//! Docker's credential helpers: programs that are asked on their standard input and answer on their standard output.

use std::{process::Stdio, time::Duration};

use serde::Deserialize;
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{IdentityError, Proof, Secret};

/// A helper may unlock a keychain, but not wait for a person.
const PATIENCE: Duration = Duration::from_secs(10);

/// What helpers say of a registry that they have nothing for.
const NOT_FOUND: &str = "credentials not found in native keychain";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    username: String,
    secret: Secret,
}

/// What the helper `docker-credential-{name}` has for a registry, named as it stands in Docker's configuration.
pub(super) async fn get(name: &str, registry: &str) -> Result<Option<Proof>, IdentityError> {
    let program = format!("docker-credential-{name}");
    // What a helper prints may hold the secret, so that its failure is reported without it.
    let failed = |why: String| IdentityError::HelperFailed {
        program: program.clone(),
        why,
    };
    let asked = tokio::time::timeout(PATIENCE, ask(&program, registry)).await;
    let (status, printed) = asked
        .map_err(|_| {
            failed(format!(
                "it didn’t answer within {} seconds",
                PATIENCE.as_secs()
            ))
        })?
        .map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        return match printed.reveal().trim() {
            NOT_FOUND => Ok(None),
            _ => Err(failed(format!("it ended with {status}"))),
        };
    }
    let found: Found = serde_json::from_str(printed.reveal())
        .map_err(|_| failed("its answer isn’t a credential".to_owned()))?;
    Ok(Some(match &*found.username {
        "<token>" => Proof::IdentityToken(found.secret),
        _ => Proof::Password {
            user: found.username,
            password: found.secret,
        },
    }))
}

async fn ask(program: &str, registry: &str) -> std::io::Result<(std::process::ExitStatus, Secret)> {
    let mut command = Command::new(program);
    command
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    // A program of the user's, but none that needs the server's own secrets.
    for (name, _) in std::env::vars_os() {
        if crate::identity::is_the_servers(&name) {
            command.env_remove(name);
        }
    }
    let mut child = command.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // One that ends without listening has its say in what it ends with.
        let _ = input.write_all(registry.as_bytes()).await;
    }
    let output = child.wait_with_output().await?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok((output.status, Secret::new(printed)))
}
