//! Escape analysis: objects that nothing outside of the compiled code gets to see are not made.
//!
//! ```text
//! New ──► loads, stores, shape changes, checks: values and constants          (the object is virtual)
//!     ──► frame states: "make it on the way out" (StateObject)
//!     ──► anything else: made there, with what is in it then                  (from here on it is real)
//! ```
//!
//! One object at a time, containers before what they contain (in reverse of the order in which they are made), so that what was
//! stored in an eliminated object is known when its turn comes; a few rounds do the rest. For each object, [`plan`] decides for
//! every block whether the object is virtual at its start, and [`rewrite`] turns fields into SSA values. Where some
//! predecessors of a block have made the object and others have not, these make it at their ends, if it is still used.

mod index;
mod plan;
mod rewrite;

use super::edit::Replacements;
use super::{dce, trivial_phis};
use crate::flow::Dominators;
use crate::graph::{BlockId, Graph, Loc, Mem, NodeId, NodeOp, Test};
use crate::snapshot::Snapshot;
use crate::template::Template;
use index::Index;

/// Rounds over all objects.
const ROUNDS: usize = 3;
/// Objects looked at in a round.
const MAX_OBJECTS: usize = 48;
/// Words of the stack for what is in objects that an exit makes.
const MAX_SCRATCH: u32 = 256;

/// The pass.
pub fn run(graph: &mut Graph, snapshot: &Snapshot) {
    let any = graph.order.iter().any(|b| {
        let nodes = &graph.block(*b).nodes;
        nodes
            .iter()
            .any(|id| matches!(graph.node(*id).op, NodeOp::New { .. }))
    });
    if !any {
        return;
    }
    // Phis that only feed each other would count as uses.
    dce::run(graph, snapshot);
    let dominators = Dominators::new(graph);
    let base = graph.stack_words;
    let mut scratch = 0;
    let mut number = 0;
    for round in 0..ROUNDS {
        let mut changed = false;
        let mut index = None;
        for id in objects(graph) {
            if scratch > MAX_SCRATCH {
                break;
            }
            let Some(object) = Object::new(graph, snapshot, id) else {
                continue;
            };
            let uses = index.get_or_insert_with(|| Index::new(graph));
            let Some(plan) = plan::make(graph, &dominators, uses, &object, round > 0) else {
                continue;
            };
            changed = true;
            let done = rewrite::run(graph, uses, &object, &plan, base, number);
            scratch = scratch.max(done.used);
            number += u32::from(done.numbered);
        }
        if !changed {
            break;
        }
        trivial_phis::run(graph, snapshot);
        dce::run(graph, snapshot);
    }
    graph.stack_words = base + scratch;
}

/// The new objects, the last first.
fn objects(graph: &Graph) -> Vec<NodeId> {
    let nodes = graph.order.iter().rev().flat_map(|block| {
        let nodes = &graph.block(*block).nodes;
        nodes.iter().rev().copied()
    });
    nodes
        .filter(|id| matches!(graph.node(*id).op, NodeOp::New { .. }))
        .take(MAX_OBJECTS)
        .collect()
}

/// An object that is looked at.
struct Object<'s> {
    id: NodeId,
    block: BlockId,
    template: Template,
    snapshot: &'s Snapshot,
}

/// What a use does to a virtual object.
#[derive(Clone, PartialEq, Debug)]
enum Use {
    /// Gives a word of it.
    Load(usize),
    /// Changes a word of it to the input with that index.
    Store(usize, usize),
    /// Gives a part of a word that never changes: byte offset and size.
    Part(i32, u32),
    /// Gives the lower half of a word that is loaded from elsewhere as a whole, and never changes.
    Half(usize),
    /// Gives its shape.
    Shape,
    /// Changes the shape.
    SetShape(u32),
    /// Does nothing.
    Nothing,
    /// Is true or false.
    Known(bool),
    /// Compares it with another input.
    Compare,
    /// A check that it passes: the result is the object.
    Same,
    /// A check that it passes with one of these shapes.
    SameIf,
    /// Needs the real object.
    Escape,
}

