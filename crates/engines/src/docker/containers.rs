//! Containers as sessions have them: not root, without capabilities, on a network of their own, with nothing of this
//! machine but the folders that they are given.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use bollard::{
    Docker,
    models::{
        ContainerCreateBody, ContainerInspectResponse, ContainerSummary, HostConfig,
        HostConfigLogConfig, Mount, MountType, NetworkCreateRequest,
    },
    query_parameters::{
        CreateContainerOptions, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
    },
};
use flowdeck_contract::{ids::SessionId, session::VmSize};
use parking_lot::Mutex as StdMutex;
use tokio::sync::Mutex;

pub(super) use super::spec::{Network, Spec};

use super::daemon;
use crate::{
    engine::{EngineError, Pace},
    install::is_preparation,
};

/// Label: which data folder a container or network belongs to.
const DATA: &str = "flowdeck.data";
/// Label: which session a container belongs to.
const SESSION: &str = "flowdeck.session";
/// How much of busy CPUs a container gets that nobody waits for, where others get 1,024.
const FEW_SHARES: i64 = 256;
/// Docker's word for a container without any.
const NO_NETWORK: &str = "none";
const MIB: u64 = 1024 * 1024;
const ROOT_HOME: &str = "/root";

/// The most that a container is given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    /// How many CPUs the daemon's machine has: it refuses to promise more.
    pub(super) cpus: u32,
    /// How many processes and threads.
    pub(super) processes: u32,
}

/// The containers of one data folder.
#[derive(Clone, Debug)]
pub(super) struct Containers {
    pub(super) docker: Docker,
    mark: String,
    most: Most,
    /// A folder that everybody may enter and nobody but root may write.
    passage: PathBuf,
    /// The control groups that sessions' containers are within, where these are none of the daemon's own choice.
    parents: Arc<StdMutex<HashMap<SessionId, String>>>,
    /// Held while the network must stay.
    network: Arc<Mutex<()>>,
}

impl Containers {
    pub(super) fn new(docker: Docker, mark: String, most: Most, passage: PathBuf) -> Self {
        Self {
            docker,
            mark,
            most,
            passage,
            parents: Arc::default(),
            network: Arc::default(),
        }
    }

    /// The control group that the containers of a session are to be made in; `None` for the daemon's own choice.
    pub(super) fn set_parent(&self, session: &SessionId, parent: Option<String>) {
        let mut parents = self.parents.lock();
        match parent {
            Some(parent) => parents.insert(session.clone(), parent),
            None => parents.remove(session),
        };
    }

    fn parent(&self, session: &SessionId) -> Option<String> {
        let parents = self.parents.lock();
        parents.get(session).cloned()
    }

    /// Makes a container; gives its id.
    pub(super) async fn create(&self, spec: &Spec<'_>) -> Result<String, EngineError> {
        let body = self.body(spec)?;
        let _network = self.network.lock().await;
        if spec.network == Network::Outside {
            self.make_network().await?;
        }
        let created = self
            .docker
            .create_container(None::<CreateContainerOptions>, body);
        let created = created
            .await
            .map_err(|error| daemon::failed("Making a container", &error))?;
        created
            .warnings
            .iter()
            .for_each(|warning| tracing::debug!(warning, "Docker warns"));
        Ok(created.id)
    }

