//! Where the server's token comes from: a file, the environment, the command line, or the data folder.

use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use clap::Args;
use thiserror::Error;

use super::data_folder::DataFolderError;
use crate::auth::{self, Token};

/// A longer file holds no token.
const LONGEST: u64 = 4096;

#[derive(Args, Clone)]
pub(super) struct TokenOptions {
    /// A file that holds the secret that opens the server; without it, one is made and kept in the data folder
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// The secret itself; other users of the machine see it on a command line, so set the variable or name a file
    #[arg(long, env = "FLOWDECK_TOKEN", hide_env_values = true)]
    token: Option<Token>,
}

/// The token, and the file that holds it when one does.
pub(super) struct KnownToken {
    pub(super) token: Token,
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Error)]
pub(super) enum TokenError {
    #[error("cannot read the token file {}: {source}. Choose another one with --token-file.", .file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error(
        "the token file {} holds no token: a token is 1 to 256 letters, digits, '-', '_', '.' or '~', alone on one line.",
        .0.display()
    )]
    NoToken(PathBuf),
    #[error("{0}")]
    Data(#[from] DataFolderError),
}

impl TokenOptions {
    /// The token that is to be used with this data folder.
    pub(super) fn token(&self, data: &Path) -> Result<KnownToken, TokenError> {
        if let Some(file) = &self.token_file {
            return of_file(file);
        }
        if let Some(token) = &self.token {
            return Ok(KnownToken {
                token: token.clone(),
                file: None,
            });
        }
        let token =
            auth::load_or_make(data).map_err(|source| DataFolderError::unwritable(data, source))?;
        Ok(KnownToken {
            token,
            file: Some(absolute(&auth::token_file(data))),
        })
    }
}

#[cfg_attr(
    not(test),
    expect(
        clippy::disallowed_methods,
        reason = "a file of the server's own or of its administrator's"
    )
)]
fn of_file(file: &Path) -> Result<KnownToken, TokenError> {
    let unreadable = |source| TokenError::Unreadable {
        file: file.to_owned(),
        source,
    };
    let opened = File::open(file).map_err(unreadable)?;
    let mode = opened.metadata().map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(file = %file.display(), "other users of this machine may use the token file: run `chmod 600`");
    }
    let mut text = String::new();
    let read = opened.take(LONGEST).read_to_string(&mut text);
    read.map_err(unreadable)?;
    let token = text.trim().parse();
    let token = token.map_err(|_| TokenError::NoToken(file.to_owned()))?;
    Ok(KnownToken {
        token,
        file: Some(absolute(file)),
    })
}

fn absolute(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}
