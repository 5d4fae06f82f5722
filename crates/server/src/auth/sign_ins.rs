//! Who is signed in. A sign-in is a random secret, which the browser holds as a cookie and the store as a hash, and a
//! key that is bound to the page's origin. It ends when nobody uses it, at its greatest age, and when it is ended by
//! hand.

use std::{collections::HashMap, time::Duration};

use flowdeck_compute::{ComputeError, SignInStore};
use flowdeck_contract::{Millis, sign_ins::SignIn};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use tokio_util::sync::CancellationToken;

use super::keys::{Keys, is_secret, new_secret};
use crate::{random::hex_digits, serving::Peer};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A sign-in ends after this time without use.
const IDLE: Duration = Duration::from_secs(7 * DAY.as_secs());

/// A sign-in ends at this age, however much it is used.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * DAY.as_secs());

/// At one more, the one that was unused for longest ends.
const MOST: usize = 100;

/// Every sign-in there is.
#[derive(Debug)]
pub(crate) struct SignIns {
    /// By the hash of the secret.
    all: Mutex<HashMap<String, Live>>,
    keys: Keys,
    store: SignInStore,
}

/// What is kept of a sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    id: String,
    /// Of which token it is.
    mark: String,
    created: Millis,
    used: Millis,
    browser: Option<String>,
    address: String,
}

#[derive(Debug)]
struct Live {
    record: Record,
    /// Whether the store has it as it is.
    is_saved: bool,
    ended: CancellationToken,
}

/// What a browser is given when it signs in.
pub(crate) struct Opened {
    /// For the cookie.
    pub(super) secret: String,
    /// For the page.
    pub(crate) key: String,
}

/// The sign-in that a request came with.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    /// Its name.
    pub(crate) id: String,
    /// Told when it ends.
    pub(crate) ended: CancellationToken,
}

