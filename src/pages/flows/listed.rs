//! Which flows the list shows, and in which order. Pure.

use std::{
    cmp::{Ordering, Reverse},
    collections::HashMap,
};

use flowdeck_contract::{flows::FlowSummary, runs::RunState, session::SessionState};

use super::search::matches;
use crate::{
    pages::parts::type_label,
    routes::{Direction, FlowColumn, FlowFilter, FlowOrder, FlowsView},
};

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) flow: FlowSummary,
    /// The flow's folder, where another flow has the same name.
    pub(super) folder: Option<String>,
}

/// Whether `filter` lets `flow` through.
pub(super) fn admits(filter: FlowFilter, flow: &FlowSummary) -> bool {
    match filter {
        FlowFilter::All => true,
        FlowFilter::Running => matches!(
            flow.session,
            SessionState::Starting | SessionState::Available | SessionState::Stopping
        ),
        FlowFilter::WithErrors => {
            let run = flow.last_run.as_ref().map(|run| run.state);
            flow.problem.is_some()
                || flow.session == SessionState::Failed
                || run == Some(RunState::Failed)
        }
        FlowFilter::LacksConnections => flow.connection.is_some(),
        FlowFilter::Type(kind) => flow.flow_type == Some(kind),
    }
}

/// The rows that `view` shows of `flows`, which come by name.
pub(super) fn listed(flows: &[FlowSummary], view: &FlowsView) -> Vec<Listed> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    for flow in flows {
        *names.entry(flow.name.as_str()).or_default() += 1;
    }
    let search = view.search.as_deref().unwrap_or_default();
    let mut found: Vec<&FlowSummary> = flows
        .iter()
        .filter(|flow| admits(view.filter, flow) && matches(flow, search))
        .collect();
    sort(&mut found, view.order);
    let row = |flow: &FlowSummary| Listed {
        folder: names
            .get(flow.name.as_str())
            .filter(|count| **count > 1)
            .map(|_| flow.id.to_string()),
        flow: flow.clone(),
    };
    found.into_iter().map(row).collect()
}

/// Flows that are equal in what the order goes by stay as they come: by name.
fn sort(flows: &mut [&FlowSummary], order: FlowOrder) {
    let directed = |ordering: Ordering| match order.direction {
        Direction::Usual => ordering,
        Direction::Reversed => ordering.reverse(),
    };
    match order.by {
        FlowColumn::Name => {
            if order.direction == Direction::Reversed {
                flows.reverse();
            }
        }
        FlowColumn::Type => {
            let key = |flow: &FlowSummary| flow.flow_type.map(type_label);
            flows.sort_by(|one, other| present_first(key(one), key(other), directed));
        }
        FlowColumn::Session => {
            flows.sort_by(|one, other| {
                present_first(rank(one.session), rank(other.session), directed)
            });
        }
        FlowColumn::LastRun => {
            let key = |flow: &FlowSummary| Some(Reverse(flow.last_run.as_ref()?.started.0));
            flows.sort_by(|one, other| present_first(key(one), key(other), directed));
        }
        FlowColumn::Changed => {
            let key = |flow: &FlowSummary| Some(Reverse(flow.changed?.0));
            flows.sort_by(|one, other| present_first(key(one), key(other), directed));
        }
    }
}

/// Flows that have nothing to go by come last in both directions.
fn present_first<T: Ord>(
    one: Option<T>,
    other: Option<T>,
    directed: impl Fn(Ordering) -> Ordering,
) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => directed(one.cmp(&other)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn rank(state: SessionState) -> Option<u8> {
    match state {
        SessionState::Available => Some(0),
        SessionState::Starting => Some(1),
        SessionState::Stopping => Some(2),
        SessionState::Failed => Some(3),
        SessionState::NotExist => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::flows::samples::flow;
    use flowdeck_contract::{
        Millis,
        flows::{FlowProblem, FlowType},
        ids::RunId,
        runs::RunSummary,
    };

    fn with_run(id: &str, state: RunState, started: i64) -> FlowSummary {
        let run = RunSummary {
            id: RunId::try_from("r").unwrap(),
            number: 1,
            node: None,
            variant: None,
            state,
            started: Millis(started),
            ended: None,
        };
        FlowSummary {
            last_run: Some(run),
            ..flow(id)
        }
    }

    fn flows() -> Vec<FlowSummary> {
        vec![
            FlowSummary {
                flow_type: Some(FlowType::Standard),
                session: SessionState::Failed,
                ..flow("a")
            },
            FlowSummary {
                flow_type: Some(FlowType::Chat),
                session: SessionState::Available,
                ..with_run("b", RunState::Completed, 1)
            },
            FlowSummary {
                problem: Some(FlowProblem {
                    code: "X".into(),
                    message: "wrong".into(),
                    line: None,
                }),
                ..flow("c")
            },
            FlowSummary {
                connection: Some(FlowProblem {
                    code: "Y".into(),
                    message: "none".into(),
                    line: Some(3),
                }),
                ..with_run("d", RunState::Failed, 2)
            },
        ]
    }

    fn ids(view: &FlowsView) -> String {
        let rows = listed(&flows(), view);
        rows.iter().map(|row| row.flow.id.to_string()).collect()
    }

    fn by(by: FlowColumn, direction: Direction) -> FlowsView {
        FlowsView {
            order: FlowOrder { by, direction },
            ..FlowsView::default()
        }
    }

    #[test]
    fn what_has_nothing_to_go_by_comes_last_in_both_directions() {
        use Direction::{Reversed, Usual};
        for (column, usual, reversed) in [
            (FlowColumn::Name, "abcd", "dcba"),
            (FlowColumn::Type, "bacd", "abcd"),
            (FlowColumn::Session, "bacd", "abcd"),
            (FlowColumn::LastRun, "dbac", "bdac"),
            (FlowColumn::Changed, "abcd", "abcd"),
        ] {
            assert_eq!(ids(&by(column, Usual)), usual, "{column:?}");
            assert_eq!(ids(&by(column, Reversed)), reversed, "{column:?}");
        }
    }

    #[test]
    fn a_filter_lets_through_what_it_names() {
        for (filter, found) in [
            (FlowFilter::All, "abcd"),
            (FlowFilter::Running, "b"),
            (FlowFilter::WithErrors, "acd"),
            (FlowFilter::LacksConnections, "d"),
            (FlowFilter::Type(FlowType::Chat), "b"),
            (FlowFilter::Type(FlowType::Flex), ""),
        ] {
            let view = FlowsView {
                filter,
                ..FlowsView::default()
            };
            assert_eq!(ids(&view), found, "{filter:?}");
        }
    }

    #[test]
    fn only_flows_of_the_same_name_say_their_folder_also_where_the_other_is_not_shown() {
        let named = |id: &str, name: &str| FlowSummary {
            name: name.into(),
            ..flow(id)
        };
        let flows = [
            named("x/one", "Same"),
            named("two", "Same"),
            named("z", "Other"),
        ];
        let view = FlowsView {
            search: Some("x/one".into()),
            ..FlowsView::default()
        };
        let folders = |view: &FlowsView| -> Vec<Option<String>> {
            let rows = listed(&flows, view).into_iter();
            rows.map(|row| row.folder).collect()
        };
        let (one, two) = (Some("x/one".to_owned()), Some("two".to_owned()));
        assert_eq!(folders(&FlowsView::default()), [one.clone(), two, None]);
        assert_eq!(folders(&view), [one]);
    }
}
