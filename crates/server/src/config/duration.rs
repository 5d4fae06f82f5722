//! How long something waits for use: `90s`, `30m`, `2h` or `never`.

use std::time::Duration;

use flowdeck_contract::settings::IDLE_SECONDS;

use super::{
    fields::{Problems, text},
    tree::Node,
};

/// The time a node says, `None` inside for never; nothing when it says none.
pub(super) fn idle(node: &Node, problems: &mut Problems) -> Option<Option<Duration>> {
    let said = text(node, "idleShutdown", problems)?;
    if said.value == "never" {
        return Some(None);
    }
    let seconds = seconds(said.value).filter(|seconds| IDLE_SECONDS.contains(seconds));
    if seconds.is_none() {
        let message = format!(
            "{:?} isn't a duration; write a number with a unit, such as 90s, 30m or 2h (at least {}s), or never",
            said.value,
            IDLE_SECONDS.start()
        );
        problems.add(said.place, message);
    }
    seconds.map(|seconds| Some(Duration::from_secs(seconds)))
}

fn seconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].trim_start() {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        _ => return None,
    };
    // A sign would parse, too.
    let number: u64 = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())??;
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_number_with_a_unit_is_a_time() {
        for (text, expected) in [
            ("90s", Some(90)),
            ("30m", Some(1800)),
            ("2 h", Some(7200)),
            ("30", None),
            ("m", None),
            ("-5m", None),
            ("+5m", None),
            ("1.5h", None),
            ("2 hours", None),
            ("99999999999999999999s", None),
            ("5124095576030432h", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
