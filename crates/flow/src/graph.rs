//! A flow as a graph: its inputs, nodes and outputs, and what each gets from another.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{Assignment, Flow, Node};

/// What stands in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vertex {
    /// All inputs of the flow.
    Inputs,
    /// The node at this index of [`Flow::nodes`].
    Node(usize),
    /// All outputs of the flow.
    Outputs,
}

/// What a vertex gets a value for.
#[derive(Debug, Clone, PartialEq)]
pub enum Use {
    /// An input of the node.
    Input(String),
    /// The condition on which the node runs: the value is to be this.
    Condition(Value),
    /// An output of the flow.
    Output(String),
}

/// One value on its way from a vertex to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The name of the flow's input, or the part of the node's output, as in `output.text`.
    pub value: String,
    /// What it's for.
    pub used_for: Use,
}

/// That a vertex gets something from another. No two edges connect the same vertices in the same direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The index of the vertex that gives, in [`Graph::vertices`].
    pub from: usize,
    /// The index of the vertex that gets.
    pub to: usize,
    /// All that it gets, in the file's order. There is at least one.
    pub carries: Vec<Carried>,
}

impl Edge {
    /// Whether it only decides on which condition the node runs.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        let decides = |carried: &Carried| matches!(carried.used_for, Use::Condition(_));
        self.carries.iter().all(decides)
    }
}

/// A flow as a graph. References that lead nowhere are left out: the check of the file tells them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    /// The inputs first, where the flow has some; then the nodes in the file's order; the outputs last, where there are some.
    pub vertices: Vec<Vertex>,
    /// What connects them, by the vertex that gets, then in the order in which it names what it gets.
    pub edges: Vec<Edge>,
}

impl Graph {
    /// The graph of a flow. Takes a time that grows with the flow's size alone.
    #[must_use]
    pub fn of(flow: &Flow) -> Self {
        let mut vertices = Vec::with_capacity(flow.nodes.len() + 2);
        if !flow.inputs.is_empty() {
            vertices.push(Vertex::Inputs);
        }
        vertices.extend((0..flow.nodes.len()).map(Vertex::Node));
        if !flow.outputs.is_empty() {
            vertices.push(Vertex::Outputs);
        }
        let ends = Ends::of(flow, &vertices);
        let edges = vertices.iter().enumerate().flat_map(|(to, vertex)| {
            let used = match *vertex {
                Vertex::Inputs => Vec::new(),
                Vertex::Node(index) => used_by_node(&flow.nodes[index]),
                Vertex::Outputs => used_by_outputs(flow),
            };
            ends.edges(to, used)
        });
        Self {
            edges: edges.collect(),
            vertices,
        }
    }

    /// The edges that lead to a vertex.
    pub fn gets(&self, vertex: usize) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| edge.to == vertex)
    }

    /// The edges that begin at a vertex.
    pub fn gives(&self, vertex: usize) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| edge.from == vertex)
    }
}

type Used<'a> = (&'a Assignment, Use);

fn used_by_node(node: &Node) -> Vec<Used<'_>> {
    let inputs = node
        .inputs
        .iter()
        .map(|input| (&input.value, Use::Input(input.name.clone())));
    let condition = node
        .activate
        .iter()
        .map(|activate| (&activate.when, Use::Condition(activate.is.clone())));
    inputs.chain(condition).collect()
}

fn used_by_outputs(flow: &Flow) -> Vec<Used<'_>> {
    let outputs = flow.outputs.iter();
    outputs
        .map(|output| (&output.reference, Use::Output(output.name.clone())))
        .collect()
}

/// Where references lead.
struct Ends<'a> {
    inputs: BTreeMap<&'a str, usize>,
    nodes: BTreeMap<&'a str, usize>,
}

impl<'a> Ends<'a> {
    fn of(flow: &'a Flow, vertices: &[Vertex]) -> Self {
        let nodes = vertices.iter().enumerate().filter_map(|(at, vertex)| {
            let Vertex::Node(index) = *vertex else {
                return None;
            };
            Some((flow.nodes[index].name.as_str(), at))
        });
        Self {
            inputs: flow.inputs.iter().map(|input| (&*input.name, 0)).collect(),
            // Of nodes with the same name the first counts, as for promptflow's check.
            nodes: nodes.rev().collect(),
        }
    }