    fn body(&self, spec: &Spec<'_>) -> Result<ContainerCreateBody, EngineError> {
        let variables = spec.variables.iter();
        let mut writable = spec.writable.clone();
        let mut readable = spec.readable.clone();
        writable.sort();
        writable.dedup();
        readable.retain(|path| !writable.contains(path));
        let mounts = writable
            .iter()
            .map(|path| mount(path, false))
            .chain(readable.iter().map(|path| mount(path, true)));
        let mut mounts: Vec<Mount> = mounts.collect::<Result<_, _>>()?;
        // In most images only root may enter it, so that nobody else would come to what is mounted below it.
        if writable
            .iter()
            .chain(&readable)
            .any(|path| path.starts_with(ROOT_HOME))
        {
            mounts.push(Mount {
                target: Some(ROOT_HOME.to_owned()),
                ..mount(&self.passage, false)?
            });
        }
        let log_options = [("max-size", "10m"), ("max-file", "1")];
        let log = HostConfigLogConfig {
            typ: Some("json-file".to_owned()),
            config: Some(owned(log_options)),
        };
        // Python and uv write to their own folders; this is for what looks for nothing else.
        let scratch = owned([("/tmp", "rw,nosuid,nodev,mode=1777,size=256m")]);
        let mut host = HostConfig {
            mounts: Some(mounts),
            log_config: Some(log),
            network_mode: Some(match spec.network {
                Network::Nothing => NO_NETWORK.to_owned(),
                Network::Outside => self.mark.clone(),
            }),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            readonly_rootfs: Some(true),
            tmpfs: Some(scratch),
            pids_limit: Some(self.most.processes.into()),
            privileged: Some(false),
            cgroup_parent: self.parent(spec.session),
            ..HostConfig::default()
        };
        if spec.pace == Pace::Idle {
            host.cpu_shares = Some(FEW_SHARES);
        }
        if let Some(size) = &spec.size {
            let bounds = Bounds::of(size, self.most.cpus);
            host.memory = Some(bounds.memory);
            host.memory_swap = Some(bounds.memory);
            host.nano_cpus = Some(bounds.nano_cpus);
        }
        Ok(ContainerCreateBody {
            image: Some(spec.image.to_owned()),
            user: Some(spec.user.name()),
            // Both replace what the image says.
            entrypoint: Some(spec.command.iter().take(1).cloned().collect()),
            cmd: Some(spec.command.iter().skip(1).cloned().collect()),
            env: Some(
                variables
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect(),
            ),
            working_dir: Some(spec.folder.display().to_string()),
            labels: Some(owned([
                (DATA, &*self.mark),
                (SESSION, spec.session.as_str()),
            ])),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        })
    }

    /// Containers on it reach the outside, and not each other.
    async fn make_network(&self) -> Result<(), EngineError> {
        match self.docker.inspect_network(&self.mark, None).await {
            Ok(_) => return Ok(()),
            Err(error) if daemon::is_not_found(&error) => {}
            Err(error) => return Err(daemon::failed("Looking for the sessions' network", &error)),
        }
        let request = NetworkCreateRequest {
            name: self.mark.clone(),
            driver: Some("bridge".to_owned()),
            options: Some(owned([("com.docker.network.bridge.enable_icc", "false")])),
            labels: Some(owned([(DATA, &*self.mark)])),
            ..NetworkCreateRequest::default()
        };
        let made = self.docker.create_network(request).await;
        made.map(|_| ())
            .map_err(|error| daemon::failed("Making the sessions' network", &error))
    }

    pub(super) async fn start(&self, container: &str) -> Result<(), EngineError> {
        let started = self.docker.start_container(container, None).await;
        started.map_err(|error| daemon::failed("Starting a container", &error))
    }

