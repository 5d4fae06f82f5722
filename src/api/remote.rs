//! A value that lives on the server: fetched at once, again on request, and never written after its view is gone.

use std::{pin::Pin, sync::Arc};

use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::ApiError;

/// Where a request for a value stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Load<T> {
    /// Asked for; nothing is known yet.
    Loading,
    /// Couldn't be loaded.
    Failed(ApiError),
    /// Here.
    Ready(T),
}

impl<T> Load<T> {
    /// Why it couldn't be loaded.
    #[must_use]
    pub fn error(&self) -> Option<ApiError> {
        match self {
            Load::Failed(error) => Some(error.clone()),
            Load::Loading | Load::Ready(_) => None,
        }
    }
}

type Fetch<T> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, ApiError>>>> + Send + Sync>;

type Check<T> = Box<dyn FnOnce(&T) -> bool + Send + Sync>;

/// A value that lives on the server.
pub struct Remote<T: Send + Sync + 'static> {
    state: RwSignal<Load<T>>,
    fetch: StoredValue<Fetch<T>>,
    asked: StoredValue<u32>,
    /// Whether an answer is awaited.
    is_asking: StoredValue<bool>,
    /// Says whether the answer that is awaited is current.
    check: StoredValue<Option<Check<T>>>,
    owner: StoredValue<Owner>,
}

impl<T: Send + Sync> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Remote<T> {}

impl<T: Clone + Send + Sync + 'static> Remote<T> {
    /// Asks for the value at once with `fetch`.
    pub fn new<F>(fetch: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let remote = Self::idle(fetch);
        remote.refresh();
        remote
    }

    /// Asks for the value whenever it is `needed` and was not before.
    pub fn when<F>(
        needed: impl Fn() -> bool + Send + Sync + 'static,
        fetch: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let remote = Self::idle(fetch);
        let needed = Memo::new(move |_| needed());
        Effect::new(move |_| {
            if needed.get() {
                remote.refresh();
            }
        });
        remote
    }

    fn idle<F>(fetch: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        Self {
            state: RwSignal::new(Load::Loading),
            fetch: StoredValue::new(Arc::new(move || Box::pin(fetch()))),
            asked: StoredValue::new(0),
            is_asking: StoredValue::new(false),
            check: StoredValue::new(None),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> ReadSignal<Load<T>> {
        self.state.read_only()
    }

    /// The value, once it is here.
    #[must_use]
    pub fn get(&self) -> Option<T> {
        match self.state.get() {
            Load::Ready(value) => Some(value),
            Load::Loading | Load::Failed(_) => None,
        }
    }

    /// Puts a value that came by another way, such as a live event.
    pub fn put(&self, value: T) {
        self.asked.update_value(|asked| *asked += 1);
        self.is_asking.set_value(false);
        self.state.set(Load::Ready(value));
    }

    /// Asks again from the start, as after a failure.
    pub fn retry(&self) {
        self.state.set(Load::Loading);
        self.refresh();
    }

    /// [`Remote::refresh`], unless what it is for is gone.
    pub fn try_refresh(&self) {
        if self.asked.try_get_value().is_some() {
            self.refresh();
        }
    }

    /// [`Remote::refresh`], unless what is known, or the answer that is awaited, `is_current`.
    pub fn refresh_unless(&self, is_current: impl FnOnce(&T) -> bool + Send + Sync + 'static) {
        if self.is_asking.get_value() {
            self.check.set_value(Some(Box::new(is_current)));
            return;
        }
        let known = self.state.with_untracked(|state| match state {
            Load::Ready(value) => is_current(value),
            Load::Loading | Load::Failed(_) => false,
        });
        if !known {
            self.refresh();
        }
    }

    /// Asks again; what is known stays until the answer comes. An older answer never replaces a newer one.
    pub fn refresh(&self) {
        let Self {
            state,
            fetch,
            asked,
            is_asking,
            check,
            owner,
        } = *self;
        asked.update_value(|asked| *asked += 1);
        is_asking.set_value(true);
        check.update_value(|check| *check = None);
        let remote = *self;
        let ticket = asked.get_value();
        let future = fetch.with_value(|fetch| fetch());
        owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let answer = future.await;
                if asked.try_get_value() != Some(ticket) {
                    return;
                }
                is_asking.set_value(false);
                let check = check.try_update_value(Option::take).flatten();
                let is_current = match (check, &answer) {
                    (Some(check), Ok(value)) => check(value),
                    _ => true,
                };
                state.set(answer.map_or_else(Load::Failed, Load::Ready));
                if !is_current {
                    remote.try_refresh();
                }
            });
        });
    }
}
