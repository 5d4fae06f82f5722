//! The one error type of this crate.

use std::{io, path::PathBuf};

use flowdeck_contract::codes;
use flowdeck_contract::connections::{ConnectionName, ConnectionNeed, InvalidField};
use thiserror::Error;

/// What kind of failure it is, so that a caller can choose its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was asked for doesn't exist.
    NotFound,
    /// Something else has that name, or it has changed.
    Conflict,
    /// It isn't as the caller believed.
    Precondition,
    /// The request itself is wrong.
    Invalid,
    /// The key or the store is missing.
    Unavailable,
}

/// Why something with connections failed. No message holds a secret.
#[derive(Debug, Error)]
pub enum ConnectionError {
    /// There is none.
    #[error("Connection ‘{0}’ doesn’t exist.")]
    NotFound(ConnectionName),
    /// None of that name was deleted lately.
    #[error("No connection ‘{0}’ was deleted in the last 24 hours.")]
    NotDeleted(ConnectionName),
    /// There is one already.
    #[error("A connection named ‘{0}’ already exists.")]
    Exists(ConnectionName),
    /// It has changed since it was read.
    #[error("Connection ‘{0}’ has changed since you opened it.")]
    Changed(ConnectionName),
    /// A field is wrong.
    #[error("{0}")]
    Field(#[from] InvalidField),
    /// There are too many.
    #[error("A project can have 500 connections at most.")]
    TooMany,
    /// A flow can't run with what there is.
    #[error("{}", first(.0))]
    Needs(Vec<ConnectionNeed>),
    /// A variable refers to something that isn't there.
    #[error("Environment variable ‘{variable}’{} refers to ‘{reference}’, {why}.", on_line(*.line))]
    Reference {
        /// The variable.
        variable: String,
        /// The line of the flow's file; `None` for one that was set for the run.
        line: Option<u32>,
        /// As it's written.
        reference: String,
        /// Why it can't be resolved, as the end of a sentence.
        why: String,
    },
    /// A field of a connection refers to a variable that isn't there.
    #[error("Field ‘{field}’ of connection ‘{name}’ refers to ‘${{env:{variable}}}’, which {why}.")]
    Environment {
        /// The connection.
        name: String,
        /// Its field.
        field: String,
        /// The variable.
        variable: String,
        /// Why it can't be resolved, as the end of a sentence.
        why: &'static str,
    },
    /// The key that sealed the secrets is gone.
    #[error("The key that protects stored secrets is missing: {} doesn’t exist.", .0.display())]
    KeyMissing(PathBuf),
    /// The key is another one.
    #[error("The key in {} isn’t the one that the stored secrets were sealed with.", .0.display())]
    KeyWrong(PathBuf),
    /// The file holds no key.
    #[error("{} doesn’t contain a key.", .0.display())]
    KeyUnreadable(PathBuf),
    /// Others can read the key.
    #[error("Other users of this machine can read the key file {}.", .0.display())]
    KeyOpen(PathBuf),
    /// The key file couldn't be read or written.
    #[error("Can’t read or write the key file {}: {source}.", .file.display())]
    KeyFile {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A sealed secret was changed or cut.
    #[error("The stored secrets of connection ‘{0}’ are damaged.")]
    Damaged(ConnectionName),
    /// The text can't be imported.
    #[error("{0}")]
    Import(String),
    /// The file isn't promptflow's store of connections.
    #[error("{0}")]
    LocalStore(String),
    /// This machine gives no random numbers.
    #[error("This machine gives no random numbers.")]
    NoRandom,
    /// The store failed.
    #[error("The store of connections failed: {0}")]
    Store(#[from] rusqlite::Error),
    /// A record makes no sense to this version.
    #[error("This version can’t read the store of connections: {0}")]
    Record(#[from] serde_json::Error),
    /// A newer version wrote the store.
    #[error("A newer flowdeck wrote the store of connections (version {0}).")]
    TooNew(i64),
    /// The store's file can't be used.
    #[error("Can’t write to {}: {source}.", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn on_line(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(" on line {line}"))
}

fn first(needs: &[ConnectionNeed]) -> String {
    let messages: Vec<String> = needs.iter().filter_map(ConnectionNeed::message).collect();
    messages.join(" ")
}

const KEY: &str = "Restore the file from a backup, or name its place with --secrets-key-file. If the key is lost, run ‘flowdeck secrets rotate --forget-unreadable’, then enter the secrets again.";

impl ConnectionError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) | Self::NotDeleted(_) => ErrorKind::NotFound,
            Self::Exists(_) => ErrorKind::Conflict,
            Self::Changed(_) => ErrorKind::Precondition,
            Self::Field(_)
            | Self::TooMany
            | Self::Needs(_)
            | Self::Reference { .. }
            | Self::Environment { .. }
            | Self::Import(_)
            | Self::LocalStore(_) => ErrorKind::Invalid,
            _ => ErrorKind::Unavailable,
        }
    }

