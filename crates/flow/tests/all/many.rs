//! A hundred thousand generated inputs: each has an answer, with places that lie in its text, and each fix can be made.

#![expect(clippy::expect_used, reason = "a test may stop at what is not there")]

use flowdeck_flow::{FileNames, Finding, Sources, check_file, check_with, mended};

/// Numbers without an order that people see, the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let end = u64::try_from(end).expect("an index");
        usize::try_from(self.0 % end).expect("an index")
    }

    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        let count = self.below(most);
        (0..count)
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

const FLOW: [&str; 62] = [
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    " ",
    "\t",
    ": ",
    ":",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'",
    "\"",
    "&a ",
    "*a",
    "<<: *a",
    "#",
    "é",
    "\r\n",
    "\u{85}",
    "inputs:",
    "outputs:",
    "nodes:",
    "node_variants:",
    "environment:",
    "image: ",
    "name: ",
    "type: ",
    "default: ",
    "reference: ",
    "source:",
    "path: ",
    "tool: ",
    "activate:",
    "when: ",
    "is: ",
    "connection: ",
    "api: ",
    "provider: ",
    "max_tokens: ",
    "defualt: ",
    "llm",
    "python",
    "prompt",
    "custom_llm",
    "package",
    "chat",
    "int",
    "a",
    "b",
    "a.py",
    "a.jinja2",
    "${inputs.a}",
    "inputs.a",
    "${a.output}",
    "a.output",
    "sk-proj-0123456789abcdef0123456789",
    "promptflow.tools.llm.llm",
    "1",
];

const CODE: [&str; 40] = [
    "\n",
    "\n    ",
    "\t",
    " ",
    "\r\n",
    "def f(",
    "@tool\n",
    "class A:",
    "if ",
    "else",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "'''",
    "\\",
    "#",
    "=",
    ",",
    "a",
    "é",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "for ",
    " in ",
    "endfor",
    "raw",
    "endraw",
    "|",
    "1",
    "api_key: 0123456789abcdef0123456789abcdef",
];

fn is_within(finding: &Finding, text: &str) -> bool {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<usize> = text.split('\n').map(|line| line.chars().count()).collect();
    let holds = |line: u32, column: u32| {
        let length = lines.get((line as usize).wrapping_sub(1));
        column >= 1 && length.is_some_and(|length| column as usize <= length + 1)
    };
    let is_fix_within = finding
        .fix
        .as_ref()
        .is_none_or(|fix| holds(fix.line, fix.column) && holds(fix.end_line, fix.end_column));
    holds(finding.line, finding.column)
        && holds(finding.end_line, finding.end_column)
        && is_fix_within
}

#[test]
fn every_input_has_an_answer() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let files: FileNames = ["a.py", "a.jinja2", "c/b.py"].iter().collect();
    for _ in 0..50_000 {
        let text = numbers.text(&FLOW, 40);
        let python = numbers.text(&CODE, 20);
        let template = numbers.text(&CODE, 20);
        let sources: Sources = [("a.py", &*python), ("a.jinja2", &*template)]
            .into_iter()
            .collect();
        let report = check_with(&text, Some(&files), &sources);
        for finding in &report.findings {
            assert!(is_within(finding, &text), "{finding:?} in {text:?}");
            if finding.fix.is_some() {
                assert_ne!(mended(&text, &finding.fix), text, "{finding:?}");
            }
        }
    }
}

#[test]
fn every_file_has_an_answer() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for round in 0..50_000 {
        let path = ["a.py", "a.jinja2", "a.json", "a.jsonl", ".env"][round % 5];
        let text = numbers.text(&CODE, 30);
        for finding in check_file(path, &text) {
            assert!(is_within(&finding, &text), "{finding:?} in {text:?}");
        }
    }
}
