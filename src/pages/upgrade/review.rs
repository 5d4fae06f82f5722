//! The step that shows what would be written and whether the image is available, and applies it.

use flowdeck_contract::{
    ids::FlowId,
    runs::RunSummary,
    session::SessionState,
    settings::{CheckOutcome, ComputeChoice, PreflightCheck, SessionSettings},
};
use leptos::prelude::*;

use super::{
    Choices,
    applying::{Applying, Deed},
    files,
    plan::{Change, Found, Pin, Plan, plan},
    style,
};
use crate::{
    api::{Api, Disk, Load, Remote},
    live::FlowLive,
    pages::parts::{ByHand, ChangedLines, Failure, StateWord},
    ui::{Button, ButtonKind, ButtonState, Notice, NoticeKind, Skeleton},
};

/// What the server calls its check of the image.
const IMAGE_CHECK: &str = "Base image";

/// A plan, or why there is none; `None` until the files are read.
type Planned = Option<Result<Plan, String>>;

/// The review for the flow that is chosen. It reads and changes definitions, which takes much code.
#[component]
pub fn UpgradeReview() -> impl IntoView {
    let choices = Choices::from_context();
    let flow = choices.flow().get_untracked();
    flow.map(|flow| view! { <Review flow=flow image=choices.image() /> })
}

#[component]
fn Review(flow: FlowId, image: Memo<Option<String>>) -> impl IntoView {
    let api = Api::from_context();
    let live = FlowLive::default();
    let (asked, followed) = (flow.clone(), flow.clone());
    let found = Remote::new(move || files::read(api, asked.clone()));
    live.on_files(move |_| found.refresh());
    // A flow that is not there has no events either: asking for them would look like a server that does not answer.
    let is_read = Memo::new(move |was: Option<&bool>| {
        was == Some(&true) || matches!(found.state().get(), Load::Ready(_))
    });
    Effect::new(move |_| {
        if is_read.get() {
            live.begin(&followed);
        }
    });
    let plan = Memo::new(move |_| {
        let found = found.get()?;
        Some(plan(&found, image.get().as_deref()))
    });
    let state = Memo::new(move |_| live.session.get().map(|session| session.state));
    let content = move || match found.state().get() {
        Load::Loading => view! { <Skeleton lines=6 label="Loading the flow’s files" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t read the flow’s files"
                error=error
                on_retry=move |()| found.retry()
            />
        }
        .into_any(),
        Load::Ready(_) => (move || plan.get().map(planned)).into_any(),
    };
    view! {
        <section class=style::step aria-labelledby="upgrade-review">
            <h2 id="upgrade-review">"Review"</h2>
            {content}
            <Finish flow=flow image=image found=found plan=plan state=state live=live />
        </section>
    }
}

fn planned(plan: Result<Plan, String>) -> AnyView {
    match plan {
        Err(reason) => view! { <Notice kind=NoticeKind::Error title=reason /> }.into_any(),
        Ok(Plan { changes, pins }) if changes.is_empty() => view! {
            <Pins pins=pins />
            <p>"No changes needed. The flow’s files are ready for a compute session."</p>
        }
        .into_any(),
        Ok(Plan { changes, pins }) => {
            let changes = changes
                .into_iter()
                .map(|change| view! { <Changed change=change /> })
                .collect_view();
            view! {
                <Pins pins=pins />
                {changes}
            }
            .into_any()
        }
    }
}

#[component]
fn Changed(change: Change) -> impl IntoView {
    let Change { path, old, new } = change;
    let path = path.to_string();
    let label = format!("Lines that change in {path}");
    let does = if old == Disk::Gone {
        " is created:"
    } else {
        " is changed:"
    };
    view! {
        <div class=style::change>
            <p>
                <code>{path}</code> {does}
            </p>
            <ChangedLines label=label old=old.text().to_owned() new=new />
        </div>
    }
}

/// Why versions of packages of the base image go, and which have to be taken off by hand.
#[component]
fn Pins(pins: Vec<Pin>) -> impl IntoView {
    let list = |goes| {
        let pins = pins.iter().filter(|pin| pin.goes == goes);
        let lines: Vec<_> = pins
            .map(|pin| view! { <li>"Line " {pin.line} ": " <code>{pin.text.clone()}</code></li> })
            .collect();
        (!lines.is_empty()).then_some(lines)
    };
    let gone = list(true).map(|lines| {
        view! {
            <Notice kind=NoticeKind::Info title="Versions of promptflow’s packages are removed">
                <p>
                    "The base image includes the versions that its runtime needs. Another version can keep the session from starting."
                </p>
                <ul>{lines}</ul>
            </Notice>
        }
    });
    let by_hand = list(false).map(|lines| {
        view! {
            <Notice kind=NoticeKind::Warning title="Remove these versions yourself">
                <p>
                    "The base image includes the versions that its runtime needs. These lines have hashes, so flowdeck doesn’t change them."
                </p>
                <ul>{lines}</ul>
            </Notice>
        }
    });
    view! {
        {gone}
        {by_hand}
    }
}

