//! A requirements file for an installer that decodes and joins less than pip does.

use super::{
    LineKind,
    lines::{self, logical_lines},
    options,
};

/// Whether uv reads the text of a requirements file as pip does, so that it needs no [`snapshot`]: it knows continued
/// lines only before `--hash`.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    lines::is_plain(text)
}

/// The text of a requirements file with each line whole and without its comment.
///
/// A line stays where it begins, so that an installer's errors name the same line. Lines that name an index or another file get the values that `other` gives.
#[must_use]
pub fn snapshot(text: &str, mut other: impl FnMut(&LineKind) -> Option<String>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut line = 1;
    for logical in logical_lines(text) {
        while line < logical.line() {
            written.push('\n');
            line += 1;
        }
        let replaced = match options::option(&logical.text) {
            Some(Ok(option)) => other(&option.kind()).map(|new| {
                let (before, after) = logical.text.split_at(option.at);
                format!("{before}{new}{}", &after[option.value.len()..])
            }),
            _ => None,
        };
        let text = replaced.as_deref().unwrap_or(&logical.text).trim();
        written.push_str(text);
        // Where a blank or a comment was behind it, a backslash continues nothing.
        written.push_str(if text.ends_with('\\') { " #\n" } else { "\n" });
        line += 1;
    }
    if written.starts_with('\u{feff}') {
        // It is part of the text here, not a byte order mark.
        written.insert(0, ' ');
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_replaced_where_they_name_something_and_nowhere_else() {
        let text = "# -i https://{private}@h/s\r\n-i  https://{private}@h/s # the feed\nr.txt\n--extra-index-url=https://{private}@h/s\n-r r.txt\n-f https://{private}@o";
        let new = |kind: &LineKind| match kind {
            LineKind::Index(address) if address.ends_with("/s") => Some("NEW".to_owned()),
            LineKind::Include(file) => Some(format!("0-{file}")),
            _ => None,
        };
        assert_eq!(
            snapshot(text, new),
            "\n-i  NEW\nr.txt\n--extra-index-url=NEW\n-r 0-r.txt\n-f https://{private}@o\n"
        );
    }

    #[test]
    fn lines_are_whole_and_stay_where_they_begin() {
        let text = "colorama \\\r\n ==0.4.6\r\n# a comment \\\r\ntabulate==0.9.0\r\n\ttermcolor==2.4.0 \\\r\n";
        assert_eq!(
            snapshot(text, |_| None),
            "colorama  ==0.4.6\n\n\ntabulate==0.9.0\ntermcolor==2.4.0\n"
        );
        assert!(!is_plain(text));
        assert!(!is_plain("flask # a \\\nrich"));
        assert!(!is_plain("flask\u{c}rich"));
        assert!(is_plain(
            "# a\r\nflask==1 \\\n  --hash=sha256:0 \\\n --hash=sha256:1\nrich"
        ));
    }
}
