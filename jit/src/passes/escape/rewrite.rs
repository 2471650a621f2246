//! Makes values of a virtual object's words.

use super::super::edit::make;
use super::index::Index;
use super::plan::{Plan, Status, allows};
use super::{Map, Object, Use};
use crate::graph::*;
use crate::template::Template;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;

/// What the object is at a point.
#[derive(Clone)]
enum Now {
    Virtual { shape: u32, words: Rc<Vec<NodeId>> },
    Real(NodeId),
}

/// Byte offsets and bits of constant words.
type Words = Vec<(i32, u64)>;
/// Byte offsets and values of others.
type Fields = Vec<(i32, NodeId)>;

/// A phi whose inputs are not known yet.
struct Pending {
    block: BlockId,
    phi: NodeId,
    /// The word, or the object itself.
    word: Option<usize>,
}

struct Rewrite<'g> {
    graph: &'g mut Graph,
    object: &'g Object<'g>,
    plan: &'g Plan,
    replaced: Map,
    /// Nodes that have other inputs now.
    changed: Vec<NodeId>,
    /// Nodes that are in no block any more.
    gone: Vec<NodeId>,
    /// Blocks with other nodes.
    rewritten: Vec<BlockId>,
    /// At the ends of blocks, by block.
    ends: Vec<Option<Now>>,
    now: Now,
    /// The block at hand and its new nodes.
    block: BlockId,
    list: Vec<NodeId>,
    pending: Vec<Pending>,
    /// Changes whenever `now` does.
    version: u32,
    states: FxHashMap<(StateId, u32), StateId>,
    /// What stands for the object in states.
    eliminated: Option<NodeId>,
    number: u32,
    /// First word of the stack that no frame uses, and how many more are in use.
    base: u32,
    used: u32,
}

/// What came of a rewrite.
pub struct Rewritten {
    /// The number of words beyond `base` that states use.
    pub used: u32,
    /// Whether states refer to the object by its number.
    pub numbered: bool,
}

/// Rewrites the graph and keeps up the index of it. Exits know the object by that number.
pub fn run(
    graph: &mut Graph,
    index: &mut Index,
    object: &Object,
    plan: &Plan,
    base: u32,
    number: u32,
) -> Rewritten {
    let mut rewrite = Rewrite {
        replaced: Map::new(graph),
        changed: Vec::new(),
        gone: Vec::new(),
        rewritten: Vec::new(),
        ends: vec![None; graph.blocks.len()],
        now: Now::Real(object.id),
        block: object.block,
        list: Vec::new(),
        pending: Vec::new(),
        version: 0,
        states: FxHashMap::default(),
        eliminated: None,
        number,
        base,
        used: 0,
        graph,
        object,
        plan,
    };
    for i in 0..plan.blocks.len() {
        rewrite.block(plan.blocks[i]);
    }
    rewrite.fill_phis();
    let Rewrite {
        graph,
        mut replaced,
        changed,
        gone,
        mut rewritten,
        eliminated,
        used,
        ..
    } = rewrite;
    if let Some(id) = eliminated {
        graph.block_mut(BlockId(0)).nodes.insert(0, id);
        rewritten.push(BlockId(0));
    }
    index.follow(graph, &rewritten, &changed, &gone, &mut replaced);
    Rewritten {
        used,
        numbered: eliminated.is_some(),
    }
}

