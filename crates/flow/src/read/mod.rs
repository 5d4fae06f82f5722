//! Reads the tree as promptflow's classes do (`Flow.deserialize` and what it calls), in the same
//! order, so that the first problem is the one promptflow stops at.

mod draft;
mod link;
mod node;
mod params;
mod python;
mod tool;
mod variants;

pub(crate) use draft::{Draft, DraftInput, DraftNode, DraftOutput};
pub use link::Link;

use crate::problem::Problem;
use crate::yaml::{Expander, Mapping, Value};

/// What reading gave.
pub(crate) struct ReadFlow<'a> {
    pub(crate) draft: Draft<'a>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads a flow; the error is a flow that repeats itself too often to be read.
pub(crate) fn read(flow: Mapping<'_>, text_length: usize) -> Result<ReadFlow<'_>, Problem> {
    let mut reader = Reader {
        problems: Vec::new(),
        budget: Expander::for_text_of(text_length),
    };
    reader.tools(flow);
    let mut nodes = reader.nodes(flow);
    let inputs = reader.inputs(flow);
    let outputs = reader.outputs(flow);
    let variants = reader.node_variants(flow);
    reader.apply_default_variants(&mut nodes, &variants);
    if let Some(span) = reader.budget.exhausted_at() {
        let message =
            "Aliases repeat this so often that the flow is too large to check. Use fewer aliases.";
        return Err(Problem::new("FlowTooComplex", span, message));
    }
    Ok(ReadFlow {
        draft: Draft {
            inputs,
            outputs,
            nodes,
        },
        problems: reader.problems,
    })
}

struct Reader {
    problems: Vec<Problem>,
    budget: Expander,
}

impl Reader {
    /// Notes a problem and goes on without the value.
    fn note<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    /// Whether there is budget to look at a mapping once more.
    fn afford(&mut self, mapping: Mapping<'_>) -> bool {
        self.budget.spend(mapping.len() + 1, mapping.span())
    }

    fn nodes<'a>(&mut self, flow: Mapping<'a>) -> Vec<DraftNode<'a>> {
        let Some(nodes) = flow.get_truthy("nodes") else {
            return Vec::new();
        };
        let items = python::list(nodes, "`nodes`", "AttributeError");
        let items = self.note(items).unwrap_or_default();
        items
            .into_iter()
            .filter_map(|item| self.node(item, "A node"))
            .collect()
    }

    fn tools(&mut self, flow: Mapping<'_>) {
        let Some(tools) = flow.get_truthy("tools") else {
            return;
        };
        let items = python::list(tools, "`tools`", "TypeError");
        for tool in self.note(items).unwrap_or_default() {
            self.tool(tool);
        }
    }

    /// `get(name) or {}`, then `.items()`.
    fn optional_items<'a>(
        &mut self,
        mapping: Mapping<'a>,
        name: &str,
        what: &str,
    ) -> Option<Mapping<'a>> {
        let value: Value<'a> = mapping.get_truthy(name)?;
        let items = self.note(python::mapping(value, what))?;
        self.afford(items).then_some(items)
    }
}
