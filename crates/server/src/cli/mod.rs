//! The command line.

mod check;
mod data_folder;
mod lsp;
mod ready;
mod secrets;
mod serve;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "flowdeck",
    version,
    about = "A self-hosted home for prompt flow",
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve flows in the browser
    Serve(Box<serve::Serve>),
    /// Check flow definitions as promptflow would
    ///
    /// Exits with 0 when there is no error, 1 when there is, 2 when a file could not be read.
    Check(check::Check),
    /// Serve an editor: completion, checks and fixes for flow definitions
    ///
    /// Editors start this and talk to it on standard input and output.
    Lsp(lsp::Lsp),
    /// Look after the key that protects stored secrets
    Secrets(secrets::Secrets),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Check(check) => check.run(),
        Command::Lsp(lsp) => lsp.run(),
        Command::Secrets(secrets) => secrets.run(),
    }
}
