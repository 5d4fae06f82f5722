//! What an install would change, shown before it begins.

mod changes;
mod out_of_date;
mod warnings;
mod words;

use flowdeck_contract::{
    capability::Action,
    help::HelpTopic,
    packages::{InstallPlan, RuntimeVersions},
};
use leptos::{html, prelude::*};

use self::{changes::Changes, out_of_date::OutOfDate, warnings::Warnings};
use crate::{
    api::{ApiError, Load, Remote},
    lazy::{Lazy, PLAN},
    live::FilesNews,
    pages::flow::{Actions, Dialogs, FlowContext, fault::fault_steps, use_definition},
    ui::{
        Button, ButtonKind, ButtonState, Dialog, DialogKind, Disclosure, NextStep, NextSteps,
        Notice, NoticeKind, Reference, Skeleton, focus_when_shown,
    },
};

stylance::import_crate_style!(style, "src/pages/flow/dialogs/plan/plan.module.css");

#[component]
pub(super) fn PlanDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog
            open=open
            title="Install packages from requirements.txt"
            kind=DialogKind::Form
            help=HelpTopic::Packages.address()
        >
            <Lazy part=PLAN />
        </Dialog>
    }
}

/// What the dialog shows: the plan, and the button that begins the install.
#[component]
pub fn Plan() -> impl IntoView {
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
    let open = Dialogs::from_context().plan;
    let versions = RwSignal::new(None::<RuntimeVersions>);
    let plan = Remote::new(move || {
        let versions = versions.get_untracked();
        async move { context.api.install_plan(&context.flow(), versions).await }
    });
    let keep_base = move |()| {
        versions.set(Some(RuntimeVersions::KeepBase));
        plan.retry();
    };
    let out_of_date = make_anew(plan, context);
    let state = Signal::derive(move || match plan.state().get() {
        Load::Loading => ButtonState::Busy,
        Load::Failed(_) => ButtonState::Refused("Fix the problem above to install.".into()),
        Load::Ready(_) => actions.state(Action::Install),
    });
    let install = move |()| {
        open.set(false);
        actions.install(versions.get_untracked());
    };
    let summary = move || match plan.state().get() {
        Load::Loading => Some(words::working(out_of_date.get().as_ref())),
        Load::Failed(_) => None,
        Load::Ready(plan) => Some(words::summary(&plan)),
    };
    let begin = NodeRef::<html::Button>::new();
    focus_when_shown(begin);
    let content = move || match plan.state().get() {
        Load::Loading => view! { <Skeleton lines=6 label="" /> }.into_any(),
        Load::Failed(error) => {
            view! { <NoPlan error=error on_keep_base=keep_base on_retry=move |()| plan.retry() /> }
                .into_any()
        }
        Load::Ready(plan) => whole(plan).into_any(),
    };
    view! {
        <p role="status">{summary}</p>
        <div class=style::content>{content}</div>
        <div class=style::answers>
            <Button on_press=move |()| open.set(false)>"Cancel"</Button>
            <Button kind=ButtonKind::Primary state=state node_ref=begin on_press=install>
                "Install"
            </Button>
        </div>
    }
}

/// Makes the plan again when it is out of date; gives why it was so last.
fn make_anew(plan: Remote<InstallPlan>, context: FlowContext) -> ReadSignal<Option<OutOfDate>> {
    let definition = use_definition(context);
    let out_of_date = RwSignal::new(None);
    // Which files count is known only when the plan is here.
    let early = StoredValue::new(Vec::<FilesNews>::new());
    let hear = move |news: &FilesNews| {
        let known = plan.state().get_untracked();
        let because = definition
            .with_untracked(|definition| OutOfDate::by(news, definition.as_deref(), &known));
        let is_seen = known != Load::Loading;
        if because.is_some() {
            if is_seen {
                out_of_date.set(because);
            }
            early.set_value(Vec::new());
            plan.retry();
        } else if !is_seen {
            early.update_value(|early| early.push(news.clone()));
        }
    };
    context.live.on_files(hear);
    Effect::new(move |_| {
        if plan.state().with(|plan| *plan != Load::Loading) {
            let heard = early.get_value();
            early.set_value(Vec::new());
            heard.iter().for_each(hear);
        }
    });
    out_of_date.read_only()
}

fn whole(plan: InstallPlan) -> impl IntoView {
    let InstallPlan {
        base,
        changes,
        command,
        warnings,
        ..
    } = plan;
    let how = format!(
        "Packages install into a new environment on {base}. Your session switches to it only if everything succeeds."
    );
    view! {
        <Warnings warnings=warnings />
        <p class=style::how>{how}</p>
        <Changes changes=changes />
        <Disclosure summary=|| "Command">
            <code class=style::command>{command}</code>
        </Disclosure>
    }
}

#[component]
fn NoPlan(
    error: ApiError,
    #[prop(into)] on_keep_base: Callback<()>,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    let title = match error.install_fault {
        Some(_) => "These packages can’t be installed. Your session didn’t change.",
        None => "Couldn’t make the plan",
    };
    let ways = error.install_fault.as_ref();
    let ways = ways.map(|fault| fault_steps(fault, Some(on_keep_base)));
    let again = NextStep::new("Try again", move || on_retry.run(()));
    let steps: Vec<_> = ways.into_iter().flatten().chain([again]).collect();
    view! {
        <div role="alert">
            <Notice kind=NoticeKind::Error title=title>
                <p>{error.message}</p>
                {error.remedy.map(|remedy| view! { <p>{remedy}</p> })}
                {error.request_id.map(|id| view! { <Reference id=id /> })}
                <NextSteps steps=steps />
            </Notice>
        </div>
    }
}
