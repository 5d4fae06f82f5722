//! What just happened: announced once in one polite live region that is there from the start, and as cards that go
//! away.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{Button, ButtonKind, Icon, Reference};

stylance::import_crate_style!(style, "src/ui/status.module.css");

/// How a card is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something went well.
    Good,
    /// Something went wrong; the card stays until it is dismissed or the same thing is tried again.
    Bad,
}

/// What a card is about. A new try of the same thing removes the card, however it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A change that the server was asked for, by its method and path.
    Request(String),
    /// Anything else, by a name that only this kind of thing has.
    Named(&'static str),
    /// Nothing that could be tried again.
    Nothing,
}

/// What ends a card of bad news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// The same thing is tried again.
    UntilTriedAgain,
    /// The server answers again: that it did not was all there is to say.
    UntilAnswer,
}

/// What can be done next about what a card or a notice says, as a button.
#[derive(Clone)]
pub struct NextStep {
    /// The button's name.
    pub label: Cow<'static, str>,
    /// What it does. A card outlives the view that offers it, so a callback of that view's won't do.
    action: Arc<dyn Fn() + Send + Sync>,
}

impl NextStep {
    /// A step with this name.
    #[must_use]
    pub fn new(
        label: impl Into<Cow<'static, str>>,
        action: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            label: label.into(),
            action: Arc::new(action),
        }
    }

    /// Does it.
    pub fn take(&self) {
        (self.action)();
    }
}

impl fmt::Debug for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NextStep").field(&self.label).finish()
    }
}

/// Something that the person asked for and that went wrong.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What it is about.
    pub about: About,
    /// What did not happen, in a line.
    pub text: String,
    /// Why, and what to do.
    pub detail: Option<String>,
    /// What finds it in the server's log.
    pub reference: Option<String>,
    /// What ends its card.
    pub lasts: Lasts,
    /// What can be done next.
    pub steps: Vec<NextStep>,
}

#[derive(Clone, Debug)]
struct Card {
    key: u64,
    tone: Tone,
    said: Trouble,
}

/// Tells what happens. Cheap to copy; take it from the context before an `.await`.
#[derive(Clone, Copy)]
pub struct Status {
    spoken: RwSignal<String>,
    spoken_at: StoredValue<f64>,
    cards: RwSignal<Vec<Card>>,
    next: StoredValue<u64>,
    region: NodeRef<html::Div>,
    home: NodeRef<html::Div>,
}

/// How long a card of good news stays.
const SHOWN: Duration = Duration::from_secs(4);

/// How long one stays that offers something, such as to undo what was done.
const OFFERED: Duration = Duration::from_secs(20);

/// What was said within this time belongs to what is shown now: milliseconds.
const JUST_SAID: f64 = 1000.0;

impl Status {
    /// Makes it available below.
    pub fn provide() -> Self {
        let status = Self {
            spoken: RwSignal::default(),
            spoken_at: StoredValue::new(0.0),
            cards: RwSignal::default(),
            next: StoredValue::new(0),
            region: NodeRef::new(),
            home: NodeRef::new(),
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
        self.spoken_at.set_value(js_sys::Date::now());
        self.spoken
            .set(if again { format!("{text}\u{a0}") } else { text });
    }

    /// Shows a card, which is read out too. It takes the place of a card with the same text.
    pub fn tell(&self, tone: Tone, text: impl Into<String>, detail: Option<String>) {
        let said = Trouble {
            about: About::Nothing,
            text: text.into(),
            detail,
            reference: None,
            lasts: Lasts::UntilTriedAgain,
            steps: Vec::new(),
        };
        self.put(tone, said);
    }

    /// Says that something went well, and offers what can be done next.
    pub fn offer(&self, text: impl Into<String>, step: NextStep) {
        let said = Trouble {
            about: About::Nothing,
            text: text.into(),
            detail: None,
            reference: None,
            lasts: Lasts::UntilTriedAgain,
            steps: vec![step],
        };
        self.put(Tone::Good, said);
    }

    /// Says that something went wrong; the card stays until it is over.
    pub fn fail(&self, trouble: Trouble) {
        self.put(Tone::Bad, trouble);
    }

    /// The same thing is tried again: what was said about the last try is over.
    pub fn tried_again(&self, about: &About) {
        self.drop_cards(|card| card.said.about == *about && *about != About::Nothing);
    }

    /// The server answers again.
    pub fn answered(&self) {
        self.drop_cards(|card| card.said.lasts == Lasts::UntilAnswer);
    }

    /// Another page is shown: what was said about the last one is over.
    pub fn left_page(&self) {
        self.drop_cards(|card| card.tone == Tone::Bad || !card.said.steps.is_empty());
        self.fall_silent();
    }

    fn put(&self, tone: Tone, said: Trouble) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        self.cards.update(|cards| {
            cards.retain(|known| {
                let same_text = known.tone == tone && known.said.text == said.text;
                let same_thing = known.said.about == said.about && said.about != About::Nothing;
                !same_text && !same_thing
            });
            cards.push(Card { key, tone, said });
        });
    }

