//! A requirements file for uv: its own, or a copy in which the private feeds have addresses of ours.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use flowdeck_flow::{FeedAddress, LineKind, is_private, snapshot};
use url::Url;

use super::{
    door::Door,
    forwarder::{Forwarder, Ticket},
    named::private_feeds,
};
use crate::{
    engine::{EngineError, Requirements, Variables},
    flow::{RequirementFile, RequirementFiles},
    paths::Passing,
};

/// What uv is to read, for as long as it reads. The copies and what they open are gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Prepared {
    file: String,
    private: Option<Private>,
}

#[derive(Debug)]
struct Private {
    /// The copies, with the names of what they are copies of.
    copies: Vec<(String, String)>,
    ticket: Ticket,
    folder: Passing,
}

/// Looks for private feeds in the requirements and the files that they include. When there are some, copies are made in
/// `folder`, which is made for them, and the install comes to the feeds by `door`.
pub(crate) async fn prepare(
    forwarder: &Forwarder,
    requirements: &Requirements,
    door: Door,
    folder: PathBuf,
) -> Result<Prepared, EngineError> {
    let files = RequirementFiles::read(&requirements.folder, &requirements.file, None);
    let feeds = private_feeds(&files)?;
    if feeds.is_empty() {
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
    let folder = Passing::make(folder).map_err(failed)?;
    let ticket = forwarder.open(opened, door, folder.path())?;
    write(&files, folder.path(), &ticket).map_err(failed)?;
    Ok(Prepared {
        file: folder.path().join("0.txt").display().to_string(),
        private: Some(Private {
            copies: copies(&files, folder.path()),
            ticket,
            folder,
        }),
    })
}

impl Prepared {
    /// For who does not come to the feeds.
    pub(crate) fn as_it_is(requirements: &Requirements) -> Self {
        let (file, private) = (requirements.file.clone(), None);
        Self { file, private }
    }

    /// The file to install, relative to the flow folder or absolute.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The folder that the install needs, and where it is told to ask for the feeds; `None` when nothing is private.
    pub(crate) fn opened(&self) -> Option<(&Path, SocketAddr)> {
        let private = self.private.as_ref()?;
        Some((private.folder.path(), private.ticket.address()))
    }

    /// Who opens which feeds, as a line for the log; `None` when nothing is private.
    pub(crate) fn note(&self) -> Option<String> {
        let opened = self.private.as_ref()?.ticket.opened().openers().join(", ");
        Some(format!(
            "For ‘{{private}}’, {opened}: neither uv nor what it builds is given the token."
        ))
    }

    /// What uv's environment needs, given what it has: the feeds are reached without a proxy.
    pub(crate) fn variables(&self, environment: &Variables) -> Variables {
        let Some(private) = &self.private else {
            return Variables::new();
        };
        let names = ["NO_PROXY", "no_proxy"];
        let before = names.iter().find_map(|name| environment.get(*name));
        let before = before.filter(|before| !before.is_empty());
        let host = private.ticket.address().ip().to_string();
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
        self.private.as_ref()?.ticket.opened().refused()
    }

    /// That a feed did not answer, if one did not.
    pub(crate) fn unanswered(&self) -> Option<EngineError> {
        self.private.as_ref()?.ticket.opened().unanswered()
    }
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
        let text = snapshot(&file.text, |kind| instead(files, file, kind, ticket));
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
            ticket.url(&Url::parse(&FeedAddress::of(named)?.url).ok()?)
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
