//! What uv says when it fails.

/// uv's error, with its causes, without the decoration that differs between its versions.
pub(super) struct Message {
    /// The first line.
    pub(super) head: String,
    /// All of it, in one line.
    pub(super) whole: String,
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
        }
    }

    /// What stands between `start` and `end`.
    pub(super) fn between(&self, start: &str, end: &str) -> Option<&str> {
        Some(self.whole.split_once(start)?.1.split_once(end)?.0)
    }
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
