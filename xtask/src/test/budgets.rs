//! What the browser app may weigh, after brotli. `tests/e2e/specs/first-load.spec.ts` counts in a browser, with headers and
//! answers of the API.

use anyhow::{Context, Result, bail};

use crate::build::sizes::Sizes;

/// The pages, by the part that they show first: page, wasm, JavaScript and style sheet.
///
/// What is here is what they show before anything has happened on them.
const PAGES: [(&str, u64); 8] = [
    // The goal is 350,000 for each: what the parts share has to be cut finer.
    ("flow", 356_000),
    ("flows", 350_000),
    ("sessions", 350_000),
    ("one_session", 358_000),
    ("sign_in", 350_000),
    ("upgrade", 350_000),
    ("connections", 350_000),
    ("connection", 350_000),
];

/// What raw file mode loads beyond the page of its flow, until a file can be edited.
const RAW_MODE: u64 = 200_000;

/// The language engine, which a worker loads once raw file mode is idle.
const LANGUAGE: u64 = 400_000;

/// A font, which nothing waits for.
const FONTS: u64 = 50_000;

pub(super) fn check(sizes: &Sizes) -> Result<()> {
    for (part, budget) in PAGES {
        within("page", sizes.page(&[part])?, budget).with_context(|| format!("the part {part}"))?;
    }
    if sizes.editor == 0 {
        bail!("the editor has no bytes: the build left it out");
    }
    within("raw file mode", sizes.raw_mode()?, RAW_MODE)?;
    if sizes.language == 0 {
        bail!("the language engine has no bytes: the build left it out");
    }
    within("language engine", sizes.language, LANGUAGE)?;
    within("font", sizes.fonts, FONTS)
}

fn within(what: &str, bytes: u64, budget: u64) -> Result<()> {
    if bytes > budget {
        bail!(
            "the {what} is {bytes} bytes after brotli, {} more than its budget of {budget}",
            bytes - budget
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(app: u64, editor: u64, raw: u64) -> Sizes {
        let pages = PAGES.map(|(part, _)| (part, 1_000));
        Sizes::made_up(app, editor, &[&pages[..], &[("raw", raw)]].concat())
    }

    #[test]
    fn a_budget_is_an_upper_bound_on_something_that_is_there() {
        let smallest = PAGES.iter().map(|(_, budget)| *budget).min().unwrap();
        let page = smallest - 1_000;
        assert!(check(&sizes(page, RAW_MODE - 9, 9)).is_ok());
        assert!(check(&sizes(1, 0, 1)).is_err());
        let error = format!("{:#}", check(&sizes(page + 7, 1, 1)).unwrap_err());
        assert!(error.contains("7 more"), "{error}");
        assert!(check(&sizes(1, RAW_MODE, 1)).is_err());
    }
}
