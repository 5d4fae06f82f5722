//! The parts of a flow that are read: its definition, and the signature of the entry of a flex flow.

use flowdeck_contract::ids::FilePath;
use flowdeck_flow::{Flow, FlowKind, Report, entry_file, take_inputs_of_entry};

use crate::files::FlowFolder;

/// Reads a definition for its page, with the beginnings of long defaults. An entry that can't be read gives no inputs: a run says why.
pub(super) fn report(folder: &FlowFolder, file: &FilePath, text: &str) -> Report {
    let mut report = flowdeck_flow::check_definition(file.as_str(), text);
    if let Some(flow) = report
        .flow
        .as_mut()
        .filter(|flow| flow.kind == FlowKind::Flex)
        && let Some(source) = source(folder, flow)
    {
        take_inputs_of_entry(flow, &source);
    }
    report.flow = report.flow.map(Flow::shortened);
    report
}

fn source(folder: &FlowFolder, flow: &Flow) -> Option<String> {
    let file = entry_file(flow.entry.as_deref()?)?;
    let file = FilePath::try_from(file.as_str()).ok()?;
    folder.read(&file).ok().map(|file| file.text)
}