    /// A container as it is; `None` when there is none.
    pub(super) async fn inspect(
        &self,
        container: &str,
    ) -> Result<Option<ContainerInspectResponse>, bollard::errors::Error> {
        match self.docker.inspect_container(container, None).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if daemon::is_not_found(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends and removes a container; fine when there is none.
    pub(super) async fn remove(&self, container: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        match self.docker.remove_container(container, Some(options)).await {
            Err(bollard::errors::Error::DockerResponseServerError {
                status_code: 404, ..
            })
            | Ok(()) => Ok(()),
            // Somebody else removes it already; it is gone when they are done.
            Err(bollard::errors::Error::DockerResponseServerError {
                status_code: 409, ..
            }) => self.wait_until_gone(container).await,
            Err(error) => Err(daemon::failed("Removing a container", &error)),
        }
    }

    async fn wait_until_gone(&self, container: &str) -> Result<(), EngineError> {
        const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
        const LOOKS: u32 = 400;
        for _ in 0..LOOKS {
            match self.inspect(container).await {
                Ok(None) => return Ok(()),
                Ok(Some(_)) => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(daemon::failed("Removing a container", &error)),
            }
        }
        Err(EngineError::new(
            "ContainerRemains",
            format!("Couldn’t remove the container {container}."),
        )
        .with_remedy("Check it with docker inspect, then stop the session again."))
    }

    /// The containers of a session.
    pub(super) async fn of(&self, session: &SessionId) -> Result<Vec<String>, EngineError> {
        let found = self.list().await?.into_iter();
        let ours = found.filter(|container| label(container) == Some(session.as_str()));
        Ok(ours.filter_map(|container| container.id).collect())
    }

    /// The sessions of which there is a container.
    pub(super) async fn sessions(&self) -> Result<BTreeSet<SessionId>, EngineError> {
        let found = self.list().await?;
        let sessions = found.iter().filter_map(label);
        Ok(sessions
            .filter_map(|id| SessionId::try_from(id).ok())
            .filter(|id| !is_preparation(id))
            .collect())
    }

    /// Removes the containers that prepare shared things. They go on without the server that started them, and would
    /// write into what the next one removes.
    pub(super) async fn end_preparations(&self) -> Result<(), EngineError> {
        let found = self.list().await?;
        let ids = found.iter().filter_map(label);
        let ids: BTreeSet<SessionId> = ids
            .filter_map(|id| SessionId::try_from(id).ok())
            .filter(is_preparation)
            .collect();
        for id in ids {
            self.remove_of(&id).await?;
        }
        Ok(())
    }

    /// Removes all containers of a session.
    pub(super) async fn remove_of(&self, session: &SessionId) -> Result<(), EngineError> {
        for container in self.of(session).await? {
            self.remove(&container).await?;
        }
        Ok(())
    }

    async fn list(&self) -> Result<Vec<ContainerSummary>, EngineError> {
        let filters = HashMap::from([("label", vec![format!("{DATA}={}", self.mark)])]);
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&filters)
            .build();
        let listed = self.docker.list_containers(Some(options)).await;
        listed.map_err(|error| daemon::failed("Looking for containers", &error))
    }

    /// Bounds the containers of a session.
    pub(super) async fn bound(
        &self,
        session: &SessionId,
        size: &VmSize,
    ) -> Result<(), EngineError> {
        for container in self.of(session).await? {
            let bounds = Bounds::of(size, self.most.cpus);
            let body = bollard::models::ContainerUpdateBody {
                memory: Some(bounds.memory),
                memory_swap: Some(bounds.memory),
                nano_cpus: Some(bounds.nano_cpus),
                ..Default::default()
            };
            match self.docker.update_container(&container, body).await {
                Err(error) if !daemon::is_not_found(&error) => {
                    return Err(daemon::failed(
                        "Limiting the session to its VM size",
                        &error,
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes the network when no container is left that could be on it.
    pub(super) async fn remove_network(&self) -> Result<(), EngineError> {
        let _network = self.network.lock().await;
        let found = self.list().await?;
        let mode =
            |container: &ContainerSummary| container.host_config.as_ref()?.network_mode.clone();
        // One that isn't told of may be on it.
        if found
            .iter()
            .any(|container| mode(container).is_none_or(|mode| mode != NO_NETWORK))
        {
            return Ok(());
        }
        match self.docker.remove_network(&self.mark).await {
            Err(error) if !daemon::is_not_found(&error) => {
                Err(daemon::failed("Removing the sessions' network", &error))
            }
            _ => Ok(()),
        }
    }
}

/// What a VM size is to Docker.
struct Bounds {
    memory: i64,
    nano_cpus: i64,
}

impl Bounds {
    fn of(size: &VmSize, cpus: u32) -> Self {
        let memory = size.memory_mb.saturating_mul(MIB);
        Self {
            memory: i64::try_from(memory).unwrap_or(i64::MAX),
            nano_cpus: i64::from(size.v_cpus.min(cpus)) * 1_000_000_000,
        }
    }
}

fn label(container: &ContainerSummary) -> Option<&str> {
    container.labels.as_ref()?.get(SESSION).map(String::as_str)
}

/// A bind mount follows no link: its source is where the link leads.
fn mount(path: &Path, read_only: bool) -> Result<Mount, EngineError> {
    let source = path
        .canonicalize()
        .map_err(|error| EngineError::io(&format!("Looking for {}", path.display()), &error))?;
    Ok(Mount {
        typ: Some(MountType::BIND),
        source: Some(source.display().to_string()),
        target: Some(path.display().to_string()),
        read_only: Some(read_only),
        ..Mount::default()
    })
}

fn owned<const N: usize>(pairs: [(&str, &str); N]) -> HashMap<String, String> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
