//! The call that the address names, out of its run.

use std::sync::Arc;

use flowdeck_contract::{
    connections::{ConnectionNeed, ConnectionType},
    runs::{RunDetail, TraceCall},
};

use crate::routes::CallPath;

/// A recorded call, and the node that made it; none in a flow that has no nodes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recorded {
    pub(super) node: Option<String>,
    pub(super) call: TraceCall,
}

impl Recorded {
    /// The call at that place of the run's timeline; nothing where there is none.
    pub(super) fn find(run: &Arc<RunDetail>, path: &CallPath) -> Option<Self> {
        let steps = path.steps();
        let (first, within) = steps.split_first()?;
        let (node, calls, steps) = match run.nodes.get(*first) {
            Some(node) => (Some(node.name.clone()), &node.calls, within.to_vec()),
            // The flow's own calls come after its nodes.
            None => {
                let first = first.checked_sub(run.nodes.len())?;
                let steps = std::iter::once(first).chain(within.iter().copied());
                (None, &run.calls, steps.collect())
            }
        };
        let mut calls = calls.calls().ok()?;
        let mut found = None;
        for step in steps {
            let call = calls.into_iter().nth(step)?;
            calls = call.children.clone();
            found = Some(call);
        }
        found.map(|call| Self { node, call })
    }

    /// The connection by which the node calls models, as the flow names it now.
    pub(super) fn connection(&self, needs: &[ConnectionNeed]) -> Option<String> {
        let calls_models = |need: &&ConnectionNeed| {
            need.accepts.is_empty()
                || ConnectionType::OF_LLM_NODES
                    .iter()
                    .any(|kind| need.accepts.contains(kind))
        };
        let of_node = needs.iter().filter(|need| need.node == self.node);
        of_node
            .filter(calls_models)
            // What stands as `connection` is what calls models.
            .min_by_key(|need| need.input.is_some())
            .map(|need| need.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run() -> Arc<RunDetail> {
        let call =
            |name: &str, children| json!({"name": name, "kind": "LLM", "children": children});
        let node = json!({"name": "ask", "state": "completed", "calls": [call("a", json!([call("b", json!([])), call("c", json!([]))]))]});
        let run = json!({
            "summary": {"id": "r", "number": 1, "state": "completed", "started": 1}, "sessionId": "s", "inputs": {},
            "nodes": [node], "calls": [call("own", json!([]))],
        });
        Arc::new(serde_json::from_value(run).unwrap())
    }

    #[test]
    fn a_place_is_a_call_of_a_node_or_of_the_flow_itself() {
        for (path, expected) in [
            ("0.0", Some((Some("ask"), "a"))),
            ("0.0.1", Some((Some("ask"), "c"))),
            ("1", Some((None, "own"))),
            ("0", None),
            ("0.1", None),
            ("2", None),
            ("all", None),
        ] {
            let found = Recorded::find(&run(), &CallPath::read(path).unwrap());
            let found = found.as_ref();
            let shown = found.map(|found| (found.node.as_deref(), found.call.name.as_str()));
            assert_eq!(shown, expected, "{path}");
        }
    }

    #[test]
    fn the_connection_is_the_one_by_which_the_node_calls_models() {
        let need = |node: &str, input: Option<&str>, name: &str, accepts: &[ConnectionType]| {
            ConnectionNeed {
                node: Some(node.to_owned()),
                input: input.map(str::to_owned),
                line: 1,
                name: name.to_owned(),
                accepts: accepts.to_vec(),
                problem: None,
            }
        };
        let needs = [
            need("other", None, "no", &[]),
            need("ask", Some("search"), "bing", &[ConnectionType::Bing]),
            need("ask", Some("conn"), "azure", &[ConnectionType::AzureOpenAI]),
            need("ask", None, "mine", &[]),
        ];
        let recorded = Recorded::find(&run(), &CallPath::read("0.0").unwrap()).unwrap();
        assert_eq!(recorded.connection(&needs).as_deref(), Some("mine"));
        assert_eq!(recorded.connection(&needs[..3]).as_deref(), Some("azure"));
        assert_eq!(recorded.connection(&needs[..2]), None);
    }
}
