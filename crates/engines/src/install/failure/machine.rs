//! Failures of the machine and its network, whatever was asked for.

use flowdeck_contract::codes;

use crate::engine::EngineError;

/// What may go wrong with any command that fetches and writes: a full disk, no network, a refused password.
pub(crate) fn of_machine(lines: &[String]) -> Option<EngineError> {
    let text = lines.join("\n");
    let lower = text.to_lowercase();
    if lower.contains("no space left on device")
        || lower.contains("os error 28")
        || lower.contains("disk quota exceeded")
    {
        return Some(EngineError::disk_full("Installing packages"));
    }
    let refused = ["401 unauthorized", "403 forbidden"]
        .iter()
        .find(|status| lower.contains(**status));
    if let Some(status) = refused {
        let message = format!(
            "The package index refused access ({}){}.",
            status,
            fetched(&text)
        );
        return Some(
            EngineError::new(codes::INDEX_REFUSED, message)
                .with_remedy("Check the user name and password or token in the index's address."),
        );
    }
    let unreachable = [
        "client error (connect)",
        "dns error",
        "error sending request for url",
        "connection refused",
        "temporary failure in name resolution",
        "operation timed out",
        "newconnectionerror",
        "networkdisabled",
    ];
    unreachable.iter().any(|sign| lower.contains(sign)).then(|| {
        EngineError::new(codes::NETWORK_UNREACHABLE, format!("The package index could not be reached{}.", fetched(&text)))
            .with_remedy("Check the network and the index's address (PIP_INDEX_URL, pip.conf), then try again.")
    })
}

/// ` (http://…)`, when the output names what was being fetched. Passwords in it are not shown.
fn fetched(text: &str) -> String {
    let after = ["Failed to fetch: ", "Failed to download "]
        .iter()
        .find_map(|sign| text.split_once(sign));
    let url = after.and_then(|(_, rest)| {
        rest.trim_start_matches('`')
            .split(['`', '\n', ' ', ')'])
            .next()
    });
    url.map(|url| format!(" ({})", without_password(url)))
        .unwrap_or_default()
}

fn without_password(url: &str) -> String {
    match url
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)))
    {
        Some((scheme, (user, host))) if !user.contains('/') => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}
