//! What uv says when it fails.

/// uv's error, with its causes, without the decoration that differs between its versions.
pub(super) struct Message {
    /// The first line.
    pub(super) head: String,
    /// All of it, in one line.
    pub(super) whole: String,
    /// What a compiler said first, as `longintrepr.h: No such file or directory`.
    pub(super) compiler_error: Option<String>,
}

impl Message {
    pub(super) fn of(lines: &[String]) -> Self {
        let plain: Vec<String> = lines.iter().map(|line| undecorated(line)).collect();
        let is_start = |line: &String| line.starts_with("error: ") || line.starts_with('×');
        let start = lines
            .iter()
            .position(|line| is_start(&line.trim_start().to_owned()));
        let plain = &plain[start.unwrap_or(plain.len().saturating_sub(1))..];
        let end = plain
            .iter()
            .position(|line| line.starts_with("hint: "))
            .unwrap_or(plain.len());
        let head = plain
            .first()
            .cloned()
            .unwrap_or_else(|| "uv said nothing".to_owned());
        Self {
            head,
            whole: one_line(&plain[..end].join(" ")),
            compiler_error: plain.iter().find_map(|line| compiler_error(line)),
        }
    }

    /// What stands between `start` and `end`.
    pub(super) fn between(&self, start: &str, end: &str) -> Option<&str> {
        Some(self.whole.split_once(start)?.1.split_once(end)?.0)
    }
}

/// The error of a line such as `src/a.c:12:10: fatal error: longintrepr.h: No such file or directory`.
fn compiler_error(line: &str) -> Option<String> {
    let (place, error) = [": fatal error: ", ": error: "]
        .iter()
        .find_map(|sign| line.split_once(sign))?;
    let is_place = place
        .rsplit(':')
        .next()
        .is_some_and(|end| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit()));
    is_place.then(|| one_line(error))
}

fn undecorated(line: &str) -> String {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "×╰─▶├│".contains(c));
    let line = ["error: ", "cause: ", "Caused by: "]
        .iter()
        .find_map(|prefix| line.strip_prefix(prefix))
        .unwrap_or(line);
    line.trim().to_owned()
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
