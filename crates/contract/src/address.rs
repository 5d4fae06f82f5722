//! Names as parts of an address: one pair of functions that encodes and decodes them for paths and queries.
//!
//! Readers take the text as the browser or the request has it, still encoded, and decode it once.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes everything that is not unreserved in a path segment (RFC 3986, section 2.3).
#[must_use]
pub fn encode(name: &str) -> String {
    utf8_percent_encode(name, RESERVED).to_string()
}

/// Undoes [`encode`], once; `None` when what it stands for is not UTF-8. A `%` that encodes nothing stays.
#[must_use]
pub fn decode(encoded: &str) -> Option<String> {
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The value of `name` in a query as it stands in the address, with or without its `?`; the last one where several
/// are given. A `+` is a space, as in the query of a form.
#[must_use]
pub fn query_value(query: &str, name: &str) -> Option<String> {
    let pairs = query.strip_prefix('?').unwrap_or(query).split('&');
    let value = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .rfind(|(key, _)| decode(key).as_deref() == Some(name))
        .map(|(_, value)| value.replace('+', " "))?;
    decode(&value)
}

/// The names that a query gives values to, in its order; what is no UTF-8 is left out.
pub fn query_names(query: &str) -> impl Iterator<Item = String> {
    let pairs = query.strip_prefix('?').unwrap_or(query).split('&');
    let names = pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.filter(|name| !name.is_empty()).filter_map(decode)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_encodes_nothing_stays() {
        for text in ["%", "50%", "%2", "%zz", "%+1", "%é1"] {
            assert_eq!(decode(text).as_deref(), Some(text));
        }
        assert_eq!(decode("%FF"), None);
        assert_eq!(decode("a%2520b").as_deref(), Some("a%20b"));
    }

    #[test]
    fn a_query_gives_what_each_name_has() {
        let query = "?raw=1&file=a%2520b%2Bc&q=a+b&flag&file2=x";
        let value = |name| query_value(query, name);
        assert_eq!(value("file").as_deref(), Some("a%20b+c"));
        assert_eq!(value("q").as_deref(), Some("a b"));
        assert_eq!(value("flag").as_deref(), Some(""));
        assert_eq!(value("nothing"), None);
        assert_eq!(query_value("x=%FF", "x"), None);
        assert_eq!(query_value("x=1&x=2", "x").as_deref(), Some("2"));
        let names: Vec<String> = query_names(query).collect();
        assert_eq!(names, ["raw", "file", "q", "flag", "file2"]);
        assert_eq!(query_names("").count(), 0);
    }

    proptest! {
        #[test]
        fn a_name_comes_back_from_its_address(name in any::<String>(), other in any::<String>()) {
            let encoded = encode(&name);
            prop_assert_eq!(decode(&encoded), Some(name.clone()));
            prop_assert_eq!(encoded.contains(['/', '?', '#', '&', '=', '+', ' ']), false);
            let query = format!("?other={}&name={encoded}", encode(&other));
            prop_assert_eq!(query_value(&query, "name"), Some(name));
        }
    }
}
