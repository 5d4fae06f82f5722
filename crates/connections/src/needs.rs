//! Which connections a flow asks for, by its file and by the signatures of its tools.

use flowdeck_contract::connections::{ConnectionNeed, ConnectionType};
use flowdeck_flow::{
    Assignment, Flow, INIT, ModelConnection, ModelService, Node, NodeType, tool_parameters,
};
use serde_json::Value;

use crate::signatures::ToolSignatures;

/// What an input of a tool takes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Takes {
    /// Connections of these types; of any, when it's empty.
    Connection(Vec<ConnectionType>),
    /// Something else, as far as one can tell.
    Other,
}

/// The package tools of the base packages that take a connection, with the input that names it.
const BASE_TOOLS: [(&str, &[ConnectionType]); 7] = [
    (
        "promptflow.tools.aoai_gpt4v.AzureOpenAI.chat",
        &[ConnectionType::AzureOpenAI],
    ),
    (
        "promptflow.tools.openai_gpt4v.OpenAI.chat",
        &[ConnectionType::OpenAI],
    ),
    (
        "promptflow.tools.llm_vision.llm_vision",
        &[ConnectionType::AzureOpenAI, ConnectionType::OpenAI],
    ),
    ("promptflow.tools.llm.llm", &ConnectionType::OF_LLM_NODES),
    (
        "promptflow.tools.embedding.embedding",
        &ConnectionType::OF_LLM_NODES,
    ),
    (
        "promptflow.tools.azure_content_safety.analyze_text",
        &[ConnectionType::AzureContentSafety],
    ),
    (
        "promptflow.tools.serpapi.SerpAPI.search",
        &[ConnectionType::Serp],
    ),
];

/// What Python and promptflow call the types of ordinary values.
const PLAIN: [&str; 24] = [
    "str",
    "int",
    "float",
    "bool",
    "list",
    "dict",
    "tuple",
    "set",
    "bytes",
    "object",
    "List",
    "Dict",
    "Tuple",
    "Set",
    "Any",
    "Optional",
    "Union",
    "None",
    "Image",
    "PromptTemplate",
    "FilePath",
    "Secret",
    "Callable",
    "Literal",
];

/// What the flow asks for, in the order of its nodes; environment variables last. `source` gives the text of a file in the
/// flow folder; what `signatures` say of a tool goes before it.
#[must_use]
pub fn needs(
    flow: &Flow,
    text: &str,
    source: impl Fn(&str) -> Option<String>,
    signatures: &ToolSignatures,
) -> Vec<ConnectionNeed> {
    let nodes = flow.nodes.iter();
    let mut needs: Vec<ConnectionNeed> = nodes
        .flat_map(|node| of_node(node, &source, signatures))
        .collect();
    needs.extend(flow.connection.as_ref().map(of_prompty));
    let inputs = flow.inputs.iter();
    needs.extend(models(inputs.filter_map(|input| {
        let value = input.default.as_ref()?;
        input
            .name
            .starts_with(INIT)
            .then_some((&*input.name, value))
    })));
    let variables = flow.environment_variables.iter();
    needs.extend(
        variables.filter_map(|variable| need_of_variable(&variable.name, &variable.value, text)),
    );
    needs
}

/// What an environment variable of this value asks for. `text` is the flow's.
#[must_use]
pub fn need_of_variable(name: &str, value: &str, text: &str) -> Option<ConnectionNeed> {
    let (connection, _) = reference(value)?;
    Some(ConnectionNeed {
        node: None,
        input: Some(name.to_owned()),
        line: line_of_variable(text, name),
        name: connection.to_owned(),
        accepts: Vec::new(),
        problem: None,
    })
}

fn of_prompty(connection: &ModelConnection) -> ConnectionNeed {
    ConnectionNeed {
        node: None,
        input: None,
        line: connection.line,
        name: connection.name.clone(),
        accepts: match connection.service {
            Some(ModelService::AzureOpenAi) => vec![ConnectionType::AzureOpenAI],
            Some(ModelService::OpenAi) => vec![ConnectionType::OpenAI],
            None => vec![ConnectionType::AzureOpenAI, ConnectionType::OpenAI],
        },
        problem: None,
    }
}

/// The connections that model configurations among the arguments of a flex flow's class name.
pub fn models<'v>(
    arguments: impl Iterator<Item = (&'v str, &'v Value)>,
) -> impl Iterator<Item = ConnectionNeed> {
    arguments.filter_map(|(name, value)| {
        let connection = value.get("connection")?.as_str()?;
        Some(ConnectionNeed {
            node: None,
            input: Some(name.to_owned()),
            line: 1,
            name: connection.to_owned(),
            accepts: vec![ConnectionType::AzureOpenAI, ConnectionType::OpenAI],
            problem: None,
        })
    })
}

