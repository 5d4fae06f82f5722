//! The graph as a file on the reader's disk.

use std::sync::Arc;

use flowdeck_contract::runs::NodeState;
use flowdeck_flow::Vertex;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement,
    HtmlImageElement, Url,
};

use super::{
    Drawn, Shown,
    picture::{Colours, Label, svg},
    words,
};
use crate::{
    pages::{
        flow::selection::Selection,
        parts::{Tint, keep},
    },
    ui::{About, Button, ButtonKind, ButtonState, Lasts, Status, Trouble, time},
};

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Svg,
    Png,
}

/// Exports the graph with the states of the run that is shown.
#[component]
pub(super) fn Export(drawn: Arc<Drawn>, form: Form) -> impl IntoView {
    let run = Selection::from_context().run;
    let context = Shown::from_context().context;
    let status = Status::from_context();
    let is_busy = RwSignal::new(false);
    let press = move |()| {
        let states = run.with_untracked(|run| {
            let nodes = run.iter().flat_map(|run| &run.nodes);
            nodes
                .map(|node| (node.name.clone(), (node.state, node.duration_ms)))
                .collect::<Vec<_>>()
        });
        let text = text(&drawn, &states);
        let size = drawn.layout.size;
        let folder = context.flow().folder().to_owned();
        let name = folder.rsplit('/').next().unwrap_or("flow").to_owned();
        is_busy.set(true);
        spawn_local_scoped_with_cancellation(async move {
            let kept = match form {
                Form::Svg => blob(&text).and_then(|file| keep(&file, &format!("{name}.svg"))),
                Form::Png => match png(&text, size).await {
                    Ok(file) => keep(&file, &format!("{name}.png")),
                    Err(error) => Err(error),
                },
            };
            is_busy.set(false);
            if kept.is_err() {
                status.fail(Trouble {
                    about: About::Named("graph"),
                    text: "Couldn’t export the graph".to_owned(),
                    detail: Some(
                        "This browser can’t draw a picture of this size. Export SVG instead."
                            .to_owned(),
                    ),
                    reference: None,
                    lasts: Lasts::UntilTriedAgain,
                    steps: Vec::new(),
                });
            }
        });
    };
    let label = match form {
        Form::Svg => "Export SVG",
        Form::Png => "Export PNG",
    };
    let state = Signal::derive(move || ButtonState::busy_while(is_busy.get()));
    view! {
        <Button kind=ButtonKind::Quiet state=state on_press=press>
            {label}
        </Button>
    }
}

type State = (String, (NodeState, Option<u64>));

fn text(drawn: &Drawn, states: &[State]) -> String {
    let Drawn {
        flow,
        graph,
        layout,
    } = drawn;
    let labels: Vec<Label> = graph
        .vertices
        .iter()
        .map(|&vertex| {
            let node = match vertex {
                Vertex::Node(index) => flow.nodes.get(index),
                Vertex::Inputs | Vertex::Outputs => None,
            };
            let state = states
                .iter()
                .find(|(name, _)| node.is_some_and(|node| node.name == *name));
            Label {
                name: words::name(flow, vertex),
                facts: words::facts(flow, vertex),
                state: state.map(|(_, state)| said(*state)),
            }
        })
        .collect();
    let is_condition = |index: usize| {
        graph
            .edges
            .get(index)
            .is_some_and(flowdeck_flow::Edge::is_condition)
    };
    svg(layout, &labels, is_condition, &colours())
}

fn said((state, took): (NodeState, Option<u64>)) -> String {
    let word = Tint::from(state).word;
    match took {
        Some(took) => format!("{word} · {}", time::duration(took)),
        None => word.to_owned(),
    }
}

/// As the page has them now, light or dark.
fn colours() -> Colours {
    // What a colour's name stands for is known only of elements of the page.
    let probe: Option<HtmlElement> = document()
        .create_element("span")
        .ok()
        .and_then(|probe| probe.dyn_into().ok());
    let colour = |name: &str| {
        let read = || {
            let probe = probe.as_ref()?;
            probe
                .style()
                .set_property("color", &format!("var({name})"))
                .ok()?;
            document().body()?.append_child(probe).ok()?;
            let style = window().get_computed_style(probe).ok()??;
            let colour = style.get_property_value("color").ok();
            probe.remove();
            colour
        };
        read().unwrap_or_else(|| "gray".to_owned())
    };
    Colours {
        page: colour("--page"),
        surface: colour("--surface"),
        border: colour("--border-control"),
        text: colour("--text"),
        muted: colour("--text-muted"),
    }
}

fn blob(text: &str) -> Result<Blob, JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("image/svg+xml");
    Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &kind)
}

/// Twice as large as on the page, for sharp letters; what is too large for that, as it is.
async fn png(text: &str, (width, height): (f64, f64)) -> Result<Blob, JsValue> {
    let address = Url::create_object_url_with_blob(&blob(text)?)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&address);
    let decoded = JsFuture::from(image.decode()).await;
    Url::revoke_object_url(&address)?;
    decoded?;
    let scale = if width.max(height) > 8_000.0 {
        1.0
    } else {
        2.0
    };
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width((width * scale) as u32);
    canvas.set_height((height * scale) as u32);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(
        &image,
        0.0,
        0.0,
        width * scale,
        height * scale,
    )?;
    let made = js_sys::Promise::new(&mut |resolve, reject| {
        let give = Closure::once_into_js(move |file: JsValue| resolve.call1(&JsValue::NULL, &file));
        if let Err(error) = canvas.to_blob(give.unchecked_ref()) {
            // Nobody waits for it any more.
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    // Nothing where the picture is too large.
    JsFuture::from(made).await?.dyn_into::<Blob>()
}
