//! Runs in progress, in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use flowdeck_access::folder::FileBeneath;
use flowdeck_connections::Masks;
use flowdeck_contract::{
    Millis,
    events::{FlowEvent, OutputPiece, RunLog, RunText},
    ids::{ConversationId, FlowId, RunId},
    runs::{NodeState, RunDetail},
    session::LogLine,
};
use flowdeck_engines::{
    executor::{self, Piece},
    log::{LIMIT, Tail},
};
use parking_lot::{Mutex, MutexGuard};

use super::output_text::OutputText;
use crate::{error::ComputeError, events, owner::Owner, runs::Runs};

/// All runs in progress.
#[derive(Debug, Default)]
pub(super) struct LiveRuns(Mutex<HashMap<RunId, Arc<LiveRun>>>);

/// A run in progress. What is known of it changes through [`LiveRun::change`] alone.
#[derive(Debug)]
pub(super) struct LiveRun {
    pub(super) flow: FlowId,
    /// The conversation that it's a turn of.
    conversation: Option<ConversationId>,
    detail: Mutex<RunDetail>,
    log: Mutex<Tail>,
    /// The text of its outputs.
    outputs: Mutex<OutputText>,
    /// Finds secrets in what comes of it.
    masks: Mutex<Arc<Masks>>,
}

/// The file of a run's folder that the pieces of its outputs are written to.
pub(super) const PIECES: &str = "pieces";
/// More text of outputs isn't kept before the run ends: the whole comes with its result.
const LARGEST_TEXT: usize = 4 * 1024 * 1024;

impl LiveRuns {
    fn all(&self) -> MutexGuard<'_, HashMap<RunId, Arc<LiveRun>>> {
        self.0.lock()
    }

    pub(super) fn add(
        &self,
        flow: &FlowId,
        detail: RunDetail,
        conversation: Option<ConversationId>,
        log: &FileBeneath,
        masks: Arc<Masks>,
    ) -> Arc<LiveRun> {
        let id = detail.summary.id.clone();
        let run = Arc::new(LiveRun {
            flow: flow.clone(),
            conversation,
            detail: Mutex::new(detail),
            log: Mutex::new(Tail::new(log.clone())),
            outputs: Mutex::new(OutputText::new(log.beside(PIECES))),
            masks: Mutex::new(masks),
        });
        self.all().insert(id, Arc::clone(&run));
        run
    }

    pub(super) fn remove(&self, run: &RunId) {
        self.all().remove(run);
    }

    pub(super) fn get(&self, flow: &FlowId, run: &RunId) -> Option<Arc<LiveRun>> {
        self.all()
            .get(run)
            .filter(|live| live.flow == *flow)
            .cloned()
    }
}

