//! The connection to the Docker daemon, and what its refusals mean.

use bollard::{Docker, errors::Error};

use crate::engine::EngineError;

const UNREACHABLE: &str = "DockerUnreachable";
const DEFAULT_HOST: &str = "unix:///var/run/docker.sock";

/// Connects to a daemon, such as `unix:///run/docker.sock`, and speaks the newest version of the API that both know.
pub(super) async fn connect(host: Option<&str>) -> Result<Docker, EngineError> {
    let host = host.unwrap_or(DEFAULT_HOST);
    let unreachable = |error: &Error| {
        EngineError::new(
            UNREACHABLE,
            format!("Can’t connect to the Docker daemon at {host}: {error}."),
        )
        .with_remedy(
            "Start it (on Debian: apt install docker.io), let this user write its socket, or name another one with \
             DOCKER_HOST, such as unix:///run/user/1000/docker.sock.",
        )
    };
    let docker = Docker::connect_with_host(host).map_err(|error| unreachable(&error))?;
    docker
        .negotiate_version()
        .await
        .map_err(|error| unreachable(&error))
}

/// Users in containers must be those of this machine: what sessions write in the flow folder is its owner's.
pub(super) fn require_own_users(security: &[String]) -> Result<(), EngineError> {
    let maps =
        |option: &&String| option.contains("name=rootless") || option.contains("name=userns");
    match security.iter().find(maps) {
        None => Ok(()),
        Some(option) => Err(EngineError::new(
            "DockerUsersMapped",
            format!("The Docker daemon maps the users of containers ({option}), so they can’t access the flow folders."),
        )
        .with_remedy("Use a daemon that doesn’t map users: neither rootless nor with userns-remap.")),
    }
}

/// A request that the daemon refused, or that did not reach it.
pub(super) fn failed(what: &str, error: &Error) -> EngineError {
    let message = error.to_string();
    if message.to_lowercase().contains("no space left on device") {
        return EngineError::disk_full(what);
    }
    if is_lost(error) {
        return EngineError::new(
            UNREACHABLE,
            format!("{what}: the Docker daemon doesn’t answer ({message})."),
        )
        .with_remedy("Start the Docker daemon, then try again.");
    }
    let said = match error {
        Error::DockerResponseServerError { message, .. } => {
            message.trim_end_matches('.').to_owned()
        }
        _ => message,
    };
    EngineError::new("DockerFailed", format!("{what}: {said}."))
}

/// Whether the daemon was not there to answer.
pub(super) fn is_lost(error: &Error) -> bool {
    !matches!(
        error,
        Error::DockerResponseServerError { .. }
            | Error::DockerContainerWaitError { .. }
            | Error::DockerStreamError { .. }
            | Error::JsonDataError { .. }
    )
}

/// Whether the daemon does not know what it was asked for.
pub(super) fn is_not_found(error: &Error) -> bool {
    matches!(
        error,
        Error::DockerResponseServerError {
            status_code: 404,
            ..
        }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_that_maps_users_is_refused() {
        let options = |text: &str| ["name=seccomp,profile=default".to_owned(), text.to_owned()];
        assert!(require_own_users(&options("name=cgroupns")).is_ok());
        let error = require_own_users(&options("name=rootless")).unwrap_err();
        assert!(error.failure.message.contains("rootless") && error.failure.remedy.is_some());
    }
}
