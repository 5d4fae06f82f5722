//! The environment variables that a person sets for runs: values in the place of the flow's, and others beside them.

use std::collections::BTreeMap;

use flowdeck_contract::runs::{VariableName, VariableValue};
use flowdeck_flow::is_secret;

/// A variable that is set for runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// What tells it from the others.
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) value: String,
    /// Whether it was typed here, so that it doesn't become a value in the place of the flow's while it's typed.
    added: bool,
}

/// The variables that are set for runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    all: Vec<Row>,
    next: u32,
}

impl Rows {
    /// Those that are set. Which of them the flow has, it may say later.
    pub(super) fn new(set: &BTreeMap<String, String>) -> Self {
        let mut rows = Self::default();
        for (name, value) in set {
            rows.push(name.clone(), value.clone(), false);
        }
        rows
    }

    fn push(&mut self, name: String, value: String, added: bool) -> u32 {
        let id = self.next;
        self.next += 1;
        self.all.push(Row {
            id,
            name,
            value,
            added,
        });
        id
    }

    /// Adds a variable without a name.
    pub(super) fn add(&mut self) -> u32 {
        self.push(String::new(), String::new(), true)
    }

    /// The value that is set in the place of the flow's.
    pub(super) fn in_place_of(&self, name: &str) -> Option<&str> {
        let mut rows = self.all.iter();
        let row = rows.find(|row| !row.added && row.name == name)?;
        Some(&row.value)
    }

    /// Sets a value in the place of the flow's; `None` takes the flow's again.
    pub(super) fn put(&mut self, name: &str, value: Option<String>) {
        let at = self
            .all
            .iter()
            .position(|row| !row.added && row.name == name);
        match (at, value) {
            (Some(at), Some(value)) => self.all[at].value = value,
            (Some(at), None) => drop(self.all.remove(at)),
            (None, Some(value)) => drop(self.push(name.to_owned(), value, false)),
            (None, None) => {}
        }
    }

    /// Those that the flow doesn't have, with the numbers that tell them apart.
    pub(super) fn added(&self, of_flow: impl Fn(&str) -> bool) -> Vec<u32> {
        let rows = self.all.iter();
        rows.filter(|row| row.added || !of_flow(&row.name))
            .map(|row| row.id)
            .collect()
    }

    pub(super) fn get(&self, id: u32) -> Option<&Row> {
        self.all.iter().find(|row| row.id == id)
    }

    /// Whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Changes one that was added.
    pub(super) fn edit(&mut self, id: u32, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.all.iter_mut().find(|row| row.id == id) {
            row.added = true;
            change(row);
        }
    }

    pub(super) fn remove(&mut self, id: u32) {
        self.all.retain(|row| row.id != id);
    }

    /// What is wrong with one that was added.
    pub(super) fn fault(&self, id: u32, of_flow: impl Fn(&str) -> bool) -> Option<String> {
        let row = self.get(id)?;
        let name = row.name.trim();
        if name.is_empty() && row.value.is_empty() {
            return None;
        }
        if let Err(error) = VariableName::try_from(name) {
            return Some(error.to_string());
        }
        if row.added && of_flow(name) {
            return Some("The flow has this variable. Change its value above.".to_owned());
        }
        let mut others = self.all.iter().filter(|other| other.id != id);
        if others.any(|other| other.name.trim() == name) {
            return Some("This variable is here twice. Remove one of them.".to_owned());
        }
        value_fault(&row.value)
    }

    /// What a run is given. One with a value but no name is there as well: the run is refused for it.
    pub(super) fn set(&self) -> BTreeMap<String, String> {
        let rows = self.all.iter();
        rows.filter(|row| !(row.name.trim().is_empty() && row.value.is_empty()))
            .map(|row| (row.name.trim().to_owned(), row.value.clone()))
            .collect()
    }
}

/// What is wrong with a value.
pub(super) fn value_fault(value: &str) -> Option<String> {
    let error = VariableValue::try_from(value).err()?;
    Some(error.to_string())
}

/// What can be kept in the browser: nothing that is a secret.
pub(super) fn kept(set: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut kept = set.clone();
    kept.retain(|name, value| !is_secret(name, value));
    kept
}

/// What a value refers to, for people.
pub(super) fn refers_to(value: &str) -> Option<String> {
    let inner = value.trim().strip_prefix("${")?;
    if let Some(name) = inner.strip_prefix("env:") {
        let (name, _) = name.split_once('}')?;
        return Some(format!("The server’s variable ‘{name}’."));
    }
    let (connection, field) = inner.strip_suffix('}')?.rsplit_once('.')?;
    Some(format!("Field ‘{field}’ of the connection ‘{connection}’."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_flow(name: &str) -> bool {
        ["MODEL", "KEY"].contains(&name)
    }

    fn set(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    #[test]
    fn a_value_takes_the_place_of_the_flow_s_until_it_is_reset() {
        let mut rows = Rows::new(&set(&[("MODEL", "a"), ("EXTRA", "b")]));
        assert_eq!(rows.in_place_of("MODEL"), Some("a"));
        assert_eq!(rows.added(of_flow).len(), 1);
        rows.put("KEY", Some("k".to_owned()));
        rows.put("MODEL", None);
        assert_eq!(rows.set(), set(&[("EXTRA", "b"), ("KEY", "k")]));
        // A variable that the flow has lost meanwhile is still there to be removed.
        assert_eq!(rows.added(|_| false).len(), 2);
    }

    #[test]
    fn one_that_was_added_says_what_is_wrong_with_it() {
        let mut rows = Rows::default();
        let (first, second) = (rows.add(), rows.add());
        let mut name = |id: u32, text: &str| {
            rows.edit(id, |row| row.name = text.to_owned());
            rows.fault(id, of_flow).unwrap_or_default()
        };
        assert_eq!(name(first, ""), "");
        assert!(name(first, "PATH").contains("programs"));
        assert!(name(first, "MODEL").contains("above"));
        assert_eq!(name(first, "MINE"), "");
        assert!(name(second, " MINE").contains("twice"));
        assert_eq!(name(second, "OTHER"), "");
        rows.edit(second, |row| row.value = "a\0".to_owned());
        assert!(rows.fault(second, of_flow).is_some());
        rows.edit(second, |row| row.name.clear());
        assert_eq!(rows.fault(second, of_flow).unwrap(), "Enter a name.");
        rows.remove(second);
        assert_eq!(rows.set(), set(&[("MINE", "")]));
    }

    #[test]
    fn no_secret_is_kept_in_the_browser() {
        let all = set(&[
            ("MY_TOKEN", "t-1"),
            ("MODEL", "m"),
            ("API_KEY", "${c.api_key}"),
        ]);
        assert_eq!(
            kept(&all),
            set(&[("MODEL", "m"), ("API_KEY", "${c.api_key}")])
        );
    }

    #[test]
    fn a_value_says_what_it_refers_to() {
        assert_eq!(
            refers_to("${a.b.c}").unwrap(),
            "Field ‘c’ of the connection ‘a.b’."
        );
        assert_eq!(
            refers_to("${env:HOME}").unwrap(),
            "The server’s variable ‘HOME’."
        );
        for other in ["", "text", "${", "${x}", "a ${a.b}"] {
            assert_eq!(refers_to(other), None, "{other}");
        }
    }
}
