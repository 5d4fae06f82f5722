//! The connections of a run: what its flow asks for, checked before anything reaches the executor.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use flowdeck_access::folder::Folder;
use flowdeck_connections::{RunConnections, ToolSignatures, models, needs};
use flowdeck_contract::{
    Values,
    connections::ConnectionNeed,
    ids::{FlowId, is_prompty},
    runs::VariablesByName,
};
use flowdeck_flow::{Flow, FlowKind, INIT, Node, check_definition, entry_file};
use serde_json::Value;

use super::{begin::readable, signatures::files_of, variables};
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
        (given, set): (&Values, &VariablesByName),
    ) -> Result<RunConnections, ComputeError> {
        let signatures = self.signatures.of(flow, files_of(folder, parsed));
        let mut needs: Vec<ConnectionNeed> = of_folder(folder, definition, parsed, &signatures)
            .into_iter()
            .filter(|need| match (node, &need.node) {
                (Some(node), Some(asker)) => node.name == *asker,
                _ => true,
            })
            .filter(|need| !variables::is_of_another(need, set))
            .chain(variables::needs(&definition.text, set))
            .collect();
        // What its code may ask for, where there is such a connection.
        let mut possible = of_prompty_files(folder);
        if parsed.kind == FlowKind::Flex {
            // What a run is given counts, rather than what it would be given.
            needs.retain(|need| {
                !need
                    .input
                    .as_deref()
                    .is_some_and(|input| input.starts_with(INIT))
            });
            let values = given.iter().filter(|(name, _)| name.starts_with(INIT));
            let values: Vec<(&str, Value)> = values
                .filter_map(|(name, value)| Some((name, serde_json::from_str(value.json()).ok()?)))
                .collect();
            needs.extend(models(values.iter().map(|(name, value)| (*name, value))));
            let texts = values.iter();
            possible.extend(
                texts.filter_map(|(name, value)| Some(self::possible(Some(name), value.as_str()?))),
            );
        }
        let possible = self.parts.connections.check(flow, possible)?;
        needs.extend(possible.into_iter().filter(|need| need.problem.is_none()));
        let variables = variables::merged(&definition.text, parsed, set);
        let given = self.parts.connections.for_run(
            flow,
            needs,
            &variables,
            &self.parts.variables,
            self.now(),
        )?;
        Ok(given)
    }

    /// What runs of a flow with these variables ask for, and what is wrong with it. Where its session may know more, that is
    /// told as an event.
    pub(crate) fn connection_needs(
        self: &Arc<Self>,
        flow: &FlowId,
        variables: &BTreeMap<String, String>,
    ) -> Result<Vec<ConnectionNeed>, ComputeError> {
        let set = variables::checked(variables)?;
        let folder = self.parts.folders.of(&flow.into())?;
        let definition = readable(Definition::read(&folder, &flow.into()))?;
        if let Some(parsed) = &definition.report.flow {
            self.ask_for_signatures(flow, &folder, parsed);
        }
        let mut needs = self.asked(flow)?;
        needs.retain(|need| !variables::is_of_another(need, &set));
        needs.extend(variables::needs(&definition.text, &set));
        Ok(self.parts.connections.check(flow, needs)?)
    }

    /// What a flow asks for.
    pub(crate) fn asked(&self, flow: &FlowId) -> Result<Vec<ConnectionNeed>, ComputeError> {
        let folder = self.parts.folders.of(&flow.into())?;
        self.asked.of(flow, &folder, |note| {
            let definition = readable(Definition::read(&folder, &flow.into()))?;
            let Some(parsed) = &definition.report.flow else {
                return Ok(Vec::new());
            };
            parsed.source_paths().into_iter().for_each(&mut *note);
            if let Some(source) = parsed.entry.as_deref().and_then(entry_file) {
                note(&source);
            }
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

/// Prompty files of a folder that are looked into.
const PROMPTY_FILES: usize = 100;

/// The connections that the prompty files of a folder name: the code of a flow may load them.
fn of_prompty_files(folder: &Path) -> Vec<ConnectionNeed> {
    let listed = Folder::open(folder).and_then(|opened| {
        let entries = opened.entries()?;
        Ok((opened, entries))
    });
    let (opened, entries) = match listed {
        Ok(listed) => listed,
        Err(error) => {
            let folder = folder.display();
            tracing::warn!(%folder, %error, "a flow's prompty files couldn't be looked for: a run gets no connection that they name");
            return Vec::new();
        }
    };
    let names = entries
        .into_iter()
        .filter_map(|(name, _)| name.into_string().ok());
    let files = names.filter(|name| is_prompty(name)).take(PROMPTY_FILES);
    files
        .filter_map(|file| {
            let text = opened.read_text(&file).ok()?;
            let connection = check_definition(&file, &text).flow?.connection?;
            Some(possible(None, &connection.name))
        })
        .collect()
}

fn possible(input: Option<&str>, name: &str) -> ConnectionNeed {
    ConnectionNeed {
        node: None,
        input: input.map(str::to_owned),
        line: 1,
        name: name.to_owned(),
        accepts: Vec::new(),
        problem: None,
    }
}
