//! Passes the events of compute sessions on to the readers of a flow and of the project.

use std::{collections::HashMap, sync::Arc};

use flowdeck_compute::Owner;
use flowdeck_contract::{
    events::FlowEvent,
    ids::RunId,
    runs::{RunState, RunSummary},
    session::SessionState,
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::events::{FlowHub, ProjectLists};

/// Runs until compute closes.
pub(crate) async fn pump(
    mut events: Receiver<(Owner, FlowEvent)>,
    hub: Arc<FlowHub>,
    lists: Arc<ProjectLists>,
) {
    let mut told = ToldRuns::default();
    loop {
        match events.recv().await {
            Ok((owner, event)) => {
                hub.publish(&owner, &event);
                match event {
                    FlowEvent::Session(session) => {
                        if owner.flow().is_none() && session.state == SessionState::NotExist {
                            hub.clear(&owner);
                        }
                        lists.touch();
                    }
                    FlowEvent::Connections => lists.touch(),
                    FlowEvent::Run(run) if told.is_news(&owner, &run.summary) => lists.touch(),
                    _ => {}
                }
            }
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(
                    lost,
                    "events came faster than they could be sent; readers start again"
                );
                hub.lose_all();
                lists.touch();
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// The run of each flow that was told last. A run is told at each step of its nodes; lists show no more than its state.
#[derive(Default)]
struct ToldRuns(HashMap<Owner, (RunId, RunState)>);

impl ToldRuns {
    fn is_news(&mut self, owner: &Owner, run: &RunSummary) -> bool {
        let told = (run.id.clone(), run.state);
        if self.0.get(owner) == Some(&told) {
            return false;
        }
        self.0.insert(owner.clone(), told);
        true
    }
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::{Millis, ids::FlowId};

    use super::*;

    #[test]
    fn a_run_is_news_when_it_begins_and_when_its_state_changes() {
        let mut told = ToldRuns::default();
        let owner = Owner::from(&FlowId::try_from("a").unwrap());
        let run = |id: &str, state| RunSummary {
            id: RunId::try_from(id).unwrap(),
            number: 1,
            node: None,
            variant: None,
            state,
            started: Millis(0),
            ended: None,
        };
        assert!(told.is_news(&owner, &run("r1", RunState::Running)));
        assert!(!told.is_news(&owner, &run("r1", RunState::Running)));
        assert!(told.is_news(&owner, &run("r1", RunState::Completed)));
        assert!(told.is_news(&owner, &run("r2", RunState::Completed)));
        assert!(!told.is_news(&owner, &run("r2", RunState::Completed)));
    }
}
