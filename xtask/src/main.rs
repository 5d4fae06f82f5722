//! `cargo xtask …`: set-up, build, serve, test, bench.
//!
//! The only place that knows about toolchains. It may not know what the product does: it calls compilers, bundlers,
//! test runners and the finished `flowdeck` binary, and looks at the files they leave.
//!
//! How the browser app gets its parts:
//! - `cargo xtask css` (trunk's pre-build hook) writes `style/generated/app.css` from `style/*.css` and every
//!   `*.module.css` below `src/`.
//! - trunk compiles the app and gives wasm, JavaScript and CSS hashed names in `dist/`.
//! - `cargo xtask parts` (trunk's post-build hook) copies the editor from `web/editor/dist` to `dist/editor-<hash>.js` and
//!   puts `<meta name="flowdeck-editor" content="editor-<hash>.js">` into `dist/index.html`. The app imports that
//!   address, relative to the document's base, when an editor is first needed.
//! - `cargo xtask font` (another one) copies the font of `web/font` to `dist/font-<hash>.woff2`; the style sheet names it.
//! - Between the linker and wasm-bindgen the app is split (`cargo xtask bindgen`); `cargo xtask parts` (the same
//!   post-build hook) copies the parts that load lazily to `dist/part-<name>-<hash>.wasm`.
//! - `cargo xtask licences` (trunk's post-build hook) writes `dist/licenses.txt`.
//! - Every asset then gets a `.br` and a `.gz` beside it.

mod bench;
mod build;
mod clippy;
mod digest;
mod docker;
mod image;
mod kill_rounds;
mod lock;
mod process;
mod progress;
mod project;
mod screenshots;
mod serve;
mod setup;
mod stamp;
mod test;
mod wasm;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::{ffi::OsString, process::ExitCode};

use crate::{build::Profile, project::Project, setup::Scope, test::TestArgs};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Set up, build, serve, test and measure flowdeck"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what building and testing need and is missing (the other commands do so too)
    Setup,
    /// Build the browser app into dist/ and the server
    Build(BuildArgs),
    /// Build what changed and serve the product; arguments go to `flowdeck serve`
    Serve {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<OsString>,
    },
    /// Rebuild and reload the browser app on every change (trunk); arguments go to `trunk serve`
    Dev {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<OsString>,
    },
    /// Build one self-contained binary with the browser app inside
    Dist,
    /// Run everything CI runs, or the named parts of it
    Test(TestArgs),
    /// Run the benchmarks; prints a table and writes target/bench.json
    Bench {
        /// Only run benchmark programs whose name contains one of these
        filters: Vec<String>,
    },
    /// Kill the server at random moments, so many times on each engine, and look whether anything is left or lost
    KillRounds {
        #[arg(default_value_t = 100)]
        rounds: u32,
    },
    /// Take the pictures of the documentation again: the product in Chromium, with real sessions
    Screenshots {
        /// Only run scripts whose name contains one of these
        filters: Vec<String>,
    },
    /// Build the base image of the Docker engine's sessions
    Image(image::ImageArgs),
    /// Check the browser app for wasm32 with every warning an error
    AppCheck,
    /// Print the environment in which a plain `trunk serve` works: eval "$(cargo xtask env)"
    Env,
    /// Bundle the style sheets (trunk's pre-build hook)
    Css,
    /// Put the licences of what is built in beside the app (trunk's post-build hook)
    Licences,
    /// Put the font beside the app (trunk's post-build hook)
    Font,
    /// Split the app and bind its first part (trunk's wasm-bindgen)
    Bindgen {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Put the code editor and the app's lazily loaded parts beside it (trunk's post-build hook)
    Parts,
}

#[derive(Args)]
struct BuildArgs {
    /// Compile fast and do not optimise for size
    #[arg(long)]
    dev: bool,
    /// Only build the browser app
    #[arg(long)]
    app: bool,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let project = Project::locate()?;
    match command {
        Command::Setup => setup::run(&project, Scope::Test).map(drop)?,
        Command::Build(args) => {
            let profile = if args.dev {
                Profile::Dev
            } else {
                Profile::Release
            };
            if args.app {
                build::app(&project, profile)?;
            } else {
                build::product(&project, profile, || build::server(&project, profile))?;
            }
        }
        Command::Serve { flags } => serve::product(&project, &flags)?,
        Command::Dev { flags } => serve::app_while_editing(&project, &flags)?,
        Command::Dist => build::dist(&project)?,
        Command::Test(args) => return test::run(&project, &args),
        Command::Bench { filters } => bench::run(&project, &filters)?,
        Command::KillRounds { rounds } => kill_rounds::run(&project, rounds)?,
        Command::Screenshots { filters } => screenshots::take(&project, &filters)?,
        Command::Image(args) => image::build(&project, &args)?,
        Command::AppCheck => build::check(&project)?,
        Command::Env => serve::print_environment(&project)?,
        Command::Css => build::css::write(&project)?,
        Command::Licences => build::licences::attach(&project)?,
        Command::Font => build::font::attach(&project)?,
        Command::Bindgen { arguments } => build::parts::bindgen(&project, &arguments)?,
        Command::Parts => {
            build::editor::attach(&project)?;
            build::parts::attach(&project)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
