//! Everything that is done with connections.

mod masking;
mod rotation;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use flowdeck_contract::{
    Millis,
    connections::{
        AUTH_MODE, AuthMode, ConnectionInput, ConnectionName, DeletedConnection, Secret,
        SecretsState, TestResult, check_fields,
    },
};
use rusqlite::Connection;

use self::masking::Masking;
use crate::{
    error::ConnectionError,
    key::{Key, KeyFile},
    record::{Record, Stored},
    seal::{self, Secrets},
    store::{self, Store},
};

/// A project has no more.
const MOST: usize = 500;
const STORE: &str = "connections.sqlite";
const KEY_FILE: &str = "secrets.key";

/// A project's connections.
pub struct Connections {
    store: Mutex<Store>,
    keys: KeyFile,
    masking: Mutex<Masking>,
    /// Says whether an identity is meant for the service at an address.
    sign_in: OnceLock<SignIn>,
}

type SignIn = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// What a change expects of the connection that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    None,
    /// There is none: `If-None-Match: *`.
    Absent,
    /// It is this one: `If-Match`.
    Is(String),
}

impl Connections {
    /// Opens the store in a data folder. The key's file is `keys`, or stands in the data folder.
    ///
    /// # Errors
    /// When the store can't be used. What is wrong with the key is said when it's needed.
    pub fn open(data: &Path, keys: Option<&Path>) -> Result<Self, ConnectionError> {
        Ok(Self {
            store: Mutex::new(Store::open(&data.join(STORE))?),
            keys: KeyFile::new(keys.map_or_else(|| data.join(KEY_FILE), Path::to_owned)),
            masking: Mutex::default(),
            sign_in: OnceLock::new(),
        })
    }

    /// Has `is_meant` say whether an identity is meant for the service at an address. Until then it's not looked at.
    pub fn sign_in_by(&self, is_meant: impl Fn(&str) -> bool + Send + Sync + 'static) {
        if self.sign_in.set(Box::new(is_meant)).is_err() {
            tracing::error!("who signs connections in was said twice");
        }
    }

    /// The address of a connection that signs in with an identity, where none is meant for it.
    pub(crate) fn without_identity(&self, stored: &Stored) -> Option<String> {
        let kind = stored.kind();
        let signs_in = kind.field(AUTH_MODE).is_some()
            && AuthMode::of(stored.configs()) == AuthMode::MeidToken;
        let address = stored.configs().get(kind.address_field()?)?;
        // What a reference stands for is known when a run begins.
        let is_known = signs_in && !address.contains("${");
        let is_meant = self.sign_in.get().filter(|_| is_known)?;
        (!is_meant(address)).then(|| address.clone())
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file that holds the key.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.keys.path().to_owned()
    }

