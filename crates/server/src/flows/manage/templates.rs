//! What a new flow can begin as: a small flow of each of promptflow's kinds, and the samples.

use flowdeck_contract::{
    flows::FlowType,
    ids::{FlowId, InvalidId},
    managing::FlowTemplate,
};

/// Files that become a flow.
pub(super) struct Template {
    id: &'static str,
    name: &'static str,
    about: &'static str,
    kind: FlowType,
    is_sample: bool,
    needs_model: bool,
    /// By path in the flow's folder; the definition is the first.
    pub(super) files: &'static [(&'static str, &'static str)],
}

macro_rules! files {
    ($folder:literal: $($file:literal),+) => {
        &[$(($file, include_str!(concat!("../../../", $folder, "/", $file)))),+]
    };
}

const fn beginning(
    id: &'static str,
    name: &'static str,
    about: &'static str,
    kind: FlowType,
    files: &'static [(&'static str, &'static str)],
) -> Template {
    Template {
        id,
        name,
        about,
        kind,
        is_sample: false,
        needs_model: matches!(kind, FlowType::Prompty),
        files,
    }
}

const fn sample(
    id: &'static str,
    name: &'static str,
    about: &'static str,
    kind: FlowType,
    needs_model: bool,
    files: &'static [(&'static str, &'static str)],
) -> Template {
    Template {
        id,
        name,
        about,
        kind,
        is_sample: true,
        needs_model,
        files,
    }
}

const TEMPLATES: [Template; 12] = [
    beginning(
        "standard",
        "Standard flow",
        "Nodes that pass values on. Begins with one Python node.",
        FlowType::Standard,
        files!("templates/standard": "flow.dag.yaml", "answer.py"),
    ),
    beginning(
        "chat",
        "Chat flow",
        "Answers questions and knows what was said before.",
        FlowType::Chat,
        files!("templates/chat": "flow.dag.yaml", "reply.py"),
    ),
    beginning(
        "evaluation",
        "Evaluation flow",
        "Grades the answers of another flow and logs metrics.",
        FlowType::Evaluation,
        files!("templates/evaluation": "flow.dag.yaml", "grade.py", "aggregate.py"),
    ),
    beginning(
        "flex",
        "Flex flow",
        "A Python function or class of your own, without nodes.",
        FlowType::Flex,
        files!("templates/flex": "flow.flex.yaml", "flow.py"),
    ),
    beginning(
        "prompty",
        "Prompty",
        "One file with a prompt and the model that answers it.",
        FlowType::Prompty,
        files!("templates/prompty": "chat.prompty"),
    ),
    sample(
        "greeting",
        "Greeting",
        "A prompt and a Python tool.",
        FlowType::Standard,
        false,
        files!("../../samples/greeting": "flow.dag.yaml", "compose.jinja2", "finish.py"),
    ),
    sample(
        "triage-ticket",
        "Triage a support ticket",
        "A branch with activate conditions.",
        FlowType::Standard,
        false,
        files!("../../samples/triage-ticket":
            "flow.dag.yaml", "classify.py", "choose_reply.py", "normal_reply.jinja2", "urgent_reply.jinja2"),
    ),
    sample(
        "score-answers",
        "Score answers",
        "An evaluation with an aggregation node and metrics.",
        FlowType::Evaluation,
        false,
        files!("../../samples/score-answers": "flow.dag.yaml", "grade.py", "report.py"),
    ),
    sample(
        "chat-with-notes",
        "Chat with notes",
        "A chat that remembers notes.",
        FlowType::Chat,
        false,
        files!("../../samples/chat-with-notes": "flow.dag.yaml", "recall.py", "answer.jinja2"),
    ),
    sample(
        "reading-time",
        "Reading time",
        "A package from requirements.txt.",
        FlowType::Standard,
        false,
        files!("../../samples/reading-time":
            "flow.dag.yaml", "count.py", "describe.py", "requirements.txt"),
    ),
    sample(
        "summarize-text",
        "Summarize text",
        "An LLM node between a Python tool and the output.",
        FlowType::Standard,
        true,
        files!("../../samples/summarize-text": "flow.dag.yaml", "summarize.jinja2", "tidy.py"),
    ),
    sample(
        "chat-with-model",
        "Chat with a model",
        "A chat that a model answers, with a history.",
        FlowType::Chat,
        true,
        files!("../../samples/chat-with-model": "flow.dag.yaml", "answer.jinja2"),
    ),
];

/// What a new flow can begin as.
#[must_use]
pub fn templates() -> Vec<FlowTemplate> {
    let needs = "Needs the connection ‘open_ai_connection’ to OpenAI, or to a server such as Ollama. The flow’s page adds it.";
    let told = TEMPLATES.iter().map(|template| FlowTemplate {
        id: template.id.to_owned(),
        name: template.name.to_owned(),
        description: template.about.to_owned(),
        flow_type: template.kind,
        is_sample: template.is_sample,
        needs: template.needs_model.then(|| needs.to_owned()),
    });
    told.collect()
}

/// The template of this id.
pub(super) fn template(id: &str) -> Option<&'static Template> {
    // A reference to a constant lives as long as the program.
    const ALL: &[Template] = &TEMPLATES;
    ALL.iter().find(|template| template.id == id)
}

impl Template {
    /// The file that defines the flow.
    pub(super) fn definition(&self) -> &'static str {
        self.files.first().map_or("", |(path, _)| path)
    }

    /// The flow that it becomes in this folder: a prompty is a file in it.
    pub(super) fn flow_in(&self, folder: &FlowId) -> Result<FlowId, InvalidId> {
        match self.kind {
            FlowType::Prompty => folder.prompty_beside(self.definition()),
            _ => Ok(folder.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use flowdeck_flow::{FileNames, Severity, check_definition, check_in};

    use super::*;

    #[test]
    fn each_template_is_a_flow_of_its_kind_without_a_mistake() {
        for template in &TEMPLATES {
            let (file, text) = template.files[0];
            let names: FileNames = template.files.iter().map(|(path, _)| *path).collect();
            let report = match template.kind {
                FlowType::Prompty => check_definition(file, text),
                _ => check_in(text, &names),
            };
            let errors: Vec<_> = report
                .findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .collect();
            assert!(errors.is_empty(), "{}: {errors:?}", template.id);
            let kind = crate::flows::flow_type(&report);
            assert_eq!(kind, Some(template.kind), "{}", template.id);
        }
    }

    #[test]
    fn every_file_of_a_sample_is_part_of_its_template() {
        let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
        let mut seen = 0;
        for sample in std::fs::read_dir(samples).unwrap() {
            let sample = sample.unwrap();
            if !sample.file_type().unwrap().is_dir() {
                continue;
            }
            let name = sample.file_name().into_string().unwrap();
            let template = template(&name).unwrap_or_else(|| panic!("{name} is no template"));
            let mut files: Vec<String> = std::fs::read_dir(sample.path())
                .unwrap()
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .collect();
            let mut known: Vec<&str> = template.files.iter().map(|(path, _)| *path).collect();
            files.sort_unstable();
            known.sort_unstable();
            assert_eq!(files, known, "{name}");
            seen += 1;
        }
        assert!(seen > 0);
    }
}
