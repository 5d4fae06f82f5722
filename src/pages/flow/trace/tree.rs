//! The nodes and calls of a run as rows of a tree. Pure.

use std::{collections::BTreeSet, sync::Arc};

use flowdeck_contract::{
    Millis,
    ids::RunId,
    prices::Prices,
    runs::{NodeRun, NodeState, RunDetail, TraceCall},
    shown::{Name, shown},
};

use super::{
    bars::Span,
    cost,
    tokens::{self, Tokens},
};
use crate::{api::Load, routes::CallPath};

/// A row with more rows within it is folded at first.
const OPEN_UNTIL: usize = 50;

/// What happened in a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    /// Its rows, each before those within it.
    pub(super) rows: Vec<Row>,
    /// From the run's start to its end.
    pub(super) whole: Span,
    /// Of all of its calls; `None` when no model was called.
    pub(super) tokens: Option<Tokens>,
    /// Nodes whose calls a newer server has written in another way.
    pub(super) unread: Vec<Name>,
    run: Arc<RunDetail>,
    calls: Vec<Vec<TraceCall>>,
}

/// A node or a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) path: CallPath,
    /// From 1.
    pub(super) level: usize,
    /// Its place among those beside it, from 1.
    pub(super) position: usize,
    /// How many are beside it, with itself.
    pub(super) siblings: usize,
    /// How many are within it.
    pub(super) children: usize,
    /// How many within it aren't kept.
    pub(super) left_out: u64,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) span: Span,
    pub(super) duration: Duration,
    pub(super) tokens: Option<Tokens>,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Node(NodeState),
    /// A call of this kind.
    Call(String),
    /// One that raised.
    FailedCall(String),
}

/// How long it took, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duration {
    /// It didn't begin.
    None,
    Known(u64),
    Since(Millis),
    Unknown,
}

/// What a row stands for, whole.
pub(super) enum Subject<'t> {
    Node(&'t NodeRun),
    Call(&'t TraceCall),
}

impl Tree {
    pub(super) fn new(run: Arc<RunDetail>) -> Self {
        let mut unread = Vec::new();
        let calls: Vec<Vec<TraceCall>> = run
            .nodes
            .iter()
            .map(|node| {
                node.calls.calls().unwrap_or_else(|_| {
                    unread.push(Name::from(node.name.as_str()));
                    Vec::new()
                })
            })
            .collect();
        let own = run.calls.calls().unwrap_or_else(|_| {
            unread.push(Name::from("the flow"));
            Vec::new()
        });
        let summary = &run.summary;
        let whole = Span::new(
            Some(summary.started),
            summary.ended,
            !summary.state.is_over(),
        );
        let mut rows = Vec::new();
        let siblings = run.nodes.len() + own.len();
        for (position, (node, calls)) in run.nodes.iter().zip(&calls).enumerate() {
            let path = CallPath::default().child(position);
            let row = node_row(node, calls, path, (position + 1, siblings), whole);
            let (path, span) = (row.path.clone(), row.span);
            rows.push(row);
            add_calls(&mut rows, calls, &path, 2, span);
        }
        let of_nodes: Vec<Option<Tokens>> = rows
            .iter()
            .filter(|row| row.level == 1)
            .map(|row| row.tokens)
            .collect();
        let offset = run.nodes.len();
        for (position, call) in own.iter().enumerate() {
            let path = CallPath::default().child(offset + position);
            add_call(
                &mut rows,
                call,
                path,
                (1, offset + position + 1, siblings),
                whole,
            );
        }
        let of_calls = own.iter().map(tokens::of_call);
        let tokens = tokens::of_run(&run, of_nodes.into_iter().chain(of_calls));
        let calls = calls.into_iter().chain([own]).collect();
        Self {
            rows,
            whole,
            tokens,
            unread,
            run,
            calls,
        }
    }

    /// What models cost when it ran.
    pub(super) fn prices(&self, now: &Load<Prices>) -> Load<Prices> {
        cost::that_held(&self.run, now)
    }

    /// The run.
    pub(super) fn run_id(&self) -> &RunId {
        &self.run.summary.id
    }

    /// The rows that are to be seen, when those of `folded` aren't as they are at first.
    pub(super) fn visible(&self, folded: &BTreeSet<CallPath>) -> Vec<Row> {
        let mut hidden_from = usize::MAX;
        let visible = self.rows.iter().filter(|row| {
            if row.level >= hidden_from {
                return false;
            }
            hidden_from = match row.is_open(folded) {
                true => usize::MAX,
                false => row.level + 1,
            };
            true
        });
        visible.cloned().collect()
    }

    pub(super) fn row(&self, path: &CallPath) -> Option<&Row> {
        self.rows.iter().find(|row| row.path == *path)
    }

    /// What a row stands for.
    pub(super) fn subject(&self, path: &CallPath) -> Option<Subject<'_>> {
        let steps = path.steps();
        let (first, rest) = steps.split_first()?;
        if let Some(node) = self.run.nodes.get(*first) {
            let Some((next, rest)) = rest.split_first() else {
                return Some(Subject::Node(node));
            };
            return within(self.calls.get(*first)?.get(*next)?, rest).map(Subject::Call);
        }
        let own = self.calls.last()?.get(first - self.run.nodes.len())?;
        within(own, rest).map(Subject::Call)
    }
}

