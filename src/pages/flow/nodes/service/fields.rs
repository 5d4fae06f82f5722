//! Which fields a node has for the service that it calls, and what can be chosen in them. Knows no views.

use flowdeck_contract::{
    connections::{ConnectionList, ConnectionNeed, ConnectionType, ConnectionView},
    ids::FlowId,
};
use flowdeck_flow::{Assignment, Node, NodeKey, NodeType};

/// A value of a node that its card changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages::flow) enum Place {
    /// `connection` of an LLM node.
    Connection,
    /// An input.
    Input(String),
    /// An input that is given JSON: a number, a list.
    InputJson(String),
    /// Which variant of the node is the default one.
    DefaultVariant,
}

impl Place {
    /// As the editor of the file takes it.
    pub(super) fn key(&self) -> NodeKey<'_> {
        match self {
            Place::Connection => NodeKey::Connection,
            Place::Input(name) => NodeKey::Input(name),
            Place::InputJson(name) => NodeKey::InputJson(name),
            Place::DefaultVariant => NodeKey::DefaultVariant,
        }
    }

    /// What its field is called.
    pub(super) fn label(&self) -> &str {
        match self {
            Place::Connection => "Connection",
            Place::DefaultVariant => "Default variant",
            Place::Input(name) | Place::InputJson(name) => match name.as_str() {
                "deployment_name" => "Deployment",
                "model" => "Model",
                name => name,
            },
        }
    }
}

/// A field for a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages::flow) struct ConnectionField {
    pub(in crate::pages::flow) place: Place,
    /// The connection, as the file names it; empty when it names none.
    pub(in crate::pages::flow) name: String,
    /// The types that fit; empty when any does.
    pub(in crate::pages::flow) accepts: Vec<ConnectionType>,
}

/// A field for a deployment or a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ModelField {
    pub(super) place: Place,
    pub(super) value: ModelValue,
}

/// What a deployment or model is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ModelValue {
    /// A text; empty when there is none.
    Text(String),
    /// It comes from elsewhere, such as an input of the flow.
    Reference(String),
}

/// The fields of a node's connections.
pub(super) fn connections(node: &Node, needs: &[ConnectionNeed]) -> Vec<ConnectionField> {
    if node.node_type == Some(NodeType::Llm) {
        return vec![ConnectionField {
            place: Place::Connection,
            name: node.connection.clone().unwrap_or_default(),
            accepts: ConnectionType::OF_LLM_NODES.to_vec(),
        }];
    }
    let of_node = needs
        .iter()
        .filter(|need| need.node.as_ref() == Some(&node.name));
    let fields = of_node.filter_map(|need| {
        let input = need.input.as_ref()?;
        // What was just chosen is newer than what the server knew of.
        let name = literal(node, input)?;
        Some(ConnectionField {
            place: Place::Input(input.clone()),
            name: name.to_owned(),
            accepts: need.accepts.clone(),
        })
    });
    fields.collect()
}

/// The fields of its deployment and model: those that a connection of that type takes, else those that the file has.
pub(super) fn models(node: &Node, kind: Option<ConnectionType>) -> Vec<ModelField> {
    const KEYS: [&str; 2] = ["deployment_name", "model"];
    let is_llm = node.node_type == Some(NodeType::Llm);
    let has = |key: &&str| node.inputs.iter().any(|input| input.name == **key);
    let present: Vec<&str> = KEYS.into_iter().filter(has).collect();
    let keys = match kind {
        Some(ConnectionType::AzureOpenAI) if is_llm => vec!["deployment_name"],
        Some(ConnectionType::OpenAI | ConnectionType::Serverless) if is_llm => vec!["model"],
        _ => present,
    };
    let field = |key: &str| ModelField {
        place: Place::Input(key.to_owned()),
        value: value(node, key),
    };
    keys.into_iter().map(field).collect()
}

fn value(node: &Node, key: &str) -> ModelValue {
    let input = node.inputs.iter().find(|input| input.name == key);
    match input.map(|input| &input.value) {
        None => ModelValue::Text(String::new()),
        Some(Assignment::Literal { value }) => ModelValue::Text(match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        }),
        Some(Assignment::FlowInput { name }) => {
            ModelValue::Reference(format!("${{inputs.{name}}}"))
        }
        Some(Assignment::Node {
            node,
            section,
            property,
        }) => {
            let property = property.as_ref().map(|name| format!(".{name}"));
            ModelValue::Reference(format!(
                "${{{node}.{section}{}}}",
                property.unwrap_or_default()
            ))
        }
    }
}

fn literal<'n>(node: &'n Node, input: &str) -> Option<&'n str> {
    let input = node.inputs.iter().find(|known| known.name == input)?;
    match &input.value {
        Assignment::Literal { value } => value.as_str(),
        Assignment::FlowInput { .. } | Assignment::Node { .. } => None,
    }
}

/// A connection that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages::flow) struct Choice {
    /// Its name; empty for none.
    pub(in crate::pages::flow) name: String,
    /// What stands in the list.
    pub(in crate::pages::flow) label: String,
}

