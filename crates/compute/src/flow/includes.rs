//! `additional_includes`: files and folders from beside the flow folder, which promptflow expects inside of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use flowdeck_access::folder::{EntryKind, Folder, ReadError};
use flowdeck_engines::engine::EngineError;

/// Folders of a flow folder that no run needs.
const LEFT_OUT: [&str; 3] = [".git", "__pycache__", ".venv"];
/// No more is copied for a run: 4 GiB.
const MOST_BYTES: u64 = 4 << 30;

/// Makes `target` a copy of the flow folder with everything that is included, as promptflow would have it, and gives it as it's
/// held open. The folder that it's in may be one that a session writes into, too: what it puts there leads nowhere else. The one
/// above that has to be the server's own.
pub(crate) fn materialise(
    flows: &Path,
    folder: &Path,
    includes: &[String],
    target: &Path,
) -> Result<Folder, EngineError> {
    let all = Includes::open(flows, folder)?;
    let to = passing_folder(target).map_err(copy_failed)?;
    let mut copy = Copy { left: MOST_BYTES };
    for include in includes {
        let source = all.resolve(include)?;
        let name = source.file_name().ok_or_else(|| outside(include))?;
        copy.all(&all.flows, &source, &to, Path::new(name))
            .map_err(copy_failed)?;
    }
    // What is in the flow folder itself wins.
    let own = Folder::open(folder).map_err(copy_failed)?;
    copy.all(&own, Path::new("."), &to, Path::new("."))
        .map_err(copy_failed)?;
    Ok(to)
}

/// An empty folder at `path`, held open, in one that a session writes into, too.
pub(crate) fn passing_folder(path: &Path) -> Result<Folder, ReadError> {
    let (Some(shared), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(ReadError::Outside);
    };
    fs::create_dir_all(shared)?;
    let shared = Folder::open(shared)?;
    shared.remove_folder(name)?;
    shared.make(name)
}

/// Where the file that `name` becomes is on disk, when something that is included provides it.
pub(super) fn find(
    flows: &Path,
    folder: &Path,
    includes: &[String],
    name: &str,
) -> Result<Option<PathBuf>, EngineError> {
    if includes.is_empty() {
        return Ok(None);
    }
    let all = Includes::open(flows, folder)?;
    let mut parts = Path::new(name).components();
    let first = parts.next().map(|part| part.as_os_str().to_owned());
    for include in includes {
        let source = all.resolve(include)?;
        let rest = parts.as_path();
        // Joining nothing would add a slash, which no file has.
        let path = if rest.as_os_str().is_empty() {
            source.clone()
        } else {
            source.join(rest)
        };
        if source.file_name() == first.as_deref() {
            match all.flows.has_file(&path) {
                Ok(true) => return Ok(Some(all.flows.path().join(path))),
                Ok(false) => {}
                Err(error) => return Err(missing(include, &error)),
            }
        }
    }
    Ok(None)
}

/// The folder that holds the flows, and one of them in it.
struct Includes {
    flows: Folder,
    folder: PathBuf,
}

impl Includes {
    fn open(flows: &Path, folder: &Path) -> Result<Self, EngineError> {
        let failed = |error: ReadError| {
            EngineError::new(
                "StorageFailed",
                format!("The flows folder can't be read: {error}."),
            )
        };
        let flows = Folder::open(flows).map_err(failed)?;
        let folder = folder
            .canonicalize()
            .map_err(|error| failed(error.into()))?;
        let folder = folder.strip_prefix(flows.path());
        let folder = folder.map_err(|_| failed(ReadError::Outside))?.to_owned();
        Ok(Self { flows, folder })
    }

    /// What an include names, relative to the folder that holds the flows.
    fn resolve(&self, include: &str) -> Result<PathBuf, EngineError> {
        let found = self.flows.resolve(self.folder.join(include));
        found.map_err(|error| match error {
            ReadError::Outside => outside(include),
            error => missing(include, &error),
        })
    }
}

