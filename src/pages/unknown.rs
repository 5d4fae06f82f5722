//! The page of an address that leads nowhere.

use leptos::prelude::*;

use super::parts::PageHeading;
use crate::{nav::Link, routes::Route};

/// Says that there is no such page.
#[component]
pub fn UnknownPage() -> impl IntoView {
    view! {
        <PageHeading title="Page not found" />
        <p>
            "Check the address. " <Link to=Route::flows()>"See all flows"</Link>
        </p>
    }
}
