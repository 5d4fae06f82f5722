//! Requirements that nothing satisfies.

use flowdeck_contract::codes;

use super::message::Message;
use crate::engine::EngineError;

pub(super) fn resolution(message: &Message) -> Option<EngineError> {
    if !message.whole.starts_with("No solution found") {
        return None;
    }
    let reason = message
        .whole
        .split_once("Because ")
        .map_or(message.whole.as_str(), |(_, reason)| reason);
    let reason = reason
        .split(", we can conclude that your requirements")
        .next()
        .unwrap_or(reason);
    let not_found = [
        "was not found in the package registry",
        "was not found in the provided package locations",
        "was not found in the cache",
    ];
    if let Some(name) = not_found
        .iter()
        .find_map(|sign| package_before(reason, sign))
    {
        let message = format!("The package index doesn’t have {name}.");
        return Some(
            EngineError::new(codes::REQUIREMENT_NOT_FOUND, message)
                .with_remedy(format!(
                    "Check the spelling of {name} in the requirements file, and its index."
                ))
                .about([name]),
        );
    }
    let versions = version_missing(reason).filter(|_| !reason.contains("depend"));
    if let Some(requirement) = versions {
        let end = requirement
            .find(|c| "=<>!~".contains(c))
            .unwrap_or(requirement.len());
        let (name, versions) = requirement.split_at(end);
        let known = message
            .between("Because only ", " is available")
            .map(|known| format!(" Available: {}.", known.strip_prefix(name).unwrap_or(known)));
        let message = format!(
            "No version {} of {name}.{}",
            versions.strip_prefix("==").unwrap_or(versions),
            known.unwrap_or_default()
        );
        return Some(
            EngineError::new(codes::VERSION_NOT_FOUND, message)
                .with_remedy("Choose another version, or remove the version.")
                .about([requirement]),
        );
    }
    if reason.contains("requested Python version") || reason.contains("current Python version") {
        return Some(
            EngineError::new(
                codes::PYTHON_VERSION_CONFLICT,
                format!("A requirement doesn’t support the session’s Python: {reason}."),
            )
            .with_remedy("Choose a version of the package that supports this Python.")
            .about(required(reason)),
        );
    }
    Some(
        EngineError::new(
            codes::REQUIREMENTS_CONFLICT,
            format!("The requirements conflict: {reason}."),
        )
        .with_remedy("Change or remove one of these versions.")
        .about(required(reason)),
    )
}

/// The requirements that contradict each other, as in `you require fdbeta and fdalpha==2.0`; not what uv concludes.
fn required(reason: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, sign) in reason.match_indices("you require ") {
        if reason[..at].ends_with("conclude that ") {
            continue;
        }
        let rest = &reason[at + sign.len()..];
        let end = [". And", ", we can", ", and we"]
            .iter()
            .filter_map(|end| rest.find(end))
            .min();
        let names = rest[..end.unwrap_or(rest.len())].split(" and ");
        let names = names.map(|name| name.trim_end_matches(['.', ',']).to_owned());
        found.extend(names.filter(|name| !name.is_empty() && !name.contains(' ')));
    }
    found.dedup();
    found
}

fn package_before(reason: &str, sign: &str) -> Option<String> {
    let (before, _) = reason.split_once(sign)?;
    before.split_whitespace().last().map(str::to_owned)
}

/// The requirement no version satisfies, as in `alpha==3.0`.
fn version_missing(reason: &str) -> Option<String> {
    if let Some((_, rest)) = reason.split_once("there is no version of ") {
        return Some(
            rest.split(" and ")
                .next()
                .unwrap_or(rest)
                .trim_end_matches(',')
                .to_owned(),
        );
    }
    if reason.contains("no versions of ") || reason.starts_with("only ") {
        return Some(reason.rsplit_once("you require ")?.1.to_owned());
    }
    None
}
