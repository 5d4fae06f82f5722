//! A place in the timeline of a run.

use std::fmt;

/// Deeper places aren't read from an address.
const DEEPEST: usize = 64;

/// Which row: the position of its node, then that of each call within the one before, from 0. Empty for none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallPath(Vec<u32>);

impl CallPath {
    /// The place `position` within this one.
    #[must_use]
    pub fn child(&self, position: usize) -> Self {
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        Self(self.0.iter().copied().chain([position]).collect())
    }

    /// The place around this one; `None` for none of the rows.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.0.split_last()?;
        Some(Self(above.to_vec()))
    }

    /// The positions, from the outermost.
    #[must_use]
    pub fn steps(&self) -> Vec<usize> {
        let steps = self.0.iter().map(|step| usize::try_from(*step));
        steps.map(|step| step.unwrap_or(usize::MAX)).collect()
    }

    /// Whether it's none of the rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads what [`CallPath`] prints.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::default());
        }
        let positions: Option<Vec<u32>> = text
            .split('.')
            .map(|position| position.parse().ok())
            .collect();
        positions
            .filter(|positions| positions.len() <= DEEPEST)
            .map(Self)
    }
}

impl fmt::Display for CallPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.0.split_first() else {
            return f.write_str("all");
        };
        write!(f, "{first}")?;
        rest.iter()
            .try_for_each(|position| write!(f, ".{position}"))
    }
}
