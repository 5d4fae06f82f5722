//! The menu of a session that runs.

use leptos::prelude::*;

use crate::{
    lazy::{Lazy, PILL_FACTS},
    pages::flow::{
        FlowContext, actions::open_wizard, definition::use_definition, dialogs::Dialogs,
    },
    ui::{MenuButton, MenuItem},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/session_menu.module.css");

#[component]
pub(super) fn Running() -> impl IntoView {
    let context = FlowContext::from_context();
    let definition = use_definition(context);
    let Dialogs {
        packages,
        reset,
        stop,
        ..
    } = Dialogs::from_context();
    let open_requirements = move || {
        let path = definition.with_untracked(|definition| definition.as_ref()?.requirements());
        if let Some(path) = path {
            context.open_file(path, None);
        }
    };
    let no_requirements = Memo::new(move |_| {
        let outside = definition.with(|known| {
            known
                .as_ref()
                .is_some_and(|known| known.requirements().is_none())
        });
        outside.then_some("The requirements file is outside the flow folder.")
    });
    let items = Signal::derive(move || {
        vec![
            MenuItem::new("Change compute session settings", None, move || {
                open_wizard(context);
            })
            .about("VM size, idle time, identity, base image"),
            MenuItem::new(
                "Install packages from requirements.txt",
                no_requirements.get(),
                open_requirements,
            )
            .about("Opens the file"),
            MenuItem::new("View installed packages", None, move || packages.set(true))
                .about("What’s installed, and where it comes from"),
            MenuItem::new("Reset compute session", None, move || reset.set(true))
                .about("Starts a new session with the same settings")
                .destructive(),
            MenuItem::new("Stop compute session", None, move || stop.set(true))
                .about("Deletes the session. Files and past runs are kept")
                .destructive(),
        ]
    });
    view! {
        <MenuButton label="Compute session running" label_hidden=true items=items>
            <span class=style::light aria-hidden="true"></span>
            <span class=style::words aria-hidden="true">
                "Running" <Lazy part=PILL_FACTS />
            </span>
        </MenuButton>
    }
}
