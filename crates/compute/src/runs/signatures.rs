//! What the tools of flows take, as their sessions' executors say. It's asked in the background, once for a session and
//! what the flow's files hold: nobody waits for it, and until it's known the files alone say what they can.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
    sync::Arc,
    time::Duration,
};

use flowdeck_access::folder::Folder;
use flowdeck_connections::{ToolSignatures, tools_that_may_ask};
use flowdeck_contract::{
    events::FlowEvent,
    ids::{FlowId, SessionId},
    session::SessionState,
};
use flowdeck_engines::{
    engine::{ExecutorRequest, Runtime},
    executor::{package_tools, tool_meta},
};
use flowdeck_flow::Flow;
use parking_lot::Mutex;
use serde_json::Value;

use super::Runs;
use crate::owner::Owner;

/// A tool that takes longer to load is left to its text.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is known of each flow's tools.
#[derive(Debug, Default)]
pub(super) struct Signatures(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    flows: HashMap<FlowId, Asked>,
    /// The flows whose executor is being asked.
    asking: HashSet<FlowId>,
}

/// What was answered, and for what.
#[derive(Clone, Debug)]
struct Asked {
    session: SessionId,
    files: u64,
    said: Arc<ToolSignatures>,
}

impl Signatures {
    /// What is known of the tools in these files.
    pub(super) fn of(&self, flow: &FlowId, files: u64) -> Arc<ToolSignatures> {
        let known = self.0.lock();
        let asked = known.flows.get(flow).filter(|asked| asked.files == files);
        asked
            .map(|asked| Arc::clone(&asked.said))
            .unwrap_or_default()
    }

    /// Whether to ask now; whoever is told so [says what came](Self::answered).
    fn begin(&self, flow: &FlowId, session: &SessionId, files: u64) -> bool {
        let mut known = self.0.lock();
        let is_known = known
            .flows
            .get(flow)
            .is_some_and(|asked| asked.session == *session && asked.files == files);
        !is_known && known.asking.insert(flow.clone())
    }

    /// Remembers what came of asking; `true` when it's something new.
    fn answered(&self, flow: &FlowId, asked: Asked) -> bool {
        let mut known = self.0.lock();
        known.asking.remove(flow);
        let said = Arc::clone(&asked.said);
        let before = known.flows.insert(flow.clone(), asked);
        before.map(|before| before.said).unwrap_or_default() != said
    }
}

/// Stands for what the files of the tools hold.
pub(super) fn files_of(folder: &Path, flow: &Flow) -> u64 {
    let opened = Folder::open(folder).ok();
    let mut hasher = DefaultHasher::new();
    for path in tools_that_may_ask(flow) {
        let text = opened
            .as_ref()
            .and_then(|folder| folder.read_text(path).ok());
        (path, text).hash(&mut hasher);
    }
    hasher.finish()
}

impl Runs {
    /// Asks the flow's executor what the tools take, when there is one that wasn't asked yet.
    pub(super) fn ask_for_signatures(
        self: &Arc<Self>,
        flow: &FlowId,
        folder: &Path,
        parsed: &Flow,
    ) {
        let files: Vec<String> = tools_that_may_ask(parsed).map(str::to_owned).collect();
        let packages = parsed.nodes.iter().any(|node| {
            let source = node.source.as_ref();
            source.is_some_and(|source| source.tool.is_some())
        });
        let Some((session, runtime)) = self.runtime_of(flow) else {
            return;
        };
        if files.is_empty() && !packages {
            return;
        }
        let content = files_of(folder, parsed);
        if !self.signatures.begin(flow, &session, content) {
            return;
        }
        let (runs, flow, folder) = (Arc::clone(self), flow.clone(), folder.to_owned());
        self.parts.tasks.background(async move {
            let mut said = ToolSignatures::default();
            if packages && let Some(tools) = runs.answer(&runtime, package_tools()).await {
                said.take(&tools);
            }
            if !files.is_empty() {
                let asked = tool_meta(&folder, files.iter().map(String::as_str));
                let answer = runs.answer(&runtime, asked).await;
                if let Some(tools) = answer.as_ref().and_then(|answer| answer.get("tools")) {
                    said.take(tools);
                }
            }
            let asked = Asked {
                session,
                files: content,
                said: Arc::new(said),
            };
            if runs.signatures.answered(&flow, asked) {
                runs.asked.forget(&flow);
                runs.events()
                    .send(&Owner::from(&flow), FlowEvent::Connections);
            }
        });
    }

    /// The executor that can be asked now.
    fn runtime_of(&self, flow: &FlowId) -> Option<(SessionId, Runtime)> {
        let sessions = self.parts.book.sessions();
        let live = sessions.get(&Owner::from(flow))?;
        let is_ready = live.record.state.public() == SessionState::Available && !live.installs();
        let runtime = live.record.runtime.clone().filter(|_| is_ready)?;
        Some((live.record.session.session_id.clone()?, runtime))
    }

    /// What an executor answers; nothing when it can't be asked: the texts of the tools then say what they can.
    async fn answer(&self, runtime: &Runtime, request: ExecutorRequest) -> Option<Value> {
        let path = request.path;
        let asked = tokio::time::timeout(PATIENCE, self.parts.engine.request(runtime, request));
        match asked.await {
            Ok(Ok(reply)) if reply.status == 200 => serde_json::from_slice(&reply.body).ok(),
            Ok(Ok(reply)) => {
                tracing::info!(
                    path,
                    status = reply.status,
                    "the executor didn't describe tools"
                );
                None
            }
            Ok(Err(error)) => {
                tracing::info!(path, %error, "the executor couldn't be asked for tools");
                None
            }
            Err(_) => {
                tracing::info!(path, "the executor took too long to describe tools");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_session_is_asked_once_for_what_the_files_hold() {
        let signatures = Signatures::default();
        let flow = FlowId::try_from("mine").unwrap();
        let session = |id: &str| SessionId::try_from(id).unwrap();
        let mut said = ToolSignatures::default();
        said.take(&json!({"a.py": {"inputs": {"conn": {"type": ["OpenAIConnection"]}}}}));
        let asked = |id: &str, files| Asked {
            session: session(id),
            files,
            said: Arc::new(said.clone()),
        };
        assert!(signatures.begin(&flow, &session("one"), 1));
        assert!(
            !signatures.begin(&flow, &session("one"), 2),
            "one at a time"
        );
        assert!(signatures.answered(&flow, asked("one", 1)));
        assert!(!signatures.begin(&flow, &session("one"), 1));
        assert_eq!(*signatures.of(&flow, 1), said);
        assert_eq!(*signatures.of(&flow, 2), ToolSignatures::default());
        assert!(signatures.begin(&flow, &session("two"), 1));
        assert!(
            !signatures.answered(&flow, asked("two", 1)),
            "the same again"
        );
        assert!(signatures.begin(&flow, &session("two"), 2));
    }
}