/// The Python files whose tools may take a connection: a node gives them text that may be the name of one.
pub fn tools_that_may_ask(flow: &Flow) -> impl Iterator<Item = &str> {
    let nodes = flow
        .nodes
        .iter()
        .filter(|node| node.node_type != Some(NodeType::Llm) && literals(node).next().is_some());
    nodes.filter_map(|node| {
        let path = node.source.as_ref()?.path.as_deref()?;
        path.ends_with(".py").then_some(path)
    })
}

fn of_node(
    node: &Node,
    source: impl Fn(&str) -> Option<String>,
    signatures: &ToolSignatures,
) -> Vec<ConnectionNeed> {
    let need = |input: Option<&str>, name: &str, accepts: &[ConnectionType]| ConnectionNeed {
        node: Some(node.name.clone()),
        input: input.map(str::to_owned),
        line: node.line,
        name: name.to_owned(),
        accepts: accepts.to_vec(),
        problem: None,
    };
    if node.node_type == Some(NodeType::Llm) {
        let name = node.connection.as_deref().unwrap_or_default();
        return vec![need(None, name, &ConnectionType::OF_LLM_NODES)];
    }
    let literals: Vec<(&str, &str)> = literals(node).collect();
    if literals.is_empty() {
        return Vec::new();
    }
    let of_source = node.source.as_ref();
    let tool = of_source.and_then(|source| source.tool.as_deref().or(source.path.as_deref()));
    let said = |input: &str| Some(takes(&signatures.types(tool?, input)?.join(" ")));
    let declared = declared(node, source);
    let asked = literals.into_iter().filter_map(|(input, name)| {
        match said(input).unwrap_or_else(|| declared(input)) {
            Takes::Connection(accepts) => Some(need(Some(input), name, &accepts)),
            Takes::Other => None,
        }
    });
    asked.collect()
}

/// The inputs of a node that are text in the file.
fn literals(node: &Node) -> impl Iterator<Item = (&str, &str)> {
    node.inputs.iter().filter_map(|input| match &input.value {
        Assignment::Literal {
            value: Value::String(text),
        } if !text.is_empty() => Some((input.name.as_str(), text.as_str())),
        _ => None,
    })
}

/// What the inputs of a node's tool take.
fn declared(
    node: &Node,
    source: impl Fn(&str) -> Option<String>,
) -> Box<dyn Fn(&str) -> Takes + '_> {
    let of_source = node.source.as_ref();
    if let Some(tool) = of_source.and_then(|source| source.tool.as_deref()) {
        let known = BASE_TOOLS.iter().find(|(name, _)| *name == tool);
        return Box::new(move |input| match known {
            Some((_, accepts)) if input == "connection" => Takes::Connection(accepts.to_vec()),
            Some(_) => Takes::Other,
            None if tool.starts_with("promptflow.tools.") => Takes::Other,
            // Of a package of somebody’s: by its name, as authors have it.
            None if input == "connection" || input.ends_with("_connection") => {
                Takes::Connection(Vec::new())
            }
            None => Takes::Other,
        });
    }
    let path = of_source.and_then(|source| source.path.as_deref());
    let parameters = path
        .filter(|path| path.ends_with(".py"))
        .and_then(source)
        .map(|text| tool_parameters(&text))
        .unwrap_or_default();
    Box::new(move |input| {
        let parameter = parameters.iter().find(|parameter| parameter.name == input);
        let annotation = parameter.and_then(|parameter| parameter.annotation.as_deref());
        annotation.map_or(Takes::Other, takes)
    })
}

/// What an annotation says.
fn takes(annotation: &str) -> Takes {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let names = annotation
        .split(|c| !is_name(c))
        .filter_map(|name| name.rsplit('.').next())
        .filter(|name| !name.is_empty() && !PLAIN.contains(name));
    let mut accepts = Vec::new();
    for name in names {
        let Some(prefix) = name.strip_suffix("Connection") else {
            continue;
        };
        // A class of the author’s own is a custom strong type, which a custom connection becomes.
        let known = ConnectionType::ALL
            .into_iter()
            .find(|kind| kind.class() == name);
        match known {
            Some(kind) => accepts.push(kind),
            None if prefix.is_empty() || prefix == "_" => return Takes::Connection(Vec::new()),
            None => accepts.push(ConnectionType::Custom),
        }
    }
    accepts.dedup();
    match accepts.is_empty() {
        true => Takes::Other,
        false => Takes::Connection(accepts),
    }
}

/// `${connection.field}`, as promptflow reads it in environment variables: the whole value.
pub(crate) fn reference(value: &str) -> Option<(&str, &str)> {
    let inner = value.trim().strip_prefix("${")?.strip_suffix('}')?;
    let (name, field) = inner.rsplit_once('.')?;
    let is_plain = |text: &str| !text.is_empty() && !text.contains(['{', '}', '$', ':']);
    (is_plain(name) && is_plain(field)).then_some((name, field))
}

