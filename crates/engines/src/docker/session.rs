//! Where a session begins and ends: its folders, and what remains of it.

use flowdeck_access::disk::private_folder;
use flowdeck_contract::ids::SessionId;

use super::{DockerEngine, facts::Facts};
use crate::{
    engine::{EngineError, WorkFolders},
    user::User,
};

impl DockerEngine {
    /// Makes a session's folders, and lets its user into those that it is to work in. Gives the user.
    pub(super) fn make_place(
        &self,
        session: &SessionId,
        place: &WorkFolders,
    ) -> Result<User, EngineError> {
        let make = || {
            private_folder(&self.folders().session(session))?;
            private_folder(&self.folders().runtime(session))?;
            Facts::new(place)
        };
        let facts =
            make().map_err(|error| EngineError::io("Making the session's folder", &error))?;
        let user = facts.user;
        let admitted = facts.folders().try_for_each(|folder| user.admit(folder));
        admitted.map_err(|error| {
            EngineError::io("Letting the session into the flow folder", &error).with_remedy(
                "Sessions don’t run as root. Give the flow folder to another user (chown), or keep it on a disk with access \
                 control lists.",
            )
        })?;
        facts.remember(self.folders(), session)?;
        Ok(user)
    }

    /// Ends and deletes everything of a session.
    pub(super) async fn end(&self, session: &SessionId) -> Result<(), EngineError> {
        self.containers.remove_of(session).await?;
        self.containers.set_parent(session, None);
        if let Some(name) = self
            .bounded()
            .remove(session)
            .and_then(|bounded| bounded.share.instance)
        {
            self.instances.remove(&name);
        }
        self.folders().remove_session(session).await?;
        let others = !self.bounded().is_empty();
        match others {
            true => Ok(()),
            false => self.containers.remove_network().await,
        }
    }
}
