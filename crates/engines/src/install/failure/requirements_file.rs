//! Lines of the requirements file that cannot be read, and files that it names in vain.

use flowdeck_contract::codes;

use super::message::Message;
use crate::engine::EngineError;

pub(super) fn requirements_file(message: &Message) -> Option<EngineError> {
    let whole = &message.whole;
    if let Some(file) = missing_file(whole) {
        let message = format!("The requirements name ‘{file}’, which doesn’t exist.");
        return Some(
            EngineError::new(codes::REQUIREMENT_FILE_MISSING, message)
                .with_remedy("Add the file, or remove the line that names it.")
                .about([file]),
        );
    }
    let invalid = whole.contains("parse requirement")
        || whole.starts_with("Unexpected ")
        || whole.contains("is invalid")
        || whole.contains("Unsupported requirement")
        || whole.contains("Invalid ");
    invalid.then(|| {
        EngineError::new(
            codes::REQUIREMENT_INVALID,
            format!(
                "Can’t read a line of the requirements file: {}.",
                whole.trim_end_matches(['.', '^', ' '])
            ),
        )
        .with_remedy("Fix the line.")
    })
}

fn missing_file(whole: &str) -> Option<&str> {
    if let Some((_, rest)) = whole.split_once("failed to read from file `") {
        let (file, why) = rest.split_once('`')?;
        return why.contains("No such file").then_some(file);
    }
    ["File not found: ", "Distribution not found at: "]
        .iter()
        .find_map(|sign| Some(whole.split_once(sign)?.1))
}
