//! Where the vertices of a graph stand, and how its edges lead: rows from top to bottom, in which `rust-sugiyama` finds the
//! places.

use std::collections::BTreeMap;

use rust_sugiyama::{
    configure::{Config, RankingType},
    from_vertices_and_edges,
};

use super::ranks::Ranks;

/// The size of a vertex, in CSS pixels.
pub(super) const SIZE: (f64, f64) = (208.0, 60.0);

/// The room between vertices beside each other, between rows, and around it all.
const BESIDE: f64 = 28.0;
const BETWEEN: f64 = 52.0;
const AROUND: f64 = 16.0;

/// The room for an edge that passes a row.
const LANE: f64 = 12.0;

/// Of more lanes than this none are made: the edges then pass behind vertices.
const MOST_LANES: usize = 1_500;

/// Of more vertices and lanes than this crossings are looked for less thoroughly: that takes a time that grows fast.
const THOROUGH: usize = 80;

/// A place, in CSS pixels from the top left.
pub(super) type Point = (f64, f64);

/// A graph that is laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    /// The size of it all.
    pub(super) size: Point,
    /// The middle of each vertex.
    pub(super) vertices: Vec<Point>,
    /// The points that each edge leads through. The first and last are on the borders of its vertices.
    pub(super) edges: Vec<Vec<Point>>,
}

impl Layout {
    /// Lays out `count` vertices and the edges between them. The same graph always looks the same.
    pub(super) fn of(count: usize, edges: &[(usize, usize)]) -> Self {
        let ranks = Ranks::new(count, edges);
        let lanes = Lanes::of(edges, &ranks);
        let across = lanes.across();
        let (width, height) = SIZE;
        let middle = |rank: usize| AROUND + height / 2.0 + rank as f64 * (height + BETWEEN);
        let vertices: Vec<Point> = (0..count)
            .map(|vertex| (across.of[vertex], middle(ranks.of[vertex])))
            .collect();
        let path = |(index, &(from, to)): (usize, &(usize, usize))| {
            let (below, above) = (
                vertices[from].1 + height / 2.0,
                vertices[to].1 - height / 2.0,
            );
            let lanes = lanes.of_edge(index, (from, to), &ranks).into_iter();
            let passed = lanes.flat_map(|(lane, rank)| {
                let (x, y) = (across.of[lane], middle(rank));
                [(x, y - height / 2.0), (x, y + height / 2.0)]
            });
            let begin = std::iter::once((vertices[from].0, below));
            begin
                .chain(passed)
                .chain([(vertices[to].0, above)])
                .collect()
        };
        let last = ranks.of.iter().max();
        Self {
            size: last.map_or((0.0, 0.0), |&last| {
                (across.width, middle(last) + height / 2.0 + AROUND)
            }),
            edges: edges.iter().enumerate().map(path).collect(),
            vertices: vertices
                .into_iter()
                .map(|(x, y)| (x.max(width / 2.0), y))
                .collect(),
        }
    }
}

/// What stands in the rows: the vertices, and a lane for each row that edges of a vertex pass. All edges that begin at a
/// vertex share its lanes, so that there are few of them and the eye can follow.
struct Lanes {
    /// In which row each stands: first the vertices.
    ranks: Vec<usize>,
    vertices: usize,
    /// Edges that lead to the next row.
    steps: Vec<(u32, u32)>,
    /// The lane of what a vertex gives, by row.
    lanes: BTreeMap<(usize, usize), usize>,
}

impl Lanes {
    fn of(edges: &[(usize, usize)], ranks: &Ranks) -> Self {
        let all = Self::with_lanes(edges, ranks, usize::MAX);
        if all.lanes.len() > MOST_LANES {
            return Self::with_lanes(edges, ranks, 0);
        }
        all
    }

    /// With lanes for edges that pass at most `most` rows.
    fn with_lanes(edges: &[(usize, usize)], ranks: &Ranks, most: usize) -> Self {
        let mut lanes = Self {
            ranks: ranks.of.clone(),
            vertices: ranks.of.len(),
            steps: Vec::new(),
            lanes: BTreeMap::new(),
        };
        for (index, &(from, to)) in edges.iter().enumerate() {
            if ranks.is_back[index] || ranks.of[to] - ranks.of[from] - 1 > most {
                continue;
            }
            let mut at = from;
            for rank in ranks.of[from] + 1..ranks.of[to] {
                let lane = lanes.lane(from, rank);
                lanes.step(at, lane);
                at = lane;
            }
            lanes.step(at, to);
        }
        lanes.steps.sort_unstable();
        lanes.steps.dedup();
        lanes
    }

