//! What an install would change, shown before it begins.

mod changes;
mod out_of_date;
mod words;

use flowdeck_contract::{capability::Action, packages::InstallPlan};
use leptos::{html, prelude::*};

use self::{changes::Changes, out_of_date::OutOfDate};
use crate::{
    api::{ApiError, Load, Remote},
    lazy::{Lazy, PLAN},
    live::FilesNews,
    pages::flow::{Actions, Dialogs, FlowContext, asked_by::OpenLine, use_definition},
    ui::{
        Button, ButtonKind, ButtonState, Dialog, DialogKind, Disclosure, Notice, NoticeKind,
        Reference, Skeleton, focus_when_shown,
    },
};

stylance::import_crate_style!(style, "src/pages/flow/dialogs/plan/plan.module.css");

#[component]
pub(super) fn PlanDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title="Install packages from requirements.txt" kind=DialogKind::Form>
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
    let plan = Remote::new(move || async move { context.api.install_plan(&context.flow()).await });
    let out_of_date = make_anew(plan, context);
    let state = Signal::derive(move || match plan.state().get() {
        Load::Loading => ButtonState::Busy,
        Load::Failed(_) => ButtonState::Refused("There is no plan that could be installed.".into()),
        Load::Ready(_) => actions.state(Action::Install),
    });
    let install = move |()| {
        open.set(false);
        actions.ask(Action::Install);
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
            view! { <NoPlan error=error on_retry=move |()| plan.retry() /> }.into_any()
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

/// Makes the plan anew when it is out of date; gives why it was so last.
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
        ..
    } = plan;
    let how = format!(
        "A new environment is made of {base} and takes the place of the one of now only when it is whole and its runtime is healthy."
    );
    view! {
        <p class=style::how>{how}</p>
        <Changes changes=changes />
        <Disclosure summary=|| "Command">
            <code class=style::command>{command}</code>
        </Disclosure>
    }
}

#[component]
fn NoPlan(error: ApiError, #[prop(into)] on_retry: Callback<()>) -> impl IntoView {
    let title = match error.install_fault {
        Some(_) => "An install would fail. The session stays as it is.",
        None => "What an install would change could not be told",
    };
    let line = error.install_fault.and_then(|fault| fault.asked_by);
    let open = line.map(|line| view! { <OpenLine line=line /> });
    view! {
        <div role="alert">
            <Notice kind=NoticeKind::Error title=title>
                <p>{error.message}</p>
                {error.remedy.map(|remedy| view! { <p>{remedy}</p> })}
                {error.request_id.map(|id| view! { <Reference id=id /> })}
                <div class=style::ways>
                    {open}
                    <Button on_press=on_retry>"Try again"</Button>
                </div>
            </Notice>
        </div>
    }
}
