//! Names whose types carry their rules: a value of one of these types has been checked.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::shown::shown;

/// Why a text is not a valid name or path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidId {
    /// Nothing was given.
    #[error("it is empty")]
    Empty,
    /// Longer than `limit` bytes.
    #[error("it is longer than {limit} bytes")]
    TooLong {
        /// The greatest length allowed, in bytes.
        limit: usize,
    },
    /// Holds a character that the name may not hold.
    #[error("it holds the character {0:?}")]
    Character(char),
    /// Would point at or above the folder it is relative to, or is absolute.
    #[error("it leads out of its folder")]
    Escapes,
    /// Starts with a dot, which marks hidden and system folders.
    #[error("it starts with a dot")]
    Hidden,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The checked text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidId;
            fn try_from(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&shown(&self.0))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                String::schema()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

text_id! {
    /// A flow, named by its folder: relative to the project's flows folder, `/` between its parts. A prompty is named by its
    /// file, `FOLDER/NAME.prompty`.
    FlowId, check_flow
}
text_id! {
    /// A project; a self-hosted server has one, `default`.
    ProjectName, check_folder_name
}
text_id! {
    /// A compute session.
    SessionId, check_token
}
text_id! {
    /// A run of a flow or of one of its nodes.
    RunId, check_token
}
text_id! {
    /// A conversation with a chat flow.
    ConversationId, check_token
}
text_id! {
    /// What a conversation is called: one line of at most 200 bytes, with something to see.
    ConversationName, check_title
}
text_id! {
    /// A long operation (start, install, reset, update, delete) that can be polled.
    OperationId, check_token
}
text_id! {
    /// A file or folder inside a flow folder: relative, `/` between its parts, no `.` or `..` part.
    FilePath, check_path
}

impl FlowId {
    /// The folders that lead to it and itself, the outermost first.
    pub fn lineage(&self) -> impl Iterator<Item = Self> + '_ {
        let ends = self.0.match_indices('/').map(|(end, _)| end);
        ends.chain([self.0.len()])
            .filter_map(|end| self.0.get(..end).map(|id| Self(id.to_owned())))
    }

    /// Whether it is `other` or in a folder below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0
            .strip_prefix(other.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether its folder is directly in the flows folder.
    #[must_use]
    pub fn is_at_top(&self) -> bool {
        !self.0.contains('/')
    }

    /// The folder of its files. A folder may hold several flows: its own, and those of its prompty files.
    #[must_use]
    pub fn folder(&self) -> &str {
        match self.prompty_parts() {
            Some((folder, _)) => folder,
            None => &self.0,
        }
    }

    /// The file in that folder that defines it, where it is a prompty.
    #[must_use]
    pub fn prompty(&self) -> Option<&str> {
        self.prompty_parts().map(|(_, file)| file)
    }

    /// The flow of a prompty file of this flow's folder.
    ///
    /// # Errors
    /// When the file's name can't be part of a flow's.
    pub fn prompty_beside(&self, file: &str) -> Result<Self, InvalidId> {
        Self::try_from(format!("{}/{file}", self.folder()))
    }

    fn prompty_parts(&self) -> Option<(&str, &str)> {
        let parts = self.0.rsplit_once('/');
        parts.filter(|(_, file)| is_prompty(file))
    }
}

/// Whether a file of this name is a prompty, as promptflow tells it.
#[must_use]
pub fn is_prompty(file: &str) -> bool {
    file.strip_suffix(".prompty")
        .is_some_and(|stem| !stem.is_empty() && !stem.ends_with('/'))
}

impl ConversationName {
    /// The beginning of a text, as far as it can be a name: its first line with anything to see.
    #[must_use]
    pub fn beginning(text: &str) -> Option<Self> {
        let is_end = |c: char| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
        let line = text
            .split(is_end)
            .map(str::trim)
            .find(|line| !line.is_empty())?;
        let plain: String = line.chars().filter(|c| !c.is_control()).collect();
        let end = plain.floor_char_boundary(BEGINNING);
        let cut = if end < plain.len() { "…" } else { "" };
        Self::try_from(format!("{}{cut}", plain[..end].trim_end())).ok()
    }
}

/// As many bytes of a question make a name.
const BEGINNING: usize = 80;

impl FilePath {
    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder it stands in; `None` at the top of the flow folder.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }
}

const NAME_LIMIT: usize = 255;
const PATH_LIMIT: usize = 1024;
const TITLE_LIMIT: usize = 200;

fn check_characters(text: &str, forbidden: &[char]) -> Result<(), InvalidId> {
    match text
        .chars()
        .find(|c| c.is_control() || forbidden.contains(c))
    {
        Some(c) => Err(InvalidId::Character(c)),
        None => Ok(()),
    }
}

fn check_length(text: &str, limit: usize) -> Result<(), InvalidId> {
    match text.len() {
        0 => Err(InvalidId::Empty),
        length if length > limit => Err(InvalidId::TooLong { limit }),
        _ => Ok(()),
    }
}

