//! Reads what a dry run would change, in uv's words.

use flowdeck_flow::normalised_name;

/// A package that would come or go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageMove {
    pub(crate) name: String,
    /// The version, or the place that it comes from when that is all that is known.
    pub(crate) version: String,
    pub(crate) comes: bool,
}

/// The packages that a dry run names, in its order.
pub fn steps(lines: &[String]) -> Vec<PackageMove> {
    lines.iter().filter_map(|line| step(line)).collect()
}

/// ` + name==version`, ` - name==version`, ` ~ name==version`; a place is `name @ place` or `name==version (from place)`.
pub(super) fn step(line: &str) -> Option<PackageMove> {
    let line = line.strip_prefix(' ')?;
    let (sign, rest) = line.split_at_checked(2)?;
    let comes = match sign {
        "+ " | "~ " => true,
        "- " => false,
        _ => return None,
    };
    let (name, version) = match rest.split_once("==") {
        Some((name, version)) if !name.contains(' ') => {
            (name, version.split(" (from ").next().unwrap_or(version))
        }
        _ => {
            let (name, place) = rest.split_once(" @ ")?;
            (name, version_in(place).unwrap_or(place))
        }
    };
    Some(PackageMove {
        name: normalised_name(name),
        version: version.to_owned(),
        comes,
    })
}

/// The version in an archive's name: `…/name-1.0-py3-none-any.whl`, `…/name-1.0.tar.gz`.
fn version_in(place: &str) -> Option<&str> {
    let file = place.split(['#', '?']).next()?.rsplit('/').next()?;
    if let Some(wheel) = file.strip_suffix(".whl") {
        return wheel.split('-').nth(1);
    }
    let archive = [".tar.gz", ".zip"];
    let stem = archive
        .iter()
        .find_map(|ending| file.strip_suffix(ending))?;
    let (_, version) = stem.rsplit_once('-')?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_come_and_go_is_read() {
        let lines: Vec<String> = super::super::samples::DRY_RUN
            .lines()
            .map(str::to_owned)
            .collect();
        let read: Vec<_> = steps(&lines)
            .into_iter()
            .map(|step| (step.comes, step.name, step.version))
            .collect();
        let expected = [
            (false, "fdalpha", "2.0"),
            (true, "fdalpha", "1.0"),
            (true, "fd-src", "1.0"),
            (true, "fdlocal", "file:///tmp/fdlocal"),
        ];
        let expected = expected.map(|(comes, name, version)| (comes, name.into(), version.into()));
        assert_eq!(read, expected);
    }
}