/// What the button does to the session, and the button.
#[component]
fn Finish(
    flow: FlowId,
    image: Memo<Option<String>>,
    found: Remote<Found>,
    plan: Memo<Planned>,
    state: Memo<Option<SessionState>>,
    live: FlowLive,
) -> impl IntoView {
    let checks = image_check(&flow, image);
    let lost = flow.clone();
    let applying = Applying::new(flow);
    let deed = Memo::new(move |_| Deed::on(state.get()));
    let button = Signal::derive(move || {
        if applying.is_under_way.get() {
            return ButtonState::Busy;
        }
        match plan.get() {
            None if matches!(found.state().get(), Load::Failed(_)) => {
                return ButtonState::Refused("Couldn’t read the flow’s files.".into());
            }
            None => return ButtonState::Busy,
            Some(Err(reason)) => return ButtonState::Refused(reason),
            Some(Ok(_)) => {}
        }
        match checks.get() {
            Check::Asked => return ButtonState::Busy,
            Check::Found(check) if check.outcome == CheckOutcome::Failure => {
                return ButtonState::Refused(format!("Can’t use the image. {}", check.message));
            }
            Check::Found(_) | Check::None => {}
        }
        match deed.get() {
            None => ButtonState::Busy,
            Some(Err(reason)) => ButtonState::Refused(reason.to_owned()),
            Some(Ok(_)) => ButtonState::Ready,
        }
    });
    let resets = Memo::new(move |_| deed.get() == Some(Ok(Deed::Reset)));
    let label = move || {
        let writes = matches!(plan.get(), Some(Ok(plan)) if !plan.changes.is_empty());
        match (writes, resets.get()) {
            (true, false) => "Save and start compute session",
            (true, true) => "Save and reset compute session",
            (false, false) => "Start compute session",
            (false, true) => "Reset compute session",
        }
    };
    let reset = move || {
        let flow = lost.clone();
        resets
            .get()
            .then(move || view! { <ResetNotice flow=flow live=live /> })
    };
    let check = move || match checks.get() {
        Check::None => ().into_any(),
        Check::Asked => view! { <Skeleton lines=1 label="Checking the image" /> }.into_any(),
        Check::Found(check) => view! { <Checked check=check /> }.into_any(),
    };
    let reason = move || match button.get() {
        ButtonState::Refused(reason) => Some(reason),
        ButtonState::Ready | ButtonState::Busy => None,
    };
    let press = move |()| {
        if let (Some(Ok(plan)), Some(Ok(deed))) = (plan.get_untracked(), deed.get_untracked()) {
            applying.begin(plan.changes, deed, found);
        }
    };
    view! {
        <div aria-live="polite" class=style::change>
            {check}
            {reset}
        </div>
        {move || {
            applying
                .failure
                .get()
                .map(|(title, error)| view! { <Failure title=title error=error /> })
        }}
        <div>
            <Button kind=ButtonKind::Primary state=button on_press=press>
                {label}
            </Button>
        </div>
        {move || reason().map(|reason| view! { <p class=style::detail>{reason}</p> })}
    }
}

/// What is lost with the session that the flow has.
#[component]
fn ResetNotice(flow: FlowId, live: FlowLive) -> impl IntoView {
    let runs_end = Memo::new(move |_| {
        let is_under_way = |run: &RunSummary| !run.state.is_over();
        live.runs
            .with(|runs| runs.iter().flatten().any(is_under_way))
    });
    view! {
        <Notice kind=NoticeKind::Warning title="The flow’s compute session will be reset">
            <p>
                "Deletes this session and starts a new one with this environment. Files and past runs are kept."
            </p>
            <ByHand flow=flow />
            {move || {
                runs_end.get().then(|| view! { <p>"Runs in progress will be canceled."</p> })
            }}
        </Notice>
    }
}

/// Where the server's check of the image stands.
#[derive(Clone, Debug, PartialEq)]
enum Check {
    /// There is no image to check, or it couldn't be checked: a start then shows it.
    None,
    Asked,
    Found(PreflightCheck),
}

fn image_check(flow: &FlowId, image: Memo<Option<String>>) -> Memo<Check> {
    let api = Api::from_context();
    let flow = flow.clone();
    let asked = Remote::new(move || {
        let (flow, image) = (flow.clone(), image.get_untracked());
        async move {
            let Some(image) = image else {
                return Ok(None);
            };
            let settings = SessionSettings {
                compute: ComputeChoice::default(),
                base_image: Some(image.clone()),
                ..SessionSettings::default()
            };
            let checks = api.preflight(&flow, &settings).await?.checks;
            let check = checks.into_iter().find(|check| check.name == IMAGE_CHECK);
            Ok(check.map(|check| (image, check)))
        }
    });
    Effect::new(move |known: Option<()>| {
        image.track();
        if known.is_some() {
            asked.refresh();
        }
    });
    Memo::new(move |_| match (image.get(), asked.state().get()) {
        (None, _) | (_, Load::Failed(_)) => Check::None,
        (Some(image), Load::Ready(Some((of, check)))) if of == image => Check::Found(check),
        (Some(_), _) => Check::Asked,
    })
}

#[component]
fn Checked(check: PreflightCheck) -> impl IntoView {
    view! {
        <div class=style::checked>
            <StateWord state=check.outcome />
            <div>
                <p>{check.message}</p>
                {check.remedy.map(|remedy| view! { <p class=style::detail>{remedy}</p> })}
            </div>
        </div>
    }
}
