//! The pictures of answers.

use flowdeck_contract::Values;
use flowdeck_engines::executor::Outcome;

use super::{Runs, live::LiveRun};
use crate::pictures;

impl Runs {
    /// A conversation outlives its runs, and so do the pictures of its answers.
    pub(super) async fn keep_pictures(&self, run: &LiveRun, outcome: &mut Outcome) {
        let Some(outputs) = outcome.outputs.clone() else {
            return;
        };
        let (paths, flow, id) = (
            self.parts.paths.clone(),
            run.flow.clone(),
            run.detail().summary.id,
        );
        let kept = tokio::task::spawn_blocking(move || {
            let kept = outputs.iter().map(|(name, value)| {
                let value = pictures::kept_of_run(&paths, &flow, &id, value);
                (name.to_owned(), value)
            });
            kept.collect::<Values>()
        });
        match kept.await {
            Ok(kept) => outcome.outputs = Some(kept),
            Err(error) => {
                tracing::warn!(flow = %run.flow, %error, "pictures of an answer could not be kept");
            }
        }
    }
}
