//! The packages that prompt flow's runtime is made of.

use super::normalised_name;

include!(concat!(env!("OUT_DIR"), "/base.rs"));

/// Those that the base is made without, and whose versions go with the runtime's.
const COMPANIONS: [&str; 2] = ["promptflow-azure", "promptflow-evals"];

/// Whether the runtime may fail to start with another version of this package than the base's.
pub(super) fn is_runtime(name: &str) -> bool {
    RUNTIME_PACKAGES.iter().any(|(runtime, _)| *runtime == name) || COMPANIONS.contains(&name)
}

/// What is reported about a line that gives a package of the runtime a version of its own.
pub(super) fn pinned_message(name: &str) -> String {
    let name = normalised_name(name);
    let ours = RUNTIME_PACKAGES
        .iter()
        .find(|(runtime, _)| *runtime == name);
    let has = match ours {
        Some((_, version)) => {
            format!("The base packages include {name} {version}, which the runtime needs.")
        }
        None => format!("{name} must match the version of the runtime."),
    };
    format!("{has} Another version can keep the session from starting. Remove the version.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_what_the_lock_has_of_prompt_flow() {
        let lock = include_str!("../../../engines/base/base.lock");
        for name in [
            "promptflow",
            "promptflow-core",
            "promptflow-devkit",
            "promptflow-tracing",
            "promptflow-tools",
        ] {
            let (_, version) = RUNTIME_PACKAGES
                .iter()
                .find(|(runtime, _)| *runtime == name)
                .expect(name);
            assert!(
                lock.contains(&format!("\n{name}=={version} ")),
                "{name} {version}"
            );
        }
        assert!(
            is_runtime("promptflow-evals")
                && !is_runtime("promptflow-vectordb")
                && !is_runtime("numpy")
        );
        assert!(pinned_message("promptflow-evals").starts_with("promptflow-evals must match"));
    }
}
