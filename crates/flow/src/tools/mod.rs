//! The tools that the base packages have, with what each takes.

mod models;
mod packaged;

pub(crate) use models::{APIS, Api, UNSUPPORTED, api};
pub(crate) use packaged::{PACKAGED, PackageTool, package_tool};

use crate::model::ValueType;

/// The names of what an LLM node of this API takes, each with its type; none where there is no such API.
pub fn model_parameters(api: &str) -> impl Iterator<Item = (&'static str, ValueType)> + use<> {
    let parameters = models::api(api).map(|api| api.parameters.iter());
    let parameters = parameters.into_iter().flatten();
    parameters.filter_map(|parameter| Some((parameter.name, parameter.value_type?)))
}

/// What a tool takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// `None` of a connection.
    pub(crate) value_type: Option<ValueType>,
    /// Whether it fails without.
    pub(crate) is_required: bool,
}

const fn takes(name: &'static str, value_type: ValueType) -> Parameter {
    Parameter {
        name,
        value_type: Some(value_type),
        is_required: false,
    }
}

const fn needs(name: &'static str, value_type: ValueType) -> Parameter {
    Parameter {
        is_required: true,
        ..takes(name, value_type)
    }
}

const CONNECTION: Parameter = Parameter {
    name: "connection",
    value_type: None,
    is_required: true,
};

#[cfg(test)]
mod tests {
    use crate::RUNTIME_PACKAGES;

    /// Who brings another version reads its `tools/yamls`, `aoai.py` and `openai.py` first, and then changes this line.
    #[test]
    fn what_tools_take_is_that_of_the_base() {
        assert!(RUNTIME_PACKAGES.contains(&("promptflow-tools", "1.6.1")));
    }
}
