//! The part of the graph that is seen: scrolled by wheel, touch and keys, dragged by the mouse, and zoomed.

use std::sync::Arc;

use leptos::{
    ev::{MouseEvent, WheelEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    Drawn, Shown,
    edges::Edges,
    export::{Export, Form},
    layout::{Layout, Point, SIZE},
    style,
    vertices::Vertices,
};
use crate::ui::{Button, ButtonKind, ButtonState};

/// The smallest and largest zoom.
const ZOOM: (f64, f64) = (0.1, 2.0);

/// How much of the graph has to be seen for there to be no overview.
const MUCH: f64 = 0.6;

/// The smallest zoom at which names can be read.
const READABLE: f64 = 0.6;

/// By how much a step zooms.
const STEP: f64 = 1.25;

/// What is seen. Cheap to copy.
#[derive(Clone, Copy)]
struct Camera {
    zoom: RwSignal<f64>,
    /// From where to where, in the graph's own pixels; known once it's shown.
    seen: RwSignal<Option<(Point, Point)>>,
    view: NodeRef<html::Div>,
    size: Point,
}

impl Camera {
    /// Zooms so that the point of the view stays where it is.
    fn zoom_by(self, factor: f64, around: Option<Point>) {
        let old = self.zoom.get_untracked();
        let new = (old * factor).clamp(ZOOM.0, ZOOM.1);
        let Some(view) = self.view.get_untracked() else {
            return;
        };
        let middle = || {
            (
                f64::from(view.client_width()) / 2.0,
                f64::from(view.client_height()) / 2.0,
            )
        };
        let (x, y) = around.unwrap_or_else(middle);
        let kept = |scrolled: i32, at: f64| ((f64::from(scrolled) + at) * new / old - at) as i32;
        let (left, top) = (kept(view.scroll_left(), x), kept(view.scroll_top(), y));
        self.zoom.set(new);
        // Once it has its new size.
        request_animation_frame(move || {
            view.set_scroll_left(left);
            view.set_scroll_top(top);
            self.look();
        });
    }

    /// Zooms so that all is seen, but never larger than it is, nor smaller than `least`.
    fn fit(self, least: f64) {
        let Some(view) = self.view.try_get_untracked().flatten() else {
            return;
        };
        let (width, height) = self.size;
        let across = f64::from(view.client_width()) / width.max(1.0);
        let down = f64::from(view.client_height()) / height.max(1.0);
        self.zoom.set(across.min(down).clamp(least, 1.0));
    }

    fn fit_all(self) {
        self.fit(ZOOM.0);
        request_animation_frame(move || self.look());
    }

    /// What is seen at first: as much as can be read, around `place`.
    fn open(self, place: Option<Point>) {
        self.fit(READABLE);
        // Once it has its size.
        request_animation_frame(move || {
            if let Some(place) = place {
                self.show(place);
            }
            self.look();
        });
    }

    /// Takes down what is seen.
    fn look(self) {
        let Some(view) = self.view.try_get_untracked().flatten() else {
            return;
        };
        let zoom = self.zoom.get_untracked();
        let own = |pixels: i32| f64::from(pixels) / zoom;
        let seen = (
            (own(view.scroll_left()), own(view.scroll_top())),
            (own(view.client_width()), own(view.client_height())),
        );
        self.seen.set(Some(seen));
    }

    /// Puts a point of the graph into the middle of the view.
    fn show(self, (x, y): Point) {
        let Some(view) = self.view.try_get_untracked().flatten() else {
            return;
        };
        let zoom = self.zoom.get_untracked();
        let at = |point: f64, size: i32| (point * zoom) as i32 - size / 2;
        view.set_scroll_left(at(x, view.client_width()));
        view.set_scroll_top(at(y, view.client_height()));
    }
}

/// The graph with what zooms and exports it.
#[component]
pub(super) fn Canvas(drawn: Arc<Drawn>) -> impl IntoView {
    let camera = Camera {
        zoom: RwSignal::new(1.0),
        seen: RwSignal::new(None),
        view: NodeRef::new(),
        size: drawn.layout.size,
    };
    let selected = Shown::from_context().selected.get_untracked();
    let place = selected.and_then(|at| drawn.layout.vertices.get(at).copied());
    camera
        .view
        .on_load(move |_| request_animation_frame(move || camera.open(place)));
    let resized = window_event_listener(leptos::ev::resize, move |_| camera.look());
    on_cleanup(move || resized.remove());
    let (width, height) = camera.size;
    let zoomed = move |pixels: f64| Signal::derive(move || px(pixels * camera.zoom.get()));
    let scale = move || format!("scale({})", camera.zoom.get());
    let on_wheel = move |event: WheelEvent| {
        if !event.ctrl_key() && !event.meta_key() {
            return;
        }
        event.prevent_default();
        let around = camera.view.get_untracked().map(|view| {
            let at = view.get_bounding_client_rect();
            (
                f64::from(event.client_x()) - at.left(),
                f64::from(event.client_y()) - at.top(),
            )
        });
        camera.zoom_by(0.998_f64.powf(event.delta_y()), around);
    };
    let drag = Drag::new(camera);
    view! {
        <div class=style::frame>
            <Tools camera=camera drawn=Arc::clone(&drawn) />
            <div
                node_ref=camera.view
                class=style::view
                on:scroll=move |_| camera.look()
                on:wheel=on_wheel
                on:mousedown=move |event| drag.begin(&event)
                on:mousemove=move |event| drag.go_on(&event)
                on:mouseup=move |_| drag.end()
                on:mouseleave=move |_| drag.end()
            >
                <div class=style::sheet style:width=zoomed(width) style:height=zoomed(height)>
                    <div
                        class=style::drawing
                        style:width=px(width)
                        style:height=px(height)
                        style:transform=scale
                    >
                        <Edges drawn=Arc::clone(&drawn) />
                        <Vertices drawn=Arc::clone(&drawn) />
                    </div>
                </div>
            </div>
            <Overview camera=camera layout=drawn.layout.clone() />
        </div>
    }
}

/// A length, as CSS has it.
pub(super) fn px(pixels: f64) -> String {
    format!("{pixels:.1}px")
}

#[component]
fn Tools(camera: Camera, drawn: Arc<Drawn>) -> impl IntoView {
    let zoom = camera.zoom;
    let ends_at = move |end: f64, why: &'static str| {
        Signal::derive(move || {
            ButtonState::unless(((zoom.get() - end).abs() < 0.001).then_some(why))
        })
    };
    let percent = move || format!("{:.0} %", zoom.get() * 100.0);
    view! {
        <div class=style::tools role="group" aria-label="Graph">
            <Button
                kind=ButtonKind::Quiet
                label="Zoom out"
                state=ends_at(ZOOM.0, "It can’t be smaller.")
                on_press=move |()| camera.zoom_by(1.0 / STEP, None)
            >
                "−"
            </Button>
            <span class=style::percent aria-live="polite">{percent}</span>
            <Button
                kind=ButtonKind::Quiet
                label="Zoom in"
                state=ends_at(ZOOM.1, "It can’t be larger.")
                on_press=move |()| camera.zoom_by(STEP, None)
            >
                "+"
            </Button>
            <Button kind=ButtonKind::Quiet on_press=move |()| camera.fit_all()>
                "Fit"
            </Button>
            <span class=style::space></span>
            <Export drawn=Arc::clone(&drawn) form=Form::Svg />
            <Export drawn=drawn form=Form::Png />
        </div>
    }
}

