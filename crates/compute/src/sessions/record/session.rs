//! What is known of a session, as it is written down. What a page is sent is made of it, and may change without it.

use flowdeck_contract::{
    Millis, Unread,
    ids::SessionId,
    session::{
        ImageUpdate, InstallView, PhaseView, SessionFailure, SessionImage, SessionView, StartRoute,
        VmSize,
    },
    settings::SessionSettings,
};
use serde::{Deserialize, Serialize};

/// A session. Fields that a later version adds have a default, so that what this one writes is read then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Session {
    /// `None` when there never was one.
    pub(crate) session_id: Option<SessionId>,
    /// The steps of its start.
    pub(crate) phases: Vec<PhaseView>,
    /// Where its environment came from.
    pub(crate) route: Option<StartRoute>,
    /// How many milliseconds of an install were saved.
    pub(crate) saved_millis: Option<u64>,
    /// When the start was asked for.
    pub(crate) started: Option<Millis>,
    /// When it became available.
    pub(crate) available: Option<Millis>,
    /// Why it failed.
    pub(crate) failure: Option<SessionFailure>,
    /// The last install while it ran.
    pub(crate) install: Option<InstallView>,
    /// Why its environment is not what the flow asks for.
    pub(crate) out_of_date: Option<String>,
    /// Seconds without activity after which it ends; `None` for never.
    pub(crate) max_idle_time_seconds: Option<u64>,
    /// The settings that it was asked for with, as changed since.
    pub(crate) settings: SessionSettings,
    /// What it may use; `None` when nothing bounds it.
    pub(crate) size: Option<VmSize>,
    /// promptflow's version in it.
    pub(crate) runtime_version: Option<String>,
    /// What it was made from, on an engine that has images.
    pub(crate) image: Option<SessionImage>,
    /// That the tag of its image has moved.
    pub(crate) image_update: Option<ImageUpdate>,
}

impl Session {
    /// As a page sees what is written down; what else a page sees is as at the start.
    pub(crate) fn view(&self) -> SessionView {
        let Self {
            session_id,
            phases,
            route,
            saved_millis,
            started,
            available,
            failure,
            install,
            out_of_date,
            max_idle_time_seconds,
            settings,
            size,
            runtime_version,
            image,
            image_update,
        } = self.clone();
        SessionView {
            session_id,
            phases,
            route,
            saved_millis,
            started,
            available,
            failure,
            install,
            out_of_date,
            max_idle_time_seconds,
            settings,
            size,
            runtime_version,
            image,
            image_update: image_update.as_ref().map(Unread::of),
            ..SessionView::default()
        }
    }
}
