use super::*;

fn disk(text: &str) -> Disk {
    Disk::Text {
        etag: format!("\"{text}\""),
        text: text.into(),
    }
}

fn tag(text: &str) -> Precondition {
    Precondition::Is(format!("\"{text}\""))
}

fn dirty() -> Document {
    let mut document = Document::opened(disk("a"));
    document.edited(true);
    document
}

fn diverged(theirs: Disk) -> Document {
    let mut document = dirty();
    assert_eq!(document.changed_on_disk(theirs, false), Reaction::Keep);
    document
}

#[test]
fn edits_make_it_dirty_and_undoing_them_clean() {
    let mut document = dirty();
    assert_eq!(document.status(), &Status::Dirty);
    document.edited(false);
    assert_eq!(document.status(), &Status::Clean);
}

#[test]
fn a_clean_file_is_not_saved_and_a_save_not_doubled() {
    assert_eq!(Document::opened(disk("a")).begin_save(), None);
    let mut document = dirty();
    assert_eq!(document.begin_save(), Some(tag("a")));
    assert_eq!(document.begin_save(), None);
}

#[test]
fn the_next_save_is_made_over_the_one_before() {
    let mut document = dirty();
    document.begin_save();
    assert_eq!(document.saved(disk("b"), true), Reaction::Keep);
    assert_eq!(document.begin_save(), Some(tag("b")));
}

#[test]
fn a_failed_save_can_be_tried_again() {
    let mut document = dirty();
    document.begin_save();
    document.save_failed(Failure {
        reason: "no network".into(),
        remedy: None,
    });
    assert!(document.is_unsaved());
    assert_eq!(document.begin_save(), Some(tag("a")));
}

#[test]
fn a_refused_save_shows_both_and_overwrites_only_what_was_shown() {
    let mut document = dirty();
    document.begin_save();
    document.refused(disk("theirs"));
    assert_eq!(
        document.status(),
        &Status::Diverged {
            disk: disk("theirs"),
            compared: true
        }
    );
    assert_eq!(document.begin_save(), None);
    assert_eq!(document.begin_overwrite(), Some(tag("theirs")));
    document.refused(disk("theirs 2"));
    assert_eq!(document.begin_overwrite(), Some(tag("theirs 2")));
}

#[test]
fn a_clean_file_follows_the_disk() {
    let mut document = Document::opened(disk("a"));
    assert_eq!(document.changed_on_disk(disk("b"), false), Reaction::Reload);
    assert_eq!(document.base(), &disk("b"));
    assert_eq!(document.status(), &Status::Clean);
    assert_eq!(document.changed_on_disk(disk("b"), true), Reaction::Keep);
}

#[test]
fn a_dirty_file_never_follows_the_disk() {
    let document = diverged(disk("b"));
    assert_eq!(document.base(), &disk("a"));
    assert_eq!(
        document.status(),
        &Status::Diverged {
            disk: disk("b"),
            compared: false
        }
    );
}

#[test]
fn a_disk_that_returns_to_what_it_was_ends_the_divergence() {
    let mut document = diverged(disk("b"));
    document.changed_on_disk(disk("a"), false);
    assert_eq!(document.status(), &Status::Dirty);
}

#[test]
fn a_disk_that_holds_the_same_edits_ends_the_divergence() {
    let mut document = diverged(disk("b"));
    document.changed_on_disk(disk("mine"), true);
    assert_eq!(document.status(), &Status::Clean);
    assert_eq!(document.base(), &disk("mine"));
}

#[test]
fn a_deleted_file_stays_in_the_editor_and_is_saved_as_new() {
    let mut document = Document::opened(disk("a"));
    assert_eq!(document.changed_on_disk(Disk::Gone, false), Reaction::Keep);
    assert!(document.is_unsaved());
    assert_eq!(document.begin_overwrite(), Some(Precondition::Absent));
    document.saved(disk("a"), false);
    assert_eq!(document.status(), &Status::Clean);
}

#[test]
fn an_empty_file_is_not_a_deleted_one() {
    let mut document = Document::opened(disk(""));
    document.changed_on_disk(Disk::Gone, true);
    assert!(document.is_unsaved());
}

#[test]
fn what_is_heard_of_one_s_own_save_changes_nothing() {
    let mut document = dirty();
    document.begin_save();
    document.changed_on_disk(disk("b"), true);
    assert_eq!(document.saved(disk("b"), false), Reaction::Keep);
    assert_eq!(document.status(), &Status::Clean);
}

#[test]
fn what_others_did_during_a_save_is_not_forgotten() {
    let mut document = dirty();
    document.begin_save();
    document.changed_on_disk(disk("c"), false);
    assert_eq!(document.saved(disk("b"), false), Reaction::Reload);
    assert_eq!(document.base(), &disk("c"));

    let mut document = dirty();
    document.begin_save();
    document.changed_on_disk(disk("c"), false);
    document.save_failed(Failure {
        reason: "no network".into(),
        remedy: None,
    });
    assert_eq!(
        document.status(),
        &Status::Diverged {
            disk: disk("c"),
            compared: false
        }
    );
}

#[test]
fn edits_restored_on_another_base_are_shown_and_said_to_differ() {
    let same = Document::restored(disk("a"), Some("\"a\""));
    assert_eq!(same.status(), &Status::Dirty);
    let other = Document::restored(disk("b"), Some("\"a\""));
    assert_eq!(
        other.status(),
        &Status::Diverged {
            disk: disk("b"),
            compared: false
        }
    );
    let gone = Document::restored(Disk::Gone, Some("\"a\""));
    assert!(matches!(
        gone.status(),
        Status::Diverged {
            disk: Disk::Gone,
            ..
        }
    ));
    let new = Document::restored(Disk::Gone, None);
    assert_eq!(new.status(), &Status::Dirty);
}

#[test]
fn the_person_chooses() {
    let mut document = diverged(disk("b"));
    document.compare(true);
    document.compare(false);
    assert!(matches!(
        document.status(),
        Status::Diverged {
            compared: false,
            ..
        }
    ));
    document.take_theirs();
    assert_eq!(
        (document.status(), document.base()),
        (&Status::Clean, &disk("b"))
    );

    let mut document = dirty();
    document.discard();
    assert_eq!(
        (document.status(), document.base()),
        (&Status::Clean, &disk("a"))
    );
}

#[test]
fn edits_of_another_tab_keep_what_they_were_made_from() {
    let mut document = dirty();
    document.take_over(Some("\"a\""), true);
    assert_eq!(document.status(), &Status::Dirty);
    document.take_over(Some("\"older\""), true);
    assert_eq!(
        document.status(),
        &Status::Diverged {
            disk: disk("a"),
            compared: false
        }
    );
    let mut document = diverged(disk("theirs"));
    document.take_over(Some("\"theirs\""), true);
    assert_eq!(document.begin_save(), Some(tag("theirs")));
    let mut document = dirty();
    document.take_over(Some("\"a\""), false);
    assert_eq!(document.status(), &Status::Clean);
}
