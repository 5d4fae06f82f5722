//! Puts the app together: its contexts, the shell, and the page the address names.

use flowdeck_contract::ids::ProjectName;
use leptos::prelude::*;
use leptos_router::components::Router;

use crate::{
    api::{Api, base_path},
    lazy::{
        CONNECTION, CONNECTIONS, FLOW_PAGE, FLOWS_PAGE, Lazy, ONE_SESSION, SESSIONS, SIGN_IN,
        SIGN_INS, UPGRADE,
    },
    live::Streams,
    nav::Nav,
    pages::UnknownPage,
    routes::Page,
    shell::Shell,
    sign_in_link::{self, SignInLink},
    ui::{Clock, Status},
};

/// The project of a self-hosted server.
const PROJECT: &str = "default";

/// The whole app.
#[component]
pub(crate) fn App() -> impl IntoView {
    let base = base_path();
    let router_base = base.trim_end_matches('/').to_owned();
    match ProjectName::try_from(PROJECT) {
        Ok(project) => {
            let api = Api::provide(base.clone(), project);
            // Before anything reads the address.
            provide_context(sign_in_link::use_sign_in_link(api));
            Status::provide();
            Streams::provide();
            Clock::provide();
            view! { <Router base=router_base><Pages base=base /></Router> }.into_any()
        }
        Err(reason) => format!("{PROJECT} is no name of a project: {reason}").into_any(),
    }
}

#[component]
fn Pages(base: String) -> impl IntoView {
    let nav = Nav::provide(base);
    let api = Api::from_context();
    let link = expect_context::<ReadSignal<SignInLink>>();
    let page = nav.page;
    // A refusal while signed out already must not rebuild the page and lose what was typed.
    let signed_out = Memo::new(move |_| api.is_signed_out.get());
    let shown = move || {
        if link.get().is_pending() {
            return ().into_any();
        }
        if signed_out.get() {
            return view! { <Lazy part=SIGN_IN /> }.into_any();
        }
        match page.get() {
            Page::Flows => view! { <Lazy part=FLOWS_PAGE /> }.into_any(),
            Page::Flow(_) => view! { <Lazy part=FLOW_PAGE /> }.into_any(),
            Page::Sessions => view! { <Lazy part=SESSIONS /> }.into_any(),
            Page::Session(_) => view! { <Lazy part=ONE_SESSION /> }.into_any(),
            Page::Upgrade(_) => view! { <Lazy part=UPGRADE /> }.into_any(),
            Page::SignIns => view! { <Lazy part=SIGN_INS /> }.into_any(),
            Page::Connections => view! { <Lazy part=CONNECTIONS /> }.into_any(),
            Page::Connection(_) | Page::NewConnection => {
                view! { <Lazy part=CONNECTION /> }.into_any()
            }
            Page::Unknown => view! { <UnknownPage /> }.into_any(),
        }
    };
    view! { <Shell>{shown}</Shell> }
}
