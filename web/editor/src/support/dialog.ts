// A dialog above the editor, in which one types: a modal one, so that the browser keeps the focus in it and brings it back.
import type { EditorView } from "@codemirror/view";

/** A dialog with a text field. `filled` puts the rest in, and gives what ends with the dialog. */
export function ask(view: EditorView, title: string, filled: (dialog: HTMLDialogElement, field: HTMLInputElement) => void) {
  const dialog = document.createElement("dialog");
  dialog.className = "cm-ask";
  dialog.setAttribute("aria-label", title);
  const field = document.createElement("input");
  field.className = "cm-textfield";
  field.setAttribute("aria-label", title);
  field.placeholder = title;
  field.autocomplete = "off";
  field.spellcheck = false;
  dialog.append(field);
  filled(dialog, field);
  // A key that is meant for the dialog isn't meant for the page.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  // A click beside it.
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    view.focus();
  });
  view.dom.append(dialog);
  dialog.showModal();
  field.select();
}
