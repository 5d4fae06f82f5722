//! What holds for any text.

use flowdeck_flow::{Finding, Report, check};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Characters of each line, by the line breaks that findings count with.
fn line_lengths(text: &str) -> Vec<usize> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(|line| line.chars().count()).collect()
}

fn is_within(finding: &Finding, lines: &[usize]) -> bool {
    let start = (finding.line as usize, finding.column as usize);
    let end = (finding.end_line as usize, finding.end_column as usize);
    let holds = |(line, column): (usize, usize)| {
        line >= 1
            && column >= 1
            && lines
                .get(line - 1)
                .is_some_and(|length| column <= length + 1)
    };
    start <= end && holds(start) && holds(end)
}

/// What every report keeps to.
fn assert_laws(text: &str) -> Result<Report, TestCaseError> {
    let report = check(text);
    let lines = line_lengths(text);
    for finding in &report.findings {
        prop_assert!(is_within(finding, &lines), "{finding:?} in {text:?}");
        prop_assert!(!finding.message.contains(char::is_control), "{finding:?}");
    }
    if let Some(order) = &report.order {
        prop_assert!(report.ok(), "an order despite errors: {text:?}");
        let flow = report.flow.as_ref();
        prop_assert_eq!(Some(order.len()), flow.map(|flow| flow.nodes.len()));
    }
    let json =
        serde_json::to_string(&report).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let read: Report =
        serde_json::from_str(&json).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&read.findings, &report.findings);
    Ok(report)
}

/// Pieces that YAML and flows are made of.
const PIECES: [&str; 64] = [
    " ",
    "  ",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\r\n",
    "\r",
    "\t",
    ":",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "#",
    " # x",
    "'",
    "\"",
    "''",
    "|",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{7}",
    "é",
    "😀",
    "null",
    "true",
    "1",
    "1.5",
    "2024-01-01",
    "nodes:",
    "inputs:",
    "outputs:",
    "node_variants:",
    "variants:",
    "tools:",
    "name: ",
    "type: ",
    "python",
    "string",
    "source:",
    "activate:",
    "when: ",
    "is: ",
    "reference: ",
    "${a.output}",
    "${inputs.a}",
    "aggregation: ",
    "entry: ",
];

#[derive(Debug, Clone)]
enum Edit {
    Insert(Index, &'static str),
    Delete(Index, usize),
    Repeat(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<Index>(), select(PIECES.to_vec())).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        (any::<Index>(), 1..12_usize).prop_map(|(at, count)| Edit::Delete(at, count)),
        (any::<Index>(), any::<Index>()).prop_map(|(line, to)| Edit::Repeat(line, to)),
    ]
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for edit in edits {
        match edit {
            Edit::Insert(at, piece) => {
                let at = at.index(chars.len() + 1);
                chars.splice(at..at, piece.chars());
            }
            Edit::Delete(at, count) => {
                let at = at.index(chars.len() + 1);
                chars.drain(at..chars.len().min(at + count));
            }
            Edit::Repeat(line, to) => {
                let text: String = chars.iter().collect();
                let mut lines: Vec<&str> = text.split('\n').collect();
                lines.insert(to.index(lines.len() + 1), lines[line.index(lines.len())]);
                chars = lines.join("\n").chars().collect();
            }
        }
    }
    chars.into_iter().collect()
}

/// Our corpus: a flow or more for each rule.
fn corpus() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    paths.sort();
    paths
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

/// promptflow's own loop: the first node in the file that has all it needs, again and again.
fn order_of(needs: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut picked = Vec::new();
    while picked.len() < needs.len() {
        let is_ready = |node: &usize| {
            !picked.contains(node) && needs[*node].iter().all(|on| picked.contains(on))
        };
        picked.push((0..needs.len()).find(is_ready)?);
    }
    Some(picked)
}

fn flow_with(needs: &[Vec<usize>]) -> String {
    let mut text = String::from("nodes:\n");
    for (node, needs) in needs.iter().enumerate() {
        text += &format!("- name: n{node}\n  type: python\n  inputs:\n    own: 1\n");
        for (input, on) in needs.iter().enumerate() {
            text += &format!("    x{input}: ${{n{on}.output}}\n");
        }
    }
    text
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        assert_laws(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_characters(text in prop::collection::vec(any::<char>(), 0..100)) {
        assert_laws(&text.into_iter().collect::<String>())?;
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(select(PIECES.to_vec()), 0..60)) {
        assert_laws(&pieces.concat())?;
    }

    #[test]
    fn any_edits_of_a_flow(text in select(corpus()), edits in prop::collection::vec(edit(), 1..6)) {
        assert_laws(&edited(&text, &edits))?;
    }

    #[test]
    fn the_order_is_promptflows(
        needs in (1..12_usize).prop_flat_map(|count| {
            prop::collection::vec(prop::collection::vec(0..count, 0..3), count)
        })
    ) {
        let report = assert_laws(&flow_with(&needs))?;
        let expected = order_of(&needs).map(|order| order.iter().map(|node| format!("n{node}")).collect::<Vec<_>>());
        let is_circular = report.errors().any(|finding| finding.code == "NodeCircularDependency");
        prop_assert_eq!(is_circular, expected.is_none());
        prop_assert_eq!(report.order, expected);
    }
}
