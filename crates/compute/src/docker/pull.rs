//! How far a pull is, layer by layer.

use std::time::{Duration, Instant};

/// A step of a pull, as the daemon tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    /// The layer it is about; `None` for the whole image.
    pub(super) layer: Option<String>,
    pub(super) status: String,
    /// Bytes done and to do.
    pub(super) current: Option<u64>,
    pub(super) total: Option<u64>,
}

/// The layers of a pull.
#[derive(Debug)]
pub(super) struct Layers {
    all: Vec<Layer>,
    began: Instant,
    told: Option<Instant>,
    shown: Option<Instant>,
}

#[derive(Debug)]
struct Layer {
    id: String,
    status: String,
    done: u64,
    total: u64,
}

/// A line about all layers comes at most so often.
const PAUSE: Duration = Duration::from_secs(1);
const MIB: f64 = 1024.0 * 1024.0;

impl Default for Layers {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            began: Instant::now(),
            told: None,
            shown: None,
        }
    }
}

impl Layers {
    /// Takes a step in; gives the lines that a log should have about it.
    pub(super) fn hear(&mut self, step: &Step) -> Vec<String> {
        let Some(id) = step.layer.as_ref() else {
            return vec![step.status.clone()];
        };
        let is_new = !self.all.iter().any(|layer| layer.id == *id);
        if is_new {
            self.all.push(Layer {
                id: id.clone(),
                status: String::new(),
                done: 0,
                total: 0,
            });
        }
        let Some(layer) = self.all.iter_mut().find(|layer| layer.id == *id) else {
            return Vec::new();
        };
        if step.status == "Downloading" {
            layer.done = step.current.unwrap_or(layer.done);
            layer.total = step.total.unwrap_or(layer.total);
        }
        if matches!(&*step.status, "Download complete" | "Pull complete") {
            layer.done = layer.total;
        }
        let changed = layer.status != step.status;
        layer.status.clone_from(&step.status);
        let mut lines = Vec::new();
        if changed
            && matches!(
                &*step.status,
                "Pull complete" | "Already exists" | "Download complete"
            )
        {
            lines.push(format!("{id}: {}{}", step.status, size(layer.total)));
        }
        if step.status == "Downloading" && self.told.is_none_or(|told| told.elapsed() >= PAUSE) {
            self.told = Some(Instant::now());
            lines.extend(self.summary());
        }
        lines
    }

    /// How far the pull is, in a line; `None` when that was told a moment ago.
    pub(super) fn how_far(&mut self) -> Option<String> {
        if self.shown.is_some_and(|shown| shown.elapsed() < PAUSE) {
            return None;
        }
        self.shown = Some(Instant::now());
        let done = |layer: &&Layer| matches!(&*layer.status, "Pull complete" | "Already exists");
        let done = self.all.iter().filter(done).count();
        let layers = format!("{done} of {} layers", self.all.len());
        Some(match self.summary() {
            Some(summary) => format!("{layers}, {summary}"),
            None => layers,
        })
    }

    /// How far all layers are together, and how fast it goes.
    fn summary(&self) -> Option<String> {
        let sum = |of: fn(&Layer) -> u64| self.all.iter().map(of).sum::<u64>() as f64 / MIB;
        let (done, total) = (sum(|layer| layer.done), sum(|layer| layer.total));
        let seconds = self.began.elapsed().as_secs_f64();
        (total > 0.0 && seconds > 0.0)
            .then(|| format!("{done:.1} of {total:.1} MiB, {:.1} MiB/s", done / seconds))
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0 => String::new(),
        bytes => format!(", {:.1} MiB", bytes as f64 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(layer: &str, status: &str, current: u64, total: u64) -> Step {
        Step {
            layer: Some(layer.to_owned()),
            status: status.to_owned(),
            current: (total > 0).then_some(current),
            total: (total > 0).then_some(total),
        }
    }

    #[test]
    fn each_layer_is_told_with_its_size_and_all_with_their_rate() {
        let mut layers = Layers::default();
        const MIB: u64 = 1024 * 1024;
        assert!(layers.hear(&step("a", "Pulling fs layer", 0, 0)).is_empty());
        let lines = layers.hear(&step("a", "Downloading", MIB, 4 * MIB));
        assert!(lines[0].starts_with("1.0 of 4.0 MiB, "), "{lines:?}");
        assert!(
            layers
                .hear(&step("a", "Downloading", 2 * MIB, 4 * MIB))
                .is_empty()
        );
        assert_eq!(
            layers.hear(&step("a", "Download complete", 0, 0)),
            ["a: Download complete, 4.0 MiB"]
        );
        let how_far = layers.how_far().unwrap();
        assert!(
            how_far.starts_with("0 of 1 layers, 4.0 of 4.0 MiB, "),
            "{how_far}"
        );
        assert_eq!(layers.how_far(), None, "told a moment ago");
        assert_eq!(
            layers.hear(&step("b", "Already exists", 0, 0)),
            ["b: Already exists"]
        );
    }
}
