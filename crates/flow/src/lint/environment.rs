//! The image that a flow names.

use crate::image::{ImageReference, proposal};
use crate::mend::Mend;
use crate::problem::Problem;
use crate::yaml::{Mapping, Value};

/// A reference that no registry takes.
pub(super) fn check(root: Mapping<'_>, warnings: &mut Vec<Problem>) {
    let environment = root.get("environment").and_then(Value::as_mapping);
    let Some(image) = environment.and_then(|environment| environment.get("image")) else {
        return;
    };
    // `image:` with nothing behind it names none.
    let Some(text) = image.as_str() else {
        return;
    };
    if let Err(why) = ImageReference::try_from(text) {
        let mend = proposal(text).map(|meant| Mend::rename(image.span(), text, meant.as_str()));
        let problem = Problem::doubtful("InvalidImage", image.span(), why.to_string());
        warnings.push(problem.mended_by(mend));
    }
}
