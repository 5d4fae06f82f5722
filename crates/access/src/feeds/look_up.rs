//! One package in the indexes that an install would use: which versions there are, or that none has it. Only whole
//! names are asked for, and never an index's list of names.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use flowdeck_contract::feeds::PackageAnswer;
use flowdeck_flow::FeedAddress;
use parking_lot::Mutex;
use pep508_rs::pep440_rs::Version;
use reqwest::{
    Method, Response, Url,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use tokio::sync::Semaphore;

use super::{
    access::FeedAccess,
    client::{Client, Key},
    indexes::{Index, Indexes},
    page::{self, Format},
};
use crate::redact::bare_address;

const PAGES: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";
/// The page of a package with many files has some megabytes.
const PAGE_LIMIT: usize = 32 * 1024 * 1024;
/// How long an answer is used again.
const KEPT_FOR: Duration = Duration::from_secs(600);
const MOST_KEPT: usize = 1000;
/// How many pages are read side by side.
const SIDE_BY_SIDE: usize = 4;
/// Of a folder with more files the rest isn't looked at.
const MOST_FILES: usize = 20_000;
const PATIENCE: Duration = Duration::from_secs(20);
/// What nearly every index has: an index that has neither this nor another package of the file may be none.
const ORDINARY: &str = "pip";

/// What indexes have answered lately.
#[derive(Debug)]
pub struct LookUps {
    kept: Mutex<BTreeMap<PageAddress, (Instant, Page)>>,
    side_by_side: Semaphore,
}

/// A package in an index, as somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PageAddress {
    index: String,
    identity: Option<String>,
    package: String,
}

/// What an index says of a package; an error is why it says nothing, as a sentence.
type Page = Result<Option<Arc<[String]>>, String>;

impl Default for LookUps {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            side_by_side: Semaphore::new(SIDE_BY_SIDE),
        }
    }
}

/// Who asks.
pub struct Asker<'a> {
    /// What opens private feeds.
    pub access: &'a FeedAccess,
    /// Asks what a flow names.
    pub client: &'a Client,
    /// Another package of the file.
    pub beside: Option<&'a str>,
}

impl LookUps {
    /// Asks the indexes for the package of this normalised name.
    pub async fn package(&self, asker: &Asker<'_>, indexes: &Indexes, name: &str) -> PackageAnswer {
        if let Some(why) = &indexes.unasked {
            return PackageAnswer::NotAsked {
                message: why.clone(),
            };
        }
        let mut versions = BTreeSet::new();
        let (mut is_found, mut unanswered) = (false, None);
        for index in &indexes.asked {
            match self.page(asker, index, name).await {
                Ok(Some(found)) => {
                    is_found = true;
                    versions.extend(found.iter().cloned());
                }
                Ok(None) => match self.is_index(asker, index, name).await {
                    Ok(()) => {}
                    Err(why) => unanswered = Some(why),
                },
                Err(why) => unanswered = Some(why),
            }
        }
        for folder in &indexes.folders {
            match in_folder(folder.clone(), name.to_owned()).await {
                Ok(found) => {
                    is_found |= !found.is_empty();
                    versions.extend(found);
                }
                Err(why) => unanswered = Some(why),
            }
        }
        match (is_found, unanswered) {
            (true, _) => PackageAnswer::Found {
                versions: newest_first(versions),
            },
            (false, Some(why)) => unknown(why),
            (false, None) if indexes.has_more => {
                unknown("Packages can also come from --find-links.".to_owned())
            }
            (false, None) => PackageAnswer::Missing {
                message: match indexes.asked.as_slice() {
                    [_] => format!("The package index has no package ‘{name}’."),
                    _ => format!("No package index has a package ‘{name}’."),
                },
            },
        }
    }

    /// That what has no page of `name` has one of another package.
    async fn is_index(&self, asker: &Asker<'_>, index: &Index, name: &str) -> Result<(), String> {
        let has_answered = |(place, (_, page)): (&PageAddress, &(Instant, Page))| {
            place.index == index.address && matches!(page, Ok(Some(_)))
        };
        if self.kept.lock().iter().any(has_answered) {
            return Ok(());
        }
        let others = [
            Some(ORDINARY),
            asker.beside.filter(|beside| *beside != name),
        ];
        for other in others.into_iter().flatten() {
            if self.page(asker, index, other).await?.is_some() {
                return Ok(());
            }
        }
        let shown = bare_address(&index.address);
        Err(format!(
            "{shown} may not be a package index: it has no page for ‘{name}’ or ‘{ORDINARY}’."
        ))
    }

