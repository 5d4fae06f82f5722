use super::*;

fn short(old: &str, new: &str) -> Vec<String> {
    compare(old, new)
        .iter()
        .map(|row| match row {
            Row::Same { text, .. } => format!(" {text}"),
            Row::Removed { old, text } => format!("-{old} {text}"),
            Row::Added { new, text } => format!("+{new} {text}"),
            Row::Skipped(count) => format!("~{count}"),
        })
        .collect()
}

/// Every text of up to `length` lines out of three.
fn texts(length: usize) -> Vec<String> {
    (0..length).fold(vec![String::new()], |shorter, _| {
        let longer = |text: &String| ["a\n", "b\n", "c\n"].map(|line| format!("{text}{line}"));
        shorter
            .iter()
            .flat_map(longer)
            .chain(shorter.clone())
            .collect()
    })
}

#[test]
fn lines_end_at_every_kind_of_break() {
    assert_eq!(lines("a\nb\r\nc\rd"), ["a", "b", "c", "d"]);
    assert_eq!(lines("a\n\n"), ["a", ""]);
    assert_eq!(lines(""), Vec::<&str>::new());
}

#[test]
fn a_changed_line_is_removed_and_added() {
    assert_eq!(
        short("a\nb\nc\n", "a\nx\nc\n"),
        [" a", "-2 b", "+2 x", " c"]
    );
}

#[test]
fn lines_far_from_a_difference_are_counted_only() {
    let old: String = (0..20).map(|n| format!("{n}\n")).collect();
    assert_eq!(
        short(&old, &old.replace("10\n", "")),
        ["~7", " 7", " 8", " 9", "-11 10", " 11", " 12", " 13", "~6"]
    );
}

#[test]
fn texts_that_differ_in_their_breaks_alone_have_no_differing_line() {
    assert!(compare("a\nb", "a\r\nb\r\n").is_empty());
}

#[test]
fn the_old_and_the_new_text_can_be_read_off_the_rows() {
    for old in texts(4) {
        for new in texts(4) {
            let (old_lines, new_lines) = (lines(&old), lines(&new));
            let rows = all_rows(&old_lines, &new_lines);
            let side = |of_old: bool| -> Vec<String> {
                let text = |row: &Row<'_>| match *row {
                    Row::Same { text, .. } => Some(text.to_owned()),
                    Row::Removed { text, .. } => of_old.then(|| text.to_owned()),
                    Row::Added { text, .. } => (!of_old).then(|| text.to_owned()),
                    Row::Skipped(_) => panic!("nothing is left out of all rows"),
                };
                rows.iter().filter_map(text).collect()
            };
            assert_eq!(side(true), old_lines);
            assert_eq!(side(false), new_lines);
        }
    }
}

#[test]
fn a_difference_that_is_too_large_to_match_is_a_replacement() {
    let old: String = (0..2000).map(|n| format!("old {n}\n")).collect();
    let new: String = (0..1500).map(|n| format!("new {n}\n")).collect();
    let rows = short(&format!("same\n{old}"), &format!("same\n{new}"));
    assert_eq!(rows.len(), 1 + 2000 + 1500);
    assert_eq!((&*rows[1], &*rows[2001]), ("-2 old 0", "+2 new 0"));
}
