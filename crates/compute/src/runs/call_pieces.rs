//! What is told of a call of a model while it's made: the text of the answer, and the waits before it's asked again.

use std::io;

use flowdeck_access::folder::FileBeneath;
use flowdeck_connections::Masks;
use flowdeck_contract::playground::ModelCallEvent;
use flowdeck_engines::executor::{CallPiece, call_piece};

use super::output_text::OutputText;

/// Follows the file that a call writes to.
pub(super) struct CallPieces {
    pieces: OutputText,
    /// The beginning of a wait's line.
    wait: String,
}

impl CallPieces {
    pub(super) fn new(file: FileBeneath) -> Self {
        Self {
            pieces: OutputText::new(file),
            wait: String::new(),
        }
    }

    /// What is new, in order; text that came together is one event.
    pub(super) fn read(&mut self, masks: &Masks) -> io::Result<Vec<ModelCallEvent>> {
        let mut events = Vec::new();
        for piece in self.pieces.read(masks)? {
            match call_piece(&mut self.wait, piece) {
                CallPiece::Text(text) => match events.last_mut() {
                    Some(ModelCallEvent::Text(before)) => before.push_str(&text),
                    _ => events.push(ModelCallEvent::Text(text)),
                },
                CallPiece::Waits(waits) => {
                    events.extend(waits.into_iter().map(ModelCallEvent::Waiting));
                }
            }
        }
        Ok(events)
    }
}
