//! A tab where YAML takes spaces only is called a tab, at its line and column.

use flowdeck_flow::check;

#[test]
fn a_tab_in_the_indentation_is_named_where_it_stands() {
    for (text, line, column) in [
        ("nodes:\n\t- name: a\n", 2, 1),
        ("nodes:\n- name: a\n\ttype: python\n", 3, 1),
        ("nodes:\n- name: a\n  \ttype: python\n", 3, 3),
        ("nodes:\n- name: a\n \ttype: python\n", 3, 2),
        ("inputs:\n  a:\n\t\ttype: string\n", 3, 1),
        ("inputs:\n  a:\n  \ttype: string\n", 3, 3),
        (
            "inputs:\n  a:\n    type: string\n\tb:\n    type: int\n",
            4,
            1,
        ),
        ("inputs:\n  a: {}\n\toutputs: {}\n", 3, 1),
    ] {
        let report = check(text);
        let first = &report.findings[0];
        assert_eq!(
            (first.message.as_str(), first.line, first.column),
            ("Tabs aren't allowed; use spaces.", line, column),
            "{text:?}"
        );
    }
}

#[test]
fn a_tab_inside_of_a_text_is_not_blamed() {
    for text in [
        "a: |\n  one\n  \ttwo\nb: c: d\n",
        "a: \"one\n  \ttwo\"\nb: c: d\n",
        "a: b\t\nc: d: e\n",
    ] {
        let report = check(text);
        assert!(!report.ok());
        assert!(
            !report.findings[0].message.starts_with("Tabs"),
            "{text:?}: {:?}",
            report.findings[0]
        );
    }
}
