//! The parser's words, and ours for those that people meet often.

/// A sentence about why the text is no YAML.
pub(super) fn explain(info: &str) -> String {
    let sentence = match info {
        "mapping values are not allowed in this context" => {
            "A `:` makes a key of what stands before it, and there can be none here. \
             Put text with `: ` in quotes, or check the indentation."
        }
        "while parsing a block mapping, did not find expected key"
        | "while parsing a block collection, did not find expected '-' indicator"
        | "invalid indentation"
        | "simple key expected" => {
            "This line is indented neither like the one before nor like one above. Check the indentation."
        }
        "simple key expect ':'" => {
            "A key without `:` stands before this line. Add the `:`, or indent the line."
        }
        "block sequence entries are not allowed in this context" => {
            "A list item (`-`) cannot stand here. Put it on its own line."
        }
        "while scanning a quoted scalar, found unexpected end of stream"
        | "while scanning a quoted scalar, found unexpected document indicator"
        | "invalid indentation in quoted scalar" => "The quote that opens here is never closed.",
        "invalid trailing content after double-quoted scalar" => {
            "Something follows the closing quote. Put all of it in quotes."
        }
        "while parsing a quoted scalar, found unknown escape character" => {
            "YAML does not know an escape (`\\…`) in this text. Write `\\\\` for a backslash, or use single quotes."
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
            "No `&` with this name stands before this alias."
        }
        "the handle wasn't declared" => {
            "This tag's handle (`!…!`) is declared by no `%TAG`. Put text that starts with `!` in quotes."
        }
        "':' must be followed by a valid YAML whitespace" => {
            "A space must follow the `:`, and no tab."
        }
        "tabs disallowed within this context (block indentation)"
        | "tabs disallowed in this context" => {
            "A tab indents this line. YAML is indented with spaces only."
        }
        _ => match info.strip_prefix("unexpected character: ") {
            Some(character) => {
                return format!("A text cannot start with {character}. Put it in quotes.");
            }
            None => return format!("This is not YAML: {info}."),
        },
    };
    sentence.to_owned()
}
