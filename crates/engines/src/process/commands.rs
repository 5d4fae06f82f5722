//! Commands as processes of this machine.

use std::io;

use async_trait::async_trait;
use flowdeck_access::feeds::FeedEndpoint;
use flowdeck_contract::ids::SessionId;

use super::{ProcessEngine, base, environment, inventory, kill::Target};
use crate::{
    engine::{
        AboutBase, Command, Commands, End, EngineError, Follow, Output, Shelf, Variables, Workspace,
    },
    environment::packages::packages,
    install::output,
    log::LogFile,
};

/// What the screen calls the base.
const BASE: &str = "flowdeck’s base packages";

#[async_trait]
impl Commands for ProcessEngine {
    fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    async fn workspace(
        &self,
        _: &SessionId,
        log: Option<&LogFile>,
    ) -> Result<Workspace, EngineError> {
        let tools = self.tools(log).await?;
        Ok(Workspace {
            uv: tools.uv.clone(),
            configuration: vec!["--no-config".to_owned()],
            settings: tools.variables.clone(),
            base: base::folder(&self.machine, tools),
            python: format!("Python {}", tools.python.version),
            user: None,
            endpoint: FeedEndpoint::Loopback,
            shows_through: false,
            is_slow: false,
        })
    }

    async fn about_base(&self, session: &SessionId) -> Result<AboutBase, EngineError> {
        let tools = self.tools(None).await?;
        let ask = || inventory::markers(&self.machine, tools, session);
        let markers = self.markers.get_or_try_init(ask).await?.clone();
        let base = base::folder(&self.machine, tools);
        let read = tokio::task::spawn_blocking(move || packages(&base));
        let packages = read
            .await
            .map_err(io::Error::other)
            .and_then(|result| result)
            .map_err(|error| EngineError::io("Reading the session's packages", &error))?;
        Ok(AboutBase {
            name: BASE.to_owned(),
            packages,
            markers,
        })
    }

    async fn run(&self, command: &Command<'_>, follow: Follow<'_>) -> Result<Output, EngineError> {
        let tools = self.tools(follow.log).await?;
        let Command { session, words, .. } = command;
        let (program, arguments) = words
            .split_first()
            .ok_or_else(|| EngineError::new("Internal", "A command has no words."))?;
        let mut process = environment::command(&self.machine, program.as_ref(), session);
        let own: Variables = std::env::vars().collect();
        process
            .args(arguments)
            .current_dir(command.folder)
            .envs(&tools.variables)
            .envs(command.prepared.variables(&own));
        let Follow { log, sink, shown } = follow;
        let target = Target::Session(session);
        let ran = tokio::select! {
            excess = self.limits.exceeded(&self.machine, session, target) => {
                let (end, lines) = (End::Ended(excess), Vec::new());
                return Ok(Output { end, lines });
            }
            ran = output::run_with_sink(process, "Starting uv", log, sink, shown) => ran?,
        };
        let end = match ran.status.success() {
            true => End::Success,
            false => {
                let excess = self.limits.excess(&self.machine, session, &target);
                excess.map_or(End::Failure, End::Ended)
            }
        };
        let lines = ran.lines;
        Ok(Output { end, lines })
    }
}