impl LiveRun {
    fn lock(&self) -> MutexGuard<'_, RunDetail> {
        self.detail.lock()
    }

    /// Finds secrets in what comes of it.
    pub(super) fn masks(&self) -> Arc<Masks> {
        Arc::clone(&self.masks.lock())
    }

    /// Has these find secrets from now on.
    pub(super) fn mask_with(&self, masks: Arc<Masks>) {
        *self.masks.lock() = masks;
    }

    /// Whether it answers a question of a conversation.
    pub(super) fn is_turn(&self) -> bool {
        self.conversation.is_some()
    }

    /// The run as it stands.
    pub(super) fn detail(&self) -> RunDetail {
        self.lock().clone()
    }

    /// Changes the run and gives it as it then stands: written first, then held, then published. Nothing changes when
    /// `change` or the store fails; a run that has ended refuses.
    pub(super) fn change(
        &self,
        runs: &Runs,
        change: impl FnOnce(&mut RunDetail) -> Result<(), ComputeError>,
    ) -> Result<RunDetail, ComputeError> {
        let mut held = self.lock();
        if held.summary.state.is_over() {
            return Err(ComputeError::Refused(
                "The run has already ended.".to_owned(),
            ));
        }
        let mut next = held.clone();
        change(&mut next)?;
        if next != *held {
            runs.parts.store.save_run(&self.flow, &next)?;
            held.clone_from(&next);
            runs.parts
                .events
                .send(&Owner::from(&self.flow), FlowEvent::Run(next.clone()));
            if next.summary.state.is_over() {
                self.tell_conversation(runs);
            }
        }
        Ok(next)
    }

    /// Tells that the conversation that it's a turn of has changed.
    pub(super) fn tell_conversation(&self, runs: &Runs) {
        if let Some(conversation) = &self.conversation {
            let event = FlowEvent::Conversation(conversation.clone());
            runs.parts.events.send(&Owner::from(&self.flow), event);
        }
    }

    /// Ends a run whose end the store does not take: known in memory alone, and published.
    pub(super) fn end_in_memory(&self, runs: &Runs, end: impl FnOnce(&mut RunDetail)) {
        let mut held = self.lock();
        end(&mut held);
        runs.parts
            .events
            .send(&Owner::from(&self.flow), FlowEvent::Run(held.clone()));
        self.tell_conversation(runs);
    }

    fn masked(&self, mut lines: Vec<LogLine>) -> Vec<LogLine> {
        events::mask(&self.masks(), &mut lines);
        lines
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.log.lock()
    }

    /// The last lines of its log, after all new ones were published.
    pub(super) fn last_lines(&self, runs: &Runs, count: usize) -> std::io::Result<Vec<LogLine>> {
        let mut tail = self.tail();
        let lines = tail.read()?;
        self.tell(runs, lines);
        Ok(self.masked(tail.last(count)?))
    }

    /// Tells the new lines of its log, and what they say of its nodes; `over` when nobody writes to it any more.
    pub(super) fn follow(&self, runs: &Runs, over: bool) {
        let mut tail = self.tail();
        let lines = if over {
            tail.read_to_end()
        } else {
            tail.read()
        };
        if let Err(error) = tail.cut(LIMIT) {
            tracing::warn!(%error, "a run's log could not be cut");
        }
        match lines {
            Ok(lines) => self.tell(runs, lines),
            Err(error) => tracing::warn!(%error, "a run's log could not be read"),
        }
    }

    /// Takes in the new text of its outputs, and tells it. It's written down with the next change of the run.
    pub(super) fn follow_outputs(&self, runs: &Runs) {
        let mut outputs = self.outputs.lock();
        let pieces = match outputs.read(&self.masks()) {
            Ok(pieces) if pieces.is_empty() => return,
            Ok(pieces) => pieces,
            Err(error) => {
                tracing::warn!(%error, "a run's outputs could not be followed");
                return;
            }
        };
        let mut held = self.lock();
        if held.summary.state.is_over() {
            return;
        }
        let pieces = add_pieces(&mut held.streamed, pieces.into_iter());
        if pieces.is_empty() {
            return;
        }
        let run = held.summary.id.clone();
        runs.parts.events.send(
            &Owner::from(&self.flow),
            FlowEvent::RunText(RunText { run, pieces }),
        );
    }

    fn tell(&self, runs: &Runs, lines: Vec<LogLine>) {
        if lines.is_empty() {
            return;
        }
        let lines = self.masked(lines);
        let moves: Vec<(String, NodeState)> = lines
            .iter()
            .filter_map(|line| executor::progress(&line.text))
            .map(|(name, state)| (name.to_owned(), state))
            .collect();
        let run = self.lock().summary.id.clone();
        runs.parts.events.send(
            &Owner::from(&self.flow),
            FlowEvent::RunLog(RunLog { run, lines }),
        );
        if moves.is_empty() {
            return;
        }
        let moved = self.change(runs, |detail| {
            let now = runs.now();
            for (name, state) in &moves {
                move_on(detail, name, *state, now);
            }
            Ok(())
        });
        if let Err(error) = moved {
            tracing::warn!(flow = %self.flow, %error, "how far a run is could not be written down");
        }
    }
}

/// Adds pieces to the texts so far, and gives them as they are told: what follows in one output is one piece.
fn add_pieces(
    streamed: &mut BTreeMap<String, String>,
    pieces: impl Iterator<Item = Piece>,
) -> Vec<OutputPiece> {
    let mut size: usize = streamed.values().map(String::len).sum();
    let mut told: Vec<OutputPiece> = Vec::new();
    for Piece { output, text } in pieces {
        size += output.len() + text.len();
        if size > LARGEST_TEXT {
            break;
        }
        let known = streamed.entry(output.clone()).or_default();
        let at = known.len();
        known.push_str(&text);
        match told.last_mut() {
            Some(last) if last.output == output => last.text.push_str(&text),
            _ => told.push(OutputPiece { output, at, text }),
        }
    }
    told
}

/// Its times are those at which the log said so, until the answer has exact ones.
fn move_on(detail: &mut RunDetail, name: &str, state: NodeState, now: Millis) {
    let node = detail.nodes.iter_mut().find(|node| node.name == name);
    if let Some(node) = node {
        node.state = state;
        if state == NodeState::Running {
            node.started = Some(now);
        } else if let Some(started) = node.started {
            node.duration_ms = Some(now.since(started));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(output: &str, text: &str) -> Piece {
        Piece {
            output: output.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn pieces_that_are_told_give_the_text_that_is_known() {
        let (mut streamed, mut seen) = (BTreeMap::new(), BTreeMap::new());
        let come = [
            vec![piece("a", "é"), piece("a", "b"), piece("b", "x")],
            vec![piece("a", "c"), piece("b", ""), piece("a", "d")],
        ];
        for pieces in come {
            for told in add_pieces(&mut streamed, pieces.into_iter()) {
                told.add_to(&mut seen);
                told.add_to(&mut seen);
            }
        }
        assert_eq!(streamed["a"], "ébcd");
        assert_eq!(seen, streamed);
    }

    #[test]
    fn a_flow_cannot_fill_the_memory() {
        let mut streamed = BTreeMap::new();
        let long = "x".repeat(LARGEST_TEXT / 4);
        for number in 0..10 {
            add_pieces(
                &mut streamed,
                [piece(&number.to_string(), &long)].into_iter(),
            );
        }
        assert!(streamed.values().map(String::len).sum::<usize>() <= LARGEST_TEXT);
    }
}
