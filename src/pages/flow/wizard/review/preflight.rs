//! The checks before anything happens.

use flowdeck_contract::settings::{CheckOutcome, Preflight, PreflightCheck, SessionSettings};
use leptos::prelude::*;

use super::{
    super::{entries::Fault, model::Wizard},
    change::DefinitionChange,
    steps::check_steps,
};
use crate::{
    api::{ApiError, Load, Remote},
    pages::parts::{Failure, StateWord},
    ui::{Button, ButtonKind, ButtonState, NextSteps, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/wizard/review/preflight.module.css");

/// Said of settings that the session has already.
pub(super) const NOTHING: &str = "You haven’t changed anything yet.";

/// What is entered, and what the checks say of it. Cheap to copy.
#[derive(Clone, Copy)]
pub(in crate::pages::flow::wizard) struct Reviewed {
    /// What is reviewed, or all that is wrong with it, which a link may bring.
    pub(in crate::pages::flow::wizard) settings: StoredValue<Result<SessionSettings, Vec<Fault>>>,
    /// What becomes of the definition file.
    pub(in crate::pages::flow::wizard) change: StoredValue<DefinitionChange>,
    /// The checks; `None` when there is nothing to check.
    pub(super) checks: Option<Remote<Preflight>>,
}

/// Begins to check what is entered.
pub(in crate::pages::flow::wizard) fn use_preflight(wizard: Wizard) -> Reviewed {
    let settings = untrack(|| wizard.settings()).unwrap_or_else(|| Err(Vec::new()));
    let flow = wizard.flow;
    let (change, checks) = match &settings {
        Err(_) => (DefinitionChange::None, None),
        Ok(settings) => {
            let asked = settings.clone();
            let checks = Remote::new(move || {
                let asked = asked.clone();
                async move { flow.api.preflight(&flow.flow(), &asked).await }
            });
            let image = settings.base_image.as_deref();
            (DefinitionChange::to_image(wizard, image), Some(checks))
        }
    };
    Reviewed {
        settings: StoredValue::new(settings),
        change: StoredValue::new(change),
        checks,
    }
}

impl Reviewed {
    /// Whether the session that runs has it all already.
    pub(super) fn changes_nothing(&self, wizard: Wizard) -> bool {
        let settings = self.settings.get_value();
        self.change.get_value() == DefinitionChange::None
            && settings.is_ok_and(|settings| wizard.is_today(&settings))
    }

    /// Whether it can be applied.
    pub(in crate::pages::flow::wizard) fn verdict(&self, wizard: Wizard) -> ButtonState {
        if self.changes_nothing(wizard) {
            return ButtonState::Refused(NOTHING.into());
        }
        let Some(checks) = self.checks else {
            return ButtonState::Refused("Fix the settings above to continue.".into());
        };
        if let DefinitionChange::Refused(reason) = self.change.get_value() {
            return ButtonState::Refused(reason);
        }
        checks.state().with(|state| match state {
            Load::Loading => ButtonState::Busy,
            Load::Failed(_) => {
                ButtonState::Refused("Couldn’t run the checks. Retry them first.".into())
            }
            Load::Ready(preflight) => ButtonState::unless(first_failure(preflight)),
        })
    }
}

fn first_failure(preflight: &Preflight) -> Option<String> {
    let failed = |check: &&PreflightCheck| check.outcome == CheckOutcome::Failure;
    let check = preflight.checks.iter().find(failed)?;
    Some(format!("A check failed. {}: {}", check.name, check.message))
}

#[component]
pub(super) fn Checks(checks: Remote<Preflight>) -> impl IntoView {
    let content = move || match checks.state().get() {
        Load::Loading => view! { <Skeleton lines=6 label="Checking" /> }.into_any(),
        Load::Failed(error) => failure(error, checks).into_any(),
        Load::Ready(preflight) => {
            view! { <Outcomes preflight=preflight checks=checks /> }.into_any()
        }
    };
    view! {
        <section class=style::checks aria-labelledby="advanced-checks">
            <h4 id="advanced-checks" class=style::heading>
                "Checks"
            </h4>
            <div aria-live="polite">{content}</div>
        </section>
    }
}

fn failure(error: ApiError, checks: Remote<Preflight>) -> impl IntoView {
    view! { <Failure title="Couldn’t run the checks" error=error on_retry=move |()| checks.retry() /> }
}

#[component]
fn Outcomes(preflight: Preflight, checks: Remote<Preflight>) -> impl IntoView {
    let is_clean = preflight
        .checks
        .iter()
        .all(|check| check.outcome == CheckOutcome::Ok);
    let rows = preflight.checks.into_iter().map(|check| {
        let steps = check_steps(&check);
        view! {
            <li class=style::check>
                <StateWord state=check.outcome />
                <div>
                    <p class=style::name>{check.name}</p>
                    <p>{check.message}</p>
                    {check.remedy.map(|remedy| view! { <p class=style::remedy>{remedy}</p> })}
                    <NextSteps steps=steps />
                </div>
            </li>
        }
    });
    view! {
        <ul class=style::list>{rows.collect_view()}</ul>
        <Show when=move || !is_clean>
            <div>
                <Button kind=ButtonKind::Quiet on_press=move |()| checks.retry()>
                    "Check again"
                </Button>
            </div>
        </Show>
    }
}
