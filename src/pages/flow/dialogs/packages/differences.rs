//! Where the environment is not what the requirements file asks for. Known later than the rest: the index is asked.

use flowdeck_contract::packages::{Difference, DifferenceKind};
use leptos::prelude::*;

use super::Part;
use crate::{
    api::{Load, Remote},
    pages::{
        flow::{Dialogs, FlowContext, asked_by::place},
        parts::Failure,
    },
    ui::{Button, Skeleton},
};

stylance::import_crate_style!(
    style,
    "src/pages/flow/dialogs/packages/differences.module.css"
);

#[component]
pub(super) fn Differences() -> impl IntoView {
    let context = FlowContext::from_context();
    let found = Remote::new(move || async move {
        let flow = context.flow();
        context.api.package_differences(&flow).await
    });
    let content = move || match found.state().get() {
        Load::Loading => {
            view! { <Skeleton lines=2 label="Comparing with the requirements file" /> }.into_any()
        }
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t compare the packages"
                error=error
                on_retry=move |()| found.retry()
            />
        }
        .into_any(),
        Load::Ready(found) => view! { <Found found=found /> }.into_any(),
    };
    view! {
        <Part title="Differences from requirements.txt">
            <div role="status" class=style::found>{content}</div>
        </Part>
    }
}

#[component]
fn Found(found: Vec<Difference>) -> impl IntoView {
    if found.is_empty() {
        return "None".into_any();
    }
    let Dialogs { packages, plan, .. } = Dialogs::from_context();
    let to_plan = move |()| {
        packages.set(false);
        plan.set(true);
    };
    let rows = found.into_iter().map(|difference| {
        let words = words(&difference);
        view! { <li class=style::row><code>{difference.name}</code> <span>{words}</span></li> }
    });
    let rows = rows.collect_view();
    view! {
        <ul class=style::rows aria-label="Differences">
            {rows}
        </ul>
        <div>
            <Button on_press=to_plan>"See what an install would change"</Button>
        </div>
    }
    .into_any()
}

fn words(difference: &Difference) -> String {
    let installed = difference.installed.as_deref().unwrap_or_default();
    let wanted = difference.wanted.as_deref().unwrap_or_default();
    let asked = difference.asked_by.as_ref().map(place);
    let asked = asked.map_or_else(String::new, |asked| format!("{asked}: "));
    match difference.kind {
        DifferenceKind::Missing => format!("{asked}not installed; an install adds {wanted}"),
        DifferenceKind::OtherVersion => {
            format!("{asked}{installed} is installed; an install changes it to {wanted}")
        }
        DifferenceKind::NotAsked => {
            format!("{installed} is installed but not required; an install removes it")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::packages::AskedBy;

    #[test]
    fn a_difference_says_what_is_there_and_what_an_install_brings() {
        let difference = |kind, installed: Option<&str>, wanted: Option<&str>, line| Difference {
            name: "flask".into(),
            kind,
            installed: installed.map(str::to_owned),
            wanted: wanted.map(str::to_owned),
            asked_by: line,
        };
        let line = AskedBy {
            file: "requirements.txt".into(),
            line: 2,
            text: "flask==3".into(),
        };
        for (found, said) in [
            (
                difference(DifferenceKind::Missing, None, Some("3"), Some(line)),
                "requirements.txt line 2: not installed; an install adds 3",
            ),
            (
                difference(DifferenceKind::OtherVersion, Some("2"), Some("3"), None),
                "2 is installed; an install changes it to 3",
            ),
            (
                difference(DifferenceKind::NotAsked, Some("2"), None, None),
                "2 is installed but not required; an install removes it",
            ),
        ] {
            assert_eq!(words(&found), said);
        }
    }
}
