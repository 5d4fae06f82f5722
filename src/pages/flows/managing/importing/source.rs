//! Where flows come from.

use leptos::{html, prelude::*};
use wasm_bindgen::JsValue;
use web_sys::File;

use super::{Importing, tar};
use crate::{
    pages::{flows::style, parts::form_style},
    ui::Button,
};

/// Asks for a zip or a folder.
#[component]
pub(super) fn Source() -> impl IntoView {
    let importing = expect_context::<Importing>();
    let (zip, folder) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    // An attribute that the view's macro doesn't know.
    Effect::new(move |_| {
        if let Some(input) = folder.get() {
            // Fails only for a name that can't be an attribute's.
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let choose_zip = move |_| {
        let chosen = zip.get_untracked().and_then(|input| input.files()?.get(0));
        if let Some(chosen) = chosen {
            importing.look(chosen.name(), chosen.into());
        }
    };
    let choose_folder = move |_| {
        let files = folder.get_untracked().and_then(|input| input.files());
        let files: Vec<(String, File)> = files
            .into_iter()
            .flat_map(|files| (0..files.length()).filter_map(move |at| files.get(at)))
            .map(|file| (path_in_folder(&file), file))
            .filter(|(path, _)| !is_of_tools(path))
            .collect();
        let Some((path, _)) = files.first() else {
            return importing.refuse("FolderEmpty", "The folder has no files.");
        };
        let name = path.split('/').next().unwrap_or_default().to_owned();
        match tar::packed(&files) {
            Ok(archive) => importing.look(name, archive),
            Err(_) => importing.refuse("FolderUnreadable", "The browser can’t read the folder."),
        }
    };
    view! {
        <p>"Import flows from a zip, such as Azure’s Download gives it, or from a folder. A folder can hold many flows. Nothing is written before you’ve seen what was found."</p>
        <div class=form_style::field>
            <label for="import-zip" class=form_style::label>"Zip file"</label>
            <input node_ref=zip id="import-zip" type="file" accept=".zip" autofocus=true on:change=choose_zip />
        </div>
        <div class=form_style::field>
            <label for="import-folder" class=form_style::label>"Folder"</label>
            <input node_ref=folder id="import-folder" type="file" on:change=choose_folder />
        </div>
        <div class=style::answers>
            <Button on_press=move |()| importing.managing.open(None)>"Cancel"</Button>
        </div>
    }
}

/// Where a file is in the folder that was chosen, that folder's name first.
fn path_in_folder(file: &File) -> String {
    // A property that web-sys doesn't know.
    let path = js_sys::Reflect::get(file, &JsValue::from_str("webkitRelativePath"));
    let path = path.ok().and_then(|path| path.as_string());
    path.filter(|path| !path.is_empty())
        .unwrap_or_else(|| file.name())
}

/// What the server would leave out needn't be sent.
fn is_of_tools(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, ".git" | "__pycache__"))
}
