//! Reading requirements with all that they include.

use super::*;
use std::fs;

fn names(set: &RequirementSet) -> Vec<&str> {
    set.files().iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn each_file_is_read_once_and_what_leads_out_is_left_to_the_installer() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("f");
    fs::create_dir_all(folder.join("more")).unwrap();
    fs::write(root.path().join("out.txt"), "beta\n").unwrap();
    std::os::unix::fs::symlink("../out.txt", folder.join("link.txt")).unwrap();
    let all = format!(
        "-rmore/a.txt\n--constraint=more/c.txt\n-r ../out.txt\n-r link.txt\n-r /dev/zero\n-r https://h/r.txt\n-r {}/more/b.txt\n",
        folder.display()
    );
    fs::write(folder.join("r.txt"), all).unwrap();
    fs::write(folder.join("more/a.txt"), "alpha\n-r ../r.txt\n-c c.txt\n").unwrap();
    fs::write(folder.join("more/b.txt"), "beta\n").unwrap();
    fs::write(folder.join("more/c.txt"), "gamma<2\n-r d.txt").unwrap();
    fs::write(folder.join("more/d.txt"), "delta<2\n").unwrap();
    let set = RequirementSet::read(&folder, "r.txt").unwrap();
    assert_eq!(
        names(&set),
        [
            "r.txt",
            "more/a.txt",
            "more/b.txt",
            "more/c.txt",
            "more/d.txt"
        ]
    );
    assert_eq!(set.files()[1].included("../r.txt"), Some(0));
    assert_eq!(set.files()[0].included("more/c.txt"), Some(3));
    let roles = set
        .files()
        .iter()
        .map(|file| file.role == Role::Constraints);
    assert_eq!(roles.collect::<Vec<_>>(), [false, false, false, true, true]);
    assert_eq!(
        set.elsewhere(),
        [
            "-r ../out.txt",
            "-r link.txt",
            "-r /dev/zero",
            "-r https://h/r.txt"
        ]
    );
    let text = "-r more/b.txt".to_owned();
    let other = RequirementSet::with_text(&folder, "none.txt", text).unwrap();
    assert_eq!(names(&other), ["none.txt", "more/b.txt"]);
}

#[test]
fn what_cannot_be_read_is_told_with_file_and_line_and_is_never_absent() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let told = |file: &str| {
        let error = RequirementSet::read(folder, file).unwrap_err();
        (error.failure.code.into_owned(), error.failure.message)
    };
    fs::create_dir(folder.join("sub")).unwrap();
    write("a.txt", b"flask\n-r none.txt\n");
    assert_eq!(
        told("a.txt"),
        (
            "RequirementFileMissing".to_owned(),
            "'-r none.txt' (a.txt, line 2): the file doesn't exist.".to_owned()
        )
    );
    write("b.txt", b"-r sub\n");
    assert!(
        told("b.txt")
            .1
            .contains("(b.txt, line 1): it isn't a regular file")
    );
    write("bad.txt", b"flask\n\xff\n");
    assert_eq!(
        told("bad.txt").1,
        "bad.txt can't be read as text. Line 2 isn't valid UTF-8."
    );
    write("d.txt", b"-r bad.txt");
    assert_eq!(told("d.txt").0, "RequirementsUnreadable");
    assert_eq!(told("none.txt").0, "RequirementFileMissing");
    write("e.txt", b"-r e2.txt");
    fs::File::create(folder.join("e2.txt"))
        .unwrap()
        .set_len(10 << 30)
        .unwrap();
    assert!(
        told("e.txt")
            .1
            .contains("‘e2.txt’ is too large. The limit is 2 MiB.")
    );
}

#[test]
fn chains_and_crowds_of_files_end_with_an_error() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    for number in 0..100_000 {
        let text = format!("-r {}.txt\n", number + 1);
        fs::write(folder.join(format!("{number}.txt")), text).unwrap();
    }
    let error = RequirementSet::read(folder, "0.txt").unwrap_err();
    assert_eq!(error.failure.code, "RequirementsTooLarge");
    let crowd: String = (0..40_000)
        .map(|number| format!("-r {number}.txt\n"))
        .collect();
    fs::write(folder.join("crowd.txt"), crowd).unwrap();
    let error = RequirementSet::read(folder, "crowd.txt").unwrap_err();
    assert_eq!(error.failure.code, "RequirementsTooLarge");
    assert!(
        error.failure.message.contains("more than 200 files"),
        "{}",
        error.failure.message
    );
}

#[test]
fn encodings_are_read_as_pip_reads_them() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let utf_16: Vec<u8> = "\u{feff}flask==3\r\n-r b.txt"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(folder.join("a.txt"), utf_16).unwrap();
    fs::write(folder.join("b.txt"), "rich\n").unwrap();
    let set = RequirementSet::read(folder, "a.txt").unwrap();
    assert_eq!(names(&set), ["a.txt", "b.txt"]);
    assert_eq!(set.package().as_deref(), Some("flask"));
    assert!(!set.is_plain());
    assert!(RequirementSet::read(folder, "b.txt").unwrap().is_plain());
    assert_ne!(
        set.hash(),
        RequirementSet::read(folder, "b.txt").unwrap().hash()
    );
}
