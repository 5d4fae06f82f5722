//! What is shipped has nothing that is for tests alone.

use anyhow::{Result, bail};

use super::{Run, commands::cargo};
use crate::process;

/// The feature that brings the engine that is made of nothing.
const FOR_TESTS: &str = "fake";

/// Fails when the shipped server is built with what only tests need.
pub(super) fn check(run: &Run<'_>) -> Result<()> {
    let tree = process::capture(cargo(run).args([
        "tree",
        "--locked",
        "--package",
        "flowdeck-server",
        "--features",
        "embed",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}|{f}",
    ]))?;
    is_free_of_tests(&tree)
}

/// `tree` has a package on each line, and behind a bar its features.
fn is_free_of_tests(tree: &str) -> Result<()> {
    let ours = tree
        .lines()
        .filter_map(|line| line.split_once('|'))
        .filter(|(package, _)| package.starts_with("flowdeck-"));
    let mut count = 0;
    for (package, features) in ours {
        count += 1;
        if features
            .trim_end_matches(" (*)")
            .split(',')
            .any(|feature| feature.starts_with(FOR_TESTS))
        {
            bail!("the shipped server is built with `{package}` and its features {features}");
        }
    }
    if count < 2 {
        bail!("cargo tree does not name the crates of the server");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_of_tests_is_found_wherever_it_is() {
        let tree = |server: &str, compute: &str| {
            format!(
                "flowdeck-server v0.1.0 (/x)|{server}\naxum v0.8.9|fake\nflowdeck-compute v0.1.0 (/y)|{compute}\n"
            )
        };
        assert!(is_free_of_tests(&tree("default,embed", "")).is_ok());
        assert!(is_free_of_tests(&tree("fake-engine", "")).is_err());
        assert!(is_free_of_tests(&tree("", "a,fake (*)")).is_err());
        assert!(is_free_of_tests("axum v0.8.9|\n").is_err());
    }
}
