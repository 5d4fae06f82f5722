//! Sessions without a flow. What one is made of is written into a folder of its own, which is read as a flow's is, and
//! goes with it.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};

use flowdeck_access::disk;
use flowdeck_contract::codes;
use flowdeck_contract::{capability::Action, image::ImageReference};
use serde_json::json;

use super::{Book, Shared, install};
use crate::{
    error::ComputeError, owner::Owner, owner_folders::OwnerFolders, paths::Paths, state::State,
};

/// What a session without a flow is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnEnvironment {
    /// The base image; `None` for the default one.
    pub image: Option<String>,
    /// Lines of a requirements file; `None` for none, or for those that the session has already.
    pub requirements: Option<Vec<String>>,
}

/// No person's requirements file has a longer line, or more lines.
const LINE_LIMIT: usize = 2_000;
const LINES_LIMIT: usize = 2_000;
const REQUIREMENTS: &str = "requirements.txt";

impl OwnEnvironment {
    /// Says whether every part of it can be written into a file of lines.
    pub(crate) fn check(&self) -> Result<(), ComputeError> {
        let lines = self.requirements.as_deref().unwrap_or_default();
        let wrong = |line: &&String| line.len() > LINE_LIMIT || line.chars().any(char::is_control);
        if let Some(line) = lines.iter().find(wrong) {
            let shown: String = line.chars().take(60).collect();
            return Err(invalid(
                codes::REQUIREMENT_INVALID,
                format!(
                    "The requirement ‘{}’ isn’t a single line.",
                    shown.escape_debug()
                ),
                "pythonPipRequirements",
            ));
        }
        if lines.len() > LINES_LIMIT {
            let message = format!("There are more than {LINES_LIMIT} requirements.");
            return Err(invalid(
                "TooManyRequirements",
                message,
                "pythonPipRequirements",
            ));
        }
        let image = self.image.as_deref().filter(|image| !image.is_empty());
        match image.map(ImageReference::try_from) {
            Some(Err(error)) => {
                let message = format!("The base image isn’t an image reference. {error}");
                Err(invalid(codes::BASE_IMAGE_INVALID, message, "baseImage"))
            }
            _ => Ok(()),
        }
    }
}

fn invalid(code: &'static str, message: String, target: &str) -> ComputeError {
    ComputeError::invalid(code, message).at(target)
}

/// The environments of sessions without a flow, as they are written down.
pub(crate) struct OwnEnvironments {
    book: Arc<Book>,
    folders: OwnerFolders,
    paths: Paths,
}

impl OwnEnvironments {
    pub(crate) fn new(shared: &Shared) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            folders: shared.folders.clone(),
            paths: shared.paths.clone(),
        }
    }

    /// Writes down what a session is to be made of, unless its state does not allow a start.
    pub(crate) fn write(
        &self,
        owner: &Owner,
        environment: &OwnEnvironment,
    ) -> Result<(), ComputeError> {
        let known = self
            .book
            .sessions()
            .get(owner)
            .map(|live| live.record.state);
        let refusal = match known {
            // Between its end and its being forgotten.
            Some(State::NotExist) => Some("The compute session is stopping."),
            Some(state) => Action::Start.refusal(state.public()),
            None => None,
        };
        if let Some(refusal) = refusal {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        let folder = self.folders.around(owner).join(owner.folder());
        let definition = json!({"environment": {"image": environment.image}}).to_string();
        let requirements = environment.requirements.as_deref().unwrap_or_default();
        let written = fs::create_dir_all(&folder)
            .and_then(|()| write(&folder, "flow.dag.yaml", &definition))
            .and_then(|()| write_requirements(&folder, requirements));
        written.map_err(ComputeError::io("Writing down the session’s environment"))
    }

    /// Writes down what is to be installed into a session that runs.
    pub(crate) fn change(
        &self,
        owner: &Owner,
        environment: &OwnEnvironment,
    ) -> Result<(), ComputeError> {
        self.book.look(owner, install::refuse)?;
        let Some(requirements) = &environment.requirements else {
            return Ok(());
        };
        write_requirements(&self.folders.of(owner)?, requirements)
            .map_err(ComputeError::io("Writing down the session’s requirements"))
    }

    /// Forgets a session without a flow, with its folder and log, once there is nothing of it.
    pub(crate) fn forget_unless_it_exists(&self, owner: &Owner) {
        if matches!(owner, Owner::Flow(_)) {
            return;
        }
        let forgotten = self.book.forget(owner, |live| {
            let log = live.and_then(|live| live.log.as_ref());
            let log = log.map_or(Ok(()), |log| disk::remove(log.file.path()));
            log.and_then(|()| disk::remove(&self.folders.around(owner).join(owner.folder())))
                .map_err(ComputeError::io("Removing the session’s files"))
        });
        if let Err(error) = forgotten {
            tracing::error!(session = %owner, %error, "a session that has ended could not be forgotten");
        }
    }

    /// Forgets those that an earlier server ended, and folders that were written before their session was.
    pub(crate) fn forget_what_is_nobodys(&self) -> Result<(), ComputeError> {
        let ended: Vec<Owner> = self
            .book
            .sessions()
            .iter()
            .filter(|(_, live)| live.record.state == State::NotExist)
            .map(|(owner, _)| owner.clone())
            .collect();
        ended
            .iter()
            .for_each(|owner| self.forget_unless_it_exists(owner));
        let folder = self.paths.own_folders();
        let failed = || ComputeError::io("Reading the sessions’ folders");
        for entry in fs::read_dir(folder).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let known = self
                .book
                .sessions()
                .keys()
                .any(|owner| entry.file_name() == *owner.folder() && owner.flow().is_none());
            if !known && let Err(error) = disk::remove(&entry.path()) {
                tracing::error!(path = %entry.path().display(), %error, "a folder of a session that ended can't be removed");
            }
        }
        Ok(())
    }
}

fn write_requirements(folder: &Path, lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return disk::remove(&folder.join(REQUIREMENTS));
    }
    write(folder, REQUIREMENTS, &(lines.join("\n") + "\n"))
}

/// Whole or not at all.
fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let beside = folder.join(format!(".{name}.new"));
    let mut file = fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(beside, folder.join(name))
}
