//! Dates and times, which plain scalars may be: `2024-01-31`, `2024-1-31 10:20:30.5 +02:00`.

/// A date, and what of it, if anything, no calendar or clock has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) fault: Option<&'static str>,
}

/// Reads a date; none when the text has not the form of one.
pub(super) fn read(text: &str) -> Option<Date> {
    let mut rest = Rest(text);
    let year = rest.digits(4, 4)?;
    rest.skip("-")?;
    let (before_month, month) = (rest.0.len(), rest.digits(1, 2)?);
    rest.skip("-")?;
    let day = rest.digits(1, 2)?;
    let time = if rest.0.is_empty() {
        // Without a time, both have two digits.
        (text.len() == 10 && before_month == 5).then_some(None)?
    } else {
        Some(read_time(&mut rest)?)
    };
    Some(Date {
        fault: date_fault(year, month, day).or(time.and_then(time_fault)),
    })
}

type Time = (u32, u32, u32);

fn read_time(rest: &mut Rest<'_>) -> Option<Time> {
    let separated = rest.0.trim_start_matches([' ', '\t']);
    if separated.len() < rest.0.len() {
        rest.0 = separated;
    } else {
        rest.skip("T").or_else(|| rest.skip("t"))?;
    }
    let hour = rest.digits(1, 2)?;
    rest.skip(":")?;
    let minute = rest.digits(2, 2)?;
    rest.skip(":")?;
    let second = rest.digits(2, 2)?;
    if rest.skip(".").is_some() {
        rest.0 = rest.0.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    if rest.0.is_empty() || is_zone(rest.0.trim_start_matches([' ', '\t'])) {
        Some((hour, minute, second))
    } else {
        None
    }
}

fn is_zone(zone: &str) -> bool {
    let mut rest = Rest(zone);
    if rest.skip("Z").is_some() {
        return rest.0.is_empty();
    }
    if rest
        .skip("+")
        .or_else(|| rest.skip("-"))
        .and_then(|()| rest.digits(1, 2))
        .is_none()
    {
        return false;
    }
    rest.0.is_empty()
        || (rest.skip(":").and_then(|()| rest.digits(2, 2)).is_some() && rest.0.is_empty())
}

fn date_fault(year: u32, month: u32, day: u32) -> Option<&'static str> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Some("month"),
    };
    if year == 0 {
        return Some("year");
    }
    (!(1..=days).contains(&day)).then_some("day")
}

fn time_fault((hour, minute, second): Time) -> Option<&'static str> {
    let faults = [
        (hour > 23, "hour"),
        (minute > 59, "minute"),
        (second > 59, "second"),
    ];
    faults
        .into_iter()
        .find(|(is_fault, _)| *is_fault)
        .map(|(_, name)| name)
}

/// What is left to read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    /// A number with at least and at most this many digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self
            .0
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        if count < least {
            None
        } else {
            digits.parse().ok()
        }
    }

    fn skip(&mut self, prefix: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(prefix)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, read};

    #[test]
    fn what_has_the_form_of_a_date() {
        for text in [
            "2024-01-31",
            "2024-2-29T1:02:03",
            "2024-02-29 01:02:03.5 +2:30",
            "2024-01-01t00:00:00Z",
        ] {
            assert_eq!(read(text), Some(Date { fault: None }), "{text}");
        }
        for text in [
            "2024-1-31",
            "2024-01-1",
            "24-01-01",
            "2024-01-01x",
            "2024-01-01 ",
            "2024-01-01 1:2:3",
            "2024-01-01T01:02:03 X",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_no_calendar_has() {
        let cases = [
            ("2023-02-29", "day"),
            ("2024-13-01", "month"),
            ("0000-01-01", "year"),
            ("2024-01-01T25:00:00", "hour"),
            ("2024-01-01 00:60:00", "minute"),
            ("2024-01-01 00:00:60", "second"),
        ];
        for (text, fault) in cases {
            assert_eq!(read(text), Some(Date { fault: Some(fault) }), "{text}");
        }
    }
}
