//! Sees to it that unsaved edits are not lost: they are kept shortly after each, and at once when the page goes.

use std::{collections::BTreeSet, time::Duration};

use flowdeck_contract::{Millis, ids::FilePath, session::SessionState};
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{
    draft::Draft,
    drafts::Kept,
    workbench::{FileState, Workbench},
};
use crate::api::Disk;

/// How much typing a crash may take.
const SHORTLY: Duration = Duration::from_millis(300);

/// How often the session is told that somebody types, in milliseconds.
const ACTIVITY_EVERY: f64 = 30_000.0;

/// What waits to be kept, and when the session was last told that somebody types.
#[derive(Clone, Copy)]
pub(crate) struct Keeping {
    waiting: StoredValue<BTreeSet<FilePath>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    told: StoredValue<f64>,
}

impl Keeping {
    pub(crate) fn new() -> Self {
        Self {
            waiting: StoredValue::default(),
            timer: StoredValue::new(None),
            told: StoredValue::new(f64::NEG_INFINITY),
        }
    }
}

impl Workbench {
    /// The person changed a file's text; `modified` says whether it differs from the disk's now.
    pub(super) fn edited(&self, path: &str, modified: bool) {
        let Ok(path) = FilePath::try_from(path) else {
            return;
        };
        self.change(&path, |document| document.edited(modified));
        self.keep_soon(&path);
        self.check_soon(&path);
        self.say_active();
    }

    /// Keeps what waits whenever the page may go, and says of all drafts whether this tab shows the flow.
    pub(super) fn keep_drafts(&self) {
        let workbench = *self;
        let mark_left = move |left| workbench.drafts.with_value(|drafts| drafts.mark_left(left));
        let leave = move || {
            workbench.keep_waiting();
            mark_left(true);
        };
        mark_left(false);
        let going = [
            window_event_listener(ev::pagehide, move |_| leave()),
            window_event_listener(ev::pageshow, move |_| mark_left(false)),
            window_event_listener(ev::visibilitychange, move |_| workbench.keep_waiting()),
        ];
        on_cleanup(move || {
            leave();
            going.into_iter().for_each(WindowListenerHandle::remove);
        });
    }

    /// Keeps a file's unsaved edits, or forgets its draft when there are none.
    pub(super) fn keep_draft_now(&self, path: &FilePath) {
        let base = self.document(path, |document| {
            document.is_unsaved().then(|| document.base().clone())
        });
        match base {
            Some(Some(base)) => self.write_draft(path, &base),
            Some(None) => self.forget_draft(path),
            None => {}
        }
    }

    pub(super) fn forget_draft(&self, path: &FilePath) {
        self.keeping.waiting.update_value(|waiting| {
            waiting.remove(path);
        });
        self.drafts.with_value(|drafts| drafts.remove(path));
        if self
            .drafted
            .with_untracked(|drafted| drafted.contains(path))
        {
            self.drafted.update(|drafted| {
                drafted.remove(path);
            });
        }
    }

    /// The person has seen that unsaved edits of an earlier visit came back.
    pub(crate) fn dismiss_restored(&self, path: &FilePath) {
        self.files.maybe_update(|files| match files.get_mut(path) {
            Some(FileState::Open(open)) => open.restored.take().is_some(),
            _ => false,
        });
    }

    fn keep_soon(&self, path: &FilePath) {
        let Keeping { waiting, timer, .. } = self.keeping;
        waiting.update_value(|waiting| {
            waiting.insert(path.clone());
        });
        if timer.with_value(Option::is_none) {
            let workbench = *self;
            timer
                .set_value(set_timeout_with_handle(move || workbench.keep_waiting(), SHORTLY).ok());
        }
    }

    fn keep_waiting(&self) {
        let Keeping { waiting, timer, .. } = self.keeping;
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let paths = waiting.try_update_value(std::mem::take).unwrap_or_default();
        for path in paths {
            self.keep_draft_now(&path);
        }
    }

    fn write_draft(&self, path: &FilePath, base: &Disk) {
        let Some(text) = self.ask_editor(|editor| editor.text(path.as_str())) else {
            return;
        };
        let base = match base {
            Disk::Text { etag, .. } => Some(etag.clone()),
            Disk::Gone => None,
        };
        let draft = Draft {
            base,
            text,
            edited: now(),
            left: false,
        };
        let kept = self.drafts.with_value(|drafts| drafts.write(path, &draft));
        let refused = kept == Kept::InPage;
        if self.drafts_refused.get_untracked() != refused {
            self.drafts_refused.set(refused);
        }
        if !self
            .drafted
            .with_untracked(|drafted| drafted.contains(path))
        {
            self.drafted.update(|drafted| {
                drafted.insert(path.clone());
            });
        }
    }

    /// Typing is activity: a session that runs is not idle.
    fn say_active(&self) {
        let runs = self.flow.live.session.with_untracked(|session| {
            session
                .as_ref()
                .is_some_and(|session| session.state == SessionState::Available)
        });
        let now = js_sys::Date::now();
        if !runs || now - self.keeping.told.get_value() < ACTIVITY_EVERY {
            return;
        }
        self.keeping.told.set_value(now);
        let (api, flow) = (self.flow.api, self.flow.flow());
        self.spawn(async move {
            if let Err(error) = api.touch_session(&flow).await {
                // The page already says when the server is lost; the next keystrokes tell it again.
                leptos::logging::warn!("the session was not told that somebody types: {error}");
            }
        });
    }
}

fn now() -> Millis {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a date's milliseconds are whole and far below 2^53"
    )]
    let now = js_sys::Date::now() as i64;
    Millis(now)
}
