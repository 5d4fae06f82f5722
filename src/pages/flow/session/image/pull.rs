//! The pull of the session's image: all layers together, then each with its size and rate; after it failed, how far it
//! came.

use flowdeck_contract::pull::{LayerState, Pull, PullLayer};
use leptos::prelude::*;

use crate::{
    pages::parts::{LeftLayer, StateWord, Tint, bytes},
    ui::ScrollTable,
};

stylance::import_crate_style!(style, "src/pages/flow/session/image/pull.module.css");

#[component]
pub(super) fn PullProgress(
    /// The pull; nothing is shown without one.
    pull: Memo<Option<Pull>>,
    /// Whether it failed.
    failed: Memo<bool>,
) -> impl IntoView {
    let reference =
        Memo::new(move |_| pull.with(|pull| pull.as_ref().map(|pull| pull.reference.clone())));
    let total = Memo::new(move |_| pull.with(|pull| Some(Total::of(pull.as_ref()?, failed.get()))));
    let rows = move || pull.with(|pull| pull.as_ref().map(|pull| Row::all(pull, failed.get())));
    let part = move || total.get()?.part();
    let what = move || match failed.get() {
        true => "Failed pull: ",
        false => "Pulling ",
    };
    view! {
        <div class=style::pull role="group" aria-label="Image pull">
            <p class=style::head>
                <span>{what} <code>{reference}</code></span>
                <span class=style::total>{move || total.get().map(|total| total.to_string())}</span>
            </p>
            <progress class=style::bar aria-label="Image pull" max="1" value=part></progress>
            <ScrollTable
                label="Layers"
                class=style::layers
                columns=&["Layer", "State", "Size", "Rate"]
                each=move || rows().unwrap_or_default()
                key=|row: &Row| row.id.clone()
                cells=Row::cells
            />
        </div>
    }
}

/// A layer in words.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: String,
    state: Tint,
    size: String,
    rate: Option<String>,
}

impl Row {
    fn all(pull: &Pull, failed: bool) -> Vec<Self> {
        let layers = pull.layers.iter();
        layers.map(|layer| Self::of(layer, failed)).collect()
    }

    fn of(layer: &PullLayer, failed: bool) -> Self {
        Self {
            id: layer.id.clone(),
            state: match failed {
                true => LeftLayer(layer).into(),
                false => layer.state.into(),
            },
            size: size(layer),
            rate: rate(layer.bytes_per_second).filter(|_| !failed),
        }
    }

    fn cells(self) -> Vec<AnyView> {
        vec![
            view! { <code>{self.id}</code> }.into_any(),
            view! { <StateWord state=self.state /> }.into_any(),
            self.size.into_any(),
            self.rate.into_any(),
        ]
    }
}

/// All layers together.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Total {
    layers: usize,
    ready: usize,
    done: u64,
    total: u64,
    /// Whether the sizes of some layers that are to come are not known yet.
    is_open: bool,
    /// `None` once it failed.
    bytes_per_second: Option<u64>,
}

impl Total {
    fn of(pull: &Pull, failed: bool) -> Self {
        let is_ready =
            |layer: &&PullLayer| matches!(layer.state, LayerState::Done | LayerState::AlreadyThere);
        let layers = || pull.layers.iter();
        Self {
            layers: pull.layers.len(),
            ready: layers().filter(is_ready).count(),
            done: layers().map(|layer| layer.done).sum(),
            total: layers().filter_map(|layer| layer.total).sum(),
            is_open: layers().any(|layer| layer.state == LayerState::Waiting),
            bytes_per_second: (!failed).then_some(pull.bytes_per_second),
        }
    }

