//! Takes a standby runtime.

use flowdeck_contract::{
    ids::OperationId,
    session::{Phase, StartRoute},
};
use flowdeck_engines::engine::{EngineError, KeptEnvironment, Requirements};

use super::{Start, age, internal, not_used};
use crate::standby::Standby;

const WARM: &str = "Used a warm runtime";
const NOT_NEEDED: &str = "Not needed: warm runtime";

impl Start<'_> {
    /// A standby runtime, with what a kept environment adds to the base.
    pub(super) async fn adopt(
        &self,
        image: Option<&str>,
        requirements: Option<&Requirements>,
    ) -> Result<Option<(Standby, KeptEnvironment)>, EngineError> {
        match requirements {
            Some(requirements) if !self.starts.book.record(self.owner).anew.environment => {
                self.starts
                    .parts
                    .kept
                    .adopt(self.owner, image, requirements)
                    .await
            }
            _ => Ok(None),
        }
    }

    pub(super) async fn take(
        &self,
        standby: Standby,
        requirements: Option<&Requirements>,
        kept: Option<KeptEnvironment>,
    ) -> Result<Option<OperationId>, EngineError> {
        let session = standby.runtime.session.clone();
        let installed = match (requirements, kept) {
            (Some(requirements), Some(kept)) => format!(
                "{} was installed {} and kept, {:.1} s saved",
                requirements.file,
                age(self.starts.clock.now().since(kept.built)),
                kept.took.as_secs_f64()
            ),
            (Some(requirements), None) => {
                format!("the base packages satisfy {}", requirements.file)
            }
            (None, _) => "the flow has no requirements file".to_owned(),
        };
        let now = self.starts.clock.now();
        let taken = self.starts.book.change_and_save(
            self.owner,
            |live| {
                let record = &mut live.record;
                record.session.session_id = Some(session.clone());
                record.session.route = Some(match kept {
                    Some(_) => StartRoute::Kept,
                    None => StartRoute::Standby,
                });
                record.session.saved_millis =
                    kept.and_then(|kept| u64::try_from(kept.took.as_millis()).ok());
                record.session.image.clone_from(&standby.image);
                record.runtime = Some(standby.runtime.clone());
                record.note(Phase::Allocate, Some(WARM.to_owned()));
                record.enter(Phase::Check, now)?;
                for phase in [Phase::CreateEnvironment, Phase::StartRuntime] {
                    record.note(phase, Some(NOT_NEEDED.to_owned()));
                }
                let asked = record.session.settings.base_image.as_deref();
                let unused = asked.filter(|_| standby.image.is_none()).map(not_used);
                let pulled = unused.unwrap_or_else(|| NOT_NEEDED.to_owned());
                record.note(Phase::PullImage, Some(pulled));
                record.note(Phase::Install, Some(installed.clone()));
                Ok(())
            },
            |record, followed| self.starts.store.take_standby(&standby, record, followed),
        );
        if let Err(error) = taken {
            self.starts.standbys.put_back(standby);
            return Err(internal(&error));
        }
        self.starts.parts.logs.switch(self.owner, &session);
        self.log().line(format!("{WARM}: {installed}."));
        if let Some(bounds) = self.limit(&session).await? {
            self.note(Phase::Allocate, Some(format!("{WARM} · {bounds}")))?;
        }
        self.check().await
    }
}
