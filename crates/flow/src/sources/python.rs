//! Python's shape: text, brackets, colons and indentation. Statements themselves aren't read.

use super::Fault;

/// The first thing for which Python refuses a file, of those that are known here.
pub(super) fn fault(text: &str) -> Option<Fault> {
    match shape(text) {
        Err(fault) => Some(fault),
        Ok(lines) => colons(text, &lines).or_else(|| indentation(text, &lines)),
    }
}

/// A logical line: from its first letter to its end, with the places that count.
#[derive(Debug, Default)]
struct Line {
    /// Where its indentation begins.
    start: usize,
    from: usize,
    to: usize,
    /// Its first `:` outside of brackets.
    colon: Option<usize>,
    /// Where its last letter is that is no comment.
    last: usize,
}

/// Takes a text apart into logical lines; the error is a text or bracket that never ends.
fn shape(text: &str) -> Result<Vec<Line>, Fault> {
    let bytes = text.as_bytes();
    let (mut lines, mut open) = (Vec::new(), Vec::<(u8, usize)>::new());
    let (mut line, mut is_empty, mut at) = (Line::default(), true, 0);
    while let Some(&byte) = bytes.get(at) {
        let mut next = at + 1;
        match byte {
            b'\n' | b'\r' if open.is_empty() => {
                if !is_empty {
                    line.to = at;
                    lines.push(std::mem::take(&mut line));
                }
                line.start = next;
                is_empty = true;
                at = next;
                continue;
            }
            b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' => {
                at = next;
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'\\' if matches!(bytes.get(next), Some(b'\n' | b'\r')) => {
                let is_crlf = bytes.get(next..next + 2) == Some(b"\r\n");
                at = next + if is_crlf { 2 } else { 1 };
                continue;
            }
            b'"' | b'\'' => next = end_of_text(bytes, at)?,
            b'(' | b'[' | b'{' => open.push((byte, at)),
            b')' | b']' | b'}' => close(&mut open, byte, at)?,
            // `:=` gives a name, and ends nothing.
            b':' if open.is_empty() && bytes.get(next) != Some(&b'=') => {
                line.colon.get_or_insert(at);
            }
            _ => {}
        }
        if is_empty {
            line.from = at;
            is_empty = false;
        }
        line.last = next - 1;
        at = next;
    }
    if let Some((bracket, from)) = open.pop() {
        let message = format!("This `{}` is never closed.", char::from(bracket));
        return Err(Fault::new(from, from + 1, message));
    }
    if !is_empty {
        line.to = bytes.len();
        lines.push(line);
    }
    Ok(lines)
}

fn close(open: &mut Vec<(u8, usize)>, byte: u8, at: usize) -> Result<(), Fault> {
    let partner = match byte {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    };
    let closing = char::from(byte);
    match open.pop() {
        Some((bracket, _)) if bracket == partner => Ok(()),
        Some((bracket, _)) => {
            let message = format!(
                "This `{closing}` doesn't close the `{}` that is open here.",
                char::from(bracket)
            );
            Err(Fault::new(at, at + 1, message))
        }
        None => Err(Fault::new(
            at,
            at + 1,
            format!("This `{closing}` closes nothing."),
        )),
    }
}

fn end_of_line(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    start + length.unwrap_or(rest.len())
}

/// Where the text that begins with a quote ends, with its quotes.
fn end_of_text(bytes: &[u8], start: usize) -> Result<usize, Fault> {
    let quote = bytes.get(start).copied().unwrap_or_default();
    let is_long = bytes.get(start..start + 3) == Some(&[quote; 3][..]);
    let closing = if is_long { 3 } else { 1 };
    let mut at = start + closing;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            // A backslash before CRLF continues the text too.
            b'\\' if bytes.get(at + 1..at + 3) == Some(b"\r\n") => at += 3,
            b'\\' => at += 2,
            b'\n' | b'\r' if !is_long => break,
            _ if bytes
                .get(at..at + closing)
                .is_some_and(|end| end.iter().all(|byte| *byte == quote)) =>
            {
                return Ok(at + closing);
            }
            _ => at += 1,
        }
    }
    Err(Fault::new(
        start,
        start + closing,
        "The text that begins here is never closed.",
    ))
}

/// Words that begin a block, and so need a `:`.
const BLOCKS: [&str; 12] = [
    "def", "class", "if", "elif", "else", "for", "while", "try", "except", "finally", "with",
    "async",
];

fn begins_block(line: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let end = line.find(|c| !is_name(c)).unwrap_or(line.len());
    BLOCKS.contains(&&line[..end])
}

