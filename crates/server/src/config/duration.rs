//! Idle times: `90s`, `30m`, `2h` or `never`.

use std::time::Duration;

use flowdeck_contract::settings::IDLE_SECONDS;

use super::field::{At, Field, Scalar};

/// The time that a field gives, `None` inside for never; nothing when it gives none.
pub(super) fn idle(at: &At<'_>, field: Field<Scalar>) -> Option<Option<Duration>> {
    let text = at.text(field)?.value;
    if text == "never" {
        return Some(None);
    }
    let seconds = seconds(&text).filter(|seconds| IDLE_SECONDS.contains(seconds));
    if seconds.is_none() {
        at.wrong(format!(
            "{text:?} isn't a duration; write a number with a unit, such as 90s, 30m or 2h (at least {}s), or never",
            IDLE_SECONDS.start()
        ));
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
