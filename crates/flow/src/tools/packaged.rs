//! The package tools of `promptflow-tools` 1.6.1 (its `promptflow/tools/yamls`).

use super::{CONNECTION, Parameter, needs, takes};
use crate::model::ValueType::{Bool, Double, Int, List, Object, String};

/// A tool that a node names by `source.tool`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PackageTool {
    pub(crate) id: &'static str,
    pub(crate) parameters: &'static [Parameter],
    /// Whether it has a template, to which everything else that it is given goes.
    pub(crate) has_template: bool,
}

/// An earlier name, and the one that it has now.
const RENAMED: (&str, &str) = (
    "content_safety_text.tools.content_safety_text_tool.analyze_text",
    "promptflow.tools.azure_content_safety.analyze_text",
);

/// The tool that promptflow finds by this name.
pub(crate) fn package_tool(id: &str) -> Option<&'static PackageTool> {
    let id = if id == RENAMED.0 { RENAMED.1 } else { id };
    PACKAGED.iter().find(|tool| tool.id == id)
}

/// All of them.
pub(crate) const PACKAGED: [PackageTool; 8] = [
    PackageTool {
        id: "promptflow.tools.aoai_gpt4v.AzureOpenAI.chat",
        has_template: true,
        parameters: &[
            CONNECTION,
            needs("deployment_name", String),
            takes("temperature", Double),
            takes("top_p", Double),
            takes("max_tokens", Int),
            takes("stop", List),
            takes("presence_penalty", Double),
            takes("frequency_penalty", Double),
            takes("seed", Int),
            takes("detail", String),
        ],
    },
    PackageTool {
        id: "promptflow.tools.azure_content_safety.analyze_text",
        has_template: false,
        parameters: &[
            CONNECTION,
            needs("text", String),
            takes("hate_category", String),
            takes("self_harm_category", String),
            takes("sexual_category", String),
            takes("violence_category", String),
        ],
    },
    PackageTool {
        id: "promptflow.tools.embedding.embedding",
        has_template: false,
        parameters: &[
            CONNECTION,
            needs("input", String),
            takes("deployment_name", String),
            takes("model", String),
        ],
    },
    PackageTool {
        id: "promptflow.tools.llm.llm",
        has_template: true,
        parameters: &[
            CONNECTION,
            takes("api", String),
            takes("deployment_name", String),
            takes("model", String),
            takes("temperature", Double),
            takes("top_p", Double),
            takes("stop", List),
            takes("max_tokens", Int),
            takes("presence_penalty", Double),
            takes("response_format", Object),
            takes("frequency_penalty", Int),
            takes("logit_bias", Object),
            takes("seed", Int),
            takes("suffix", String),
            takes("logprobs", Int),
            takes("echo", Bool),
            takes("best_of", Int),
            takes("tools", List),
            takes("tool_choice", Object),
        ],
    },
    PackageTool {
        id: "promptflow.tools.llm_vision.llm_vision",
        has_template: true,
        parameters: &[
            CONNECTION,
            takes("deployment_name", String),
            takes("model", String),
            takes("temperature", Double),
            takes("top_p", Double),
            takes("stop", List),
            takes("max_tokens", Int),
            takes("presence_penalty", Double),
            takes("frequency_penalty", Int),
            takes("seed", Int),
            takes("detail", String),
        ],
    },
    PackageTool {
        id: "promptflow.tools.open_model_llm.OpenModelLLM.call",
        has_template: true,
        parameters: &[
            needs("endpoint_name", String),
            takes("deployment_name", String),
            needs("api", String),
            takes("temperature", Double),
            takes("max_new_tokens", Int),
            takes("top_p", Double),
            takes("model_kwargs", Object),
        ],
    },
    PackageTool {
        id: "promptflow.tools.openai_gpt4v.OpenAI.chat",
        has_template: true,
        parameters: &[
            CONNECTION,
            takes("model", String),
            takes("temperature", Double),
            takes("top_p", Double),
            takes("max_tokens", Int),
            takes("stop", List),
            takes("presence_penalty", Double),
            takes("frequency_penalty", Double),
            takes("seed", Int),
            takes("detail", String),
        ],
    },
    PackageTool {
        id: "promptflow.tools.serpapi.SerpAPI.search",
        has_template: false,
        parameters: &[
            CONNECTION,
            needs("query", String),
            takes("location", String),
            takes("safe", String),
            takes("num", Int),
            takes("engine", String),
        ],
    },
];
