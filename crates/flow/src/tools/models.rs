//! The APIs of LLM nodes, with what each takes (`promptflow/tools/aoai.py` and `openai.py` of `promptflow-tools` 1.6.1).

use super::{Parameter, takes};
use crate::model::ValueType::{Bool, Double, Int, List, Object, String};

/// What `api` of an LLM node names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Api {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [Parameter],
}

/// The API of this name.
pub(crate) fn api(name: &str) -> Option<&'static Api> {
    APIS.iter().find(|api| api.name == name)
}

/// All of them. `prompt` and the connection are not the node's inputs to give, and so not here.
pub(crate) const APIS: [Api; 2] = [
    Api {
        name: "chat",
        parameters: &[
            takes("deployment_name", String),
            takes("model", String),
            takes("temperature", Double),
            takes("top_p", Double),
            takes("n", Int),
            takes("stream", Bool),
            takes("stop", List),
            takes("max_tokens", Int),
            takes("presence_penalty", Double),
            takes("frequency_penalty", Double),
            takes("logit_bias", Object),
            takes("user", String),
            takes("function_call", Object),
            takes("functions", List),
            takes("tool_choice", Object),
            takes("tools", List),
            takes("response_format", Object),
            takes("seed", Int),
        ],
    },
    Api {
        name: "completion",
        parameters: &[
            takes("deployment_name", String),
            takes("model", String),
            takes("suffix", String),
            takes("max_tokens", Int),
            takes("temperature", Double),
            takes("top_p", Double),
            takes("n", Int),
            takes("stream", Bool),
            takes("logprobs", Int),
            takes("echo", Bool),
            takes("stop", List),
            takes("presence_penalty", Double),
            takes("frequency_penalty", Double),
            takes("best_of", Int),
            takes("logit_bias", Object),
            takes("user", String),
        ],
    },
];

/// What services take and these tools don't: they hand it to the template.
pub(crate) const UNSUPPORTED: [&str; 18] = [
    "api_version",
    "audio",
    "extra_body",
    "extra_headers",
    "max_completion_tokens",
    "max_output_tokens",
    "metadata",
    "modalities",
    "parallel_tool_calls",
    "prediction",
    "reasoning",
    "reasoning_effort",
    "service_tier",
    "store",
    "stream_options",
    "timeout",
    "top_logprobs",
    "verbosity",
];
