//! Flow folders on a real disk: what is listed, what is read, what a save does, and that nothing leads out.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    sync::Arc,
};

use cap_std::{ambient_authority, fs::Dir};
use flowdeck_contract::{
    files::{FileKind, LeftOut},
    ids::FilePath,
};
use flowdeck_server::files::{
    ContentCache, ETag, FileError, FlowFolder, NODE_LIMIT, Precondition, is_leftover,
};
use proptest::prelude::*;
use tempfile::TempDir;

fn path(text: &str) -> FilePath {
    FilePath::try_from(text).unwrap()
}

/// `outside/secret.txt` and, beside it, the flow folder `flow`.
fn world() -> (TempDir, FlowFolder) {
    let world = tempfile::tempdir().unwrap();
    fs::create_dir_all(world.path().join("outside")).unwrap();
    fs::write(world.path().join("outside/secret.txt"), "secret").unwrap();
    fs::create_dir_all(world.path().join("flow/src")).unwrap();
    fs::write(world.path().join("flow/flow.dag.yaml"), "nodes: []\n").unwrap();
    fs::write(world.path().join("flow/src/a.py"), "print()\r\n").unwrap();
    let folder = open(&world.path().join("flow"));
    (world, folder)
}

fn open(at: &Path) -> FlowFolder {
    let dir = Dir::open_ambient_dir(at, ambient_authority()).unwrap();
    FlowFolder::new(dir, Arc::new(ContentCache::default()))
}

fn listed(folder: &FlowFolder) -> Vec<(String, FileKind)> {
    let tree = folder.list().unwrap();
    tree.entries
        .into_iter()
        .map(|entry| (entry.path.to_string(), entry.kind))
        .collect()
}

#[test]
fn a_folder_is_listed_before_what_it_holds_and_tools_folders_are_not_listed() {
    let (world, folder) = world();
    let flow = world.path().join("flow");
    for dir in [".git", "src/__pycache__", ".promptflow"] {
        fs::create_dir_all(flow.join(dir)).unwrap();
        fs::write(flow.join(dir).join("x.json"), "{}").unwrap();
    }
    fs::write(flow.join("src-old.txt"), "").unwrap();
    fs::write(flow.join("picture.png"), [0x89, b'P', 0, 1]).unwrap();
    fs::write(flow.join("huge.txt"), vec![b'a'; 2 * 1024 * 1024 + 1]).unwrap();
    fs::write(flow.join(".flowdeck-save-1.tmp"), "").unwrap();
    use FileKind::{Binary, Folder, Text, TooLarge};
    let expected = [
        (".promptflow", Folder),
        (".promptflow/x.json", Text),
        ("flow.dag.yaml", Text),
        ("huge.txt", TooLarge),
        ("picture.png", Binary),
        ("src", Folder),
        ("src/a.py", Text),
        ("src-old.txt", Text),
    ];
    let expected: Vec<_> = expected.map(|(name, kind)| (name.to_owned(), kind)).into();
    assert_eq!(listed(&folder), expected);
    // The second time comes out of the cache.
    assert_eq!(listed(&folder), expected);
}

#[test]
fn names_that_the_api_cannot_carry_and_entries_beyond_the_limit_are_counted() {
    let (world, folder) = world();
    let flow = world.path().join("flow");
    fs::write(flow.join("new\nline"), "").unwrap();
    fs::create_dir(flow.join("many")).unwrap();
    for number in 0..NODE_LIMIT {
        fs::write(flow.join("many").join(number.to_string()), "").unwrap();
    }
    let tree = folder.list().unwrap();
    assert_eq!(tree.entries.len(), NODE_LIMIT);
    // The name, and what did not fit beside flow.dag.yaml, many, src and src/a.py.
    let left_out = LeftOut {
        unusable_names: 1,
        beyond_limit: 4,
        is_more: false,
    };
    assert_eq!(tree.left_out, left_out);
    fs::create_dir(flow.join("back\\slash")).unwrap();
    let left_out = folder.list().unwrap().left_out;
    assert_eq!((left_out.unusable_names, left_out.is_more), (2, true));
    for name in ["flow.dag.yaml", "many", "src"] {
        assert!(
            tree.entries.iter().any(|entry| entry.path.as_str() == name),
            "{name}"
        );
    }
}

