//! The administrator's file: what compute there is to choose from. `docs/flowdeck.yaml` shows everything it may say.

mod amounts;
mod compute;
mod duration;
mod field;
mod identities;
mod names;
mod prices;
mod shape;
mod source;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use flowdeck_compute::{Catalog, Host, VariableName};
use flowdeck_contract::prices::Prices;
use thiserror::Error;

use self::{
    field::{At, Field, Problems},
    source::{Position, Source},
};

/// What the administrator has set.
#[derive(Debug)]
pub(crate) struct Config {
    /// What there is to choose from.
    pub(crate) catalog: Catalog,
    /// After how long without activity a session ends when its start does not say; `None` for never.
    pub(crate) max_idle: Option<Duration>,
    /// Which variables of the server's environment sessions get in addition to the standard ones.
    pub(crate) variables: Vec<VariableName>,
    /// Whether connections to services on this machine and in private networks can be tested; `None` where the file
    /// doesn't say.
    pub(crate) private_services: Option<bool>,
    /// What models cost.
    pub(crate) prices: Prices,
    /// Whether model servers on this machine may be looked for; `None` where the file doesn't say.
    pub(crate) model_servers: Option<bool>,
}

/// A session is deleted after this time without activity, unless the file or its start says otherwise.
const MAX_IDLE: Duration = Duration::from_secs(60 * 60);

/// Larger files are no configuration, and would only fill the memory.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    #[error("can't read the configuration {}: {source}. Choose another file with --config.", .file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    /// A line for each problem, as compilers write them.
    #[error("the configuration isn't valid:{}", Lines(.file, .problems))]
    Wrong {
        file: PathBuf,
        problems: Vec<Problem>,
    },
}

/// What is wrong at a place, and what would be right.
#[derive(Debug)]
pub(crate) struct Problem {
    place: Position,
    message: String,
}

struct Lines<'a>(&'a Path, &'a [Problem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.iter().try_for_each(|problem| {
            let Position { line, column } = problem.place;
            let file = self.0.display();
            write!(f, "\n{file}:{line}:{column}: {}", problem.message)
        })
    }
}

impl Config {
    /// What a host offers by itself.
    pub(crate) fn of_host(host: Host) -> Self {
        Self {
            catalog: Catalog::of_host(host),
            max_idle: Some(MAX_IDLE),
            variables: Vec::new(),
            prices: Prices::default(),
            private_services: None,
            model_servers: None,
        }
    }

    /// Reads and checks a file. What it leaves out is as the host offers it.
    pub(crate) fn load(file: &Path, host: Host) -> Result<Self, ConfigError> {
        let text = read(file).map_err(|source| ConfigError::Unreadable {
            file: file.to_owned(),
            source,
        })?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder, host).map_err(|problems| {
            let file = file.to_owned();
            ConfigError::Wrong { file, problems }
        })
    }

    /// Reads and checks the text of a file in `folder`; tells everything that is wrong with it, in its order.
    fn parse(text: &str, folder: &Path, host: Host) -> Result<Self, Vec<Problem>> {
        let source = Source(text);
        let value = source.value().map_err(|problem| vec![problem])?;
        let problems = Problems::of(source);
        let config = compute::read(&At::root(&problems), Field::of(value), folder, host);
        match problems.in_order() {
            problems if problems.is_empty() => Ok(config),
            problems => Err(problems),
        }
    }
}

#[cfg_attr(
    not(test),
    expect(
        clippy::disallowed_methods,
        reason = "a file of the server's own or of its administrator's"
    )
)]
fn read(file: &Path) -> io::Result<String> {
    let metadata = fs::metadata(file)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it isn't a regular file"));
    }
    if metadata.len() > SIZE_LIMIT {
        let message = format!("it is larger than {SIZE_LIMIT} bytes");
        return Err(io::Error::other(message));
    }
    fs::read_to_string(file)
}

#[cfg(test)]
mod tests;
