//! How a node waits before it asks a model again, by the lines that promptflow's tools print.

use flowdeck_contract::shown::shown;

/// A wait after a try that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    /// What the try ended with.
    error: String,
    /// Which try that was, from 1.
    tried: u32,
    /// How long it waits, in seconds.
    seconds: String,
}

impl Wait {
    /// In words.
    pub(super) fn words(&self) -> String {
        let next = self.tried.saturating_add(1);
        words(&self.error, next, &format!("{} s", self.seconds))
    }
}

/// A wait in words: what the last try ended with, which one is next, and when.
pub(in crate::pages::flow) fn words(error: &str, next: u32, after: &str) -> String {
    let error = match error {
        "RateLimitError" => "429 RateLimitError".into(),
        other => shown(other),
    };
    format!("{error}, try {next} in {after}")
}

/// The waits that a node's own text tells.
pub(super) fn in_text(text: &str) -> Vec<Wait> {
    text.lines().filter_map(read).collect()
}

/// The waits of a node that a run's log tells.
pub(super) fn in_log<'l>(node: &str, lines: impl Iterator<Item = &'l str>) -> Vec<Wait> {
    let begin = format!("[{node} in line ");
    let of_node = lines.filter_map(|line| {
        let (_, rest) = line.split_once(&begin)?;
        let (_, printed) = rest.split_once("] stderr> ")?;
        read(printed)
    });
    of_node.collect()
}

/// `RateLimitError #0, Retry-After=8, Back off 8.0 seconds for retry.`; tries count from 0.
fn read(line: &str) -> Option<Wait> {
    let before = line.trim_end().strip_suffix(" seconds for retry.")?;
    let (before, seconds) = before.rsplit_once("Back off ")?;
    let (error, rest) = before.split_once(" #")?;
    // A node's own log has the time before each text.
    let error = match error.strip_prefix('[') {
        Some(stamped) => stamped.split_once("] ")?.1,
        None => error,
    };
    let (tried, _) = rest.split_once(',')?;
    let is_number =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_name = error.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_number(seconds) && is_name).then_some(())?;
    Some(Wait {
        error: error.to_owned(),
        tried: tried.parse::<u32>().ok()?.saturating_add(1),
        seconds: seconds.trim_end_matches(".0").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_what_failed_and_when_the_next_try_is() {
        let text = "hello\n[2026-11-23T21:24:50+0000] RateLimitError #2, Retry-After=8, Back off 8.0 seconds for retry.\nAPIConnectionError #0, but no Retry-After header, Back off 3.5 seconds for retry.\n";
        let words: Vec<String> = in_text(text).iter().map(Wait::words).collect();
        assert_eq!(
            words,
            [
                "429 RateLimitError, try 4 in 8 s",
                "APIConnectionError, try 2 in 3.5 s"
            ]
        );
    }

    #[test]
    fn a_log_s_line_counts_for_its_own_node_alone() {
        let line = "2026-11-23 21:24:50 +0000 1 execution.flow INFO [ask in line 0 (index starts from 0)] stderr> RateLimitError #0, Retry-After=1, Back off 1.0 seconds for retry.";
        assert_eq!(in_log("ask", [line].into_iter()).len(), 1);
        assert!(in_log("as", [line].into_iter()).is_empty());
    }

    #[test]
    fn what_only_looks_like_a_wait_is_none() {
        for line in [
            "",
            "Back off 1 seconds for retry.",
            "x #, Back off 1 seconds for retry.",
            "x #1, Back off ∞ seconds for retry.",
            "a b #1, Back off 1 seconds for retry.",
        ] {
            assert!(in_text(line).is_empty(), "{line}");
        }
    }
}
