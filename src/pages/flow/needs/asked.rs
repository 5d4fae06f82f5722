//! What is asked for, one entry for each connection. Knows no views.

use flowdeck_contract::connections::{ConnectionName, ConnectionNeed, ConnectionType, NeedProblem};

/// A connection that stands in the way of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Its name, as the file says it.
    pub(super) name: String,
    /// What is wrong, for each that asks.
    pub(super) messages: Vec<String>,
    /// What to do.
    pub(super) remedy: Option<&'static str>,
    /// What mends it here.
    pub(super) way: Way,
    /// The line of the flow's file that asks for it first, from 1.
    pub(super) line: u32,
}

/// What mends a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Adding it; one of these types fits, or any when it's empty.
    Add(ConnectionName, Vec<ConnectionType>),
    /// Changing it.
    Change(ConnectionName),
    /// Changing the flow: no connection can have that name.
    Flow,
}

/// What stands in the way, in the order of the flow's file.
pub(super) fn asked(needs: &[ConnectionNeed]) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    for need in needs {
        let Some(message) = need.message() else {
            continue;
        };
        if let Some(known) = all.iter_mut().find(|known| known.name == need.name) {
            known.messages.push(message);
            if let Way::Add(_, accepts) = &mut known.way {
                *accepts = both(accepts, &need.accepts);
            }
            continue;
        }
        all.push(Asked {
            name: need.name.clone(),
            messages: vec![message],
            remedy: need.remedy(),
            way: way(need),
            line: need.line,
        });
    }
    all
}

fn way(need: &ConnectionNeed) -> Way {
    match (ConnectionName::try_from(need.name.as_str()), &need.problem) {
        (Err(_), _) => Way::Flow,
        (Ok(name), Some(NeedProblem::Missing)) => Way::Add(name, need.accepts.clone()),
        (Ok(name), _) => Way::Change(name),
    }
}

/// The types that fit both; the first where none does, because nothing can then suit everybody.
fn both(one: &[ConnectionType], other: &[ConnectionType]) -> Vec<ConnectionType> {
    if one.is_empty() {
        return other.to_vec();
    }
    let fits = |kind: &&ConnectionType| other.is_empty() || other.contains(kind);
    let both: Vec<ConnectionType> = one.iter().filter(fits).copied().collect();
    match both.is_empty() {
        true => one.to_vec(),
        false => both,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConnectionType::{AzureOpenAI, OpenAI, Serp};

    fn need(
        node: &str,
        name: &str,
        accepts: &[ConnectionType],
        problem: Option<NeedProblem>,
    ) -> ConnectionNeed {
        ConnectionNeed {
            node: Some(node.to_owned()),
            input: None,
            line: 3,
            name: name.to_owned(),
            accepts: accepts.to_vec(),
            problem,
        }
    }

    #[test]
    fn nodes_that_ask_for_the_same_connection_are_one_entry() {
        let missing = || Some(NeedProblem::Missing);
        let needs = [
            need("a", "mine", &ConnectionType::OF_LLM_NODES, missing()),
            need("fine", "other", &[OpenAI], None),
            need("b", "mine", &[AzureOpenAI, OpenAI], missing()),
            need("c", "mine", &[], missing()),
            need("d", "", &[OpenAI], missing()),
            need(
                "e",
                "search",
                &[Serp],
                Some(NeedProblem::WrongType { is: OpenAI }),
            ),
        ];
        let all = asked(&needs);
        let name = |text: &str| ConnectionName::try_from(text).unwrap();
        let ways: Vec<&Way> = all.iter().map(|one| &one.way).collect();
        let expected = [
            Way::Add(name("mine"), vec![AzureOpenAI, OpenAI]),
            Way::Flow,
            Way::Change(name("search")),
        ];
        assert_eq!(ways, expected.iter().collect::<Vec<_>>());
        assert_eq!(all[0].messages.len(), 3);
        assert!(all[0].messages[1].contains("‘b’"));
    }

    #[test]
    fn types_that_exclude_each_other_leave_the_first() {
        assert_eq!(both(&[OpenAI], &[Serp]), [OpenAI]);
        assert_eq!(both(&[], &[Serp]), [Serp]);
    }
}
