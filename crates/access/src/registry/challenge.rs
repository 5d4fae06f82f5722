//! What a registry asks for before it answers: the header `WWW-Authenticate`.

/// How to prove who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A user name and password with each request.
    Basic,
    /// A token of a token service.
    Bearer {
        /// The address of the token service.
        realm: String,
        /// What the token service calls the registry.
        service: Option<String>,
        /// What may be done with the token.
        scope: Option<String>,
        /// What was wrong with the token that was shown.
        error: Option<String>,
    },
}

impl Challenge {
    /// The challenge that we can meet; a token before a password, when both would do.
    pub(super) fn of<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let found: Vec<Self> = headers.filter_map(Self::parse).collect();
        let bearer = found.iter().find(|found| **found != Self::Basic);
        bearer.or_else(|| found.first()).cloned()
    }

    fn parse(header: &str) -> Option<Self> {
        let header = header.trim();
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let parameters = parameters(rest);
        let get = |name: &str| {
            let found = parameters
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        Some(Self::Bearer {
            realm: get("realm")?,
            service: get("service"),
            scope: get("scope"),
            error: get("error"),
        })
    }
}

/// `key="value"` or `key=value`, between commas. A quoted value may hold commas and, after a backslash, quotes.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',']);
    while let Some((key, after)) = rest.split_once('=') {
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let (value, left) = after.split_once(',').unwrap_or((after, ""));
                (value.trim().to_owned(), left)
            }
        };
        found.push((key.trim().to_owned(), value));
        rest = left.trim_start_matches([' ', ',']);
    }
    found
}

fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            letter => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_challenge_is_taken_apart() {
        let header = r#"Bearer realm="https://auth.example/token",service="a \"b\"",scope="repository:a/b:pull,push",error="insufficient_scope""#;
        let found = Challenge::of(["Negotiate", "Basic realm=x", header].into_iter());
        assert_eq!(
            found,
            Some(Challenge::Bearer {
                realm: "https://auth.example/token".to_owned(),
                service: Some("a \"b\"".to_owned()),
                scope: Some("repository:a/b:pull,push".to_owned()),
                error: Some("insufficient_scope".to_owned()),
            })
        );
        let basic = Challenge::of(["basic realm=\"Registry\""].into_iter());
        assert_eq!(basic, Some(Challenge::Basic));
        assert_eq!(
            Challenge::of(["Bearer service=a", "Digest x=y"].into_iter()),
            None
        );
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header in "(Bearer |)[ -~äß\"\\\\,=]{0,40}") {
            let _ = Challenge::of([&*header].into_iter());
        }
    }
}
