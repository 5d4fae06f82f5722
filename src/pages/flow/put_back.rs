//! Says how it went to put a file back as it was before a change that the page saved.

use flowdeck_contract::ids::FilePath;

use crate::{
    api::{ApiError, Written},
    ui::{Status, Tone},
};

/// Tells what came of writing the file's earlier text.
pub(super) fn tell_put_back(status: Status, path: &FilePath, answer: Result<Written, ApiError>) {
    let reason = match answer {
        Ok(Written::Done(_)) => {
            return status.tell(Tone::Good, format!("{path} is as it was"), None);
        }
        Ok(Written::Refused) => format!("{path} changed after your change was saved."),
        Err(error) => error.message,
    };
    status.tell(Tone::Bad, "Couldn’t undo the change", Some(reason));
}
