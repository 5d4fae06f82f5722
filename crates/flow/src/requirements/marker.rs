//! Environment markers (PEP 508), only as far as telling what is one.

const VARIABLES: [&str; 18] = [
    "python_version",
    "python_full_version",
    "os_name",
    "os.name",
    "sys_platform",
    "sys.platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform.version",
    "platform_machine",
    "platform.machine",
    "platform_python_implementation",
    "platform.python_implementation",
    "python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
];

/// Where `text` stops being a marker, with what should stand there; `Ok` when it is one.
pub(super) fn check(text: &str) -> Result<(), (usize, String)> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    reader.either()?;
    reader.blanks();
    match reader.rest() {
        "" => Ok(()),
        _ => reader.fail("‘and’ or ‘or’ is missing here"),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Step = Result<(), (usize, String)>;

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn fail(&self, why: &str) -> Step {
        Err((self.at, why.to_owned()))
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// As [`Reader::take`], when no letter follows.
    fn take_word(&mut self, word: &str) -> bool {
        let rest = self.rest().strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            && self.take(word)
    }

    fn either(&mut self) -> Step {
        self.comparison()?;
        loop {
            self.blanks();
            if !(self.take_word("and") || self.take_word("or")) {
                return Ok(());
            }
            self.comparison()?;
        }
    }

    fn comparison(&mut self) -> Step {
        // Whoever nests deeper does not mean it.
        const DEEPEST: usize = 64;
        self.blanks();
        if self.depth < DEEPEST && self.take("(") {
            self.depth += 1;
            self.either()?;
            self.blanks();
            self.depth -= 1;
            return match self.take(")") {
                true => Ok(()),
                false => self.fail("the parenthesis is not closed"),
            };
        }
        self.value()?;
        self.operator()?;
        self.value()
    }

    fn operator(&mut self) -> Step {
        self.blanks();
        if super::version::OPERATORS.iter().any(|word| self.take(word)) || self.take_word("in") {
            return Ok(());
        }
        if self.take_word("not") {
            self.blanks();
            if self.take_word("in") {
                return Ok(());
            }
        }
        self.fail("a comparison such as == or >= is missing here")
    }

    fn value(&mut self) -> Step {
        self.blanks();
        for quote in ['"', '\''] {
            if let Some(rest) = self.rest().strip_prefix(quote) {
                return match rest.find(quote) {
                    Some(end) => {
                        self.at += end + 2;
                        Ok(())
                    }
                    None => self.fail("the quote is not closed"),
                };
            }
        }
        if VARIABLES.iter().any(|name| self.take_word(name)) {
            return Ok(());
        }
        self.fail("a quoted text or a name such as python_version is missing here")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_told_from_what_is_none() {
        for marker in [
            "python_version >= '3.8'",
            "(os_name=='nt' or sys_platform != \"win32\") and extra in 'a b'",
            "'3.9' <= python_version and platform_machine not in 'arm64'",
        ] {
            assert_eq!(check(marker), Ok(()), "{marker}");
        }
        for (marker, at) in [
            ("", 0),
            ("python > '3'", 0),
            ("python_version '3'", 15),
            ("python_version > 3", 17),
            ("(os_name == 'nt'", 16),
            ("os_name == 'nt' os_name == 'x'", 16),
            ("os_name == 'nt", 11),
        ] {
            assert_eq!(check(marker).unwrap_err().0, at, "{marker}");
        }
        assert!(check(&"(".repeat(100_000)).is_err());
    }
}
