//! What just happened, told once: in one polite live region that is there from the start, and as cards that go away.

use std::time::Duration;

use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{Button, ButtonKind, Icon};

stylance::import_crate_style!(style, "src/ui/status.module.css");

/// How a card is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something went well.
    Good,
    /// Something went wrong; the card stays until it is dismissed.
    Bad,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Card {
    key: u64,
    tone: Tone,
    text: String,
    detail: Option<String>,
}

/// Tells what happens. Cheap to copy; take it from the context before an `.await`.
#[derive(Clone, Copy)]
pub struct Status {
    spoken: RwSignal<String>,
    cards: RwSignal<Vec<Card>>,
    next: StoredValue<u64>,
    region: NodeRef<html::Div>,
}

/// How long a card of good news stays.
const SHOWN: Duration = Duration::from_secs(6);

impl Status {
    /// Makes it available below.
    pub fn provide() -> Self {
        let status = Self {
            spoken: RwSignal::default(),
            cards: RwSignal::default(),
            next: StoredValue::new(0),
            region: NodeRef::new(),
        };
        provide_context(status);
        status
    }

    /// The one in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<Status>()
    }

    /// Tells those who do not see the screen; those who do see it there.
    pub fn announce(&self, text: impl Into<String>) {
        let text = text.into();
        // A screen reader is silent about a text that stays the same: a no-break space makes it another.
        let again = self.spoken.with_untracked(|spoken| *spoken == text);
        self.spoken
            .set(if again { format!("{text}\u{a0}") } else { text });
    }

    /// Shows a card, which is read out too.
    pub fn tell(&self, tone: Tone, text: impl Into<String>, detail: Option<String>) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let card = Card {
            key,
            tone,
            text: text.into(),
            detail,
        };
        self.cards.update(|cards| {
            // The same failure twice is one card.
            cards.retain(|known| (known.tone, &known.text) != (card.tone, &card.text));
            cards.push(card);
        });
    }

    /// Moves the live region to where it is seen and heard: a modal dialog covers everything outside of it and silences
    /// it. `closing` is no place to be in any more.
    pub(super) fn keep_in_reach(&self, closing: Option<&web_sys::HtmlDialogElement>) {
        let Some(Some(region)) = self.region.try_get_untracked() else {
            return;
        };
        let closing = closing.map(AsRef::<web_sys::Node>::as_ref);
        let mut place = document().body().map(web_sys::Node::from);
        if let Ok(open) = document().query_selector_all("dialog[open]") {
            let mut dialogs = (0..open.length()).filter_map(|at| open.item(at));
            let last = dialogs.rfind(|dialog| !dialog.is_same_node(closing));
            place = last.or(place);
        }
        if let Some(place) = place
            && !place.is_same_node(region.parent_node().as_ref())
        {
            // It fails only for a place inside of the region itself.
            let _ = place.append_child(&region);
        }
    }

    fn dismiss(&self, key: u64) {
        self.cards
            .try_update(|cards| cards.retain(|card| card.key != key));
    }
}

/// The live region. Belongs into the app once, from its start.
#[component]
pub fn StatusRegion() -> impl IntoView {
    let status = Status::from_context();
    view! {
        <div node_ref=status.region class=style::region role="status">
            <p class="visually-hidden">{status.spoken}</p>
            <For each=move || status.cards.get() key=|card| card.key let(card)>
                <CardView card=card status=status />
            </For>
        </div>
    }
}

#[component]
fn CardView(card: Card, status: Status) -> impl IntoView {
    let Card {
        key,
        tone,
        text,
        detail,
    } = card;
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let hold = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    let release = move || {
        hold();
        if tone == Tone::Good {
            let handle = set_timeout_with_handle(move || status.dismiss(key), SHOWN);
            timer.set_value(handle.ok());
        }
    };
    release();
    on_cleanup(hold);
    let (class, icon) = match tone {
        Tone::Good => (style::good, Icon::Check),
        Tone::Bad => (style::bad, Icon::Cross),
    };
    view! {
        <div
            class=stylance::classes!(style::card, class)
            on:mouseenter=move |_| hold()
            on:mouseleave=move |_| release()
            on:focusin=move |_| hold()
            on:focusout=move |_| release()
        >
            <span class=style::icon>{icon.view()}</span>
            <div class=style::text>
                <p>{text}</p>
                {detail.map(|detail| view! { <p class=style::detail>{detail}</p> })}
            </div>
            <Button kind=ButtonKind::Quiet label="Dismiss" on_press=move |()| status.dismiss(key)>
                {Icon::Close.view()}
            </Button>
        </div>
    }
}
