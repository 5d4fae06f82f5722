//! The table itself.

use super::Holds::{
    Any, Connection, File, List, Named, NodeType, OneOf, PackageTool, Reference, Section as One,
    Text, Texts, Truth, ValueType, ValueTypes, Values, Words,
};
use super::Reading::{Free, OrNothing, Strict};
use super::Section::{
    Activate, Environment, Flow, Input, Node, Output, Source, Tool, ToolInput, ToolOutput, Variant,
    Variants,
};
use super::{Holds, Key, Reading, Section};

/// What promptflow's own classes read.
const EXECUTOR: &str = "promptflow.contracts.flow";
/// What only promptflow's command line and portal read.
const DEVKIT: &str = "promptflow's devkit and portal";

const fn key(
    section: Section,
    name: &'static str,
    holds: Holds,
    reading: Reading,
    meaning: &'static str,
    source: &'static str,
) -> Key {
    Key {
        section,
        name,
        holds,
        reading,
        is_required: false,
        meaning,
        source,
    }
}

impl Key {
    const fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }
}

/// All keys, section by section, as people order them.
#[rustfmt::skip]
pub static KEYS: &[Key] = &[
    key(Flow, "$schema", Text, Free, "The address of a JSON Schema, by which editors check the file.", "editors"),
    key(Flow, "id", Text, Free, "The flow's id. Older flows have one.", EXECUTOR),
    key(Flow, "name", Text, Free, "The flow's name. `display_name` counts first.", EXECUTOR),
    key(Flow, "display_name", Text, Free, "The name that people see.", DEVKIT),
    key(Flow, "description", Text, Free, "What the flow is for.", DEVKIT),
    key(Flow, "type", OneOf(&["standard", "chat", "evaluation"]), Free, "What the flow is for: `chat` opens a chat page, `evaluation` rates the results of another flow.", DEVKIT),
    key(Flow, "tags", Values, Free, "Words to find the flow by, each with a value.", DEVKIT),
    key(Flow, "environment", One(Environment), Free, "What the compute session is made of: an image and packages.", DEVKIT),
    key(Flow, "environment_variables", Values, Free, "Variables that the flow's process gets. Don't write secrets here.", DEVKIT),
    key(Flow, "additional_includes", Texts, Free, "Files and folders outside of the flow folder that belong to the flow.", DEVKIT),
    key(Flow, "message_format", OneOf(&["basic", "openai-vision"]), Free, "How images are written among inputs and outputs.", EXECUTOR),
    key(Flow, "inputs", Named(Input), OrNothing, "What a run of the flow is given, by name. Nodes take them by `${inputs.name}`.", EXECUTOR),
    key(Flow, "outputs", Named(Output), OrNothing, "What a run of the flow gives, by name.", EXECUTOR),
    key(Flow, "nodes", List(Node), OrNothing, "The steps. Each runs when the nodes that it refers to are done.", EXECUTOR),
    key(Flow, "node_variants", Named(Variants), OrNothing, "Other versions of nodes, by the node's name. They count for nodes with `use_variants: true`.", EXECUTOR),
    key(Flow, "entry", Text, Free, "Makes it a flex flow: the Python function or class to run, as `module:name`. Nodes don't count then.", DEVKIT),
    key(Flow, "init", Values, Free, "What the class of a flex flow is made with.", DEVKIT),
    key(Flow, "sample", Any, Free, "Inputs of a flex flow to try it with.", DEVKIT),
    key(Flow, "language", OneOf(&["python", "csharp"]), Free, "The language that the flow's code is written in.", DEVKIT),
    key(Flow, "tools", List(Tool), OrNothing, "Definitions of tools, which flows of the first versions carry.", EXECUTOR),
    key(Flow, "path", Text, Free, "Where the flow is. The portal writes it.", DEVKIT),
    key(Flow, "version", Any, Free, "The flow's version. The portal writes it.", DEVKIT),

    key(Environment, "image", Text, Free, "The container image that the compute session starts from.", DEVKIT),
    key(Environment, "python_requirements_txt", File, Free, "The requirements file. Its packages are installed when a compute session starts.", DEVKIT),
    key(Environment, "setup_sh", File, Free, "A script that the portal runs. flowdeck doesn't run it.", DEVKIT),

    key(Input, "type", ValueType, Strict, "The type of the input's value.", "FlowInputDefinition.deserialize").required(),
    key(Input, "default", Any, Free, "The value that is used where a run gives none.", "FlowInputDefinition.deserialize"),
    key(Input, "description", Text, Free, "What the input is for.", "FlowInputDefinition.deserialize"),
    key(Input, "enum", Any, Free, "The values that are allowed.", "FlowInputDefinition.deserialize"),
    key(Input, "is_chat_input", Truth, Free, "Makes it the question of a chat flow.", "FlowInputDefinition.deserialize"),
    key(Input, "is_chat_history", Truth, Free, "Makes it the history of a chat flow: earlier questions and answers.", "FlowInputDefinition.deserialize"),

    key(Output, "type", ValueType, Strict, "The type of the output's value.", "FlowOutputDefinition.deserialize").required(),
    key(Output, "reference", Reference, Free, "Where the value comes from: `${node.output}` or `${inputs.name}`.", "FlowOutputDefinition.deserialize").required(),
    key(Output, "description", Text, Free, "What the output is.", "FlowOutputDefinition.deserialize"),
    key(Output, "evaluation_only", Truth, Free, "Keeps the output for evaluation: a deployed flow doesn't give it.", "FlowOutputDefinition.deserialize"),
    key(Output, "is_chat_output", Truth, Free, "Makes it the answer of a chat flow.", "FlowOutputDefinition.deserialize"),

    key(Node, "name", Text, Free, "The node's name, by which others refer to it: `${name.output}`. Each node has another.", "Node.deserialize"),
    key(Node, "type", NodeType, Strict, "What kind of tool runs.", "Node.deserialize"),
    key(Node, "source", One(Source), Strict, "Where the tool is: a file of the flow folder, or a package.", "Node.deserialize"),
    key(Node, "inputs", Values, OrNothing, "What the tool is given, by the names of its parameters: values, or references such as `${inputs.name}`.", "Node.deserialize"),
    key(Node, "connection", Connection, Free, "The connection that an LLM node calls its model with.", "Node.deserialize"),
    key(Node, "api", OneOf(&["chat", "completion"]), Free, "The API that an LLM node calls.", "Node.deserialize"),
    key(Node, "provider", OneOf(&["AzureOpenAI", "OpenAI"]), Free, "Who serves the model of an LLM node. Without one, its connection decides.", "Node.deserialize"),
    key(Node, "module", Text, Free, "The Python module of the provider.", "Node.deserialize"),
    key(Node, "activate", One(Activate), Strict, "The node runs only when this holds. Otherwise it's bypassed, and so is what needs it.", "ActivateCondition.deserialize"),
    key(Node, "aggregation", Truth, Free, "Runs the node once, after all lines of a batch, with lists of their values.", "Node.deserialize"),
    key(Node, "use_variants", Truth, Free, "Takes the node's default variant from `node_variants`.", "Node.deserialize"),
    key(Node, "enable_cache", Truth, Free, "Takes an earlier result of the same inputs.", "Node.deserialize"),
    key(Node, "comment", Text, Free, "A note for whoever reads the flow.", "Node.deserialize"),
    key(Node, "tool", Text, Free, "The tool of `tools` that runs, in flows of the first versions.", "Node.deserialize"),

    key(Source, "type", OneOf(&["code", "package", "package_with_prompt"]), Free, "Whether the tool is a file of the flow folder (`code`) or of a package.", "ToolSource.deserialize"),
    key(Source, "path", File, Free, "The file: Python code or a prompt template.", "ToolSource.deserialize"),
    key(Source, "tool", PackageTool, Free, "The function of a package, with its module.", "ToolSource.deserialize"),

    key(Activate, "when", Reference, Free, "The value that is compared: `${inputs.name}` or `${node.output}`.", "ActivateCondition.deserialize").required(),
    key(Activate, "is", Any, Free, "The value that it must have for the node to run.", "ActivateCondition.deserialize").required(),

    key(Variants, "default_variant_id", Text, Free, "The variant that runs where none is asked for.", "NodeVariants.deserialize"),
    key(Variants, "variants", Named(Variant), Strict, "The variants, by id.", "NodeVariants.deserialize").required(),

    key(Variant, "node", One(Node), Strict, "The node as this variant has it.", "NodeVariant.deserialize").required(),
    key(Variant, "description", Text, Free, "How this variant differs.", "NodeVariant.deserialize"),

    key(Tool, "name", Text, Free, "The tool's name.", "Tool.deserialize").required(),
    key(Tool, "type", Text, Strict, "What kind of tool it is.", "Tool.deserialize").required(),
    key(Tool, "inputs", Named(ToolInput), Strict, "What it takes.", "Tool.deserialize"),
    key(Tool, "outputs", Named(ToolOutput), Strict, "What it gives.", "Tool.deserialize"),

    key(ToolInput, "type", Words, Strict, "The type of the value, also a class of connections; more than one where each is taken.", "InputDefinition.deserialize").required(),

    key(ToolOutput, "type", ValueTypes, Strict, "The type of the value.", "OutputDefinition.deserialize").required(),
];
