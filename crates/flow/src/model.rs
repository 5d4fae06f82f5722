//! A flow as promptflow sees it, without its text: what pages and the executor's clients need.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::prompty::ModelConnection;

/// DAG of nodes, a flex flow (a Python function or class named by `entry`), or a prompty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum FlowKind {
    /// Nodes connected by references.
    Dag,
    /// A Python entry point; promptflow checks nothing of it before importing it.
    Flex,
    /// A prompt, with the model that answers it.
    Prompty,
}

/// What the flow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// The API has a type of that name, which knows flex flows too.
#[cfg_attr(feature = "openapi", schema(as = DagType))]
#[serde(rename_all = "camelCase")]
pub enum FlowType {
    /// Inputs in, outputs out.
    Standard,
    /// Has a chat input, and gets its history back.
    Chat,
    /// Has an aggregation node: reads many lines, logs metrics.
    Evaluation,
}

/// How a flow writes pictures among its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum MessageFormat {
    /// `{"data:image/png;path": "a.png"}`.
    #[default]
    Basic,
    /// `{"type": "image_file", "image_file": {"path": "a.png"}}`.
    OpenaiVision,
}

/// A flow definition. Lists keep the file's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// DAG, flex or prompty.
    pub kind: FlowKind,
    /// The file's `type`, or what its inputs and nodes show.
    pub flow_type: FlowType,
    /// `display_name`, or `name`.
    pub display_name: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `tags`, values as text.
    pub tags: BTreeMap<String, String>,
    /// `inputs`; those of its `sample` where a flex flow or a prompty declares none. The arguments of a flex flow's class
    /// are called `init.NAME`, as [`INIT`](crate::INIT) says.
    pub inputs: Vec<FlowInput>,
    /// `outputs`.
    pub outputs: Vec<FlowOutput>,
    /// `nodes`, in the file's order.
    pub nodes: Vec<Node>,
    /// `environment`.
    pub environment: Environment,
    /// `environment_variables`, with values as promptflow gives them to a process: JSON when
    /// they are lists or mappings. Values may be secrets.
    pub environment_variables: Vec<EnvironmentVariable>,
    /// `additional_includes`: files and folders outside of the flow folder.
    pub additional_includes: Vec<String>,
    /// `entry` of a flex flow.
    pub entry: Option<String>,
    /// `message_format`; `basic` where it's something that promptflow doesn't know.
    #[serde(default)]
    pub message_format: MessageFormat,
    /// The connection that a prompty's model is called with.
    #[serde(skip)]
    pub connection: Option<ModelConnection>,
    /// Whether the file has inputs of its own.
    #[serde(skip)]
    pub(crate) declares_inputs: bool,
}

/// An input of the flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowInput {
    /// Its name, unique in the flow.
    pub name: String,
    /// Its declared type; `object` when the declaration is wrong (there is a finding then).
    pub input_type: ValueType,
    /// `default`, whole; `None` when absent, null, or too long: see `long_default`.
    pub default: Option<Value>,
    /// The beginning of a `default` that is too long to be given here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_default: Option<LongDefault>,
    /// `description`.
    pub description: Option<String>,
    /// `enum`: the values allowed; empty when there are none, or too many for a page.
    pub enum_values: Vec<Value>,
    /// The message of a chat flow.
    pub is_chat_input: bool,
    /// The history of a chat flow: the input that says so, else the one called `chat_history` in a flow with a chat input.
    pub is_chat_history: bool,
}

impl FlowInput {
    /// A text of this name.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            input_type: ValueType::String,
            default: None,
            long_default: None,
            description: None,
            enum_values: Vec::new(),
            is_chat_input: false,
            is_chat_history: false,
        }
    }
}

/// A default that is too long to be given whole. A run that isn't given another value uses all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LongDefault {
    /// Its beginning, as text, else as JSON: at most 10,000 bytes.
    pub beginning: String,
    /// How many bytes it has, as text, else as JSON; `None` when its aliases make it too long to be read.
    pub bytes: Option<u64>,
}

impl Flow {
    /// The files that its nodes run, each once, as the file writes them.
    #[must_use]
    pub fn source_paths(&self) -> BTreeSet<&str> {
        let sources = self.nodes.iter().filter_map(|node| node.source.as_ref());
        sources
            .filter_map(|source| source.path.as_deref())
            .collect()
    }
}

