//! The fake's executor: every node gives its own name, in the order and with the log lines of promptflow's.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{FakeEngine, Step};
use crate::{
    engine::{EngineError, ExecutorReply, ExecutorRequest},
    log::LogFile,
};

impl FakeEngine {
    pub(super) async fn answer(
        &self,
        request: ExecutorRequest,
    ) -> Result<ExecutorReply, EngineError> {
        let body = request.body.unwrap_or_default();
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let run = text(&body, "run_id").to_owned();
        if request.path == "/execution/cancel" {
            self.world().canceled.insert(run);
            self.changed.notify_waiters();
            return Ok(reply(&json!({"status": "canceled"})));
        }
        let nodes = nodes(&body);
        let log = LogFile::at(text(&body, "log_path"));
        for node in &nodes {
            log.line(promptflow(&format!(
                "Executing node {node}. node run id: {run}_{node}_0"
            )));
        }
        tokio::select! {
            step = self.step(Step::Execute) => step?,
            () = self.canceled(&run) => return Ok(reply(&json!({"run_info": {"status": "Canceled"}, "node_run_infos": {}}))),
        }
        for node in &nodes {
            log.line(promptflow(&format!("Node {node} completes.")));
        }
        let infos: Map<String, Value> = nodes
            .iter()
            .map(|node| (node.clone(), completed(node)))
            .collect();
        if let Some(node) = body.get("node_name").and_then(Value::as_str) {
            return Ok(reply(&completed(node)));
        }
        let inputs = body.get("inputs").cloned().unwrap_or_default();
        Ok(reply(
            &json!({"output": inputs, "run_info": {"status": "Completed"}, "node_run_infos": infos}),
        ))
    }

    async fn canceled(&self, run: &str) {
        loop {
            let changed = self.changed.notified();
            if self.world().canceled.contains(run) {
                return;
            }
            changed.await;
        }
    }
}

fn nodes(body: &Value) -> Vec<String> {
    if let Some(node) = body.get("node_name").and_then(Value::as_str) {
        return vec![node.to_owned()];
    }
    let path = Path::new(text(body, "working_dir")).join(text(body, "flow_file"));
    let definition = std::fs::read_to_string(path).unwrap_or_default();
    flowdeck_flow::check(&definition).order.unwrap_or_default()
}

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn completed(node: &str) -> Value {
    json!({"node": node, "status": "Completed", "inputs": {}, "output": node, "system_metrics": {"duration": 0.001}})
}

fn promptflow(message: &str) -> String {
    format!("2026-01-01 00:00:00 +0000       1 execution.flow     INFO     {message}")
}

fn reply(body: &Value) -> ExecutorReply {
    ExecutorReply {
        status: 200,
        body: body.to_string().into_bytes(),
    }
}
