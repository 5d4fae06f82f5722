//! Reads in uv's output why an install failed: which requirement, and what to do.

use crate::engine::EngineError;

/// Why an install failed. `lines` is all that uv printed.
pub(crate) fn of_install(lines: &[String]) -> EngineError {
    let message = Message::of(lines);
    of_machine(lines)
        .or_else(|| resolution(&message))
        .or_else(|| build(&message))
        .or_else(|| requirements_file(&message))
        .unwrap_or_else(|| {
            EngineError::new("InstallFailed", one_line(&message.head)).with_remedy(SEE_LOG)
        })
}

const SEE_LOG: &str = "The log shows what uv printed.";

/// What may befall any command that fetches and writes: a full disk, no network, a refused password.
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
            EngineError::new("IndexRefused", message)
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
        EngineError::new("NetworkUnreachable", format!("The package index could not be reached{}.", fetched(&text)))
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

/// uv's error, with its causes, without the decoration that differs between its versions.
struct Message {
    /// The first line.
    head: String,
    /// All of it, in one line.
    whole: String,
}

impl Message {
    fn of(lines: &[String]) -> Self {
        let plain: Vec<String> = lines.iter().map(|line| undecorated(line)).collect();
        let is_start = |line: &String| line.starts_with("error: ") || line.starts_with('×');
        let start = lines
            .iter()
            .position(|line| is_start(&line.trim_start().to_owned()));
        let plain = &plain[start.unwrap_or(plain.len().saturating_sub(1))..];
        let end = plain
            .iter()
            .position(|line| line.starts_with("hint: "))
            .unwrap_or(plain.len());
        let head = plain
            .first()
            .cloned()
            .unwrap_or_else(|| "uv said nothing".to_owned());
        Self {
            head,
            whole: one_line(&plain[..end].join(" ")),
        }
    }

    /// What stands between `start` and `end`.
    fn between(&self, start: &str, end: &str) -> Option<&str> {
        Some(self.whole.split_once(start)?.1.split_once(end)?.0)
    }
}

