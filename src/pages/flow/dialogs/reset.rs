//! Asks before a session is reset, and whether its environment is rebuilt.

use flowdeck_contract::{
    capability::Action,
    help::HelpTopic,
    settings::{ComputeOptions, EnvironmentCache},
};
use leptos::prelude::*;

use super::{
    Dialogs,
    ending::{Answers, Losses},
};
use crate::{
    api::{Anew, Load, Remote},
    lazy::{Lazy, RESET},
    pages::{
        flow::{
            FlowContext, actions::Actions, definition::use_definition, files::FilesContext,
            session::image::short,
        },
        parts::{ByHand, bytes},
    },
    ui::{Dialog, DialogKind, unique_id},
};

stylance::import_crate_style!(style, "src/pages/flow/dialogs/reset.module.css");

#[component]
pub(super) fn ResetDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title="Reset compute session?" kind=DialogKind::Confirm help=HelpTopic::Sessions.address()>
            <Lazy part=RESET />
        </Dialog>
    }
}

/// What is lost, the choice and the answers.
#[component]
pub(crate) fn ResetQuestion() -> impl IntoView {
    let Dialogs {
        reset: open,
        takes_image,
        ..
    } = Dialogs::from_context();
    on_cleanup(move || {
        takes_image.try_set(false);
    });
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
    let rebuild = RwSignal::new(false);
    let confirm = move |()| {
        actions.reset(Anew {
            environment: rebuild.get_untracked(),
            image: takes_image.get_untracked(),
        });
    };
    view! {
        <Losses />
        <ByHand flow=context.flow() />
        <p>
            "Deletes this session and starts a new one with the same settings. Files and past runs are kept."
        </p>
        <NewImage takes_image=takes_image />
        <Rebuild rebuild=rebuild />
        <Answers
            open=open
            action=Action::Reset
            label="Reset"
            on_confirm=confirm
        />
    }
}

/// The choice, when the tag of the session's image has moved.
#[component]
fn NewImage(takes_image: RwSignal<bool>) -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let digests = Memo::new(move |_| {
        session.with(|session| {
            let session = session.as_ref()?;
            let image = session.image.as_ref()?;
            let update = session.image_update.as_ref()?.read()?;
            Some((short(&image.digest), short(&update.digest)))
        })
    });
    move || {
        digests.get().map(|(own, other)| {
            let hint = format!("The tag now points to {other}. Pull and use it instead of {own}.");
            view! { <Choice chosen=takes_image label="Use the new image" hint=hint /> }
        })
    }
}

/// A box to tick, and what that does.
#[component]
fn Choice(
    chosen: RwSignal<bool>,
    label: &'static str,
    #[prop(into)] hint: Signal<String>,
) -> impl IntoView {
    let id = unique_id("hint");
    view! {
        <div class=style::choice>
            <label class=style::label>
                <input
                    type="checkbox"
                    aria-describedby=id.clone()
                    prop:checked=chosen
                    on:change=move |event| chosen.set(event_target_checked(&event))
                />
                {label}
            </label>
            <p id=id class=style::hint>
                {hint}
            </p>
        </div>
    }
}

/// The choice, where the flow has a requirements file.
#[component]
fn Rebuild(rebuild: RwSignal<bool>) -> impl IntoView {
    let context = FlowContext::from_context();
    let api = context.api;
    let options = Remote::new(move || async move { api.compute_options().await });
    let hint = Signal::derive(move || options.state().with(hint));
    let definition = use_definition(context);
    let files = expect_context::<FilesContext>().listing;
    let installs = Memo::new(move |_| {
        let path = definition.with(|definition| definition.as_ref()?.requirements());
        // What is not known or not listed may be there.
        path.is_none_or(|path| {
            let names = files.state().with(|files| match files {
                Load::Ready(listed) => listed.names(),
                Load::Loading | Load::Failed(_) => None,
            });
            names.is_none_or(|names| names.contains(path.as_str()))
        })
    });
    view! {
        <Show when=move || installs.get()>
            <Choice chosen=rebuild label="Rebuild without cache" hint=hint />
        </Show>
    }
}

/// What is left aside, as far as it is known what is kept.
fn hint(options: &Load<ComputeOptions>) -> String {
    let cache = match options {
        Load::Ready(options) => options.environment_cache,
        Load::Loading | Load::Failed(_) => {
            return "Reinstall all packages instead of using the cache.".to_owned();
        }
    };
    match cache.filter(|cache| cache.limit_bytes > 0) {
        Some(cache) => format!(
            "Reinstall all packages instead of using the cache ({}).",
            kept(cache)
        ),
        None => "Reinstall all packages instead of using earlier downloads. This server keeps no environments."
            .to_owned(),
    }
}

/// What is kept.
fn kept(cache: EnvironmentCache) -> String {
    match cache.environments {
        0 => "now empty".to_owned(),
        1 => format!("1 environment, {}", bytes(cache.bytes)),
        count => format!("{count} environments, {}", bytes(cache.bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_aside_is_told_as_far_as_it_is_known() {
        let options = |environment_cache| {
            Load::Ready(ComputeOptions {
                images_unavailable: None,
                sizes: Vec::new(),
                default_size: None,
                quota: Vec::new(),
                instances: Vec::new(),
                identities: Vec::new(),
                default_idle_seconds: None,
                environment_cache,
            })
        };
        let cache = |limit_bytes| EnvironmentCache {
            environments: 0,
            bytes: 0,
            limit_bytes,
        };
        assert!(!hint(&Load::Loading).contains('('));
        assert!(hint(&options(Some(cache(1 << 30)))).ends_with("(now empty)."));
        for nothing in [Some(cache(0)), None] {
            let hint = hint(&options(nothing));
            assert!(hint.contains("keeps no environments"), "{hint}");
        }
    }

    #[test]
    fn what_is_kept_is_counted() {
        let cache = |environments, bytes| EnvironmentCache {
            environments,
            bytes,
            limit_bytes: 10 << 30,
        };
        assert_eq!(kept(cache(0, 0)), "now empty");
        assert_eq!(kept(cache(1, 3 << 20)), "1 environment, 3.0 MiB");
        assert_eq!(kept(cache(2, 3 << 30)), "2 environments, 3.0 GiB");
    }
}
