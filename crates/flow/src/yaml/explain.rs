//! The parser's words, and ours for those that people meet often.

/// About a tab where YAML takes spaces only.
pub(super) const TAB: &str = "Tabs aren't allowed; use spaces.";

/// Whether a tab in the indentation is the likely cause of what the parser says.
pub(super) fn is_about_indentation(info: &str) -> bool {
    const ABOUT: [&str; 9] = [
        "tab",
        "indentation",
        "block mapping",
        "block collection",
        "simple key",
        "mapping values are not allowed",
        "block sequence entries",
        "plain scalar",
        "cannot start any token",
    ];
    let in_quotes = info.contains("quoted scalar");
    !in_quotes && ABOUT.iter().any(|words| info.contains(words))
}

/// A sentence about why the text is no YAML.
pub(super) fn explain(info: &str) -> String {
    let sentence = match info {
        "mapping values are not allowed in this context" => {
            "Unexpected `:`. Check the indentation, or quote the text."
        }
        "while parsing a block mapping, did not find expected key"
        | "while parsing a block collection, did not find expected '-' indicator"
        | "invalid indentation"
        | "simple key expected" => "Indentation doesn't match any line above.",
        "simple key expect ':'" => {
            "The key before this line has no `:`. Add it, or indent the line."
        }
        "block sequence entries are not allowed in this context" => {
            "A list item (`-`) can't start here. Put it on its own line."
        }
        "while scanning a quoted scalar, found unexpected end of stream"
        | "while scanning a quoted scalar, found unexpected document indicator"
        | "invalid indentation in quoted scalar" => "The quote that opens here is never closed.",
        "invalid trailing content after double-quoted scalar" => {
            "Something follows the closing quote. Put all of it in quotes."
        }
        "while parsing a quoted scalar, found unknown escape character" => {
            "This text has an unknown escape (`\\…`). Write `\\\\` for a backslash, or use single quotes."
        }
        "while parsing a flow mapping, did not find expected ',' or '}'" => {
            "A `,` or the closing `}` is missing here."
        }
        "while parsing a flow sequence, expected ',' or ']'" => {
            "A `,` or the closing `]` is missing here."
        }
        "while parsing a node, did not find expected node content" => {
            "A value is missing here. Is a bracket not closed?"
        }
        "while parsing node, found unknown anchor" => {
            "No anchor (`&`) with this name comes before this alias."
        }
        "the handle wasn't declared" => {
            "No `%TAG` declares this tag's handle (`!…!`). Quote text that starts with `!`."
        }
        "':' must be followed by a valid YAML whitespace" => {
            "Put a space after the `:`, not a tab."
        }
        "tabs disallowed within this context (block indentation)"
        | "tabs disallowed in this context" => TAB,
        _ => match info.strip_prefix("unexpected character: ") {
            Some(character) => {
                return format!("Text can't start with {character}. Quote it.");
            }
            None => return format!("This isn't valid YAML: {info}."),
        },
    };
    sentence.to_owned()
}