/// Those of the project that fit and that the flow may use, by name; before them what is named now, where it's none of
/// these.
pub(in crate::pages::flow) fn choices(
    field: &ConnectionField,
    list: &ConnectionList,
    flow: &FlowId,
) -> Vec<Choice> {
    let may_use = |view: &&ConnectionView| {
        let flows = view.flows.as_ref();
        flows.is_none_or(|flows| flows.contains(flow))
    };
    let fits =
        |view: &&ConnectionView| field.accepts.is_empty() || field.accepts.contains(&view.kind);
    let fitting: Vec<Choice> = list
        .connections
        .iter()
        .filter(fits)
        .filter(may_use)
        .map(|view| Choice {
            name: view.name.to_string(),
            label: format!("{} ({})", view.name, view.kind.display_name()),
        })
        .collect();
    let is_there = fitting.iter().any(|choice| choice.name == field.name);
    let now = (!is_there).then(|| Choice {
        name: field.name.clone(),
        label: unfitting(field, list),
    });
    now.into_iter().chain(fitting).collect()
}

fn unfitting(field: &ConnectionField, list: &ConnectionList) -> String {
    let name = &field.name;
    let known = list
        .connections
        .iter()
        .find(|view| view.name.as_str() == name);
    match known {
        _ if name.is_empty() => "Select a connection".to_owned(),
        None => format!("{name} (doesn’t exist)"),
        Some(view) if field.accepts.contains(&view.kind) || field.accepts.is_empty() => {
            format!("{name} (limited to other flows)")
        }
        Some(view) => format!("{name} (wrong type: {})", view.kind.display_name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn node(yaml: &str) -> Node {
        let flow = flowdeck_flow::check(yaml).flow.unwrap();
        flow.nodes.into_iter().next().unwrap()
    }

    fn llm(inputs: &str) -> Node {
        node(&format!(
            "nodes:\n- name: ask\n  type: llm\n  source: {{type: code, path: a.jinja2}}\n  inputs: {inputs}\n  connection: mine\n  api: chat\n"
        ))
    }

    fn connection(name: &str, kind: &str, flows: Option<&[&str]>) -> ConnectionView {
        serde_json::from_value(json!({
            "name": name, "type": kind, "configs": {}, "secrets": [], "missing": [],
            "secretsState": "readable", "flows": flows, "usedBy": [], "created": 1, "modified": 1,
            "etag": "1",
        }))
        .unwrap()
    }

    fn list() -> ConnectionList {
        ConnectionList {
            connections: vec![
                connection("azure", "AzureOpenAI", None),
                connection("limited", "OpenAI", Some(&["other"])),
                connection("open", "OpenAI", None),
                connection("search", "Serp", None),
            ],
            ..ConnectionList::default()
        }
    }

    fn labels(field: &ConnectionField) -> Vec<String> {
        let flow = FlowId::try_from("mine").unwrap();
        let choices = choices(field, &list(), &flow);
        choices.into_iter().map(|choice| choice.label).collect()
    }

    #[test]
    fn connections_that_fit_can_be_chosen_and_what_is_named_now_is_shown() {
        let mut field = connections(&llm("{}"), &[]).remove(0);
        let fitting = ["azure (Azure OpenAI)", "open (OpenAI)"];
        let with = |now: &'static str| [&[now][..], &fitting[..]].concat();
        assert_eq!(labels(&field), with("mine (doesn’t exist)"));
        for (name, shown) in [
            ("", with("Select a connection")),
            ("search", with("search (wrong type: Serp)")),
            ("limited", with("limited (limited to other flows)")),
            ("open", fitting.to_vec()),
        ] {
            field.name = name.to_owned();
            assert_eq!(labels(&field), shown, "{name}");
        }
    }

    #[test]
    fn a_type_decides_between_deployment_and_model() {
        let both = llm("{deployment_name: gpt, model: '${inputs.m}'}");
        let places = |node: &Node, kind| -> Vec<String> {
            let fields = models(node, kind).into_iter();
            fields.map(|field| field.place.label().to_owned()).collect()
        };
        assert_eq!(
            places(&both, Some(ConnectionType::AzureOpenAI)),
            ["Deployment"]
        );
        assert_eq!(places(&both, Some(ConnectionType::Serverless)), ["Model"]);
        assert_eq!(places(&both, None), ["Deployment", "Model"]);
        assert_eq!(places(&llm("{}"), Some(ConnectionType::OpenAI)), ["Model"]);
        assert!(places(&llm("{}"), None).is_empty());
        let values: Vec<ModelValue> = models(&both, None)
            .into_iter()
            .map(|field| field.value)
            .collect();
        assert_eq!(
            values,
            [
                ModelValue::Text("gpt".to_owned()),
                ModelValue::Reference("${inputs.m}".to_owned())
            ]
        );
    }

    #[test]
    fn inputs_of_tools_that_take_a_connection_are_fields() {
        let tool = node(
            "nodes:\n- name: tool\n  type: python\n  source: {type: code, path: t.py}\n  inputs: {conn: mine, deployment_name: gpt, text: hello}\n",
        );
        let need = ConnectionNeed {
            node: Some("tool".to_owned()),
            input: Some("conn".to_owned()),
            line: 2,
            name: "before".to_owned(),
            accepts: vec![ConnectionType::OpenAI],
            problem: None,
        };
        let elsewhere = ConnectionNeed {
            node: Some("other".to_owned()),
            ..need.clone()
        };
        let fields = connections(&tool, &[elsewhere, need]);
        let expected = ConnectionField {
            place: Place::Input("conn".to_owned()),
            name: "mine".to_owned(),
            accepts: vec![ConnectionType::OpenAI],
        };
        assert_eq!(fields, [expected]);
        assert_eq!(models(&tool, Some(ConnectionType::OpenAI)).len(), 1);
    }
}
