//! The order of the steps. One lane compiles and checks, at a low priority, and runs tests that keep a core busy; the other
//! runs what for the most part waits for processes and pages. Each runs one step at a time, so that a test has the same
//! company on every machine.

use std::{
    sync::mpsc::{Receiver, channel},
    thread,
};

use super::{Part, Run, app, end_to_end, native};
use crate::process;

/// How much the compiling lane steps back for tests, which wait for answers within bounds, while it builds what they wait
/// for.
const BUILDS: i32 = 5;

/// How much further it steps back, to the end of the scale, for what nothing waits for: pages that are being tested must
/// not become slow.
const CHECKS: i32 = 14;

/// What a run is to do.
pub(super) struct Wanted<'a> {
    /// Nothing means all.
    pub(super) parts: &'a [Part],
    /// For Playwright.
    pub(super) arguments: &'a [String],
}

impl Wanted<'_> {
    fn has(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    /// Whether the app's logic is among the native tests.
    fn has_logic_with_native(&self) -> bool {
        self.has(Part::Rust)
    }
}

/// Every step runs, whatever failed before it; what needs something that was not built is skipped.
pub(super) fn run(run: &Run<'_>, wanted: &Wanted<'_>) {
    let (native_done, native_built) = channel();
    let (app_done, app_built) = channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            process::step_back(BUILDS);
            if wanted.has(Part::Rust) {
                native::formatting(run);
            }
            // A receiver that is gone has ended its lane, whose end is told where it ended.
            let is_native_built = build_native(run, wanted);
            let _ = native_done.send(is_native_built);
            let _ = app_done.send(build_app(run, wanted));
            process::step_back(CHECKS);
            check(run, wanted, is_native_built);
        });
        try_out(run, wanted, &native_built, &app_built);
    });
}

fn build_native(run: &Run<'_>, wanted: &Wanted<'_>) -> bool {
    if wanted.has(Part::Rust) {
        native::build(run)
    } else {
        wanted.has(Part::E2e) && native::build_server(run)
    }
}

fn build_app(run: &Run<'_>, wanted: &Wanted<'_>) -> bool {
    let is_built = (wanted.has(Part::App) || wanted.has(Part::E2e)) && app::build(run);
    if wanted.has(Part::App) {
        app::budgets(run, is_built);
    }
    is_built
}

/// What nothing waits for.
fn check(run: &Run<'_>, wanted: &Wanted<'_>, is_native_built: bool) {
    if wanted.has(Part::Rust) {
        native::lints(run);
        native::other_tests(run, is_native_built);
    }
    if wanted.has(Part::App) {
        app::lints(run);
        if !wanted.has_logic_with_native() {
            app::logic(run);
        }
        app::components(run);
    }
}

fn try_out(
    run: &Run<'_>,
    wanted: &Wanted<'_>,
    native_built: &Receiver<bool>,
    app_built: &Receiver<bool>,
) {
    if wanted.has(Part::Rust) {
        native::dependencies(run);
    }
    if wanted.has(Part::App) {
        app::editor(run);
    }
    if wanted.has(Part::E2e) {
        end_to_end::types(run);
    }
    // A lane that panicked has built nothing.
    let is_native_built = native_built.recv().unwrap_or(false);
    let daemon = wanted
        .has(Part::Rust)
        .then(|| native::real_tests(run, is_native_built))
        .flatten();
    if wanted.has(Part::E2e) {
        let is_built = app_built.recv().unwrap_or(false) && is_native_built;
        end_to_end::specs(run, is_built, daemon, wanted.arguments);
    }
}
