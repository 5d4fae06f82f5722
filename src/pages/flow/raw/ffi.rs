//! The code editor's JavaScript, as Rust sees it; `web/editor/src/main.ts` is the other side. Nothing else of raw file
//! mode knows JavaScript, but for `language_ffi` beside it, which loads later.

use flowdeck_contract::ids::FilePath;
use js_sys::{Array, Function, Promise};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{HtmlElement, Url};

#[wasm_bindgen]
extern "C" {
    /// JavaScript's dynamic `import()`.
    #[wasm_bindgen(js_name = import)]
    fn import_module(address: &str) -> Promise;

    type Module;

    #[wasm_bindgen(method, catch, js_name = createEditor)]
    fn create_editor(
        this: &Module,
        host: &HtmlElement,
        described_by: &str,
        changed: &Function,
        save: &Function,
        packages: &Function,
        moved: &Function,
    ) -> Result<JsEditor, JsValue>;

    pub(super) type JsEditor;

    #[wasm_bindgen(method, catch)]
    fn open(
        this: &JsEditor,
        path: &str,
        label: &str,
        text: &str,
        base: &str,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn show(this: &JsEditor, path: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &JsEditor, path: &str);
    #[wasm_bindgen(method, catch)]
    fn text(this: &JsEditor, path: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn revision(this: &JsEditor, path: &str) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, catch, js_name = isModified)]
    fn is_modified(this: &JsEditor, path: &str) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setBase)]
    fn set_base(this: &JsEditor, path: &str, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn replace(this: &JsEditor, path: &str, text: &str, undo: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn mark(this: &JsEditor, path: &str, revision: u32, findings: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = goTo)]
    fn go_to(this: &JsEditor, path: &str, line: u32, column: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn fix(
        this: &JsEditor,
        path: &str,
        code: &str,
        message: &str,
        line: u32,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn focus(this: &JsEditor);
    #[wasm_bindgen(method)]
    fn suspend(this: &JsEditor);
    #[wasm_bindgen(method)]
    fn destroy(this: &JsEditor);
}

/// Why the editor could not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EditorError {
    /// The page does not say where the editor is.
    #[error("This build of the app doesn’t include the code editor.")]
    NotBuiltIn,
    /// Its module could not be fetched or run.
    #[error("Can’t load the code editor: {0}.")]
    NotLoaded(String),
    /// It threw.
    #[error("The code editor failed: {0}.")]
    Threw(String),
}

/// Whether a replaced text can be brought back with undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undo {
    /// It can: the person asked for the other text.
    Undoable,
    /// It cannot: another program wrote the other text.
    Final,
}

/// The element with this id says how the keyboard leaves the editor.
pub(crate) const HINT_ID: &str = "editor-keyboard-hint";

/// The code editor: one view, any number of open files.
pub(crate) struct Editor {
    pub(super) js: JsEditor,
    host: HtmlElement,
    /// What JavaScript calls; lives as long as the editor.
    _changed: Closure<dyn Fn(String, bool)>,
    _save: Closure<dyn Fn()>,
    _packages: Closure<dyn Fn(String, String) -> Promise>,
    _moved: Closure<dyn Fn(String, u32, u32)>,
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.js.destroy();
    }
}