impl Record {
    fn expires(&self) -> Millis {
        let idle = self.used.0.saturating_add(millis(IDLE));
        let longest = self.created.0.saturating_add(millis(LONGEST));
        Millis(idle.min(longest))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl SignIns {
    /// Those that the store has, but for those of another token and those that have ended meanwhile, which it forgets.
    pub(super) fn open(store: SignInStore, keys: Keys, now: Millis) -> Result<Self, ComputeError> {
        let mark = keys.mark();
        let mut all = HashMap::new();
        let mut over = Vec::new();
        for (hash, record) in store.all()? {
            match serde_json::from_str::<Record>(&record) {
                Ok(record) if record.mark == mark && now < record.expires() => {
                    all.insert(hash, Live::of(record));
                }
                _ => over.push(hash),
            }
        }
        store.remove(&over)?;
        Ok(Self {
            all: Mutex::new(all),
            keys,
            store,
        })
    }

    /// The key of the sign-in with this secret, when there is one: a browser that signs in again keeps what it has, so
    /// that its other tabs do, too.
    pub(super) fn again(&self, secret: &str, now: Millis) -> Option<Opened> {
        let hash = self.hash(secret)?;
        let is_known = self
            .all()
            .get(&hash)
            .is_some_and(|live| now < live.record.expires());
        is_known.then(|| self.opened(secret.to_owned()))
    }

    /// Makes a sign-in.
    pub(super) fn begin(
        &self,
        browser: Option<String>,
        peer: Peer,
        now: Millis,
    ) -> Result<Opened, ComputeError> {
        self.make_room(now)?;
        let secret = new_secret();
        let hash = self.keys.hash(&secret);
        let record = Record {
            id: hex_digits(8),
            mark: self.keys.mark(),
            created: now,
            used: now,
            browser,
            address: peer.to_string(),
        };
        self.store.save(&hash, &text_of(&record)?)?;
        tracing::info!(
            sign_in = record.id,
            address = record.address,
            browser = record.browser,
            "signed in"
        );
        self.all().insert(hash, Live::of(record));
        Ok(self.opened(secret))
    }

    /// The sign-in with this secret, when the key is its key; notes that it was used.
    pub(super) fn find(&self, secret: &str, key: &str, peer: Peer, now: Millis) -> Option<Current> {
        let hash = self.hash(secret)?;
        let is_key: bool = self
            .keys
            .key(secret)
            .as_bytes()
            .ct_eq(key.as_bytes())
            .into();
        let mut all = self.all();
        let live = all.get_mut(&hash).filter(|_| is_key)?;
        if now >= live.record.expires() {
            return None;
        }
        live.use_now(peer, now);
        Some(Current {
            id: live.record.id.clone(),
            ended: live.ended.clone(),
        })
    }

    /// Every sign-in, the one used last first.
    pub(crate) fn list(&self, current: Option<&Current>, now: Millis) -> Vec<SignIn> {
        let all = self.all();
        let known = all.values().filter(|live| now < live.record.expires());
        let mut list: Vec<SignIn> = known
            .map(|live| SignIn {
                id: live.record.id.clone(),
                created: live.record.created,
                last_used: live.record.used,
                expires: live.record.expires(),
                browser: live.record.browser.clone(),
                address: live.record.address.clone(),
                is_current: current.is_some_and(|current| current.id == live.record.id),
            })
            .collect();
        list.sort_by(|one, other| (other.last_used, &other.id).cmp(&(one.last_used, &one.id)));
        list
    }

    /// Ends the sign-in with this id; says whether there was one.
    pub(crate) fn end(&self, id: &str) -> Result<bool, ComputeError> {
        self.end_those(|record| record.id == id)
    }

    /// Ends every sign-in.
    pub(crate) fn end_all(&self) -> Result<(), ComputeError> {
        self.end_those(|_| true).map(drop)
    }

    /// Ends what has expired, and writes down what was used since the last time.
    pub(super) fn tidy(&self, now: Millis) -> Result<(), ComputeError> {
        self.end_those(|record| now >= record.expires())?;
        for (hash, live) in self.all().iter_mut().filter(|(_, live)| !live.is_saved) {
            self.store.save(hash, &text_of(&live.record)?)?;
            live.is_saved = true;
        }
        Ok(())
    }

    /// None is over before the store has forgotten it: a failure says that it is not.
    fn end_those(&self, are: impl Fn(&Record) -> bool) -> Result<bool, ComputeError> {
        let mut all = self.all();
        let over: Vec<String> = all
            .iter()
            .filter(|(_, live)| are(&live.record))
            .map(|(hash, _)| hash.clone())
            .collect();
        if over.is_empty() {
            return Ok(false);
        }
        self.store.remove(&over)?;
        for live in over.iter().filter_map(|hash| all.remove(hash)) {
            tracing::info!(sign_in = live.record.id, "signed out");
            live.ended.cancel();
        }
        Ok(true)
    }

    fn make_room(&self, now: Millis) -> Result<(), ComputeError> {
        self.end_those(|record| now >= record.expires())?;
        let oldest = {
            let all = self.all();
            let oldest = all.values().min_by_key(|live| live.record.used);
            oldest
                .filter(|_| all.len() >= MOST)
                .map(|live| live.record.id.clone())
        };
        match oldest {
            Some(id) => self.end(&id).map(drop),
            None => Ok(()),
        }
    }

    fn opened(&self, secret: String) -> Opened {
        let key = self.keys.key(&secret);
        Opened { secret, key }
    }

    fn hash(&self, secret: &str) -> Option<String> {
        is_secret(secret).then(|| self.keys.hash(secret))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Live>> {
        self.all.lock()
    }
}

impl Live {
    fn of(record: Record) -> Self {
        Self {
            record,
            is_saved: true,
            ended: CancellationToken::new(),
        }
    }

    /// To the minute: more is of no use to anybody, and each is written down.
    fn use_now(&mut self, peer: Peer, now: Millis) {
        let address = peer.to_string();
        if now.since(self.record.used) >= 60_000 || self.record.address != address {
            self.record.used = self.record.used.max(now);
            self.record.address = address;
            self.is_saved = false;
        }
    }
}

fn text_of(record: &Record) -> Result<String, ComputeError> {
    Ok(serde_json::to_string(record)?)
}

#[cfg(test)]
#[path = "sign_ins_tests.rs"]
mod tests;
