//! Templates as Jinja2 reads them: tags and what is in them, whether blocks are closed, and which variables are read.
//!
//! An own scanner: what Rust's template engines take differs from Jinja2, and they say nothing of places.

mod blocks;
mod lex;
mod places;
mod variables;

use std::collections::BTreeSet;

pub use places::template_variables;

use super::Fault;

/// What a template reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables {
    /// The variables that it must be given.
    pub(crate) read: BTreeSet<String>,
    /// Every name in it, those that it sets itself too.
    pub(crate) named: BTreeSet<String>,
    /// Whether it takes in other templates, which may read more.
    pub(crate) has_others: bool,
}

/// The first thing for which Jinja2 refuses a template, of those that are known here.
pub(super) fn fault(text: &str) -> Option<Fault> {
    match lex::pieces(text) {
        Err(fault) => Some(fault),
        Ok(pieces) => blocks::fault(text, &pieces),
    }
}

/// The variables of a template; `None` of one that can't be read.
pub(crate) fn variables(text: &str) -> Option<Variables> {
    let pieces = lex::pieces(text).ok()?;
    if blocks::fault(text, &pieces).is_some() {
        return None;
    }
    Some(variables::of(&pieces))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sound_templates_have_no_fault() {
        for text in [
            "",
            "plain } }} %} # text",
            "{{ name }} {{- name|upper -}} {{ {'a': {'b': '}}'}}['a'] }}",
            "{# a {{ comment #}{% raw %}{{ not code {% endraw %}",
            "{% if a is divisibleby 3 %}x{% elif not b %}y{% else %}z{% endif %}",
            "{%- for k, v in items.items() if v recursive -%}{{ loop(k) }}{% else %}{% endfor %}",
            "{% set x = 1 %}{% set y %}{{ x }}{% endset %}{% macro m(a, b='c') %}{{ a }}{% endmacro %}{{ m(1, b=2) }}",
            "{% block b %}{% endblock b %}{% include 'x' ignore missing %}{% call m(1) %}{% endcall %}",
            "# system:\n![image]({{image}})\n{% filter upper %}x{% endfilter %}{{ 'a' 'b' }}{{ a if b else c }}{{ a not in b }}",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn each_mistake_is_told_at_its_place() {
        for (text, marked, says) in [
            ("a {{ name", "{{", "never closed"),
            ("a {{ name }", "}", "needs `}}`"),
            ("a {{ name %}", "%", "needs `}}`"),
            ("{% if a }}", "}}", "needs `%}`"),
            ("{# a", "{#", "never closed"),
            ("{{ 'a }}", "'", "never closed"),
            ("{{ f(a }}", "(", "never closed"),
            ("{{ a) }}", ")", "closes nothing"),
            ("{{ }}", "{{ }}", "empty"),
            ("{{ user name }}", "name", "between"),
            ("{% if a %}x", "if", "needs an `endif`"),
            ("{% for a in b %}{% endif %}", "endif", "`for` is open"),
            ("{% endfor %}", "endfor", "closes nothing"),
            ("{% else %}", "else", "belongs in"),
            ("{% fro a in b %}", "fro", "Did you mean 'for'?"),
            ("{% %}", "{% %}", "empty"),
            ("{% raw %}x", "raw", "needs an `endraw`"),
        ] {
            let fault = fault(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&text[fault.from..fault.to], marked, "{text}");
            assert!(fault.message.contains(says), "{text}: {}", fault.message);
        }
    }

    #[test]
    fn variables_are_those_that_jinja_looks_up() {
        for (text, read) in [
            ("{{ a }}{{ b.c|upper }}{{ d['e'] }}", "a b d"),
            ("{% for x in xs %}{{ x }}{{ loop.index }}{% endfor %}", "xs"),
            ("{% set y = z %}{{ y }}{{ range(3) }}", "z"),
            (
                "{% macro m(p, q=r) %}{{ p }}{% endmacro %}{{ m(1, q=s) }}",
                "r s",
            ),
            ("{{ a if b is defined and not c else none }}", "a b c"),
            (
                "{# {{ a }} #}{% raw %}{{ b }}{% endraw %}{{ dict(k=v) }}",
                "v",
            ),
            ("{% with w = v %}{{ w }}{% endwith %}", "v"),
        ] {
            let found = variables(text).unwrap_or_else(|| panic!("{text}"));
            let found: Vec<_> = found.read.iter().map(String::as_str).collect();
            assert_eq!(found.join(" "), read, "{text}");
        }
        assert_eq!(variables("{{ a"), None);
        assert!(variables("{% include 'x' %}").is_some_and(|found| found.has_others));
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|#\\}|-| |if |for |endif|endfor|raw|endraw|set |in |[a-c=|.()'\"\n]|é){0,40}") {
            if let Some(fault) = fault(&text) {
                prop_assert!(text.get(fault.from..fault.to).is_some(), "{fault:?}");
            }
            let _ = variables(&text);
        }
    }
}
