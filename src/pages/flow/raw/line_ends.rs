//! How a text's lines end.

/// How they do, where there are any ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnds {
    Lf,
    CrLf,
    Cr,
    Mixed,
}

impl LineEnds {
    /// How the lines of `text` end; `None` when it has one line at most.
    pub(super) fn of(text: &str) -> Option<Self> {
        let pairs = text.matches("\r\n").count();
        let feeds = text.matches('\n').count() - pairs;
        let returns = text.matches('\r').count() - pairs;
        match (feeds, pairs, returns) {
            (0, 0, 0) => None,
            (_, 0, 0) => Some(Self::Lf),
            (0, _, 0) => Some(Self::CrLf),
            (0, 0, _) => Some(Self::Cr),
            _ => Some(Self::Mixed),
        }
    }

    /// What they are called.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Lf => "LF",
            Self::CrLf => "CRLF",
            Self::Cr => "CR",
            Self::Mixed => "Mixed line ends",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LineEnds;

    #[test]
    fn each_way_to_end_a_line_is_told_from_the_others() {
        assert_eq!(LineEnds::of("one"), None);
        assert_eq!(LineEnds::of("a\nb\n"), Some(LineEnds::Lf));
        assert_eq!(LineEnds::of("a\r\nb\r\n"), Some(LineEnds::CrLf));
        assert_eq!(LineEnds::of("a\rb"), Some(LineEnds::Cr));
        assert_eq!(LineEnds::of("a\r\nb\n"), Some(LineEnds::Mixed));
    }
}
