use super::*;

fn path(text: &str) -> FilePath {
    FilePath::try_from(text).unwrap()
}

fn entry(text: &str, kind: FileKind) -> FileEntry {
    FileEntry {
        path: path(text),
        kind,
        size: 0,
        modified: Millis(0),
        etag: String::new(),
    }
}

fn listing() -> Listing {
    Listing::new(&[
        entry("README.md", FileKind::Text),
        entry("flow.dag.yaml", FileKind::Text),
        entry("data", FileKind::Folder),
        entry("data/b.json", FileKind::Text),
        entry("data/deep/a.png", FileKind::Binary),
    ])
}

fn rows(open: &[&str]) -> Vec<Row> {
    listing().rows(&open.iter().map(|text| path(text)).collect())
}

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.path.as_str()).collect()
}

#[test]
fn folders_come_first_and_hide_what_they_hold() {
    assert_eq!(names(&rows(&[])), ["data", "flow.dag.yaml", "README.md"]);
    assert_eq!(
        names(&rows(&["data"])),
        [
            "data",
            "data/deep",
            "data/b.json",
            "flow.dag.yaml",
            "README.md"
        ]
    );
    assert_eq!(
        names(&rows(&["data/deep"])),
        ["data", "flow.dag.yaml", "README.md"]
    );
}

#[test]
fn rows_say_where_they_stand() {
    let rows = rows(&["data", "data/deep"]);
    let places: Vec<_> = rows
        .iter()
        .map(|row| (row.level, row.position, row.siblings))
        .collect();
    assert_eq!(
        places,
        [
            (1, 1, 3),
            (2, 1, 2),
            (3, 1, 1),
            (2, 2, 2),
            (1, 2, 3),
            (1, 3, 3)
        ]
    );
}

#[test]
fn changes_on_disk_are_taken_over() {
    let mut listing = listing();
    listing.apply(&[
        FileChange {
            path: path("new/x.py"),
            entry: Some(entry("new/x.py", FileKind::Text)),
        },
        FileChange {
            path: path("data"),
            entry: None,
        },
    ]);
    let files: Vec<_> = listing.files().map(FilePath::as_str).collect();
    assert_eq!(files, ["README.md", "flow.dag.yaml", "new/x.py"]);
    assert_eq!(
        listing.get(&path("new")).map(|entry| entry.kind),
        Some(FileKind::Folder)
    );
    assert_eq!(listing.get(&path("data/deep")), None);
}

#[test]
fn keys_lead_as_in_the_tree_pattern() {
    let rows = rows(&["data"]);
    let at = |text: &str| {
        rows.iter()
            .position(|row| row.path.as_str() == text)
            .unwrap()
    };
    let focus = |text: &str| TreeMove::Focus(path(text));
    for (from, key, then) in [
        ("data", Key::Up, TreeMove::Nothing),
        ("data", Key::Down, focus("data/deep")),
        ("data", Key::Right, focus("data/deep")),
        ("data", Key::Left, TreeMove::Toggle(path("data"))),
        ("data/deep", Key::Right, TreeMove::Toggle(path("data/deep"))),
        ("data/b.json", Key::Left, focus("data")),
        ("data/b.json", Key::Right, TreeMove::Nothing),
        ("data/b.json", Key::Act, TreeMove::Open(path("data/b.json"))),
        ("flow.dag.yaml", Key::Left, TreeMove::Nothing),
        ("flow.dag.yaml", Key::Home, focus("data")),
        ("flow.dag.yaml", Key::End, focus("README.md")),
        ("README.md", Key::Down, TreeMove::Nothing),
        ("README.md", Key::Letter('D'), focus("data")),
        ("data", Key::Letter('r'), focus("README.md")),
        ("data", Key::Letter('z'), TreeMove::Nothing),
    ] {
        assert_eq!(step(&rows, at(from), key), then, "{key:?} at {from}");
    }
    assert_eq!(step(&[], 0, Key::Down), TreeMove::Nothing);
}

#[test]
fn the_folders_above_a_file_are_named_from_the_top() {
    let above = folders_above(&path("a/b/c.py"));
    assert_eq!(above, [path("a"), path("a/b")]);
    assert!(folders_above(&path("c.py")).is_empty());
}
