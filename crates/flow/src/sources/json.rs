//! JSON, and a value in each line.

use serde::de::IgnoredAny;

use super::Fault;

/// What is wrong with a file of one value; one without anything is being written.
pub(super) fn fault(text: &str) -> Option<Fault> {
    if text.trim().is_empty() {
        return None;
    }
    of(text, 0)
}

/// The first line that isn't a value.
pub(super) fn fault_of_lines(text: &str) -> Option<Fault> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let value = line.trim_end();
        if !value.is_empty()
            && let Some(fault) = of(value, start)
        {
            return Some(fault);
        }
        start += line.len();
    }
    None
}

/// `start` is where the text begins in its file.
fn of(text: &str, start: usize) -> Option<Fault> {
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let before: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let at = start + before + error.column().saturating_sub(1);
    let said = error.to_string();
    let why = said.split(" at line ").next().unwrap_or_default();
    let message = match why {
        "trailing comma" => "JSON allows no comma here. Remove it.".to_owned(),
        "trailing characters" => "Something follows the end of the JSON value. Remove it.".to_owned(),
        "key must be a string" => "A key in JSON stands in double quotes.".to_owned(),
        "expected value" => {
            "A JSON value is missing here. Text stands in double quotes; true, false and null in small letters.".to_owned()
        }
        why if why.starts_with("EOF while parsing") => {
            "The JSON ends too early. Close what is still open.".to_owned()
        }
        why => format!("This isn't valid JSON: {why}."),
    };
    Some(Fault::new(at, at + 1, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_where_reading_stops() {
        let at = |text| fault(text).map(|fault| fault.from);
        assert_eq!(at("{\"é\": 1}"), None);
        assert_eq!(at(""), None);
        assert_eq!(at("{\"é\": 1,}"), Some(9));
        assert_eq!(at("{\n  'a': 1}"), Some(4));
        assert_eq!(at("[1\n"), Some(3));
        assert_eq!(
            fault_of_lines("{}\r\n\n{\"a\": }\n{").map(|fault| fault.from),
            Some(11)
        );
        assert_eq!(fault_of_lines("{}\n{}\n"), None);
        assert_eq!(at(&"[".repeat(100_000)), Some(99_999));
    }
}