fn undecorated(line: &str) -> String {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "×╰─▶├│".contains(c));
    let line = ["error: ", "cause: ", "Caused by: "]
        .iter()
        .find_map(|prefix| line.strip_prefix(prefix))
        .unwrap_or(line);
    line.trim().to_owned()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn resolution(message: &Message) -> Option<EngineError> {
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
        let message = format!("There is no package ‘{name}’ in the package index.");
        return Some(EngineError::new("RequirementNotFound", message)
            .with_remedy(format!("Check how ‘{name}’ is spelled in the requirements file, and the index it comes from."))
            .about([name]));
    }
    let versions = version_missing(reason).filter(|_| !reason.contains("depend"));
    if let Some(requirement) = versions {
        let known = message
            .between("Because only ", " is available")
            .map(|known| format!(" There is only {known}."));
        let message = format!(
            "There is no version of ‘{requirement}’ in the package index.{}",
            known.unwrap_or_default()
        );
        return Some(
            EngineError::new("VersionNotFound", message)
                .with_remedy("Ask for a version that exists, or for none in particular.")
                .about([requirement]),
        );
    }
    if reason.contains("requested Python version") || reason.contains("current Python version") {
        return Some(
            EngineError::new(
                "PythonVersionConflict",
                format!("The session's Python is not one that a requirement supports: {reason}."),
            )
            .with_remedy("Ask for a version of the package that supports this Python.")
            .about(required(reason)),
        );
    }
    Some(
        EngineError::new(
            "RequirementsConflict",
            format!("The requirements contradict each other: {reason}."),
        )
        .with_remedy("Loosen or remove one of the versions that are named.")
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

fn build(message: &Message) -> Option<EngineError> {
    let package = message
        .between("Failed to build `", "`")
        .or_else(|| message.between("Failed to build: `", "`"))
        .or_else(|| message.between("Failed to download and build `", "`"))?;
    let last = message.whole.rsplit_once("Error: ").map(|(before, after)| {
        let kind = before.rsplit(' ').next().unwrap_or("");
        format!(": {kind}Error: {after}")
    });
    Some(EngineError::new("BuildFailed", format!("‘{package}’ has no ready-made wheel for this Python, and building it failed{}.", shortened(last.as_deref().unwrap_or(""))))
        .with_remedy("Ask for a version that has a wheel, or install the compiler and libraries it needs on the server.")
        .about([package]))
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 240;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn requirements_file(message: &Message) -> Option<EngineError> {
    let whole = &message.whole;
    if let Some(file) = missing_file(whole) {
        let message = format!("The requirements name ‘{file}’, which does not exist.");
        return Some(
            EngineError::new("RequirementFileMissing", message)
                .with_remedy("Add the file, or remove the line that names it.")
                .about([file]),
        );
    }
    let invalid = whole.contains("parse requirement")
        || whole.starts_with("Unexpected ")
        || whole.contains("is invalid")
        || whole.contains("Unsupported requirement")
        || whole.contains("Invalid ");
    invalid.then(|| {
        EngineError::new(
            "RequirementInvalid",
            format!(
                "A line of the requirements file cannot be read: {}.",
                whole.trim_end_matches(['.', '^', ' '])
            ),
        )
        .with_remedy("Correct the line.")
    })
}

fn missing_file(whole: &str) -> Option<&str> {
    if let Some((_, rest)) = whole.split_once("failed to read from file `") {
        let (file, why) = rest.split_once('`')?;
        return why.contains("No such file").then_some(file);
    }
    ["File not found: ", "Distribution not found at: "]
        .iter()
        .find_map(|sign| Some(whole.split_once(sign)?.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(text: &str) -> EngineError {
        of_install(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_package_that_is_nowhere_is_named() {
        for text in [
            "Using Python 3.11.7 environment at: v\nerror: No solution found when resolving dependencies\n  cause: Because nosuchpkg was not found in the package registry and you require nosuchpkg, we can conclude that your requirements are unsatisfiable.\n",
            "  × No solution found when resolving dependencies:\n  ╰─▶ Because nosuchpkg was not found in the package registry and you require\n      nosuchpkg, we can conclude that your requirements are unsatisfiable.\n",
        ] {
            let error = failure(text);
            assert_eq!(error.code, "RequirementNotFound");
            assert_eq!(
                error.message,
                "There is no package ‘nosuchpkg’ in the package index."
            );
        }
    }

    #[test]
    fn a_version_that_does_not_exist_is_named() {
        let error = failure(
            "error: No solution found when resolving dependencies\n  cause: Because there is no version of flask==99 and you require flask==99, we can conclude that your requirements are unsatisfiable.",
        );
        assert_eq!(
            (error.code, error.message.as_str()),
            (
                "VersionNotFound",
                "There is no version of ‘flask==99’ in the package index."
            )
        );
        let error = failure(
            "error: No solution found when resolving dependencies\n  cause: Because only alpha<=2.0 is available and you require alpha>=9, we can conclude that your requirements are unsatisfiable.",
        );
        assert_eq!(error.code, "VersionNotFound");
        assert_eq!(
            error.message,
            "There is no version of ‘alpha>=9’ in the package index. There is only alpha<=2.0."
        );
    }

    #[test]
    fn a_conflict_names_both_sides() {
        let error = failure(
            "error: No solution found when resolving dependencies\n  cause: Because all versions of beta depend on alpha<2 and you require beta, we can conclude that you require alpha<2.\n         And because you require alpha==2.0, we can conclude that your requirements are unsatisfiable.",
        );
        assert_eq!(error.code, "RequirementsConflict");
        assert!(
            error.message.contains("beta depend on alpha<2")
                && error.message.contains("alpha==2.0"),
            "{error}"
        );
        assert!(!error.message.contains('\n'));
        assert_eq!(error.about, ["beta", "alpha==2.0"]);
        let error = failure(
            "error: No solution found when resolving dependencies\n  cause: Because all versions of fdgamma depend on fdalpha>=2 and all versions of fdbeta depend on fdalpha<2, we can conclude that all versions of fdbeta and all versions of fdgamma are incompatible.\n         And because you require fdbeta and fdgamma, we can conclude that your requirements are unsatisfiable.",
        );
        assert_eq!(error.about, ["fdbeta", "fdgamma"]);
    }

    #[test]
    fn a_failed_build_says_what_the_backend_said() {
        let error = failure(
            "   Building broken==1.0\nerror: Failed to build `broken==1.0`\n  cause: The build backend returned an error\n  cause: Call to `backend.build_wheel` failed (exit status: 1)\n\n         [stderr]\n         RuntimeError: cannot find compiler\n\nhint: Build failures usually",
        );
        assert_eq!(error.code, "BuildFailed");
        assert!(
            error.message.contains("broken==1.0")
                && error
                    .message
                    .ends_with("RuntimeError: cannot find compiler."),
            "{error}"
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_quoted() {
        let error = failure(
            "error: Couldn't parse requirement in `r.txt` at position 0\n  cause: Unexpected end of version specifier, expected version\n         alpha ==\n               ^^",
        );
        assert_eq!(error.code, "RequirementInvalid");
        assert!(error.message.contains("alpha =="), "{error}");
        assert_eq!(failure("error: Unexpected '!', expected '-c', '-e', '-r' or the start of a requirement: r.txt:1:1").code, "RequirementInvalid");
        assert_eq!(
            failure("error: File not found: missing.txt").code,
            "RequirementFileMissing"
        );
        assert_eq!(
            failure("error: Distribution not found at: file:///tmp/none.whl").code,
            "RequirementFileMissing"
        );
    }

    #[test]
    fn the_machine_s_own_troubles_come_first() {
        let error = failure(
            "error: Request failed after 3 retries in 4.4s\n  cause: Failed to fetch: http://u:p@h:9/simple/x/\n  cause: client error (Connect)\n",
        );
        assert_eq!(error.code, "NetworkUnreachable");
        assert!(
            error.message.contains("http://h:9/simple/x/") && !error.message.contains("u:p"),
            "{error}"
        );
        assert_eq!(
            failure("error: Failed to install: x\n  cause: No space left on device (os error 28)")
                .code,
            "DiskFull"
        );
        assert_eq!(
            failure("error: HTTP status client error (401 Unauthorized) for url").code,
            "IndexRefused"
        );
    }

    #[test]
    fn what_is_not_understood_is_repeated_in_a_line() {
        assert_eq!(failure("error: something\n  new").message, "something");
        assert_eq!(of_install(&[]).code, "InstallFailed");
    }
}
