//! Commands as processes of this machine.

use std::{io, pin::Pin};

use async_trait::async_trait;
use flowdeck_access::feeds::FeedEndpoint;
use flowdeck_contract::ids::SessionId;
use tokio::{process::Command as Process, sync::mpsc};

use super::{ProcessEngine, base, environment, inventory, kill::Target};
use crate::{
    engine::{
        AboutBase, Command, Commands, End, EngineError, Printed, Running, Shelf, Variables,
        Workspace,
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

    async fn begin<'a>(
        &'a self,
        command: &'a Command<'a>,
        log: Option<&LogFile>,
    ) -> Result<Box<dyn Running + 'a>, EngineError> {
        let tools = self.tools(log).await?;
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
        let (sender, lines) = mpsc::unbounded_channel();
        Ok(Box::new(InProgress {
            work: Box::pin(self.run_bounded(session, process, sender)),
            lines,
            end: None,
        }))
    }
}

impl ProcessEngine {
    /// Runs a process to its end, or until its session has used more memory than it has.
    async fn run_bounded(
        &self,
        session: &SessionId,
        process: Process,
        lines: mpsc::UnboundedSender<String>,
    ) -> Result<End, EngineError> {
        let target = Target::Session(session);
        // Nobody listens any more only when this is dropped as well.
        let each = move |line| drop(lines.send(line));
        let status = tokio::select! {
            excess = self.limits.exceeded(&self.machine, session, target) => {
                return Ok(End::Ended(excess));
            }
            status = output::run_each(process, "Starting uv", each) => status?,
        };
        if status.success() {
            return Ok(End::Success);
        }
        let excess = self.limits.excess(&self.machine, session, &target);
        Ok(excess.map_or(End::Failure, End::Ended))
    }
}

/// A process that runs as long as it is followed.
struct InProgress<'a> {
    work: Pin<Box<dyn Future<Output = Result<End, EngineError>> + Send + 'a>>,
    lines: mpsc::UnboundedReceiver<String>,
    end: Option<End>,
}

#[async_trait]
impl Running for InProgress<'_> {
    /// Its lines come through a pipe, which is never lost from sight: what comes is what was not given yet.
    async fn follow(&mut self, _: usize) -> Result<Printed, EngineError> {
        loop {
            if let Some(end) = &self.end {
                let line = self.lines.try_recv();
                return Ok(line.map_or_else(|_| Printed::End(end.clone()), Printed::Line));
            }
            tokio::select! {
                biased;
                Some(line) = self.lines.recv() => return Ok(Printed::Line(line)),
                end = &mut self.work => self.end = Some(end?),
            }
        }
    }
}
