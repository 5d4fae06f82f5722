//! How far a pull is, layer by layer.

use std::time::{Duration, Instant};

use flowdeck_contract::pull::{LayerState, Pull, PullLayer};

/// A step of a pull, as the daemon tells it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerProgress {
    /// The layer it is about, or the tag; `None` for the whole image.
    pub(super) layer: Option<String>,
    pub(super) status: String,
    /// Bytes done and to do.
    pub(super) current: Option<u64>,
    pub(super) total: Option<u64>,
}

/// The layers of a pull.
#[derive(Debug)]
pub(super) struct Layers {
    reference: String,
    all: Vec<Layer>,
    began: Instant,
    /// When a line about all layers last came.
    lined: Option<Instant>,
    viewed: Instant,
}

#[derive(Debug)]
struct Layer {
    id: String,
    state: LayerState,
    done: u64,
    total: Option<u64>,
    /// How many bytes were here at the last view.
    viewed: u64,
}

/// A view of all layers, and a line about them, comes at most so often.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
const MIB: f64 = 1024.0 * 1024.0;

impl Layers {
    /// Of the image that is asked for so.
    pub(super) fn new(reference: &str) -> Self {
        let now = Instant::now();
        Self {
            reference: reference.to_owned(),
            all: Vec::new(),
            began: now,
            lined: None,
            viewed: now,
        }
    }

    /// Takes a step in; gives the lines that a log should have about it.
    pub(super) fn apply(&mut self, step: &LayerProgress) -> Vec<String> {
        let (Some(id), Some(state)) = (&step.layer, state(&step.status)) else {
            return vec![step.status.clone()];
        };
        let layer = self.layer(id);
        let changed = layer.state != state;
        layer.state = state;
        match state {
            LayerState::Downloading => {
                layer.done = step.current.unwrap_or(layer.done);
                layer.total = step.total.or(layer.total);
            }
            LayerState::Downloaded | LayerState::Done => {
                layer.done = layer.total.unwrap_or(layer.done);
            }
            // It may have failed and be tried again.
            LayerState::Waiting => layer.done = 0,
            LayerState::Extracting | LayerState::AlreadyThere => {}
        }
        let says = match state {
            LayerState::Downloaded => step.status == "Download complete",
            LayerState::Done | LayerState::AlreadyThere => changed,
            _ => false,
        };
        let total = layer.total.unwrap_or(0);
        let mut lines = Vec::new();
        if says {
            lines.push(format!("{id}: {}{}", step.status, size(total)));
        }
        let due = self.lined.is_none_or(|lined| lined.elapsed() >= PAUSE);
        if state == LayerState::Downloading && due {
            self.lined = Some(Instant::now());
            lines.extend(self.summary());
        }
        lines
    }

    /// How far every layer is, and how much came since the last view.
    pub(super) fn view(&mut self) -> Pull {
        let seconds = self.viewed.elapsed().as_secs_f64();
        self.viewed = Instant::now();
        let layers = self.all.iter_mut().map(|layer| {
            let came = layer.done.saturating_sub(layer.viewed);
            layer.viewed = layer.done;
            PullLayer {
                id: layer.id.clone(),
                state: layer.state,
                done: layer.done,
                total: layer.total,
                bytes_per_second: rate(came, seconds),
            }
        });
        let layers: Vec<PullLayer> = layers.collect();
        Pull {
            reference: self.reference.clone(),
            bytes_per_second: layers.iter().map(|layer| layer.bytes_per_second).sum(),
            layers,
        }
    }

    fn layer(&mut self, id: &str) -> &mut Layer {
        let known = self.all.iter().position(|layer| layer.id == id);
        let index = known.unwrap_or_else(|| {
            self.all.push(Layer {
                id: id.to_owned(),
                state: LayerState::Waiting,
                done: 0,
                total: None,
                viewed: 0,
            });
            self.all.len() - 1
        });
        &mut self.all[index]
    }

    /// How far all layers are together, and how fast it went so far.
    fn summary(&self) -> Option<String> {
        let sum = |of: fn(&Layer) -> u64| self.all.iter().map(of).sum::<u64>() as f64 / MIB;
        let (done, total) = (
            sum(|layer| layer.done),
            sum(|layer| layer.total.unwrap_or(0)),
        );
        let seconds = self.began.elapsed().as_secs_f64();
        (total > 0.0 && seconds > 0.0)
            .then(|| format!("{done:.1} of {total:.1} MiB, {:.1} MiB/s", done / seconds))
    }
}

