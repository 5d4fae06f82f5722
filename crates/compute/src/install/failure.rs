//! Reads in uv's output why an install failed: which requirement, and what to do.

mod build;
mod machine;
mod message;
mod requirements_file;
mod resolution;

pub(crate) use machine::of_machine;

use self::{
    build::build,
    message::{Message, one_line},
    requirements_file::requirements_file,
    resolution::resolution,
};
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
