//! What a session is made from: the image that is wanted, and whether a standby session has it.

use flowdeck_contract::{ids::SessionId, image::ImageReference};

use super::{DockerEngine, base::Maker, facts::Facts, image};
use crate::{
    engine::{Base, BaseState, EngineError, Pace, RegistryAccess, Share, WantedBase, WorkFolders},
    log::LogFile,
};

impl DockerEngine {
    /// Makes sure that the base of a session is there.
    pub(super) async fn base_of(
        &self,
        session: &SessionId,
        wanted: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError> {
        let mut facts = Facts::read(self.folders(), session)?;
        if let Some(image) = &facts.image {
            let (state, image) = (BaseState::Ready, Some(image.shown()));
            return Ok(Base { state, image });
        }
        let asked = asked(wanted);
        let default = &self.default_image;
        let not_built = default.not_built();
        let (reference, wanted) = match asked {
            Some(asked) => (asked, *wanted),
            None if default.is_built_here => {
                let wanted = WantedBase {
                    shown: RegistryAccess::Unavailable(&not_built),
                    anew: false,
                    ..*wanted
                };
                (&*default.reference, wanted)
            }
            None => (&*default.reference, *wanted),
        };
        let docker = &self.containers.docker;
        let found = image::find_or_pull(docker, reference, &wanted, log).await;
        let (image, pulled) = found.map_err(|error| match asked {
            None if !default.is_built_here => default.not_had(error),
            _ => error,
        })?;
        // What installs is fetched meanwhile, where it is not there yet.
        let (maker, uv) = (self.maker(), self.uv(Some(log)));
        let (made, _) = tokio::try_join!(maker.prepare(&image, log), uv)?;
        let notes = pulled
            .then(|| format!("pulled {}", image.reference))
            .into_iter()
            .chain(made);
        let notes: Vec<String> = notes.collect();
        let state = match notes.is_empty() {
            true => BaseState::Ready,
            false => BaseState::Made(notes.join("; ")),
        };
        let shown = image.shown();
        facts.image = Some(image);
        facts.remember(self.folders(), session)?;
        Ok(Base {
            state,
            image: Some(shown),
        })
    }

    /// Does to the base of a session what no runtime waits for.
    pub(super) async fn complete_base_of(
        &self,
        session: &SessionId,
        pace: Pace,
    ) -> Result<(), EngineError> {
        let facts = Facts::read(self.folders(), session)?;
        let image = facts.image()?;
        self.maker().complete(image, pace).await?;
        let base = self.folders().base([&*image.id]);
        let folders = self.folders();
        folders.add_bytecode(session, base, Some(facts.user)).await
    }

    fn maker(&self) -> Maker<'_> {
        Maker {
            engine: self,
            containers: &self.containers,
            folders: self.folders(),
            indexes: &self.indexes,
        }
    }

    /// Whether a standby session is what a start would make.
    pub(super) async fn is_what_is_wanted(
        &self,
        session: &SessionId,
        place: &WorkFolders,
        wanted: &WantedBase<'_>,
        share: Option<&Share>,
    ) -> Result<bool, EngineError> {
        // A container is put into the group of a compute instance when it is made.
        if share.is_some_and(|share| share.instance.is_some()) {
            return Ok(false);
        }
        let facts = Facts::read(self.folders(), session)?;
        let is_here = facts
            .are_of(place)
            .map_err(|error| EngineError::io("Looking at the flow folder", &error))?;
        let reference = asked(wanted).unwrap_or(&self.default_image.reference);
        let Ok(reference) = ImageReference::try_from(reference) else {
            return Ok(false);
        };
        let image = image::find_wanted(&self.containers.docker, &reference, wanted).await?;
        Ok(is_here && image.is_some() && image == facts.image)
    }
}

fn asked<'a>(wanted: &WantedBase<'a>) -> Option<&'a str> {
    wanted.image.filter(|image| !image.is_empty())
}
