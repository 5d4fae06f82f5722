//! The assistant that brings a flow from a runtime of a compute instance to a compute session. Its state is its
//! address.
//!
//! `plan` is pure and works out what is written, `files` reads and writes it, `applying` is what the button does; the
//! rest are views.

mod applying;
mod files;
mod flow_choice;
mod image;
mod plan;
mod review;

use flowdeck_contract::{azure::FlowRuntimeDto, ids::FlowId, settings::ComputeOptions};
use leptos::prelude::*;

pub use self::review::UpgradeReview;
use self::{flow_choice::FlowChoice, image::ImageChoice};
use super::parts::{Failure, PageHeading};
use crate::{
    api::{Api, Load, Remote},
    lazy::{Lazy, UPGRADE_REVIEW},
    nav::{Link, Nav, Step, use_nav},
    routes::{Page, Route, Upgrade, UpgradeImage},
    ui::Skeleton,
};

stylance::import_crate_style!(style, "src/pages/upgrade/upgrade.module.css");

/// The assistant for the runtime that the address names.
#[component]
pub fn UpgradePage() -> impl IntoView {
    let api = Api::from_context();
    let name = match use_nav().page.get_untracked() {
        Page::Upgrade(runtime) => runtime,
        _ => String::new(),
    };
    let asked = Remote::new(move || {
        let name = name.clone();
        async move { Ok((api.runtime(&name).await?, api.compute_options().await?)) }
    });
    let content = move || {
        match asked.state().get() {
        Load::Loading => view! { <Skeleton lines=10 label="Loading the runtime" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure title="Couldn’t load the runtime" error=error on_retry=move |()| asked.retry() />
        }
        .into_any(),
        Load::Ready((runtime, options)) => {
            view! { <Assistant runtime=runtime options=options /> }.into_any()
        }
    }
    };
    view! {
        <div class=style::page>
            <header>
                <p>
                    <Link to=Route::Sessions>"All compute sessions"</Link>
                </p>
                <PageHeading title="Upgrade to compute session" />
            </header>
            {content}
        </div>
    }
}

/// What the steps share. Cheap to copy.
#[derive(Clone, Copy)]
struct Choices {
    nav: Nav,
    upgrade: Memo<Option<Upgrade>>,
    /// The image of the runtime, where one is listed.
    image: StoredValue<Option<String>>,
    /// Why this server cannot run images.
    images_unavailable: StoredValue<Option<String>>,
}

impl Choices {
    fn from_context() -> Self {
        expect_context::<Self>()
    }

    /// Goes to another state of the assistant.
    fn change(self, change: impl FnOnce(&mut Upgrade)) {
        if let Some(mut upgrade) = self.upgrade.get_untracked() {
            change(&mut upgrade);
            self.nav.go(&Route::Upgrade(upgrade), Step::Replace);
        }
    }

    fn flow(self) -> Memo<Option<FlowId>> {
        Memo::new(move |_| self.upgrade.get().and_then(|upgrade| upgrade.flow))
    }

    /// Whether the definition is to name the runtime's image: as chosen, otherwise where it can be run.
    fn takes_image(self) -> bool {
        let chosen = self.upgrade.get().and_then(|upgrade| upgrade.image);
        match chosen {
            Some(chosen) => chosen == UpgradeImage::Take,
            None => self.images_unavailable.with_value(Option::is_none),
        }
    }

    /// The image that the definition is to name.
    fn image(self) -> Memo<Option<String>> {
        Memo::new(move |_| self.image.get_value().filter(|_| self.takes_image()))
    }
}

#[component]
fn Assistant(runtime: FlowRuntimeDto, options: ComputeOptions) -> impl IntoView {
    let nav = use_nav();
    let route = nav.route;
    let choices = Choices {
        nav,
        upgrade: Memo::new(move |_| match route.get() {
            Some(Route::Upgrade(upgrade)) => Some(upgrade),
            _ => None,
        }),
        image: StoredValue::new(runtime.docker_image.clone()),
        images_unavailable: StoredValue::new(options.images_unavailable),
    };
    provide_context(choices);
    let flow = choices.flow();
    view! {
        <About runtime=runtime />
        <FlowChoice
            chosen=flow
            on_choose=move |flow| choices.change(|upgrade| upgrade.flow = flow)
        />
        <ImageChoice
            choices=choices
            on_choose=move |image| choices.change(|upgrade| upgrade.image = Some(image))
        />
        {move || flow.get().map(|_| view! { <Lazy part=UPGRADE_REVIEW /> })}
    }
}

/// The runtime, and what becomes of it.
#[component]
fn About(runtime: FlowRuntimeDto) -> impl IntoView {
    let instance = runtime.compute_instance_name;
    let environment = runtime
        .environment
        .unwrap_or_else(|| "not listed".to_owned());
    view! {
        <section class=style::about aria-label="The runtime">
            <dl class=style::facts>
                <dt>"Runtime"</dt>
                <dd>{runtime.runtime_name}</dd>
                <dt>"Compute instance"</dt>
                <dd>{instance.clone()}</dd>
                <dt>"Environment"</dt>
                <dd>{environment}</dd>
            </dl>
            <p>
                "A compute session takes its environment from the flow folder: packages from a requirements file, and the base image from flow.dag.yaml. This assistant prepares both, shows you the changes, and starts the session."
            </p>
            <p>
                "The compute instance " {instance}
                " isn’t affected. You can keep using it, and start and stop it yourself."
            </p>
        </section>
    }
}
