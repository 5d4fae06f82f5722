//! Reads in uv's output why an install failed: which requirement, and what to do.

mod build;
mod hashes;
mod machine;
mod message;
mod requirements_file;
mod resolution;

pub(crate) use machine::of_machine;

use self::{
    build::build,
    hashes::hashes,
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
        .or_else(|| hashes(&message))
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
            assert_eq!(error.failure.code.as_ref(), "RequirementNotFound");
            assert_eq!(
                error.failure.message,
                "The package index doesn’t have nosuchpkg."
            );
        }
    }

    #[test]
    fn a_version_that_does_not_exist_is_named() {
        let error = failure(
            "error: No solution found when resolving dependencies\n  cause: Because there is no version of flask==99 and you require flask==99, we can conclude that your requirements are unsatisfiable.",
        );
        assert_eq!(
            (error.failure.code.as_ref(), error.failure.message.as_str()),
            ("VersionNotFound", "No version 99 of flask.")
        );
        let error = failure(
            "error: No solution found when resolving dependencies\n  cause: Because only alpha<=2.0 is available and you require alpha>=9, we can conclude that your requirements are unsatisfiable.",
        );
        assert_eq!(error.failure.code.as_ref(), "VersionNotFound");
        assert_eq!(
            error.failure.message,
            "No version >=9 of alpha. Available: <=2.0."
        );
    }

    #[test]
    fn a_conflict_names_both_sides() {
        let error = failure(
            "error: No solution found when resolving dependencies\n  cause: Because all versions of beta depend on alpha<2 and you require beta, we can conclude that you require alpha<2.\n         And because you require alpha==2.0, we can conclude that your requirements are unsatisfiable.",
        );
        assert_eq!(error.failure.code.as_ref(), "RequirementsConflict");
        assert!(
            error.failure.message.contains("beta depend on alpha<2")
                && error.failure.message.contains("alpha==2.0"),
            "{error}"
        );
        assert!(!error.failure.message.contains('\n'));
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
        assert_eq!(error.failure.code.as_ref(), "BuildFailed");
        assert!(
            error.failure.message.contains("broken==1.0")
                && error
                    .failure
                    .message
                    .ends_with("RuntimeError: cannot find compiler."),
            "{error}"
        );
    }

    #[test]
    fn a_failed_build_says_what_the_compiler_said_first() {
        let error = failure(
            "error: Failed to build `old==1.0`\n  cause: The build backend returned an error\n  cause: Call to `backend.build_wheel` failed (exit status: 1)\n\n         [stderr]\n         old/_a.c:197:12: fatal error: longintrepr.h: No such file or directory\n         compilation terminated.\n         old/_b.c:2:1: error: later\n         error: command '/usr/bin/gcc' failed with exit code 1\n         RuntimeError: gcc failed\n",
        );
        assert_eq!(
            error.failure.message,
            "‘old==1.0’ has no wheel for this Python, and building it failed: longintrepr.h: No such file or directory."
        );
    }

    #[test]
    fn a_hash_mismatch_is_called_that_with_both_hashes() {
        let error = failure(
            "Resolved 1 package in 128ms\nerror: Failed to download `termcolor==2.3.0`\n  cause: Hash mismatch for `termcolor==2.3.0`\n\n         Expected:\n           sha256:00\n\n         Computed:\n           sha256:3a\n",
        );
        assert_eq!(
            (error.failure.code.as_ref(), &*error.about),
            ("HashMismatch", &["termcolor==2.3.0".to_owned()][..])
        );
        assert_eq!(
            error.failure.message,
            "‘termcolor==2.3.0’ doesn’t match its hash. Expected: sha256:00. Computed: sha256:3a."
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_quoted() {
        let error = failure(
            "error: Couldn't parse requirement in `r.txt` at position 0\n  cause: Unexpected end of version specifier, expected version\n         alpha ==\n               ^^",
        );
        assert_eq!(error.failure.code.as_ref(), "RequirementInvalid");
        assert!(error.failure.message.contains("alpha =="), "{error}");
        assert_eq!(failure("error: Unexpected '!', expected '-c', '-e', '-r' or the start of a requirement: r.txt:1:1").failure.code, "RequirementInvalid");
        assert_eq!(
            failure("error: File not found: missing.txt").failure.code,
            "RequirementFileMissing"
        );
        assert_eq!(
            failure("error: Distribution not found at: file:///tmp/none.whl")
                .failure
                .code,
            "RequirementFileMissing"
        );
    }

    #[test]
    fn the_machine_s_own_troubles_come_first() {
        let error = failure(
            "error: Request failed after 3 retries in 4.4s\n  cause: Failed to fetch: http://u:p@h:9/simple/x/\n  cause: client error (Connect)\n",
        );
        assert_eq!(error.failure.code.as_ref(), "NetworkUnreachable");
        assert!(
            error.failure.message.contains("http://h:9/simple/x/")
                && !error.failure.message.contains("u:p"),
            "{error}"
        );
        assert_eq!(
            failure("error: Failed to install: x\n  cause: No space left on device (os error 28)")
                .failure
                .code,
            "DiskFull"
        );
        assert_eq!(
            failure("error: HTTP status client error (401 Unauthorized) for url")
                .failure
                .code,
            "IndexRefused"
        );
    }

    #[test]
    fn what_is_not_understood_is_repeated_in_a_line() {
        assert_eq!(
            failure("error: something\n  new").failure.message,
            "something"
        );
        assert_eq!(of_install(&[]).failure.code, "InstallFailed");
    }
}
