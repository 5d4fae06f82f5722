//! `${…}`: what a value refers to (promptflow's `InputAssignment.deserialize`).

use crate::yaml::Value;

/// What a value is: itself, or a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link<'a> {
    /// The value itself.
    Literal,
    /// `${inputs.name}`, or the older `${flow.name}`.
    FlowInput(&'a str),
    /// `${node.section.property}`.
    Node {
        /// The node's name.
        name: &'a str,
        /// Most often `output`, which is also meant where there is none.
        section: &'a str,
        /// What follows, when something does.
        property: Option<&'a str>,
    },
}

impl<'a> Link<'a> {
    pub(crate) fn of(value: Value<'a>) -> Self {
        value.as_str().map_or(Self::Literal, Self::parse)
    }

    /// A reference is the whole text, from `${` to `}`; anything else is a literal.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let Some(inner) = text
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'))
        else {
            return Self::Literal;
        };
        // The older prefix first, as promptflow does.
        if let Some(name) = inner
            .strip_prefix("flow.")
            .or_else(|| inner.strip_prefix("inputs."))
        {
            return Self::FlowInput(name);
        }
        let Some((name, port)) = inner.split_once('.') else {
            return Self::Node {
                name: inner,
                section: "output",
                property: None,
            };
        };
        match port.split_once('.') {
            Some((section, property)) => Self::Node {
                name,
                section,
                property: Some(property),
            },
            None => Self::Node {
                name,
                section: port,
                property: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Link;

    #[test]
    fn a_reference_is_the_whole_text() {
        for literal in [
            "", "$", "${", "$}", "text", "${a", "a ${b}", "${a} ", "$ {a}",
        ] {
            assert_eq!(Link::parse(literal), Link::Literal, "{literal:?}");
        }
    }

    #[test]
    fn references_name_an_input_or_a_node() {
        let node = |name, section, property| Link::Node {
            name,
            section,
            property,
        };
        let cases = [
            ("${inputs.a.b}", Link::FlowInput("a.b")),
            ("${flow.a}", Link::FlowInput("a")),
            ("${inputs.}", Link::FlowInput("")),
            ("${inputs}", node("inputs", "output", None)),
            ("${}", node("", "output", None)),
            ("${n.output}", node("n", "output", None)),
            ("${n.output.x.y}", node("n", "output", Some("x.y"))),
            ("${ n.output }", node(" n", "output ", None)),
        ];
        for (text, link) in cases {
            assert_eq!(Link::parse(text), link, "{text}");
        }
    }
}
