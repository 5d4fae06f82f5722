//! Environment variables that are set for a run.

use std::{collections::BTreeMap, fmt};

use thiserror::Error;

use crate::shown;

/// The name of an environment variable that a run can be given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableName(String);

/// Why a text can't name an environment variable of a run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidVariableName {
    /// Nothing.
    #[error("Enter a name.")]
    Empty,
    /// Longer than it may be.
    #[error("Use at most {LONGEST_NAME} characters.")]
    TooLong,
    /// It doesn't begin as names do.
    #[error("Begin the name with a letter or an underscore.")]
    Beginning,
    /// A character that shells and programs don't take in a name.
    #[error("A name can’t contain {}. Use the letters A to Z, digits and ‘_’.", shown::shown(&.0.to_string()))]
    Character(char),
    /// It decides how the flow's process itself works.
    #[error("{0} Choose another name.")]
    Reserved(&'static str),
}

/// The value of an environment variable that a run can be given.
#[derive(Clone, PartialEq, Eq)]
pub struct VariableValue(String);

/// Why a text can't be the value of an environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidVariableValue {
    /// Longer than it may be.
    #[error("A value can have at most 32,768 bytes.")]
    TooLong,
    /// A NUL character, at which programs would end the value.
    #[error("A value can’t contain a NUL character.")]
    Nul,
}

/// Why a run can't be given the variables that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidVariables {
    /// One can't have its name.
    #[error("Environment variable ‘{}’: {reason}", shown::shown(name))]
    Name {
        /// The name.
        name: String,
        /// Why.
        reason: InvalidVariableName,
    },
    /// One can't have its value.
    #[error("Environment variable ‘{name}’: {reason}")]
    Value {
        /// The variable.
        name: VariableName,
        /// Why.
        reason: InvalidVariableValue,
    },
    /// There are too many.
    #[error("A run can be given at most {MOST} environment variables.")]
    TooMany,
}

/// The variables of a run by their names.
pub type VariablesByName = BTreeMap<VariableName, VariableValue>;

const LONGEST_NAME: usize = 128;
/// Well below what Linux lets a process give to the next one in one variable.
const LONGEST_VALUE: usize = 32_768;
/// More than a flow can need.
const MOST: usize = 100;

const EXECUTOR: &str = "It’s a setting of promptflow itself.";
const PYTHON: &str = "It changes how the flow’s Python works.";
const LOADER: &str = "It changes which programs and libraries are loaded.";
const FLOWDECK: &str = "It’s a setting of flowdeck itself.";

/// The variables of the flow's process that nobody sets for one run, by their beginnings.
const RESERVED_BEGINNINGS: [(&str, &str); 7] = [
    ("PYTHON", PYTHON),
    ("PF_", EXECUTOR),
    ("PROMPTFLOW_", EXECUTOR),
    ("APPLICATIONINSIGHTS_", EXECUTOR),
    ("LD_", LOADER),
    ("DYLD_", LOADER),
    ("FLOWDECK_", FLOWDECK),
];

/// The same, by their whole names.
const RESERVED: [(&str, &str); 9] = [
    ("PATH", LOADER),
    ("IFS", LOADER),
    ("BASH_ENV", LOADER),
    ("ENV", LOADER),
    ("GCONV_PATH", LOADER),
    ("GLIBC_TUNABLES", LOADER),
    ("VIRTUAL_ENV", PYTHON),
    ("HOME", PYTHON),
    ("TELEMETRY_ENABLED", EXECUTOR),
];

impl VariableName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for VariableName {
    type Error = InvalidVariableName;

