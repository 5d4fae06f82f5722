//! Bounds on what is kept of a run's result where it is shown; the whole is kept in a file.

use flowdeck_contract::{Exact, Values};

/// A larger value is shown by its size alone, in bytes of JSON.
const LARGEST_VALUE: usize = 1024 * 1024;
/// Of a longer message, traceback or log the beginning is shown, in bytes.
const LONGEST_TEXT: usize = 128 * 1024;

/// Cuts what is too large.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// Whether anything was.
    pub(super) cut: bool,
}

impl Bounds {
    pub(super) fn value(&mut self, value: Exact) -> Exact {
        let size = value.json().len();
        if size <= LARGEST_VALUE {
            return value;
        }
        self.cut = true;
        Exact::text(&format!("(too large to show: {size} bytes of JSON)"))
    }

    pub(super) fn values(&mut self, values: Values) -> Values {
        values
            .into_iter()
            .map(|(name, value)| (name, self.value(value)))
            .collect()
    }

    pub(super) fn text(&mut self, text: String) -> String {
        if text.len() <= LONGEST_TEXT {
            return text;
        }
        self.cut = true;
        let end = text.floor_char_boundary(LONGEST_TEXT);
        format!("{}\n… cut here: {} bytes", &text[..end], text.len())
    }
}
