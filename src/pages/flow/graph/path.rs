//! An edge's line, as the `d` of an SVG path. Pure.

use std::fmt::Write as _;

use super::layout::Point;

/// A line through `points` that leaves and reaches each of them straight down.
pub(super) fn line(points: &[Point]) -> String {
    let mut line = String::new();
    let Some(&(x, y)) = points.first() else {
        return line;
    };
    // Writing to a string cannot fail.
    let _ = write!(line, "M{x:.1} {y:.1}");
    for pair in points.windows(2) {
        let [(a, b), (c, d)] = *pair else { continue };
        if (a - c).abs() < 0.05 {
            let _ = write!(line, "V{d:.1}");
        } else {
            // Far enough for a curve, also where it leads upwards.
            let bend = ((d - b).abs() / 2.0).max(20.0);
            let (above, below) = (b + bend, d - bend);
            let _ = write!(line, "C{a:.1} {above:.1} {c:.1} {below:.1} {c:.1} {d:.1}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_is_reached_straight_and_what_is_beside_in_a_curve() {
        assert_eq!(line(&[(1.0, 2.0), (1.0, 9.0)]), "M1.0 2.0V9.0");
        assert_eq!(
            line(&[(0.0, 0.0), (100.0, 60.0)]),
            "M0.0 0.0C0.0 30.0 100.0 30.0 100.0 60.0"
        );
        assert_eq!(line(&[]), "");
    }
}
