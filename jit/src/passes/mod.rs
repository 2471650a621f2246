//! The passes: a table of names and functions, run in its order. Each keeps what [`crate::verify`] checks.

mod dce;
mod edit;
mod escape;
mod fold;
mod gvn;
mod licm;
mod memory;
mod phi_representation;
mod ranges;
mod simplify;
mod thread;
mod trivial_phis;
mod truncation;
mod uint_phis;

use crate::graph::Graph;
use crate::print::print;
use crate::snapshot::Snapshot;
use crate::verify::verify;

/// What a pass is.
pub type Pass = fn(&mut Graph, &Snapshot);

/// Every pass, in order.
pub static PASSES: &[(&str, Pass)] = &[
    ("trivial-phis", trivial_phis::run),
    ("thread", thread::run),
    ("escape", escape::run),
    // Later the operations are gone that say that a result is only looked at modulo 2^32: nothing else is left of `x | 0`.
    ("wrap", truncation::wrap),
    // What was in objects that are gone is often a conversion and its check, which hide what phis are made of.
    ("simplify-first", simplify::run),
    ("phi-representation", phi_representation::run),
    ("simplify", simplify::run),
    ("truncation", truncation::run),
    ("uint-phis", uint_phis::run),
    ("gvn", gvn::run),
    ("licm", licm::run),
    ("gvn-again", gvn::run),
    ("ranges", ranges::run),
    ("simplify-again", simplify::run),
    ("dce", dce::run),
];

/// Runs every pass; appends to `text` the graphs that the options ask for.
///
/// # Errors
/// With `Options::verify` (and in builds with debug assertions): what is wrong with the graph, and after which pass. Always:
/// loops without a header, which no pass and no code generator understands.
pub fn run(graph: &mut Graph, snapshot: &Snapshot, text: &mut String) -> Result<(), String> {
    after("build", graph, snapshot, text)?;
    loops_have_headers(graph)?;
    for (name, pass) in PASSES {
        pass(graph, snapshot);
        after(name, graph, snapshot, text)?;
    }
    Ok(())
}

/// Whether every edge back in the order leads to a loop header.
fn loops_have_headers(graph: &Graph) -> Result<(), String> {
    let mut seen = vec![false; graph.blocks.len()];
    for &block in &graph.order {
        seen[block.index()] = true;
        for to in graph.block(block).end.successors() {
            if seen[to.index()] && !graph.block(to).is_loop {
                return Err(format!("back edge to b{}, no loop header", to.0));
            }
        }
    }
    Ok(())
}

/// Prints and verifies the graph after a pass, if that is asked for.
fn after(name: &str, graph: &Graph, snapshot: &Snapshot, text: &mut String) -> Result<(), String> {
    if let Some(wanted) = &snapshot.options.print
        && (wanted == "all" || wanted.split(',').any(|one| one == name))
    {
        text.push_str(&format!("---- after {name}\n{}", print(graph)));
    }
    if snapshot.options.verify || cfg!(debug_assertions) {
        verify(graph).map_err(|why| format!("after {name}: {why}\n{}", print(graph)))?;
    }
    Ok(())
}