impl Editor {
    /// Fetches the editor's module (`attempt` counts from 0: a browser may remember a failed import by its address) and
    /// makes an editor that stands nowhere yet. `changed` is called with which file the person changed and whether it
    /// differs from its base now; `save` that the person wants to save; `packages` is asked what to offer in the file
    /// of a path: names of packages, or the versions of the one that is named; `moved` is called with the cursor's
    /// file, line and column.
    pub(crate) async fn load<P: Future<Output = Vec<String>> + 'static>(
        attempt: u32,
        changed: impl Fn(String, bool) + 'static,
        save: impl Fn() + 'static,
        packages: impl Fn(String, String) -> P + 'static,
        moved: impl Fn(String, u32, u32) + 'static,
    ) -> Result<Self, EditorError> {
        let address = address(attempt).ok_or(EditorError::NotBuiltIn)?;
        let module = JsFuture::from(import_module(&address)).await;
        let module: Module = module
            .map_err(|error| EditorError::NotLoaded(describe(&error)))?
            .unchecked_into();
        let host: HtmlElement = document()
            .create_element("div")
            .map_err(threw)?
            .unchecked_into();
        let changed = Closure::new(changed);
        let save = Closure::new(save);
        let packages = Closure::new(move |path, name| {
            let offered = packages(path, name);
            future_to_promise(async move {
                let offered = offered.await.into_iter().map(JsValue::from);
                Ok(offered.collect::<Array>().into())
            })
        });
        let moved = Closure::new(moved);
        let js = module.create_editor(
            &host,
            HINT_ID,
            AsRef::<JsValue>::as_ref(&changed).unchecked_ref(),
            AsRef::<JsValue>::as_ref(&save).unchecked_ref(),
            AsRef::<JsValue>::as_ref(&packages).unchecked_ref(),
            AsRef::<JsValue>::as_ref(&moved).unchecked_ref(),
        );
        Ok(Self {
            js: js.map_err(threw)?,
            host,
            _changed: changed,
            _save: save,
            _packages: packages,
            _moved: moved,
        })
    }

    /// The element it is drawn in.
    pub(crate) fn host(&self) -> &HtmlElement {
        &self.host
    }

    /// Opens a file without showing it: `text` is what it holds, `base` what the disk does. Screen readers announce its
    /// name as people see it.
    pub(crate) fn open(&self, path: &FilePath, text: &str, base: &str) -> Result<(), EditorError> {
        let label = path.to_string();
        let opened = self.js.open(path.as_str(), &label, text, base);
        opened.map_err(threw)
    }

    /// Shows an open file.
    pub(crate) fn show(&self, path: &str) -> Result<(), EditorError> {
        self.js.show(path).map_err(threw)
    }

    /// Forgets a file, if it is open.
    pub(crate) fn close(&self, path: &str) {
        self.js.close(path);
    }

    /// An open file's text, with the line ends it has on disk.
    pub(crate) fn text(&self, path: &str) -> Result<String, EditorError> {
        self.js.text(path).map_err(threw)
    }

    /// Counts the changes of an open file's text.
    pub(crate) fn revision(&self, path: &str) -> Result<u32, EditorError> {
        self.js.revision(path).map_err(threw)
    }

    /// Whether an open file's text differs from its base.
    pub(crate) fn is_modified(&self, path: &str) -> Result<bool, EditorError> {
        self.js.is_modified(path).map_err(threw)
    }

    /// Says what the disk holds now.
    pub(crate) fn set_base(&self, path: &str, text: &str) -> Result<(), EditorError> {
        self.js.set_base(path, text).map_err(threw)
    }

    /// Gives an open file another text, keeping the cursor where it can.
    pub(crate) fn replace(&self, path: &str, text: &str, undo: Undo) -> Result<(), EditorError> {
        let undo = match undo {
            Undo::Undoable => "undoable",
            Undo::Final => "final",
        };
        self.js.replace(path, text, undo).map_err(threw)
    }

    /// Marks findings (JSON) of the text at `revision`; they are dropped when it has changed since.
    pub(crate) fn mark(
        &self,
        path: &str,
        revision: u32,
        findings: &str,
    ) -> Result<(), EditorError> {
        self.js.mark(path, revision, findings).map_err(threw)
    }

    /// Shows a place (from 1) of an open file, puts the cursor there and takes the focus.
    pub(crate) fn go_to(&self, path: &str, line: u32, column: u32) -> Result<(), EditorError> {
        self.js.go_to(path, line, column).map_err(threw)
    }

    /// Does what the fix of a marked finding says; nothing when the finding is marked no more. `line` is from 1.
    pub(crate) fn fix(
        &self,
        path: &str,
        code: &str,
        message: &str,
        line: u32,
    ) -> Result<(), EditorError> {
        self.js.fix(path, code, message, line).map_err(threw)
    }

    /// Takes the focus.
    pub(crate) fn focus(&self) {
        self.js.focus();
    }

    /// Remembers how far each file is scrolled; call before the host leaves the page.
    pub(crate) fn suspend(&self) {
        self.js.suspend();
    }
}

/// The address that the page gives in `<meta name="flowdeck-editor">`, relative to its base.
fn address(attempt: u32) -> Option<String> {
    let meta = document()
        .query_selector("meta[name=\"flowdeck-editor\"]")
        .ok()??;
    let base = document().base_uri().ok()??;
    let url = Url::new_with_base(&meta.get_attribute("content")?, &base).ok()?;
    if attempt > 0 {
        url.set_search(&format!("attempt={attempt}"));
    }
    Some(url.href())
}

fn threw(error: JsValue) -> EditorError {
    EditorError::Threw(describe(&error))
}

/// What a thrown value says of itself.
fn describe(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(
        || format!("{error:?}"),
        |error| String::from(error.message()),
    )
}
