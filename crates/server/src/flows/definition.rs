//! What the flows page shows of a flow's definition file.

use flowdeck_compute::definition_names;
use flowdeck_contract::{
    flows::{FlowProblem, FlowType},
    ids::{FilePath, FlowId},
};
use flowdeck_flow::{FlowKind, Report};

use crate::files::FileError;

/// Where a flow's definition may stand.
pub(crate) fn paths(flow: &FlowId) -> impl Iterator<Item = FilePath> {
    definition_names(flow)
        .into_iter()
        .filter_map(|name| FilePath::try_from(name).ok())
}

/// What a definition says of its flow; also when it is broken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Description {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) flow_type: Option<FlowType>,
    pub(crate) problem: Option<FlowProblem>,
}

impl Description {
    pub(crate) fn of_text(file: &FilePath, text: &str) -> Self {
        let report = flowdeck_flow::check_definition(file.as_str(), text);
        let problem = report.errors().next().map(|finding| FlowProblem {
            code: finding.code.clone(),
            message: finding.message.clone(),
            line: Some(finding.line),
        });
        let flow_type = flow_type(&report);
        let (name, description) = match report.flow {
            Some(flow) => (flow.display_name, flow.description),
            None => (None, None),
        };
        Self {
            name: name.filter(|name| !name.trim().is_empty()),
            description,
            flow_type,
            problem,
        }
    }

    pub(crate) fn of_failure(error: &FileError) -> Self {
        Self::of_problem(error.code(), error)
    }

    pub(crate) fn of_problem(code: &str, message: impl std::fmt::Display) -> Self {
        Self {
            problem: Some(FlowProblem {
                code: code.to_owned(),
                message: message.to_string(),
                line: None,
            }),
            ..Self::default()
        }
    }
}

pub(super) fn flow_type(report: &Report) -> Option<FlowType> {
    let flow = report.flow.as_ref()?;
    Some(match (report.kind, flow.flow_type) {
        (FlowKind::Flex, _) => FlowType::Flex,
        (FlowKind::Prompty, _) => FlowType::Prompty,
        (FlowKind::Dag, flowdeck_flow::FlowType::Standard) => FlowType::Standard,
        (FlowKind::Dag, flowdeck_flow::FlowType::Chat) => FlowType::Chat,
        (FlowKind::Dag, flowdeck_flow::FlowType::Evaluation) => FlowType::Evaluation,
    })
}
