//! Packs a folder that a person chose as a tar: a list of headers and files, so that the browser need not read any file into
//! memory.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, File};

const BLOCK: usize = 512;
/// Longer names go before their file, as GNU's tar writes them.
const LONGEST: usize = 100;

/// The files as one archive.
pub(super) fn packed(files: &[(String, File)]) -> Result<Blob, JsValue> {
    let parts = Array::new();
    let put = |bytes: &[u8]| parts.push(&Uint8Array::from(bytes));
    for (path, file) in files {
        // The size of a file is a whole number, far below what an f64 counts exactly.
        let size = file.size() as u64;
        put(&heads(path, size));
        parts.push(file);
        put(&vec![0; padding(size)]);
    }
    put(&[0; 2 * BLOCK]);
    Blob::new_with_blob_sequence(&parts)
}

/// What stands before a file's content.
fn heads(path: &str, size: u64) -> Vec<u8> {
    let mut heads = Vec::new();
    if path.len() > LONGEST {
        let name = path.len() as u64 + 1;
        heads.extend(head("././@LongLink", name, b'L'));
        heads.extend(path.as_bytes());
        heads.push(0);
        heads.resize(heads.len() + padding(name), 0);
    }
    heads.extend(head(path, size, b'0'));
    heads
}

/// How much is missing to a whole block.
fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    (BLOCK - over) % BLOCK
}

fn head(path: &str, size: u64, kind: u8) -> [u8; BLOCK] {
    let mut head = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &path.as_bytes()[..path.len().min(LONGEST)]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar  \0");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_its_sum_and_its_size() {
        let head = head("a/b.txt", 1000, b'0');
        assert!(head.starts_with(b"a/b.txt\0"));
        assert_eq!(&head[124..136], b"00000001750\0");
        let spaced: u32 = (0..BLOCK)
            .map(|at| match at {
                148..156 => u32::from(b' '),
                at => u32::from(head[at]),
            })
            .sum();
        assert_eq!(&head[148..156], format!("{spaced:06o}\0 ").as_bytes());
    }

    #[test]
    fn a_long_name_goes_before_its_file() {
        let path = format!("{}/x", "a".repeat(120));
        let heads = heads(&path, 5);
        assert_eq!(heads.len(), 3 * BLOCK);
        assert_eq!(heads[156], b'L');
        assert_eq!(&heads[BLOCK..BLOCK + path.len()], path.as_bytes());
        assert_eq!((padding(0), padding(1), padding(512)), (0, 511, 0));
    }
}
