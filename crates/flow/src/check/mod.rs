//! promptflow's rules about a flow that could be read (`FlowValidator`), in its order.

mod cycles;
mod graph;
mod names;
mod outputs;

use crate::problem::Problem;
use crate::read::Draft;

pub(crate) use names::Names;

/// The order of execution, and what is wrong.
pub(crate) struct Checked<'a> {
    /// The names that references were looked up in.
    pub(crate) names: Names<'a>,
    /// Indices of the flow's nodes; all of them when nothing is wrong.
    pub(crate) order: Vec<usize>,
    pub(crate) problems: Vec<Problem>,
}

/// Checks a flow.
pub(crate) fn check<'a>(draft: &Draft<'a>) -> Checked<'a> {
    let mut problems = Vec::new();
    let names = Names::of(draft, &mut problems);
    graph::input_references(draft, &names, &mut problems);
    let graph = graph::Graph::of(draft, &names, &mut problems);
    let order = graph.order();
    cycles::report(draft, &graph, &order, &mut problems);
    outputs::check(draft, &names, &mut problems);
    Checked {
        names,
        order,
        problems,
    }
}
