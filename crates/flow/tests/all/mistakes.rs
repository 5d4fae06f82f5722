//! The mistakes that people make in a flow: each is found, at its place, in words that say what to do.

#![expect(clippy::unwrap_used, reason = "a test may stop at what is not there")]

use flowdeck_flow::{FileNames, Finding, Severity, check_in, mended};

/// Microsoft's web classification, in short: what the mistakes are made in.
const FLOW: &str = "\
$schema: https://azuremlschemas.azureedge.net/promptflow/latest/Flow.schema.json
environment:
  python_requirements_txt: requirements.txt
inputs:
  url:
    type: string
    default: https://example.org
  count:
    type: int
    default: 3
outputs:
  category:
    type: string
    reference: ${convert_to_dict.output.category}
nodes:
- name: fetch
  type: python
  source:
    type: code
    path: fetch.py
  inputs:
    url: ${inputs.url}
- name: examples
  type: python
  source:
    type: code
    path: prepare_examples.py
  inputs: {}
- name: classify
  type: llm
  source:
    type: code
    path: classify.jinja2
  inputs:
    deployment_name: gpt-4o
    max_tokens: 128
    temperature: 0.2
    text: ${fetch.output}
    examples: ${examples.output}
    count: ${inputs.count}
  connection: open_ai_connection
  api: chat
- name: convert_to_dict
  type: python
  source:
    type: code
    path: convert_to_dict.py
  inputs:
    text: ${classify.output}
";

const FILES: [&str; 6] = [
    "flow.dag.yaml",
    "requirements.txt",
    "fetch.py",
    "prepare_examples.py",
    "classify.jinja2",
    "convert_to_dict.py",
];

/// A mistake: `old` is written as `new`.
struct Mistake {
    old: &'static str,
    new: &'static str,
    code: &'static str,
    severity: Severity,
    /// The text that is marked.
    marked: &'static str,
    /// What the message must say.
    says: &'static str,
    /// Whether the fix that is offered leaves nothing wrong.
    is_mended: bool,
}

const fn mistake(
    old: &'static str,
    new: &'static str,
    code: &'static str,
    severity: Severity,
    marked: &'static str,
    says: &'static str,
) -> Mistake {
    Mistake {
        old,
        new,
        code,
        severity,
        marked,
        says,
        is_mended: false,
    }
}

impl Mistake {
    const fn mended(self) -> Self {
        Self {
            is_mended: true,
            ..self
        }
    }
}

use Severity::{Error, Warning};

