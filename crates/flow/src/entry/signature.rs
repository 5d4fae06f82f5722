//! Finds a function in Python's source and takes its parameter list apart. Reads as much of Python as that takes: text and
//! comments, brackets, and which lines begin at the margin.

/// A parameter, as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) annotation: Option<String>,
    /// The code of its default.
    pub(crate) default: Option<String>,
    /// Where its name begins in the source, in bytes.
    pub(crate) at: usize,
}

/// What a function takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<Parameter>,
    /// Whether it takes anything by name: `**kwargs`.
    pub(crate) takes_any: bool,
}

impl Signature {
    /// That of the function of this name, or of the `__call__` of the class; the last one counts, as in Python.
    pub(super) fn find(source: &str, name: &str) -> Option<Self> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let masked = mask(source);
        let mut found = None;
        for (start, line) in lines(&masked, 0, masked.len()) {
            if let Some(at) = function(line, name) {
                found = Self::read(source, &masked, start + at, false);
            } else if begins_with(line, "class ", name).is_some() {
                found = Self::of_method(source, &masked, start + line.len(), "__call__");
            }
        }
        found
    }

    /// That of the `__init__` of the class of this name; `None` when there is no such class, or it takes nothing.
    pub(super) fn of_init(source: &str, name: &str) -> Option<Self> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let masked = mask(source);
        let mut found = None;
        for (start, line) in lines(&masked, 0, masked.len()) {
            if begins_with(line, "class ", name).is_some() {
                found = Self::of_method(source, &masked, start + line.len(), "__init__");
            }
        }
        found
    }

    /// What the tools of a source take: functions that are decorated as tools, and the classes whose methods are.
    pub(super) fn of_tools(source: &str) -> Vec<Parameter> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let masked = mask(source);
        let (mut parameters, mut decorated) = (Vec::new(), false);
        for (start, line) in lines(&masked, 0, masked.len()) {
            let code = line.trim_start();
            let indent = line.len() - code.len();
            if let Some(decorator) = code.strip_prefix('@') {
                decorated |= names_a_tool(decorator);
                continue;
            }
            let Some(definition) = definition(code) else {
                continue;
            };
            if decorated || (indent > 0 && definition.trim_start().starts_with("__init__")) {
                let read = Self::read(source, &masked, start + indent, indent > 0);
                parameters.extend(read.into_iter().flat_map(|found| found.parameters));
            }
            decorated = false;
        }
        parameters
    }

    /// That of a method in the body that begins at `start`.
    fn of_method(source: &str, masked: &str, start: usize, name: &str) -> Option<Self> {
        let is_margin = |line: &str| {
            let first = line.chars().next();
            first.is_some_and(|first| !first.is_whitespace())
        };
        let body = lines(masked, start, masked.len());
        let mut body = body.skip(1).take_while(|(_, line)| !is_margin(line));
        body.find_map(|(start, line)| {
            let indent = line.len() - line.trim_start().len();
            let at = function(line.trim_start(), name)?;
            Self::read(source, masked, start + indent + at, true)
        })
    }

    /// Reads the parameter list whose bracket opens at `open` or later; a method's first is itself.
    fn read(source: &str, masked: &str, open: usize, is_method: bool) -> Option<Self> {
        let open = open + masked.get(open..)?.find('(')?;
        let mut signature = Self {
            parameters: Vec::new(),
            takes_any: false,
        };
        for (from, to) in parts(masked, open)? {
            let (code, shape) = (source.get(from..to)?, masked.get(from..to)?);
            if shape.trim().starts_with("**") {
                signature.takes_any = true;
            } else if !shape.trim().starts_with(['*', '/']) && !shape.trim().is_empty() {
                let parameter = parameter(code, shape)?;
                let at = from + parameter.at;
                signature.parameters.push(Parameter { at, ..parameter });
            }
        }
        if is_method && !signature.parameters.is_empty() {
            signature.parameters.remove(0);
        }
        Some(signature)
    }
}

/// `tool`, `tool(…)` or `module.tool`.
fn names_a_tool(decorator: &str) -> bool {
    let name = decorator.split('(').next().unwrap_or_default().trim();
    name.rsplit('.').next() == Some("tool")
}

/// What follows `def` where a function is defined.
fn definition(code: &str) -> Option<&str> {
    let plain = code.strip_prefix("async ").map_or(code, str::trim_start);
    plain.strip_prefix("def ")
}

fn parameter(code: &str, shape: &str) -> Option<Parameter> {
    let (before, default) = match at_depth_0(shape, '=') {
        Some(at) => (at, Some(code.get(at + 1..)?.trim().to_owned())),
        None => (code.len(), None),
    };
    let head = code.get(..before)?;
    let (name, annotation) = match at_depth_0(shape.get(..before)?, ':') {
        Some(at) => (head.get(..at)?, Some(head.get(at + 1..)?.trim().to_owned())),
        None => (head, None),
    };
    // A comment may stand before it on lines of its own.
    let shape = shape.get(..name.len())?;
    let at = shape.len() - shape.trim_start().len();
    Some(Parameter {
        name: shape.trim().to_owned(),
        at,
        annotation,
        default,
    })
}

