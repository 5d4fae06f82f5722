//! `flowdeck secrets`: the key that protects stored secrets.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use flowdeck_connections::{ConnectionError, Connections};

use super::data_folder::{self, DataFolderError};

#[derive(Args)]
pub(crate) struct Secrets {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Protect all stored secrets with a new key
    ///
    /// A server that uses the data folder goes on. Copies of the old key open nothing that is stored now.
    Rotate(Rotate),
}

#[derive(Args)]
struct Rotate {
    /// Where the server keeps its data
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// The file of the key; without it, secrets.key in the data folder
    #[arg(long, value_name = "FILE", env = "FLOWDECK_SECRETS_KEY_FILE")]
    secrets_key_file: Option<PathBuf>,
    /// Forget secrets that the key can't open, such as after the key was lost
    #[arg(long)]
    forget_unreadable: bool,
}

impl Secrets {
    pub(crate) fn run(self) -> ExitCode {
        let Command::Rotate(rotate) = self.command;
        match rotate.run() {
            Ok(message) => {
                println!("{message}");
                ExitCode::SUCCESS
            }
            Err(message) => {
                eprintln!("flowdeck: {message}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Rotate {
    fn run(&self) -> Result<String, String> {
        if !self.data.is_dir() {
            let folder = self.data.display();
            return Err(format!(
                "the data folder {folder} doesn't exist. Name it with --data."
            ));
        }
        let data = data_folder::prepare(&self.data);
        let data = data.map_err(|error: DataFolderError| error.to_string())?;
        let told = |error: ConnectionError| match error.remedy() {
            Some(remedy) => format!("{error} {remedy}"),
            None => error.to_string(),
        };
        let key = self.secrets_key_file.as_deref();
        let connections = Connections::open(&data, key).map_err(told)?;
        let lost = connections.rotate(self.forget_unreadable).map_err(told)?;
        Ok(told_end(&connections.key_file(), lost))
    }
}

fn told_end(file: &Path, lost: usize) -> String {
    let file = file.display();
    match lost {
        0 => format!("Stored secrets are protected with a new key in {file}. Back it up."),
        lost => format!(
            "Stored secrets are protected with a new key in {file}. Back it up. {lost} connections lost their secrets. \
             Enter them again."
        ),
    }
}
