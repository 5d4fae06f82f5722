//! The menu of a session that runs.

use flowdeck_contract::capability::Action;
use leptos::prelude::*;

use super::session_facts::SessionFacts;
use crate::{
    lazy,
    pages::flow::{
        FlowContext,
        actions::{Actions, open_wizard},
        definition::use_definition,
        dialogs::Dialogs,
        losses::losses,
    },
    ui::{MenuButton, MenuItem},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/session_menu.module.css");

#[component]
pub(super) fn Running() -> impl IntoView {
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
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
    let ask_to_stop = move || {
        if !untrack(|| losses(context)).is_empty() {
            return stop.set(true);
        }
        actions.spawn(async move {
            if lazy::may_lose_packages(context).await {
                stop.set(true);
            } else {
                actions.ask(Action::Stop);
            }
        });
    };
    let no_requirements = Memo::new(move |_| {
        let outside = definition.with(|known| {
            known
                .as_ref()
                .is_some_and(|known| known.requirements().is_none())
        });
        outside.then_some("The requirements file stands outside of the flow folder.")
    });
    let items = Signal::derive(move || {
        vec![
            MenuItem::new("Change compute session settings", None, move || {
                open_wizard(context);
            }),
            MenuItem::new(
                "Install packages from requirements.txt",
                no_requirements.get(),
                open_requirements,
            ),
            MenuItem::new("View installed packages", None, move || packages.set(true)),
            MenuItem::new("Reset compute session", None, move || reset.set(true)),
            MenuItem::new("Stop compute session", None, ask_to_stop),
        ]
    });
    view! {
        <MenuButton label="Compute session running" items=items>
            <span class=style::light aria-hidden="true"></span>
        </MenuButton>
        <SessionFacts />
    }
}