impl Rewrite<'_> {
    fn block(&mut self, block: BlockId) {
        let is_first = block == self.object.block;
        if !is_first && !self.plan.live[block.index()] {
            return;
        }
        self.block = block;
        self.rewritten.push(block);
        if !is_first {
            self.start(block);
        }
        self.version += 1;
        let old = std::mem::take(&mut self.graph.block_mut(block).nodes);
        self.list = Vec::with_capacity(old.len());
        let mut born = !is_first;
        for id in old {
            if born {
                self.node(id);
            } else if id == self.object.id {
                born = true;
                self.define(id);
                self.gone.push(id);
            } else {
                self.list.push(id);
            }
        }
        self.end(block);
        self.graph.block_mut(block).nodes = std::mem::take(&mut self.list);
        self.ends[block.index()] = Some(self.now.clone());
    }

    /// The object is made here no more.
    fn define(&mut self, id: NodeId) {
        let template = &self.object.template;
        let inputs = self.graph.node(id).inputs.clone();
        let at = self.graph.node(id).at;
        let mut words = Vec::with_capacity(self.object.words());
        let mut constants: FxHashMap<u64, NodeId> = FxHashMap::default();
        for word in 0..self.object.words() {
            let offset = self.object.offset(word);
            let field = template.fields.iter().position(|f| *f == offset);
            if let Some(input) = field.and_then(|i| inputs.get(i)) {
                words.push(*input);
                continue;
            }
            let bits = template.word(offset);
            let constant = *constants.entry(bits).or_insert_with(|| {
                let id = make(self.graph, NodeOp::Const(bits), &[], self.block, at);
                self.list.push(id);
                id
            });
            words.push(constant);
        }
        self.now = Now::Virtual {
            shape: template.shape(),
            words: Rc::new(words),
        };
        self.version += 1;
    }

    /// What the object is at the start of a block that is not its own.
    fn start(&mut self, block: BlockId) {
        let preds = self.graph.block(block).preds.clone();
        let real = !matches!(self.plan.starts[block.index()], Status::Virtual(_));
        if real {
            // Who comes with a virtual object makes it.
            for pred in &preds {
                if let Some(Now::Virtual { shape, words }) = self.ends[pred.index()].clone() {
                    let nodes = &self.graph.block(*pred).nodes;
                    let at = nodes.last().map(|last| self.graph.node(*last).at);
                    let made = self.make_object(shape, &words, *pred, at);
                    self.graph.block_mut(*pred).nodes.push(made);
                    self.ends[pred.index()] = Some(Now::Real(made));
                }
            }
        }
        let ends: SmallVec<[Option<Now>; 4]> =
            preds.iter().map(|p| self.ends[p.index()].clone()).collect();
        let open = ends.iter().any(Option::is_none);
        self.entry_state(block, &preds);
        self.now = if real {
            let values: SmallVec<[Option<NodeId>; 4]> = ends
                .iter()
                .map(|end| match end {
                    Some(Now::Real(id)) => Some(*id),
                    _ => None,
                })
                .collect();
            // Loops do not make it again.
            match same(values.iter().copied().flatten()) {
                Some(one) => Now::Real(one),
                None => Now::Real(self.phi(block, &values, None)),
            }
        } else {
            let shape = match self.plan.starts[block.index()] {
                Status::Virtual(shape) => shape,
                _ => 0,
            };
            let mut words = Vec::with_capacity(self.object.words());
            for word in 0..self.object.words() {
                let values: SmallVec<[Option<NodeId>; 4]> = ends
                    .iter()
                    .map(|end| match end {
                        Some(Now::Virtual { words, .. }) => Some(words[word]),
                        _ => None,
                    })
                    .collect();
                let changes = open && self.plan.stored[word];
                words.push(match same(values.iter().copied().flatten()) {
                    Some(one) if !changes => one,
                    _ => self.phi(block, &values, Some(word)),
                });
            }
            Now::Virtual {
                shape,
                words: Rc::new(words),
            }
        };
    }

    /// A phi of values, of which some may come from blocks that are not rewritten yet.
    fn phi(&mut self, block: BlockId, values: &[Option<NodeId>], word: Option<usize>) -> NodeId {
        let at = Position {
            frame: FrameId(0),
            pc: 0,
        };
        let known: SmallVec<[NodeId; 3]> = values.iter().copied().flatten().collect();
        let complete = known.len() == values.len();
        let phi = self.graph.make(Node {
            op: NodeOp::Phi,
            inputs: known,
            rep: Rep::Tagged,
            block,
            at,
            state: None,
            reason: None,
        });
        self.graph.block_mut(block).phis.push(phi);
        if !complete {
            self.pending.push(Pending { block, phi, word });
        }
        phi
    }

    fn fill_phis(&mut self) {
        for Pending { block, phi, word } in std::mem::take(&mut self.pending) {
            let preds = self.graph.block(block).preds.clone();
            let inputs = preds
                .iter()
                .map(|pred| match (&self.ends[pred.index()], word) {
                    (Some(Now::Virtual { words, .. }), Some(word)) => words[word],
                    (Some(Now::Real(id)), None) => *id,
                    _ => phi,
                })
                .collect();
            self.graph.node_mut(phi).inputs = inputs;
        }
    }

    /// The state on entry to a loop is that at the end of the block in front of it.
    fn entry_state(&mut self, block: BlockId, preds: &[BlockId]) {
        let Some(state) = self.graph.block(block).entry_state else {
            return;
        };
        if !self.plan.mentions.get(state.index()).is_some_and(|m| *m) {
            return;
        }
        let mut ends = preds.iter().filter_map(|p| self.ends[p.index()].clone());
        let entry = match (ends.next(), ends.next()) {
            (Some(end), None) => {
                let saved = std::mem::replace(&mut self.now, end);
                self.version += 1;
                let state = self.state(state);
                self.now = saved;
                self.version += 1;
                Some(state)
            }
            // Nothing is hoisted then.
            _ => None,
        };
        self.graph.block_mut(block).entry_state = entry;
    }

    fn resolve_inputs(&mut self, id: NodeId) -> bool {
        let (mut found, mut changed) = (false, false);
        for i in 0..self.graph.node(id).inputs.len() {
            let input = self.replaced.get(self.graph.node(id).inputs[i]);
            let old = std::mem::replace(&mut self.graph.node_mut(id).inputs[i], input);
            changed |= old != input;
            found |= input == self.object.id;
        }
        if changed {
            self.changed.push(id);
        }
        found
    }

    fn node(&mut self, id: NodeId) {
        let uses = self.resolve_inputs(id);
        if let Some(state) = self.graph.node(id).state {
            let state = self.state(state);
            self.graph.node_mut(id).state = Some(state);
        }
        if !uses {
            self.list.push(id);
            return;
        }
        if let Now::Virtual { .. } = self.now {
            let object = self.object.id;
            let what = self.object.use_by(self.graph, id, |v| v == object);
            if self.virtual_use(id, what) {
                match self.list.last() == Some(&id) {
                    true => self.changed.push(id),
                    false => self.gone.push(id),
                }
                return;
            }
            self.make_real(self.graph.node(id).at);
        }
        self.use_real(id);
        self.list.push(id);
    }

    fn use_real(&mut self, id: NodeId) {
        if let Now::Real(real) = self.now {
            self.changed.push(id);
            for input in &mut self.graph.node_mut(id).inputs {
                if *input == self.object.id {
                    *input = real;
                }
            }
        }
    }

    /// A use of the virtual object: true if it is done with.
    fn virtual_use(&mut self, id: NodeId, what: Use) -> bool {
        let Now::Virtual { shape, words } = &mut self.now else {
            return false;
        };
        match what {
            Use::Load(word) => {
                let value = words[word];
                self.replaced.set(id, value);
            }
            Use::Store(word, input) => {
                let value = self.graph.node(id).inputs[input];
                Rc::make_mut(words)[word] = value;
                self.version += 1;
            }
            Use::SetShape(new) => {
                *shape = new;
                self.version += 1;
            }
            Use::Half(word) => {
                let value = words[word];
                let Node { op, inputs, .. } = self.graph.node(value).clone();
                let NodeOp::Load(Mem::Ptr, offset, loc) = op else {
                    return false;
                };
                let load = NodeOp::Load(Mem::I32, offset, loc);
                super::super::edit::become_op(self.graph, id, load, &inputs);
                self.list.push(id);
            }
            Use::Shape => {
                let shape = *shape as i32;
                self.constant(id, NodeOp::Int(shape));
            }
            Use::Part(offset, size) => {
                let word = self.object.template.word(offset & !7);
                let bits = word >> (8 * (offset & 7));
                self.constant(id, NodeOp::Int(part(bits, size, self.graph.node(id))));
            }
            Use::Nothing => {}
            Use::Known(is) => self.constant(id, NodeOp::Bool(is)),
            Use::Compare => {
                let inputs = &self.graph.node(id).inputs;
                // What else there is cannot be an object that nobody has seen.
                let is = inputs.iter().all(|v| *v == self.object.id);
                self.constant(id, NodeOp::Bool(is));
            }
            Use::Same => self.replaced.set(id, self.object.id),
            Use::SameIf if allows(self.graph, id, *shape) => {
                self.replaced.set(id, self.object.id);
            }
            Use::SameIf | Use::Escape => return false,
        }
        true
    }

    fn constant(&mut self, id: NodeId, op: NodeOp) {
        super::super::edit::become_op(self.graph, id, op, &[]);
        self.list.push(id);
    }

    fn make_real(&mut self, at: Position) {
        if let Now::Virtual { shape, words } = self.now.clone() {
            let made = self.make_object(shape, &words, self.block, Some(at));
            self.list.push(made);
            self.now = Now::Real(made);
            self.version += 1;
        }
    }

    /// What words are constants, and which are not; with what the collector needs.
    fn split(&mut self, words: &[NodeId]) -> (Words, Fields) {
        let (mut constants, mut fields) = (Words::new(), Fields::new());
        let layout = &self.object.snapshot.layout;
        for (i, &value) in words.iter().enumerate() {
            let offset = self.object.offset(i);
            let value = self.replaced.get(value);
            match self.graph.node(value).op {
                NodeOp::Const(0) => {}
                NodeOp::Const(bits) | NodeOp::Ptr(bits) => constants.push((offset, bits)),
                _ => {
                    if self.object.is_object() && offset == layout.offsets.elements {
                        constants.push((offset, layout.empty_elements));
                    }
                    fields.push((offset, value));
                }
            }
        }
        (constants, fields)
    }

    fn header(&self, shape: u32) -> u64 {
        self.object.template.header & !u64::from(u32::MAX) | u64::from(shape)
    }

    /// A node that makes the object, to be put at the end of the block.
    fn make_object(
        &mut self,
        shape: u32,
        words: &[NodeId],
        block: BlockId,
        at: Option<Position>,
    ) -> NodeId {
        let (constants, fields) = self.split(words);
        let template = Template {
            size: self.object.template.size,
            header: self.header(shape),
            words: constants,
            fields: fields.iter().map(|(offset, _)| *offset).collect(),
        };
        let inputs: Vec<NodeId> = fields.iter().map(|(_, value)| *value).collect();
        let template = self.graph.template(template);
        let op = NodeOp::New {
            template,
            fields: inputs.len() as u32,
        };
        let at = at.unwrap_or(self.graph.node(self.object.id).at);
        make(self.graph, op, &inputs, block, at)
    }

    /// The state with what the object is now.
    fn state(&mut self, state: StateId) -> StateId {
        if !self.plan.mentions.get(state.index()).is_some_and(|m| *m) {
            return state;
        }
        if let Some(known) = self.states.get(&(state, self.version)) {
            return *known;
        }
        let stands = match &self.now {
            Now::Real(id) => *id,
            Now::Virtual { .. } => self.eliminated(),
        };
        let mut chain = Vec::new();
        let mut at = Some(state);
        while let Some(id) = at.filter(|id| self.plan.mentions[id.index()]) {
            chain.push(id);
            at = self.graph.states[id.index()].parent;
        }
        let mut parent = at;
        for (i, id) in chain.iter().enumerate().rev() {
            let mut new = self.graph.states[id.index()].clone();
            new.parent = parent;
            for (_, value) in &mut new.registers {
                *value = self.replaced.get(*value);
                if *value == self.object.id {
                    *value = stands;
                }
            }
            if i == 0 {
                self.describe(&mut new);
            }
            self.graph.states.push(new);
            parent = Some(StateId(self.graph.states.len() as u32 - 1));
        }
        let new = parent.unwrap_or(state);
        self.states.insert((state, self.version), new);
        new
    }

    fn eliminated(&mut self) -> NodeId {
        if let Some(id) = self.eliminated {
            return id;
        }
        let at = self.graph.node(self.object.id).at;
        let op = NodeOp::Eliminated(self.number);
        let id = make(self.graph, op, &[], BlockId(0), at);
        self.eliminated = Some(id);
        id
    }

    /// Adds what is in the virtual object to an innermost state.
    fn describe(&mut self, state: &mut FrameState) {
        let Now::Virtual { shape, words } = self.now.clone() else {
            return;
        };
        let (constants, fields) = self.split(&words);
        let frame = self.graph.frames[state.frame.index()].base;
        let first = self.base - frame;
        let in_use = state.registers.iter().filter(|(r, _)| *r >= first);
        let mut next = in_use.count() as u32;
        let mut places = Vec::with_capacity(fields.len());
        for (offset, value) in fields {
            state.registers.push((first + next, value));
            places.push((offset, first + next));
            next += 1;
        }
        self.used = self.used.max(next);
        state.objects.push(StateObject {
            number: self.number,
            size: self.object.template.size,
            header: self.header(shape),
            words: constants,
            fields: places,
        });
    }

    fn end(&mut self, block: BlockId) {
        let object = self.object.id;
        let input = self.graph.block(block).end.input();
        if let Some(input) = input {
            let input = self.replaced.get(input);
            if input == object {
                self.make_real(self.last_position());
            }
            let input = self.real_or(input);
            if let Some(end) = self.graph.block_mut(block).end.input_mut() {
                *end = input;
            }
        }
        for to in self.graph.block(block).end.successors() {
            let preds = self.graph.block(to).preds.clone();
            for (i, _) in preds.iter().enumerate().filter(|(_, p)| **p == block) {
                for phi in self.graph.block(to).phis.clone() {
                    let Some(&value) = self.graph.node(phi).inputs.get(i) else {
                        continue;
                    };
                    let value = self.replaced.get(value);
                    if value == object {
                        self.make_real(self.last_position());
                        let value = self.real_or(value);
                        self.graph.node_mut(phi).inputs[i] = value;
                        self.changed.push(phi);
                    }
                }
            }
        }
        if let End::Exit { state, reason } = self.graph.block(block).end {
            let state = self.state(state);
            self.graph.block_mut(block).end = End::Exit { state, reason };
        }
    }

    fn real_or(&self, value: NodeId) -> NodeId {
        match self.now {
            Now::Real(real) if value == self.object.id => real,
            _ => value,
        }
    }

    fn last_position(&self) -> Position {
        let last = self.list.last().copied().unwrap_or(self.object.id);
        self.graph.node(last).at
    }
}

/// The one value of several.
fn same(values: impl Iterator<Item = NodeId>) -> Option<NodeId> {
    let mut values = values;
    let first = values.next()?;
    values.all(|v| v == first).then_some(first)
}

/// What a load of a part of a word gives.
fn part(bits: u64, size: u32, load: &Node) -> i32 {
    match (size, &load.op) {
        (1, NodeOp::Load(Mem::I8, ..)) => i32::from(bits as i8),
        (1, _) => i32::from(bits as u8),
        (2, NodeOp::Load(Mem::I16, ..)) => i32::from(bits as i16),
        (2, _) => i32::from(bits as u16),
        _ => bits as u32 as i32,
    }
}
