//! In which row each vertex of a graph stands, so that what gives stands above what gets.

/// The rows of `count` vertices, from 0, and the edges that lead upwards although they shouldn't: each of them closes a ring.
pub(super) struct Ranks {
    /// The row of each vertex.
    pub(super) of: Vec<usize>,
    /// By edge: whether it closes a ring.
    pub(super) is_back: Vec<bool>,
}

impl Ranks {
    /// Every edge but those of rings leads to a lower row. A vertex that gives more than it gets stands as close to what it
    /// gives to as it can.
    pub(super) fn new(count: usize, edges: &[(usize, usize)]) -> Self {
        let mut gives = vec![Vec::new(); count];
        for (index, &(from, _)) in edges.iter().enumerate() {
            gives[from].push(index);
        }
        let (order, is_back) = order(edges, &gives);
        let mut of = vec![0; count];
        let forward = |index: &usize| !is_back[*index];
        let mut gets = vec![0usize; count];
        for &from in &order {
            for &edge in gives[from].iter().filter(|edge| forward(edge)) {
                let to = edges[edge].1;
                gets[to] += 1;
                of[to] = of[to].max(of[from] + 1);
            }
        }
        for &from in order.iter().rev() {
            let below = gives[from].iter().filter(|edge| forward(edge));
            let below: Vec<usize> = below.map(|&edge| of[edges[edge].1]).collect();
            if below.len() > gets[from]
                && let Some(nearest) = below.into_iter().min()
            {
                of[from] = nearest - 1;
            }
        }
        Self { of, is_back }
    }
}

/// The vertices in an order in which each comes before what it gives to, and which edges don't follow it.
fn order(edges: &[(usize, usize)], gives: &[Vec<usize>]) -> (Vec<usize>, Vec<bool>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; gives.len()];
    let mut is_back = vec![false; edges.len()];
    let mut done = Vec::with_capacity(gives.len());
    for first in 0..gives.len() {
        if marks[first] != Mark::New {
            continue;
        }
        marks[first] = Mark::Open;
        // With which edge each goes on; a flow may be deeper than the stack of calls.
        let mut path = vec![(first, 0)];
        while let Some((vertex, at)) = path.last_mut() {
            let vertex = *vertex;
            let Some(&edge) = gives[vertex].get(*at) else {
                marks[vertex] = Mark::Done;
                done.push(vertex);
                path.pop();
                continue;
            };
            *at += 1;
            let to = edges[edge].1;
            match marks[to] {
                Mark::New => {
                    marks[to] = Mark::Open;
                    path.push((to, 0));
                }
                Mark::Open => is_back[edge] = true,
                Mark::Done => {}
            }
        }
    }
    done.reverse();
    (done, is_back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_stands_above_what_gets() {
        let ranks = Ranks::new(4, &[(0, 1), (1, 2), (0, 2), (3, 2)]);
        // The last gives more than it gets, and stands close to where that goes.
        assert_eq!(ranks.of, [0, 1, 2, 1]);
        assert_eq!(ranks.is_back, [false; 4]);
    }

    #[test]
    fn rings_are_cut_at_one_edge() {
        let ranks = Ranks::new(3, &[(0, 1), (1, 2), (2, 0), (1, 1)]);
        assert_eq!(ranks.of, [0, 1, 2]);
        assert_eq!(ranks.is_back, [false, false, true, true]);
    }
}