fn missing(include: &str, error: &ReadError) -> EngineError {
    let message = format!("additional_includes names ‘{include}’, which can't be read: {error}.");
    EngineError::new("IncludeMissing", message)
        .with_remedy("Correct additional_includes in flow.dag.yaml.")
}

fn outside(include: &str) -> EngineError {
    let message = format!(
        "additional_includes names ‘{include}’, which is outside the folder that holds the flows."
    );
    EngineError::new("IncludeOutsideFlows", message).with_remedy("Move it into that folder.")
}

fn copy_failed(error: ReadError) -> EngineError {
    match error {
        ReadError::TooLarge(_) => {
            let message = "The flow and what it includes are larger than 4 GiB, which is too much to copy for a run.";
            EngineError::new("IncludesTooLarge", message)
                .with_remedy("Include fewer or smaller files in additional_includes.")
        }
        ReadError::Io(error) => EngineError::io("Copying the flow with what it includes", &error),
        error => {
            let message = format!("The flow can't be copied with what it includes: {error}.");
            EngineError::new("IncludeMissing", message)
        }
    }
}

/// Copies up to this many bytes in all.
struct Copy {
    left: u64,
}

impl Copy {
    /// Copies the file or folder at `name` to `target` of another folder. Links are not followed: they may lead anywhere.
    fn all(
        &mut self,
        top: &Folder,
        name: &Path,
        to: &Folder,
        target: &Path,
    ) -> Result<(), ReadError> {
        if top.folder(name).is_err() {
            return self.file(top, name, to, target);
        }
        let mut folders = vec![(name.to_owned(), target.to_owned())];
        while let Some((name, target)) = folders.pop() {
            let (folder, into) = (top.folder(&name)?, to.make(&target)?);
            for (entry, kind) in folder.entries()? {
                if LEFT_OUT.iter().any(|name| entry == *name) {
                    continue;
                }
                let entry = Path::new(&entry);
                match kind {
                    EntryKind::Folder => folders.push((name.join(entry), target.join(entry))),
                    EntryKind::File => self.file(&folder, entry, &into, entry)?,
                }
            }
        }
        Ok(())
    }

    fn file(
        &mut self,
        folder: &Folder,
        name: &Path,
        to: &Folder,
        target: &Path,
    ) -> Result<(), ReadError> {
        match to.take(folder, name, self.left, target) {
            Ok(bytes) => self.left -= bytes,
            // Pipes, devices, and what has gone meanwhile.
            Err(ReadError::Special | ReadError::Missing) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
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
        // What a session left there, or puts there meanwhile, is no way out.
        let elsewhere = root.path().join("elsewhere");
        fs::create_dir_all(elsewhere.join("deep")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &target).unwrap();
        materialise(&flows, &folder, &["../shared".into()], &target).unwrap();
        let made = materialise(&flows, &folder, &["../shared".into()], &target).unwrap();
        assert_eq!(made.read_text("shared/deep/a.py").unwrap(), "a");
        assert!(target.is_dir() && !target.is_symlink());
        let copied = target.join("shared");
        fs::remove_dir_all(&copied).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &copied).unwrap();
        let all = Includes::open(&flows, &folder).unwrap();
        let mut copy = Copy { left: MOST_BYTES };
        let shared = Path::new("shared");
        let refused = copy.all(&all.flows, shared, &made, shared).unwrap_err();
        assert!(matches!(refused, ReadError::Outside), "{refused}");
        assert_eq!(fs::read_dir(elsewhere.join("deep")).unwrap().count(), 0);
        assert!(target.join("flow.dag.yaml").exists() && !target.join("link").exists());
        let found = find(&flows, &folder, &["../shared".into()], "shared/deep/a.py");
        assert!(found.unwrap().is_some());
        let error = materialise(&flows, &folder, &["../../secret".into()], &target).unwrap_err();
        assert_eq!(error.failure.code, "IncludeOutsideFlows");
        assert_eq!(
            materialise(&flows, &folder, &["../none".into()], &target)
                .unwrap_err()
                .failure
                .code,
            "IncludeMissing"
        );
    }
}
