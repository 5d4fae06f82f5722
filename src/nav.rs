//! Moves between routes. Knows addresses, not what is shown at them.

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use send_wrapper::SendWrapper;

use crate::routes::{FlowView, Page, Route};

type Navigate = SendWrapper<Box<dyn Fn(&str, NavigateOptions)>>;

/// The app's position: where it is, and how it gets elsewhere.
#[derive(Clone, Copy)]
pub struct Nav {
    base: StoredValue<String>,
    navigate: StoredValue<Navigate>,
    /// The page shown.
    pub page: Memo<Page>,
    /// The whole route; `None` when no page has this address.
    pub route: Memo<Option<Route>>,
}

/// How a navigation treats the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A place to come back to.
    Push,
    /// The same place, shown otherwise.
    Replace,
}

impl Nav {
    /// Makes the app's navigation available below; `base` is its base path with a slash at its end. Belongs inside a
    /// router.
    pub fn provide(base: String) -> Self {
        let location = use_location();
        let navigate = use_navigate();
        let pathname = location.pathname;
        let prefix = StoredValue::new(base);
        let below_base = move || {
            let path = pathname.get();
            prefix.with_value(|base| {
                path.strip_prefix(base.as_str())
                    .unwrap_or_default()
                    .to_owned()
            })
        };
        // The router's own view of the query has been decoded twice.
        let search = location.search;
        let nav = Self {
            base: prefix,
            navigate: StoredValue::new(SendWrapper::new(Box::new(navigate))),
            page: Memo::new(move |_| Page::read(&below_base())),
            route: Memo::new(move |_| search.with(|search| Route::read(&below_base(), search))),
        };
        provide_context(nav);
        nav
    }

    /// The address of `route`, for a link.
    #[must_use]
    pub fn href(&self, route: &Route) -> String {
        self.base
            .with_value(|base| format!("{base}{}", route.path()))
    }

    /// Goes to `route`.
    pub fn go(&self, route: &Route, step: Step) {
        let same_page = self.page.get_untracked() == route.page();
        let options = NavigateOptions {
            resolve: false,
            replace: step == Step::Replace,
            scroll: !same_page,
            ..NavigateOptions::default()
        };
        self.navigate
            .with_value(|navigate| navigate(&self.href(route), options));
    }

    /// What the flow page shows; its default anywhere else.
    #[must_use]
    pub fn flow_view(&self) -> Memo<FlowView> {
        let route = self.route;
        Memo::new(move |_| match route.get() {
            Some(Route::Flow { view, .. }) => view,
            _ => FlowView::default(),
        })
    }
}

/// The app's navigation.
#[must_use]
pub fn use_nav() -> Nav {
    expect_context::<Nav>()
}

/// A link to a route. A click with a modifier key is the browser's, as everywhere.
#[component]
pub fn Link(
    /// Where it leads.
    #[prop(into)]
    to: Signal<Route>,
    /// Its class.
    #[prop(optional, into)]
    class: String,
    /// Shown by the browser when the pointer rests on it.
    #[prop(optional, into)]
    title: MaybeProp<String>,
    /// Marks it as where one is: `page` for this very page, `true` for one around it or a choice in a list.
    #[prop(optional, into)]
    current: Signal<Option<&'static str>>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let nav = use_nav();
    let follow = move |event: MouseEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.button() == 0 && !modified {
            // The router's own handler would decode the path and so lose a name's percent signs.
            event.prevent_default();
            nav.go(&to.get_untracked(), Step::Push);
        }
    };
    view! {
        <a
            href=move || nav.href(&to.get())
            class=class
            title=move || title.get()
            aria-current=move || current.get()
            on:click=follow
        >
            {children()}
        </a>
    }
}
