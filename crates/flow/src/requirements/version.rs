//! Versions and comparisons (PEP 440), only as far as telling what is one.

/// Longer ones first: `=` begins `==`.
pub(super) const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

/// Whether `version` can stand after `operator`. The installer wants a version behind `===` too.
pub(super) fn fits(operator: &str, version: &str) -> bool {
    match operator {
        "==" | "!=" => version
            .strip_suffix(".*")
            .map_or_else(|| is_version(version), is_release),
        "~=" => is_version(version) && version.contains('.'),
        _ => is_version(version),
    }
}

/// A version that `.*` may follow.
fn is_release(text: &str) -> bool {
    is_version(text) && !text.contains('+')
}

fn is_version(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let mut rest = Rest(lower.strip_prefix('v').unwrap_or(&lower));
    rest.epoch();
    if !rest.number() {
        return false;
    }
    while rest.dot_number() {}
    rest.tagged(&["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"]);
    if !rest.tagged(&["post", "rev", "r"]) {
        rest.dash_number();
    }
    rest.tagged(&["dev"]);
    rest.local();
    rest.0.is_empty()
}

/// What is left of a version.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn number(&mut self) -> bool {
        let digits = self.0.trim_start_matches(|c: char| c.is_ascii_digit());
        let some = digits.len() < self.0.len();
        self.0 = digits;
        some
    }

    fn epoch(&mut self) {
        if let Some((epoch, rest)) = self.0.split_once('!')
            && !epoch.is_empty()
            && epoch.bytes().all(|byte| byte.is_ascii_digit())
        {
            self.0 = rest;
        }
    }

    fn dot_number(&mut self) -> bool {
        let mut rest = Rest(self.0.strip_prefix('.').unwrap_or(""));
        let found = rest.number();
        if found {
            *self = Rest(rest.0);
        }
        found
    }

    fn dash_number(&mut self) {
        let mut rest = Rest(self.0.strip_prefix('-').unwrap_or(""));
        if rest.number() {
            *self = Rest(rest.0);
        }
    }

    /// A word such as `rc`, with a separator before it and a number after it if there are any.
    fn tagged(&mut self, words: &[&str]) -> bool {
        const SEPARATORS: [char; 3] = ['-', '_', '.'];
        let after = self.0.strip_prefix(SEPARATORS).unwrap_or(self.0);
        let Some(rest) = words.iter().find_map(|word| after.strip_prefix(word)) else {
            return false;
        };
        let mut numbered = Rest(rest.strip_prefix(SEPARATORS).unwrap_or(rest));
        self.0 = if numbered.number() { numbered.0 } else { rest };
        true
    }

    fn local(&mut self) {
        let Some(local) = self.0.strip_prefix('+') else {
            return;
        };
        let is_part =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if local.split(['-', '_', '.']).all(is_part) {
            self.0 = "";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_what_is_none() {
        for version in [
            "1",
            "1.0",
            "v1.2",
            "1!2.0",
            "1.0a1",
            "1.0.rc-1",
            "1.0-1",
            "1.0.post2.dev3",
            "1.0+cpu.1",
            "2024.1.0",
            "1.0c1",
            "1.0rev",
        ] {
            assert!(is_version(version), "{version}");
        }
        for version in [
            "", "x", "1.", "1..0", "1.0+", "1.0+a..b", "1.0 0", "1.*", "1.0-", "=1",
        ] {
            assert!(!is_version(version), "{version}");
        }
        assert!(fits("==", "1.*") && fits("===", "1.0") && !fits(">=", "1.*"));
        assert!(fits("~=", "1.0") && !fits("~=", "1"));
    }
}
