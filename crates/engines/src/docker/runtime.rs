//! promptflow's executor service as a container of its own, which outlives the server.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    time::Duration,
};

use bollard::{
    models::ContainerState,
    query_parameters::{EventsOptionsBuilder, WaitContainerOptions},
};
use flowdeck_access::disk::{private_folder, remove};
use flowdeck_contract::session::VmSize;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};

use super::{
    Bounded,
    containers::{Containers, Network, Spec},
    daemon,
    facts::Facts,
};
use crate::{
    engine::{Address, EngineError, EnvironmentId, Handle, Pace, Runtime, Share, Variables},
    environment::folders::Folders,
    executor::{
        SERVICE, VARIABLES,
        death::{self, Ending},
    },
    install::{given::VariableName, marks::SESSION_MARK},
    log::LogFile,
};

/// Puts what Python prints into the session's log, which outlives every server, takes the variables that are not for
/// everybody to see from a file, and becomes the executor.
const LAUNCH: &str = "import json, os, sys; log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND); \
    os.dup2(log, 1); os.dup2(log, 2); os.close(log); os.environ.update(json.load(open(sys.argv[2]))); \
    os.execv(sys.executable, [sys.executable, *sys.argv[3:]])";
/// Between two attempts to reach a daemon that went away.
const PAUSE: Duration = Duration::from_millis(500);

/// What a runtime is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// The id of its container, which no other ever has.
    container: String,
}

/// The id of a runtime's container; `None` when it is another engine's.
pub(super) fn container(runtime: &Runtime) -> Option<String> {
    let known: Known = runtime.handle.read()?;
    Some(known.container)
}

/// Starts the executor of an environment.
pub(super) async fn start(
    containers: &Containers,
    folders: &Folders,
    environment: &EnvironmentId,
    facts: &Facts,
    size: Option<VmSize>,
    log: &LogFile,
    named: &[VariableName],
) -> Result<Runtime, EngineError> {
    let folder = folders.runtime(&environment.session);
    let named_file = folder.join("variables.json");
    let (socket, temporary) = (folders.socket(environment), folder.join("tmp"));
    let prepare = || {
        private_folder(&temporary)?;
        remove(&socket)?;
        remove(&named_file)?;
        write_private(&named_file, &values_of(named))?;
        facts.user.own(&named_file)?;
        facts.user.own_folders(&folder)?;
        drop(log.open()?);
        facts.user.admit(log.path())
    };
    prepare().map_err(|error| EngineError::io("Preparing the runtime's folder", &error))?;
    let python = folders.environment(environment).join("bin/python");
    let (python, named_path, log_path, uds) = (
        python.display().to_string(),
        named_file.display().to_string(),
        log.path().display().to_string(),
        socket.display().to_string(),
    );
    let command = [
        &*python,
        "-c",
        LAUNCH,
        &log_path,
        &named_path,
        "-c",
        SERVICE,
        &uds,
    ];
    let mut writable: Vec<_> = facts.folders().cloned().collect();
    writable.extend([folder.clone(), log.path().to_owned()]);
    let spec = Spec {
        session: &environment.session,
        image: &facts.image()?.id,
        user: facts.user,
        command: command.map(str::to_owned).to_vec(),
        variables: variables(environment, &temporary.display().to_string()),
        folder: &folder,
        writable,
        readable: vec![folders.environment(environment)],
        size,
        network: Network::Outside,
        pace: Pace::Awaited,
    };
    let container = containers.create(&spec).await?;
    containers.start(&container).await?;
    Ok(Runtime {
        session: environment.session.clone(),
        handle: Handle::of(&Known { container })?,
        address: Address::Unix(socket),
    })
}

/// The values of those of these variables that the server has, as JSON.
fn values_of(named: &[VariableName]) -> String {
    let values = named.iter().filter_map(|name| {
        let value = std::env::var(name.as_str()).ok()?;
        Some((name.as_str().to_owned(), serde_json::Value::from(value)))
    });
    let values: serde_json::Map<_, _> = values.collect();
    serde_json::Value::from(values).to_string()
}

/// Writes a file that nobody but its owner reads.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path)?.write_all(text.as_bytes())
}

