//! Which files are open, in which order, and which one is shown.

use flowdeck_contract::ids::FilePath;

/// The open files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tabs {
    open: Vec<FilePath>,
    /// Index of the one shown; within `open` unless that is empty.
    shown: usize,
}

impl Tabs {
    /// Tabs of an earlier visit: the first is shown.
    pub(crate) fn restored(paths: impl IntoIterator<Item = FilePath>) -> Self {
        let mut tabs = Self::default();
        for path in paths {
            tabs.show(&path);
        }
        tabs.shown = 0;
        tabs
    }

    pub(crate) fn open(&self) -> &[FilePath] {
        &self.open
    }

    pub(crate) fn shown(&self) -> Option<&FilePath> {
        self.open.get(self.shown)
    }

    /// Shows a file; opens it at the end when it is not open.
    pub(crate) fn show(&mut self, path: &FilePath) {
        self.shown = self.position(path).unwrap_or_else(|| {
            self.open.push(path.clone());
            self.open.len() - 1
        });
    }

    /// Opens a file at the end, unless it is open; another goes on being shown.
    pub(crate) fn open_behind(&mut self, path: &FilePath) {
        if self.position(path).is_none() {
            self.open.push(path.clone());
        }
    }

    /// Closes a file; when it was shown, its right neighbour is, or its left one when it was the last.
    pub(crate) fn close(&mut self, path: &FilePath) {
        let Some(position) = self.position(path) else {
            return;
        };
        self.open.remove(position);
        if position < self.shown || self.shown == self.open.len() {
            self.shown = self.shown.saturating_sub(1);
        }
    }

    fn position(&self, path: &FilePath) -> Option<usize> {
        self.open.iter().position(|open| open == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> FilePath {
        FilePath::try_from(text).unwrap()
    }

    fn tabs(open: &[&str], shown: &str) -> Tabs {
        let mut tabs = Tabs::restored(open.iter().map(|one| path(one)));
        tabs.show(&path(shown));
        tabs
    }

    #[test]
    fn a_file_is_opened_once() {
        let mut tabs = tabs(&["a", "b"], "b");
        tabs.show(&path("a"));
        assert_eq!(tabs.open().len(), 2);
        assert_eq!(tabs.shown(), Some(&path("a")));
    }

    #[test]
    fn what_opens_behind_leaves_shown_what_is() {
        let mut tabs = tabs(&["a", "b"], "b");
        for path in [path("a"), path("c")] {
            tabs.open_behind(&path);
            assert_eq!(tabs.shown(), Some(&self::path("b")));
        }
        assert_eq!(tabs.open().len(), 3);
    }

    #[test]
    fn after_closing_a_neighbour_is_shown() {
        for (shown, closed, then) in [
            ("b", "b", Some("c")),
            ("c", "c", Some("b")),
            ("c", "a", Some("c")),
            ("a", "c", Some("a")),
            ("a", "a", Some("b")),
        ] {
            let mut tabs = tabs(&["a", "b", "c"], shown);
            tabs.close(&path(closed));
            assert_eq!(
                tabs.shown(),
                then.map(path).as_ref(),
                "{shown} shown, {closed} closed"
            );
        }
    }

    #[test]
    fn after_the_last_nothing_is_shown() {
        let mut tabs = tabs(&["a"], "a");
        tabs.close(&path("a"));
        tabs.close(&path("a"));
        assert_eq!(tabs.shown(), None);
        tabs.show(&path("b"));
        assert_eq!(tabs.shown(), Some(&path("b")));
    }
}
