//! One call of a model that a person tries.

use flowdeck_contract::{
    ids::FlowId,
    paths,
    playground::{ModelCallEvent, ModelCallRequest},
};
use gloo_net::http::Method;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

use super::{
    Api, ApiError,
    client::{AbortOnDrop, Body, Request, write},
    json,
};

/// The events of a call, as they come.
pub(crate) struct ModelCallEvents {
    reader: Option<ReadableStreamDefaultReader>,
    /// What came and wasn't given yet.
    bytes: Vec<u8>,
}

impl ModelCallEvents {
    fn new(body: Option<ReadableStream>) -> Self {
        Self {
            reader: body.and_then(|body| ReadableStreamDefaultReader::new(&body).ok()),
            bytes: Vec::new(),
        }
    }

    /// The next one; `None` at the end, whether it's regular or not.
    pub(crate) async fn next(&mut self) -> Option<ModelCallEvent> {
        loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.bytes.drain(..=end).collect();
                return json::from_str(&String::from_utf8_lossy(&line)).ok();
            }
            let piece = piece(self.reader.as_ref()?).await?;
            self.bytes.extend_from_slice(&piece);
        }
    }
}

/// The next bytes of a body; `None` at the end, whether it is regular or not.
pub(crate) async fn piece(reader: &ReadableStreamDefaultReader) -> Option<Vec<u8>> {
    let read = JsFuture::from(reader.read()).await.ok()?;
    let value = js_sys::Reflect::get(&read, &JsValue::from_str("value")).ok()?;
    let bytes: js_sys::Uint8Array = value.dyn_into().ok()?;
    Some(bytes.to_vec())
}

impl Api {
    /// Calls a model in the flow's session; the call is ended when `abort` is dropped.
    pub(crate) async fn call_model(
        &self,
        flow: &FlowId,
        asked: &ModelCallRequest,
        abort: &AbortOnDrop,
    ) -> Result<ModelCallEvents, ApiError> {
        let path = paths::model_calls(&self.project(), flow);
        let request = Request {
            body: Some(Body::Json(write(asked)?)),
            abort: Some(abort),
            ..Request::new(Method::POST, &path)
        };
        let answer = self.exchange(request).await?;
        Ok(ModelCallEvents::new(answer.body()))
    }
}