/// Where the name of a function that a line defines ends.
fn function(line: &str, name: &str) -> Option<usize> {
    let plain = line.strip_prefix("async ").map_or(line, str::trim_start);
    let end = begins_with(plain, "def ", name)?;
    Some(line.len() - plain.len() + end)
}

/// Where `name` ends that follows `keyword` at the beginning of a line.
fn begins_with(line: &str, keyword: &str, name: &str) -> Option<usize> {
    let rest = line.strip_prefix(keyword)?.trim_start();
    let after = rest.strip_prefix(name)?;
    let goes_on = |next: char| next.is_alphanumeric() || next == '_';
    (!after.starts_with(goes_on)).then(|| line.len() - after.len())
}

/// The lines from `start` on, each with where it begins.
fn lines(text: &str, start: usize, end: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = start;
    let lines = text.get(start..end).unwrap_or("").split('\n');
    lines.map(move |line| {
        let begins = at;
        at += line.len() + 1;
        (begins, line)
    })
}

/// What stands between the commas of the brackets that open at `open`; `None` when these never close.
fn parts(masked: &str, open: usize) -> Option<Vec<(usize, usize)>> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_usize, open + 1);
    for (at, byte) in masked.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    parts.push((from, at));
                    return Some(parts);
                }
            }
            b',' if depth == 1 => {
                parts.push((from, at));
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}

fn at_depth_0(shape: &str, wanted: char) -> Option<usize> {
    let mut depth = 0_i32;
    shape.char_indices().find_map(|(at, character)| {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        (depth == 0 && character == wanted).then_some(at)
    })
}

/// The source with as many bytes, in which text is `x` and comments are blank, so that only code has shape.
pub(super) fn mask(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut masked = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b'#' => end_of_line(bytes, at),
            b'"' | b'\'' => end_of_text(bytes, at),
            _ => {
                masked.push(byte);
                at += 1;
                continue;
            }
        };
        let fill = if byte == b'#' { b' ' } else { b'x' };
        masked.resize(end, fill);
        at = end;
    }
    String::from_utf8(masked).unwrap_or_default()
}

fn end_of_line(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| *byte == b'\n');
    start + length.unwrap_or(rest.len())
}

/// Where the text that begins with a quote ends, with its quotes.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let is_long = bytes.get(start..start + 3) == Some(&[quote; 3][..]);
    let closing = if is_long { 3 } else { 1 };
    let mut at = start + closing;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' if !is_long => return at,
            _ if bytes
                .get(at..at + closing)
                .is_some_and(|end| end.iter().all(|byte| *byte == quote)) =>
            {
                return at + closing;
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(source: &str, name: &str) -> Option<Vec<String>> {
        let signature = Signature::find(source, name)?;
        Some(
            signature
                .parameters
                .into_iter()
                .map(|parameter| parameter.name)
                .collect(),
        )
    }

    #[test]
    fn parameters_are_found_as_they_are_written() {
        let source = "'''def f(no): pass'''\n# def f(no)\nimport x\n\n@trace\nasync def f(\n    a: str,  # the first, and (more)\n    b: dict[str, int] = {'x': 1, \"y)\": 2},\n    /,\n    *,\n    c=lambda v: (v, 1),\n    **rest,\n) -> str:\n    def f2(z): pass\n";
        let signature = Signature::find(source, "f").unwrap();
        assert!(signature.takes_any);
        let shown: Vec<_> = signature
            .parameters
            .iter()
            .map(|found| {
                (
                    &*found.name,
                    found.annotation.as_deref(),
                    found.default.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("a", Some("str"), None),
                ("b", Some("dict[str, int]"), Some("{'x': 1, \"y)\": 2}")),
                ("c", None, Some("lambda v: (v, 1)")),
            ]
        );
        assert_eq!(names(source, "f2"), None, "it is no entry");
        assert_eq!(names(source, "g"), None);
    }

    #[test]
    fn a_class_is_called() {
        let source = "class Other:\n    def __call__(self, no): ...\n\nclass Chat(Base):\n    '''Doc\nat the margin'''\n    def __init__(self, model):\n        self.m = model\n\n    # here\n    async def __call__(self, question: str = 'é', *args):\n        return question\n\ndef __call__(self, no): ...\n";
        assert_eq!(names(source, "Chat").unwrap(), ["question"]);
        assert_eq!(names("class A: pass\n", "A"), None);
        assert_eq!(names("def f(a): ...\ndef f(b): ...\n", "f").unwrap(), ["b"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(source in "(def f\\(|class f|    def __call__\\(|[a-z:=,'\"#()\\[\\]{}\\\\ \n*/é]|'''){0,60}") {
            let _ = Signature::find(&source, "f");
            prop_assert_eq!(mask(&source).len(), source.len());
        }
    }
}
