//! What nodes are given and flows give, by the references of a definition.

use flowdeck_contract::{Exact, Values};
use flowdeck_flow::{Assignment, Flow, Node};

/// What has a value so far.
pub(super) struct Known {
    /// The flow's inputs.
    pub(super) inputs: Values,
    /// The outputs of nodes.
    pub(super) outputs: Values,
}

impl Known {
    pub(super) fn inputs_of(&self, node: &Node) -> Exact {
        let inputs = node.inputs.iter();
        object(inputs.map(|input| (&*input.name, self.value(&input.value))))
    }

    pub(super) fn outputs_of(&self, flow: &Flow) -> Exact {
        let outputs = flow.outputs.iter();
        object(outputs.map(|output| (&*output.name, self.value(&output.reference))))
    }

    /// Whether a node's condition holds, when it has one.
    pub(super) fn activates(&self, node: &Node) -> bool {
        let activate = node.activate.as_ref();
        activate.is_none_or(|activate| self.value(&activate.when) == activate.is)
    }

    /// What is referred to; nothing where that has no value.
    fn value(&self, assignment: &Assignment) -> Exact {
        let found = match assignment {
            Assignment::Literal { value } => Some(Exact::from(value)),
            Assignment::FlowInput { name } => self.inputs.get(name).cloned(),
            Assignment::Node { node, property, .. } => {
                let output = self.outputs.get(node).cloned();
                output.and_then(|output| within(output, property.as_deref()))
            }
        };
        found.unwrap_or_else(Exact::null)
    }
}

/// A member of an output, such as `answer.text`.
fn within(output: Exact, property: Option<&str>) -> Option<Exact> {
    let mut names = property
        .into_iter()
        .flat_map(|property| property.split('.'));
    names.try_fold(output, |value, name| value.member(name))
}

/// An object of these members.
pub(super) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Exact)>) -> Exact {
    let members = members.into_iter();
    whole(
        &members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Values as one.
pub(super) fn whole(values: &Values) -> Exact {
    let text = serde_json::to_string(values);
    text.and_then(Exact::parse)
        .unwrap_or_else(|_| Exact::null())
}
