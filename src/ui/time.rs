//! How points and spans of time are written: the one form that every part of the page uses.

/// A point in time as a clock and a calendar on the reader's wall show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallTime {
    /// The day, counted from any fixed one.
    pub day_number: i64,
    /// The year.
    pub year: u32,
    /// The month, from 0.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
    /// The hour, 0 to 23.
    pub hour: u32,
    /// The minute, 0 to 59.
    pub minute: u32,
}

/// How the reader's clock counts hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HourCycle {
    /// `3:00 AM`.
    Twelve,
    /// `03:00`.
    TwentyFour,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A point in time as briefly as it is clear: `3:00 AM` today, `yesterday, 3:00 AM`, `Nov 20, 3:00 AM` this year,
/// `Nov 20, 2025, 3:00 AM` in another.
#[must_use]
pub fn moment(at: WallTime, now: WallTime, cycle: HourCycle) -> String {
    let time = time_of_day(at, cycle);
    let month = usize::try_from(at.month).ok().and_then(|at| MONTHS.get(at));
    let month = month.copied().unwrap_or_default();
    match now.day_number - at.day_number {
        0 => time,
        1 => format!("yesterday, {time}"),
        _ if at.year == now.year => format!("{month} {}, {time}", at.day),
        _ => format!("{month} {}, {}, {time}", at.day, at.year),
    }
}

fn time_of_day(at: WallTime, cycle: HourCycle) -> String {
    let WallTime { hour, minute, .. } = at;
    match cycle {
        HourCycle::TwentyFour => format!("{hour:02}:{minute:02}"),
        HourCycle::Twelve => {
            let half = if hour < 12 { "AM" } else { "PM" };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            // A no-break space, so that a line never begins with the half of the day.
            format!("{hour}:{minute:02}\u{a0}{half}")
        }
    }
}

/// A point in time as a log writes it at the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'l> {
    /// Milliseconds since 1970, in UTC.
    pub millis: i64,
    /// The seconds of its minute.
    pub second: u32,
    /// The rest of the line.
    pub rest: &'l str,
}

/// The time at the start of a log's line, in UTC as promptflow and flowdeck write it: `2026-11-27 03:18:04 +0000 …`,
/// `2026-11-27T03:18:04Z …`.
#[must_use]
pub fn stamp(line: &str) -> Option<Stamp<'_>> {
    let (text, rest) = line.split_at_checked(19)?;
    let rest = ["Z", " +0000"]
        .iter()
        .find_map(|zone| rest.strip_prefix(zone))?;
    let shape = "0000-00-00 00:00:00";
    let fits = text
        .bytes()
        .zip(shape.bytes())
        .all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            b' ' => byte == b' ' || byte == b'T',
            other => byte == other,
        });
    if !fits {
        return None;
    }
    let number = |from: usize, length: usize| text.get(from..from + length)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Stamp {
        millis: seconds * 1000,
        second: u32::try_from(second).ok()?,
        rest,
    })
}

/// The days from 1970 to a date of the Gregorian calendar; months count from March, so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The time of a log's line, to the second: `3:18:04 AM`.
#[must_use]
pub fn with_second(at: WallTime, second: u32, cycle: HourCycle) -> String {
    let time = time_of_day(at, cycle);
    let (clock, half) = time.split_at(time.find('\u{a0}').unwrap_or(time.len()));
    format!("{clock}:{second:02}{half}")
}