impl Row {
    pub(super) fn is_open(&self, folded: &BTreeSet<CallPath>) -> bool {
        self.children > 0 && (self.children <= OPEN_UNTIL) != folded.contains(&self.path)
    }
}

fn within<'c>(call: &'c TraceCall, steps: &[usize]) -> Option<&'c TraceCall> {
    steps
        .iter()
        .try_fold(call, |call, step| call.children.get(*step))
}

fn node_row(
    node: &NodeRun,
    calls: &[TraceCall],
    path: CallPath,
    (position, siblings): (usize, usize),
    whole: Span,
) -> Row {
    let goes_on = node.state == NodeState::Running;
    let started = node
        .started
        .or_else(|| calls.iter().filter_map(|call| call.started).min());
    let ended = started
        .zip(node.duration_ms)
        .map(|(started, took)| Millis(started.0.saturating_add_unsigned(took)));
    let duration = match (node.state, node.duration_ms, started) {
        (NodeState::Waiting | NodeState::Bypassed, ..) => Duration::None,
        (NodeState::Running, _, Some(started)) => Duration::Since(started),
        (_, Some(took), _) => Duration::Known(took),
        // Cut off before it began.
        (NodeState::Canceled, None, None) => Duration::None,
        _ => Duration::Unknown,
    };
    Row {
        path,
        level: 1,
        position,
        siblings,
        children: calls.len(),
        left_out: 0,
        name: Name::from(node.name.as_str()).to_string(),
        kind: Kind::Node(node.state),
        span: Span::new(started, ended, goes_on).within(whole),
        duration,
        tokens: tokens::of_node(node, calls),
    }
}

fn add_calls(
    rows: &mut Vec<Row>,
    calls: &[TraceCall],
    parent: &CallPath,
    level: usize,
    around: Span,
) {
    for (position, call) in calls.iter().enumerate() {
        add_call(
            rows,
            call,
            parent.child(position),
            (level, position + 1, calls.len()),
            around,
        );
    }
}

fn add_call(
    rows: &mut Vec<Row>,
    call: &TraceCall,
    path: CallPath,
    (level, position, siblings): (usize, usize, usize),
    around: Span,
) {
    let span = Span::new(call.started, call.ended, false).within(around);
    let took = call
        .started
        .zip(call.ended)
        .map(|(from, until)| until.since(from));
    let kind = shown(&call.kind).into_owned();
    rows.push(Row {
        path: path.clone(),
        level,
        position,
        siblings,
        children: call.children.len(),
        left_out: call.left_out,
        name: Name::from(call.name.as_str()).to_string(),
        kind: match call.error {
            Some(_) => Kind::FailedCall(kind),
            None => Kind::Call(kind),
        },
        span,
        duration: took.map_or(Duration::Unknown, Duration::Known),
        tokens: tokens::of_call(call),
    });
    add_calls(rows, &call.children, &path, level + 1, span);
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
