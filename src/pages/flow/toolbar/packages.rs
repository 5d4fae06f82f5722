//! The packages installed in the session, searched.

use flowdeck_contract::session::InstalledPackage;
use leptos::prelude::*;

use crate::{
    api::{ApiError, Load, Remote},
    pages::{flow::FlowContext, parts::Failure},
    ui::{CopyButton, Dialog, Each, Skeleton, unique_id},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/packages.module.css");

#[component]
pub(super) fn PackagesDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title="Installed packages">
            <Packages />
        </Dialog>
    }
}

#[component]
fn Packages() -> impl IntoView {
    let context = FlowContext::from_context();
    let packages = Remote::new(move || async move { context.api.packages(&context.flow()).await });
    let retry = move || packages.retry();
    move || match packages.state().get() {
        Load::Loading => {
            view! { <Skeleton lines=10 label="Loading the installed packages" /> }.into_any()
        }
        Load::Failed(error) => failure(error, retry).into_any(),
        Load::Ready(packages) => view! { <Listing packages=packages /> }.into_any(),
    }
}

fn failure(error: ApiError, retry: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    view! { <Failure title="The packages could not be listed" error=error on_retry=move |()| retry() /> }
}

#[component]
fn Listing(packages: Vec<InstalledPackage>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let id = unique_id("search");
    let all = listing(&packages);
    let total = packages.len();
    let packages = StoredValue::new(packages);
    let found = Memo::new(move |_| {
        let search = search.get().trim().to_lowercase();
        packages.with_value(|all| {
            all.iter()
                .filter(|package| package.name.to_lowercase().contains(&search))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class=style::head>
            <div role="search" class=style::search>
                <label for=id.clone() class="visually-hidden">
                    "Search packages"
                </label>
                <input
                    id=id
                    type="search"
                    autofocus=true
                    placeholder="Search packages"
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </div>
            <CopyButton text=Signal::stored(all) what="list of packages" />
        </div>
        <p class=style::count role="status">
            {move || format!("{} of {total} packages", found.with(Vec::len))}
        </p>
        <div class=style::scroller tabindex="0" role="group" aria-label="Packages">
            <table class=style::table>
                <thead>
                    <tr>
                        <th scope="col">"Package"</th>
                        <th scope="col">"Version"</th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=move || found.get() key=|package| package.name.clone() let(package)>
                        <tr>
                            <th scope="row">{package.name}</th>
                            <td>
                                <code>{package.version}</code>
                            </td>
                        </tr>
                    </Each>
                </tbody>
            </table>
        </div>
    }
}

fn listing(packages: &[InstalledPackage]) -> String {
    let lines: Vec<String> = packages
        .iter()
        .map(|package| format!("{}=={}", package.name, package.version))
        .collect();
    lines.join("\n")
}