/// A duration: `340 ms`, `1.2 s`, `1 min 04 s`, `2 h 05 min`.
#[must_use]
pub fn duration(millis: u64) -> String {
    let seconds = millis / 1000;
    match seconds {
        0 => format!("{millis} ms"),
        1..=9 => format!("{seconds}.{} s", millis % 1000 / 100),
        10..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A duration that grows while one looks, in whole seconds.
#[must_use]
pub fn running(millis: u64) -> String {
    if millis < 60_000 {
        format!("{} s", millis / 1000)
    } else {
        duration(millis)
    }
}

/// A duration that one plans by: to the second below ten minutes, to the minute above.
#[must_use]
pub fn rough(millis: u64) -> String {
    match millis / 60_000 {
        0..=9 => running(millis),
        _ => coarse(millis),
    }
}

/// A duration that one glances at: `43 s`, `5 min`, `2 h 05 min`.
#[must_use]
pub fn coarse(millis: u64) -> String {
    match millis / 60_000 {
        0 => running(millis),
        minutes @ 1..=59 => format!("{minutes} min"),
        minutes => format!("{} h {:02} min", minutes / 60, minutes % 60),
    }
}

/// How long ago something was: `just now`, `5 min ago`, `3 days ago`.
#[must_use]
pub fn ago(millis: u64) -> String {
    let minutes = millis / 60_000;
    let (hours, days) = (minutes / 60, minutes / 1440);
    match (minutes, hours, days) {
        (0, ..) => "just now".to_owned(),
        (_, 0, _) => format!("{minutes} min ago"),
        (_, _, 0) => format!("{hours} h ago"),
        (_, _, 1) => "yesterday".to_owned(),
        (_, _, 2..=59) => format!("{days} days ago"),
        (_, _, 60..=729) => format!("{} months ago", days / 30),
        _ => format!("{} years ago", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(day_number: i64, (year, month, day): (u32, u32, u32), hour: u32) -> WallTime {
        WallTime {
            day_number,
            year,
            month,
            day,
            hour,
            minute: 5,
        }
    }

    #[test]
    fn a_moment_says_its_day_only_when_that_is_another() {
        let now = wall(100, (2026, 10, 27), 3);
        let written = |at| moment(at, now, HourCycle::Twelve).replace('\u{a0}', " ");
        for (at, text) in [
            (wall(100, (2026, 10, 27), 0), "12:05 AM"),
            (wall(100, (2026, 10, 27), 3), "3:05 AM"),
            (wall(100, (2026, 10, 27), 12), "12:05 PM"),
            (wall(99, (2026, 10, 26), 23), "yesterday, 11:05 PM"),
            (wall(90, (2026, 10, 17), 9), "Nov 17, 9:05 AM"),
            (wall(101, (2026, 10, 28), 9), "Nov 28, 9:05 AM"),
            (wall(-300, (2025, 0, 2), 9), "Jan 2, 2025, 9:05 AM"),
        ] {
            assert_eq!(written(at), text);
        }
        assert_eq!(moment(now, now, HourCycle::TwentyFour), "03:05");
    }

    #[test]
    fn a_log_s_time_is_read_in_both_of_its_forms_and_nothing_else_is() {
        for (line, millis, rest) in [
            (
                "2026-11-27 03:18:04 +0000    12 execution",
                1_795_749_484_000,
                "    12 execution",
            ),
            ("2026-11-27T03:18:04Z ready", 1_795_749_484_000, " ready"),
            ("1970-01-01 00:00:00 +0000", 0, ""),
            ("2000-02-29T12:00:00Z", 951_825_600_000, ""),
        ] {
            let read = stamp(line).unwrap();
            assert_eq!((read.millis, read.rest), (millis, rest), "{line}");
        }
        for line in [
            "",
            "ready",
            "2026-11-27 03:18:04 +0100 x",
            "2026-11-27 03:18:04",
            "2026/11/27 03:18:04 +0000",
            "größe-und-noch-viel-mehr-als-das Z",
        ] {
            assert_eq!(stamp(line), None, "{line}");
        }
    }

    #[test]
    fn a_log_s_time_is_shown_to_the_second() {
        let at = wall(100, (2026, 10, 27), 15);
        let shown = with_second(at, 4, HourCycle::Twelve).replace('\u{a0}', " ");
        assert_eq!(shown, "3:05:04 PM");
        assert_eq!(with_second(at, 59, HourCycle::TwentyFour), "15:05:59");
    }

    #[test]
    fn durations_are_as_exact_as_they_are_short() {
        for (millis, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1000, "1.0 s"),
            (9_999, "9.9 s"),
            (10_000, "10 s"),
            (64_000, "1 min 04 s"),
            (3_600_000, "1 h 00 min"),
            (7_500_000, "2 h 05 min"),
        ] {
            assert_eq!(duration(millis), text);
        }
        assert_eq!(running(59_999), "59 s");
        assert_eq!(running(61_000), "1 min 01 s");
        assert_eq!(rough(599_999), "9 min 59 s");
        assert_eq!(rough(600_000), "10 min");
        assert_eq!(rough(3_660_000), "1 h 01 min");
        assert_eq!(coarse(59_999), "59 s");
        assert_eq!(coarse(119_999), "1 min");
        assert_eq!(coarse(7_500_000), "2 h 05 min");
    }

    #[test]
    fn times_past_are_rounded_down() {
        const DAY: u64 = 86_400_000;
        for (millis, text) in [
            (59_999, "just now"),
            (60_000, "1 min ago"),
            (3_600_000, "1 h ago"),
            (DAY, "yesterday"),
            (2 * DAY, "2 days ago"),
            (61 * DAY, "2 months ago"),
            (800 * DAY, "2 years ago"),
        ] {
            assert_eq!(ago(millis), text);
        }
    }
}
