//! What a session's environment is made of, to tell later whether the flow still asks for the same.

use std::path::Path;

use flowdeck_engines::engine::EngineError;
use flowdeck_flow::Flow;
use serde::{Deserialize, Serialize};

use super::requirements;

/// The image and requirements a flow asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    image: Option<String>,
    requirements: Option<(String, String)>,
}

impl Fingerprint {
    /// Of the flow in `folder` as it stands on disk.
    pub(crate) fn of(
        flows: &Path,
        folder: &Path,
        flow: Option<&Flow>,
    ) -> Result<Self, EngineError> {
        let source = requirements::source(flows, folder, flow)?;
        let requirements = source.map(|source| Ok::<_, EngineError>((source.hash()?, source.name)));
        let requirements = requirements.transpose()?.map(|(hash, name)| (name, hash));
        let image = flow.and_then(|flow| flow.environment.image.clone());
        Ok(Self {
            image,
            requirements,
        })
    }

    /// The requirements file, relative to the flow folder.
    pub(crate) fn file(&self) -> Option<&str> {
        let (file, _) = self.requirements.as_ref()?;
        Some(file)
    }

    /// Why an environment made of `self` is not what `now` asks for; `None` when it is.
    pub(crate) fn out_of_date(&self, now: &Self) -> Option<String> {
        if self.image != now.image {
            let image = now.image.as_deref().unwrap_or("the default");
            return Some(format!(
                "The flow’s base image is now {image}. Reset the compute session to use it."
            ));
        }
        match (&self.requirements, &now.requirements) {
            (old, new) if old == new => None,
            (Some((name, _)), None) => Some(format!(
                "{name} was deleted, but its packages are still installed. Reset the compute session to remove them."
            )),
            (Some((name, _)), Some((new, _))) if name == new => Some(format!(
                "{name} changed after the last install. Install its packages to apply the changes."
            )),
            (_, Some((new, _))) => Some(format!(
                "The packages of {new} aren’t installed yet. Install them to use them."
            )),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(image: Option<&str>, requirements: Option<(&str, &str)>) -> Fingerprint {
        let requirements = requirements.map(|(name, hash)| (name.to_owned(), hash.to_owned()));
        Fingerprint {
            image: image.map(str::to_owned),
            requirements,
        }
    }

    #[test]
    fn each_change_says_what_to_do() {
        let file = Some(("r.txt", "1"));
        let same = made(None, file);
        assert_eq!(same.out_of_date(&made(None, file)), None);
        for (now, said) in [
            (made(Some("x"), file), "Reset"),
            (made(None, Some(("r.txt", "2"))), "changed after"),
            (made(None, Some(("s.txt", "1"))), "aren’t installed"),
            (made(None, None), "was deleted"),
        ] {
            assert!(same.out_of_date(&now).unwrap().contains(said), "{now:?}");
        }
        assert!(
            made(None, None)
                .out_of_date(&same)
                .unwrap()
                .contains("aren’t installed")
        );
    }

    #[test]
    fn files_that_are_included_count() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("f");
        std::fs::create_dir_all(folder.join("more")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        write("requirements.txt", "-r more/a.txt\n-c c.txt\n");
        write("more/a.txt", "flask\n-r ../requirements.txt\n");
        write("c.txt", "");
        let print = || Fingerprint::of(root.path(), &folder, None).unwrap();
        let first = print();
        assert_eq!(first, print());
        write("more/a.txt", "flask>=3\n");
        let second = print();
        assert!(
            first
                .out_of_date(&second)
                .unwrap()
                .contains("changed after")
        );
        write("c.txt", "flask<4\n");
        assert!(second.out_of_date(&print()).is_some());
        std::fs::remove_file(folder.join("c.txt")).unwrap();
        let error = Fingerprint::of(root.path(), &folder, None).unwrap_err();
        assert_eq!(
            error.failure.code, "RequirementFileMissing",
            "never as if it were empty"
        );
    }
}
