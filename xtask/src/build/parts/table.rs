//! What stands in the table through which the splitter's modules call each other.
//!
//! A module calls what is in another by a function of its own that only calls a place of the table. Where both are in one
//! file by now, wasm-opt makes such a call direct if nothing can change the table; but the app's own table is open to all
//! parts. So what a file puts into it is put into a second table as well, which only those calls know.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use super::{
    binary::{Reader, list, number, section, sections, with_sections},
    segment::{END, I32_CONST, segments},
};

/// The name under which the table is exported by the app, and imported by parts.
const NAME: &str = "__indirect_function_table";

const IMPORTS: u8 = 2;
const TABLES: u8 = 4;
const EXPORTS: u8 = 7;
const SEGMENTS: u8 = 9;
const CODE: u8 = 10;

const TABLE: u8 = 1;
const CALL_INDIRECT: u8 = 0x11;
const LOCAL_GET: u8 = 0x20;

/// The same module without the places that it keeps empty in its table. The splitter keeps them so that what binds the
/// module leaves them alone; once that is done, they are empty without being named, and the app is 2 KB smaller.
pub(super) fn without_empty_places(module: &[u8]) -> Result<Vec<u8>> {
    with_sections(module, |id, content| {
        if id != SEGMENTS {
            return Ok(content.to_vec());
        }
        let filled = segments(content)?.into_iter().filter(|segment| {
            let is_empty = segment.functions.iter().all(Option::is_none);
            segment.table != Some(0) || !is_empty
        });
        Ok(list(filled.map(|segment| segment.bytes.to_vec())))
    })
}

/// The same module with a second table for the calls of what the module itself puts into the app's: see above.
pub(super) fn with_own_calls_apart(module: &[u8]) -> Result<Vec<u8>> {
    let Tables { shared, own, kind } = Tables::of(module)?;
    let mut filled = BTreeSet::new();
    let mut copies = Vec::new();
    for (id, content) in sections(module)? {
        if id != SEGMENTS {
            continue;
        }
        for segment in segments(content)? {
            if segment.table == Some(shared) {
                filled.extend(segment.places());
                copies.push(segment.in_table(own));
            }
        }
    }
    let has_tables = sections(module)?.iter().any(|(id, _)| *id == TABLES);
    let mut apart = with_sections(module, |id, content| {
        Ok(match id {
            TABLES => longer(content, vec![kind.clone()])?,
            SEGMENTS => longer(content, std::mem::take(&mut copies))?,
            CODE => {
                let mut reader = Reader(content);
                let bodies: Result<Vec<Vec<u8>>> = (0..reader.number()?)
                    .map(|_| {
                        let length = reader.number()?;
                        let body = reader.take(length as usize)?;
                        let body = match place_called(body, shared) {
                            Some(place) if filled.contains(&place) => {
                                // The table is what stands before the end.
                                let rest = body.len() - number(shared).len() - 1;
                                [&body[..rest], &number(own), &[END]].concat()
                            }
                            _ => body.to_vec(),
                        };
                        Ok([number(body.len() as u32), body].concat())
                    })
                    .collect();
                list(bodies?.into_iter())
            }
            _ => content.to_vec(),
        })
    })?;
    if !has_tables {
        apart = with_table(&apart, &kind)?;
    }
    Ok(apart)
}

/// The place of the table `shared` that a function calls with its very own arguments, where it does nothing else.
fn place_called(body: &[u8], shared: u32) -> Option<u32> {
    let mut reader = Reader(body);
    // It has no variables besides its arguments.
    (reader.number().ok()? == 0).then_some(())?;
    let mut argument = 0;
    loop {
        match reader.byte().ok()? {
            LOCAL_GET if reader.number().ok()? == argument => argument += 1,
            I32_CONST => break,
            _ => return None,
        }
    }
    let place = reader.number().ok()?;
    let is_call = reader.byte().ok()? == CALL_INDIRECT;
    reader.number().ok()?;
    let is_shared = reader.number().ok()? == shared;
    (is_call && is_shared && reader.0 == [END]).then_some(place)
}

