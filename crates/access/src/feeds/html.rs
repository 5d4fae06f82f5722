//! The links of an HTML page, as package indexes write them.

/// The page with other links: `link` gets each one's target, as it stands in the page without its escapes, and whether
/// it is the page's `base`. Everything else stays.
pub(super) fn relink(page: &str, mut link: impl FnMut(&str, bool) -> Option<String>) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        out.push_str(before);
        let name: String = tag[1..]
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let name = name.to_ascii_lowercase();
        if name != "a" && name != "base" {
            out.push('<');
            rest = &tag[1..];
            continue;
        }
        let end = end_of_tag(tag);
        let (tag, after) = tag.split_at(end);
        rest = after;
        let Some((from, to)) = href(tag) else {
            out.push_str(tag);
            continue;
        };
        match link(&unescaped(&tag[from..to]), name == "base") {
            Some(new) => {
                out.push_str(&tag[..from]);
                // Where no quotes stood they are missed now.
                let bare = !tag[..from].ends_with(['"', '\'']);
                let quote = if bare { "\"" } else { "" };
                out.push_str(quote);
                out.push_str(&escaped(&new));
                out.push_str(quote);
                out.push_str(&tag[to..]);
            }
            None => out.push_str(tag),
        }
    }
    out.push_str(rest);
    out
}

/// Behind the `>` that is in no quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// Where the value of a tag's `href` stands, without its quotes.
fn href(tag: &str) -> Option<(usize, usize)> {
    let is_space = |c: char| c.is_ascii_whitespace();
    let mut at = tag.find(|c: char| is_space(c) || c == '/')?;
    loop {
        let rest = &tag[at..];
        let skipped = rest.trim_start_matches(|c: char| is_space(c) || c == '/');
        at += rest.len() - skipped.len();
        let end = skipped
            .find(|c: char| is_space(c) || "=>/".contains(c))
            .unwrap_or(skipped.len());
        let name = skipped[..end].to_ascii_lowercase();
        if name.is_empty() {
            return None;
        }
        at += end;
        let rest = &tag[at..];
        let Some(value) = rest.trim_start_matches(is_space).strip_prefix('=') else {
            continue;
        };
        let value = value.trim_start_matches(is_space);
        at = tag.len() - value.len();
        let (from, to, next) = match value.chars().next()? {
            quote @ ('"' | '\'') => {
                let length = value[1..].find(quote)?;
                (at + 1, at + 1 + length, at + length + 2)
            }
            _ => {
                let length = value
                    .find(|c: char| is_space(c) || c == '>')
                    .unwrap_or(value.len());
                (at, at + length, at + length)
            }
        };
        if name == "href" {
            return Some((from, to));
        }
        at = next;
    }
}

const ESCAPES: [(&str, &str); 7] = [
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&#38;", "&"),
    ("&amp;", "&"),
];

fn unescaped(text: &str) -> String {
    let replace = |text: String, (escape, plain): &(&str, &str)| text.replace(escape, plain);
    ESCAPES.iter().fold(text.trim().to_owned(), replace)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_replaced_however_they_are_written() {
        let page = "<!doctype html><base href='/b/'><p>a < b</p><A class=x HREF=\"../f/x-1.whl?a=1&amp;b#sha256=1\" \
                    data-requires-python='&gt;=3'>x<br/></A><a href=y.whl>y</a><a name=z><abbr href=no>";
        let mut seen = Vec::new();
        let out = relink(page, |target, base| {
            seen.push((target.to_owned(), base));
            (!base).then(|| format!("/k/{target}"))
        });
        assert_eq!(
            seen,
            [
                ("/b/".to_owned(), true),
                ("../f/x-1.whl?a=1&b#sha256=1".to_owned(), false),
                ("y.whl".to_owned(), false),
            ]
        );
        assert!(
            out.contains("HREF=\"/k/../f/x-1.whl?a=1&amp;b#sha256=1\" data-requires"),
            "{out}"
        );
        assert!(
            out.contains("<a href=\"/k/y.whl\">y</a><a name=z><abbr href=no>"),
            "{out}"
        );
    }

    #[test]
    fn a_page_that_ends_anywhere_is_read() {
        let page = "<a href=\"x\" y='>'>é</a>";
        for (at, _) in page.char_indices() {
            let cut = relink(&page[..at], |_, _| None);
            assert_eq!(cut, page[..at]);
        }
    }
}
