//! The connections of a run: what its flow asks for, checked before anything reaches the executor.

use std::{path::Path, sync::Arc};

use flowdeck_access::folder::Folder;
use flowdeck_connections::{RunConnections, ToolSignatures, needs};
use flowdeck_contract::{connections::ConnectionNeed, ids::FlowId};
use flowdeck_flow::{Flow, Node};

use super::{begin::readable, signatures::files_of};
use crate::{error::ComputeError, flow::Definition, runs::Runs};

impl Runs {
    /// What a run of the flow, or of one of its nodes, is given.
    pub(super) fn connected(
        &self,
        flow: &FlowId,
        folder: &Path,
        definition: &Definition,
        parsed: &Flow,
        node: Option<&Node>,
    ) -> Result<RunConnections, ComputeError> {
        let signatures = self.signatures.of(flow, files_of(folder, parsed));
        let needs = of_folder(folder, definition, parsed, &signatures)
            .into_iter()
            .filter(|need| match (node, &need.node) {
                (Some(node), Some(asker)) => node.name == *asker,
                _ => true,
            })
            .collect();
        let variables = (definition.text.as_str(), &*parsed.environment_variables);
        let given = self.parts.connections.for_run(
            flow,
            needs,
            variables,
            &self.parts.variables,
            self.now(),
        )?;
        Ok(given)
    }

    /// What a flow asks for, and what is wrong with it. Where its session may know more, that is told as an event.
    pub(crate) fn connection_needs(
        self: &Arc<Self>,
        flow: &FlowId,
    ) -> Result<Vec<ConnectionNeed>, ComputeError> {
        let folder = self.parts.folders.of(&flow.into())?;
        if let Some(parsed) = &readable(Definition::read(&folder))?.report.flow {
            self.ask_for_signatures(flow, &folder, parsed);
        }
        Ok(self.parts.connections.check(flow, self.asked(flow)?)?)
    }

    /// What a flow asks for.
    pub(crate) fn asked(&self, flow: &FlowId) -> Result<Vec<ConnectionNeed>, ComputeError> {
        let folder = self.parts.folders.of(&flow.into())?;
        self.asked.of(flow, &folder, |note| {
            let definition = readable(Definition::read(&folder))?;
            let Some(parsed) = &definition.report.flow else {
                return Ok(Vec::new());
            };
            parsed.source_paths().into_iter().for_each(note);
            let signatures = self.signatures.of(flow, files_of(&folder, parsed));
            Ok(of_folder(&folder, &definition, parsed, &signatures))
        })
    }
}

fn of_folder(
    folder: &Path,
    definition: &Definition,
    parsed: &Flow,
    signatures: &ToolSignatures,
) -> Vec<ConnectionNeed> {
    let opened = Folder::open(folder).ok();
    // A tool that can’t be read here is promptflow’s to complain about.
    let source = |path: &str| opened.as_ref()?.read_text(path).ok();
    needs(parsed, &definition.text, source, signatures)
}
