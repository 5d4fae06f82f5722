//! Which requirements file a flow has, and where it really is.

use std::path::{Component, Path, PathBuf};

use flowdeck_access::{
    disk::blocking,
    folder::{Folder, ReadError},
    requirements::RequirementSet,
};
use flowdeck_engines::engine::{EngineError, Requirements};
use flowdeck_flow::{Flow, REQUIREMENT_FILE_MISSING, requirement_file_missing};
use sha2::{Digest as _, Sha256};

use flowdeck_contract::codes;

use super::{Definition, Fingerprint, includes};

/// Counts also when the flow does not name it.
const USUAL: &str = "requirements.txt";

/// The requirements file of a flow: its name relative to the flow folder, and where it is on disk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: String,
    path: PathBuf,
    folder: PathBuf,
    /// It comes from outside of the flow folder, by `additional_includes`.
    included: bool,
}

/// The requirements file of the flow in `folder`; `None` when it has none.
///
/// # Errors
/// When the flow names one that does not exist or is outside of the folder.
pub(crate) fn source(
    flows: &Path,
    folder: &Path,
    flow: Option<&Flow>,
) -> Result<Option<Source>, EngineError> {
    let named = flow
        .and_then(|flow| flow.environment.python_requirements_txt.as_deref())
        .filter(|name| !name.trim().is_empty());
    let name = normal(named.unwrap_or(USUAL)).ok_or_else(|| outside(named.unwrap_or(USUAL)))?;
    let found = Folder::open(folder).and_then(|folder| folder.has_file(&name));
    match found {
        Ok(true) => {
            return Ok(Some(Source {
                path: folder.join(&name),
                name,
                folder: folder.to_owned(),
                included: false,
            }));
        }
        Ok(false) => {}
        Err(ReadError::Outside) => return Err(outside(&name)),
        Err(error) => {
            let message = format!("{name} can't be read: {error}.");
            return Err(EngineError::new(codes::REQUIREMENTS_UNREADABLE, message)
                .with_remedy("Replace it with a text file."));
        }
    }
    let included = flow.map_or(&[][..], |flow| &flow.additional_includes);
    if let Some(path) = includes::find(flows, folder, included, &name)? {
        return Ok(Some(Source {
            name,
            path,
            folder: folder.to_owned(),
            included: true,
        }));
    }
    match named {
        None => Ok(None),
        Some(named) => Err(EngineError::new(
            REQUIREMENT_FILE_MISSING,
            requirement_file_missing(named),
        )
        .with_remedy(format!("Create {name}."))
        .about([name])),
    }
}

/// A flow's definition, and what its environment is to be made of.
pub(crate) struct Prepared {
    pub(crate) definition: Definition,
    pub(crate) made_of: Fingerprint,
    pub(crate) requirements: Option<Requirements>,
}

/// What a flow's environment is made of, read where it holds up nobody: it may copy a whole flow folder.
pub(crate) async fn prepared(
    flows: PathBuf,
    folder: PathBuf,
    definition: Definition,
    work: PathBuf,
) -> Result<Prepared, EngineError> {
    blocking(move || {
        let flow = definition.report.flow.as_ref();
        let made_of = Fingerprint::of(&flows, &folder, flow)?;
        let requirements = read(&flows, &folder, flow, &work)?;
        Ok(Prepared {
            definition,
            made_of,
            requirements,
        })
    })
    .await
}

/// The requirements file as an install needs it: in a folder that holds what it may refer to. `work` is made when the
/// flow includes the file from elsewhere.
pub(crate) async fn for_install(
    flows: PathBuf,
    folder: PathBuf,
    flow: Option<Flow>,
    work: PathBuf,
) -> Result<Option<Requirements>, EngineError> {
    blocking(move || read(&flows, &folder, flow.as_ref(), &work)).await
}

fn read(
    flows: &Path,
    folder: &Path,
    flow: Option<&Flow>,
    work: &Path,
) -> Result<Option<Requirements>, EngineError> {
    let Some(source) = source(flows, folder, flow)? else {
        return Ok(None);
    };
    if !source.included {
        return Requirements::read(folder, &source.name).map(Some);
    }
    let included = flow.map_or(&[][..], |flow| &flow.additional_includes);
    let copy = includes::materialise(flows, folder, included, work)?;
    Requirements::read_opened(copy, work, &source.name).map(Some)
}

