//! The public contract's document, and whether an answer has the shape that it gives.

use std::{fs, path::Path};

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::{skipped::skipped, world::Answer};

const WORKSPACE: &str = "/flow/api/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}";

/// The public contract.
pub(crate) struct Swagger(Value);

impl Swagger {
    /// Reads the document; `None`, and a word about that, where it does not stand.
    pub(crate) fn load() -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/reference/prompt-flow-service.swagger.json");
        let Ok(text) = fs::read_to_string(path) else {
            skipped("prompt-flow-service.swagger.json isn’t there");
            return None;
        };
        Some(Self(serde_json::from_str(&text).unwrap()))
    }

    /// Every operation whose path begins so, below a workspace: its method, and its path.
    pub(crate) fn operations(&self, begin: &str) -> Vec<(Method, String)> {
        let paths = self.0["paths"].as_object().unwrap();
        let below = paths.iter().filter_map(|(path, item)| {
            let path = path.strip_prefix(WORKSPACE)?;
            let is_it = path == begin || path.starts_with(&format!("{begin}/"));
            is_it.then(|| (path.to_owned(), item.as_object().unwrap()))
        });
        let operations = below.flat_map(|(path, item)| {
            let methods = item
                .keys()
                .filter_map(|key| key.to_uppercase().parse().ok());
            methods
                .filter(|method| {
                    [Method::GET, Method::POST, Method::PUT, Method::DELETE].contains(method)
                })
                .map(move |method| (method, path.clone()))
        });
        operations.collect()
    }

    /// The names of an operation's required query parameters.
    pub(crate) fn required_queries(&self, method: &Method, path: &str) -> Vec<String> {
        let parameters = self.operation(method, path)["parameters"].as_array();
        let resolved = parameters
            .into_iter()
            .flatten()
            .map(|parameter| self.resolve(parameter));
        let required = resolved
            .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        required
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Whether an operation takes a body.
    pub(crate) fn takes_body(&self, method: &Method, path: &str) -> bool {
        self.operation(method, path)["requestBody"].is_object()
    }

    /// Says whether a body is what the contract has a client send.
    #[track_caller]
    pub(crate) fn check_request(&self, method: &Method, path: &str, body: &Value) {
        let schema =
            &self.operation(method, path)["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} takes no body");
        self.validate(schema, body);
    }

    #[track_caller]
    fn operation(&self, method: &Method, path: &str) -> &Value {
        let operation =
            &self.0["paths"][format!("{WORKSPACE}{path}")][method.as_str().to_lowercase()];
        assert!(operation.is_object(), "the contract has no {method} {path}");
        operation
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// Checks an answer against what the contract says of the operation.
    #[track_caller]
    pub(crate) fn check(&self, method: &Method, path: &str, answer: &Answer) {
        let responses = &self.operation(method, path)["responses"];
        let described = responses
            .get(answer.status.as_str())
            .unwrap_or(&responses["default"]);
        let schema = &described["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path}: {described}");
        self.validate(schema, &answer.json());
    }

    #[track_caller]
    fn validate(&self, schema: &Value, body: &Value) {
        let document = json!({"allOf": [json_schema(schema)], "components": json_schema(&self.0["components"])});
        let validator = jsonschema::draft202012::new(&document).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{body:#}");
    }
}

/// From OpenAPI 3.0's dialect to JSON Schema: what is `nullable` may be null. Two differences of ours are known: a running
/// session is `Available`, and the poll's body, which the contract leaves without any field, says how it stands.
fn json_schema(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(object_schema(object)),
        Value::Array(array) => array.iter().map(json_schema).collect(),
        other => other.clone(),
    }
}

fn object_schema(object: &Map<String, Value>) -> Map<String, Value> {
    let mut schema: Map<_, _> = object
        .iter()
        .map(|(key, value)| (key.clone(), json_schema(value)))
        .collect();
    if object.get("nullable") == Some(&Value::Bool(true))
        && let Some(kind) = object.get("type").filter(|kind| kind.is_string())
    {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum")
        && words.contains(&json!("NotExist"))
    {
        words.push(json!("Available"));
    }
    schema
}
