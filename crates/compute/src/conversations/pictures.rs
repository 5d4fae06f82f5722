//! The pictures in a conversation's history, which are kept by name; those of older answers are in the folders of their runs,
//! which don't stay. What is lost is named; the conversation goes on without it when that's wanted.

use std::cell::RefCell;

use flowdeck_contract::{
    Exact, codes,
    conversations::Turn,
    ids::FlowId,
    pictures::{Picture, replaced, text_part},
};
use flowdeck_flow::MessageFormat;

use crate::{error::ComputeError, paths::Paths, pictures};

/// What stands in a history in the place of a picture that's lost.
const LOST: &str = "(This picture is no longer available.)";

/// A part of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Question,
    Answer,
}

/// Finds the pictures of a history.
pub(super) struct HistoryPictures<'a> {
    paths: &'a Paths,
    flow: &'a FlowId,
    format: MessageFormat,
    /// Where pictures were lost: the turn, from 1, and its part.
    lost: RefCell<Vec<(usize, Part)>>,
}

impl<'a> HistoryPictures<'a> {
    pub(super) fn new(paths: &'a Paths, flow: &'a FlowId, format: MessageFormat) -> Self {
        Self {
            paths,
            flow,
            format,
            lost: RefCell::default(),
        }
    }

    /// A value of a turn as the next run can read it: a picture that its run made is kept by name from now on, and a text
    /// stands for one that is lost.
    pub(super) fn found(&self, at: usize, part: Part, turn: &Turn, value: &Exact) -> Exact {
        replaced(value, &|picture| match self.look(turn, picture) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(flow = %self.flow, turn = at, %error, "a picture of a history can't be read");
                let mut lost = self.lost.borrow_mut();
                if lost.last() != Some(&(at, part)) {
                    lost.push((at, part));
                }
                Some(text_part(LOST, self.format))
            }
        })
    }

    /// Another value for the picture where it needs one.
    fn look(&self, turn: &Turn, picture: &Picture) -> Result<Option<Exact>, ComputeError> {
        match picture {
            Picture::Kept(name) => {
                pictures::read(self.paths, self.flow, name)?;
                Ok(None)
            }
            Picture::OfRun(name) => {
                let kept = pictures::keep_of_run(self.paths, self.flow, &turn.run, name)?;
                Ok(Some(Picture::Kept(kept.name).written(self.format)))
            }
            Picture::Inline { .. } | Picture::Elsewhere(_) => Ok(None),
        }
    }

    /// Refuses where pictures were lost.
    pub(super) fn require_all(self) -> Result<(), ComputeError> {
        let lost = self.lost.into_inner();
        let (last, before) = match lost.split_last() {
            Some((last, before)) => (place(*last), before),
            None => return Ok(()),
        };
        let before: Vec<String> = before.iter().copied().map(place).collect();
        let (what, places) = match before.as_slice() {
            [] => ("A picture", last),
            before => ("Pictures", format!("{} and {last}", before.join(", "))),
        };
        Err(ComputeError::not_now(
            codes::HISTORY_PICTURES_LOST,
            format!("{what} of {places} can’t be read. It may be too old to be kept."),
            "Ask without what’s lost, or start a new conversation.",
        ))
    }
}

fn place((at, part): (usize, Part)) -> String {
    match part {
        Part::Question => format!("question {at}"),
        Part::Answer => format!("answer {at}"),
    }
}
