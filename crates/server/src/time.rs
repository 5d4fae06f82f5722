//! Points in time, as the public contract writes them: RFC 3339 in UTC.

use std::time::SystemTime;

use flowdeck_contract::Millis;
use jiff::Timestamp;

/// The moment of the call.
#[must_use]
pub(crate) fn now() -> Millis {
    millis(SystemTime::now())
}

/// The moment of the call, in the contract's words.
#[must_use]
pub(crate) fn now_rfc3339() -> String {
    Timestamp::now().to_string()
}

/// `millis` in the contract's words; `None` beyond the years that can be written.
#[must_use]
pub(crate) fn rfc3339(millis: Millis) -> Option<String> {
    Timestamp::from_millisecond(millis.0)
        .ok()
        .map(|time| time.to_string())
}

/// A file's time as the API counts it; times before 1970 count as negative.
#[must_use]
pub(crate) fn millis(time: SystemTime) -> Millis {
    let millis = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => {
            i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis)
        }
    };
    Millis(millis)
}
