//! The packages that were installed by hand: nothing brings them back once the session's environment is gone.

use flowdeck_contract::{
    ids::FlowId,
    packages::{Origin, PackageView, PackagesView},
};
use leptos::prelude::*;

use crate::api::{Api, Load, Remote};

stylance::import_crate_style!(style, "src/pages/parts/by_hand.module.css");

/// Names them, as what will be lost.
#[component]
pub fn ByHand(
    /// The flow whose session goes.
    flow: FlowId,
) -> impl IntoView {
    let api = Api::from_context();
    let packages = Remote::new(move || {
        let flow = flow.clone();
        async move { api.packages(&flow).await }
    });
    let what = move || match packages.state().get() {
        Load::Loading => "Looking for manually installed packages…".into_any(),
        Load::Failed(error) => {
            format!("Manually installed packages will be lost. Couldn’t list them: {error}")
                .into_any()
        }
        Load::Ready(view) => names(installed_by_hand(&view)).into_any(),
    };
    view! { <div role="status">{what}</div> }
}

fn names(packages: Vec<&PackageView>) -> impl IntoView + use<> {
    if packages.is_empty() {
        return "No manually installed packages will be lost.".into_any();
    }
    let rows = packages.into_iter().map(|package| {
        view! { <li><code>{format!("{} {}", package.name, package.version)}</code></li> }
    });
    let rows = rows.collect_view();
    view! {
        <p>"These manually installed packages will be lost:"</p>
        <ul class=style::names aria-label="Manually installed packages">
            {rows}
        </ul>
    }
    .into_any()
}

/// Those of the session's packages that were installed by hand, by name.
fn installed_by_hand(view: &PackagesView) -> Vec<&PackageView> {
    let packages = view.packages.iter();
    packages
        .filter(|package| package.origin == Origin::ByHand)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_somebody_put_there_was_installed_by_hand() {
        let package = |name: &str, origin| PackageView {
            name: name.into(),
            version: "1".into(),
            origin,
        };
        let view = PackagesView {
            packages: vec![
                package("base", Origin::BaseImage),
                package("hand", Origin::ByHand),
                package("former", Origin::FormerRequirements),
            ],
            ..PackagesView::default()
        };
        let names: Vec<_> = installed_by_hand(&view)
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        assert_eq!(names, ["hand"]);
    }
}