fn colons(text: &str, lines: &[Line]) -> Option<Fault> {
    let is_missing = |line: &&Line| {
        line.colon.is_none() && text.get(line.from..line.to).is_some_and(begins_block)
    };
    let line = lines.iter().find(is_missing)?;
    Some(Fault::new(
        line.from,
        line.last + 1,
        "A `:` is missing at the end of this line.",
    ))
}

fn indentation(text: &str, lines: &[Line]) -> Option<Fault> {
    let mut stack = vec![""];
    let mut opened: Option<&Line> = None;
    for line in lines {
        let indent = text.get(line.start..line.from)?;
        // What follows a form feed or a joined line is not worth a wrong word.
        if !indent.chars().all(|c| matches!(c, ' ' | '\t')) {
            return None;
        }
        let fault = |message: &str| Some(Fault::new(line.from, line.last + 1, message));
        let current = stack.last().copied().unwrap_or_default();
        match opened.take() {
            Some(header) => {
                if indent.len() <= current.len() {
                    let number = super::place(text, header.from).line;
                    return fault(&format!(
                        "Indent this line: the block that begins on line {number} needs one."
                    ));
                }
                if !indent.starts_with(current) {
                    return fault("Tabs and spaces are mixed in the indentation. Use spaces.");
                }
                stack.push(indent);
            }
            None if indent == current => {}
            None if indent.len() > current.len() && indent.starts_with(current) => {
                return fault("This line is indented too far: no block begins before it.");
            }
            None => {
                while stack.last().is_some_and(|last| last.len() > indent.len()) {
                    stack.pop();
                }
                if stack.last().copied() != Some(indent) {
                    let is_mixed = indent.contains('\t') != current.contains('\t');
                    return fault(if is_mixed {
                        "Tabs and spaces are mixed in the indentation. Use spaces."
                    } else {
                        "The indentation matches no line above."
                    });
                }
            }
        }
        let ends_with_colon = text.as_bytes().get(line.last) == Some(&b':');
        if ends_with_colon && text.get(line.from..line.to).is_some_and(begins_block) {
            opened = Some(line);
        } else if ends_with_colon {
            // `match` and `case` are names too, so what they begin is taken as it comes.
            return None;
        }
    }
    let header = opened?;
    Some(Fault::new(
        header.from,
        header.last + 1,
        "Nothing follows this line, but its block needs a line. Use `pass` for none.",
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sound_python_has_no_fault() {
        for text in [
            "",
            "import os\n\n@tool\ndef f(a: str, b: dict = {'x': 1}) -> str:\n    \"\"\"Doc: it's \\\"\"\"\"\n    if (a and\n  b):\n        return f\"{a!r:>{10}}\"\n    else: return ''\n",
            "x = [\n  1,  # one (\n]\nclass A: pass\n",
            "try:\n\tx()\nexcept E as e:\n\traise\nfinally:\n\tpass\n",
            "if x:\r\n    y = 1 \\\r\n  + 2\r\n# end\r\n",
            "def f():\n    # only a comment\n\n    pass\n",
            "match x:\n    case 1:\n        pass\n",
            "f = lambda a: a\nd = {'a': 1}[\n'a']\nfor x in y: print(x)\n",
            "async def f():\n  async with a as b:\n    await c\n",
            "x = 'a\\\n b'\n",
            "ifx = 1\nclassy = 2\n",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn each_mistake_is_told_at_its_place() {
        for (text, marked, says) in [
            ("x = (1,\ny = 2\n", "(", "never closed"),
            ("x = 1)\n", ")", "closes nothing"),
            ("x = [1)\n", ")", "doesn't close the `[`"),
            ("x = 'it\n", "'", "never closed"),
            ("'''doc\n", "'''", "never closed"),
            ("def f(a)\n    pass\n", "def f(a)", "`:` is missing"),
            ("if x  # why\n    y\n", "if x", "`:` is missing"),
            ("def f():\npass\n", "pass", "on line 1"),
            ("def f():\n", "def f():", "needs a line"),
            ("x = 1\n  y = 2\n", "y = 2", "too far"),
            ("if x:\n    a\n  b\n", "b", "matches no line"),
            ("if x:\n    a\n\tb\n", "b", "mixed"),
            ("é = 'ä'\nwhile x\n", "while x", "`:` is missing"),
        ] {
            let fault = fault(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&text[fault.from..fault.to], marked, "{text}");
            assert!(fault.message.contains(says), "{text}: {}", fault.message);
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "(def f\\(|if |else|:|'''|[\"'()\\[\\]{}\\\\#]|\n|\r\n|\t|    |[a-zé= ,]{1,4}){0,40}") {
            if let Some(fault) = fault(&text) {
                prop_assert!(fault.from <= fault.to);
                prop_assert!(text.get(fault.from..fault.to.min(text.len())).is_some());
            }
        }
    }
}
