//! Removes phis that are one value: all inputs are equal, or the phi itself.

use super::edit::Replacements;
use crate::graph::{Graph, NodeId};
use crate::snapshot::Snapshot;

/// The pass.
pub fn run(graph: &mut Graph, _: &Snapshot) {
    let mut replaced = Replacements::new(graph);
    // A removed phi may make those it feeds trivial. Headers of outer loops come before what feeds them, so a few rounds do it.
    loop {
        let mut changed = false;
        for &block in &graph.order {
            for &phi in &graph.block(block).phis {
                if replaced.has(phi) {
                    continue;
                }
                if let Some(value) = only_value(graph, phi, &mut replaced) {
                    replaced.set(phi, value);
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    replaced.apply(graph);
    replaced.remove_replaced(graph);
}

/// The one value that the phi can have, if it is not the phi alone.
fn only_value(graph: &Graph, phi: NodeId, replaced: &mut Replacements) -> Option<NodeId> {
    let mut only = None;
    for &input in &graph.node(phi).inputs {
        let input = replaced.get(input);
        if input == phi || only == Some(input) {
            continue;
        }
        if only.is_some() {
            return None;
        }
        only = Some(input);
    }
    only.filter(|value| graph.node(*value).rep == graph.node(phi).rep)
}