/// The line of a flow's text on which an environment variable stands, from 1.
#[must_use]
pub fn line_of_variable(text: &str, name: &str) -> u32 {
    let lines = text.lines().enumerate();
    let mut after = lines.skip_while(|(_, line)| !line.starts_with("environment_variables"));
    let block = after.next().map_or(1, |(at, _)| at + 1);
    let found = after.find(|(_, line)| {
        let key = line.trim_start().trim_start_matches(['"', '\'']);
        key.strip_prefix(name).is_some_and(|rest| {
            rest.trim_start_matches(['"', '\''])
                .trim_start()
                .starts_with(':')
        })
    });
    u32::try_from(found.map_or(block, |(at, _)| at + 1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConnectionType::{AzureOpenAI, Custom, OpenAI, Serp};

    const FLOW: &str = r"
inputs:
  text: {type: string}
outputs: {}
nodes:
- name: ask
  type: llm
  source: {type: code, path: ask.jinja2}
  inputs: {deployment_name: gpt, question: '${inputs.text}'}
  connection: open_ai_connection
  api: chat
- name: tool
  type: python
  source: {type: code, path: tool.py}
  inputs: {conn: aoai, mine: custom, text: hello, ref: '${inputs.text}', plain: aoai}
- name: search
  type: python
  source: {type: package, tool: promptflow.tools.serpapi.SerpAPI.search}
  inputs: {connection: serp, query: q}
- name: lonely
  type: llm
  source: {type: code, path: ask.jinja2}
  inputs: {}
environment_variables:
  PLAIN: 1
  KEY: ${my_conn.api_key}
";

    fn found() -> Vec<ConnectionNeed> {
        let flow = flowdeck_flow::check(FLOW).flow.unwrap();
        let source = |path: &str| {
            (path == "tool.py").then(|| {
                "from x import tool\n@tool\ndef run(conn: Union[AzureOpenAIConnection, 'OpenAIConnection'], mine: m.MyConnection, text: str, ref: CustomConnection, plain):\n    pass\n".to_owned()
            })
        };
        needs(&flow, FLOW, source, &ToolSignatures::default())
    }

    #[test]
    fn what_the_executor_says_of_a_tool_goes_before_its_text() {
        let flow = flowdeck_flow::check(FLOW).flow.unwrap();
        let mut signatures = ToolSignatures::default();
        signatures.take(&serde_json::json!({
            "tool.py": {"inputs": {
                "conn": {"type": ["string"]},
                "mine": {"type": ["CustomConnection"], "custom_type": ["MyConnection"]},
                "plain": {"type": ["SerpConnection", "OpenAIConnection"]},
                "text": {"type": "in another shape"},
            }},
            "other.py": null,
        }));
        let found = needs(&flow, FLOW, |_| None, &signatures).into_iter();
        let of_tool = found.filter(|need| need.node.as_deref() == Some("tool"));
        let of_tool: Vec<_> = of_tool
            .map(|need| (need.input.unwrap(), need.accepts))
            .collect();
        let expected = [
            ("mine".to_owned(), vec![Custom]),
            ("plain".to_owned(), vec![Serp, OpenAI]),
        ];
        assert_eq!(of_tool, expected);
        assert_eq!(tools_that_may_ask(&flow).collect::<Vec<_>>(), ["tool.py"]);
    }

    #[test]
    fn nodes_tools_and_variables_ask_for_connections() {
        let found = found();
        let shown: Vec<(String, &str, Vec<ConnectionType>)> = found
            .iter()
            .map(|need| (need.asker(), need.name.as_str(), need.accepts.clone()))
            .collect();
        let expected = [
            (
                "Node ‘ask’",
                "open_ai_connection",
                ConnectionType::OF_LLM_NODES.to_vec(),
            ),
            ("Node ‘tool’", "aoai", vec![AzureOpenAI, OpenAI]),
            ("Node ‘tool’", "custom", vec![Custom]),
            ("Node ‘search’", "serp", vec![Serp]),
            ("Node ‘lonely’", "", ConnectionType::OF_LLM_NODES.to_vec()),
            ("Environment variable ‘KEY’", "my_conn", Vec::new()),
        ];
        let expected = expected.map(|(asker, name, types)| (asker.to_owned(), name, types));
        assert_eq!(shown, expected);
        assert_eq!(found.last().unwrap().line, 26);
    }

    #[test]
    fn only_whole_values_are_references() {
        assert_eq!(reference(" ${a.b} "), Some(("a", "b")));
        assert_eq!(
            reference("${gpt-4.1.api_key}"),
            Some(("gpt-4.1", "api_key"))
        );
        for other in [
            "a",
            "${a}",
            "x${a.b}",
            "${env:A.b}",
            "${a.b} ${c.d}",
            "${.b}",
            "${a.}",
        ] {
            assert_eq!(reference(other), None, "{other}");
        }
    }
}
