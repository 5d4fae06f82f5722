//! On whose behalf a task works: set where a request comes in, read where a session changes.

use flowdeck_contract::timeline::By;

tokio::task_local! {
    static ASKER: By;
}

/// Runs `work` on behalf of `by`: the timelines of sessions name it for what the task asks.
pub async fn asked_by<T>(by: By, work: impl Future<Output = T>) -> T {
    ASKER.scope(by, work).await
}

/// As [`asked_by`], for work that does not wait.
pub(crate) fn as_asker<T>(by: By, work: impl FnOnce() -> T) -> T {
    ASKER.sync_scope(by, work)
}

/// On whose behalf this task works; the server's own when nobody said.
#[must_use]
pub fn asker() -> By {
    ASKER.try_with(|by| *by).unwrap_or_default()
}