    fn drop_cards(&self, over: impl Fn(&Card) -> bool) {
        if self.cards.with_untracked(|cards| cards.iter().any(&over)) {
            self.cards.update(|cards| cards.retain(|card| !over(card)));
        }
    }

    /// Forgets what was said before: out of its place it would be read as if it had just happened.
    fn fall_silent(&self) {
        let is_old = js_sys::Date::now() - self.spoken_at.get_value() > JUST_SAID;
        if is_old && self.spoken.with_untracked(|spoken| !spoken.is_empty()) {
            self.spoken.set(String::new());
        }
    }

    /// Moves the live region to where it is visible and announced: a modal dialog covers everything outside of it and
    /// silences it. It never moves into `closing`.
    pub(super) fn keep_in_reach(&self, closing: Option<&web_sys::HtmlDialogElement>) {
        let Some(Some(region)) = self.region.try_get_untracked() else {
            return;
        };
        let closing = closing.map(AsRef::<web_sys::Node>::as_ref);
        let home = self.home.try_get_untracked().flatten();
        let mut place = home.map(|home| web_sys::Node::from(web_sys::Element::from(home)));
        if let Ok(open) = document().query_selector_all("dialog[open]") {
            let mut dialogs = (0..open.length()).filter_map(|at| open.item(at));
            let last = dialogs.rfind(|dialog| !dialog.is_same_node(closing));
            place = last.or(place);
        }
        if let Some(place) = place
            && !place.is_same_node(region.parent_node().as_ref())
        {
            self.fall_silent();
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
        <div node_ref=status.home class=style::home>
            <div node_ref=status.region class=style::region role="status">
                <p class="visually-hidden">{status.spoken}</p>
                <For each=move || status.cards.get() key=|card| card.key let(card)>
                    <CardView card=card status=status />
                </For>
            </div>
        </div>
    }
}

#[component]
fn CardView(card: Card, status: Status) -> impl IntoView {
    let Card { key, tone, said } = card;
    let Trouble {
        text,
        detail,
        reference,
        steps,
        ..
    } = said;
    let shown = if steps.is_empty() { SHOWN } else { OFFERED };
    let steps = steps.into_iter().map(|step| {
        let label = step.label.clone();
        let take = move |()| {
            status.dismiss(key);
            step.take();
        };
        view! { <Button on_press=take>{label}</Button> }
    });
    let steps = steps.collect_view();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let hold = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    let release = move || {
        hold();
        if tone == Tone::Good {
            let handle = set_timeout_with_handle(move || status.dismiss(key), shown);
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
                {reference.map(|reference| view! { <Reference id=reference /> })}
                <div class=style::steps>{steps}</div>
            </div>
            <Button kind=ButtonKind::Quiet label="Dismiss" on_press=move |()| status.dismiss(key)>
                {Icon::Close.view()}
            </Button>
        </div>
    }
}
