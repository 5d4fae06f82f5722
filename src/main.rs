//! The browser app's entry point: it only mounts.

fn main() {
    flowdeck_app::mount();
}
