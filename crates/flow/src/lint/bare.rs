//! References that lack their `${}`, and so are text.

use super::bodies::Body;
use crate::check::Names;
use crate::mend::Mend;
use crate::problem::{Problem, quoted};
use crate::read::Link;
use crate::suggest::nearest;
use crate::yaml::Value;

pub(super) fn check(body: &Body<'_>, names: &Names<'_>, warnings: &mut Vec<Problem>) {
    let activate = body.node.get("activate").and_then(Value::as_mapping);
    let condition = activate.and_then(|activate| activate.get("when"));
    let values = body.inputs().map(|input| input.value);
    for value in values.chain(condition) {
        if let Some(mend) = mend(value, names, warnings.len()) {
            let message = format!(
                "This is taken as text, not as a reference. Write {}.",
                quoted(&mend.new)
            );
            let problem = Problem::doubtful("BareReference", value.span(), message);
            warnings.push(problem.mended_by(Some(mend)));
        }
    }
}

/// What makes a reference of a value, where it names an input or a node of the flow as one does. `before` is how many
/// problems the flow has already: only the first are guessed at, as each guess looks at every name.
pub(super) fn mend(value: Value<'_>, names: &Names<'_>, before: usize) -> Option<Mend> {
    const LONGEST: usize = 200;
    const MOST_GUESSED: usize = 10;
    let text = value
        .as_str()
        .filter(|text| text.len() <= LONGEST && !text.starts_with("${"))?;
    if Link::parse(text) != Link::Literal {
        return None;
    }
    let inner = text.trim_matches(['$', '{', '}', '(', ')', '<', '>', ' ']);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !inner.chars().all(is_name) {
        return None;
    }
    let meant = match inner.split_once('.')? {
        ("inputs" | "input" | "flow", name) => {
            let known = names.has_input(name).then_some(name);
            let guess = || nearest(name, names.inputs());
            let name = known.or_else(|| (before < MOST_GUESSED).then(guess).flatten())?;
            format!("inputs.{name}")
        }
        (node, port) => {
            names.node(node)?;
            let is_output = port == "output" || port.starts_with("output.");
            is_output.then(|| inner.to_owned())?
        }
    };
    Some(Mend {
        label: "Make it a reference".to_owned(),
        within: value.span(),
        old: text.to_owned(),
        new: format!("${{{meant}}}"),
    })
}
