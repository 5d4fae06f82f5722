//! What a worker of the browser calls: one flow's texts and surroundings, and answers about them.
//!
//! Everything goes through JSON, in the shapes of `flowdeck-language`; `web/editor/src/support/worker.ts` is the other side.

use flowdeck_language::{Request, Workspace, answer};
use wasm_bindgen::prelude::wasm_bindgen;

/// Knows one flow.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Engine {
    workspace: Workspace,
}

#[wasm_bindgen]
impl Engine {
    /// One that knows nothing yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes everything that is known, as the JSON of a [`Workspace`], in the place of all that was. Says whether it could be
    /// read; what was known stays otherwise.
    pub fn know(&mut self, workspace: &str) -> bool {
        let read = serde_json::from_str(workspace);
        if let Ok(workspace) = read {
            self.workspace = workspace;
            return true;
        }
        false
    }

    /// Takes a file's text, in the place of the one that was known.
    pub fn write(&mut self, path: String, text: String) {
        self.workspace.texts.insert(path, text);
    }

    /// Forgets a file's text.
    pub fn forget(&mut self, path: &str) {
        self.workspace.texts.remove(path);
    }

    /// Answers the JSON of a [`Request`] about a file by the JSON of an answer; nothing where the request can't be read.
    #[must_use]
    pub fn ask(&self, file: &str, request: &str) -> Option<String> {
        let request: Request = serde_json::from_str(request).ok()?;
        serde_json::to_string(&answer(&self.workspace, file, &request)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "inputs:\n  question:\n    type: st\nnodes: []\n";
    const AT_TYPE: &str = r#"{"ask": "completions", "at": {"line": 3, "column": 13}}"#;

    fn knowing() -> Engine {
        let mut engine = Engine::new();
        assert!(engine.know(r#"{"definition": "flow.dag.yaml", "files": ["flow.dag.yaml"]}"#));
        engine
    }

    #[test]
    fn what_is_written_is_what_answers_are_about() {
        let mut engine = knowing();
        let offered = |engine: &Engine| engine.ask("flow.dag.yaml", AT_TYPE).unwrap();
        assert!(!offered(&engine).contains("string"));
        engine.write("flow.dag.yaml".into(), FLOW.into());
        assert!(offered(&engine).contains(r#""label":"string""#));
        engine.forget("flow.dag.yaml");
        assert!(!offered(&engine).contains("string"));
    }

    #[test]
    fn what_cannot_be_read_changes_nothing_and_has_no_answer() {
        let mut engine = knowing();
        engine.write("flow.dag.yaml".into(), FLOW.into());
        assert!(!engine.know("{"));
        assert!(engine.ask("flow.dag.yaml", AT_TYPE).is_some());
        assert_eq!(engine.ask("flow.dag.yaml", "{}"), None);
    }
}
