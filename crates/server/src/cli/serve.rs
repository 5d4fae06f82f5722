//! `flowdeck serve`: puts the parts together, says when they can be used, and takes them apart again.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Args, ValueEnum};
#[cfg(feature = "fake-engine")]
use flowdeck_compute::fake::FakeEngine;
use flowdeck_compute::{
    Compute, ComputeConfig, ConnectionOptions, FlowsFolder, Host, Identities, VariableName,
    docker::{DEFAULT_IMAGE, DockerEngine, DockerOptions},
    engine::{Engine, EngineError},
    process::{ProcessEngine, ProcessOptions},
};
use flowdeck_contract::{
    ids::ProjectName,
    image::{ImageReference, InvalidImage},
    prices::Prices,
};
use thiserror::Error;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    App, Assets, RecentLog, Settings,
    auth::{AllowedHosts, ServerKey, Token},
    base_path::BasePath,
    cli::{
        data_folder::{self, DataFolderError},
        ready::say_ready,
        token::{TokenError, TokenOptions},
    },
    config::{Config, ConfigError},
    flows::{FlowError, Flows},
    http,
    serving::{self, Limits},
};

/// How long requests in progress may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

const PROJECT: &str = "default";

const GIB: u64 = 1024 * 1024 * 1024;

#[derive(Args)]
pub(crate) struct Serve {
    /// The folder that holds your flows, also in folders below it, or a single flow
    #[arg(long, value_name = "DIR", default_value = "samples")]
    flows: PathBuf,
    /// Where the server keeps sessions, runs and their logs
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// The address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8642")]
    listen: SocketAddr,
    /// VM sizes, compute instances and identities, as docs/flowdeck.yaml shows; without it, what this machine has
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    token: TokenOptions,
    /// Where compute sessions run
    #[arg(long, value_enum, default_value_t = EngineName::Process)]
    engine: EngineName,
    /// The image of sessions whose flow asks for none; `cargo xtask image` builds the default
    #[arg(long, value_name = "IMAGE", default_value = DEFAULT_IMAGE, value_parser = image)]
    docker_image: ImageReference,
    /// The file of the key that protects stored secrets; without it, secrets.key in the data folder
    #[arg(long, value_name = "FILE", env = "FLOWDECK_SECRETS_KEY_FILE")]
    secrets_key_file: Option<PathBuf>,
    /// The built browser app; without it, the one inside this binary
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
    /// The path below which a proxy serves this, such as /flowdeck
    #[arg(long, value_name = "PATH", default_value = "/")]
    base_path: BasePath,
    /// A further name that browsers reach this server by; may be given more than once
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// The Python (3.9 to 3.12) that environments are made with; without it, the first on PATH
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// The uv that makes and fills environments; without it, the one on PATH, or one that is installed below the data
    /// folder
    #[arg(long, value_name = "PROGRAM")]
    uv: Option<PathBuf>,
    /// How many standby runtimes to keep for quick starts
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    standby: usize,
    /// How many GiB the environments may take that are kept for later starts with the same requirements; 0 keeps none
    #[arg(long, value_name = "GIB", default_value_t = 10)]
    environment_cache: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    /// As processes on this machine
    Process,
    /// As containers, of the Docker daemon that `DOCKER_HOST` names, or at its usual socket
    Docker,
    /// As nothing at all: a flow's fake.json says what happens
    #[cfg(feature = "fake-engine")]
    Fake,
}