    /// How much of it is here, of 1; `None` while it is in progress and no size is known.
    fn part(&self) -> Option<String> {
        match (self.total, self.bytes_per_second) {
            (0, Some(_)) => None,
            // Far below what an f64 counts exactly.
            (total, _) => Some(format!("{:.3}", self.done as f64 / total.max(1) as f64)),
        }
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.layers == 0 {
            return f.write_str("Contacting the registry");
        }
        write!(f, "{} of {} layers ready", self.ready, self.layers)?;
        if self.total > 0 {
            let least = if self.is_open { "at least " } else { "" };
            let (done, total) = (bytes(self.done), bytes(self.total));
            write!(f, ", {done} of {least}{total}")?;
        }
        match self.bytes_per_second.and_then(rate) {
            Some(rate) => write!(f, ", {rate}"),
            None => Ok(()),
        }
    }
}

fn size(layer: &PullLayer) -> String {
    match (layer.state, layer.total) {
        (LayerState::Downloading, Some(total)) => {
            format!("{} of {}", bytes(layer.done), bytes(total))
        }
        (_, Some(total)) => bytes(total),
        (_, None) => String::new(),
    }
}

fn rate(bytes_per_second: u64) -> Option<String> {
    (bytes_per_second > 0).then(|| format!("{}/s", bytes(bytes_per_second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(state: LayerState, done: u64, total: Option<u64>) -> PullLayer {
        PullLayer {
            id: "0123456789ab".into(),
            state,
            done,
            total,
            bytes_per_second: 0,
        }
    }

    fn pull(layers: &[PullLayer], bytes_per_second: u64) -> Pull {
        Pull {
            reference: "r/a:1".into(),
            layers: layers.to_vec(),
            bytes_per_second,
        }
    }

    #[test]
    fn all_layers_are_told_together() {
        const MIB: u64 = 1 << 20;
        let told = |layers: &[PullLayer], rate| Total::of(&pull(layers, rate), false).to_string();
        assert_eq!(told(&[], 0), "Contacting the registry");
        let half = layer(LayerState::Downloading, MIB, Some(2 * MIB));
        let there = layer(LayerState::AlreadyThere, 0, None);
        assert_eq!(
            told(&[half.clone(), there.clone()], MIB / 2),
            "1 of 2 layers ready, 1.0 MiB of 2.0 MiB, 0.5 MiB/s"
        );
        let waiting = layer(LayerState::Waiting, 0, None);
        let open = pull(&[half, waiting], 0);
        assert_eq!(
            Total::of(&open, false).to_string(),
            "0 of 2 layers ready, 1.0 MiB of at least 2.0 MiB"
        );
        let part = |pull: &Pull, failed| Total::of(pull, failed).part();
        assert_eq!(part(&open, false).as_deref(), Some("0.500"));
        let sizeless = pull(&[there], 0);
        assert_eq!(part(&sizeless, false), None);
        assert_eq!(part(&sizeless, true).as_deref(), Some("0.000"));
    }

    #[test]
    fn what_failed_has_no_rate_any_more() {
        let mut half = layer(LayerState::Downloading, 1 << 19, Some(1 << 20));
        half.bytes_per_second = 1 << 20;
        let pulled = pull(&[half], 1 << 20);
        let row = Row::all(&pulled, false).remove(0);
        let left = Row::all(&pulled, true).remove(0);
        assert_eq!((row.rate.as_deref(), left.rate), (Some("1.0 MiB/s"), None));
        assert_eq!(left.size, "0.5 MiB of 1.0 MiB");
        assert_ne!(row.state, left.state, "nothing is downloaded any more");
        assert_eq!(
            Total::of(&pulled, true).to_string(),
            "0 of 1 layers ready, 0.5 MiB of 1.0 MiB"
        );
    }

    #[test]
    fn a_layer_s_size_is_that_of_all_of_it() {
        assert_eq!(size(&layer(LayerState::Waiting, 0, None)), "");
        let extracting = layer(LayerState::Extracting, 1 << 20, Some(1 << 20));
        assert_eq!(size(&extracting), "1.0 MiB");
        let half = layer(LayerState::Downloading, 1 << 19, Some(1 << 20));
        assert_eq!(size(&half), "0.5 MiB of 1.0 MiB");
    }
}
