//! The parts of a running server, and what ties them together.

use std::{sync::Arc, time::Duration};

use flowdeck_compute::{Compute, ComputeError, Owner};
use flowdeck_contract::{
    events::FlowEvent,
    ids::{FlowId, ProjectName, SessionId},
    prices::Prices,
    session::SessionState,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    assets::Assets,
    auth::{AllowedHosts, Guard, ServerKey, Token},
    base_path::BasePath,
    diagnostics::RecentLog,
    events::{Changes, FlowHub, Listeners, ProjectLists, pump, watch_flows},
    flows::{FlowError, Flows, import::Held},
    http::{
        error::{ApiError, ApiResult},
        large::LargeAnswers,
    },
};

/// How often sign-ins are looked through.
const TIDY: Duration = Duration::from_secs(60);

/// How often flows are looked for that were deleted long enough ago.
const PURGE: Duration = Duration::from_secs(60 * 60);

/// The options of a server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of the one project.
    pub project: ProjectName,
    /// Below which path it is served.
    pub base_path: BasePath,
    /// The port it listens on.
    pub port: u16,
    /// The names it answers to.
    pub hosts: AllowedHosts,
    /// The token that opens it.
    pub token: Token,
    /// What hashes and keys of sign-ins hang on.
    pub server_key: ServerKey,
    /// What models cost.
    pub prices: Prices,
    /// The last lines of its own log.
    pub log: RecentLog,
}

/// A running server; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What handlers work with.
pub struct Parts {
    pub(crate) project: ProjectName,
    pub(crate) base_path: BasePath,
    pub(crate) guard: Guard,
    pub(crate) log: RecentLog,
    pub(crate) prices: Prices,
    pub(crate) large: LargeAnswers,
    pub(crate) assets: Assets,
    pub(crate) compute: Compute,
    pub(crate) flows: Arc<Flows>,
    pub(crate) hub: Arc<FlowHub>,
    pub(crate) lists: Arc<ProjectLists>,
    pub(crate) changes: Changes,
    /// Archives of flows that are being imported.
    pub(crate) archives: Held,
    pub(crate) closing: CancellationToken,
    background: TaskTracker,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Starts what runs in the background: watching the flows folder, passing events on, and ending old sign-ins.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn start(
        settings: Settings,
        flows: Flows,
        compute: Compute,
        assets: Assets,
    ) -> Result<Self, ComputeError> {
        let guard = Guard::open(
            settings.token,
            &settings.server_key,
            compute.sign_in_store(),
            settings.hosts,
            (settings.port, &settings.base_path),
        )?;
        let flows = Arc::new(flows);
        let hub = Arc::new(FlowHub::new());
        let lists = Arc::new(ProjectLists::new(Arc::clone(&flows), compute.clone()));
        let (changes, watching) = watch_flows(Listeners {
            flows: Arc::clone(&flows),
            compute: compute.clone(),
            hub: Arc::clone(&hub),
            lists: Arc::clone(&lists),
        });
        let app = Self(Arc::new(Parts {
            project: settings.project,
            base_path: settings.base_path,
            guard,
            log: settings.log,
            prices: settings.prices,
            large: LargeAnswers::default(),
            assets,
            flows,
            hub: Arc::clone(&hub),
            lists: Arc::clone(&lists),
            changes,
            archives: Held::default(),
            closing: CancellationToken::new(),
            background: TaskTracker::new(),
            compute,
        }));
        app.spawn(watching);
        app.spawn(pump(app.compute.subscribe(), hub, Arc::clone(&lists)));
        app.spawn(async move { lists.run().await });
        app.spawn(app.clone().tidy_sign_ins());
        app.spawn(app.clone().purge_old_flows());
        Ok(app)
    }

    /// Ends streams and what runs in the background. Sessions live on.
    pub async fn close(&self) {
        self.closing.cancel();
        self.background.close();
        self.background.wait().await;
        self.guard.tidy();
    }

    /// Tells the pages that show what flows lack that the project's connections have changed.
    pub(crate) fn connections_changed(&self) {
        self.hub.publish_to_all(&FlowEvent::Connections);
        self.lists.touch();
    }

    async fn tidy_sign_ins(self) {
        loop {
            tokio::time::sleep(TIDY).await;
            self.guard.tidy();
        }
    }

    /// Deletes for good what was deleted long enough ago: at the start, and then every hour.
    async fn purge_old_flows(self) {
        loop {
            let app = self.clone();
            let purged = crate::blocking(move || {
                for flow in app.flows.old_deleted(crate::time::now())? {
                    app.purge_flow(&flow)?;
                }
                app.flows.purge_deleted_files(crate::time::now())?;
                Ok(())
            });
            if let Err(error) = purged.await {
                tracing::error!(
                    ?error,
                    "what was deleted long ago could not be deleted for good"
                );
            }
            tokio::time::sleep(PURGE).await;
        }
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.closing.clone();
        self.background
            .spawn(async move { closing.run_until_cancelled(work).await });
    }
}

impl Parts {
    /// Says whether `project` is the project that is served.
    pub(crate) fn require_project(&self, project: &ProjectName) -> ApiResult<()> {
        if *project == self.project {
            return Ok(());
        }
        let message = format!(
            "Project ‘{project}’ doesn’t exist. This server’s project is ‘{}’.",
            self.project
        );
        Err(ApiError::not_found("ProjectNotFound", message))
    }

    /// Deletes a deleted flow for good, with all that is kept of it. Its runs and conversations go first: were the server
    /// killed between the two, the flow could be deleted again, and no later one of its name had them.
    pub(crate) fn purge_flow(&self, deleted: &str) -> ApiResult<()> {
        for flow in self.flows.in_deleted(deleted)? {
            if self.flows.require(&flow).is_err() {
                self.compute.forget_flow(&flow)?;
            }
        }
        Ok(self.flows.purge(deleted)?)
    }

    /// Whose session this is, when there is one of this id.
    pub(crate) fn find_session(&self, session: &SessionId) -> Option<Owner> {
        self.compute.owner_of(session)
    }

    /// As [`Parts::find_session`], in `project`; an error when there is none.
    pub(crate) fn session_owner(
        &self,
        project: &ProjectName,
        session: &SessionId,
    ) -> ApiResult<Owner> {
        self.require_project(project)?;
        self.find_session(session).ok_or_else(|| {
            let message = format!("Compute session ‘{session}’ doesn’t exist.");
            ApiError::not_found("SessionNotFound", message)
        })
    }

    /// Says whether there is such a flow in `project`. A flow whose folder is gone is there as long as its session is,
    /// so that it can be stopped.
    pub(crate) async fn require_flow(&self, project: &ProjectName, flow: &FlowId) -> ApiResult<()> {
        self.require_project(project)?;
        let (flows, compute, flow) = (Arc::clone(&self.flows), self.compute.clone(), flow.clone());
        crate::blocking(move || match flows.require(&flow) {
            Err(FlowError::NotFound(_))
                if compute.session(&flow).state != SessionState::NotExist =>
            {
                Ok(())
            }
            there => Ok(there?),
        })
        .await
    }
}
