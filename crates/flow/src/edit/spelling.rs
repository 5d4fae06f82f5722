//! How a text is written as a value.

use serde_json::Value as Json;

/// What YAML 1.1 takes for a truth or nothing. promptflow reads YAML 1.2, but other tools that read a flow don't.
const WORDS: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "~",
];

/// The ways to write `value`, the one that is most like `before` first. Not each of them means it in every place.
pub(super) fn spellings(value: &str, before: Option<&str>) -> Vec<String> {
    let double = Json::from(value).to_string();
    let single = format!("'{}'", value.replace('\'', "''"));
    let mut ways = Vec::new();
    match before.and_then(|before| before.chars().next()) {
        Some('\'') => ways.push(single.clone()),
        Some('"') => ways.push(double.clone()),
        _ => {}
    }
    if is_plain(value) {
        ways.push(value.to_owned());
    }
    ways.extend([single, double]);
    ways
}

/// Whether nobody reads the text as anything else when it has no quotes.
fn is_plain(value: &str) -> bool {
    let starts_well = value.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$');
    let is_one_line = !value.chars().any(char::is_control);
    starts_well && is_one_line && !WORDS.contains(&value.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_and_come_where_another_reader_would_be_misled() {
        assert_eq!(spellings("gpt-4", None)[0], "gpt-4");
        assert_eq!(spellings("gpt-4", Some("'old'"))[0], "'gpt-4'");
        assert_eq!(spellings("gpt-4", Some("\"old\""))[0], "\"gpt-4\"");
        assert_eq!(spellings("it's", Some("'old'"))[0], "'it''s'");
        for odd in ["no", "12:30", "4", "2024-02-01", "", "~", "a\nb"] {
            assert!(spellings(odd, None)[0].starts_with('\''), "{odd}");
        }
    }
}