    /// All connections, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self) -> Result<Vec<Stored>, ConnectionError> {
        let mut all = store::all(self.store().reader())?;
        let keys = self.keys.read().unwrap_or_default();
        for stored in &mut all {
            stored.state = state(stored, &keys);
        }
        Ok(all)
    }

    /// Those that can be restored.
    ///
    /// # Errors
    /// When the store fails.
    pub fn deleted(&self, now: Millis) -> Result<Vec<DeletedConnection>, ConnectionError> {
        let mut store = self.store();
        let transaction = store.begin()?;
        store::forget_old(&transaction, now)?;
        let deleted = store::deleted(&transaction)?;
        transaction.commit()?;
        let shown = deleted.into_iter().filter_map(|stored| {
            Some(DeletedConnection {
                name: stored.name,
                kind: stored.record.kind,
                deleted: stored.deleted?,
            })
        });
        Ok(shown.collect())
    }

    /// One connection.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn get(&self, name: &ConnectionName) -> Result<Stored, ConnectionError> {
        let mut stored = find(self.store().reader(), name)?;
        stored.state = state(&stored, &self.keys.read().unwrap_or_default());
        Ok(stored)
    }

    /// Why secrets can't be read or stored; `None` when they can.
    #[must_use]
    pub fn key_problem(&self) -> Option<ConnectionError> {
        let sealed = |stored: &Stored| !stored.record.secret_names.is_empty();
        let all = match store::every(self.store().reader()) {
            Ok(all) => all,
            Err(error) => return Some(error),
        };
        match self.keys.read() {
            // The first secret makes one.
            Err(ConnectionError::KeyMissing(_)) if !all.iter().any(sealed) => None,
            Err(error) => Some(error),
            Ok(keys) => {
                let locked = |stored: &Stored| state(stored, &keys) == SecretsState::Locked;
                let any = all.iter().any(locked);
                any.then(|| ConnectionError::KeyWrong(self.key_file()))
            }
        }
    }

    /// The secrets of a connection, for the run or the call that needs them. They're masked from now on.
    ///
    /// # Errors
    /// When the key is missing or another one, or the secrets were changed outside.
    pub fn secrets(&self, stored: &Stored) -> Result<Secrets, ConnectionError> {
        let secrets = self.open_sealed(stored)?;
        self.mask_from_now_on(secrets.values());
        Ok(secrets)
    }

    /// Reads secrets that nobody is given.
    fn open_sealed(&self, stored: &Stored) -> Result<Secrets, ConnectionError> {
        if stored.record.secret_names.is_empty() {
            return Ok(Secrets::new());
        }
        let keys = self.keys.read()?;
        let key = keys
            .iter()
            .find(|key| key.id == stored.key)
            .ok_or_else(|| ConnectionError::KeyWrong(self.key_file()))?;
        seal::open(key, &stored.id, &stored.sealed)
            .ok_or_else(|| ConnectionError::Damaged(stored.name.clone()))
    }

    /// The key that seals, made when no secret was ever sealed. Called within a transaction, so that a rotation can't
    /// come between the key and what it seals.
    fn sealing_key(&self, connection: &Connection) -> Result<Key, ConnectionError> {
        match self.keys.read() {
            Ok(keys) => keys
                .into_iter()
                .next()
                .ok_or_else(|| ConnectionError::KeyUnreadable(self.key_file())),
            Err(ConnectionError::KeyMissing(file)) => {
                let all = store::every(connection)?;
                if all
                    .iter()
                    .any(|stored| !stored.record.secret_names.is_empty())
                {
                    return Err(ConnectionError::KeyMissing(file));
                }
                let key = Key::random()?;
                self.keys.write(&[&key])?;
                Ok(key)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a connection, or changes the one that there is. Secrets that `input` doesn't name stay, unless the type
    /// becomes another.
    ///
    /// # Errors
    /// When a field is wrong, the condition doesn't hold, or the key can't be used. Nothing has changed then.
    pub fn save(
        &self,
        name: &ConnectionName,
        input: ConnectionInput,
        condition: &Condition,
        now: Millis,
    ) -> Result<Stored, ConnectionError> {
        let given = input.secrets.iter();
        let given =
            given.map(|(name, secret)| (name.as_str(), secret.as_ref().map(Secret::reveal)));
        check_fields(input.kind, &input.configs, given)?;
        let mut store = self.store();
        let transaction = store.begin()?;
        let known = store::find(&transaction, name)?;
        check_condition(name, known.as_ref(), condition)?;
        if known.is_none() && store::all(&transaction)?.len() >= MOST {
            return Err(ConnectionError::TooMany);
        }
        let same_type = known
            .as_ref()
            .filter(|known| known.record.kind == input.kind);
        let kept: Vec<String> = same_type
            .map(|known| known.record.secret_names.clone())
            .unwrap_or_default()
            .into_iter()
            .filter(|name| !input.secrets.contains_key(name))
            .collect();
        if let Some(twice) = kept.iter().find(|name| input.configs.contains_key(*name)) {
            return Err(flowdeck_contract::connections::InvalidField::Twice(twice.clone()).into());
        }
        let mut next = fresh_or(known.as_ref(), name, &input, now)?;
        // With the old ones unreadable, all of them given again is the way out.
        let mut secrets = match (&known, kept.is_empty()) {
            (Some(known), false) => self.open_sealed(known)?,
            _ => Secrets::new(),
        };
        // What a run in progress was given is masked after it was replaced, too.
        if let Some(replaced) = known.and_then(|known| self.open_sealed(&known).ok()) {
            self.mask_from_now_on(replaced.values());
        }
        secrets.retain(|name, _| kept.contains(name));
        let given = input.secrets.into_iter();
        secrets.extend(given.filter_map(|(name, secret)| {
            Some((name, secret?)).filter(|(_, secret)| !secret.reveal().is_empty())
        }));
        self.put_secrets(&transaction, &mut next, &secrets)?;
        store::put(&transaction, &next)?;
        transaction.commit()?;
        self.mask_anew();
        Ok(next)
    }

    /// What [`Connections::save`] would be refused for, without storing anything.
    ///
    /// # Errors
    /// As [`Connections::save`].
    pub fn check_input(
        &self,
        name: &ConnectionName,
        input: &ConnectionInput,
        condition: &Condition,
    ) -> Result<(), ConnectionError> {
        let given = input.secrets.iter();
        let given =
            given.map(|(name, secret)| (name.as_str(), secret.as_ref().map(Secret::reveal)));
        check_fields(input.kind, &input.configs, given)?;
        let known = store::find(self.store().reader(), name)?;
        check_condition(name, known.as_ref(), condition)
    }

    fn put_secrets(
        &self,
        connection: &Connection,
        next: &mut Stored,
        secrets: &Secrets,
    ) -> Result<(), ConnectionError> {
        next.record.secret_names = secrets.keys().cloned().collect();
        (next.key, next.sealed) = match secrets.is_empty() {
            true => (String::new(), Vec::new()),
            false => {
                let key = self.sealing_key(connection)?;
                let sealed = seal::seal(&key, &next.id, secrets)?;
                (key.id, sealed)
            }
        };
        Ok(())
    }

    /// Deletes a connection; it can be restored for a day.
    ///
    /// # Errors
    /// When there is none, or the condition doesn't hold.
    pub fn delete(
        &self,
        name: &ConnectionName,
        condition: &Condition,
        now: Millis,
    ) -> Result<Stored, ConnectionError> {
        self.change(name, condition, |_, stored| {
            stored.deleted = Some(now);
            Ok(())
        })
    }

    /// Restores the connection of that name which was deleted last.
    ///
    /// # Errors
    /// When none was deleted lately, or there is another of that name by now.
    pub fn restore(&self, name: &ConnectionName, now: Millis) -> Result<Stored, ConnectionError> {
        let mut store = self.store();
        let transaction = store.begin()?;
        store::forget_old(&transaction, now)?;
        if store::find(&transaction, name)?.is_some() {
            return Err(ConnectionError::Exists(name.clone()));
        }
        let deleted = store::deleted(&transaction)?;
        let mut stored = deleted
            .into_iter()
            .find(|stored| stored.name == *name)
            .ok_or_else(|| ConnectionError::NotDeleted(name.clone()))?;
        (stored.deleted, stored.revision) = (None, stored.revision + 1);
        store::put(&transaction, &stored)?;
        transaction.commit()?;
        Ok(stored)
    }

    /// Gives a connection another name.
    ///
    /// # Errors
    /// When there is none, the condition doesn't hold, or the name is taken.
    pub fn rename(
        &self,
        name: &ConnectionName,
        to: &ConnectionName,
        condition: &Condition,
        now: Millis,
    ) -> Result<Stored, ConnectionError> {
        self.change(name, condition, |connection, stored| {
            if name != to && store::find(connection, to)?.is_some() {
                return Err(ConnectionError::Exists(to.clone()));
            }
            stored.name = to.clone();
            stored.record.modified = now;
            Ok(())
        })
    }

    fn change(
        &self,
        name: &ConnectionName,
        condition: &Condition,
        change: impl FnOnce(&Connection, &mut Stored) -> Result<(), ConnectionError>,
    ) -> Result<Stored, ConnectionError> {
        let mut store = self.store();
        let transaction = store.begin()?;
        let mut stored = find(&transaction, name)?;
        check_condition(name, Some(&stored), condition)?;
        change(&transaction, &mut stored)?;
        stored.revision += 1;
        store::put(&transaction, &stored)?;
        transaction.commit()?;
        stored.state = state(&stored, &self.keys.read().unwrap_or_default());
        Ok(stored)
    }

    /// Remembers that a run used these.
    ///
    /// # Errors
    /// When the store fails.
    pub fn note_use(&self, names: &[ConnectionName], now: Millis) -> Result<(), ConnectionError> {
        self.note(names, |stored| stored.record.last_used = Some(now))
    }

    /// Remembers what a test said, if the connection is still the one that was tested.
    ///
    /// # Errors
    /// When the store fails.
    pub fn note_test(&self, tested: &Stored, result: &TestResult) -> Result<(), ConnectionError> {
        self.note(std::slice::from_ref(&tested.name), |stored| {
            if stored.revision == tested.revision {
                stored.record.last_test = Some(result.clone());
            }
        })
    }

    fn note(
        &self,
        names: &[ConnectionName],
        note: impl Fn(&mut Stored),
    ) -> Result<(), ConnectionError> {
        let mut store = self.store();
        let transaction = store.begin()?;
        for name in names {
            if let Some(mut stored) = store::find(&transaction, name)? {
                note(&mut stored);
                store::put(&transaction, &stored)?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

fn state(stored: &Stored, keys: &[Key]) -> SecretsState {
    let readable = stored.key.is_empty() || keys.iter().any(|key| key.id == stored.key);
    match readable {
        true => SecretsState::Readable,
        false => SecretsState::Locked,
    }
}

fn find(connection: &Connection, name: &ConnectionName) -> Result<Stored, ConnectionError> {
    store::find(connection, name)?.ok_or_else(|| ConnectionError::NotFound(name.clone()))
}

fn check_condition(
    name: &ConnectionName,
    known: Option<&Stored>,
    condition: &Condition,
) -> Result<(), ConnectionError> {
    match (condition, known) {
        (Condition::Absent, Some(_)) => Err(ConnectionError::Exists(name.clone())),
        (Condition::Is(_), None) => Err(ConnectionError::NotFound(name.clone())),
        (Condition::Is(tag), Some(known)) if *tag != known.etag() => {
            Err(ConnectionError::Changed(name.clone()))
        }
        _ => Ok(()),
    }
}

fn fresh_or(
    known: Option<&Stored>,
    name: &ConnectionName,
    input: &ConnectionInput,
    now: Millis,
) -> Result<Stored, ConnectionError> {
    let (id, revision, created, last_used) = match known {
        Some(known) => (
            known.id.clone(),
            known.revision + 1,
            known.record.created,
            known.record.last_used,
        ),
        None => (random_id()?, 1, now, None),
    };
    let configs = input.configs.iter().filter(|(_, value)| !value.is_empty());
    Ok(Stored {
        id,
        name: name.clone(),
        revision,
        deleted: None,
        record: Record {
            kind: input.kind,
            configs: configs
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            secret_names: Vec::new(),
            flows: input.flows.clone(),
            created,
            modified: now,
            last_used,
            last_test: None,
        },
        key: String::new(),
        sealed: Vec::new(),
        state: SecretsState::Readable,
    })
}

fn random_id() -> Result<String, ConnectionError> {
    let number = getrandom::u64().map_err(|_| ConnectionError::NoRandom)?;
    Ok(format!("{number:016x}"))
}