    fn lane(&mut self, from: usize, rank: usize) -> usize {
        let next = self.ranks.len();
        let lane = *self.lanes.entry((from, rank)).or_insert(next);
        if lane == next {
            self.ranks.push(rank);
        }
        lane
    }

    fn step(&mut self, from: usize, to: usize) {
        // A page can't show as many as there are numbers.
        if let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(to)) {
            self.steps.push((from, to));
        }
    }

    /// The lanes that an edge takes, each with its row.
    fn of_edge(
        &self,
        index: usize,
        (from, to): (usize, usize),
        ranks: &Ranks,
    ) -> Vec<(usize, usize)> {
        if ranks.is_back[index] {
            return Vec::new();
        }
        let passed = ranks.of[from] + 1..ranks.of[to];
        passed
            .filter_map(|rank| Some((*self.lanes.get(&(from, rank))?, rank)))
            .collect()
    }

    fn across(&self) -> Across {
        let sizes: Vec<(u32, (f64, f64))> = (0u32..)
            .zip(0..self.ranks.len())
            .map(|(id, at)| match at < self.vertices {
                true => (id, SIZE),
                false => (id, (LANE, SIZE.1)),
            })
            .collect();
        let config = Config {
            vertex_spacing: BESIDE,
            ranking_type: RankingType::MinimizeEdgeLength,
            transpose: self.ranks.len() <= THOROUGH,
            ..Config::default()
        };
        let mut across = Across {
            of: vec![0.0; self.ranks.len()],
            width: AROUND,
        };
        for (places, ..) in from_vertices_and_edges(&sizes, &self.steps, &config) {
            let half = |at: usize| sizes[at].1.0 / 2.0;
            let left = places.iter().map(|&(at, (x, _))| x - half(at));
            let left = left.fold(f64::INFINITY, f64::min);
            let begin = across.width;
            for (at, (x, _)) in places {
                across.of[at] = x - left + begin;
                across.width = across.width.max(across.of[at] + half(at) + BESIDE);
            }
        }
        across.width += AROUND - BESIDE;
        across
    }
}

/// Where everything stands in its row, and how wide the widest row is.
struct Across {
    of: Vec<f64>,
    width: f64,
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn overlap(layout: &Layout) -> Option<(usize, usize)> {
        let at = |index: usize| layout.vertices[index];
        let all = 0..layout.vertices.len();
        all.clone()
            .flat_map(|one| (0..one).map(move |other| (one, other)))
            .find(|&(one, other)| {
                let ((a, b), (c, d)) = (at(one), at(other));
                (a - c).abs() < SIZE.0 - 0.5 && (b - d).abs() < SIZE.1
            })
    }

    #[test]
    fn rows_lead_down() {
        let layout = Layout::of(3, &[(0, 1), (1, 2), (0, 2)]);
        let rows: Vec<f64> = layout.vertices.iter().map(|&(_, y)| y).collect();
        assert!(rows.is_sorted() && rows[0] < rows[1] && rows[1] < rows[2]);
        // The long edge passes beside the vertex between its ends.
        let passed = layout.edges[2][1];
        assert!((passed.0 - layout.vertices[1].0).abs() >= SIZE.0 / 2.0);
        assert_eq!(layout.edges[2].len(), 4);
    }

    #[test]
    fn nothing_has_no_size() {
        assert_eq!(Layout::of(0, &[]), Layout::default());
    }

    #[test]
    fn what_isnt_connected_stands_beside_the_rest() {
        let layout = Layout::of(4, &[(0, 1)]);
        assert_eq!(overlap(&layout), None);
        assert!(layout.size.0 >= 3.0 * SIZE.0);
    }

    #[test]
    fn a_chain_in_which_all_use_the_first_has_one_lane() {
        let edges: Vec<_> = (1..300).flat_map(|at| [(at - 1, at), (0, at)]).collect();
        let layout = Layout::of(300, &edges);
        assert_eq!(overlap(&layout), None);
        assert!(layout.size.0 < 3.0 * SIZE.0, "{:?}", layout.size);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_graph_has_a_layout_in_which_nothing_lies_on_another(
            count in 1usize..24,
            ends in prop::collection::vec((0usize..24, 0usize..24), 0..60),
        ) {
            let edges: Vec<_> = ends.into_iter().map(|(from, to)| (from % count, to % count)).collect();
            let layout = Layout::of(count, &edges);
            prop_assert_eq!(overlap(&layout), None);
            prop_assert_eq!(layout.edges.len(), edges.len());
            let (width, height) = layout.size;
            let inside = |&(x, y): &Point| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
            prop_assert!(layout.vertices.iter().all(inside));
            prop_assert!(layout.edges.iter().flatten().all(inside));
            prop_assert_eq!(&Layout::of(count, &edges), &layout);
        }
    }
}
