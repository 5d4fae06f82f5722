//! The few icons there are, drawn inline so that they take the colour of their text. All are decoration: what they say
//! stands beside them in words.

use leptos::prelude::*;

stylance::import_crate_style!(style, "src/ui/icon.module.css");

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named by what it shows")]
pub enum Icon {
    Bin,
    Check,
    Chevron,
    Circle,
    Clock,
    Close,
    Copy,
    Cross,
    File,
    Flow,
    Help,
    Panel,
    Person,
    Play,
    Plug,
    Server,
    Side,
    Skip,
    Spinner,
    Stop,
    Warning,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Bin => "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4",
            Icon::Check => "M3.5 8.5l3 3 6-7",
            Icon::Chevron => "M4 6l4 4 4-4",
            Icon::Circle => "M8 3a5 5 0 1 0 0 10A5 5 0 1 0 8 3z",
            Icon::Clock => "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11zM8 5v3.2l2 1.3",
            Icon::Close => "M4 4l8 8M12 4l-8 8",
            Icon::Copy => "M5.5 5.5h7v8h-7zM10 5.5v-3H3.5v8h2",
            Icon::Cross => "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11zM6 6l4 4M10 6l-4 4",
            Icon::File => "M4 2h5l3 3v9H4zM9 2v3h3",
            Icon::Flow => "M2.5 3h4v3h-4zM9.5 10h4v3h-4zM4.5 6v5.5h5M4.5 8h7v2",
            Icon::Help => {
                "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11zM6.3 6.3a1.7 1.7 0 1 1 2.5 1.5c-.5.3-.8.6-.8 1.2M8 10.9v.4"
            }
            Icon::Panel => "M2.5 3h11v10h-11zM9.5 3v10",
            Icon::Person => {
                "M8 2.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5zM3 13.5c0-2.5 2-4 5-4s5 1.5 5 4"
            }
            Icon::Play => "M5 3l8 5-8 5z",
            Icon::Plug => "M6 2v3.5M10 2v3.5M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5V14",
            Icon::Server => "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1",
            Icon::Side => "M2.5 3h11v10h-11zM6.5 3v10",
            Icon::Skip => "M3 8h8M8 4.5L11.5 8 8 11.5M13.5 4v8",
            Icon::Spinner => "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
            Icon::Stop => "M4 4h8v8H4z",
            Icon::Warning => "M8 2.5l6 11H2zM8 6.5v3.2M8 11.4v.6",
        }
    }

    /// The icon as an element.
    pub fn view(self) -> impl IntoView {
        let class = if self == Icon::Spinner {
            stylance::classes!(style::icon, style::turning)
        } else {
            style::icon.to_owned()
        };
        view! {
            <svg class=class viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                <path d=self.path() />
            </svg>
        }
    }
}
