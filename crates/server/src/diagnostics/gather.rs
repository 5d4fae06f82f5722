//! Gathers what goes into the diagnostics of a session.

use std::{
    env,
    fs::{self, File},
    io,
    sync::Arc,
};

use flowdeck_compute::{Host, Owner};
use flowdeck_contract::{
    ids::{FilePath, SessionId},
    session::InstalledPackage,
    timeline::{SessionHistory, Timeline},
};
use flowdeck_flow::check_definition;
use serde_json::{Value, json};

use super::{
    archive::Archive,
    redact::{Redactor, secrets_in},
    secrets::{self, OfFiles},
};
use crate::{
    App,
    files::{FileError, FlowFolder},
    flows::{self, FlowError},
    http::{
        error::{ApiError, ApiResult},
        large::Client,
    },
};

/// The last lines of a session's log that go in.
const LOG_LINES: usize = 50_000;

const README: &str = "Diagnostics of a flowdeck compute session.

about.json         versions, the machine, what sessions there are
config.json        VM sizes, quota, compute instances, identities; without any credential
session.json       the session's state
timeline.json      its history: startup steps with times, actions and who took them, failures
session.log        the session's log, the installs' output included
install.json       the last install: its command, each requirement, what failed
server.log         lines of the server's log about this session, since the server started
packages.txt       the packages of its environment
flow/              flow.dag.yaml and the requirements file

A file that is missing couldn't be collected. Secrets are replaced by ‹removed› or **data_scrubbed**: known ones (the server's token,
secrets of connections, credentials of identities, variables of the environment, credential files of this user, secrets in the flow's files) and what looks
like one (credentials in URLs, values named like a secret, tokens of well-known shapes). Look through it all the same
before you hand it on: a secret that looks like any other word cannot be told from one.
";

/// Whose diagnostics are asked for.
pub(crate) enum Subject {
    /// The session of an owner, as it stands.
    Owner(Owner),
    /// A session that has ended.
    Ended(SessionId),
}

/// The packages that are installed in the session; none where nobody could look.
pub(crate) async fn packages(app: &App, subject: &Subject) -> Vec<InstalledPackage> {
    match subject {
        Subject::Owner(owner) => app.compute.packages(owner).await.unwrap_or_default(),
        Subject::Ended(_) => Vec::new(),
    }
}

/// The archive, for a client that waits for it.
pub(crate) fn diagnostics(
    app: &App,
    subject: &Subject,
    packages: &[InstalledPackage],
    client: &Client,
) -> ApiResult<File> {
    let files = files(app, subject)?;
    let mut known = secrets::of_server(app);
    known.extend(files.secrets.iter().cloned());
    let archive = Archive::new("diagnostics", Redactor::new(known), seconds());
    let mut archive = archive.map_err(failed)?;
    let masks = app.compute.connections().masks();
    let mut add = |name: &str, text: &str| {
        client.is_there()?;
        archive.add(name, &masks.text(text)).map_err(failed)
    };
    write(app, subject, &files, packages, &mut add)?;
    archive.finish().map_err(failed)
}

fn failed(error: io::Error) -> ApiError {
    ApiError::internal("Couldn’t collect the diagnostics.", error)
}

fn seconds() -> u64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
    since.map_or(0, |since| since.as_secs())
}

fn write(
    app: &App,
    subject: &Subject,
    files: &Files,
    packages: &[InstalledPackage],
    add: &mut dyn FnMut(&str, &str) -> ApiResult<()>,
) -> ApiResult<()> {
    let timeline = timeline(app, subject)?;
    let searched = match files.left_out {
        0 => String::new(),
        count => format!(
            "\nSecrets were not looked for in {count} or more of the flow's files and folders: there are too many, or their names \
             can't be used.\n"
        ),
    };
    add("README.txt", &format!("{README}{searched}"))?;
    add("about.json", &pretty(&about(app)))?;
    add("config.json", &pretty(&config(app)))?;
    add("timeline.json", &pretty(&json!(timeline)))?;
    let words = words(&timeline, subject);
    let server_log = app.log.about(&words);
    add("server.log", &lines(server_log.iter().map(String::as_str)))?;
    if let Subject::Owner(owner) = subject {
        let session = app.compute.session(owner);
        let log = app.compute.session_log(owner, LOG_LINES)?;
        add("session.json", &pretty(&json!(session)))?;
        add(
            "session.log",
            &lines(log.iter().map(|line| line.text.as_str())),
        )?;
        if let Some(install) = &session.install {
            add("install.json", &pretty(&json!(install)))?;
        }
    }
    if !packages.is_empty() {
        let packages: Vec<String> = packages
            .iter()
            .map(|package| format!("{}=={}", package.name, package.version))
            .collect();
        add("packages.txt", &lines(packages.iter().map(String::as_str)))?;
    }
    for (name, text) in &files.texts {
        add(&format!("flow/{name}"), text)?;
    }
    Ok(())
}

fn timeline(app: &App, subject: &Subject) -> ApiResult<Timeline> {
    Ok(match subject {
        Subject::Owner(owner) => app.compute.timeline(owner)?,
        Subject::Ended(session) => app.compute.timeline_of(session)?,
    })
}

