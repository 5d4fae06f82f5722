//! What the table shows of a connection.

use flowdeck_contract::{
    connections::{AuthMode, ConnectionType, ConnectionUse, ConnectionView, SecretsState},
    ids::FlowId,
    shown::shown,
};

/// Where it leads.
pub(super) fn points_to(view: &ConnectionView) -> String {
    let address = view
        .kind
        .address_field()
        .and_then(|field| view.configs.get(field));
    match (address, view.kind) {
        (Some(address), _) if !address.is_empty() => shown(address).into_owned(),
        (_, ConnectionType::OpenAI) => "api.openai.com".to_owned(),
        (_, ConnectionType::Serp) => "serpapi.com".to_owned(),
        (_, ConnectionType::Bing) => "api.bing.microsoft.com".to_owned(),
        (_, ConnectionType::Custom) => rows(view.secrets.len(), view.configs.len()),
        _ => "No address yet".to_owned(),
    }
}

fn rows(secrets: usize, configs: usize) -> String {
    let count = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    format!("{}, {}", count(secrets, "secret"), count(configs, "config"))
}

/// How it signs in, where that isn't by a key.
pub(super) fn signs_in(view: &ConnectionView) -> Option<&'static str> {
    let by_identity = AuthMode::of(&view.configs) == AuthMode::MeidToken;
    by_identity.then_some("Microsoft Entra ID")
}

/// What stands in the way of using it.
pub(super) fn trouble(view: &ConnectionView) -> Option<String> {
    if view.secrets_state == SecretsState::Locked {
        return Some("Its secrets can’t be read. Enter them again.".to_owned());
    }
    if view.missing.is_empty() {
        return None;
    }
    let labels = view.missing.iter().map(|name| {
        let field = view.kind.field(name);
        field.map_or(name.as_str(), |field| field.label)
    });
    let labels: Vec<&str> = labels.collect();
    Some(format!("No value for {}.", labels.join(", ")))
}

/// The flows that ask for it, each with the nodes that do, as people see them; a flow without nodes asks in a variable.
pub(super) fn by_flow(uses: &[ConnectionUse]) -> Vec<(FlowId, Vec<String>)> {
    let mut flows: Vec<(FlowId, Vec<String>)> = Vec::new();
    for one in uses {
        let at = flows.iter().position(|(flow, _)| *flow == one.flow);
        let at = at.unwrap_or_else(|| {
            flows.push((one.flow.clone(), Vec::new()));
            flows.len() - 1
        });
        if let (Some((_, nodes)), Some(node)) = (flows.get_mut(at), &one.node) {
            nodes.push(shown(node).into_owned());
        }
    }
    flows
}

/// The places that name it, for a question, a sentence each.
pub(super) fn sentences(uses: &[ConnectionUse]) -> Vec<String> {
    by_flow(uses)
        .into_iter()
        .map(|(flow, nodes)| match nodes.as_slice() {
            [] => format!("{flow}: environment variables"),
            [one] => format!("{flow}: node {one}"),
            many => format!("{flow}: nodes {}", many.join(", ")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::parts::connection::example::connection;

    fn view(kind: ConnectionType, configs: &[(&str, &str)]) -> ConnectionView {
        connection(kind, configs, &["api_key"])
    }

    #[test]
    fn it_leads_to_its_address_or_to_the_service_itself() {
        for kind in ConnectionType::ALL {
            let unknown = points_to(&view(kind, &[]));
            assert!(!unknown.is_empty());
            if let Some(field) = kind.address_field() {
                assert_eq!(points_to(&view(kind, &[(field, "http://a")])), "http://a");
            }
        }
        let custom = view(ConnectionType::Custom, &[("a", "1"), ("b", "2")]);
        assert_eq!(points_to(&custom), "1 secret, 2 configs");
    }

    #[test]
    fn what_is_missing_is_named_by_its_label() {
        let whole = view(ConnectionType::OpenAI, &[]);
        assert_eq!(trouble(&whole), None);
        let lacking = ConnectionView {
            missing: vec!["api_key".to_owned(), "secrets".to_owned()],
            ..whole.clone()
        };
        assert_eq!(trouble(&lacking).unwrap(), "No value for API key, secrets.");
        let locked = ConnectionView {
            secrets_state: SecretsState::Locked,
            ..lacking
        };
        assert!(trouble(&locked).unwrap().contains("can’t be read"));
        let entra = view(ConnectionType::AzureOpenAI, &[("auth_mode", "meid_token")]);
        assert_eq!(
            (signs_in(&entra), signs_in(&whole)),
            (Some("Microsoft Entra ID"), None)
        );
    }

    #[test]
    fn uses_are_told_flow_by_flow() {
        let used = |flow: &str, node: Option<&str>| ConnectionUse {
            flow: FlowId::try_from(flow).unwrap(),
            node: node.map(str::to_owned),
        };
        let uses = [
            used("a", Some("x")),
            used("b", None),
            used("a", Some("y")),
            used("c", Some("\u{202e}z")),
        ];
        let told = [
            "a: nodes x, y",
            "b: environment variables",
            "c: node ‹U+202E›z",
        ];
        assert_eq!(sentences(&uses), told);
    }
}
