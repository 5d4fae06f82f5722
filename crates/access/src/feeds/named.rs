//! A private feed as a requirements file names it.

use std::fmt;

use flowdeck_flow::{FeedAddress, LineKind};
use url::Url;

use flowdeck_contract::codes;

use crate::{error::EngineError, requirements::RequirementSet};

/// Where a private feed is, and where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its address, without a credential.
    pub url: Url,
    /// The requirements file that names it, and the line, counted from 1.
    pub(super) file: String,
    pub(super) line: u32,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, file, line } = self;
        write!(f, "{url} ({file}, line {line})")
    }
}

/// The private feeds that requirements name, each once, with the user that each is to be opened as.
pub fn private_feeds(files: &RequirementSet) -> Result<Vec<(Named, Option<String>)>, EngineError> {
    let mut feeds: Vec<(Named, Option<String>)> = Vec::new();
    for (file, line) in files.lines() {
        let LineKind::Index(address) = &line.kind else {
            continue;
        };
        let Some(FeedAddress { url, user }) = FeedAddress::of(address) else {
            continue;
        };
        let url = Url::parse(&url).map_err(|_| unreadable(&url, &file.name, line.line))?;
        let is_known = |(known, by): &(Named, Option<String>)| known.url == url && *by == user;
        if !feeds.iter().any(is_known) {
            let (file, line) = (file.name.clone(), line.line);
            feeds.push((Named { url, file, line }, user));
        }
    }
    Ok(feeds)
}

fn unreadable(url: &str, file: &str, line: u32) -> EngineError {
    let message = format!("The feed’s address ‘{url}’ ({file}, line {line}) isn’t valid.");
    EngineError::new(codes::REQUIREMENT_INVALID, message)
        .with_remedy("Fix the line, as in ‘-i https://{private}@host/path/’.")
}
