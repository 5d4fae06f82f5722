//! The server, killed at random moments, many times on each engine.

use anyhow::Result;

use crate::{
    docker::Daemon,
    process,
    progress::step,
    project::Project,
    setup::{self, Docker, Scope},
};

/// Tells the test how many rounds to do.
const ROUNDS: &str = "FLOWDECK_KILL_ROUNDS";

/// Does this many rounds on each engine.
pub(crate) fn run(project: &Project, rounds: u32) -> Result<()> {
    setup::run(project, Scope::Test)?;
    let daemon = match Docker::unavailable() {
        None => Some(step("a Docker daemon for tests", |step| {
            Daemon::start(project, step, "kill-rounds-dockerd")
        })?),
        Some(why) => {
            println!("The Docker engine is left out: {why}.");
            None
        }
    };
    step("servers that are killed", |step| {
        let mut test = process::command("cargo");
        test.current_dir(&project.root)
            .args(["test", "--locked", "--package", "flowdeck-compute"])
            .args(["--test", "real", "--", "kill_rounds", "--nocapture"])
            .env(ROUNDS, rounds.to_string());
        if let Some(daemon) = &daemon {
            daemon.tell(&mut test);
        }
        process::run(project, step, "kill-rounds", &mut test)?.success()?;
        step.note(format!("{rounds} rounds on each engine"));
        Ok(())
    })
}
