//! What a page gets of values that are longer than anybody reads: a few lines with aliases can stand for megabytes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::model::{Flow, LongDefault};

/// What is longer than this, in bytes, is given by its beginning.
pub(crate) const SHOWN: usize = 10_000;

impl Flow {
    /// The flow for a page: of a default with more than 10,000 bytes the beginning, and no list of allowed values that is
    /// as long. A run reads the definition itself.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        for input in &mut self.inputs {
            let default = input.default.take();
            match default.as_ref().and_then(long) {
                Some(long) => input.long_default = Some(long),
                None => input.default = default,
            }
            if beginning(&input.enum_values, false).is_cut {
                input.enum_values.clear();
            }
            let description = input.description.take();
            input.description = description.map(|mut text| {
                text.truncate(text.floor_char_boundary(SHOWN));
                text
            });
        }
        self
    }
}

/// The beginning of a value that is too long for a page; `None` when it isn't.
fn long(value: &Value) -> Option<LongDefault> {
    let compact = match value {
        Value::String(text) => return long_text(text),
        value => beginning(value, false),
    };
    compact.is_cut.then(|| LongDefault {
        beginning: beginning(value, true).text,
        bytes: Some(compact.bytes),
    })
}

fn long_text(text: &str) -> Option<LongDefault> {
    (text.len() > SHOWN).then(|| LongDefault {
        beginning: text[..text.floor_char_boundary(SHOWN)].to_owned(),
        bytes: Some(text.len() as u64),
    })
}

/// What could be read of a value that contains itself, or repeats parts too often.
pub(crate) fn incomplete(value: &Value) -> LongDefault {
    let text = match value {
        // Nothing of it was read.
        Value::Null => String::new(),
        Value::String(text) => text[..text.floor_char_boundary(SHOWN)].to_owned(),
        value => beginning(value, true).text,
    };
    LongDefault {
        beginning: text,
        bytes: None,
    }
}

struct Beginning {
    text: String,
    bytes: u64,
    is_cut: bool,
}

/// The first bytes of a value's JSON. A pretty one is written no further than that: indentation multiplies it.
fn beginning(value: &impl Serialize, pretty: bool) -> Beginning {
    let mut sink = Sink {
        kept: Vec::new(),
        bytes: 0,
        stops: pretty,
    };
    // Only a sink that stops fails.
    let _ = match pretty {
        true => serde_json::to_writer_pretty(&mut sink, value),
        false => serde_json::to_writer(&mut sink, value),
    };
    let is_cut = sink.bytes > SHOWN as u64;
    let end = match std::str::from_utf8(&sink.kept) {
        Ok(text) => text.len(),
        Err(error) => error.valid_up_to(),
    };
    sink.kept.truncate(end);
    Beginning {
        text: String::from_utf8(sink.kept).unwrap_or_default(),
        bytes: sink.bytes,
        is_cut,
    }
}

/// Keeps the first [`SHOWN`] bytes and counts all.
struct Sink {
    kept: Vec<u8>,
    bytes: u64,
    stops: bool,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = SHOWN - self.kept.len();
        self.kept.extend(bytes.iter().take(room));
        self.bytes += bytes.len() as u64;
        if self.stops && bytes.len() > room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{check, model::FlowInput};

    fn input(yaml: &str) -> FlowInput {
        check(yaml).flow.unwrap().shortened().inputs.remove(0)
    }

    /// Each level names the one below it nine times.
    fn bomb(levels: usize) -> String {
        let nine = |name: &str| [name; 9].join(", ");
        let mut yaml = format!("x0: &x0 [{}]\n", nine("lol"));
        for level in 1..=levels {
            let below = nine(&format!("*x{}", level - 1));
            yaml.push_str(&format!("x{level}: &x{level} [{below}]\n"));
        }
        yaml.push_str(&format!(
            "inputs: {{a: {{type: list, default: *x{levels}}}}}\noutputs: {{}}\nnodes: []\n"
        ));
        yaml
    }

    #[test]
    fn a_short_definition_never_has_a_long_answer() {
        for levels in 0..12 {
            let yaml = bomb(levels);
            let flow = check(&yaml).flow.unwrap();
            let answer = serde_json::to_string(&flow.shortened()).unwrap();
            assert!(answer.len() < 3 * SHOWN, "{levels}: {}", answer.len());
        }
        let known = input(&bomb(3)).long_default.unwrap();
        assert_eq!(known.beginning.len(), SHOWN);
        assert!(known.bytes.unwrap() > SHOWN as u64);
    }

    #[test]
    fn a_default_that_outgrows_its_file_is_never_taken_for_a_whole_one() {
        let flow = check(&bomb(11)).flow.unwrap();
        let input = &flow.inputs[0];
        assert_eq!(input.default, None);
        assert_eq!(input.long_default.as_ref().unwrap().bytes, None);
    }

    #[test]
    fn a_list_of_allowed_values_as_long_as_that_is_left_out() {
        let values = vec!["*x"; 2_000].join(", ");
        let yaml = format!(
            "x: &x abcdefgh\ninputs: {{a: {{type: string, enum: [{values}]}}}}\nnodes: []\n"
        );
        assert!(input(&yaml).enum_values.is_empty());
    }

    proptest! {
        #[test]
        fn a_default_is_whole_or_its_own_beginning(text in "[a-zé🙂]{0,6000}") {
            let value = Value::String(text.clone());
            match long(&value) {
                None => prop_assert!(text.len() <= SHOWN),
                Some(long) => {
                    prop_assert!(text.starts_with(&long.beginning));
                    prop_assert!(long.beginning.len() > SHOWN - 4 && long.beginning.len() <= SHOWN);
                    prop_assert_eq!(long.bytes, Some(text.len() as u64));
                }
            }
        }
    }
}
