//! Times on the screen that move by themselves. Points in time are milliseconds since 1970 in UTC.

use std::time::Duration;

use leptos::prelude::*;

use super::time;

/// The present, moved on once a second for the whole app.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<i64>);

impl Clock {
    /// Starts the clock for everything below.
    pub fn provide() {
        let now = RwSignal::new(present());
        provide_context(Clock(now));
        let tick = set_interval_with_handle(move || now.set(present()), Duration::from_secs(1));
        if let Ok(tick) = tick {
            on_cleanup(move || tick.clear());
        }
    }

    /// The clock in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<Clock>()
    }

    /// Milliseconds from now until `later`, moving on; none once it has passed.
    #[must_use]
    pub fn until(&self, later: i64) -> u64 {
        u64::try_from(later - self.0.get()).unwrap_or(0)
    }

    /// Milliseconds from `earlier` until now, moving on.
    #[must_use]
    pub fn since(&self, earlier: i64) -> u64 {
        u64::try_from(self.0.get() - earlier).unwrap_or(0)
    }
}

fn present() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a date's milliseconds are whole and far below 2^53"
    )]
    let now = js_sys::Date::now() as i64;
    now
}

fn date(millis: i64) -> js_sys::Date {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a date's milliseconds are far below 2^53"
    )]
    let millis = millis as f64;
    js_sys::Date::new(&millis.into())
}

/// A point in time, in the one form of the page (see [`time::moment`]) and in the reader's time zone.
#[must_use]
pub fn local_time(millis: i64) -> String {
    time::moment(wall(millis), wall(present()), hour_cycle())
}

/// A log's line with the time at its start in the reader's time zone, as everywhere else on the page.
#[must_use]
pub fn local_line(line: &str) -> String {
    match time::stamp(line) {
        Some(stamp) => {
            let shown = time::with_second(wall(stamp.millis), stamp.second, hour_cycle());
            format!("{shown}{}", stamp.rest)
        }
        None => line.to_owned(),
    }
}

fn wall(millis: i64) -> time::WallTime {
    let date = date(millis);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time zone's offset is some hundred minutes"
    )]
    let behind_utc = date.get_timezone_offset() as i64;
    time::WallTime {
        day_number: (millis - behind_utc * 60_000).div_euclid(86_400_000),
        year: date.get_full_year(),
        month: date.get_month(),
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
    }
}

/// How the reader's locale counts hours.
fn hour_cycle() -> time::HourCycle {
    let options = js_sys::Object::new();
    // Setting a property of a plain object cannot fail.
    let _ = js_sys::Reflect::set(&options, &"hour".into(), &"numeric".into());
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &options);
    let twelve = js_sys::Reflect::get(&format.resolved_options(), &"hour12".into());
    match twelve.ok().and_then(|twelve| twelve.as_bool()) {
        Some(false) => time::HourCycle::TwentyFour,
        _ => time::HourCycle::Twelve,
    }
}

/// A time that has passed, in words that move on; the exact time shows when the pointer rests on it.
#[component]
pub fn Ago(
    /// When it was.
    at: i64,
) -> impl IntoView {
    let clock = Clock::from_context();
    let words = Memo::new(move |_| time::ago(clock.since(at)));
    view! {
        <time datetime=String::from(date(at).to_iso_string()) title=local_time(at)>
            {words}
        </time>
    }
}

/// How long something takes, or took once it has ended.
#[component]
pub fn Elapsed(
    /// When it began.
    from: i64,
    /// When it ended.
    until: Option<i64>,
) -> impl IntoView {
    match until {
        Some(until) => time::duration(u64::try_from(until - from).unwrap_or(0)).into_any(),
        None => {
            let clock = Clock::from_context();
            (move || time::running(clock.since(from))).into_any()
        }
    }
}
