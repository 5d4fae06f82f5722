//! What the browser app may weigh.

use anyhow::{Result, bail};

use crate::build::sizes::Sizes;

/// The flow page without the editor: page, wasm, JavaScript and style sheet, after brotli.
///
/// What is here is what a flow page shows before anything has happened on it.
const FIRST_LOAD: u64 = 350_000;

/// The font.
const FONT: u64 = 50_000;

/// The editor, after brotli.
const EDITOR: u64 = 200_000;

pub(super) fn check(sizes: &Sizes) -> Result<()> {
    within("the first load", sizes.first_load, FIRST_LOAD)?;
    within("the font", sizes.font, FONT)?;
    within("the editor", sizes.editor, EDITOR)
}

fn within(what: &str, bytes: u64, budget: u64) -> Result<()> {
    if bytes == 0 {
        bail!("{what} has no bytes: the build left it out");
    }
    if bytes > budget {
        bail!(
            "{what} is {bytes} bytes after brotli, {} more than its budget of {budget}",
            bytes - budget
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_an_upper_bound_on_something_that_is_there() {
        let sizes = |first_load, editor| Sizes {
            first_load,
            font: 1,
            editor,
            parts: 0,
        };
        assert!(check(&sizes(FIRST_LOAD, EDITOR)).is_ok());
        assert!(check(&sizes(1, 0)).is_err());
        let error = check(&sizes(FIRST_LOAD + 7, 1)).unwrap_err().to_string();
        assert!(error.contains("7 more"), "{error}");
        assert!(check(&sizes(1, EDITOR + 1)).is_err());
    }
}
