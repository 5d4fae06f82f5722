//! A requirements file for uv: its own, or a copy in which the private feeds have addresses of ours.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use flowdeck_access::{
    disk::TemporaryFolder,
    feeds::{FeedEndpoint, Forwarder, Ticket, private_feeds},
    requirements::{RequirementFile, RequirementSet},
};
use flowdeck_flow::{FeedAddress, LineKind, is_private, snapshot};
use url::Url;

use crate::engine::{EngineError, Requirements, Variables};

/// What uv is to read, for as long as it reads. The copies and what they open are gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Prepared {
    file: String,
    copied: Option<Copied>,
}

#[derive(Debug)]
struct Copied {
    /// The copies, with the names of what they are copies of.
    copies: Vec<(String, String)>,
    /// What opens the private feeds, where there are some.
    ticket: Option<Ticket>,
    folder: TemporaryFolder,
}

/// Looks for private feeds in the requirements and the files that they include. When there are some, copies are made in
/// `folder`, which is made for them, and the install comes to the feeds by `endpoint`.
pub(crate) async fn prepare(
    forwarder: &Forwarder,
    requirements: &Requirements,
    endpoint: FeedEndpoint,
    folder: PathBuf,
) -> Result<Prepared, EngineError> {
    let files = &*requirements.set;
    let feeds = private_feeds(files)?;
    if feeds.is_empty() && files.is_plain() {
        return Ok(Prepared::as_it_is(requirements));
    }
    let mut opened = Vec::new();
    for (named, user) in feeds {
        let (access, shown) = (&requirements.feeds, named.to_string());
        let credential = access.credential(&named.url, &shown, user.as_deref());
        let credential = credential.await?;
        opened.push((named, credential));
    }
    let failed = |error: io::Error| EngineError::io("Preparing the private feeds", &error);
    let folder = TemporaryFolder::make(folder).map_err(failed)?;
    let ticket = match opened.is_empty() {
        true => None,
        false => Some(forwarder.open(opened, endpoint, folder.path())?),
    };
    write(files, folder.path(), ticket.as_ref()).map_err(failed)?;
    Ok(Prepared {
        file: folder.path().join("0.txt").display().to_string(),
        copied: Some(Copied {
            copies: copies(files, folder.path()),
            ticket,
            folder,
        }),
    })
}

impl Prepared {
    /// For what doesn't use the feeds.
    pub(crate) fn as_it_is(requirements: &Requirements) -> Self {
        let (file, copied) = (requirements.file.clone(), None);
        Self { file, copied }
    }

    /// The file to install, relative to the flow folder or absolute.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The folder of copies that the install needs, if it needs one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        Some(self.copied.as_ref()?.folder.path())
    }

    /// The address of the feeds for the install; `None` when nothing is private.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        Some(self.ticket()?.address())
    }

    fn ticket(&self) -> Option<&Ticket> {
        self.copied.as_ref()?.ticket.as_ref()
    }

    /// Who opens which feeds, as a line for the log; `None` when nothing is private.
    pub(crate) fn note(&self) -> Option<String> {
        let opened = self.ticket()?.opened().openers().join(", ");
        Some(format!(
            "For ‘{{private}}’, {opened}: neither uv nor what it builds is given the token."
        ))
    }

    /// What uv's environment needs, given what it has: the feeds are reached without a proxy.
    pub(crate) fn variables(&self, environment: &Variables) -> Variables {
        let Some(ticket) = self.ticket() else {
            return Variables::new();
        };
        let names = ["NO_PROXY", "no_proxy"];
        let before = names.iter().find_map(|name| environment.get(*name));
        let before = before.filter(|before| !before.is_empty());
        let host = ticket.address().ip().to_string();
        let value = before.map_or(host.clone(), |before| format!("{before},{host}"));
        names
            .iter()
            .map(|name| ((*name).to_owned(), value.clone()))
            .collect()
    }

    /// A line of output as a person is to read it.
    pub(crate) fn shown(&self, line: &str) -> String {
        let Some(copied) = &self.copied else {
            return line.to_owned();
        };
        let shown = self.ticket().map(|ticket| ticket.shown(line));
        let copies = copied.copies.iter();
        copies.fold(
            shown.unwrap_or_else(|| line.to_owned()),
            |line, (copy, name)| line.replace(copy, name),
        )
    }

    /// That a feed refused, if one did. Whatever came of the install then may have come from elsewhere.
    pub(crate) fn refused(&self) -> Option<EngineError> {
        self.ticket()?.opened().refused()
    }

    /// That a feed did not answer, if one did not.
    pub(crate) fn unanswered(&self) -> Option<EngineError> {
        self.ticket()?.opened().unanswered()
    }
}

/// Where the copies are, the last first: the name of one may begin like that of an earlier one.
fn copies(files: &RequirementSet, folder: &Path) -> Vec<(String, String)> {
    let copy = |number: usize| folder.join(format!("{number}.txt")).display().to_string();
    let files = files.files().iter().enumerate().rev();
    files
        .map(|(number, file)| (copy(number), file.name.clone()))
        .collect()
}

fn write(files: &RequirementSet, folder: &Path, ticket: Option<&Ticket>) -> io::Result<()> {
    for (number, file) in files.files().iter().enumerate() {
        let text = snapshot(&file.text, |kind| instead(files, file, kind, ticket));
        fs::write(folder.join(format!("{number}.txt")), text)?;
    }
    Ok(())
}

/// What a copy says in place of what `file` says.
fn instead(
    files: &RequirementSet,
    file: &RequirementFile,
    kind: &LineKind,
    ticket: Option<&Ticket>,
) -> Option<String> {
    match kind {
        LineKind::Index(named) if is_private(named) => {
            ticket?.url(&Url::parse(&FeedAddress::of(named)?.url).ok()?)
        }
        // A path is meant from where the file is.
        LineKind::Index(path) if !path.contains("://") && !path.starts_with("file:") => {
            Some(beside(files, file, path))
        }
        LineKind::Include(named) | LineKind::Constraints(named) => match file.included(named) {
            Some(number) => Some(format!("{number}.txt")),
            None if named.contains("://") || named.starts_with("file:") => None,
            None => Some(beside(files, file, named)),
        },
        _ => None,
    }
}

/// The whole path of what a file names, which is meant from where the file is.
fn beside(files: &RequirementSet, file: &RequirementFile, named: &str) -> String {
    let path = files.folder().join(file.beside()).join(named);
    path.display().to_string()
}
