//! What a name that somebody has entered stands for. Pure.

use flowdeck_contract::ids::{FilePath, InvalidId};

/// The path of a name in a folder (at the top, where that is empty), or what is wrong with it.
pub(super) fn path_of(folder: &str, name: &str) -> Result<FilePath, String> {
    // Made as it is typed, or not at all: a name without its spaces is another name.
    if name != name.trim() && !name.trim().is_empty() {
        return Err("Remove the space at the start or end of the name.".to_owned());
    }
    let name = FilePath::try_from(name.trim()).map_err(|fault| explain(&fault))?;
    match folder {
        "" => Ok(name),
        folder => FilePath::try_from(format!("{folder}/{}", name.as_str()))
            .map_err(|fault| explain(&fault)),
    }
}

/// What is said of a name that something has.
pub(super) fn exists(path: &FilePath) -> String {
    format!("{path} already exists. Choose another name.")
}

fn explain(fault: &InvalidId) -> String {
    match fault {
        InvalidId::Empty => "Enter a name.".to_owned(),
        InvalidId::Escapes => {
            "Enter a path inside the flow folder, such as prompts/answer.jinja2.".to_owned()
        }
        fault => format!("This name can't be used: {fault}."),
    }
}
