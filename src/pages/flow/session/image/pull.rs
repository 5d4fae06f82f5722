//! The pull of the session's image: all layers together, then each with its size and rate.

use flowdeck_contract::pull::{LayerState, Pull, PullLayer};
use leptos::prelude::*;

use crate::{
    pages::parts::{StateWord, bytes},
    ui::Each,
};

stylance::import_crate_style!(style, "src/pages/flow/session/image/pull.module.css");

#[component]
pub(super) fn PullProgress(
    /// The pull; nothing is shown without one.
    pull: Memo<Option<Pull>>,
) -> impl IntoView {
    let reference =
        Memo::new(move |_| pull.with(|pull| pull.as_ref().map(|pull| pull.reference.clone())));
    let total = Memo::new(move |_| pull.with(|pull| pull.as_ref().map(Total::of)));
    let layers = move || pull.with(|pull| pull.as_ref().map(|pull| pull.layers.clone()));
    let part = move || total.get().and_then(|total| total.part());
    view! {
        <div class=style::pull role="group" aria-label="Image pull">
            <p class=style::head>
                <span>"Pulling " <code>{reference}</code></span>
                <span class=style::total>{move || total.get().map(|total| total.to_string())}</span>
            </p>
            <progress class=style::bar aria-label="Image pull" max="1" value=part></progress>
            <div class=style::scroller tabindex="0" role="group" aria-label="Layers">
                <table class=style::table>
                    <thead>
                        <tr>
                            <th scope="col">"Layer"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Size"</th>
                            <th scope="col">"Rate"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <Each
                            each=move || layers().unwrap_or_default()
                            key=|layer| format!("{layer:?}")
                            let(layer)
                        >
                            <tr>
                                <th scope="row">
                                    <code>{layer.id.clone()}</code>
                                </th>
                                <td>
                                    <StateWord state=layer.state />
                                </td>
                                <td>{size(&layer)}</td>
                                <td>{rate(layer.bytes_per_second)}</td>
                            </tr>
                        </Each>
                    </tbody>
                </table>
            </div>
        </div>
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
    bytes_per_second: u64,
}

impl Total {
    fn of(pull: &Pull) -> Self {
        let is_ready =
            |layer: &&PullLayer| matches!(layer.state, LayerState::Done | LayerState::AlreadyThere);
        let layers = || pull.layers.iter();
        Self {
            layers: pull.layers.len(),
            ready: layers().filter(is_ready).count(),
            done: layers().map(|layer| layer.done).sum(),
            total: layers().filter_map(|layer| layer.total).sum(),
            is_open: layers().any(|layer| layer.state == LayerState::Waiting),
            bytes_per_second: pull.bytes_per_second,
        }
    }

    /// How much of it is here, of 1; `None` while no size is known.
    fn part(&self) -> Option<String> {
        // Far below what an f64 counts exactly.
        (self.total > 0).then(|| format!("{:.3}", self.done as f64 / self.total as f64))
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.layers == 0 {
            return f.write_str("The registry is being asked");
        }
        write!(f, "{} of {} layers ready", self.ready, self.layers)?;
        if self.total > 0 {
            let least = if self.is_open { "at least " } else { "" };
            let (done, total) = (bytes(self.done), bytes(self.total));
            write!(f, ", {done} of {least}{total}")?;
        }
        match rate(self.bytes_per_second) {
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
        let told = |layers: &[PullLayer], rate| Total::of(&pull(layers, rate)).to_string();
        assert_eq!(told(&[], 0), "The registry is being asked");
        let half = layer(LayerState::Downloading, MIB, Some(2 * MIB));
        let there = layer(LayerState::AlreadyThere, 0, None);
        assert_eq!(
            told(&[half.clone(), there.clone()], MIB / 2),
            "1 of 2 layers ready, 1.0 MiB of 2.0 MiB, 0.5 MiB/s"
        );
        let waiting = layer(LayerState::Waiting, 0, None);
        let open = pull(&[half, waiting], 0);
        assert_eq!(
            Total::of(&open).to_string(),
            "0 of 2 layers ready, 1.0 MiB of at least 2.0 MiB"
        );
        assert_eq!(Total::of(&open).part().as_deref(), Some("0.500"));
        assert_eq!(Total::of(&pull(&[there], 0)).part(), None);
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
