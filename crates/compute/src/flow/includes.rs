//! `additional_includes`: files and folders from beside the flow folder, which promptflow expects inside of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::engine::EngineError;

/// Folders of a flow folder that no run needs.
const LEFT_OUT: [&str; 3] = [".git", "__pycache__", ".venv"];

/// Makes `target` a copy of the flow folder with everything that is included, as promptflow would have it.
pub(crate) fn materialise(
    flows: &Path,
    folder: &Path,
    includes: &[String],
    target: &Path,
) -> Result<(), EngineError> {
    let failed =
        |error: io::Error| EngineError::io("Copying the flow with what it includes", &error);
    match fs::remove_dir_all(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    fs::create_dir_all(target).map_err(failed)?;
    for include in includes {
        let source = resolve(flows, folder, include)?;
        let name = source
            .file_name()
            .ok_or_else(|| outside(include))?
            .to_owned();
        copy(&source, &target.join(name)).map_err(failed)?;
    }
    // What is in the flow folder itself wins.
    copy(folder, target).map_err(failed)
}

/// Where the file that `name` becomes is on disk, when something that is included provides it.
pub(super) fn find(
    flows: &Path,
    folder: &Path,
    includes: &[String],
    name: &str,
) -> Result<Option<PathBuf>, EngineError> {
    let mut parts = Path::new(name).components();
    let first = parts.next().map(|part| part.as_os_str().to_owned());
    for include in includes {
        let source = resolve(flows, folder, include)?;
        let rest = parts.as_path();
        // Joining nothing would add a slash, which no file has.
        let path = if rest.as_os_str().is_empty() {
            source.clone()
        } else {
            source.join(rest)
        };
        if source.file_name() == first.as_deref() && path.is_file() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// What an include names; it must be in the folder that holds the flows.
fn resolve(flows: &Path, folder: &Path, include: &str) -> Result<PathBuf, EngineError> {
    let path = folder.join(include).canonicalize().map_err(|error| {
        EngineError::new(
            "IncludeMissing",
            format!("additional_includes names ‘{include}’, which cannot be read: {error}."),
        )
        .with_remedy("Correct additional_includes in flow.dag.yaml.")
    })?;
    let flows = flows
        .canonicalize()
        .map_err(|error| EngineError::io("Reading the flows folder", &error))?;
    if path.starts_with(&flows) {
        Ok(path)
    } else {
        Err(outside(include))
    }
}

fn outside(include: &str) -> EngineError {
    EngineError::new("IncludeOutsideFlows", format!("additional_includes names ‘{include}’, which is outside of the folder that holds the flows."))
        .with_remedy("Move it into that folder.")
}

/// Links are not followed: they may lead anywhere.
fn copy(source: &Path, target: &Path) -> io::Result<()> {
    let kind = fs::symlink_metadata(source)?.file_type();
    if kind.is_file() {
        return fs::copy(source, target).map(|_| ());
    }
    if !kind.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(target)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        if !LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
            copy(&entry.path(), &target.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_files_and_folders_from_elsewhere_but_not_from_outside() {
        let root = tempfile::tempdir().unwrap();
        let flows = root.path().join("flows");
        let folder = flows.join("f");
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir_all(flows.join("shared/deep")).unwrap();
        fs::write(flows.join("shared/deep/a.py"), "a").unwrap();
        fs::write(folder.join("flow.dag.yaml"), "nodes: []").unwrap();
        fs::write(root.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.join("link")).unwrap();
        let target = root.path().join("copy");
        materialise(&flows, &folder, &["../shared".into()], &target).unwrap();
        assert_eq!(
            fs::read_to_string(target.join("shared/deep/a.py")).unwrap(),
            "a"
        );
        assert!(target.join("flow.dag.yaml").exists() && !target.join("link").exists());
        let found = find(&flows, &folder, &["../shared".into()], "shared/deep/a.py");
        assert!(found.unwrap().is_some());
        let error = materialise(&flows, &folder, &["../../secret".into()], &target).unwrap_err();
        assert_eq!(error.code, "IncludeOutsideFlows");
        assert_eq!(
            materialise(&flows, &folder, &["../none".into()], &target)
                .unwrap_err()
                .code,
            "IncludeMissing"
        );
    }
}
