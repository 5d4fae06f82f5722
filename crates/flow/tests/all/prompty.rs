//! Prompty files, and the arguments of flex flows.

#![allow(clippy::unwrap_used, reason = "its functions are for tests alone")]

use flowdeck_flow::{
    FlowKind, HistoryShape, INIT, ModelService, ValueType, check, check_definition,
    take_inputs_of_entry,
};
use proptest::prelude::*;
use serde_json::json;

const CHAT: &str = "---\nname: Chat\ndescription: Answers\nmodel:\n  api: chat\n  configuration:\n    type: azure_openai\n    azure_deployment: gpt-35-turbo\n    connection: mine\n  parameters:\n    max_tokens: 128\ninputs:\n  question: {type: string}\n  chat_history: {type: list}\n  name: {type: string, default: Jane}\nsample:\n  question: What is 1+1?\n  name: ignored\n---\nsystem:\nYou are {{name}}.\n";

fn codes(text: &str) -> Vec<(String, u32)> {
    let findings = check_definition("a.prompty", text).findings;
    findings
        .into_iter()
        .map(|finding| (finding.code, finding.line))
        .collect()
}

#[test]
fn a_prompty_says_its_inputs_and_its_connection() {
    let report = check_definition("chat.prompty", CHAT);
    assert!(report.ok(), "{:?}", report.findings);
    assert_eq!((report.kind, &report.order), (FlowKind::Prompty, &None));
    let flow = report.flow.unwrap();
    assert_eq!(flow.display_name.as_deref(), Some("Chat"));
    let connection = flow.connection.clone().unwrap();
    assert_eq!((connection.name.as_str(), connection.line), ("mine", 9));
    assert_eq!(connection.service, Some(ModelService::AzureOpenAi));
    let inputs: Vec<_> = flow
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.default.clone()))
        .collect();
    let expected = [
        ("question", Some(json!("What is 1+1?"))),
        ("chat_history", Some(json!([]))),
        ("name", Some(json!("Jane"))),
    ];
    assert_eq!(inputs, expected);
    let chat = flow.chat().unwrap();
    assert_eq!(chat.question.name, "question");
    assert_eq!((chat.shape, chat.answer), (HistoryShape::Messages, None));
}

#[test]
fn what_promptflow_refuses_of_a_prompty_has_its_line() {
    let code = |code: &str, line| vec![(code.to_owned(), line)];
    assert_eq!(codes("system:\nhello\n"), code("PromptyFormat", 1));
    assert_eq!(codes("---\nname: a\nsystem:\n"), code("PromptyFormat", 1));
    assert_eq!(
        codes("---\nname: a\n---\nsystem:\n"),
        code("PromptyModel", 1)
    );
    let without = |line: &str| CHAT.replace(line, "");
    assert_eq!(
        codes(&without("  parameters:\n    max_tokens: 128\n")),
        code("PromptyModel", 4)
    );
    let unknown = CHAT
        .replace("azure_openai", "local")
        .replace("    connection: mine\n", "");
    assert_eq!(codes(&unknown), code("PromptyModel", 7));
    assert_eq!(
        codes(&CHAT.replace(
            "connection: mine",
            "connection: mine\n    azure_endpoint: https://x"
        )),
        code("PromptyModel", 10)
    );
    assert_eq!(
        codes(&CHAT.replace("question: {type: string}", "question: {type: str}")),
        code("PromptyInput", 13)
    );
    let broken = codes(&CHAT.replace("description: Answers", "name: Again"));
    assert_eq!(
        broken.first().map(|(code, line)| (code.as_str(), *line)),
        Some(("YAMLError", 3))
    );
    assert_eq!(
        check_definition("a.prompty", "---\n- 1\n---\n").kind,
        FlowKind::Prompty
    );
}

#[test]
fn a_prompty_takes_variables_and_its_sample() {
    let text = CHAT
        .replace("    connection: mine\n", "    api_key: ${env:KEY}\n    azure_endpoint: ${env:HOST}\n")
        .replace("inputs:\n  question: {type: string}\n  chat_history: {type: list}\n  name: {type: string, default: Jane}\n", "");
    let flow = check_definition("a.prompty", &text).flow.unwrap();
    let variables: Vec<_> = flow
        .environment_variables
        .iter()
        .map(|variable| (variable.name.as_str(), variable.value.as_str()))
        .collect();
    assert_eq!(variables, [("KEY", "${env:KEY}"), ("HOST", "${env:HOST}")]);
    let inputs: Vec<_> = flow
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .collect();
    assert_eq!(inputs, ["question", "name"]);
    assert_eq!(flow.connection, None);
}

const CLASS: &str = "class Assistant:\n    def __init__(self, model_config: AzureOpenAIModelConfiguration, conn: CustomConnection, style: str = 'brief'):\n        pass\n    def __call__(self, question: str, chat_history: list = None) -> str:\n        return question\n";

#[test]
fn the_arguments_of_a_class_are_inputs_of_the_flow() {
    let mut flow = check("entry: a:Assistant\nsample:\n  init:\n    model_config: {connection: mine, azure_deployment: gpt}\n  inputs:\n    question: why\n")
        .flow
        .unwrap();
    take_inputs_of_entry(&mut flow, CLASS);
    let inputs: Vec<_> = flow
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.input_type, input.default.clone()))
        .collect();
    let model = json!({"connection": "mine", "azure_deployment": "gpt"});
    let expected = [
        ("question", ValueType::String, Some(json!("why"))),
        ("init.model_config", ValueType::Object, Some(model)),
        ("init.conn", ValueType::String, None),
        ("init.style", ValueType::String, Some(json!("brief"))),
    ];
    assert_eq!(inputs, expected);

    let declared = "entry: a:Assistant\ninit:\n  style: {type: string, default: long}\ninputs:\n  question: {type: string, is_chat_input: true}\n  chat_history: {type: list, is_chat_history: true}\n";
    let mut flow = check(declared).flow.unwrap();
    let alone: Vec<_> = flow.inputs.iter().map(|input| input.name.clone()).collect();
    assert_eq!(alone, ["question", "chat_history", "init.style"]);
    take_inputs_of_entry(&mut flow, CLASS);
    let style = flow.inputs.iter().find(|input| input.name == "init.style");
    assert_eq!(style.unwrap().default, Some(json!("long")));
    assert!(flow.chat().is_ok());
    assert!(
        flow.inputs
            .iter()
            .filter(|input| input.name.starts_with(INIT))
            .count()
            == 3
    );
}

proptest! {
    #[test]
    fn any_prompty_has_an_answer(text in "(---|\\n|\r\n|- |model:|inputs:|sample:|  |[ -~]|é){0,40}") {
        let report = check_definition("any.prompty", &text);
        prop_assert_eq!(report.kind, FlowKind::Prompty);
        let lines = text.matches('\n').count() + text.matches('\r').count() + 1;
        for finding in report.findings {
            prop_assert!(finding.line as usize <= lines && finding.line > 0);
        }
    }
}