/// What the daemon's word for a step says of its layer; `None` when it is not about one.
fn state(status: &str) -> Option<LayerState> {
    Some(match status {
        "Pulling fs layer" | "Waiting" => LayerState::Waiting,
        "Downloading" => LayerState::Downloading,
        "Verifying Checksum" | "Download complete" => LayerState::Downloaded,
        "Extracting" => LayerState::Extracting,
        "Pull complete" => LayerState::Done,
        "Already exists" => LayerState::AlreadyThere,
        other if other.starts_with("Retrying in") => LayerState::Waiting,
        _ => return None,
    })
}

/// Bytes per second; what comes within no time at all is counted as within the shortest pause.
fn rate(bytes: u64, seconds: f64) -> u64 {
    const SHORTEST: f64 = 0.1;
    // Far below what an f64 counts exactly, and never negative.
    (bytes as f64 / seconds.max(SHORTEST)) as u64
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

    const MIB: u64 = 1024 * 1024;

    fn step(layer: &str, status: &str, current: u64, total: u64) -> LayerProgress {
        LayerProgress {
            layer: Some(layer.to_owned()),
            status: status.to_owned(),
            current: (total > 0).then_some(current),
            total: (total > 0).then_some(total),
        }
    }

    #[test]
    fn each_layer_is_told_with_its_size_and_all_with_their_rate() {
        let mut layers = Layers::new("r/a:1");
        let from = step("1", "Pulling from a", 0, 0);
        assert_eq!(layers.apply(&from), ["Pulling from a"]);
        assert!(
            layers
                .apply(&step("a", "Pulling fs layer", 0, 0))
                .is_empty()
        );
        let lines = layers.apply(&step("a", "Downloading", MIB, 4 * MIB));
        assert!(lines[0].starts_with("1.0 of 4.0 MiB, "), "{lines:?}");
        let more = step("a", "Downloading", 2 * MIB, 4 * MIB);
        assert!(layers.apply(&more).is_empty());
        let verified = step("a", "Verifying Checksum", 0, 0);
        assert!(layers.apply(&verified).is_empty());
        assert_eq!(
            layers.apply(&step("a", "Download complete", 0, 0)),
            ["a: Download complete, 4.0 MiB"]
        );
        assert_eq!(
            layers.apply(&step("b", "Already exists", 0, 0)),
            ["b: Already exists"]
        );
    }

    #[test]
    fn a_view_says_where_each_layer_stands_and_how_fast_it_comes() {
        let mut layers = Layers::new("r/a:1");
        assert_eq!(layers.view().layers, []);
        layers.apply(&step("a", "Downloading", MIB, 4 * MIB));
        layers.apply(&step("b", "Pulling fs layer", 0, 0));
        let view = layers.view();
        let of = |layer: &PullLayer| (layer.state, layer.done, layer.total);
        assert_eq!(
            view.layers.iter().map(of).collect::<Vec<_>>(),
            [
                (LayerState::Downloading, MIB, Some(4 * MIB)),
                (LayerState::Waiting, 0, None)
            ]
        );
        assert!(view.bytes_per_second > 0 && view.layers[0].bytes_per_second > 0);
        assert_eq!(layers.view().bytes_per_second, 0, "nothing came since");
        layers.apply(&step("a", "Extracting", 3, 9));
        let view = layers.view();
        assert_eq!(
            of(&view.layers[0]),
            (LayerState::Extracting, MIB, Some(4 * MIB)),
            "what is unpacked is not what is fetched"
        );
    }

    #[test]
    fn a_layer_that_is_tried_again_begins_anew() {
        let mut layers = Layers::new("r/a:1");
        layers.apply(&step("a", "Downloading", MIB, 4 * MIB));
        layers.apply(&step("a", "Retrying in 5 seconds", 0, 0));
        let view = layers.view();
        assert_eq!(
            (view.layers[0].state, view.layers[0].done),
            (LayerState::Waiting, 0)
        );
        assert_eq!(rate(10, 0.0), 100);
    }
}
