//! The flows that are run both ways, and what each is run with.

use flowdeck_contract::ids::FlowId;
use serde_json::{Value, json};

/// A run of a flow, here and by `pf flow test`.
pub(super) struct Case {
    /// What the table calls it.
    pub(super) name: &'static str,
    /// The folder of the flow.
    pub(super) folder: &'static str,
    /// The prompty file in it, where that is the flow.
    pub(super) prompty: Option<&'static str>,
    /// What it's given by name, whichever way.
    inputs: Value,
    /// The file of the folder that has the arguments of the entry's class.
    init: Option<&'static str>,
    /// The node and its variant that aren't to be the default.
    variant: Option<(&'static str, &'static str)>,
}

impl Case {
    fn of(name: &'static str, folder: &'static str) -> Self {
        Self {
            name,
            folder,
            prompty: None,
            inputs: json!({}),
            init: None,
            variant: None,
        }
    }

    pub(super) fn id(&self) -> FlowId {
        let folder = FlowId::try_from(self.folder).unwrap();
        match self.prompty {
            Some(file) => folder.prompty_beside(file).unwrap(),
            None => folder,
        }
    }

    /// What a run here is asked for, with the flow's files at hand.
    pub(super) fn request(&self, file: impl Fn(&str) -> Vec<u8>) -> Value {
        let mut inputs = self.inputs.clone();
        if let Some(init) = self.init {
            let init: Value = serde_json::from_slice(&file(init)).unwrap();
            for (name, value) in init.as_object().unwrap() {
                inputs[format!("init.{name}")] = value.clone();
            }
        }
        let variant = self
            .variant
            .map(|(node, id)| json!({"node": node, "id": id}));
        json!({"inputs": inputs, "variant": variant})
    }

    /// The arguments of `pf flow test` after the flow; `file` gives the path of one of its files.
    pub(super) fn arguments(&self, file: impl Fn(&str) -> String) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.inputs.as_object().is_some_and(|all| !all.is_empty()) {
            arguments.extend(["--inputs".to_owned(), file(INPUTS)]);
        }
        if let Some(init) = self.init {
            arguments.extend(["--init".to_owned(), file(init)]);
        }
        if let Some((node, id)) = self.variant {
            arguments.extend(["--variant".to_owned(), format!("${{{node}.{id}}}")]);
        }
        arguments
    }

    /// The inputs as the file that `arguments` names.
    pub(super) fn inputs(&self) -> String {
        self.inputs.to_string()
    }

    /// Where `pf flow test` puts what it gives, below the folder, and how the names of those files begin.
    pub(super) fn given(&self) -> (String, String) {
        let folder = match self.prompty {
            Some(file) => format!(".promptflow/{}", file.trim_end_matches(".prompty")),
            None => ".promptflow".to_owned(),
        };
        let begin = match self.variant {
            Some((node, id)) => format!("flow-{node}-{id}"),
            None => "flow".to_owned(),
        };
        (folder, begin)
    }
}

/// The name of the file of inputs that `pf flow test` is given.
pub(super) const INPUTS: &str = "given-inputs.json";

/// Each kind of flow.
pub(super) fn cases() -> Vec<Case> {
    let history =
        json!([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]);
    vec![
        Case::of("basic", "basic"),
        Case {
            variant: Some(("varied", "whisper")),
            ..Case::of("variant", "basic")
        },
        Case::of("vision", "vision"),
        Case {
            inputs: json!({"question": "What is 2 + 2?"}),
            ..Case::of("function", "function")
        },
        Case {
            inputs: json!({"question": "What is 2 + 2?"}),
            init: Some("init.json"),
            ..Case::of("class", "class")
        },
        Case {
            prompty: Some("open_ai.prompty"),
            inputs: json!({"names": ["Ann", "Bob"]}),
            ..Case::of("prompty", "prompty")
        },
        Case {
            prompty: Some("azure.prompty"),
            inputs: json!({"question": "And now?", "chat_history": history}),
            ..Case::of("azure prompty", "prompty")
        },
    ]
}
