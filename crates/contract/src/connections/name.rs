//! The name of a connection, as flows say it.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::shown;

/// The name of a connection: what `connection:` of a node says. promptflow tells upper from lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct ConnectionName(String);

/// Why a text isn't a connection's name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidName {
    /// Nothing.
    #[error("Enter a name.")]
    Empty,
    /// Longer than it may be.
    #[error("Use at most {LONGEST} characters.")]
    TooLong,
    /// It doesn't begin as names do.
    #[error("Begin the name with a letter, a digit or an underscore.")]
    Beginning,
    /// A character that would make `${name.field}` or the address of the connection ambiguous.
    #[error("A name can’t contain {}. Use letters, digits, spaces, ‘-’, ‘_’ and ‘.’.", shown::shown(&.0.to_string()))]
    Character(char),
    /// The end is a space or a dot.
    #[error("End the name with a letter, a digit, ‘-’ or ‘_’.")]
    End,
    /// The public contract has an operation at this place.
    #[error("‘specs’ is reserved. Choose another name.")]
    Reserved,
}

const LONGEST: usize = 128;
/// `Connections/specs` is an operation of the public contract.
const RESERVED: &str = "specs";

impl ConnectionName {
    /// The name as flows say it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str) -> Result<(), InvalidName> {
    let mut characters = text.chars();
    let first = characters.next().ok_or(InvalidName::Empty)?;
    if text.chars().count() > LONGEST {
        return Err(InvalidName::TooLong);
    }
    if !(first.is_alphanumeric() || first == '_') {
        return Err(InvalidName::Beginning);
    }
    if let Some(wrong) = characters.find(|c| !(c.is_alphanumeric() || " -_.".contains(*c))) {
        return Err(InvalidName::Character(wrong));
    }
    if text.ends_with([' ', '.']) {
        return Err(InvalidName::End);
    }
    if text == RESERVED {
        return Err(InvalidName::Reserved);
    }
    Ok(())
}

impl TryFrom<&str> for ConnectionName {
    type Error = InvalidName;

    fn try_from(text: &str) -> Result<Self, InvalidName> {
        check(text).map(|()| Self(text.to_owned()))
    }
}

impl TryFrom<String> for ConnectionName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        check(&text).map(|()| Self(text))
    }
}

impl From<ConnectionName> for String {
    fn from(name: ConnectionName) -> Self {
        name.0
    }
}

impl fmt::Display for ConnectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_flows_use_are_taken() {
        for name in [
            "open_ai_connection",
            "Default_AzureOpenAI",
            "aoai",
            "my conn",
            "gpt-4.1",
            "_private",
            "verbindung-größe",
            "接続",
        ] {
            assert!(ConnectionName::try_from(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_what_to_do() {
        for (name, why) in [
            ("", InvalidName::Empty),
            (" a", InvalidName::Beginning),
            ("${inputs.x}", InvalidName::Beginning),
            ("a/b", InvalidName::Character('/')),
            ("a}", InvalidName::Character('}')),
            ("a\u{202e}b", InvalidName::Character('\u{202e}')),
            ("a.", InvalidName::End),
            ("specs", InvalidName::Reserved),
        ] {
            assert_eq!(ConnectionName::try_from(name), Err(why.clone()), "{name}");
            assert!(why.to_string().ends_with('.'));
        }
        assert_eq!(
            ConnectionName::try_from("x".repeat(129)),
            Err(InvalidName::TooLong)
        );
    }

    proptest! {
        #[test]
        fn a_name_is_one_part_of_an_address_and_of_a_reference(text in "\\PC{0,20}") {
            if let Ok(name) = ConnectionName::try_from(text) {
                let broken = name.as_str().contains(['/', '\\', '{', '}', '$', ':', '\n', '"']);
                prop_assert!(!broken);
                prop_assert!(name.as_str() != "." && name.as_str() != "..");
            }
        }
    }
}