    fn try_from(text: &str) -> Result<Self, InvalidVariableName> {
        let mut characters = text.chars();
        let first = characters.next().ok_or(InvalidVariableName::Empty)?;
        if text.len() > LONGEST_NAME {
            return Err(InvalidVariableName::TooLong);
        }
        if !(first.is_ascii_alphabetic() || first == '_') {
            return Err(InvalidVariableName::Beginning);
        }
        if let Some(wrong) = characters.find(|c| !(c.is_ascii_alphanumeric() || *c == '_')) {
            return Err(InvalidVariableName::Character(wrong));
        }
        // Windows tells no small letter from a capital one, and neither do people.
        let capitals = text.to_ascii_uppercase();
        let by_beginning = RESERVED_BEGINNINGS
            .iter()
            .find(|(beginning, _)| capitals.starts_with(beginning));
        let reserved = by_beginning.or_else(|| RESERVED.iter().find(|(name, _)| capitals == *name));
        match reserved {
            Some((_, why)) => Err(InvalidVariableName::Reserved(why)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl VariableValue {
    /// The value, which may be a secret.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for VariableValue {
    type Error = InvalidVariableValue;

    fn try_from(text: &str) -> Result<Self, InvalidVariableValue> {
        if text.len() > LONGEST_VALUE {
            return Err(InvalidVariableValue::TooLong);
        }
        match text.contains('\0') {
            true => Err(InvalidVariableValue::Nul),
            false => Ok(Self(text.to_owned())),
        }
    }
}

/// Says nothing of the value.
impl fmt::Debug for VariableValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VariableValue({} bytes)", self.0.len())
    }
}

/// The variables that a request asks for.
///
/// # Errors
/// When one of them can't be set, or there are too many.
pub fn variables_by_name(
    asked: &BTreeMap<String, String>,
) -> Result<VariablesByName, InvalidVariables> {
    if asked.len() > MOST {
        return Err(InvalidVariables::TooMany);
    }
    let checked = asked.iter().map(|(name, value)| {
        let name =
            VariableName::try_from(name.as_str()).map_err(|reason| InvalidVariables::Name {
                name: name.clone(),
                reason,
            })?;
        match VariableValue::try_from(value.as_str()) {
            Ok(value) => Ok((name, value)),
            Err(reason) => Err(InvalidVariables::Value { name, reason }),
        }
    });
    checked.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_flows_use_are_taken() {
        for name in [
            "MODEL",
            "openai_api_key",
            "_x",
            "HTTP_PROXY",
            "A1",
            "PATHS",
            "PYTH",
            "home_page",
        ] {
            assert!(VariableName::try_from(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_would_change_the_process_itself_are_refused_with_a_reason() {
        for name in [
            "PATH",
            "Path",
            "PYTHONPATH",
            "PYTHONHASHSEED",
            "PF_LOGGING_LEVEL",
            "pf_disable_tracing",
            "LD_PRELOAD",
            "DYLD_INSERT_LIBRARIES",
            "FLOWDECK_RUN",
            "GLIBC_TUNABLES",
            "HOME",
            "ENV",
        ] {
            let refused = VariableName::try_from(name).unwrap_err();
            assert!(
                matches!(refused, InvalidVariableName::Reserved(_)),
                "{name}"
            );
            assert!(refused.to_string().ends_with("Choose another name."));
        }
    }

    #[test]
    fn other_texts_are_refused_with_what_to_do() {
        for (name, why) in [
            ("", InvalidVariableName::Empty),
            ("1A", InvalidVariableName::Beginning),
            ("=A", InvalidVariableName::Beginning),
            ("A=B", InvalidVariableName::Character('=')),
            ("A B", InvalidVariableName::Character(' ')),
            ("Ä", InvalidVariableName::Beginning),
            ("A\u{202e}", InvalidVariableName::Character('\u{202e}')),
        ] {
            assert_eq!(VariableName::try_from(name), Err(why.clone()), "{name}");
            assert!(why.to_string().ends_with('.'));
        }
        let long = "A".repeat(LONGEST_NAME + 1);
        assert_eq!(
            VariableName::try_from(long.as_str()),
            Err(InvalidVariableName::TooLong)
        );
        assert_eq!(
            VariableValue::try_from("a\0b"),
            Err(InvalidVariableValue::Nul)
        );
        let long = "x".repeat(LONGEST_VALUE + 1);
        assert_eq!(
            VariableValue::try_from(long.as_str()),
            Err(InvalidVariableValue::TooLong)
        );
        let many = (0..=MOST)
            .map(|at| (format!("A{at}"), String::new()))
            .collect();
        assert_eq!(variables_by_name(&many), Err(InvalidVariables::TooMany));
    }

    #[test]
    fn a_value_is_not_printed() {
        let value = VariableValue::try_from("sk-canary").unwrap();
        assert!(!format!("{value:?}").contains("canary"));
    }

    proptest! {
        #[test]
        fn a_name_is_one_that_every_shell_takes(text in "\\PC{0,20}") {
            if let Ok(name) = VariableName::try_from(text.as_str()) {
                prop_assert!(name.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
            }
        }

        #[test]
        fn nothing_that_begins_like_a_reserved_name_is_taken(at in 0..RESERVED_BEGINNINGS.len(), rest in "[A-Z0-9_]{0,10}") {
            let name = format!("{}{rest}", RESERVED_BEGINNINGS[at].0);
            prop_assert!(VariableName::try_from(name.as_str()).is_err());
        }
    }
}