#[rustfmt::skip]
const MISTAKES: &[Mistake] = &[
    mistake("${fetch.output}", "${fetch_txt.output}", "NodeReferenceNotFound", Error, "${fetch_txt.output}", "refers to the node 'fetch_txt', which doesn't exist"),
    mistake("${inputs.url}", "${inputs.ulr}", "InputReferenceNotFound", Error, "${inputs.ulr}", "Did you mean 'url'?").mended(),
    mistake("${convert_to_dict.output.category}", "${convert_to_dct.output}", "OutputReferenceNotFound", Error, "${convert_to_dct.output}", "Did you mean 'convert_to_dict'?").mended(),
    mistake("${inputs.url}", "${inputs.url", "MalformedReference", Warning, "${inputs.url", "it has no `}` at its end").mended(),
    mistake("${inputs.url}", "inputs.url", "BareReference", Warning, "inputs.url", "Write '${inputs.url}'").mended(),
    mistake("${fetch.output}", "fetch.output", "BareReference", Warning, "fetch.output", "Write '${fetch.output}'").mended(),
    mistake("${inputs.url}", "${convert_to_dict.output}", "NodeCircularDependency", Error, "${fetch.output}", "Remove one of the references"),
    mistake("environment:", "descripton: x\nenvironment:", "UnknownKey", Warning, "descripton", "Did you mean 'description'?").mended(),
    mistake("  api: chat", "  api: chat\n  use_variant: true", "UnknownKey", Warning, "use_variant", "Did you mean 'use_variants'?"),
    mistake("    default: 3", "    defualt: 3", "UnknownKey", Warning, "defualt", "the key 'defualt' of an input. Did you mean 'default'?").mended(),
    mistake("    reference:", "    refrence: 1\n    reference:", "UnknownKey", Warning, "refrence", "the key 'refrence' of an output"),
    mistake("    path: fetch.py", "    path: fetch.py\n    pth: x", "UnknownKey", Warning, "pth", "of `source`"),
    mistake("  python_requirements_txt:", "  images: x\n  python_requirements_txt:", "UnknownKey", Warning, "images", "of `environment`. Did you mean 'image'?"),
    mistake("type: string\n    default", "type: sting\n    default", "ValueError", Error, "sting", "Use one of: int, double").mended(),
    mistake("default: 3", "default: abc", "DefaultOfWrongType", Warning, "abc", "is 'abc', not a whole number").mended(),
    mistake("default: 3", "default: [1]", "DefaultOfWrongType", Warning, "[1]", "is a list, not a whole number").mended(),
    mistake("    text: ${classify.output}", "  text: ${classify.output}", "UnknownKey", Warning, "text", "the key 'text' of a node"),
    mistake("  inputs: {}", "\tinputs: {}", "YAMLError", Error, "", "Tabs aren't allowed; use spaces."),
    mistake("- name: examples", "- name: fetch", "DuplicateNodeName", Error, "fetch", "already defined on line 16"),
    mistake("  inputs: {}", "  inputs: {}\n  inputs: {}", "YAMLError", Error, "inputs", "twice"),
    mistake("prepare_examples.py", "prepare_exmples.py", "MissingSourceFile", Error, "prepare_exmples.py", "so the run fails. Did you mean 'prepare_examples.py'?").mended(),
    mistake("path: prepare_examples.py", "path: tools/prepare_examples.py", "MissingSourceFile", Error, "tools/prepare_examples.py", "Did you mean 'prepare_examples.py'?").mended(),
    mistake("path: fetch.py", "path:", "EmptySourcePath", Error, "path", "has no `path` in its source"),
    mistake("    type: code\n    path: fetch.py", "    type: package\n    tool: promptflow.tools.serpapi.SerpApi.serch", "UnknownTool", Error, "promptflow.tools.serpapi.SerpApi.serch", "Did you mean 'promptflow.tools.serpapi.SerpAPI.search'?"),
    mistake("    type: code\n    path: fetch.py", "    type: package\n    tool: my_tools.search", "UnknownTool", Severity::Hint, "my_tools.search", "a package in your requirements file must have it"),
    mistake("    type: code\n    path: fetch.py", "    type: package\n    tool: promptflow.tools.embedding.embedding", "UnknownToolInput", Error, "url", "has no input 'url'"),
    mistake("    type: code\n    path: fetch.py", "    type: package\n    tool: promptflow.tools.embedding.embedding", "MissingToolInput", Error, "inputs", "needs the input 'input'"),
    mistake("- name: fetch\n  type: python", "- name: fetch\n  type: pyton", "ValueError", Error, "pyton", "Use one of: llm, python").mended(),
    mistake("  inputs: {}", "  inputs: {}\n  activate:\n    when: ${nope.output}\n    is: 1", "NodeReferenceNotFound", Error, "${nope.output}", "'nope', which doesn't exist"),
    mistake("  inputs: {}", "  inputs: {}\n  activate:\n    when: ${fetch.output}", "FlowDefinitionError", Error, "", "needs both `when`"),
    mistake("    count: ${inputs.count}\n", "", "UnusedInput", Warning, "count", "Nothing uses the input 'count'"),
    mistake("    examples: ${examples.output}\n", "", "UnusedNode", Warning, "examples", "No node and no output uses the node 'examples'"),
    mistake("reference: ${convert_to_dict.output.category}", "reference: ${fetch.output}", "UnreachableNode", Warning, "classify", "only nodes that nothing uses take its output"),
    mistake("  category:\n    type: string\n", "  category:\n    type: string\n    description: sk-proj-0123456789abcdef0123456789\n", "Secret", Warning, "sk-proj-0123456789abcdef0123456789", "looks like an OpenAI key (sk-…)"),
    mistake("  inputs: {}", "  inputs:\n    api_key: 0123456789abcdef0123456789abcdef", "Secret", Warning, "0123456789abcdef0123456789abcdef", "looks like a secret (012…)"),
    mistake("  api: chat\n", "  api: chat\n  use_variants: true\n", "VariantNotFound", Warning, "use_variants", "has no default variant"),
    mistake("  connection: open_ai_connection\n", "", "LlmWithoutConnection", Error, "classify", "has no `connection`"),
    mistake("    deployment_name: gpt-4o\n", "", "LlmWithoutModel", Warning, "inputs", "which model to use"),
    mistake("    deployment_name: gpt-4o\n", "    provider: x\n", "LlmWithoutModel", Warning, "inputs", "Add `deployment_name` (Azure OpenAI) or `model`"),
    mistake("  api: chat\n", "", "LlmWithoutApi", Error, "classify", "Use chat or completion"),
    mistake("  api: chat", "  api: chats", "UnknownLlmApi", Error, "chats", "no API 'chats'").mended(),
    mistake("max_tokens: 128", "max_tokens: many", "InputOfWrongType", Error, "many", "'max_tokens' must be a whole number, but is 'many'"),
    mistake("max_tokens: 128", "max_token: 128", "UnsupportedParameter", Warning, "max_token", "Did you mean 'max_tokens'?").mended(),
    mistake("max_tokens: 128", "max_completion_tokens: 128", "UnsupportedParameter", Warning, "max_completion_tokens", "call the model from a Python node"),
    mistake("max_tokens: 128", "best_of: 2", "ParameterOfOtherApi", Severity::Hint, "best_of", "a parameter of the completion API"),
    mistake("requirements.txt", "reqs.txt", "RequirementFileMissing", Error, "reqs.txt", "'reqs.txt', which doesn’t exist"),
    mistake("environment:\n", "environment:\n  image: https://registry.example/team/app:1\n", "InvalidImage", Warning, "https://registry.example/team/app:1", "Remove https://").mended(),
    mistake("environment:\n", "environment:\n  image: Team/App\n", "InvalidImage", Warning, "Team/App", "lowercase").mended(),
    mistake("  inputs: {}", "  inputs: {}\n  aggregation: no", "MisleadingBoolean", Warning, "no", "Use `false`").mended(),
    mistake("  inputs: {}", "  inputs: {}\n  skip: {}", "UnknownKey", Warning, "skip", "no longer reads 'skip'. Use 'activate'"),
];

