//! The fake's model, which a person's own call of one reaches: it repeats what it's told. One called `slow` is never done, one
//! called `busy` is to be asked again, for ever, and one called `missing` isn't there.

use std::time::SystemTime;

use flowdeck_contract::{Exact, Values};
use serde_json::{Value, json};

use super::{
    FakeEngine,
    executor::{Asked, reply, traced},
    values::object,
};
use crate::{
    engine::{EngineError, ExecutorReply},
    executor::{
        CALL_NODE,
        playground::{REQUEST, WAIT},
    },
    log::LogFile,
};

impl FakeEngine {
    pub(super) async fn call_model(&self, asked: &Asked) -> Result<ExecutorReply, EngineError> {
        let request = asked.inputs.get(REQUEST).map(Exact::json);
        let request: Value = serde_json::from_str(request.unwrap_or("{}")).unwrap_or_default();
        let said = request["messages"].as_array().and_then(|all| all.last());
        let said = said.map_or(&request["prompt"], |message| &message["content"]);
        let said = said.as_str().unwrap_or_default();
        let text = format!("You said: {said}");
        let usage = json!({"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16});
        let mut call = json!({
            "name": "chat.completions.create", "type": "LLM", "inputs": request, "start_time": 0.0, "end_time": 0.25,
        });
        match request["model"].as_str() {
            Some("missing") => {
                call["error"] =
                    json!({"message": "NotFoundError: Error code: 404 - No such model."});
            }
            Some("busy") => {
                if let Some(file) = &asked.pieces {
                    let wait =
                        json!({"error": "RateLimitError", "nextTry": 4, "milliseconds": 8000});
                    let piece = json!({"output": WAIT, "text": format!("{wait}\n")});
                    LogFile::at(file).line(piece.to_string());
                }
                std::future::pending::<()>().await;
            }
            model => {
                if let Some(file) = &asked.pieces {
                    let file = LogFile::at(file);
                    for piece in text.split_inclusive(' ') {
                        file.line(json!({"output": "answer", "text": piece}).to_string());
                    }
                }
                if model == Some("slow") {
                    std::future::pending::<()>().await;
                }
                let message = json!({"role": "assistant", "content": text});
                let choice = json!({"index": 0, "finish_reason": "stop", "message": message});
                call["output"] = json!({"model": model, "choices": [choice], "usage": usage});
            }
        }
        let calls = traced(&[call], SystemTime::now());
        let call = serde_json::from_str::<Vec<Exact>>(calls.json());
        let call = call.ok().and_then(|calls| calls.into_iter().next());
        let info = object([
            ("node", Exact::text(CALL_NODE)),
            ("status", Exact::text("Completed")),
            ("output", call.unwrap_or_else(Exact::null)),
        ]);
        let infos: Values = [(CALL_NODE.to_owned(), info)].into_iter().collect();
        Ok(reply(&object([
            ("output", object([])),
            (
                "run_info",
                Exact::from(json!({"status": "Completed", "metrics": {}})),
            ),
            ("node_run_infos", super::values::whole(&infos)),
        ])))
    }
}