#[test]
fn a_listed_tag_is_the_one_that_saving_takes() {
    let (_world, folder) = world();
    let entry = folder.entry(&path("src/a.py")).unwrap().unwrap();
    assert_eq!(
        entry.etag,
        folder.read(&path("src/a.py")).unwrap().etag.as_str()
    );
    let saved = folder
        .save(
            &path("src/a.py"),
            &Precondition::if_match(&entry.etag),
            b"x = 1\r\n",
        )
        .unwrap();
    assert!(!saved.created);
    assert_eq!(saved.entry.etag, ETag::of(b"x = 1\r\n").as_str());
    assert_eq!(folder.read(&path("src/a.py")).unwrap().text, "x = 1\r\n");
}

#[test]
fn a_save_keeps_the_mode_and_leaves_nothing_beside_the_file() {
    let (world, folder) = world();
    let file = world.path().join("flow/src/a.py");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o751)).unwrap();
    folder
        .save(&path("src/a.py"), &Precondition::Exists, b"new")
        .unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o7777,
        0o751
    );
    let names: Vec<_> = fs::read_dir(world.path().join("flow/src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["a.py"]);
}

#[test]
fn a_file_that_changed_meanwhile_is_not_overwritten() {
    let (world, folder) = world();
    let file = world.path().join("flow/src/a.py");
    let opened = folder.read(&path("src/a.py")).unwrap().etag;
    fs::write(&file, "somebody else's").unwrap();
    let failure = folder
        .save(&path("src/a.py"), &Precondition::Is(vec![opened]), b"mine")
        .unwrap_err();
    let FileError::Changed { now, .. } = failure else {
        panic!("{failure}")
    };
    assert_eq!(now, Some(ETag::of(b"somebody else's")));
    assert_eq!(fs::read_to_string(&file).unwrap(), "somebody else's");
}

#[test]
fn a_new_file_makes_its_folders_and_never_replaces_one() {
    let (_world, folder) = world();
    assert!(
        folder
            .save(&path("a/b/new.py"), &Precondition::Absent, b"1")
            .unwrap()
            .created
    );
    let again = folder.save(&path("a/b/new.py"), &Precondition::Absent, b"2");
    assert!(matches!(again, Err(FileError::Exists { .. })), "{again:?}");
    assert_eq!(folder.read(&path("a/b/new.py")).unwrap().text, "1");
    let below_a_file = folder.save(&path("a/b/new.py/x"), &Precondition::Absent, b"3");
    assert!(below_a_file.is_err(), "{below_a_file:?}");
}

#[test]
fn what_is_no_text_is_neither_opened_nor_saved() {
    let (world, folder) = world();
    fs::write(world.path().join("flow/bin"), b"a\0b").unwrap();
    fs::write(world.path().join("flow/latin1"), b"gr\xf6\xdfe").unwrap();
    for name in ["bin", "latin1"] {
        assert!(
            matches!(folder.read(&path(name)), Err(FileError::NotText(_))),
            "{name}"
        );
    }
    for content in [b"a\0b".as_slice(), b"\xff"] {
        let saved = folder.save(&path("x"), &Precondition::Absent, content);
        assert!(matches!(saved, Err(FileError::NotText(_))));
    }
    let huge = vec![b'a'; 2 * 1024 * 1024 + 1];
    let saved = folder.save(&path("x"), &Precondition::Absent, &huge);
    assert!(matches!(saved, Err(FileError::TooLarge(_))));
    assert!(matches!(
        folder.read(&path("src")),
        Err(FileError::Folder(_))
    ));
}

#[test]
fn links_inside_are_followed_and_stay_links_when_saved() {
    let (world, folder) = world();
    let flow = world.path().join("flow");
    symlink("src/a.py", flow.join("link.py")).unwrap();
    folder
        .save(&path("link.py"), &Precondition::Exists, b"through")
        .unwrap();
    assert!(
        fs::symlink_metadata(flow.join("link.py"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs::read_to_string(flow.join("src/a.py")).unwrap(),
        "through"
    );
    folder.remove(&path("link.py"), None).unwrap();
    assert!(flow.join("src/a.py").exists());
}

#[test]
fn links_that_lead_out_are_listed_and_never_followed() {
    let (world, folder) = world();
    let flow = world.path().join("flow");
    symlink(
        world.path().join("outside/secret.txt"),
        flow.join("absolute"),
    )
    .unwrap();
    symlink("../outside/secret.txt", flow.join("relative")).unwrap();
    symlink("../outside", flow.join("folder")).unwrap();
    symlink("nowhere", flow.join("dangling")).unwrap();
    symlink("loop", flow.join("loop")).unwrap();
    let links: Vec<_> = listed(&folder)
        .into_iter()
        .filter(|(_, kind)| *kind == FileKind::OutsideLink)
        .collect();
    assert_eq!(links.len(), 5, "{links:?}");
    for name in ["absolute", "relative", "folder/secret.txt", "loop"] {
        let read = folder.read(&path(name));
        assert!(
            matches!(read, Err(FileError::Outside(_))),
            "{name}: {read:?}"
        );
        for precondition in [Precondition::Exists, Precondition::Absent] {
            let saved = folder.save(&path(name), &precondition, b"pwned");
            assert!(saved.is_err(), "{name}: {saved:?}");
        }
    }
    for name in ["folder/new.txt", "folder/deep/new.txt"] {
        let saved = folder.save(&path(name), &Precondition::Absent, b"pwned");
        assert!(saved.is_err(), "{name}: {saved:?}");
    }
    assert!(folder.remove(&path("folder/secret.txt"), None).is_err());
    let outside: Vec<_> = fs::read_dir(world.path().join("outside"))
        .unwrap()
        .collect();
    assert_eq!(outside.len(), 1);
    assert_eq!(
        fs::read_to_string(world.path().join("outside/secret.txt")).unwrap(),
        "secret"
    );
}

#[test]
fn tools_folders_and_pipes_are_not_served() {
    let (world, folder) = world();
    fs::create_dir(world.path().join("flow/.git")).unwrap();
    fs::write(world.path().join("flow/.git/config"), "").unwrap();
    assert!(matches!(
        folder.read(&path(".git/config")),
        Err(FileError::Hidden(_))
    ));
    let hook = folder.save(
        &path(".git/hooks/pre-commit"),
        &Precondition::Absent,
        b"#!/bin/sh",
    );
    assert!(matches!(hook, Err(FileError::Hidden(_))));
    let pipe = world.path().join("flow/pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    assert!(matches!(
        folder.read(&path("pipe")),
        Err(FileError::Special(_))
    ));
    assert_eq!(
        folder.entry(&path("pipe")).unwrap().unwrap().kind,
        FileKind::Binary
    );
}

/// Parts that hostile paths are made of.
fn hostile_part() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("..".to_owned()),
        Just(".".to_owned()),
        Just(String::new()),
        Just("out".to_owned()),
        Just("src".to_owned()),
        Just("%2e%2e".to_owned()),
        Just("..%2f".to_owned()),
        Just("secret.txt".to_owned()),
        Just("outside".to_owned()),
        "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the path: it is refused, or stays in the folder. `out` is a link to the folder above.
    #[test]
    fn no_path_leads_out(parts in proptest::collection::vec(hostile_part(), 1..6), absolute: bool) {
        let (world, folder) = world();
        symlink("..", world.path().join("flow/out")).unwrap();
        let text = format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"));
        if let Ok(path) = FilePath::try_from(text) {
            if let Ok(file) = folder.read(&path) {
                prop_assert_ne!(file.text, "secret");
            }
            for precondition in [Precondition::Absent, Precondition::Exists] {
                let _ = folder.save(&path, &precondition, b"pwned");
            }
            let _ = folder.remove(&path, None);
        }
        let above: Vec<_> = fs::read_dir(world.path()).unwrap().collect();
        prop_assert_eq!(above.len(), 2);
        let outside: Vec<_> = fs::read_dir(world.path().join("outside")).unwrap().collect();
        prop_assert_eq!(outside.len(), 1);
        prop_assert_eq!(fs::read_to_string(world.path().join("outside/secret.txt")).unwrap(), "secret");
    }
}

#[test]
fn temporary_files_of_a_killed_save_are_told_apart() {
    assert!(is_leftover(".flowdeck-save-0123.tmp"));
    assert!(!is_leftover("flowdeck-save.tmp"));
}
