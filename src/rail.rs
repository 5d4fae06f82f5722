//! The navigation at the side: whole, or as a rail of icons. Each kind of page remembers how it was left; raw file mode,
//! which needs the room, begins with the rail.

use flowdeck_contract::help::HelpTopic;
use leptos::prelude::*;

use crate::{
    nav::{Link, use_nav},
    routes::{Page, Route},
    storage::Store,
    theme::{Theme, use_theme},
    ui::{Icon, unique_id},
};

stylance::import_crate_style!(style, "src/rail.module.css");

/// How wide the navigation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    /// Icons and words.
    Whole,
    /// Icons alone.
    Narrow,
}

impl Width {
    fn word(self) -> &'static str {
        match self {
            Width::Whole => "whole",
            Width::Narrow => "narrow",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Width::Whole, Width::Narrow]
            .into_iter()
            .find(|width| width.word() == word)
    }
}

/// How a kind of page has it.
#[derive(Clone, Copy)]
struct Remembered {
    key: &'static str,
    width: RwSignal<Width>,
}

impl Remembered {
    fn new(key: &'static str, first: Width) -> Self {
        let known = Store::Local.read(key).and_then(|word| Width::read(&word));
        Self {
            key,
            width: RwSignal::new(known.unwrap_or(first)),
        }
    }

    fn turn(self) {
        let next = match self.width.get_untracked() {
            Width::Whole => Width::Narrow,
            Width::Narrow => Width::Whole,
        };
        self.width.set(next);
        Store::Local.write(self.key, next.word());
    }
}

/// How wide the navigation is on each kind of page. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct RailWidth {
    pages: Remembered,
    raw: Remembered,
    in_raw: Memo<bool>,
}

impl RailWidth {
    /// As it was left.
    pub(crate) fn remembered() -> Self {
        let view = use_nav().flow_view();
        Self {
            pages: Remembered::new("flowdeck.navigation", Width::Whole),
            raw: Remembered::new("flowdeck.navigation.raw", Width::Narrow),
            in_raw: Memo::new(move |_| view.with(|view| view.raw)),
        }
    }

    fn here(&self, in_raw: bool) -> Remembered {
        if in_raw { self.raw } else { self.pages }
    }

    /// Whether the page that is shown has the rail.
    pub(crate) fn is_narrow(&self) -> bool {
        self.here(self.in_raw.get()).width.get() == Width::Narrow
    }
}

/// Where one can go. What stands beside an icon shows as its tooltip where the icon stands alone.
#[component]
pub(crate) fn Rail(width: RailWidth) -> impl IntoView {
    let page = use_nav().page;
    let in_flows = Signal::derive(move || match page.get() {
        Page::Flows => Some("page"),
        Page::Flow(_) => Some("true"),
        _ => None,
    });
    let in_sessions = Signal::derive(move || match page.get() {
        Page::Sessions => Some("page"),
        Page::Session(_) | Page::Upgrade(_) => Some("true"),
        _ => None,
    });
    let in_connections = Signal::derive(move || match page.get() {
        Page::Connections => Some("page"),
        Page::Connection(_) | Page::NewConnection => Some("true"),
        _ => None,
    });
    view! {
        <header class=style::side class=(style::narrow, move || width.is_narrow())>
            <p class=style::product>
                <span class=style::mark>{Icon::Flow.view()}</span>
                <span class=style::word>"flowdeck"</span>
            </p>
            <nav aria-label="Project" class=style::nav>
                <Link to=Route::flows() class=style::link current=in_flows>
                    {Icon::Flow.view()}
                    <span class=style::label>"Prompt flow"</span>
                </Link>
                <Link to=Route::Sessions class=style::link current=in_sessions>
                    {Icon::Server.view()}
                    <span class=style::label>"Compute sessions"</span>
                </Link>
                <Link to=Route::Connections class=style::link current=in_connections>
                    {Icon::Plug.view()}
                    <span class=style::label>"Connections"</span>
                </Link>
            </nav>
        </header>
    }
}

/// What stands at the end of the navigation, and below everything on a narrow screen.
#[component]
pub(crate) fn Foot(width: RailWidth) -> impl IntoView {
    let in_raw = width.in_raw;
    let page = use_nav().page;
    let help = move || page.with(|page| help_of(page, in_raw.get())).address();
    let turn = move |_| width.here(in_raw.get_untracked()).turn();
    let name = move || {
        if width.is_narrow() {
            "Expand navigation"
        } else {
            "Collapse navigation"
        }
    };
    view! {
        <footer class=style::foot class=(style::narrow, move || width.is_narrow())>
            <ThemeChoice />
            <a href=help target="_blank" class=style::link>
                {Icon::Help.view()}
                <span class=style::label>"Help"</span>
            </a>
            <Link to=Route::SignIns class=style::link>
                {Icon::Person.view()}
                <span class=style::label>"Sign-ins"</span>
            </Link>
            <a href="licenses.txt" target="_blank" rel="noreferrer" class=style::link>
                {Icon::File.view()}
                <span class=style::label>"Third-party licenses"</span>
            </a>
            <button
                type="button"
                class=stylance::classes!(style::link, style::turn)
                aria-expanded=move || (!width.is_narrow()).to_string()
                on:click=turn
            >
                {Icon::Side.view()}
                <span class=style::label>{name}</span>
            </button>
        </footer>
    }
}

/// What the guides say about a page.
fn help_of(page: &Page, in_raw: bool) -> HelpTopic {
    match page {
        Page::Flow(_) if in_raw => HelpTopic::Checks,
        Page::Flows | Page::Flow(_) => HelpTopic::Flows,
        Page::Sessions | Page::Session(_) => HelpTopic::Sessions,
        Page::Upgrade(_) => HelpTopic::Upgrade,
        Page::SignIns => HelpTopic::SignIns,
        Page::Connections | Page::Connection(_) | Page::NewConnection => HelpTopic::Connections,
        Page::Unknown => HelpTopic::Guides,
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let theme = use_theme();
    let id = unique_id("theme");
    let choose = move |event| {
        let word = event_target_value(&event);
        if let Some(chosen) = Theme::ALL.into_iter().find(|theme| theme.word() == word) {
            theme.set(chosen);
        }
    };
    let options = Theme::ALL
        .map(|choice| view! { <option value=choice.word() selected=choice == theme.get_untracked()>{choice.label()}</option> });
    view! {
        <div class=style::theme>
            <label for=id.clone()>"Theme"</label>
            <select id=id on:change=choose>
                {options.into_iter().collect_view()}
            </select>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_read_back_from_its_word() {
        for width in [Width::Whole, Width::Narrow] {
            assert_eq!(Width::read(width.word()), Some(width));
        }
        assert_eq!(Width::read("wide"), None);
    }
}
