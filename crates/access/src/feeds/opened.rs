//! The feeds that one install may use, and what went wrong with them.

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use url::{Position, Url};

use flowdeck_contract::codes;

use super::{
    access::{FeedCredential, refusal},
    client::Key,
    named::Named,
};
use crate::{error::EngineError, web::WebError};

/// The feeds of an install.
#[derive(Debug)]
pub struct Opened {
    feeds: Vec<Feed>,
    troubles: Mutex<Vec<Trouble>>,
}

/// A feed with what opens it.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) named: Named,
    /// The first part of its paths here: from origin, user and identity, so that no cache mixes them.
    name: String,
    /// The name of the identity that opens it.
    identity: String,
    pub(super) key: Key,
}

/// Why a feed did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    Refused {
        feed: Named,
        identity: String,
        status: u16,
    },
    Unanswered {
        feed: Named,
        why: WebError,
    },
}

impl Feed {
    pub(super) fn new(named: Named, credential: FeedCredential) -> Self {
        let FeedCredential {
            identity,
            user,
            token,
        } = credential;
        let mut origin = named.url.clone();
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        let mut hash = Sha256::new();
        for part in [origin.as_str(), &user, &identity] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        Self {
            named,
            name: hex::encode(&hash.finalize()[..8]),
            identity,
            key: Key {
                origin,
                user,
                token,
            },
        }
    }

    /// Whether an address is of the feed's own origin.
    pub(super) fn has(&self, url: &Url) -> bool {
        url.origin() == self.key.origin.origin()
    }

    /// A path here for one of the feed's origin; `None` for another origin's.
    pub(super) fn path(&self, url: &Url) -> Option<String> {
        let after_origin = || format!("/{}{}", self.name, &url[Position::BeforePath..]);
        self.has(url).then(after_origin)
    }
}

impl Opened {
    pub(super) fn new(feeds: impl IntoIterator<Item = (Named, FeedCredential)>) -> Self {
        let feeds = feeds.into_iter();
        Self {
            feeds: feeds
                .map(|(named, credential)| Feed::new(named, credential))
                .collect(),
            troubles: Mutex::default(),
        }
    }

    /// A path here for the feed at `url`.
    pub(super) fn path(&self, url: &Url) -> Option<String> {
        let mut known = self.feeds.iter();
        known.find(|known| known.named.url == *url)?.path(url)
    }

    /// The feed that a path here is for, and its address there.
    pub(super) fn target(&self, path: &str) -> Option<(&Feed, Url)> {
        let (name, rest) = path.strip_prefix('/')?.split_once('/')?;
        let feed = self.feeds.iter().find(|feed| feed.name == name)?;
        let url = Url::parse(&format!("{}{rest}", feed.key.origin)).ok()?;
        feed.has(&url).then_some((feed, url))
    }

    /// Notes that the feed of a page refused it.
    pub(super) fn refused_page(&self, feed: &Feed, page: &Url, status: u16) {
        self.note(Trouble::Refused {
            feed: self.owner(feed, page),
            identity: feed.identity.clone(),
            status,
        });
    }

    /// Notes that the feed of a page did not answer.
    pub(super) fn unanswered_page(&self, feed: &Feed, page: &Url, why: WebError) {
        let feed = self.owner(feed, page);
        self.note(Trouble::Unanswered { feed, why });
    }

    fn note(&self, trouble: Trouble) {
        let mut troubles = self.troubles.lock();
        if !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }

    /// The feed that a page belongs to: several may share an origin, of which `feed` is one.
    fn owner(&self, feed: &Feed, page: &Url) -> Named {
        let holds = |feed: &&Named| page.as_str().starts_with(feed.url.as_str());
        let named = self.feeds.iter().map(|feed| &feed.named).filter(holds);
        let longest = named.max_by_key(|named| named.url.as_str().len());
        longest.unwrap_or(&feed.named).clone()
    }

    /// That a feed refused, if one did.
    pub fn refused(&self) -> Option<EngineError> {
        let troubles = self.troubles.lock();
        troubles.iter().find_map(|trouble| match trouble {
            Trouble::Refused {
                feed,
                identity,
                status,
            } => Some(refusal(&feed.to_string(), Some(identity), *status)),
            Trouble::Unanswered { .. } => None,
        })
    }

    /// That a feed did not answer, if one did not.
    pub fn unanswered(&self) -> Option<EngineError> {
        let troubles = self.troubles.lock();
        troubles.iter().find_map(|trouble| match trouble {
            Trouble::Unanswered { feed, why } => Some(
                EngineError::new(
                    codes::NETWORK_UNREACHABLE,
                    format!("Can’t read the feed {feed}: {why}."),
                )
                .with_remedy("Check the feed’s address and the network, then try again."),
            ),
            Trouble::Refused { .. } => None,
        })
    }

    /// Who opens which feed, for people to read.
    pub fn openers(&self) -> Vec<String> {
        let feeds = self.feeds.iter();
        feeds
            .map(|feed| format!("the identity ‘{}’ opens {}", feed.identity, feed.named.url))
            .collect()
    }

    /// A line of output with the feeds' own addresses in place of those at `address`, which users of these names have
    /// seen.
    pub(super) fn shown(&self, line: String, address: &str, users: &[&str]) -> String {
        let ours = self.feeds.iter().flat_map(|feed| {
            let ours = move |user: &&str| format!("http://{user}{address}/{}/", feed.name);
            users
                .iter()
                .map(ours)
                .map(move |ours| (ours, feed.key.origin.as_str()))
        });
        ours.fold(line, |line, (ours, origin)| line.replace(&ours, origin))
    }
}
