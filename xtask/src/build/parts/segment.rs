//! The segments of a module: what it puts into tables.

use anyhow::{Result, bail};

use super::binary::{Reader, list, number};

/// The type of functions.
const FUNCTIONS: u8 = 0x70;

pub(super) const END: u8 = 0x0b;
pub(super) const I32_CONST: u8 = 0x41;
const REF_NULL: u8 = 0xd0;
const REF_FUNC: u8 = 0xd2;

/// What is put into a table, from `start` on.
pub(super) struct Segment<'a> {
    /// `None` where nothing is put into one before it is asked for.
    pub(super) table: Option<u32>,
    start: u32,
    /// `None` for a place that stays empty.
    pub(super) functions: Vec<Option<u32>>,
    /// All of it.
    pub(super) bytes: &'a [u8],
}

impl Segment<'_> {
    /// The places that it fills.
    pub(super) fn places(&self) -> impl Iterator<Item = u32> {
        let places = (self.start..).zip(&self.functions);
        places.filter_map(|(place, function)| function.map(|_| place))
    }

    /// The same in another table.
    pub(super) fn in_table(&self, table: u32) -> Vec<u8> {
        let functions = self.functions.iter().map(|function| match function {
            Some(function) => [vec![REF_FUNC], number(*function), vec![END]].concat(),
            None => vec![REF_NULL, FUNCTIONS, END],
        });
        let start = [vec![I32_CONST], signed(self.start), vec![END]].concat();
        let head = [vec![6], number(table), start, vec![FUNCTIONS]].concat();
        [head, list(functions)].concat()
    }
}

/// The segments of the section that has them.
pub(super) fn segments(content: &[u8]) -> Result<Vec<Segment<'_>>> {
    let mut reader = Reader(content);
    (0..reader.number()?).map(|_| reader.segment()).collect()
}

impl<'a> Reader<'a> {
    fn segment(&mut self) -> Result<Segment<'a>> {
        let before = self.0;
        let kind = self.number()?;
        let [is_put_later, has_table, has_expressions] = [1, 2, 4].map(|bit| kind & bit != 0);
        if kind > 7 {
            bail!("it has a segment of a table of the unknown kind {kind}");
        }
        let (mut table, mut start) = (None, 0);
        if !is_put_later {
            table = Some(if has_table { self.number()? } else { 0 });
            start = self.constant(I32_CONST)?;
        }
        if is_put_later || has_table {
            // The type of what is in it.
            self.byte()?;
        }
        let mut functions = Vec::new();
        for _ in 0..self.number()? {
            functions.push(if !has_expressions {
                Some(self.number()?)
            } else if self.0.first() == Some(&REF_NULL) {
                self.constant(REF_NULL)?;
                None
            } else {
                Some(self.constant(REF_FUNC)?)
            });
        }
        let bytes = &before[..before.len() - self.0.len()];
        Ok(Segment {
            table,
            start,
            functions,
            bytes,
        })
    }

    /// Reads an expression of one instruction with one operand, and returns that.
    fn constant(&mut self, instruction: u8) -> Result<u32> {
        if self.byte()? != instruction {
            bail!("it has a segment of a table with an unknown expression");
        }
        let operand = self.number()?;
        if self.byte()? != END {
            bail!("it has a segment of a table with a longer expression");
        }
        Ok(operand)
    }
}

/// As signed LEB128; what would look negative takes a byte more.
fn signed(value: u32) -> Vec<u8> {
    let mut bytes = number(value);
    if let Some(last) = bytes.last_mut().filter(|last| **last & 0x40 != 0) {
        *last |= 0x80;
        bytes.push(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_would_look_negative_are_a_byte_longer() {
        assert_eq!(signed(63), [63]);
        assert_eq!(signed(64), [0xc0, 0]);
        assert_eq!(signed(8191), [0xff, 0x3f]);
        assert_eq!(signed(8192), [0x80, 0xc0, 0]);
    }
}
