//! A log that grows: its end stays in view until the reader scrolls away or turns that off.

use std::sync::Arc;

use leptos::{html, prelude::*};

use super::{Each, Switch, clock::local_line};

stylance::import_crate_style!(style, "src/ui/log_view.module.css");

/// A log, as text only.
#[component]
pub fn LogView(
    /// Its name.
    #[prop(into)]
    label: String,
    /// Its lines by number, in order.
    #[prop(into)]
    lines: Signal<Vec<(u64, Arc<str>)>>,
    /// How many lines came before the first of them.
    #[prop(into)]
    left_out: Signal<u64>,
    /// What leads to all of it.
    children: Children,
) -> impl IntoView {
    let following = RwSignal::new(true);
    let scroller = NodeRef::<html::Div>::new();
    let to_end = move || {
        if let Some(scroller) = scroller.try_get_untracked().flatten() {
            scroller.set_scroll_top(scroller.scroll_height());
        }
    };
    Effect::new(move |_| {
        lines.track();
        if following.get() {
            request_animation_frame(to_end);
        }
    });
    let on_wheel = move |event: web_sys::WheelEvent| {
        if event.delta_y() < 0.0 {
            following.set(false);
        }
    };
    view! {
        <div class=style::root>
            <div class=style::bar>
                <Switch on=following on_change=move |on| following.set(on)>
                    "Follow"
                </Switch>
                {move || not_shown(left_out.get())}
                {children()}
            </div>
            <div
                node_ref=scroller
                class=style::lines
                role="log"
                aria-live="off"
                aria-label=label
                tabindex="0"
                on:wheel=on_wheel
            >
                <Each each=move || lines.get() key=|(number, _)| number.to_string() let((_, text))>
                    <div class=style::line>{local_line(&text)}</div>
                </Each>
            </div>
        </div>
    }
}

fn not_shown(left_out: u64) -> Option<String> {
    match left_out {
        0 => None,
        1 => Some("1 earlier line isn’t shown".to_owned()),
        _ => Some(format!("{left_out} earlier lines aren’t shown")),
    }
}