/// Dragging with the mouse: the graph follows it.
#[derive(Clone, Copy)]
struct Drag {
    camera: Camera,
    /// Where the mouse was, and how far it was scrolled then.
    from: StoredValue<Option<(Point, (i32, i32))>>,
}

impl Drag {
    fn new(camera: Camera) -> Self {
        Self {
            camera,
            from: StoredValue::new(None),
        }
    }

    fn begin(self, event: &MouseEvent) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let on_button =
            target.is_some_and(|target| matches!(target.closest("button"), Ok(Some(_))));
        if event.button() != 0 || on_button {
            return;
        }
        if let Some(view) = self.camera.view.get_untracked() {
            let at = (f64::from(event.client_x()), f64::from(event.client_y()));
            self.from
                .set_value(Some((at, (view.scroll_left(), view.scroll_top()))));
        }
    }

    fn go_on(self, event: &MouseEvent) {
        let from = self.from.get_value().zip(self.camera.view.get_untracked());
        let Some((((x, y), (left, top)), view)) = from else {
            return;
        };
        event.prevent_default();
        view.set_scroll_left(left - (f64::from(event.client_x()) - x) as i32);
        view.set_scroll_top(top - (f64::from(event.client_y()) - y) as i32);
    }

    fn end(self) {
        self.from.set_value(None);
    }
}

/// The whole graph, small, with what is seen of it; there while that isn't much. For the mouse alone: the keyboard has the
/// vertices.
#[component]
fn Overview(camera: Camera, layout: Layout) -> impl IntoView {
    let (width, height) = layout.size;
    // Less is found again by scrolling a little.
    let is_partial = Memo::new(move |_| {
        let seen = camera.seen.get();
        seen.is_some_and(|(_, (wide, high))| wide * high < width * height * MUCH)
    });
    let (wide, high) = SIZE;
    let at = layout.vertices;
    let all = move || {
        let boxes = at.iter().map(|&(x, y)| {
            view! { <rect class=style::small x=x - wide / 2.0 y=y - high / 2.0 width=wide height=high rx="8" /> }
        });
        boxes.collect_view()
    };
    let seen = move || {
        camera.seen.get().map(|((x, y), (wide, high))| {
            view! { <rect class=style::seen x=x y=y width=wide.min(width) height=high.min(height) /> }
        })
    };
    let press = move |event: MouseEvent| {
        let target = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let Some(map) = target else { return };
        let at = map.get_bounding_client_rect();
        let own = |pixel: i32, begin: f64, size: f64, whole: f64| {
            (f64::from(pixel) - begin) / size * whole
        };
        camera.show((
            own(event.client_x(), at.left(), at.width(), width),
            own(event.client_y(), at.top(), at.height(), height),
        ));
    };
    view! {
        <Show when=move || is_partial.get()>
            <svg
                class=style::overview
                viewBox=format!("0 0 {width} {height}")
                preserveAspectRatio="none"
                aria-hidden="true"
                on:mousedown=press
            >
                {all.clone()}
                {seen}
            </svg>
        </Show>
    }
}
