//! An idle shutdown time as one writes it: a number and a unit, or never.

use flowdeck_contract::settings::IDLE_SECONDS;

/// What the number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Offered only where a time needs it.
    Seconds,
    Minutes,
    Hours,
    /// No number: it does not end.
    Never,
}

impl Unit {
    pub(super) const ALL: [Unit; 4] = [Unit::Seconds, Unit::Minutes, Unit::Hours, Unit::Never];

    pub(super) fn word(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds",
            Unit::Minutes => "minutes",
            Unit::Hours => "hours",
            Unit::Never => "never",
        }
    }

    fn seconds(self) -> u64 {
        match self {
            Unit::Seconds | Unit::Never => 1,
            Unit::Minutes => 60,
            Unit::Hours => 3600,
        }
    }
}

/// What stands in the two controls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IdleEntry {
    pub(super) number: String,
    pub(super) unit: Unit,
}

impl IdleEntry {
    /// A time in the greatest unit that it is a whole number of; `None` for never.
    pub(super) fn of(seconds: Option<u64>) -> Self {
        let Some(seconds) = seconds else {
            return Self {
                number: String::new(),
                unit: Unit::Never,
            };
        };
        let unit = [Unit::Hours, Unit::Minutes]
            .into_iter()
            .find(|unit| seconds.is_multiple_of(unit.seconds()))
            .unwrap_or(Unit::Seconds);
        Self {
            number: (seconds / unit.seconds()).to_string(),
            unit,
        }
    }

    /// The time in seconds, `None` for never; or what is wrong with it.
    pub(super) fn seconds(&self) -> Result<Option<u64>, &'static str> {
        if self.unit == Unit::Never {
            return Ok(None);
        }
        let number = self.number.trim();
        if number.is_empty() {
            return Err("Enter a time, or choose never.");
        }
        let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return Err("Enter a number, such as 30 or 1.5.");
        }
        let unit = self.unit.seconds();
        let seconds = whole
            .parse()
            .or(if whole.is_empty() { Ok(0) } else { Err(()) })
            .ok()
            .and_then(|whole: u64| whole.checked_mul(unit)?.checked_add(part(fraction, unit)))
            .filter(|seconds| seconds <= IDLE_SECONDS.end())
            .ok_or("Enter at most 100 years, or choose never.")?;
        if IDLE_SECONDS.contains(&seconds) {
            Ok(Some(seconds))
        } else {
            Err("Enter at least 10 seconds.")
        }
    }
}

/// A decimal fraction of a unit, in seconds.
fn part(fraction: &str, unit: u64) -> u64 {
    let first: String = fraction.chars().take(6).collect();
    let scale = 10_u64.pow(u32::try_from(first.len()).unwrap_or(0));
    first.parse::<u64>().unwrap_or(0) * unit / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: &str, unit: Unit) -> IdleEntry {
        IdleEntry {
            number: number.to_owned(),
            unit,
        }
    }

    #[test]
    fn a_time_is_written_in_its_greatest_whole_unit_and_read_back() {
        for (seconds, number, unit) in [
            (Some(3600), "1", Unit::Hours),
            (Some(5400), "90", Unit::Minutes),
            (Some(61), "61", Unit::Seconds),
            (None, "", Unit::Never),
        ] {
            assert_eq!(IdleEntry::of(seconds), entry(number, unit));
            assert_eq!(IdleEntry::of(seconds).seconds(), Ok(seconds));
        }
    }

    #[test]
    fn numbers_may_have_a_fraction() {
        assert_eq!(entry("1.5", Unit::Hours).seconds(), Ok(Some(5400)));
        assert_eq!(entry(" ,5 ", Unit::Minutes).seconds(), Ok(Some(30)));
        assert_eq!(entry("2.", Unit::Minutes).seconds(), Ok(Some(120)));
    }

    #[test]
    fn what_is_no_time_says_why() {
        for (number, unit, reason) in [
            ("", Unit::Minutes, "Enter a time"),
            ("ten", Unit::Minutes, "Enter a number"),
            ("-1", Unit::Hours, "Enter a number"),
            (".", Unit::Hours, "Enter a number"),
            ("9", Unit::Seconds, "10 seconds"),
            ("0", Unit::Hours, "10 seconds"),
            ("999999999", Unit::Hours, "100 years"),
            ("99999999999999999999999", Unit::Seconds, "100 years"),
        ] {
            let told = entry(number, unit).seconds().unwrap_err();
            assert!(told.contains(reason), "{number}: {told}");
        }
    }
}
