//! *View installed packages*: what is installed and why, what differs from what is asked for, and going back.

mod differences;
mod listing;
mod origin;
mod restore;

use flowdeck_contract::help::HelpTopic;
use flowdeck_contract::packages::PackagesView;
use leptos::prelude::*;

use self::{differences::Differences, listing::Listing, restore::LastGoodSet};
use crate::{
    api::{Load, Remote},
    lazy::{Lazy, PACKAGES},
    pages::{flow::FlowContext, parts::Failure},
    ui::{Dialog, DialogKind, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/dialogs/packages/packages.module.css");

#[component]
pub(super) fn PackagesDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title="Installed packages" kind=DialogKind::Form help=HelpTopic::Packages.address()>
            <Lazy part=PACKAGES />
        </Dialog>
    }
}

/// What the dialog shows.
#[component]
pub fn Packages() -> impl IntoView {
    let context = FlowContext::from_context();
    let packages = Remote::new(move || async move { context.api.packages(&context.flow()).await });
    move || match packages.state().get() {
        Load::Loading => {
            view! { <Skeleton lines=14 label="Loading the installed packages" /> }.into_any()
        }
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t list the packages"
                error=error
                on_retry=move |()| packages.retry()
            />
        }
        .into_any(),
        Load::Ready(view) => whole(view).into_any(),
    }
}

fn whole(view: PackagesView) -> impl IntoView {
    let PackagesView {
        base,
        packages,
        restorable,
        lock,
        ..
    } = view;
    let restore = restorable.map(|set| view! { <LastGoodSet set=set /> });
    view! {
        <Listing packages=packages base=base lock=lock />
        <Differences />
        {restore}
    }
}

/// A part of the dialog with its heading.
#[component]
fn Part(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class=style::part>
            <h3>{title}</h3>
            {children()}
        </section>
    }
}
