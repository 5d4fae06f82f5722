//! Nodes that wait for each other.

use super::graph::{Edge, Graph};
use crate::problem::Problem;
use crate::read::Draft;

/// Reports each circle once, at the reference that closes it.
pub(super) fn report(
    draft: &Draft<'_>,
    graph: &Graph,
    order: &[usize],
    problems: &mut Vec<Problem>,
) {
    let mut ordered = vec![false; draft.nodes.len()];
    for &index in order {
        ordered[index] = true;
    }
    // Each node that is left waits for another that is left. Following the first such need of
    // each, every walk ends in a circle; `walk_of` tells a new circle from an old walk.
    let next = |index: usize| -> Option<&Edge> {
        graph.needs[index].iter().find(|edge| !ordered[edge.on])
    };
    let mut walk_of = vec![None; draft.nodes.len()];
    for start in (0..draft.nodes.len()).filter(|&index| !ordered[index]) {
        let mut at = start;
        while walk_of[at].is_none() {
            walk_of[at] = Some(start);
            let Some(edge) = next(at) else { break };
            at = edge.on;
        }
        if walk_of[at] == Some(start) && next(at).is_some() {
            problems.extend(circle(draft, at, next));
        }
    }
}

fn circle<'g>(
    draft: &Draft<'_>,
    first: usize,
    next: impl Fn(usize) -> Option<&'g Edge>,
) -> Option<Problem> {
    const SHOWN: usize = 8;
    let mut names = vec![draft.nodes[first].title()];
    let mut edge = next(first)?;
    let mut length = 1;
    while edge.on != first {
        if length < SHOWN {
            names.push(draft.nodes[edge.on].title());
        }
        length += 1;
        edge = next(edge.on)?;
    }
    if length > SHOWN {
        names.push(format!("… ({} more)", length - SHOWN));
    }
    names.push(draft.nodes[first].title());
    let message = format!(
        "Circular dependency: {}. Remove one of the references.",
        names.join(" → ")
    );
    Some(Problem::new("NodeCircularDependency", edge.span, message))
}