    async fn page(&self, asker: &Asker<'_>, index: &Index, package: &str) -> Page {
        let place = PageAddress {
            index: index.address.clone(),
            identity: asker.access.name().map(str::to_owned),
            package: package.to_owned(),
        };
        let now = Instant::now();
        if let Some((kept, page)) = self.kept.lock().get(&place)
            && now.duration_since(*kept) < KEPT_FOR
        {
            return page.clone();
        }
        let _turn = self.side_by_side.acquire().await;
        let asked = tokio::time::timeout(PATIENCE, ask(asker, index, package));
        let page = asked.await.unwrap_or_else(|_| {
            Err(format!(
                "{} didn’t answer in time.",
                bare_address(&index.address)
            ))
        });
        // What could not be answered may be the next time.
        if page.is_ok() {
            let mut kept = self.kept.lock();
            kept.retain(|_, (since, _)| now.duration_since(*since) < KEPT_FOR);
            if kept.len() < MOST_KEPT {
                kept.insert(place, (now, page.clone()));
            }
        }
        page
    }
}

async fn ask(asker: &Asker<'_>, index: &Index, package: &str) -> Page {
    let private = FeedAddress::of(&index.address);
    let shown = private
        .as_ref()
        .map_or_else(|| bare_address(&index.address), |feed| feed.url.clone());
    let address = private.as_ref().map_or(&*index.address, |feed| &feed.url);
    let mut url = Url::parse(address).map_err(|_| format!("‘{shown}’ isn’t an address."))?;
    let mut key = None;
    if let Some(feed) = &private {
        let credential = asker.access.credential(&url, &shown, feed.user.as_deref());
        let credential = credential.await.map_err(|error| error.failure.message)?;
        key = Some(Key {
            origin: url.clone(),
            user: credential.user,
            token: credential.token,
        });
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    let url = url
        .join(&format!("{package}/"))
        .map_err(|_| format!("‘{shown}’ isn’t an address."))?;
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(PAGES))]);
    let everywhere = Client::default();
    let client = match index.is_configured {
        true => &everywhere,
        false => asker.client,
    };
    let (response, _) = client
        .send(Method::GET, url, headers, key.as_ref())
        .await
        .map_err(|why| format!("Can’t read {shown}: {why}."))?;
    match response.status().as_u16() {
        200 => versions(response)
            .await
            .map(|versions| Some(versions.into()))
            .ok_or_else(|| format!("{shown} answers, but isn’t a package index.")),
        404 | 410 => Ok(None),
        status => Err(format!("{shown} answered with the status {status}.")),
    }
}

/// The versions that a package's page names; `None` for what isn't such a page, or has no end.
async fn versions(mut response: Response) -> Option<Vec<String>> {
    let kind = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let format = Format::of(kind)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > PAGE_LIMIT {
            return None;
        }
    }
    page::versions(format, &body)
}

/// The versions of a package in a folder of the server's. One that isn't there holds nothing.
async fn in_folder(folder: PathBuf, name: String) -> Result<Vec<String>, String> {
    let shown = folder.display().to_string();
    let listed = tokio::task::spawn_blocking(move || {
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries.take(MOST_FILES) {
            let file = entry?.file_name();
            let version = file.to_str().and_then(|file| page::version_in(file, &name));
            found.extend(version.map(str::to_owned));
        }
        Ok(found)
    });
    let listed = listed.await.map_err(io::Error::other).flatten();
    listed.map_err(|error: io::Error| format!("Can’t read {shown}: {error}."))
}

fn newest_first(versions: BTreeSet<String>) -> Vec<String> {
    let mut parsed: Vec<(Version, String)> = versions
        .into_iter()
        .filter_map(|text| Some((text.parse().ok()?, text)))
        .collect();
    parsed.sort_by(|(one, _), (other, _)| other.cmp(one));
    parsed.into_iter().map(|(_, text)| text).collect()
}

fn unknown(message: String) -> PackageAnswer {
    PackageAnswer::Unknown { message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_versions() {
        let given = ["1.9", "1.10", "2.0rc1", "2.0", "no version", "1.10.post1"];
        let given = given.map(str::to_owned).into_iter().collect();
        assert_eq!(
            newest_first(given),
            ["2.0", "2.0rc1", "1.10.post1", "1.10", "1.9"]
        );
    }
}
