//! What a node is given in a run of its own: what other nodes gave before, or what a person gives in its place.

use std::{collections::BTreeSet, io::Read as _};

use flowdeck_contract::{
    Exact, Values,
    ids::FlowId,
    pictures::{Picture, placed},
    runs::{NodeState, RunDetail, RunNumber, UpstreamOutput},
};
use flowdeck_engines::executor;
use flowdeck_flow::{Assignment, Node};

use super::inputs::{invalid, references};
use crate::{
    error::ComputeError,
    paths::{Paths, RUN_RESULT},
    runs::Runs,
};

/// Longer outputs aren't shown, in bytes of JSON; runs use all of them.
const SHOWN: usize = 100_000;

/// The output of a node that another one refers to.
pub(super) struct GivenOutput {
    node: String,
    /// `None` as long as no run has it.
    value: Option<Exact>,
    /// `None` when a person gave it.
    run: Option<RunNumber>,
}

impl GivenOutput {
    /// As the run says it.
    pub(super) fn shown(&self) -> UpstreamOutput {
        let bytes = self.value.as_ref().map_or(0, |value| value.json().len());
        UpstreamOutput {
            node: self.node.clone(),
            value: self.value.clone().filter(|_| bytes <= SHOWN),
            run: self.run.clone(),
            bytes: bytes as u64,
        }
    }
}

/// The outputs by node, as the runtime takes them.
pub(super) fn values(all: Vec<GivenOutput>) -> Values {
    let known = all
        .into_iter()
        .filter_map(|upstream| Some((upstream.node, upstream.value?)));
    known.collect()
}

impl Runs {
    /// What a run of this node alone would be given of other nodes, each from the newest run that has it.
    pub(crate) fn upstream(
        &self,
        flow: &FlowId,
        node: &str,
    ) -> Result<Vec<UpstreamOutput>, ComputeError> {
        let parsed = self.flow(flow)?;
        let node = super::begin::find(&parsed, node)?;
        let all = self.looked_up(flow, node, &Values::default())?;
        Ok(all.iter().map(GivenOutput::shown).collect())
    }

    /// What a run is given of other nodes: `None` for a run of the whole flow.
    pub(super) fn upstream_of(
        &self,
        flow: &FlowId,
        node: Option<&Node>,
        given: &Values,
    ) -> Result<Option<Vec<GivenOutput>>, ComputeError> {
        let Some(node) = node else {
            return match given.iter().next() {
                None => Ok(None),
                Some((name, _)) => Err(invalid(
                    "NodeOutputUnknown",
                    "A run of the whole flow takes no outputs of nodes.".to_owned(),
                    name,
                )),
            };
        };
        let all = self.looked_up(flow, node, given)?;
        match all.iter().find(|upstream| upstream.value.is_none()) {
            None => Ok(Some(all)),
            Some(GivenOutput { node: name, .. }) => {
                let message = format!(
                    "‘{}’ needs the output of ‘{name}’, which no run has yet. Run ‘{name}’ or the whole flow first.",
                    node.name
                );
                Err(invalid("NodeOutputMissing", message, name))
            }
        }
    }

    fn looked_up(
        &self,
        flow: &FlowId,
        node: &Node,
        given: &Values,
    ) -> Result<Vec<GivenOutput>, ComputeError> {
        let names: BTreeSet<&str> = references(node).filter_map(node_output).collect();
        if let Some((other, _)) = given.iter().find(|(name, _)| !names.contains(name)) {
            let message = format!("‘{}’ doesn’t use the output of ‘{other}’.", node.name);
            return Err(invalid("NodeOutputUnknown", message, other));
        }
        let mut all: Vec<GivenOutput> = names
            .iter()
            .map(|name| GivenOutput {
                node: (*name).to_owned(),
                value: given.get(name).cloned(),
                run: None,
            })
            .collect();
        for summary in self.parts.store.runs(flow)? {
            if all.iter().all(|upstream| upstream.value.is_some()) {
                break;
            }
            let Some(run) = self.parts.store.run(flow, &summary.id)? else {
                continue;
            };
            for upstream in all.iter_mut().filter(|one| one.value.is_none()) {
                if let Some(value) = output(&self.parts.paths, flow, &run, &upstream.node)? {
                    upstream.value = Some(value);
                    upstream.run = Some(RunNumber {
                        id: summary.id.clone(),
                        number: summary.number,
                    });
                }
            }
        }
        Ok(all)
    }
}

/// A bypassed node's output is nothing, which is a value. One that is too large to be shown is in the run's whole result:
/// when nobody can read that, the output is not missing.
fn output(
    paths: &Paths,
    flow: &FlowId,
    run: &RunDetail,
    name: &str,
) -> Result<Option<Exact>, ComputeError> {
    let Some(node) = run.nodes.iter().find(|node| node.name == name) else {
        return Ok(None);
    };
    let output = match node.state {
        NodeState::Completed if run.whole.is_some() => {
            let file = paths.run_file(flow, &run.summary.id, RUN_RESULT);
            let failed = || ComputeError::io("Reading the run’s result");
            let mut body = Vec::new();
            let mut file = file.open().map_err(failed())?;
            file.read_to_end(&mut body).map_err(failed())?;
            executor::whole_output(&body, name)
        }
        NodeState::Completed => node.output.clone(),
        NodeState::Bypassed => Some(Exact::null()),
        _ => None,
    };
    // Pictures that the node made are in that run's folder.
    let folder = paths.run_output(flow, &run.summary.id);
    let file = |picture: &Picture| match picture {
        Picture::OfRun(name) => {
            let file = folder.join(name);
            file.is_file().then(|| file.to_str().map(str::to_owned))?
        }
        _ => None,
    };
    Ok(output.map(|output| placed(&output, &file)))
}

fn node_output(assignment: &Assignment) -> Option<&str> {
    match assignment {
        Assignment::Node { node, .. } => Some(node),
        _ => None,
    }
}