impl<'s> Object<'s> {
    fn new(graph: &Graph, snapshot: &'s Snapshot, id: NodeId) -> Option<Object<'s>> {
        let node = graph.node(id);
        let NodeOp::New { template, .. } = node.op else {
            return None;
        };
        Some(Object {
            id,
            block: node.block,
            template: graph.templates.get(template as usize)?.clone(),
            snapshot,
        })
    }

    /// Number of words behind the header.
    fn words(&self) -> usize {
        self.template.size as usize / 8 - 1
    }

    /// The number of the word at a byte offset.
    fn word(&self, offset: i32) -> Option<usize> {
        let inside = offset >= 8 && offset % 8 == 0 && (offset as u32) < self.template.size;
        inside.then(|| offset as usize / 8 - 1)
    }

    /// Byte offset of a word.
    fn offset(&self, word: usize) -> i32 {
        8 * (word as i32 + 1)
    }

    fn is_object(&self) -> bool {
        self.template.kind() >= self.snapshot.layout.kinds.first_object
    }

    /// What the node does to the object, which is (or stands behind) its inputs for which `is` holds.
    fn use_by(&self, graph: &Graph, id: NodeId, is: impl Fn(NodeId) -> bool) -> Use {
        use NodeOp::*;
        let node = graph.node(id);
        let inputs = &node.inputs;
        let here = inputs.iter().filter(|input| is(**input)).count();
        if let SameBits = node.op {
            return Use::Compare;
        }
        if here != 1 || !is(inputs[0]) {
            return Use::Escape;
        }
        match &node.op {
            Load(mem, 0, _) if mem.size() == 4 && self.template.shape() != 0 => Use::Shape,
            Load(mem, offset, _) if is_word(*mem) => {
                self.word(*offset).map_or(Use::Escape, Use::Load)
            }
            Load(Mem::I32, offset, _) if let Some(word) = self.number(graph, *offset) => {
                Use::Half(word)
            }
            Load(mem, offset, _) => {
                let word = offset & !7;
                let is_constant = *offset >= 8
                    && self.word(word).is_some()
                    && !self.template.fields.contains(&word);
                match is_constant && *offset - word + mem.size() as i32 <= 8 {
                    true => Use::Part(*offset, mem.size()),
                    false => Use::Escape,
                }
            }
            LoadIndexed(mem, offset, _) if is_word(*mem) => self
                .element(graph, inputs[1], *offset)
                .map_or(Use::Escape, Use::Load),
            Store(mem, offset, _) if is_word(*mem) => self
                .word(*offset)
                .map_or(Use::Escape, |word| Use::Store(word, 1)),
            StoreIndexed(mem, offset, _) if is_word(*mem) => self
                .element(graph, inputs[1], *offset)
                .map_or(Use::Escape, |word| Use::Store(word, 2)),
            StoreShape(shape) => Use::SetShape(*shape),
            Barrier => Use::Nothing,
            CheckShape(_) if self.is_object() => Use::SameIf,
            Is(test) => self.test(*test).map_or(Use::Escape, Use::Known),
            Truthy if self.is_object() => Use::Known(true),
            op if self.passes(op) => Use::Same,
            _ => Use::Escape,
        }
    }

    /// The word at a byte offset, if it is a field that has its value from a word of another cell, which never changes.
    fn number(&self, graph: &Graph, offset: i32) -> Option<usize> {
        let field = self.template.fields.iter().position(|f| *f == offset)?;
        let source = *graph.node(self.id).inputs.get(field)?;
        is_fixed_word(graph, source).then(|| self.word(offset))?
    }

    /// The word of an element at an index that is known.
    fn element(&self, graph: &Graph, index: NodeId, offset: i32) -> Option<usize> {
        let index = constant_index(graph, index)?;
        self.word(offset.checked_add(index.checked_mul(8)?)?)
    }

    fn test(&self, test: Test) -> Option<bool> {
        let layout = &self.snapshot.layout;
        Some(match test {
            Test::Cell => true,
            Test::Kind(kind) => kind == self.template.kind(),
            Test::Object => self.is_object(),
            Test::Callable => self.is_object() && self.template.flags() & layout.callable_flag != 0,
            _ => false,
        })
    }

    /// Whether a check lets the object through, whatever its shape.
    fn passes(&self, op: &NodeOp) -> bool {
        let layout = &self.snapshot.layout;
        let template = &self.template;
        match op {
            NodeOp::CheckCell | NodeOp::CheckNotHole => true,
            NodeOp::CheckObject => self.is_object(),
            NodeOp::CheckKind(kind) => *kind == template.kind(),
            NodeOp::CheckDense => {
                self.is_object()
                    && template.flags() & layout.exotic_flag == 0
                    && template.aux() & 3 == 0
            }
            NodeOp::CheckCode(code) => {
                let offset = layout.offsets.function_code;
                template.kind() == layout.kinds.function && template.word(offset) == *code
            }
            _ => false,
        }
    }
}

/// The value of an index that is a constant, checked or not.
fn constant_index(graph: &Graph, index: NodeId) -> Option<i32> {
    let node = graph.node(index);
    match node.op {
        NodeOp::Int(i) => (i >= 0).then_some(i),
        NodeOp::CheckBounds => match graph.node(*node.inputs.first()?).op {
            NodeOp::Int(i) => (i >= 0).then_some(i),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a node loads a word that never changes.
fn is_fixed_word(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, NodeOp::Load(Mem::Ptr, _, Loc::Immutable))
}

/// Whether an access is to a whole word as it is.
fn is_word(mem: Mem) -> bool {
    matches!(mem, Mem::Value | Mem::Ptr)
}

/// What stands for a node while an object is rewritten.
type Map = Replacements;
