//! Finds the Python that environments are made with.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::engine::EngineError;

/// The versions that promptflow and the locked base packages are for.
const SUPPORTED: std::ops::RangeInclusive<u32> = 9..=12;
/// In order of preference.
const NAMES: [&str; 6] = [
    "python3",
    "python3.11",
    "python3.12",
    "python3.10",
    "python3.9",
    "python",
];
/// Says the version and where the interpreter really is: what is on PATH may be a launcher.
const QUESTION: &str = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(getattr(sys, '_base_executable', None) or sys.executable)";

/// A Python interpreter that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Python {
    pub(crate) path: PathBuf,
    /// As in `3.11.7`.
    pub(crate) version: String,
}

/// The one asked for, or the first on PATH of a supported version.
pub(crate) async fn find(chosen: Option<&Path>) -> Result<Python, EngineError> {
    if let Some(path) = chosen {
        let python = ask(path)
            .await
            .map_err(|why| not_found(&format!("{} cannot be used: {why}", path.display())))?;
        return supported(&python)
            .then_some(python.clone())
            .ok_or_else(|| not_found(&format!("{} is Python {}", path.display(), python.version)));
    }
    first_of(NAMES.map(Path::new)).await
}

async fn first_of(names: impl IntoIterator<Item = &Path>) -> Result<Python, EngineError> {
    let mut others = Vec::new();
    for name in names {
        match ask(name).await {
            Ok(python) if supported(&python) => return Ok(python),
            Ok(python) => others.push(format!("{} is {}", name.display(), python.version)),
            Err(_) => {}
        }
    }
    Err(not_found(&match others.is_empty() {
        true => "there is no Python on PATH".to_owned(),
        false => others.join(", "),
    }))
}

fn supported(python: &Python) -> bool {
    let mut parts = python
        .version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    parts.next() == Some(3) && parts.next().is_some_and(|minor| SUPPORTED.contains(&minor))
}

fn not_found(why: &str) -> EngineError {
    EngineError::new("PythonNotFound", format!("A session needs Python 3.9 to 3.12, but {why}."))
        .with_remedy("Install Python 3.11 (on Debian: apt install python3 python3-venv), or name one with --python.")
}

async fn ask(path: &Path) -> Result<Python, String> {
    let mut command = Command::new(path);
    command
        .args(["-I", "-c", QUESTION])
        .kill_on_drop(true)
        .stdin(std::process::Stdio::null());
    let output = command.output().await.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    match (
        output.status.success(),
        text.lines().collect::<Vec<_>>().as_slice(),
    ) {
        (true, [version, path]) => Ok(Python {
            path: path.into(),
            version: (*version).to_owned(),
        }),
        _ => Err(format!("it ended with {}", output.status)),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[tokio::test]
    async fn a_python_that_is_none_is_named_with_what_to_do() {
        let error = find(Some(Path::new("/bin/true"))).await.unwrap_err();
        assert_eq!(error.failure.code, "PythonNotFound");
        assert!(error.failure.message.contains("/bin/true"), "{error}");
        assert!(error.failure.remedy.is_some());
    }

    /// A program that answers as an interpreter of `version` does.
    fn pretend(folder: &Path, version: &str) -> PathBuf {
        let path = folder.join(format!("python-{version}"));
        let script = format!("#!/bin/sh\necho {version}\necho \"$0\"\n");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[tokio::test]
    async fn the_first_of_a_supported_version_is_taken_and_the_others_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let [new, old, good, also] =
            ["3.13.1", "3.8.18", "3.9.2", "3.12.0"].map(|version| pretend(folder.path(), version));
        let missing = folder.path().join("none");
        let found = first_of([&missing, &new, &old, &good, &also].map(PathBuf::as_path)).await;
        assert_eq!(found.unwrap().path, good);
        let error = first_of([&new, &old].map(PathBuf::as_path))
            .await
            .unwrap_err();
        assert!(
            error.failure.message.contains("python-3.13.1 is 3.13.1, "),
            "{error}"
        );
        assert!(
            error.failure.message.contains("python-3.8.18 is 3.8.18."),
            "{error}"
        );
        let error = find(Some(&new)).await.unwrap_err();
        assert!(
            error
                .failure
                .message
                .ends_with("python-3.13.1 is Python 3.13.1."),
            "{error}"
        );
        let error = first_of([missing.as_path()]).await.unwrap_err();
        assert!(
            error.failure.message.contains("there is no Python on PATH"),
            "{error}"
        );
    }

    #[test]
    fn versions_are_told_apart() {
        let of = |version: &str| {
            supported(&Python {
                path: PathBuf::new(),
                version: version.into(),
            })
        };
        assert!(of("3.9.2") && of("3.12.0"));
        assert!(!of("3.8.10") && !of("3.13.1") && !of("2.7.18") && !of("4.10.0"));
    }
}