/// Why the server could not start, or had to end; the message is for people and says what to do.
#[derive(Debug, Error)]
enum ServeError {
    #[error("port {} on {} is in use by another program. Stop that program, or choose another port with --listen {}:PORT.", .0.port(), .0.ip(), host_of(.0.ip()))]
    PortTaken(SocketAddr),
    #[error("can't listen on {0}: {1}. Choose another address with --listen.")]
    Listen(SocketAddr, io::Error),
    #[error("{0} Give the folder that holds your flows with --flows.")]
    Flows(FlowError),
    #[error("{0}")]
    Data(#[from] DataFolderError),
    #[error("{0}")]
    Token(#[from] TokenError),
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}{1}")]
    Compute(String, String),
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Serve {
    pub(crate) fn run(self) -> ExitCode {
        let log = RecentLog::default();
        start_log(&log);
        let served = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(ServeError::from)
            .and_then(|runtime| runtime.block_on(self.serve(log)));
        match served {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("flowdeck: {error}");
                ExitCode::FAILURE
            }
        }
    }

    async fn serve(self, log: RecentLog) -> Result<(), ServeError> {
        // Before anything slow, so that a wrong call fails at once, and before the ready line, so that no signal is
        // lost.
        let ended = end_signal()?;
        let limits = Limits::of_files(serving::raise_file_limit());
        let flows = Flows::open(&self.flows).map_err(ServeError::Flows)?;
        let config = self.config()?;
        let prices = config.prices.clone();
        let listener = listen(self.listen).await?;
        let address = listener.local_addr()?;
        let compute = self.open_compute(flows.place(), config).await?;
        let token = self.token.token(&self.data)?;
        flows.remove_leftovers().map_err(ServeError::Flows)?;
        let url = format!("http://{}{}/", reachable(address), self.base_path.as_str());
        let settings = Settings {
            prices,
            ..self.settings(address, token.token.clone(), log)?
        };
        let app = App::start(
            settings,
            flows,
            compute.clone(),
            Assets::new(self.assets.as_deref()),
        )
        .map_err(|error| compute_error(&error, error.to_root_error().remedy()))?;
        say_ready(&url, &token)?;
        serve_until(listener, limits, &app, ended).await;
        compute.close().await;
        Ok(())
    }

    fn settings(
        &self,
        address: SocketAddr,
        token: Token,
        log: RecentLog,
    ) -> Result<Settings, ServeError> {
        let project = ProjectName::try_from(PROJECT).map_err(io::Error::other)?;
        let server_key = ServerKey::load_or_make(&self.data)
            .map_err(|source| DataFolderError::unwritable(&self.data, source))?;
        Ok(Settings {
            project,
            base_path: self.base_path.clone(),
            port: address.port(),
            hosts: AllowedHosts::new(address.ip(), &self.allow_host),
            token,
            server_key,
            prices: Prices::default(),
            log,
        })
    }

    fn config(&self) -> Result<Config, ConfigError> {
        let host = Host::measure();
        match &self.config {
            Some(file) => Config::load(file, host),
            None => Ok(Config::of_host(host)),
        }
    }

    async fn open_engine(
        &self,
        data: &Path,
        variables: Vec<VariableName>,
    ) -> Result<Arc<dyn Engine>, EngineError> {
        Ok(match self.engine {
            EngineName::Process => {
                let options = ProcessOptions {
                    python: self.python.clone(),
                    uv: self.uv.clone(),
                    variables,
                    kept_bytes: self.environment_cache.saturating_mul(GIB),
                    ..ProcessOptions::default()
                };
                Arc::new(ProcessEngine::new(data, options).await?)
            }
            EngineName::Docker => {
                let host = std::env::var("DOCKER_HOST").ok();
                let options = DockerOptions {
                    host: host.filter(|host| !host.is_empty()),
                    image: Some(self.docker_image.as_str().to_owned()),
                    variables,
                    kept_bytes: self.environment_cache.saturating_mul(GIB),
                    ..DockerOptions::default()
                };
                Arc::new(DockerEngine::new(data, options).await?)
            }
            #[cfg(feature = "fake-engine")]
            EngineName::Fake => Arc::new(FakeEngine::for_looking()),
        })
    }

    async fn open_compute(
        &self,
        flows: &FlowsFolder,
        config: Config,
    ) -> Result<Compute, ServeError> {
        let data = data_folder::prepare(&self.data)?;
        let engine = self.open_engine(&data, config.variables.clone()).await;
        let engine = engine
            .map_err(|error: EngineError| compute_error(&error, error.failure.remedy.as_deref()))?;
        let names: Vec<String> = config
            .variables
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect();
        let private_services = config
            .private_services
            .unwrap_or_else(|| self.listen.ip().is_loopback());
        let connections = ConnectionOptions {
            key_file: self.secrets_key_file.clone(),
            variables: names,
            private_services,
            model_servers: config.model_servers.unwrap_or(private_services),
        };
        let config = ComputeConfig {
            flows: flows.clone(),
            data,
            standby: self.standby,
            max_idle: config.max_idle,
            catalog: config.catalog,
            identities: Identities::of_environment(),
            connections,
            prices: config.prices,
        };
        let opened = Compute::open(config, engine).await;
        opened.map_err(|error| compute_error(&error, error.to_root_error().remedy()))
    }
}

fn image(text: &str) -> Result<ImageReference, InvalidImage> {
    ImageReference::try_from(text)
}

fn compute_error(error: &dyn std::error::Error, remedy: Option<&str>) -> ServeError {
    let remedy = remedy
        .map(|remedy| format!(" {remedy}"))
        .unwrap_or_default();
    ServeError::Compute(error.to_string(), remedy)
}

fn start_log(log: &RecentLog) {
    use io::IsTerminal;
    use tracing_subscriber::EnvFilter;
    let log = log.clone();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || log.writer())
        .with_ansi(io::stderr().is_terminal())
        .init();
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => ServeError::PortTaken(address),
            _ => ServeError::Listen(address, error),
        })
}

/// Resolves when the process is asked to end.
fn end_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn serve_until(
    listener: TcpListener,
    limits: Limits,
    app: &App,
    ended: impl Future<Output = ()>,
) {
    let router = http::router(app.clone());
    let serving = serving::serve(listener, router, limits, app.closing.clone());
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        () = &mut serving => return,
        () = ended => tracing::info!("closing; compute sessions live on"),
    }
    let closed = async { tokio::join!(serving, app.close()) };
    if tokio::time::timeout(GRACE, closed).await.is_err() {
        tracing::warn!("requests that were not answered yet were cut off");
    }
}

/// The address under which this machine reaches the server.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn host_of(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_daemon_that_cannot_be_reached_is_named_with_what_to_do() {
        let data = tempfile::tempdir().unwrap();
        let nowhere = format!("unix://{}/docker.sock", data.path().display());
        let options = DockerOptions {
            host: Some(nowhere.clone()),
            ..DockerOptions::default()
        };
        let error = DockerEngine::new(data.path(), options).await.unwrap_err();
        let error = compute_error(&error, error.failure.remedy.as_deref()).to_string();
        assert!(
            error.contains(&nowhere) && error.contains("DOCKER_HOST"),
            "{error}"
        );
    }
}