/// The tables of a module.
struct Tables {
    /// The number of the one that all modules share.
    shared: u32,
    /// The number of the next.
    own: u32,
    /// The type of the shared one.
    kind: Vec<u8>,
}

impl Tables {
    fn of(module: &[u8]) -> Result<Self> {
        let mut kinds = Vec::new();
        let mut shared = None;
        for (id, content) in sections(module)? {
            let mut reader = Reader(content);
            match id {
                IMPORTS => {
                    for _ in 0..reader.number()? {
                        reader.text()?;
                        let name = reader.text()?;
                        if let Some((&TABLE, kind)) = reader.import()?.split_first() {
                            if name == NAME {
                                shared = Some(kinds.len());
                            }
                            kinds.push(kind.to_vec());
                        }
                    }
                }
                TABLES => {
                    for _ in 0..reader.number()? {
                        kinds.push(reader.table()?);
                    }
                }
                EXPORTS => {
                    for _ in 0..reader.number()? {
                        let name = reader.text()?;
                        let kind = reader.byte()?;
                        let index = reader.number()?;
                        if kind == TABLE && name == NAME {
                            shared = Some(index as usize);
                        }
                    }
                }
                _ => {}
            }
        }
        let shared = shared.with_context(|| format!("it has no {NAME}"))?;
        let kind = kinds
            .get(shared)
            .context("it exports a table that it hasn't")?;
        Ok(Self {
            shared: shared as u32,
            own: kinds.len() as u32,
            kind: kind.clone(),
        })
    }
}

impl Reader<'_> {
    /// Reads the type of a table, and returns it.
    fn table(&mut self) -> Result<Vec<u8>> {
        let before = self.0;
        self.byte()?;
        self.limits()?;
        Ok(before[..before.len() - self.0.len()].to_vec())
    }
}

/// A list in the binary format with more entries.
fn longer(content: &[u8], more: Vec<Vec<u8>>) -> Result<Vec<u8>> {
    let mut reader = Reader(content);
    let count = reader.number()? + more.len() as u32;
    Ok([number(count), reader.0.to_vec(), more.concat()].concat())
}

