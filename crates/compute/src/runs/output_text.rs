//! The text of outputs as it comes, piece by piece, without secrets.

use std::{collections::BTreeMap, io};

use flowdeck_access::folder::FileBeneath;
use flowdeck_connections::Masks;
use flowdeck_engines::{
    executor::{self, Piece},
    log::Tail,
};

/// Of more outputs no text is held back, nor told: a flow can write any name to the file.
const MOST_OUTPUTS: usize = 1000;

/// Follows the file that the pieces of outputs are written to.
#[derive(Debug)]
pub(super) struct OutputText {
    pieces: Tail,
    /// Text that may be the beginning of a secret, by output.
    unsettled: BTreeMap<String, String>,
}

impl OutputText {
    pub(super) fn new(file: impl Into<FileBeneath>) -> Self {
        Self {
            pieces: Tail::new(file),
            unsettled: BTreeMap::new(),
        }
    }

    /// What is new and can be told.
    pub(super) fn read(&mut self, masks: &Masks) -> io::Result<Vec<Piece>> {
        let lines = self.pieces.read()?;
        let pieces = lines.iter().filter_map(|line| executor::piece(&line.text));
        Ok(pieces
            .filter_map(|piece| self.settled(masks, piece))
            .collect())
    }

    /// What of an output's text can be told: a secret can come in several pieces.
    fn settled(&mut self, masks: &Masks, piece: Piece) -> Option<Piece> {
        if masks.is_empty() {
            return Some(piece);
        }
        let unsettled = &mut self.unsettled;
        if unsettled.len() >= MOST_OUTPUTS && !unsettled.contains_key(&piece.output) {
            return None;
        }
        let text = unsettled.entry(piece.output.clone()).or_default();
        text.push_str(&piece.text);
        let rest = text.split_off(masks.settled(text));
        let settled = std::mem::replace(text, rest);
        (!settled.is_empty()).then(|| Piece {
            output: masks.text(&piece.output).into_owned(),
            text: masks.text(&settled).into_owned(),
        })
    }
}
