//! Requirements files are decoded and joined as pip's own code does it, where a Python with pip is there.

#![expect(
    clippy::expect_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../../../tests/skipped.rs"]
mod skipped;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use flowdeck_flow::{decode, is_plain, requirement_lines, snapshot};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde::Deserialize;

/// What pip makes of a file.
#[derive(Debug, Deserialize)]
struct Read {
    /// `None` when it can't be decoded.
    text: Option<String>,
    lines: Vec<(u32, String)>,
}

/// What pip makes of the files; `None` without a Python that has it.
fn read_by_pip(files: &[Vec<u8>]) -> Option<Vec<Read>> {
    let has_pip = |python: &&str| {
        let mut command = Command::new(python);
        command.args(["-c", "from pip._internal.req import req_file"]);
        let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    };
    let python = ["python3", "/usr/bin/python3"].into_iter().find(has_pip)?;
    let mut child = Command::new(python)
        .arg("-X")
        .arg("utf8")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pip/read.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Python");
    let mut stdin = child.stdin.take().expect("its input");
    let text: String = files
        .iter()
        .map(|file| {
            file.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                + "\n"
        })
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("its end");
    writer.join().expect("the writer").expect("all is written");
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).expect("ASCII");
    let read = answers
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    Some(read.collect())
}

const MARKS: &[&[u8]] = &[
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xff\xfe\0\0",
    b"\0\0\xfe\xff",
    b"",
];

/// Text with what matters to a reader of lines.
fn texts() -> impl Strategy<Value = String> {
    let piece = select(
        &[
            "flask",
            "==1.0",
            ">=2",
            " ",
            "\t",
            "#",
            " # note",
            "\\",
            "\\\n",
            "\\\r\n",
            " \\\n",
            "\n",
            "\r\n",
            "\r",
            "\u{b}",
            "\u{c}",
            "\u{1c}",
            "\u{1f}",
            "\u{85}",
            "\u{a0}",
            "\u{2028}",
            "\u{feff}",
            "é",
            "; os_name == 'nt'",
            "--hash=sha256:ab",
            "-r x.txt",
            "\0",
        ][..],
    );
    vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn files() -> impl Strategy<Value = Vec<u8>> {
    let utf_16 = |text: String, mark: bool, unit: fn(u16) -> [u8; 2]| {
        let begin = mark.then_some(0xfeff);
        let units = begin
            .into_iter()
            .chain(text.encode_utf16().collect::<Vec<_>>());
        units.flat_map(unit).collect::<Vec<u8>>()
    };
    let coding = select(
        &[
            "latin-1",
            "utf-8",
            "UTF8",
            "ascii",
            "cp1252",
            "windows-1251",
            "koi8-r",
            "iso-8859-15",
            "klingon",
            "-",
            "",
        ][..],
    );
    let form = select(
        &[
            "# coding: ",
            "#-*- coding=",
            "#coding :",
            " # coding: ",
            "# vim: fileencoding=\t",
            "\n# encoding:",
        ][..],
    );
    let marks = select(MARKS);
    prop_oneof![
        texts().prop_map(String::into_bytes),
        texts().prop_map(move |text| utf_16(text, true, u16::to_le_bytes)),
        texts().prop_map(move |text| utf_16(text, true, u16::to_be_bytes)),
        texts().prop_map(move |text| utf_16(text, false, u16::to_le_bytes)),
        texts().prop_map(|text| {
            let chars = std::iter::once('\u{feff}').chain(text.chars().collect::<Vec<_>>());
            chars.flat_map(|c| u32::from(c).to_le_bytes()).collect()
        }),
        (form, coding, texts(), vec(any::<u8>(), 0..6)).prop_map(|(form, coding, text, bytes)| {
            let begin = format!("{form}{coding} -*-\n{text}").into_bytes();
            [begin, bytes].concat()
        }),
        (marks, vec(any::<u8>(), 0..12)).prop_map(|(mark, bytes)| [mark, &bytes].concat()),
    ]
}

fn some<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &rand_seed());
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut made = || strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(|_| made()).collect()
}

/// Others each time; a failure shows the file itself.
fn rand_seed() -> [u8; 32] {
    let now = std::time::UNIX_EPOCH
        .elapsed()
        .expect("a time after 1970")
        .as_nanos();
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&now.to_le_bytes());
    seed
}

#[test]
fn files_are_decoded_and_joined_as_pip_does_it() {
    let files = some(files(), 6_000);
    let Some(read) = read_by_pip(&files) else {
        skipped::skipped("there is no python3 with pip");
        return;
    };
    assert_eq!(read.len(), files.len());
    for (file, pip) in files.iter().zip(read) {
        let text = decode(file).ok();
        assert_eq!(text, pip.text, "{file:x?}");
        let Some(text) = text else { continue };
        let ours = requirement_lines(&text);
        let both = |ours: &[flowdeck_flow::RequirementLine]| {
            ours.iter()
                .map(|line| line.text.clone())
                .collect::<Vec<_>>()
        };
        let theirs: Vec<String> = pip.lines.iter().map(|(_, line)| line.clone()).collect();
        assert_eq!(both(&ours), theirs, "{text:?}");
        // What an installer is given says the same, at the same lines where lines are an editor's.
        let copy = snapshot(&text, |_| None);
        assert!(is_plain(&copy), "{text:?} -> {copy:?}");
        let copied = requirement_lines(&copy);
        assert_eq!(both(&copied), theirs, "{text:?} -> {copy:?}");
        let usual = !text.contains([
            '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
        ]);
        if usual {
            let at = |lines: &[flowdeck_flow::RequirementLine]| {
                lines.iter().map(|line| line.line).collect::<Vec<_>>()
            };
            assert_eq!(at(&ours), at(&copied), "{text:?}");
            assert!(
                ours.iter()
                    .zip(&pip.lines)
                    .all(|(ours, (line, _))| ours.line >= *line)
            );
        }
    }
}
