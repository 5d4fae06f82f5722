//! The step Review: every choice, what applying does, and the checks before it.

mod change;
mod choices;
mod preflight;
mod steps;

use flowdeck_contract::settings::SessionSettings;
use leptos::prelude::*;

use self::{
    change::ChangedLines,
    choices::{Choices, Environment},
    preflight::{Checks, NOTHING},
};
pub(super) use self::{
    change::DefinitionChange,
    preflight::{Reviewed, use_preflight},
};
use super::{
    entries::Fault,
    model::{Mode, Wizard},
    sharing::Sharing,
};
use crate::{
    pages::{flow::losses::losses, parts::ByHand},
    ui::{Button, ButtonKind, Notice, NoticeKind},
};

stylance::import_crate_style!(style, "src/pages/flow/wizard/review/review.module.css");

#[component]
pub(super) fn ReviewStep(preflight: Reviewed) -> impl IntoView {
    match preflight.settings.get_value() {
        Err(faults) => view! { <Faults faults=faults /> }.into_any(),
        Ok(settings) => view! { <Whole settings=settings preflight=preflight /> }.into_any(),
    }
}

#[component]
fn Whole(settings: SessionSettings, preflight: Reviewed) -> impl IntoView {
    let wizard = Wizard::from_context();
    let options = untrack(|| wizard.options.get());
    let shared = settings.clone();
    let checks = preflight.checks;
    let environment = move || {
        let found = checks?.get()?;
        Some(view! { <Environment preflight=found /> })
    };
    let change = match preflight.change.get_value() {
        DefinitionChange::Text { path, old, new } => {
            Some(view! { <div class=style::part><ChangedLines path=path old=old new=new /></div> })
        }
        DefinitionChange::None | DefinitionChange::Refused(_) => None,
    };
    let unavailable = options
        .as_ref()
        .and_then(|options| options.images_unavailable.clone());
    let not_used = unavailable
        .zip(settings.base_image.clone())
        .map(|(why, image)| {
            let title = format!("The session won’t use {image}");
            view! { <Notice kind=NoticeKind::Warning title=title><p>{why}</p></Notice> }
        });
    view! {
        <WhatHappens settings=settings.clone() nothing=preflight.changes_nothing(wizard) />
        {options.map(|options| view! { <Choices settings=settings options=options /> })}
        {not_used}
        {environment}
        {change}
        {checks.map(|checks| view! { <Checks checks=checks /> })}
        <Sharing settings=shared />
    }
}

/// Beforehand: what a change does to the session that runs.
#[component]
fn WhatHappens(settings: SessionSettings, nothing: bool) -> impl IntoView {
    let wizard = Wizard::from_context();
    let is_change = wizard.mode == Mode::Change;
    let resets = wizard.resets(&settings);
    move || {
        if !is_change {
            return None;
        }
        if nothing {
            return Some(view! { <Notice kind=NoticeKind::Info title=NOTHING /> }.into_any());
        }
        if !resets {
            let title = "Applies immediately. The session keeps running.";
            return Some(view! { <Notice kind=NoticeKind::Info title=title /> }.into_any());
        }
        let lost = losses(wizard.flow);
        let lost = lost.into_iter().map(|loss| view! { <li>{loss}</li> });
        Some(
            view! {
                <Notice kind=NoticeKind::Warning title="The compute session will be reset">
                    <p>"Deletes this session and starts a new one. Files and past runs are kept."</p>
                    <ul class=style::losses>{lost.collect_view()}</ul>
                    <ByHand flow=wizard.flow.flow() />
                </Notice>
            }
            .into_any(),
        )
    }
}

/// What a link brought and cannot be.
#[component]
fn Faults(faults: Vec<Fault>) -> impl IntoView {
    let wizard = Wizard::from_context();
    let rows = faults.into_iter().map(move |(field, reason)| {
        let correct = move |()| {
            wizard.tried.set(true);
            wizard.go(field.step());
        };
        view! {
            <li>
                {reason} " "
                <Button kind=ButtonKind::Quiet on_press=correct>
                    "Fix"
                </Button>
            </li>
        }
    });
    view! {
        <Notice kind=NoticeKind::Error title="Some settings aren’t available">
            <ul class=style::losses>{rows.collect_view()}</ul>
        </Notice>
    }
}
