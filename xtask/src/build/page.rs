//! The app's page, after trunk wrote it.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::stamp::write_atomically;

/// The page in the app that is being built.
pub(super) struct Page {
    path: std::path::PathBuf,
    html: String,
}

impl Page {
    /// Reads the page in `staging`.
    pub(super) fn read(staging: &Path) -> Result<Self> {
        let path = staging.join("index.html");
        let html =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path, html })
    }

    /// Puts `to` in the place of `from`, which the page must have `count` times.
    pub(super) fn replace(&mut self, from: &str, to: &str, count: usize) -> Result<()> {
        let found = self.html.matches(from).count();
        if found != count {
            bail!(
                "the built index.html must have `{from}` {count} times, and has it {found} times"
            );
        }
        self.html = self.html.replace(from, to);
        Ok(())
    }

    /// What stands between `from` and the next `to`, with both.
    pub(super) fn between(&self, from: &str, to: &str) -> Result<String> {
        let found = self.html.split_once(from).and_then(|(before, rest)| {
            let length = from.len() + rest.find(to)? + to.len();
            Some(
                self.html
                    .get(before.len()..before.len() + length)?
                    .to_owned(),
            )
        });
        found.with_context(|| format!("the built index.html must have `{from}` and then `{to}`"))
    }

    /// Writes it back.
    pub(super) fn write(&self) -> Result<()> {
        write_atomically(&self.path, self.html.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page {
            path: "index.html".into(),
            html: html.to_owned(),
        }
    }

    #[test]
    fn what_is_replaced_must_be_there_as_often_as_is_said() {
        let mut page = page("<a href=x><b href=x>");
        page.replace("x", "y", 2).unwrap();
        assert_eq!(page.html, "<a href=y><b href=y>");
        assert!(page.replace("y", "z", 1).is_err());
        assert!(page.replace("q", "z", 1).is_err());
    }

    #[test]
    fn a_passage_has_both_its_ends() {
        let page = page("<i><s type=module>a</s><s>b</s>");
        assert_eq!(
            page.between("<s type=module>", "</s>").unwrap(),
            "<s type=module>a</s>"
        );
        assert!(page.between("<t>", "</s>").is_err());
        assert!(page.between("<s>", "</t>").is_err());
    }
}
