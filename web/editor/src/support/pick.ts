// Chooses one of several things by typing a part of its name: a combobox over a list.
import type { EditorView } from "@codemirror/view";
import { ask } from "./dialog.ts";

export interface Choice {
  readonly label: string;
  /** A few words beside it. */
  readonly detail: string;
  run(): void;
}

/** Of more than these the first are shown. */
const MOST = 200;

/** Those that have all that is typed, whatever the case; those that begin with it first. */
export function matching(choices: readonly Choice[], typed: string): Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label, detail }: Choice) => {
    const text = `${label} ${detail}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const begins = ({ label }: Choice) => label.toLowerCase().startsWith(words[0] ?? "");
  const fitting = choices.filter(fits);
  return [...fitting.filter(begins), ...fitting.filter((one) => !begins(one))].slice(0, MOST);
}

let last = 0;

export function pick(view: EditorView, title: string, choices: readonly Choice[]): void {
  ask(view, title, (dialog, field) => {
    last += 1;
    const list = document.createElement("ul");
    list.id = `pick-${last}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", title);
    const count = document.createElement("p");
    count.setAttribute("role", "status");
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    dialog.append(list, count);

    let shown: Choice[] = [];
    let selected = 0;
    const select = (index: number) => {
      list.children[selected]?.removeAttribute("aria-selected");
      selected = index;
      const option = list.children[index];
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option === undefined) field.removeAttribute("aria-activedescendant");
      else field.setAttribute("aria-activedescendant", option.id);
    };
    const take = (choice: Choice | undefined) => {
      if (choice === undefined) return;
      // The focus is back in the text before anything happens there.
      dialog.addEventListener("close", () => choice.run(), { once: true });
      dialog.close();
    };
    const fill = () => {
      shown = matching(choices, field.value);
      list.replaceChildren(...shown.map((choice, index) => option(choice, `${list.id}-${index}`, () => take(choice))));
      count.textContent = shown.length === 0 ? "Nothing has that name." : shown.length === 1 ? "1 result" : `${shown.length} results`;
      select(0);
    };
    field.addEventListener("input", fill);
    field.addEventListener("keydown", (event) => {
      const to: Record<string, number> = {
        ArrowDown: (selected + 1) % Math.max(shown.length, 1),
        ArrowUp: (selected - 1 + shown.length) % Math.max(shown.length, 1),
        PageDown: Math.min(selected + 10, shown.length - 1),
        PageUp: Math.max(selected - 10, 0),
      };
      const index = to[event.key];
      if (index !== undefined) select(index);
      else if (event.key === "Enter" && !event.isComposing) take(shown[selected]);
      else return;
      event.preventDefault();
    });
    fill();
  });
}

function option({ label, detail }: Choice, id: string, take: () => void): HTMLElement {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  const name = document.createElement("span");
  name.textContent = label;
  const more = document.createElement("span");
  more.className = "cm-detail";
  more.textContent = detail;
  item.append(name, more);
  item.addEventListener("click", take);
  return item;
}
