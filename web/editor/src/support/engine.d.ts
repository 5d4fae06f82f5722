// What wasm-bindgen makes of crates/language-worker.
declare module "flowdeck-language-worker" {
  export default function init(from: { module_or_path: URL }): Promise<unknown>;
  export class Engine {
    know(workspace: string): boolean;
    write(path: string, text: string): void;
    forget(path: string): void;
    ask(file: string, request: string): string | undefined;
  }
}