fn files() -> FileNames {
    FILES.iter().collect()
}

fn codes(findings: &[Finding]) -> Vec<String> {
    let code = |finding: &Finding| format!("{} {}", finding.line, finding.code);
    findings.iter().map(code).collect()
}

/// The text of a finding's place; of one over several lines, what is on the first.
fn marked<'t>(text: &'t str, finding: &Finding) -> &'t str {
    let line = text.split('\n').nth(finding.line as usize - 1).unwrap();
    let at = |column: u32| {
        let mut places = line.char_indices().map(|(at, _)| at);
        places.nth(column as usize - 1).unwrap_or(line.len())
    };
    let end = if finding.end_line == finding.line {
        at(finding.end_column)
    } else {
        line.len()
    };
    line[at(finding.column)..end].trim_end()
}

#[test]
fn the_flow_without_a_mistake_has_no_finding() {
    let report = check_in(FLOW, &files());
    assert_eq!(codes(&report.findings), Vec::<String>::new());
}

#[test]
fn every_mistake_is_found_where_it_is() {
    let mut wrong = Vec::new();
    for Mistake {
        old,
        new,
        code,
        severity,
        marked: place,
        says,
        is_mended,
    } in MISTAKES
    {
        assert!(FLOW.contains(old), "{old}");
        let text = FLOW.replacen(old, new, 1);
        let report = check_in(&text, &files());
        let found = report.findings.iter().find(|finding| {
            finding.code == *code
                && finding.severity == *severity
                && finding.message.contains(says)
                && (place.is_empty() || marked(&text, finding) == *place)
        });
        let Some(found) = found else {
            let all: Vec<_> = report
                .findings
                .iter()
                .map(|found| {
                    format!(
                        "{} {:?} {:?} {}",
                        found.code,
                        found.severity,
                        marked(&text, found),
                        found.message
                    )
                })
                .collect();
            wrong.push(format!("{new:?}: no {code}\n    {}", all.join("\n    ")));
            continue;
        };
        if *is_mended {
            let text = mended(&text, &found.fix);
            let left = check_in(&text, &files()).findings;
            if left.iter().any(|left| left.code == *code) || found.fix.is_none() {
                wrong.push(format!("{new:?}: {:?} leaves {left:?}", found.fix));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
