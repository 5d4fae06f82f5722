//! What of the editor's JavaScript answers questions about the flow, as Rust sees it; `web/editor/src/support/start.ts` is the
//! other side. It loads when it is first asked for.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

use super::ffi::{Editor, JsEditor};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(method)]
    fn support(this: &JsEditor, open: &Function) -> Promise;

    type JsSupport;

    #[wasm_bindgen(method)]
    fn know(this: &JsSupport, workspace: &str);
}

/// Answers questions about the flow, in the editor.
pub(super) struct LanguageSupport {
    js: JsSupport,
}

impl LanguageSupport {
    /// The one of an editor; `None` where it can't be loaded now. `open` is called with the path of a file that is to be open,
    /// and whether it is to be shown.
    pub(super) async fn of(editor: &Editor, open: impl Fn(String, bool) + 'static) -> Option<Self> {
        // JavaScript has it as long as it needs it.
        let open = Closure::<dyn Fn(String, bool)>::new(open).into_js_value();
        let js = JsFuture::from(editor.js.support(open.unchecked_ref()));
        let js = js.await.ok()?;
        (!js.is_null()).then(|| Self {
            js: js.unchecked_into(),
        })
    }

    /// Takes the JSON of a [`flowdeck_language::Workspace`].
    pub(super) fn know(&self, workspace: &str) {
        self.js.know(workspace);
    }
}
