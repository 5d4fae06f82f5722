//! `flowdeck lsp`: the language server, which an editor starts.

use std::process::ExitCode;

use clap::Args;

#[derive(Args)]
pub(crate) struct Lsp {
    /// Talk on standard input and output; always so, and said by some editors
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    pub(crate) fn run(self) -> ExitCode {
        // There is no other way yet; editors that don't say it get the same.
        let Self { stdio: _ } = self;
        match flowdeck_lsp::run_stdio() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!(
                    "flowdeck: the editor's messages can't be read: {error}. Editors start `flowdeck lsp` themselves; see the guide."
                );
                ExitCode::FAILURE
            }
        }
    }
}
