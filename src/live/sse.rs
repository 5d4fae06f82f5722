//! Server-sent events as bytes of an answer, which come in pieces that end anywhere.

use std::mem::take;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Its id, by which the stream is resumed after it.
    pub(super) id: Option<String>,
    /// What it tells.
    pub(super) data: String,
}

/// Puts pieces together.
#[derive(Debug, Default)]
pub(super) struct Parser {
    /// The beginning of a line.
    line: Vec<u8>,
    id: Option<String>,
    data: Option<String>,
}

impl Parser {
    /// Takes a piece; gives the events that it completes.
    pub(super) fn feed(&mut self, mut piece: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = piece.split_at(end);
            self.line.extend_from_slice(line);
            piece = rest.get(1..).unwrap_or_default();
            let line = take(&mut self.line);
            events.extend(self.line(&String::from_utf8_lossy(&line)));
        }
        self.line.extend_from_slice(piece);
        events
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            let data = self.data.take()?;
            let id = self.id.take();
            return Some(Event { id, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "id" => self.id = Some(value.to_owned()),
            _ => {}
        }
        None
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(id: Option<&str>, data: &str) -> Event {
        Event {
            id: id.map(str::to_owned),
            data: data.to_owned(),
        }
    }

    #[test]
    fn lines_become_events() {
        let text = ": a comment\n\nid: 7\ndata: {\"a\": 1}\n\ndata:one\r\ndata: two\r\n\r\nevent: x\nid:8\n\ndata\n\ndata: unfinished\n";
        assert_eq!(
            Parser::default().feed(text.as_bytes()),
            [
                event(Some("7"), "{\"a\": 1}"),
                event(None, "one\ntwo"),
                event(Some("8"), ""),
            ]
        );
    }

    proptest! {
        #[test]
        fn where_the_pieces_end_changes_nothing(
            told in proptest::collection::vec((proptest::option::of("[a-z0-9-]{1,8}"), "[^\r\n]{0,40}"), 0..8),
            cuts in proptest::collection::vec(0usize..600, 0..20),
        ) {
            let mut text = String::new();
            let mut expected = Vec::new();
            for (id, data) in told {
                if let Some(id) = &id {
                    text.push_str(&format!("id: {id}\n"));
                }
                text.push_str(&format!("data: {data}\n\n: keep-alive\n\n"));
                expected.push(Event { id, data });
            }
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut parser = Parser::default();
            let events: Vec<Event> = cuts.windows(2).flat_map(|cut| parser.feed(&bytes[cut[0]..cut[1]])).collect();
            prop_assert_eq!(events, expected);
        }
    }
}
