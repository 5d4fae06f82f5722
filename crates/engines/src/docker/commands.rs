//! Commands as containers of the session's image.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use flowdeck_access::feeds::FeedEndpoint;
use flowdeck_contract::ids::SessionId;

use super::{
    DockerEngine, base,
    containers::{Network, Spec},
    facts::Facts,
    helper, relay,
};
use crate::{
    engine::{AboutBase, Command, Commands, EngineError, Pace, Running, Shelf, Workspace},
    log::LogFile,
};

#[async_trait]
impl Commands for DockerEngine {
    fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    async fn workspace(
        &self,
        session: &SessionId,
        log: Option<&LogFile>,
    ) -> Result<Workspace, EngineError> {
        let facts = Facts::read(self.folders(), session)?;
        let image = facts.image()?;
        let python = base::said(self.folders(), image)?.markers;
        Ok(Workspace {
            uv: self.uv(log).await?.to_owned(),
            configuration: vec![
                "--config-file".to_owned(),
                self.settings(session).display().to_string(),
            ],
            settings: self.indexes.all().clone(),
            base: self.folders().base([&*image.id]),
            python: format!("Python {} of the image", python.python_full_version()),
            user: Some(facts.user),
            endpoint: FeedEndpoint::Socket,
            shows_through: true,
            // It takes a container, and a second.
            is_slow: true,
        })
    }

    async fn about_base(&self, session: &SessionId) -> Result<AboutBase, EngineError> {
        let facts = Facts::read(self.folders(), session)?;
        let image = facts.image()?;
        let base::Said { markers, packages } = base::said(self.folders(), image)?;
        Ok(AboutBase {
            name: image.reference.clone(),
            packages,
            markers,
        })
    }

    async fn begin<'a>(
        &'a self,
        command: &'a Command<'a>,
        log: Option<&LogFile>,
    ) -> Result<Box<dyn Running + 'a>, EngineError> {
        let facts = Facts::read(self.folders(), command.session)?;
        let uv = self.uv(log).await?;
        let user = facts.user;
        let cache = match command.downloads {
            Some(downloads) => downloads.to_owned(),
            None => self.folders().cache(user),
        };
        let (settings, copies) = (self.settings(command.session), command.prepared.folder());
        let prepare = || {
            std::fs::create_dir_all(&cache)?;
            user.own(&cache)?;
            self.indexes.write_settings(&settings, user)?;
            copies.map_or(Ok(()), |folder| user.own_all(folder))
        };
        prepare().map_err(|error| EngineError::io("Preparing the install", &error))?;
        let mut variables = self.indexes.variables();
        variables.insert("HOME".to_owned(), "/tmp".to_owned());
        variables.insert("UV_CACHE_DIR".to_owned(), cache.display().to_string());
        variables.extend(command.prepared.variables(&variables));
        let mut writable: Vec<PathBuf> = facts.folders().cloned().collect();
        writable.push(cache);
        let mut readable: Vec<PathBuf> = self.indexes.files().collect();
        readable.extend([uv.to_owned(), settings]);
        readable.extend(copies.map(Path::to_owned));
        match command.writes {
            true => writable.push(command.environment.to_owned()),
            false => readable.push(command.environment.to_owned()),
        }
        let spec = Spec {
            session: command.session,
            image: &facts.image()?.id,
            user,
            command: words(command),
            variables,
            folder: command.folder,
            writable,
            readable,
            size: self.size(command.session),
            network: Network::Outside,
            pace: Pace::Awaited,
        };
        Ok(Box::new(helper::begin(&self.containers, &spec).await?))
    }
}

impl DockerEngine {
    /// uv's settings for a session.
    fn settings(&self, session: &SessionId) -> PathBuf {
        self.folders().session(session).join("uv.toml")
    }
}

/// What runs in the container: with private feeds, what answers for them first.
fn words(command: &Command<'_>) -> Vec<String> {
    let Command {
        words, prepared, ..
    } = command;
    let python = command.environment.join("bin/python");
    match prepared.folder().zip(prepared.address()) {
        Some((folder, address)) => relay::before(words.clone(), &python, folder, address),
        None => words.clone(),
    }
}
