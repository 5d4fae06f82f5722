//! How a step of the fake passes: it takes its time, prints, and may fail.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use flowdeck_contract::{
    ids::SessionId,
    pull::{LayerState, Pull, PullLayer},
};
use tokio::time::{Instant, sleep};

use super::{
    FakeEngine, Step,
    scenario::{Phase, PullScript, Scenario, Wait},
};
use crate::{
    engine::{EngineError, EnvironmentId, PullSink},
    install::failure,
};

/// How often to look whether a file is there, and to report a pull.
const LOOK: Duration = Duration::from_millis(50);

/// Told what a step prints.
pub(super) type Say<'a> = &'a (dyn Fn(&str) + Send + Sync);

impl FakeEngine {
    /// The flow folder that a session is at work in.
    pub(super) fn folder_of(&self, session: &SessionId) -> Option<PathBuf> {
        self.world().places.get(session)?.flow.clone()
    }

    pub(super) fn scenario_of(&self, session: &SessionId) -> Result<Scenario, EngineError> {
        Scenario::read(self.folder_of(session).as_deref())
    }

    /// Goes through a step of a session as the test and the flow say.
    pub(super) async fn pass(
        &self,
        step: Step,
        session: &SessionId,
        say: Say<'_>,
    ) -> Result<(), EngineError> {
        self.pass_with_pull(step, session, say, None).await
    }

    pub(super) async fn pass_with_pull(
        &self,
        step: Step,
        session: &SessionId,
        say: Say<'_>,
        told: Option<PullSink<'_>>,
    ) -> Result<(), EngineError> {
        self.step(step).await?;
        let folder = self.folder_of(session);
        let scenario = match Scenario::read(folder.as_deref()) {
            // Whatever is wrong with the file, the session can be removed.
            Err(_) if step == Step::Remove => return Ok(()),
            read => read?,
        };
        match scenario.phase(step) {
            Some(phase) => go(phase, folder.as_deref(), say, told).await,
            None => Ok(()),
        }
    }

    pub(super) async fn pass_install(
        &self,
        environment: &EnvironmentId,
        say: Say<'_>,
    ) -> Result<(), EngineError> {
        self.step(Step::Install).await?;
        let folder = self.folder_of(&environment.session);
        let scenario = Scenario::read(folder.as_deref())?;
        let phase = scenario.install_of(environment.generation);
        go(phase, folder.as_deref(), say, None).await
    }
}

async fn go(
    phase: &Phase,
    folder: Option<&Path>,
    say: Say<'_>,
    told: Option<PullSink<'_>>,
) -> Result<(), EngineError> {
    let working = work(&phase.wait, &phase.prints, folder, say);
    match (&phase.pull, told) {
        (Some(script), Some(told)) => {
            tokio::join!(working, pull(script, phase.wait.seconds, told));
        }
        _ => working.await,
    }
    outcome(phase)
}

fn outcome(phase: &Phase) -> Result<(), EngineError> {
    match &phase.fails {
        Some(failure) => Err(failure.error()),
        None if phase.fails_as_printed => Err(failure::of_install(&phase.prints)),
        None => Ok(()),
    }
}

/// Prints lines over the time that is to pass, and then waits for the file.
pub(super) async fn work(wait: &Wait, lines: &[String], folder: Option<&Path>, say: Say<'_>) {
    let parts = u32::try_from(lines.len()).unwrap_or(u32::MAX).max(1);
    let pause = wait.seconds / parts;
    for line in lines {
        say(line);
        sleep(pause).await;
    }
    if lines.is_empty() {
        sleep(wait.seconds).await;
    }
    if let (Some(name), Some(folder)) = (&wait.file, folder) {
        let file = folder.join(name);
        while !file.exists() {
            sleep(LOOK).await;
        }
    }
}

/// Tells how far the pull is until it is done; layers come one after the other.
async fn pull(script: &PullScript, takes: Duration, told: PullSink<'_>) {
    let began = Instant::now();
    loop {
        let passed = began.elapsed();
        let share = match takes.is_zero() {
            true => 1.0,
            false => (passed.as_secs_f64() / takes.as_secs_f64()).min(1.0),
        };
        told(pull_at(script, share, takes));
        if share >= 1.0 {
            return;
        }
        sleep(LOOK.min(takes)).await;
    }
}

fn pull_at(script: &PullScript, share: f64, takes: Duration) -> Pull {
    let all = script.layer_bytes.saturating_mul(script.layers.into());
    let here = (all as f64 * share) as u64;
    let bytes_per_second = (all as f64 / takes.as_secs_f64().max(1.0)) as u64;
    let layers = (0..script.layers).map(|index| {
        let before = script.layer_bytes.saturating_mul(index.into());
        let done = here.saturating_sub(before).min(script.layer_bytes);
        let state = match done {
            0 => LayerState::Waiting,
            done if done < script.layer_bytes => LayerState::Downloading,
            _ => LayerState::Done,
        };
        PullLayer {
            id: format!("{:012x}", 0xfa_ce00_u64 + u64::from(index)),
            state,
            done,
            total: Some(script.layer_bytes),
            bytes_per_second: match state {
                LayerState::Downloading => bytes_per_second,
                _ => 0,
            },
        }
    });
    Pull {
        reference: script.image.clone(),
        layers: layers.collect(),
        bytes_per_second: if share < 1.0 { bytes_per_second } else { 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_of_a_pull_come_one_after_the_other() {
        let script = PullScript {
            image: "i".to_owned(),
            layers: 2,
            layer_bytes: 100,
        };
        let states = |share| {
            let pull = pull_at(&script, share, Duration::from_secs(2));
            pull.layers
                .iter()
                .map(|layer| layer.state)
                .collect::<Vec<_>>()
        };
        assert_eq!(states(0.0), [LayerState::Waiting, LayerState::Waiting]);
        assert_eq!(states(0.25), [LayerState::Downloading, LayerState::Waiting]);
        assert_eq!(states(0.75), [LayerState::Done, LayerState::Downloading]);
        assert_eq!(states(1.0), [LayerState::Done, LayerState::Done]);
    }
}
