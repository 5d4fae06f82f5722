//! What a check finds when it may look into the files that nodes run.

use flowdeck_flow::{
    FileNames, Finding, Report, Severity, Sources, check_file, check_with, mended,
};

const FLOW: &str = "\
inputs:
  question: {type: string}
outputs:
  answer:
    type: string
    reference: ${answer.output}
nodes:
- name: fetch
  type: python
  source:
    type: code
    path: fetch.py
  inputs:
    query: ${inputs.question}
    count: 3
- name: compose
  type: prompt
  source:
    type: code
    path: compose.jinja2
  inputs:
    text: ${fetch.output}
- name: answer
  type: llm
  source:
    type: code
    path: answer.jinja2
  inputs:
    deployment_name: gpt-4o
    prompt_text: ${compose.output}
  connection: my_connection
  api: chat
";

const PYTHON: &str = "from promptflow.core import tool\n\n@tool\ndef fetch(query: str, count: int = 5) -> str:\n    return query\n";
const PROMPT: &str = "About {{ text }}";
const CHAT: &str = "# system:\n{{ prompt_text }}";

fn check(flow: &str, python: &str, prompt: &str, chat: &str) -> Report {
    let texts = [
        ("fetch.py", python),
        ("compose.jinja2", prompt),
        ("answer.jinja2", chat),
    ];
    let files: FileNames = texts.iter().map(|(path, _)| path).collect();
    let sources: Sources = texts.into_iter().collect();
    check_with(flow, Some(&files), &sources)
}

fn shown(report: &Report) -> Vec<String> {
    let one = |finding: &Finding| {
        format!(
            "{} {} {}",
            finding.line,
            finding.code,
            finding.severity.as_str()
        )
    };
    report.findings.iter().map(one).collect()
}

#[test]
fn a_sound_flow_has_no_finding() {
    assert_eq!(
        shown(&check(FLOW, PYTHON, PROMPT, CHAT)),
        Vec::<String>::new()
    );
}

#[test]
fn inputs_are_those_of_the_function() {
    let python = PYTHON.replace("count: int = 5", "number: int = 5");
    let report = check(FLOW, &python, PROMPT, CHAT);
    assert_eq!(shown(&report), ["15 UnknownToolInput error"]);
    assert!(
        report.findings[0]
            .message
            .contains("has no parameter 'count', so the run fails.")
    );

    let python = PYTHON.replace("query: str", "querry: str");
    let report = check(FLOW, &python, PROMPT, CHAT);
    assert_eq!(
        shown(&report),
        ["13 MissingToolInput error", "14 UnknownToolInput error"]
    );
    assert!(
        report.findings[1]
            .message
            .ends_with("Did you mean 'querry'?")
    );
    let text = mended(FLOW, &report.findings[1].fix);
    assert_eq!(
        shown(&check(&text, &python, PROMPT, CHAT)),
        Vec::<String>::new()
    );

    let python = PYTHON.replace("count: int = 5", "**others");
    assert_eq!(
        shown(&check(FLOW, &python, PROMPT, CHAT)),
        Vec::<String>::new()
    );
}

#[test]
fn values_are_of_the_type_that_the_function_names() {
    let flow = FLOW.replace("count: 3", "count: many");
    let report = check(&flow, PYTHON, PROMPT, CHAT);
    assert_eq!(shown(&report), ["15 InputOfWrongType error"]);
    let python = PYTHON.replace("count: int", "count: int | str");
    assert_eq!(
        shown(&check(&flow, &python, PROMPT, CHAT)),
        Vec::<String>::new()
    );
}

#[test]
fn a_file_has_one_tool() {
    let none = PYTHON.replace("@tool", "");
    assert_eq!(
        shown(&check(FLOW, &none, PROMPT, CHAT)),
        ["12 ToolFunctionMissing error"]
    );
    let two = format!("{PYTHON}\n@tool\ndef other(): pass\n");
    assert_eq!(
        shown(&check(FLOW, &two, PROMPT, CHAT)),
        ["12 SeveralTools error"]
    );
}

#[test]
fn inputs_are_those_of_the_template() {
    let report = check(FLOW, PYTHON, "About {{ txt }} {{ topic }}", CHAT);
    assert_eq!(
        shown(&report),
        [
            "21 MissingTemplateInput warning",
            "21 MissingTemplateInput warning",
            "22 UnusedTemplateInput warning",
        ]
    );
    assert!(report.findings[2].message.ends_with("Did you mean 'txt'?"));
    let report = check(FLOW, PYTHON, PROMPT, "{{ prompt_text }} {{ user }}");
    assert_eq!(shown(&report), ["27 ReservedTemplateInput error"]);
}

#[test]
fn a_parameter_that_the_template_takes_is_its_own() {
    let flow = FLOW.replace(
        "    prompt_text:",
        "    reasoning_effort: low\n    prompt_text:",
    );
    assert_eq!(
        shown(&check(&flow, PYTHON, PROMPT, CHAT)),
        ["30 UnsupportedParameter warning"]
    );
    let chat = format!("{CHAT} {{{{ reasoning_effort }}}}");
    assert_eq!(
        shown(&check(&flow, PYTHON, PROMPT, &chat)),
        Vec::<String>::new()
    );
}

#[test]
fn a_file_that_cannot_be_read_is_told_where_it_is_named() {
    let report = check(FLOW, "def fetch(:\n", PROMPT, "{{ prompt_text");
    assert_eq!(
        shown(&report),
        ["12 PythonSyntax error", "27 JinjaSyntax error"]
    );
    assert!(
        report.findings[0]
            .message
            .starts_with("The file 'fetch.py' has an error on line 1, so the run fails.")
    );
}

#[test]
fn files_are_checked_as_what_they_are() {
    let of = |path: &str, text: &str| -> Vec<String> {
        let found = check_file(path, text);
        let place = |one: &Finding| {
            format!(
                "{}:{} {} {:?}",
                one.line, one.column, one.code, one.severity
            )
        };
        found.iter().map(place).collect()
    };
    assert_eq!(
        of("a.py", "def f(a)\n    pass\n"),
        ["1:1 PythonSyntax Error"]
    );
    assert_eq!(of("b/a.JINJA2", "é {{ a }\n"), ["1:8 JinjaSyntax Error"]);
    assert_eq!(
        of("a.json", "\u{feff}{\"é\": 1,}"),
        ["1:9 JsonSyntax Error"]
    );
    assert_eq!(of("a.jsonl", "{}\r\n{]\r\n"), ["2:2 JsonSyntax Error"]);
    assert_eq!(of("notes.md", "{{ anything"), Vec::<String>::new());
    let secret = "OPENAI_API_KEY=sk-proj-0123456789abcdef0123456789\n";
    assert_eq!(of(".env", secret), ["1:16 Secret Warning"]);
    assert_eq!(check_file(".env", secret)[0].severity, Severity::Warning);
}
