// Colours, by custom properties alone, so that light and dark follow the page: the app's tokens (style/tokens.css). What
// only an editor has, --editor-…, the app sets on the element around it.
export const INK = "var(--text)";
export const MUTED = "var(--text-muted)";
export const SURFACE = "var(--surface)";
export const RAISED = "var(--surface-raised)";
export const LINE = "var(--border)";
export const ACCENT = "var(--accent-fill)";
export const ERROR = "var(--danger-text)";
export const WARNING = "var(--warning-text)";
