//! The flow as its definition file describes it.

use std::sync::Arc;

use flowdeck_contract::{
    flows::FlowDetail,
    ids::FilePath,
    shown::{Name, shown},
};
use flowdeck_flow::{Flow, Report};
use leptos::prelude::*;

use super::FlowContext;

/// The definition file and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The file, in the flow folder.
    pub path: Option<FilePath>,
    /// What is in it, and what is wrong with it; `None` when it is missing or isn't text.
    pub report: Option<Report>,
}

impl Definition {
    fn of(detail: &FlowDetail) -> Self {
        Self {
            path: FilePath::try_from(detail.definition_path.as_str()).ok(),
            report: detail.report.clone(),
        }
    }

    /// What could be read of the flow.
    #[must_use]
    pub fn flow(&self) -> Option<&Flow> {
        self.report.as_ref()?.flow.as_ref()
    }

    /// Whether there is nothing that says what the flow has.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.flow().is_none()
    }

    /// What to do where nothing can be read of the flow, to `what`.
    #[must_use]
    pub fn fix_to(&self, what: &str) -> Option<String> {
        let file = self
            .path
            .as_ref()
            .map_or("the flow’s definition", |path| path.as_str());
        let is_unreadable = self.is_unreadable();
        is_unreadable.then(|| format!("Fix {} to {what}.", shown(file)))
    }

    /// The names of its nodes: in execution order, or as they stand in the file when there is none.
    #[must_use]
    pub fn node_names(&self) -> Vec<Name> {
        let Some(report) = &self.report else {
            return Vec::new();
        };
        let in_file = || {
            report
                .flow
                .iter()
                .flat_map(|flow| flow.nodes.iter().map(|node| node.name.clone()))
                .collect::<Vec<String>>()
        };
        let names = report.order.clone().unwrap_or_else(in_file);
        names.into_iter().map(Name::from).collect()
    }

    /// The requirements file: the one it names, else the one that counts without being named.
    #[must_use]
    pub fn requirements(&self) -> Option<FilePath> {
        let named = self
            .flow()
            .and_then(|flow| flow.environment.python_requirements_txt.as_deref());
        let path = named.unwrap_or("requirements.txt");
        FilePath::try_from(path.trim_start_matches("./")).ok()
    }
}

/// The definition; `None` until the flow is loaded. Changes only when the file's meaning does.
pub fn use_definition(context: FlowContext) -> Memo<Option<Arc<Definition>>> {
    Memo::new(move |_| {
        context
            .detail
            .get()
            .map(|detail| Arc::new(Definition::of(&detail)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(yaml: &str) -> Definition {
        Definition {
            path: None,
            report: Some(flowdeck_flow::check(yaml)),
        }
    }

    #[test]
    fn nodes_come_in_execution_order() {
        let yaml = "
inputs: {x: {type: string}}
nodes:
- {name: second, type: prompt, source: {type: code, path: b.jinja2}, inputs: {x: '${first.output}'}}
- {name: first, type: prompt, source: {type: code, path: a.jinja2}, inputs: {x: '${inputs.x}'}}
outputs: {}
";
        assert_eq!(
            definition(yaml).node_names(),
            ["first", "second"].map(Name::from)
        );
    }

    #[test]
    fn requirements_are_where_the_flow_says() {
        let named =
            definition("environment: {python_requirements_txt: ./env/packages.txt}\nnodes: []\n");
        assert_eq!(
            named.requirements(),
            FilePath::try_from("env/packages.txt").ok()
        );
        assert_eq!(
            definition("nodes: []\n").requirements(),
            FilePath::try_from("requirements.txt").ok()
        );
        assert_eq!(
            definition("environment: {python_requirements_txt: ../up.txt}").requirements(),
            None
        );
    }

    #[test]
    fn a_definition_that_is_no_yaml_says_nothing_of_the_flow() {
        let of = |text: &str| Definition {
            path: None,
            report: Some(flowdeck_flow::check(text)),
        };
        assert!(of("nodes: [\n").is_unreadable());
        assert!(!of("nodes: []\n").is_unreadable());
        assert_eq!(of("nodes: []\n").fix_to("see inputs"), None);
        let prompty = Definition {
            path: FilePath::try_from("chat.prompty").ok(),
            report: None,
        };
        let said = prompty.fix_to("see inputs").unwrap();
        assert_eq!(said, "Fix chat.prompty to see inputs.");
    }
}