/// What lines of the server's log about these sessions hold.
fn words(timeline: &Timeline, subject: &Subject) -> Vec<String> {
    let correlation = |life: &SessionHistory| {
        let failure = life.failure.as_ref();
        failure.map(|failure| failure.correlation.clone())
    };
    let of_lives = timeline.lives.iter().flat_map(|life| {
        let session = Some(life.session.to_string());
        [session, correlation(life)].into_iter().flatten()
    });
    // As a field of a line has it, and as a path has it.
    let of_owner = match subject {
        Subject::Owner(Owner::Flow(flow)) => vec![
            format!("flow={flow}"),
            format!("/{flow}/"),
            format!("/{}/", flowdeck_contract::address::encode(flow.as_str())),
        ],
        Subject::Owner(Owner::Nobody(session)) | Subject::Ended(session) => {
            vec![session.to_string()]
        }
    };
    let mut words: Vec<String> = of_lives.chain(of_owner).collect();
    words.retain(|word| !word.is_empty());
    words
}

fn about(app: &App) -> Value {
    let host = Host::measure();
    let (standby, standing_by) = app.compute.standbys();
    let sessions = app.compute.session_list().sessions;
    let states: Vec<Value> = sessions
        .iter()
        .map(|session| json!({"session": session.session, "flow": session.flow, "state": session.state}))
        .collect();
    json!({
        "flowdeck": env!("CARGO_PKG_VERSION"),
        "made": crate::time::now_rfc3339(),
        "system": system(),
        "architecture": env::consts::ARCH,
        "cores": host.cores,
        "memoryMb": host.memory_mb,
        "standby": {"wanted": standby, "ready": standing_by},
        "sessions": states,
    })
}

/// The operating system, as it calls itself.
#[cfg_attr(
    not(test),
    expect(
        clippy::disallowed_methods,
        reason = "a file of the server's own or of its administrator's"
    )
)]
fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let name = name.unwrap_or(env::consts::OS).trim_matches('"');
    format!("{name}, kernel {}", kernel.trim())
}

fn config(app: &App) -> Value {
    let catalog = app.compute.catalog();
    let size = |size: &flowdeck_compute::VmSize| json!({"name": size.name, "vCpus": size.v_cpus, "memoryMb": size.memory_mb});
    let sizes: Vec<Value> = catalog.sizes.iter().map(size).collect();
    let instances: Vec<Value> = catalog
        .instances
        .iter()
        .map(|instance| {
            json!({
                "name": instance.name,
                "size": instance.size.name,
                "identity": instance.identity,
                "idleShutdownSeconds": instance.idle_shutdown.map(|idle| idle.as_secs()),
            })
        })
        .collect();
    let identities: Vec<Value> = catalog
        .identities
        .iter()
        .map(|identity| json!({"name": identity.name, "hasCredential": identity.source.is_some()}))
        .collect();
    json!({
        "sizes": sizes,
        "quota": {"vCpus": catalog.quota.v_cpus, "memoryMb": catalog.quota.memory_mb},
        "instances": instances,
        "identities": identities,
    })
}

/// The flow's files that go in, and the secrets that are in any of its files.
#[derive(Default)]
struct Files {
    texts: Vec<(String, String)>,
    secrets: Vec<String>,
    /// Files whose secrets aren't known.
    left_out: u32,
}

fn files(app: &App, subject: &Subject) -> ApiResult<Files> {
    let Subject::Owner(Owner::Flow(flow)) = subject else {
        return Ok(Files::default());
    };
    let all = Arc::clone(&app.flows);
    let folder = match all.folder(flow) {
        Ok(folder) => folder,
        // A flow whose folder is gone has none.
        Err(FlowError::NotFound(_)) => return Ok(Files::default()),
        Err(error) => return Err(error.into()),
    };
    let definition = flows::definition_paths(flow)
        .find_map(|path| Some((path.to_string(), folder.read(&path).ok()?.text)));
    let text = definition.as_ref().map(|(_, text)| text.as_str());
    let OfFiles {
        mut secrets,
        left_out,
    } = secrets::of_flow(&folder, text).map_err(not_searched)?;
    let file = definition.as_ref().map_or("", |(file, _)| file.as_str());
    let requirements = requirements(&folder, file, text);
    let texts: Vec<(String, String)> = definition.into_iter().chain(requirements).collect();
    // What stands in a URL there may stand alone in a log.
    secrets.extend(texts.iter().flat_map(|(_, text)| secrets_in(text)));
    Ok(Files {
        texts,
        secrets,
        left_out: left_out.count(),
    })
}

/// Without a look into the flow's files, their secrets could be in any line of a log.
fn not_searched(error: FileError) -> ApiError {
    let mut answer = ApiError::from(error);
    answer.error.message = format!(
        "Couldn’t look for secrets in the flow’s files, so there are no diagnostics: {}",
        answer.error.message
    );
    answer
}

fn requirements(
    folder: &FlowFolder,
    file: &str,
    definition: Option<&str>,
) -> Option<(String, String)> {
    let flow = definition.and_then(|text| check_definition(file, text).flow);
    let named = flow.and_then(|flow| flow.environment.python_requirements_txt);
    let path = FilePath::try_from(named.unwrap_or_else(|| "requirements.txt".to_owned())).ok()?;
    let text = folder.read(&path).ok()?.text;
    Some((path.to_string(), text))
}

fn lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn pretty(value: &Value) -> String {
    // A value of ours has no keys that JSON could not have.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
