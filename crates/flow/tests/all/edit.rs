//! `environment.image` set and taken away, in files as people write them.

#![allow(clippy::unwrap_used, reason = "its functions are for tests alone")]

use flowdeck_flow::{EditError, check, set_environment_image, set_environment_requirements};
use proptest::{prelude::*, sample::select};

const IMAGE: &str = "registry.example/team/runtime:3";

fn set(text: &str, image: Option<&str>) -> String {
    set_environment_image(text, image).unwrap()
}

#[test]
fn an_image_goes_where_the_environment_is_and_comments_stay() {
    for (before, after) in [
        (
            "nodes: []\n",
            "nodes: []\nenvironment:\n  image: registry.example/team/runtime:3\n",
        ),
        (
            "nodes: []",
            "nodes: []\nenvironment:\n  image: registry.example/team/runtime:3\n",
        ),
        (
            "# top\nenvironment:\n    # what is installed\n    python_requirements_txt: requirements.txt # all\nnodes: []\n",
            "# top\nenvironment:\n    # what is installed\n    image: registry.example/team/runtime:3\n    python_requirements_txt: requirements.txt # all\nnodes: []\n",
        ),
        (
            "environment:\n  image: old:1 # keep me\nnodes: []\n",
            "environment:\n  image: registry.example/team/runtime:3 # keep me\nnodes: []\n",
        ),
        (
            "environment:\n  image: 'old:1' # keep me\nnodes: []\n",
            "environment:\n  image: registry.example/team/runtime:3 # keep me\nnodes: []\n",
        ),
        (
            "environment:\n  image: \"old:1\"\nnodes: []\n",
            "environment:\n  image: registry.example/team/runtime:3\nnodes: []\n",
        ),
        (
            "environment: # none yet\nnodes: []\n",
            "environment: # none yet\n  image: registry.example/team/runtime:3\nnodes: []\n",
        ),
        (
            "environment:\n  image:\nnodes: []\n",
            "environment:\n  image: registry.example/team/runtime:3\nnodes: []\n",
        ),
        (
            "environment: {python_requirements_txt: r.txt}\nnodes: []\n",
            "environment: {image: registry.example/team/runtime:3, python_requirements_txt: r.txt}\nnodes: []\n",
        ),
        (
            "environment: {}\nnodes: []\n",
            "environment: {image: registry.example/team/runtime:3}\nnodes: []\n",
        ),
    ] {
        assert_eq!(set(before, Some(IMAGE)), after);
    }
}

#[test]
fn an_image_is_taken_away_with_what_only_it_was_there_for() {
    for (before, after) in [
        ("environment:\n  image: a:1\nnodes: []\n", "nodes: []\n"),
        ("nodes: []\nenvironment:\n  image: a:1", "nodes: []\n"),
        (
            "environment:\n  image: a:1\n  # kept\n  python_requirements_txt: r.txt\nnodes: []\n",
            "environment:\n  # kept\n  python_requirements_txt: r.txt\nnodes: []\n",
        ),
        (
            "environment: {image: a, python_requirements_txt: r.txt}\nnodes: []\n",
            "environment: {python_requirements_txt: r.txt}\nnodes: []\n",
        ),
        (
            "environment: {python_requirements_txt: r.txt, image: a}\nnodes: []\n",
            "environment: {python_requirements_txt: r.txt}\nnodes: []\n",
        ),
        (
            "environment: {image: a}\nnodes: []\n",
            "environment: {}\nnodes: []\n",
        ),
    ] {
        assert_eq!(set(before, None), after);
    }
}

#[test]
fn line_ends_stay_what_they_are() {
    assert_eq!(
        set("nodes: []\r\n", Some("a:1")),
        "nodes: []\r\nenvironment:\r\n  image: a:1\r\n"
    );
}

#[test]
fn what_would_be_read_as_something_else_is_quoted() {
    for image in ["12:30", "1.5", "true", "a: b", "# no"] {
        let text = set("nodes: []\n", Some(image));
        assert_eq!(
            check(&text).flow.unwrap().environment.image.as_deref(),
            Some(image)
        );
    }
}

#[test]
fn what_cannot_be_read_or_is_unusual_is_left_alone() {
    for (text, error) in [
        ("nodes: [", EditError::Unreadable),
        ("", EditError::Unreadable),
        ("- a\n", EditError::Unreadable),
        ("environment: a\n", EditError::Unusual),
        ("environment:\n  image: [a]\n", EditError::Unusual),
        ("x: &e {a: 1}\nenvironment: *e\n", EditError::Unusual),
    ] {
        assert_eq!(
            set_environment_image(text, Some(IMAGE)),
            Err(error),
            "{text}"
        );
    }
}

proptest! {
    /// Setting is what `check` then reads, and taking away undoes it; nothing else changes its meaning.
    #[test]
    fn set_and_taken_away(
        parts in prop::collection::vec(select(vec![
            "# note\n", "display_name: é\n", "nodes: []\n", "inputs:\n  a: {type: string}\n", "\n",
        ]), 0..5),
        environment in select(vec![
            "", "environment:\n", "environment: {}\n", "environment:\n  image: x\n",
            "environment:\n  python_requirements_txt: r.txt\n",
        ]),
        image in "[a-z0-9][a-z0-9./:@_-]{0,20}",
    ) {
        let mut lines: Vec<&str> = Vec::new();
        for part in parts {
            if part.starts_with(['#', '\n']) || !lines.contains(&part) { lines.push(part); }
        }
        let text = format!("first: 1\n{}{environment}last: 2\n", lines.concat());
        let with = set(&text, Some(&image));
        prop_assert_eq!(check(&with).flow.unwrap().environment.image, Some(image));
        let without = set(&with, None);
        prop_assert_eq!(check(&without).flow.unwrap().environment.image, None);
        for line in text.lines().filter(|line| !line.contains("environment") && !line.contains("image")) {
            prop_assert!(without.lines().any(|kept| kept == line));
        }
    }
}

#[test]
fn the_requirements_file_is_named_beside_whatever_else_the_environment_says() {
    let named = |text: &str| set_environment_requirements(text, "requirements.txt");
    assert_eq!(
        named("nodes: []\n").unwrap(),
        "nodes: []\nenvironment:\n  python_requirements_txt: requirements.txt\n"
    );
    assert_eq!(
        named("environment:\n  image: a.example/x:1 # kept\nnodes: []\n").unwrap(),
        "environment:\n  python_requirements_txt: requirements.txt\n  image: a.example/x:1 # kept\nnodes: []\n"
    );
    assert_eq!(
        named("environment: {image: x}\n").unwrap(),
        "environment: {python_requirements_txt: requirements.txt, image: x}\n"
    );
    assert_eq!(
        set_environment_requirements("nodes: []\n", "a: b.txt").unwrap(),
        "nodes: []\nenvironment:\n  python_requirements_txt: \"a: b.txt\"\n"
    );
    assert_eq!(named("- 1\n"), Err(EditError::Unreadable));
}