/// An output of the flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowOutput {
    /// Its name, unique in the flow.
    pub name: String,
    /// Its declared type; `object` when the declaration is wrong (there is a finding then).
    pub output_type: ValueType,
    /// Where its value comes from.
    pub reference: Assignment,
    /// `description`.
    pub description: Option<String>,
    /// The answer of a chat flow.
    pub is_chat_output: bool,
    /// Only meant for evaluation.
    pub evaluation_only: bool,
}

/// The types of inputs and outputs (promptflow's `ValueType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is its own name in the file")]
pub enum ValueType {
    Int,
    Double,
    Bool,
    String,
    Secret,
    PromptTemplate,
    List,
    Object,
    FilePath,
    Image,
    AssistantDefinition,
}

impl ValueType {
    /// All types, in promptflow's order.
    pub const ALL: [Self; 11] = [
        Self::Int,
        Self::Double,
        Self::Bool,
        Self::String,
        Self::Secret,
        Self::PromptTemplate,
        Self::List,
        Self::Object,
        Self::FilePath,
        Self::Image,
        Self::AssistantDefinition,
    ];

    /// The name in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Double => "double",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Secret => "secret",
            Self::PromptTemplate => "prompt_template",
            Self::List => "list",
            Self::Object => "object",
            Self::FilePath => "file_path",
            Self::Image => "image",
            Self::AssistantDefinition => "assistant_definition",
        }
    }

    /// The type of that name; names are case-sensitive.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|value_type| value_type.as_str() == name)
    }
}

/// The types of nodes (promptflow's `ToolType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is its own name in the file")]
pub enum NodeType {
    Llm,
    Python,
    Csharp,
    Prompt,
    Action,
    CustomLlm,
}

impl NodeType {
    /// All types, in promptflow's order.
    pub const ALL: [Self; 6] = [
        Self::Llm,
        Self::Python,
        Self::Csharp,
        Self::Prompt,
        Self::Action,
        Self::CustomLlm,
    ];

    /// The name in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Python => "python",
            Self::Csharp => "csharp",
            Self::Prompt => "prompt",
            Self::Action => "action",
            Self::CustomLlm => "custom_llm",
        }
    }

    /// The type of that name; names are case-sensitive.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|node_type| node_type.as_str() == name)
    }
}

/// A node of the flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its name, unique in the flow.
    pub name: String,
    /// `type`; `None` when absent (promptflow then takes it from the variant) or unknown.
    pub node_type: Option<NodeType>,
    /// `source`.
    pub source: Option<Source>,
    /// `inputs`, in the file's order.
    pub inputs: Vec<NodeInput>,
    /// Runs once over all lines of a batch.
    pub aggregation: bool,
    /// `activate`: the node runs only when the condition holds.
    pub activate: Option<Activate>,
    /// `connection`: the name of a connection to a service.
    pub connection: Option<String>,
    /// `api`, as in `chat`.
    pub api: Option<String>,
    /// `provider`, as in `AzureOpenAI`.
    pub provider: Option<String>,
    /// `module` of the provider, imported by promptflow.
    pub module: Option<String>,
    /// Variants, when the node uses them. The other fields are then those of the default one.
    pub variants: Option<Variants>,
    /// The line on which the node starts, from 1.
    pub line: u32,
}

/// The code a node runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// `type`: `code` (the default), `package` or `package_with_prompt`.
    pub source_type: Option<String>,
    /// `tool`: a function of an installed package.
    pub tool: Option<String>,
    /// `path` of a file in the flow folder.
    pub path: Option<String>,
}

/// An input of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeInput {
    /// The parameter of the tool.
    pub name: String,
    /// Its value.
    pub value: Assignment,
}

/// A value, or a reference to where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Assignment {
    /// The value itself.
    Literal {
        /// As JSON.
        value: Value,
    },
    /// `${inputs.name}` (or the older `${flow.name}`).
    FlowInput {
        /// The input's name.
        name: String,
    },
    /// `${node.section.property}`.
    Node {
        /// The node's name.
        node: String,
        /// Most often `output`.
        section: String,
        /// What follows, when something does.
        property: Option<String>,
    },
}

/// A condition on which a node runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activate {
    /// `when`: what is compared.
    pub when: Assignment,
    /// `is`: the value it must have.
    pub is: Value,
}

/// The variants of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Variants {
    /// `default_variant_id`.
    pub default_id: String,
    /// All ids, in the file's order.
    pub ids: Vec<String>,
}

/// `environment`: what the compute session is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// `image`: the base image.
    pub image: Option<String>,
    /// `python_requirements_txt`: a path in the flow folder.
    pub python_requirements_txt: Option<String>,
}

/// A variable set for the flow's process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}
