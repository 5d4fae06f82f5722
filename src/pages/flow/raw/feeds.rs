//! Testing the package indexes, called feeds, that the open requirements file names: a button, and what came of it.

use flowdeck_contract::feeds::{FeedOutcome, FeedResult, FeedTest};
use flowdeck_flow::{LineKind, requirement_lines};
use leptos::prelude::*;

use super::workbench::Workbench;
use crate::{
    pages::parts::tell_failure,
    ui::{Button, ButtonKind, ButtonState, Icon},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/feeds.module.css");

/// How many feeds a requirements file names.
pub(super) fn count(text: &str) -> usize {
    let lines = requirement_lines(text).into_iter();
    lines
        .filter(|line| matches!(&line.kind, LineKind::Index(address) if address.contains("://")))
        .count()
}

/// The test of the feeds: in progress, or the result of the last one.
#[derive(Clone, Copy)]
pub(super) struct FeedTesting {
    asking: RwSignal<bool>,
    result: RwSignal<Option<FeedTest>>,
}

impl FeedTesting {
    pub(super) fn new() -> Self {
        Self {
            asking: RwSignal::new(false),
            result: RwSignal::new(None),
        }
    }
}

/// Tests the feeds of the file as the editor has it; there is no such button while it names none.
#[component]
pub(super) fn TestFeedButton(test: FeedTesting) -> impl IntoView {
    let workbench = Workbench::from_context();
    let feeds = workbench.checks.feeds;
    let state = Signal::derive(move || ButtonState::busy_while(test.asking.get()));
    let press = move |()| {
        let text = workbench.shown().get_untracked();
        let text = text.and_then(|path| workbench.text_to_check(&path));
        let Some((text, _)) = text else { return };
        test.asking.set(true);
        workbench.spawn(async move {
            let (flow, status) = (workbench.flow, workbench.status);
            match flow.api.test_feeds(&flow.flow(), text).await {
                Ok(result) => {
                    status.announce(summary(&result));
                    test.result.try_set(Some(result));
                }
                Err(error) => tell_failure(status, "Couldn’t test the feeds", &error),
            }
            test.asking.try_set(false);
        });
    };
    view! {
        <Show when=move || { feeds.get() > 0 }>
            <Button state=state on_press=press>
                {move || if feeds.get() > 1 { "Test feeds" } else { "Test feed" }}
            </Button>
        </Show>
    }
}

/// What came of the last test, feed by feed.
#[component]
pub(super) fn FeedResults(test: FeedTesting) -> impl IntoView {
    let close = move |()| test.result.set(None);
    move || {
        let result = test.result.get()?;
        let feeds = result.feeds.iter().map(line).collect_view();
        Some(view! {
            <section class=style::results aria-label="Tested feeds">
                <ul class=style::list>{feeds}</ul>
                <Button kind=ButtonKind::Quiet label="Close the tested feeds" on_press=close>
                    {Icon::Close.view()}
                </Button>
            </section>
        })
    }
}

fn line(feed: &FeedResult) -> impl IntoView + use<> {
    let (class, icon) = match feed.outcome {
        FeedOutcome::Ok => (style::good, Icon::Check),
        _ => (style::bad, Icon::Cross),
    };
    let place = format!("{}, line {}", feed.file, feed.line);
    let (message, remedy) = (feed.message.clone(), feed.remedy.clone());
    view! {
        <li class=style::feed>
            <span class=stylance::classes!(style::sign, class)>{icon.view()}</span>
            <div>
                <p>
                    <strong>{word(feed.outcome)}</strong>
                    " "
                    <span class=style::place>{place}</span>
                </p>
                <p>{message}</p>
                {remedy.map(|remedy| view! { <p>{remedy}</p> })}
            </div>
        </li>
    }
}

fn word(outcome: FeedOutcome) -> &'static str {
    match outcome {
        FeedOutcome::Ok => "OK",
        FeedOutcome::Refused => "Refused",
        FeedOutcome::NotFound => "Not found",
        FeedOutcome::NoSuchHost => "Host not found",
        FeedOutcome::Unreachable => "Not reached",
        FeedOutcome::NotAnIndex => "Not an index",
        FeedOutcome::NoIdentity => "No identity",
    }
}

fn summary(test: &FeedTest) -> String {
    let good = test
        .feeds
        .iter()
        .filter(|feed| feed.outcome == FeedOutcome::Ok);
    match (&*test.feeds, good.count()) {
        ([], _) => "The requirements file doesn’t name a feed.".to_owned(),
        ([one], _) => one.message.clone(),
        (all, good) => format!("{good} of {} feeds can be read.", all.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(outcome: FeedOutcome) -> FeedResult {
        FeedResult {
            file: "requirements.txt".into(),
            line: 1,
            url: "https://h/".into(),
            private: true,
            outcome,
            message: "What it says.".into(),
            remedy: None,
        }
    }

    #[test]
    fn addresses_are_feeds_and_folders_are_not() {
        assert_eq!(
            count("-i https://{private}@h/\n-f ./wheels\n# -i https://x/\nflask\n"),
            1
        );
    }

    #[test]
    fn one_feed_speaks_for_itself_and_several_are_counted() {
        let summary = |outcomes: &[FeedOutcome]| {
            summary(&FeedTest {
                feeds: outcomes.iter().map(|outcome| feed(*outcome)).collect(),
                identity: None,
            })
        };
        assert_eq!(summary(&[FeedOutcome::Refused]), "What it says.");
        assert_eq!(
            summary(&[FeedOutcome::Ok, FeedOutcome::Refused]),
            "1 of 2 feeds can be read."
        );
    }
}
