//! A requirements file for uv: its own, or a copy in which the private feeds have addresses of ours.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use flowdeck_flow::{FeedAddress, LineKind, is_private, replace_values};
use url::Url;

use super::forwarder::{Forwarder, Ticket};
use crate::{
    engine::{EngineError, Requirements, Variables},
    flow::{RequirementFile, RequirementFiles},
};

/// What uv is to read, for as long as it reads. The copies and what they open are gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Prepared {
    file: String,
    private: Option<Private>,
}

#[derive(Debug)]
struct Private {
    folder: PathBuf,
    /// The copies, with the names of what they are copies of.
    copies: Vec<(String, String)>,
    ticket: Ticket,
}

/// Looks for private feeds in the requirements and the files that they include. When there are some, copies are made in
/// `folder`, which is made for them.
pub(crate) async fn prepare(
    forwarder: &Forwarder,
    requirements: &Requirements,
    folder: &Path,
) -> Result<Prepared, EngineError> {
    let failed = |error: io::Error| EngineError::io("Preparing the private feeds", &error);
    let files = RequirementFiles::read(&requirements.folder, &requirements.file, None);
    let feeds = private_feeds(&files);
    if feeds.is_empty() {
        let (file, private) = (requirements.file.clone(), None);
        return Ok(Prepared { file, private });
    }
    let mut opened = Vec::new();
    for feed in feeds {
        let url = address(&feed)?;
        let user = feed.user.as_deref();
        let credential = requirements.feeds.credential(&url, user).await?;
        opened.push((url, credential));
    }
    let ticket = forwarder.open(opened)?;
    fs::create_dir(folder).map_err(failed)?;
    let private = Private {
        folder: folder.to_owned(),
        copies: copies(&files, folder),
        ticket,
    };
    write(&files, folder, &private.ticket).map_err(failed)?;
    let file = folder.join("0.txt").display().to_string();
    Ok(Prepared {
        file,
        private: Some(private),
    })
}

impl Prepared {
    /// The file to install, relative to the flow folder or absolute.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Who opens which feeds, as a line for the log; `None` when nothing is private.
    pub(crate) fn note(&self) -> Option<String> {
        let opened = self.private.as_ref()?.ticket.opened().join(", ");
        Some(format!(
            "For ‘{{private}}’, {opened}: neither uv nor what it builds is given the token."
        ))
    }

    /// What uv's environment needs, given what it has: the feeds are reached without a proxy.
    pub(crate) fn variables(&self, environment: &HashMap<String, String>) -> Variables {
        let Some(private) = &self.private else {
            return Variables::new();
        };
        let names = ["NO_PROXY", "no_proxy"];
        let before = names.iter().find_map(|name| environment.get(*name));
        let before = before.filter(|before| !before.is_empty());
        let host = private.ticket.host();
        let value = before.map_or(host.clone(), |before| format!("{before},{host}"));
        names
            .iter()
            .map(|name| ((*name).to_owned(), value.clone()))
            .collect()
    }

    /// A line of output as a person is to read it.
    pub(crate) fn shown(&self, line: &str) -> String {
        let Some(private) = &self.private else {
            return line.to_owned();
        };
        let copies = private.copies.iter();
        copies.fold(private.ticket.shown(line), |line, (copy, name)| {
            line.replace(copy, name)
        })
    }

    /// That a feed refused, if one did. Whatever came of the install then may have come from elsewhere.
    pub(crate) fn refused(&self) -> Option<EngineError> {
        self.private.as_ref()?.ticket.refused()
    }

    /// That a feed did not answer, if one did not.
    pub(crate) fn unanswered(&self) -> Option<EngineError> {
        self.private.as_ref()?.ticket.unanswered()
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::debug!(%error, "a copy of a requirements file could not be removed");
        }
    }
}

fn address(feed: &FeedAddress) -> Result<Url, EngineError> {
    Url::parse(&feed.url).map_err(|_| {
        let message = format!("The feed’s address ‘{}’ cannot be read.", feed.url);
        EngineError::new("RequirementInvalid", message)
            .with_remedy("Correct the line, as in ‘-i https://{private}@host/path/’.")
    })
}

/// Those of all files, each once.
fn private_feeds(files: &RequirementFiles) -> Vec<FeedAddress> {
    let mut feeds = Vec::new();
    for (_, line) in files.lines() {
        if let LineKind::Index(address) = &line.kind
            && let Some(feed) = FeedAddress::of(address)
            && !feeds.contains(&feed)
        {
            feeds.push(feed);
        }
    }
    feeds
}

/// Where the copies are, the last first: the name of one may begin like that of an earlier one.
fn copies(files: &RequirementFiles, folder: &Path) -> Vec<(String, String)> {
    let copy = |number: usize| folder.join(format!("{number}.txt")).display().to_string();
    let files = files.all().iter().enumerate().rev();
    files
        .map(|(number, file)| (copy(number), file.name.clone()))
        .collect()
}

fn write(files: &RequirementFiles, folder: &Path, ticket: &Ticket) -> io::Result<()> {
    for (number, file) in files.all().iter().enumerate() {
        let text = replace_values(&file.text, |kind| instead(files, file, kind, ticket));
        fs::write(folder.join(format!("{number}.txt")), text)?;
    }
    Ok(())
}

/// What a copy says in place of what `file` says.
fn instead(
    files: &RequirementFiles,
    file: &RequirementFile,
    kind: &LineKind,
    ticket: &Ticket,
) -> Option<String> {
    match kind {
        LineKind::Index(named) if is_private(named) => {
            ticket.url(&address(&FeedAddress::of(named)?).ok()?)
        }
        // A path is meant from where the file is.
        LineKind::Index(path) => {
            let path = file.beside.join(path).canonicalize().ok()?;
            Some(path.display().to_string())
        }
        LineKind::Include(named) | LineKind::Constraints(named) => {
            let number = files.number(file, named)?;
            Some(format!("{number}.txt"))
        }
        _ => None,
    }
}