/// The same module, which has none, with a table.
fn with_table(module: &[u8], kind: &[u8]) -> Result<Vec<u8>> {
    let tables = section(TABLES, &[kind.to_vec()]);
    let mut with = module.get(..8).unwrap_or_default().to_vec();
    let mut is_in = false;
    for (id, content) in sections(module)? {
        // Memories, events and all that comes later stand behind tables.
        if !is_in && id > TABLES {
            with.extend(&tables);
            is_in = true;
        }
        with.extend([vec![id], number(content.len() as u32), content.to_vec()].concat());
    }
    if !is_in {
        with.extend(tables);
    }
    Ok(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(parts: &[(u8, &[&[u8]])]) -> Vec<u8> {
        let sections = parts.iter().map(|(id, entries)| {
            let entries: Vec<Vec<u8>> = entries.iter().map(|entry| entry.to_vec()).collect();
            section(*id, &entries)
        });
        [
            b"\0asm\x01\0\0\0".to_vec(),
            sections.collect::<Vec<_>>().concat(),
        ]
        .concat()
    }

    const FILLED: &[u8] = &[0, 0x41, 1, 0x0b, 2, 7, 8];
    const EMPTY: &[u8] = &[4, 0x41, 3, 0x0b, 2, 0xd0, 0x70, 0x0b, 0xd0, 0x70, 0x0b];
    const HALF: &[u8] = &[4, 0x41, 5, 0x0b, 2, 0xd0, 0x70, 0x0b, 0xd2, 9, 0x0b];

    #[test]
    fn empty_places_go_and_all_else_stays() {
        let whole = |segments: &[&[u8]]| module(&[(9, segments), (10, &[&[2, 3]])]);
        assert_eq!(
            without_empty_places(&whole(&[FILLED, EMPTY, HALF])).unwrap(),
            whole(&[FILLED, HALF])
        );
        // One that is declared, and one of another table.
        let others = whole(&[
            &[3, 0, 1, 7],
            &[6, 1, 0x41, 0, 0x0b, 0x6f, 1, 0xd0, 0x6f, 0x0b],
        ]);
        assert_eq!(without_empty_places(&others).unwrap(), others);
        assert!(without_empty_places(&whole(&[&[8, 0, 0]])).is_err());
        let cut = whole(&[FILLED]);
        assert!(without_empty_places(&cut[..cut.len() - 1]).is_err());
    }

    const EXPORTED: &[u8] = b"\x19__indirect_function_table\x01\x01";

    /// Functions that only call a place, the last of them with other arguments than their own.
    fn calls(tables: [u8; 4]) -> Vec<Vec<u8>> {
        let [filled, half, empty, other] = tables;
        vec![
            vec![9, 0, 0x20, 0, 0x41, 2, 0x11, 0, filled, 0x0b],
            vec![11, 0, 0x20, 0, 0x20, 1, 0x41, 6, 0x11, 0, half, 0x0b],
            vec![7, 0, 0x41, 5, 0x11, 0, empty, 0x0b],
            vec![9, 0, 0x20, 1, 0x41, 2, 0x11, 0, other, 0x0b],
        ]
    }

    #[test]
    fn what_a_file_puts_into_the_table_itself_it_calls_in_a_table_of_its_own() {
        let segment =
            |of: &[u8]| [vec![6, 1], of[1..4].to_vec(), vec![0x70], of[4..].to_vec()].concat();
        let half = segment(HALF);
        let filled: &[u8] = &[2, 1, 0x41, 1, 0x0b, 0, 2, 7, 8];
        let before = calls([1; 4]);
        let before: Vec<&[u8]> = before.iter().map(Vec::as_slice).collect();
        let tables: [&[u8]; 2] = [&[0x6f, 0, 1], &[0x70, 0, 9]];
        let whole = module(&[
            (4, &tables),
            (7, &[EXPORTED]),
            (9, &[filled, &half]),
            (10, &before),
        ]);
        let mut copy_of_filled = vec![6, 2, 0x41, 1, 0x0b, 0x70, 2];
        copy_of_filled.extend([0xd2, 7, 0x0b, 0xd2, 8, 0x0b]);
        let mut copy_of_half = half.clone();
        copy_of_half[1] = 2;
        let after = calls([2, 2, 1, 1]);
        let after: Vec<&[u8]> = after.iter().map(Vec::as_slice).collect();
        assert_eq!(
            with_own_calls_apart(&whole).unwrap(),
            module(&[
                (4, &[tables[0], tables[1], tables[1]]),
                (7, &[EXPORTED]),
                (9, &[filled, &half, &copy_of_filled, &copy_of_half]),
                (10, &after),
            ])
        );
        let without = module(&[(4, &tables), (10, &before)]);
        assert!(with_own_calls_apart(&without).is_err());
    }

    #[test]
    fn a_part_that_imports_the_table_gets_one_of_its_own() {
        let import = [
            b"\x03app\x19__indirect_function_table".as_slice(),
            &[1, 0x70, 0, 9],
        ]
        .concat();
        let function = [b"\x03app\x01f".as_slice(), &[0, 3]].concat();
        let body = |table| vec![9, 0, 0x20, 0, 0x41, 2, 0x11, 0, table, 0x0b];
        let whole = module(&[
            (2, &[&function, &import]),
            (9, &[FILLED]),
            (10, &[&body(0)]),
        ]);
        let copy = [6, 1, 0x41, 1, 0x0b, 0x70, 2, 0xd2, 7, 0x0b, 0xd2, 8, 0x0b];
        assert_eq!(
            with_own_calls_apart(&whole).unwrap(),
            module(&[
                (2, &[&function, &import]),
                (4, &[&[0x70, 0, 9]]),
                (9, &[FILLED, &copy]),
                (10, &[&body(1)]),
            ])
        );
    }
}