fn check_folder_name(text: &str) -> Result<(), InvalidId> {
    check_length(text, NAME_LIMIT)?;
    if text == "." || text == ".." {
        return Err(InvalidId::Escapes);
    }
    check_characters(text, &['/', '\\'])?;
    if text.starts_with('.') {
        return Err(InvalidId::Hidden);
    }
    Ok(())
}

fn check_flow(text: &str) -> Result<(), InvalidId> {
    check_length(text, PATH_LIMIT)?;
    text.split('/').try_for_each(|part| match part {
        "" => Err(InvalidId::Escapes),
        part => check_folder_name(part),
    })
}

/// Ids that we or a client make: letters, digits, `-` and `_`.
fn check_token(text: &str) -> Result<(), InvalidId> {
    check_length(text, 128)?;
    match text
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || *c == '-' || *c == '_'))
    {
        Some(c) => Err(InvalidId::Character(c)),
        None => Ok(()),
    }
}

fn check_title(text: &str) -> Result<(), InvalidId> {
    check_length(text.trim(), TITLE_LIMIT)?;
    check_length(text, TITLE_LIMIT)?;
    check_characters(text, &['\u{2028}', '\u{2029}'])
}

fn check_path(text: &str) -> Result<(), InvalidId> {
    check_length(text, PATH_LIMIT)?;
    check_characters(text, &['\\'])?;
    for part in text.split('/') {
        match part {
            "" | "." | ".." => return Err(InvalidId::Escapes),
            part if part.len() > NAME_LIMIT => {
                return Err(InvalidId::TooLong { limit: NAME_LIMIT });
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for text in [
            "..",
            "../x",
            "a/../b",
            "/etc/passwd",
            "a//b",
            "a/",
            "./a",
            ".",
        ] {
            assert_eq!(FilePath::try_from(text), Err(InvalidId::Escapes), "{text}");
        }
        assert_eq!(
            FilePath::try_from("a\\..\\b"),
            Err(InvalidId::Character('\\'))
        );
        assert_eq!(FilePath::try_from("a\0b"), Err(InvalidId::Character('\0')));
        assert_eq!(FilePath::try_from(""), Err(InvalidId::Empty));
    }

    #[test]
    fn ordinary_paths_are_taken() {
        let path = FilePath::try_from("prompts/größe %2e.jinja2").unwrap();
        assert_eq!(path.file_name(), "größe %2e.jinja2");
        assert_eq!(path.parent(), Some("prompts"));
        assert_eq!(FilePath::try_from("flow.dag.yaml").unwrap().parent(), None);
    }

    #[test]
    fn flow_names_are_folder_names() {
        assert!(FlowId::try_from("my flow (2)").is_ok());
        assert_eq!(FlowId::try_from(".."), Err(InvalidId::Escapes));
        assert_eq!(FlowId::try_from(".git"), Err(InvalidId::Hidden));
        assert!(FlowId::try_from("flows/standard/a").is_ok());
        assert_eq!(FlowId::try_from(""), Err(InvalidId::Empty));
        for outside in ["/a", "a/", "a//b", "a/..", "../a", "a/./b"] {
            assert_eq!(
                FlowId::try_from(outside),
                Err(InvalidId::Escapes),
                "{outside}"
            );
        }
        assert_eq!(FlowId::try_from("a/.git"), Err(InvalidId::Hidden));
        assert_eq!(FlowId::try_from("a\\b"), Err(InvalidId::Character('\\')));
        assert_eq!(
            FlowId::try_from("x".repeat(256)),
            Err(InvalidId::TooLong { limit: 255 })
        );
    }

    #[test]
    fn a_flow_is_within_the_folders_that_lead_to_it() {
        let flow = FlowId::try_from("a/b c/d").unwrap();
        let lineage: Vec<String> = flow.lineage().map(String::from).collect();
        assert_eq!(lineage, ["a", "a/b c", "a/b c/d"]);
        assert!(flow.lineage().all(|folder| flow.is_within(&folder)));
        let beside = FlowId::try_from("a/b").unwrap();
        assert!(!flow.is_within(&beside) && !beside.is_within(&flow));
    }

    #[test]
    fn ids_are_checked_when_read_from_json() {
        assert!(serde_json::from_str::<FilePath>("\"../x\"").is_err());
        assert_eq!(
            serde_json::to_string(&RunId::try_from("r-1").unwrap()).unwrap(),
            "\"r-1\""
        );
    }

    #[test]
    fn a_conversation_is_called_by_the_beginning_of_its_question() {
        let name = |text: &str| ConversationName::beginning(text).map(String::from);
        assert_eq!(name("\n  Why\u{7}? \nBecause."), Some("Why?".to_owned()));
        assert_eq!(name("Why?\u{2028}x"), Some("Why?".to_owned()));
        for nothing in ["", " \n\t", "\u{7}"] {
            assert_eq!(name(nothing), None, "{nothing:?}");
        }
        let long = name(&"ü".repeat(500)).unwrap();
        assert_eq!(long, format!("{}…", "ü".repeat(40)));
        for refused in ["", "  ", "a\nb", "a\u{2029}b", &"x".repeat(201)] {
            assert!(ConversationName::try_from(refused).is_err(), "{refused:?}");
        }
    }
}