    /// PascalCase, stable, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "ConnectionNotFound",
            Self::NotDeleted(_) => "ConnectionNotDeleted",
            Self::Exists(_) => codes::CONNECTION_EXISTS,
            Self::Changed(_) => codes::CONNECTION_CHANGED,
            Self::Field(_) => "ConnectionFieldInvalid",
            Self::TooMany => "TooManyConnections",
            Self::Needs(_) => codes::CONNECTIONS_NEEDED,
            Self::Reference { .. } | Self::Environment { .. } => "ReferenceNotFound",
            Self::KeyMissing(_) => "SecretsKeyMissing",
            Self::KeyWrong(_) => "SecretsKeyWrong",
            Self::KeyUnreadable(_) | Self::KeyFile { .. } => "SecretsKeyUnreadable",
            Self::KeyOpen(_) => "SecretsKeyOpen",
            Self::Damaged(_) => "SecretsDamaged",
            Self::Import(_) => "ImportUnreadable",
            Self::LocalStore(_) => "LocalStoreUnreadable",
            Self::NoRandom => "NoRandomNumbers",
            Self::Store(_) | Self::Record(_) | Self::TooNew(_) | Self::File { .. } => {
                "ConnectionStoreFailed"
            }
        }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        let text = match self {
            Self::Exists(_) => "Choose another name, or edit the existing connection.",
            Self::Changed(_) => "Reload the connection, then make your change again.",
            Self::Needs(needs) => needs.iter().find_map(ConnectionNeed::remedy)?,
            Self::Reference { line: None, .. } => {
                "Correct the variable’s value for your runs, or add what it names."
            }
            Self::Reference { .. } => {
                "Correct the reference in flow.dag.yaml, or add what it names."
            }
            Self::Environment { .. } => {
                "Set the variable for the server and list it under ‘sessionVariables’ in the configuration file, or enter the value itself."
            }
            Self::KeyMissing(_) | Self::KeyWrong(_) | Self::KeyUnreadable(_) => KEY,
            Self::KeyOpen(file) => {
                return Some(format!("Run ‘chmod 600 {}’ as its owner.", file.display()));
            }
            Self::KeyFile { .. } => {
                "Give the server’s user access to the file, or name another with --secrets-key-file."
            }
            Self::Damaged(_) => "Enter the secrets of this connection again.",
            Self::TooNew(_) => "Use that flowdeck, or give this one another --data folder.",
            Self::Import(_) => {
                "Paste promptflow’s connection YAML, a .env file, or the JSON of Azure’s workspace connections."
            }
            Self::LocalStore(_) => {
                "Choose pf.sqlite from the folder .promptflow in your home folder, while promptflow isn’t running."
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// The field at fault.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Field(field) => field.field(),
            Self::Exists(_) => Some("name"),
            _ => None,
        }
    }
}