    fn find(&self, assignment: &Assignment) -> Option<(usize, String)> {
        match assignment {
            Assignment::Literal { .. } => None,
            Assignment::FlowInput { name } => {
                Some((*self.inputs.get(name.as_str())?, name.clone()))
            }
            Assignment::Node {
                node,
                section,
                property,
            } => {
                let value = match property {
                    Some(property) => format!("{section}.{property}"),
                    None => section.clone(),
                };
                Some((*self.nodes.get(node.as_str())?, value))
            }
        }
    }

    fn edges(&self, to: usize, used: Vec<Used<'_>>) -> Vec<Edge> {
        let mut edges: Vec<Edge> = Vec::new();
        let mut known = BTreeMap::new();
        for (assignment, used_for) in used {
            let Some((from, value)) = self.find(assignment) else {
                continue;
            };
            let carried = Carried { value, used_for };
            let at = *known.entry(from).or_insert(edges.len());
            match edges.get_mut(at) {
                Some(edge) => edge.carries.push(carried),
                None => edges.push(Edge {
                    from,
                    to,
                    carries: vec![carried],
                }),
            }
        }
        edges
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check;

    fn graph(yaml: &str) -> Graph {
        Graph::of(&check(yaml).flow.unwrap())
    }

    fn input(value: &str, name: &str) -> Carried {
        Carried {
            value: value.to_owned(),
            used_for: Use::Input(name.to_owned()),
        }
    }

    const FLOW: &str = "
inputs: {question: {type: string}, mode: {type: string}}
outputs: {answer: {type: string, reference: '${answer.output.text}'}}
nodes:
- name: search
  type: python
  source: {type: code, path: search.py}
  inputs: {q: '${inputs.question}', again: '${inputs.question}', top: 3}
  activate: {when: '${inputs.mode}', is: deep}
- name: answer
  type: prompt
  source: {type: code, path: answer.jinja2}
  inputs: {found: '${search.output}', lost: '${nowhere.output}'}
";

    #[test]
    fn inputs_come_first_and_outputs_last() {
        let vertices = graph(FLOW).vertices;
        assert_eq!(
            vertices,
            [
                Vertex::Inputs,
                Vertex::Node(0),
                Vertex::Node(1),
                Vertex::Outputs
            ]
        );
        assert!(graph("nodes: []\n").vertices.is_empty());
    }

    #[test]
    fn an_edge_carries_all_that_goes_from_one_to_another() {
        let graph = graph(FLOW);
        let condition = Carried {
            value: "mode".to_owned(),
            used_for: Use::Condition(json!("deep")),
        };
        assert_eq!(
            graph.edges,
            [
                Edge {
                    from: 0,
                    to: 1,
                    carries: vec![
                        input("question", "q"),
                        input("question", "again"),
                        condition
                    ],
                },
                Edge {
                    from: 1,
                    to: 2,
                    carries: vec![input("output", "found")],
                },
                Edge {
                    from: 2,
                    to: 3,
                    carries: vec![Carried {
                        value: "output.text".to_owned(),
                        used_for: Use::Output("answer".to_owned()),
                    }],
                },
            ]
        );
        assert!(!graph.edges[0].is_condition());
        assert_eq!(graph.gets(2).count(), 1);
        assert_eq!(graph.gives(0).count(), 1);
    }

    #[test]
    fn nodes_that_need_each_other_are_in_the_graph_too() {
        let graph = graph(
            "nodes:\n- {name: a, type: prompt, inputs: {x: '${b.output}'}}\n- {name: b, type: prompt, inputs: {x: '${a.output}'}}\n",
        );
        let ends: Vec<_> = graph
            .edges
            .iter()
            .map(|edge| (edge.from, edge.to))
            .collect();
        assert_eq!(ends, [(1, 0), (0, 1)]);
    }
}
