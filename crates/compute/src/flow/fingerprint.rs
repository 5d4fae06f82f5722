//! What a session's environment is made of, to tell later whether the flow still asks for the same.

use std::path::Path;

use flowdeck_flow::Flow;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::requirements;
use crate::engine::EngineError;

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
        let requirements = requirements::source(flows, folder, flow)?.map(|source| {
            let content = std::fs::read(&source.path);
            let content = content
                .map_err(|error| EngineError::io(&format!("Reading {}", source.name), &error))?;
            let hash = Sha256::digest(&content)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            Ok::<_, EngineError>((source.name, hash))
        });
        let image = flow.and_then(|flow| flow.environment.image.clone());
        Ok(Self {
            image,
            requirements: requirements.transpose()?,
        })
    }

    /// Why an environment made of `self` is not what `now` asks for; `None` when it is.
    pub(crate) fn out_of_date(&self, now: &Self) -> Option<String> {
        if self.image != now.image {
            let image = now.image.as_deref().unwrap_or("the default");
            return Some(format!(
                "The flow’s base image is {image} now. Reset the compute session to use it."
            ));
        }
        match (&self.requirements, &now.requirements) {
            (old, new) if old == new => None,
            (Some((name, _)), None) => Some(format!(
                "{name} is gone, but its packages are installed. Reset the compute session to be without them."
            )),
            (Some((name, _)), Some((new, _))) if name == new => Some(format!(
                "{name} has changed since it was installed. Install packages from it to use it as it is now."
            )),
            (_, Some((new, _))) => Some(format!(
                "The packages of {new} are not installed. Install packages from it."
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
            (made(None, Some(("r.txt", "2"))), "has changed"),
            (made(None, Some(("s.txt", "1"))), "not installed"),
            (made(None, None), "is gone"),
        ] {
            assert!(same.out_of_date(&now).unwrap().contains(said), "{now:?}");
        }
        assert!(
            made(None, None)
                .out_of_date(&same)
                .unwrap()
                .contains("not installed")
        );
    }
}