impl Source {
    /// It with all that it includes; `text` counts in place of what is in it.
    ///
    /// # Errors
    /// When a file can't be read.
    pub(crate) fn read(&self, text: Option<String>) -> Result<RequirementSet, EngineError> {
        let beside = self.path.parent().unwrap_or(&self.folder);
        let (folder, file) = match self.included {
            false => (self.folder.as_path(), self.name.as_str()),
            true => (beside, self.name.rsplit('/').next().unwrap_or(&self.name)),
        };
        match text {
            Some(text) => RequirementSet::with_text(folder, file, text),
            None => RequirementSet::read(folder, file),
        }
    }

    /// What tells one state of all its files from another.
    ///
    /// # Errors
    /// When a file can't be read.
    pub(super) fn hash(&self) -> Result<String, EngineError> {
        match self.read(None) {
            Ok(set) => Ok(set.hash()),
            // What it names may be beside it only in the copy that an install makes.
            Err(error) if self.included => Ok(hex::encode(Sha256::digest(&error.failure.message))),
            Err(error) => Err(error),
        }
    }
}

/// `./a//b` is `a/b`; `None` for a path that is absolute or leads up.
fn normal(name: &str) -> Option<String> {
    let mut parts = Vec::new();
    for component in Path::new(name.trim()).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn outside(name: &str) -> EngineError {
    EngineError::new(codes::REQUIREMENTS_OUTSIDE_FLOW, format!("The requirements file ‘{name}’ is outside the flow folder."))
        .with_remedy("Put it into the flow folder, or name it in additional_includes and refer to it by its file name.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn flow(yaml: &str) -> Flow {
        flowdeck_flow::check(yaml).flow.unwrap()
    }

    #[test]
    fn the_usual_file_counts_and_a_named_one_wins() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("f");
        fs::create_dir_all(folder.join("sub")).unwrap();
        assert_eq!(source(root.path(), &folder, None).unwrap(), None);
        fs::write(folder.join("requirements.txt"), "").unwrap();
        fs::write(folder.join("sub/r.txt"), "").unwrap();
        assert_eq!(
            source(root.path(), &folder, Some(&flow("nodes: []")))
                .unwrap()
                .unwrap()
                .name,
            "requirements.txt"
        );
        let named = flow("environment:\n  python_requirements_txt: ./sub/r.txt\nnodes: []");
        assert_eq!(
            source(root.path(), &folder, Some(&named))
                .unwrap()
                .unwrap()
                .name,
            "sub/r.txt"
        );
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("f");
        fs::create_dir(&folder).unwrap();
        fs::write(root.path().join("r.txt"), "").unwrap();
        std::os::unix::fs::symlink("../r.txt", folder.join("link.txt")).unwrap();
        for name in ["../r.txt", "/etc/passwd", "a/../../r.txt", "link.txt"] {
            let flow = flow(&format!(
                "environment:\n  python_requirements_txt: {name}\nnodes: []"
            ));
            assert_eq!(
                source(root.path(), &folder, Some(&flow))
                    .unwrap_err()
                    .failure
                    .code,
                "RequirementsOutsideFlow",
                "{name}"
            );
        }
        let missing = flow("environment:\n  python_requirements_txt: none.txt\nnodes: []");
        assert_eq!(
            source(root.path(), &folder, Some(&missing))
                .unwrap_err()
                .failure
                .code,
            "RequirementFileMissing"
        );
    }

    #[test]
    fn an_included_file_is_installed_from_a_copy() {
        let root = tempfile::tempdir().unwrap();
        let (folder, work) = (root.path().join("f"), root.path().join("work"));
        fs::create_dir(&folder).unwrap();
        fs::write(root.path().join("requirements.txt"), "alpha\n").unwrap();
        let flow = flow("additional_includes:\n- ../requirements.txt\nnodes: []");
        let requirements = read(root.path(), &folder, Some(&flow), &work)
            .unwrap()
            .unwrap();
        assert_eq!(
            (&requirements.folder, requirements.file.as_str()),
            (&work, "requirements.txt")
        );
        assert_eq!(
            fs::read_to_string(work.join("requirements.txt")).unwrap(),
            "alpha\n"
        );
    }
}
