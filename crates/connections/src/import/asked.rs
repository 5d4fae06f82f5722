//! What a text leaves open: fields with a placeholder, and required ones that it doesn't name.

use std::collections::BTreeMap;

use flowdeck_contract::connections::{
    AskedField, AskedValue, ConnectionType, Secret, WithoutValue, missing_fields,
};

use super::{Found, is_placeholder};
use crate::{record::Stored, run::Variables};

/// A field for which the text has only a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    name: String,
    is_secret: bool,
}

impl Found {
    /// Leaves out what only stands for a value, and remembers where.
    pub(super) fn without_placeholders(mut self, variables: &Variables) -> Self {
        let mut open = Vec::new();
        self.configs.retain(|name, value| {
            let is_open = is_placeholder(value, variables);
            if is_open {
                open.push(Open {
                    name: name.clone(),
                    is_secret: false,
                });
            }
            !is_open
        });
        self.secrets.retain(|name, secret| {
            let is_open = is_placeholder(secret.reveal(), variables);
            if is_open {
                open.push(Open {
                    name: name.clone(),
                    is_secret: true,
                });
            }
            !is_open
        });
        self.open.extend(open);
        self
    }

    /// The fields that a person is asked for. `stored` is the connection that this one is to replace.
    #[must_use]
    pub fn asks(&self, stored: Option<&Stored>) -> Vec<AskedField> {
        let Some(kind) = self.kind else {
            return Vec::new();
        };
        // A connection of another type keeps nothing of the old one.
        let stored = stored.filter(|stored| stored.kind() == kind);
        let kept = stored.map_or(&[][..], Stored::secret_names);
        let is_kept = |name: &str| kept.iter().any(|kept| kept == name);
        let missing = self.missing(kind, &is_kept);
        let mut asks: Vec<AskedField> = self
            .open
            .iter()
            .map(|open| {
                let without = match open.is_secret && is_kept(&open.name) {
                    true => WithoutValue::KeepsStored,
                    // Every secret of a custom connection is one that a tool reads.
                    false
                        if missing.contains(&open.name)
                            || (kind == ConnectionType::Custom && open.is_secret) =>
                    {
                        WithoutValue::Incomplete
                    }
                    false => WithoutValue::Complete,
                };
                let takes = match open.is_secret {
                    true => AskedValue::Secret,
                    false => AskedValue::Text,
                };
                asked(&open.name, takes, without)
            })
            .collect();
        for name in missing {
            let is_asked = asks.iter().any(|asked| asked.name == name);
            let takes = match (kind, kind.field(&name)) {
                (ConnectionType::Custom, _) if asks.iter().any(is_secret) => continue,
                (ConnectionType::Custom, _) => AskedValue::AnySecret,
                (_, Some(field)) if field.secret => AskedValue::Secret,
                _ => AskedValue::Text,
            };
            if !is_asked {
                asks.push(asked(&name, takes, WithoutValue::Incomplete));
            }
        }
        asks
    }

    fn missing(&self, kind: ConnectionType, is_kept: &dyn Fn(&str) -> bool) -> Vec<String> {
        let open = |name: &str| self.open.iter().any(|open| open.name == name);
        let has = |name: &str| self.secrets.contains_key(name) || (is_kept(name) && !open(name));
        let any = !self.secrets.is_empty();
        missing_fields(kind, &self.configs, has, any)
    }

    /// Fills in what a person gave for the fields that are asked for; other values are ignored.
    pub fn fill_in(&mut self, asks: &[AskedField], values: &BTreeMap<String, Secret>) {
        for field in asks {
            let value = values.get(&field.name).filter(|value| !value.is_empty());
            let Some(value) = value else { continue };
            match field.takes {
                AskedValue::Secret => {
                    self.secrets.insert(field.name.clone(), value.clone());
                }
                AskedValue::Text => {
                    let value = value.reveal().to_owned();
                    self.configs.insert(field.name.clone(), value);
                }
                // Nobody knows its name.
                AskedValue::AnySecret => continue,
            }
            self.open.retain(|open| open.name != field.name);
        }
    }
}

fn is_secret(asked: &AskedField) -> bool {
    asked.takes == AskedValue::Secret
}

fn asked(name: &str, takes: AskedValue, without: WithoutValue) -> AskedField {
    AskedField {
        name: name.to_owned(),
        takes,
        without,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::read;

    fn found(text: &str) -> Found {
        read(text, &Variables::default()).unwrap().remove(0)
    }

    fn asks(text: &str) -> Vec<(String, AskedValue, WithoutValue)> {
        let asks = found(text).asks(None).into_iter();
        asks.map(|field| (field.name, field.takes, field.without))
            .collect()
    }

    #[test]
    fn placeholders_and_missing_fields_are_asked_for_once() {
        use AskedValue::{AnySecret, Secret, Text};
        use WithoutValue::{Complete, Incomplete};
        for (text, expected) in [
            (
                "name: a\ntype: azure_open_ai\napi_key: <user-input>\nresource_id: <id>\n",
                vec![
                    ("resource_id", Text, Complete),
                    ("api_key", Secret, Incomplete),
                    ("api_base", Text, Incomplete),
                ],
            ),
            (
                "name: a\ntype: azure_open_ai\nauth_mode: meid_token\napi_base: https://x\n",
                vec![],
            ),
            (
                "name: a\ntype: custom\nsecrets:\n  one: k-12\n  two: '****'\nconfigs:\n  url: <url>\n",
                vec![("url", Text, Complete), ("two", Secret, Incomplete)],
            ),
            (
                "name: a\ntype: custom\nconfigs:\n  secrets: x\n",
                vec![("secrets", AnySecret, Incomplete)],
            ),
            ("name: a\ntype: nothing\n", vec![]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(name, takes, without)| (name.to_owned(), takes, without))
                .collect();
            assert_eq!(asks(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_given_goes_where_it_belongs_and_nothing_else_is_taken() {
        let mut found = found("name: a\ntype: azure_open_ai\napi_key: <key>\n");
        let values = [
            ("api_key", "sk-1"),
            ("api_base", "https://x"),
            ("api_type", "other"),
            ("resource_id", ""),
        ];
        let values = values.map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())));
        let asks = found.asks(None);
        found.fill_in(&asks, &values.into());
        assert_eq!(found.secrets["api_key"].reveal(), "sk-1");
        assert_eq!(found.configs["api_base"], "https://x");
        assert_eq!(found.configs.len(), 1);
        assert!(found.asks(None).is_empty());
    }
}
