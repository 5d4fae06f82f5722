//! The `flowdeck` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    flowdeck_server::cli::run()
}
