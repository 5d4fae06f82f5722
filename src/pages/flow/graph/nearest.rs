//! Which vertex is next in the direction of an arrow key. Pure.

use super::layout::Point;

/// The vertex that a key leads to from the one at `at`; `None` where the key isn't the graph's.
pub(super) fn target(key: &str, at: usize, places: &[Point]) -> Option<usize> {
    let last = places.len().checked_sub(1)?;
    let (x, y) = *places.get(at)?;
    // How far something is in the direction of the key, and beside it.
    let direction: fn(f64, f64) -> (f64, f64) = match key {
        "ArrowDown" => |x, y| (y, x),
        "ArrowUp" => |x, y| (-y, x),
        "ArrowRight" => |x, y| (x, y),
        "ArrowLeft" => |x, y| (-x, y),
        "Home" => return Some(0),
        "End" => return Some(last),
        _ => return None,
    };
    // Rows come first: sideways a key stays in the row, as long as there is something in it.
    let weight = match key {
        "ArrowDown" | "ArrowUp" => (2.0, 1.0),
        _ => (1.0, 8.0),
    };
    let cost = |&(a, b): &Point| {
        let (ahead, beside) = direction(a - x, b - y);
        (ahead > 1.0).then(|| ahead * weight.0 + beside.abs() * weight.1)
    };
    let ahead = places.iter().enumerate();
    let ahead = ahead.filter_map(|(index, place)| Some((index, cost(place)?)));
    let nearest = ahead.min_by(|(_, one), (_, other)| one.total_cmp(other));
    Some(nearest.map_or(at, |(index, _)| index))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [Point; 4] = [(100.0, 0.0), (0.0, 100.0), (200.0, 100.0), (100.0, 200.0)];

    #[test]
    fn arrows_lead_to_what_is_there() {
        assert_eq!(target("ArrowRight", 1, &PLACES), Some(2));
        assert_eq!(target("ArrowLeft", 2, &PLACES), Some(1));
        assert_eq!(target("ArrowDown", 1, &PLACES), Some(3));
        assert_eq!(target("ArrowUp", 3, &PLACES), Some(1));
    }

    #[test]
    fn at_the_border_they_stay() {
        assert_eq!(target("ArrowUp", 0, &PLACES), Some(0));
        assert_eq!(target("ArrowDown", 3, &PLACES), Some(3));
    }

    #[test]
    fn the_ends_are_reached_and_other_keys_are_left() {
        assert_eq!(target("Home", 2, &PLACES), Some(0));
        assert_eq!(target("End", 0, &PLACES), Some(3));
        assert_eq!(target("x", 0, &PLACES), None);
        assert_eq!(target("Home", 0, &[]), None);
    }
}