fn variables(environment: &EnvironmentId, temporary: &str) -> Variables {
    let variables = [
        (SESSION_MARK, environment.session.as_str()),
        ("HOME", temporary),
        ("TMPDIR", temporary),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONIOENCODING", "utf-8:backslashreplace"),
    ];
    variables
        .into_iter()
        .chain(VARIABLES)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Whether the container runs.
pub(super) async fn is_alive(
    containers: &Containers,
    runtime: &Runtime,
) -> Result<bool, EngineError> {
    let Some(container) = container(runtime) else {
        return Ok(false);
    };
    let found = containers.inspect(&container).await;
    let found = found.map_err(|error| daemon::failed("Checking a container", &error))?;
    let state = found.and_then(|found| found.state);
    Ok(state.and_then(|state| state.running).unwrap_or(false))
}

/// Waits until the container has ended; gives the reason.
pub(super) async fn died(
    containers: &Containers,
    runtime: &Runtime,
    bounded: Option<&Bounded>,
) -> EngineError {
    let Some(container) = container(runtime) else {
        return EngineError::new("RuntimeDied", "The runtime isn’t a container.");
    };
    let mut lost = false;
    loop {
        let state = match containers.inspect(&container).await {
            Ok(found) => found.and_then(|found| found.state),
            Err(error) => {
                tracing::debug!(%error, "the Docker daemon doesn’t answer");
                lost = true;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        if !state
            .as_ref()
            .and_then(|state| state.running)
            .unwrap_or(false)
        {
            let used_up = has_used_up(containers, &container, state.as_ref()).await;
            return match bounded.filter(|_| used_up) {
                Some(bounded) => exceeded(&bounded.share),
                None => reason(state, lost),
            };
        }
        tokio::select! {
            ended = ended(containers, &container) => lost |= !ended,
            bounded = wanted_memory(containers, &container, bounded) => return exceeded(&bounded.share),
        }
    }
}

/// Whether it is the container that has ended, not the connection to the daemon.
async fn ended(containers: &Containers, container: &str) -> bool {
    let mut waiting = containers
        .docker
        .wait_container(container, None::<WaitContainerOptions>);
    let ended = waiting.next().await;
    let ended = matches!(
        ended,
        Some(Ok(_) | Err(bollard::errors::Error::DockerContainerWaitError { .. }))
    );
    if !ended {
        tokio::time::sleep(PAUSE).await;
    }
    ended
}

/// Waits until the container has wanted more memory than it may have; forever where it is not bounded.
async fn wanted_memory<'a>(
    containers: &Containers,
    container: &str,
    bounded: Option<&'a Bounded>,
) -> &'a Bounded {
    const LOOK: Duration = Duration::from_millis(250);
    let Some(bounded) = bounded else {
        return std::future::pending().await;
    };
    match &bounded.instance {
        None => memory_was_wanting(containers, container).await,
        // The daemon tells of want to all that are within the group that has it, whoever is ended for that.
        Some(instance) => {
            while !instance.has_ended_one_of(container) {
                tokio::time::sleep(LOOK).await;
            }
        }
    }
    bounded
}

/// Waits until the kernel has ended one of the container's processes because they wanted more memory than they have,
/// also when that was before now. Never returns when the daemon goes away: who waits notices that by other means.
async fn memory_was_wanting(containers: &Containers, container: &str) {
    // From the first that the daemon remembers; a container's id is never given again.
    const EVER: &str = "1";
    let filters = std::collections::HashMap::from([
        ("container", vec![container.to_owned()]),
        ("event", vec!["oom".to_owned()]),
    ]);
    let options = EventsOptionsBuilder::new().since(EVER).filters(&filters);
    let mut events = containers.docker.events(Some(options.build()));
    while let Some(event) = events.next().await {
        if event.is_ok() {
            return;
        }
    }
    std::future::pending::<()>().await;
}

async fn has_used_up(
    containers: &Containers,
    container: &str,
    state: Option<&ContainerState>,
) -> bool {
    if state.is_some_and(|state| state.oom_killed.unwrap_or(false)) {
        return true;
    }
    // What has happened is published at once.
    const AT_ONCE: Duration = Duration::from_millis(500);
    tokio::time::timeout(AT_ONCE, memory_was_wanting(containers, container))
        .await
        .is_ok()
}

/// That a session has wanted more memory than it may have.
fn exceeded(share: &Share) -> EngineError {
    share.exceeded("needed more memory than it has")
}

/// As [`exceeded`], of one whose size is its own.
pub(super) fn excess(size: &VmSize) -> EngineError {
    exceeded(&Share {
        size: size.clone(),
        instance: None,
    })
}

fn reason(state: Option<ContainerState>, lost: bool) -> EngineError {
    if lost {
        return EngineError::new(
            "RuntimeDied",
            "The runtime ended because the Docker daemon was restarted.",
        )
        .with_remedy(
            "Start the session again. With live-restore in the daemon’s configuration, sessions outlive its restarts.",
        );
    }
    let Some(state) = state else {
        return EngineError::new("RuntimeDied", "The runtime’s container was removed.")
            .with_remedy("Start the session again.");
    };
    death::reason(state.exit_code.and_then(Ending::of_container), false)
}
