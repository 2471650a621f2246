//! The assembler: instructions, labels, handlers and constants of one code block under construction.
//!
//! Drops unreachable instructions, threads jumps to jumps, removes jumps to the next instruction, and stages registers
//! that do not fit an operand byte through scratch registers. Knows the opcode table but nothing of the language.

use crate::code_block::{Constant, Handler, IcKind, JumpTable, LoopHeader};
use crate::opcodes::{Op, OperandKind, flags};
use crate::source_map::{Position, SourceMap, SourceMapBuilder};
use std::sync::Arc;

/// A position in the code, perhaps not known yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(u32);

/// A protected region under construction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region(u32);

/// Why a code block cannot be encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsmError {
    /// Code, frame or a jump is larger than the encoding allows.
    TooLarge,
}

const UNBOUND: u32 = u32::MAX;
const NONE: u32 = u32::MAX;
/// Greatest length of a chain of jumps that is followed.
const MAX_THREADING: usize = 8;

struct Fixup {
    at: u32,
    /// Index of the word to patch; equal to `at` for a 24-bit jump.
    word: u32,
    label: u32,
}

#[derive(Clone, Copy)]
struct RegionInfo {
    target: u32,
    env_reg: u32,
    depth: u32,
    start: u32,
}

/// What remains of an assembler: the parts of a code block.
pub struct Assembled {
    /// The instructions.
    pub words: Vec<u32>,
    /// The handlers, innermost first.
    pub handlers: Vec<Handler>,
    /// The jump tables.
    pub jump_tables: Vec<JumpTable>,
    /// The constants.
    pub constants: Vec<Constant>,
    /// The inline-cache slots.
    pub ic_kinds: Vec<IcKind>,
    /// The positions.
    pub source_map: SourceMap,
    /// The loop headers.
    pub loops: Vec<LoopHeader>,
}

/// See the module docs.
pub struct Assembler {
    words: Vec<u32>,
    labels: Vec<(u32, bool)>,
    fixups: Vec<Fixup>,
    reachable: bool,
    /// Offset that something refers to: the instruction that ends there must stay.
    barrier: u32,
    regions: Vec<RegionInfo>,
    active: Vec<u32>,
    handlers: Vec<(u32, Handler)>,
    tables: Vec<(u32, i32, Vec<Label>)>,
    constants: Vec<Constant>,
    ic_kinds: Vec<IcKind>,
    map: SourceMapBuilder,
    position: Position,
    loops: Vec<(u32, u32)>,
    /// First of three scratch registers for far operands, once reserved.
    scratch: Option<u32>,
    needs_scratch: bool,
    error: Option<AsmError>,
}

impl Assembler {
    /// An empty assembler; `base` is where in the source the code is.
    pub fn new(base: u32) -> Assembler {
        Assembler {
            words: Vec::with_capacity(64),
            labels: Vec::new(),
            fixups: Vec::new(),
            reachable: true,
            barrier: NONE,
            regions: Vec::new(),
            active: Vec::new(),
            handlers: Vec::new(),
            tables: Vec::new(),
            constants: Vec::new(),
            ic_kinds: Vec::new(),
            map: SourceMapBuilder::new(base),
            position: Position::default(),
            loops: Vec::new(),
            scratch: None,
            needs_scratch: false,
            error: None,
        }
    }

    /// Reserves the registers `first..first+3` for staging far operands.
    pub fn set_scratch(&mut self, first: u32) {
        self.scratch = Some(first);
    }

    /// A register whose number fits an operand byte, to stand in for a far one.
    pub fn scratch_register(&mut self) -> u32 {
        self.needs_scratch |= self.scratch.is_none();
        self.scratch.map_or(0, |first| first + 2)
    }

    /// Whether a far operand was met without scratch registers: the code is unusable and has to be made again.
    pub fn needs_scratch(&self) -> bool {
        self.needs_scratch
    }

    /// Records that the code cannot be encoded.
    pub fn fail(&mut self) {
        self.error = Some(AsmError::TooLarge);
    }

    /// Sets the position of the instructions that follow.
    #[inline]
    pub fn set_position(&mut self, position: Position) {
        self.position = position;
    }

    /// The position set last.
    #[inline]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether the next instruction can be reached.
    #[inline]
    pub fn is_reachable(&self) -> bool {
        self.reachable
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.labels.push((UNBOUND, false));
        Label(self.labels.len() as u32 - 1)
    }

    /// Whether the label stands before the current position.
    #[inline]
    pub fn is_bound(&self, label: Label) -> bool {
        self.labels[label.0 as usize].0 != UNBOUND
    }

    fn here(&mut self) -> u32 {
        let at = self.words.len() as u32;
        self.barrier = at;
        at
    }

    /// Puts the label here.
    pub fn bind(&mut self, label: Label) {
        self.drop_jump_to(label);
        let at = self.here();
        let state = &mut self.labels[label.0 as usize];
        state.0 = at;
        self.reachable |= state.1;
    }

    /// Removes a `Jump` to `label` that is the last instruction.
    fn drop_jump_to(&mut self, label: Label) {
        let at = self.words.len() as u32;
        if self.reachable || self.barrier == at {
            return;
        }
        let Some(fixup) = self.fixups.last() else {
            return;
        };
        if fixup.label == label.0
            && fixup.word + 1 == at
            && self.words[fixup.at as usize] == Op::Jump as u32
        {
            self.fixups.pop();
            self.words.pop();
            self.reachable = true;
        }
    }

    /// Puts a loop header here: `label` is where back edges go.
    pub fn bind_loop(&mut self, label: Label, live_below: u32) {
        self.bind(label);
        if self.reachable {
            self.loops.push((self.words.len() as u32, live_below));
        }
    }

    /// Jumps to the test of a loop and starts its body: `top` is where the back edge that follows the test will go.
    pub fn enter_loop_at_test(&mut self, top: Label, test: Label, live_below: u32) {
        let entered = self.reachable;
        self.jump(Op::Jump, &[], test);
        self.reachable = entered;
        self.bind_loop(top, live_below);
    }

    /// Adds a constant.
    pub fn constant(&mut self, constant: Constant) -> u32 {
        self.constants.push(constant);
        self.constants.len() as u32 - 1
    }

    /// Adds an inline-cache slot.
    #[inline]
    pub fn slot(&mut self, kind: IcKind) -> u32 {
        if !self.reachable {
            return 0;
        }
        self.ic_kinds.push(kind);
        self.ic_kinds.len() as u32 - 1
    }

    /// Emits an instruction without jump operand.
    #[inline]
    pub fn emit(&mut self, op: Op, operands: &[u32]) {
        if self.reachable {
            self.encode(op, operands, None);
        }
    }

    /// Emits an instruction whose last operand is a jump to `label`.
    #[inline]
    pub fn jump(&mut self, op: Op, operands: &[u32], label: Label) {
        if self.reachable {
            self.encode(op, operands, Some(label));
        }
    }

    fn encode(&mut self, op: Op, operands: &[u32], label: Option<Label>) {
        let info = op.info();
        debug_assert_eq!(
            info.operands.len(),
            operands.len() + usize::from(label.is_some()),
            "operands of {}",
            info.name
        );
        let at = self.words.len();
        let mut word = op as u32;
        let mut shift = 8;
        if info.flags & flags::THROWS != 0 {
            self.map.add(at as u32, self.position);
        }
        self.words.push(0);
        for (operand, &value) in info.operands.iter().zip(operands) {
            match operand.kind {
                OperandKind::Read | OperandKind::Write | OperandKind::ReadWrite => {
                    if value > 0xFF {
                        self.words.truncate(at);
                        return self.encode_far(op, operands, label);
                    }
                    word |= value << shift;
                    shift += 8;
                }
                OperandKind::U8 | OperandKind::I8 => {
                    word |= (value & 0xFF) << shift;
                    shift += 8;
                }
                OperandKind::Base | OperandKind::U16 => {
                    if value > 0xFFFF {
                        self.fail();
                    }
                    word |= value << 16;
                }
                OperandKind::I16 => word |= value << 16,
                _ => self.words.push(value),
            }
        }
        self.words[at] = word;
        if let Some(label) = label {
            self.add_fixup(op, at as u32, label);
        }
        if info.flags & flags::END != 0 {
            self.reachable = false;
        }
    }

    fn add_fixup(&mut self, op: Op, at: u32, label: Label) {
        let word = if matches!(op, Op::Jump | Op::JumpLoop) {
            at
        } else {
            self.words.push(0);
            self.words.len() as u32 - 1
        };
        self.labels[label.0 as usize].1 = true;
        self.fixups.push(Fixup {
            at,
            word,
            label: label.0,
        });
    }

    /// Emits an instruction some of whose byte-sized register operands are above 255: reads are loaded into scratch registers before,
    /// writes are stored from one after.
    #[cold]
    fn encode_far(&mut self, op: Op, operands: &[u32], label: Option<Label>) {
        let Some(scratch) = self.scratch else {
            self.needs_scratch = true;
            return;
        };
        match (op, operands) {
            (Op::Move, &[dst, _]) if dst <= 0xFF => {
                return self.encode(Op::LoadFar, operands, None);
            }
            (Op::Move, &[dst, src]) if src <= 0xFF => {
                return self.encode(Op::StoreFar, &[src, dst], None);
            }
            _ => {}
        }
        let mut staged = [0u32; 8];
        let mut next = scratch;
        let mut stores = Vec::new();
        for (index, (operand, &value)) in op.info().operands.iter().zip(operands).enumerate() {
            staged[index] = value;
            let is_register = matches!(
                operand.kind,
                OperandKind::Read | OperandKind::Write | OperandKind::ReadWrite
            );
            if !is_register || value <= 0xFF {
                continue;
            }
            if operand.kind != OperandKind::Write {
                self.encode(Op::LoadFar, &[next, value], None);
            }
            if operand.kind != OperandKind::Read {
                stores.push((next, value));
            }
            staged[index] = next;
            next += 1;
        }
        self.encode(op, &staged[..operands.len()], label);
        // Only `Yield` writes a register on a taken jump; its far result is stored on both ways by its user.
        for (from, to) in stores {
            if self.reachable {
                self.encode(Op::StoreFar, &[from, to], None);
            }
        }
    }

    /// Emits a `JumpTable`.
    pub fn jump_table(&mut self, src: u32, low: i32, targets: Vec<Label>) {
        if !self.reachable {
            return;
        }
        for label in &targets {
            self.labels[label.0 as usize].1 = true;
        }
        let index = self.tables.len() as u32;
        if src > 0xFF {
            let Some(scratch) = self.scratch else {
                self.needs_scratch = true;
                return;
            };
            self.emit(Op::LoadFar, &[scratch, src]);
            self.tables.push((self.words.len() as u32, low, targets));
            self.emit(Op::JumpTable, &[scratch, index]);
            return;
        }
        self.tables.push((self.words.len() as u32, low, targets));
        self.emit(Op::JumpTable, &[src, index]);
    }

    /// Starts a region whose exceptions go to `target`.
    pub fn begin_region(&mut self, target: Label, env_reg: u32) -> Region {
        let start = self.here();
        let id = self.regions.len() as u32;
        self.regions.push(RegionInfo {
            target: target.0,
            env_reg,
            depth: self.active.len() as u32,
            start,
        });
        self.active.push(id);
        Region(id)
    }

    /// Ends the innermost region.
    pub fn end_region(&mut self, region: Region) {
        let popped = self.active.pop();
        debug_assert_eq!(popped, Some(region.0));
        self.close_range(region.0);
    }

    fn close_range(&mut self, id: u32) {
        let end = self.here();
        let info = self.regions[id as usize];
        if info.start < end {
            self.labels[info.target as usize].1 = true;
            let handler = Handler {
                start: info.start,
                end,
                target: info.target,
                env_reg: info.env_reg,
            };
            self.handlers.push((info.depth, handler));
        }
    }

    /// Whether the current position is covered by a handler.
    pub fn in_region(&self) -> bool {
        !self.active.is_empty()
    }

    /// The regions around the current position, outermost first.
    pub fn active_regions(&self) -> Vec<Region> {
        self.active.iter().map(|&id| Region(id)).collect()
    }

    /// Starts code that stands elsewhere but belongs into `regions` (from [`Self::active_regions`]); no region may be open.
    pub fn enter_regions(&mut self, regions: &[Region]) {
        let start = self.here();
        for region in regions {
            self.regions[region.0 as usize].start = start;
            self.active.push(region.0);
        }
    }

    /// Ends what `enter_regions` started.
    pub fn leave_regions(&mut self) {
        while let Some(id) = self.active.pop() {
            self.close_range(id);
        }
    }

    /// Resolves all labels.
    pub fn finish(mut self) -> Result<Assembled, AsmError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.patch_jumps()?;
        let offset_of = |label: u32| self.labels.get(label as usize).map_or(0, |state| state.0);
        let mut handlers = std::mem::take(&mut self.handlers);
        handlers.retain(|(_, handler)| offset_of(handler.target) != UNBOUND);
        handlers.sort_by_key(|&(depth, handler)| (std::cmp::Reverse(depth), handler.start));
        let handlers = handlers
            .into_iter()
            .map(|(_, handler)| Handler {
                target: offset_of(handler.target),
                ..handler
            })
            .collect();
        let jump_tables = std::mem::take(&mut self.tables)
            .into_iter()
            .map(|(at, low, labels)| JumpTable {
                low,
                targets: labels
                    .iter()
                    .map(|label| self.thread(label.0) as i32 - at as i32)
                    .collect(),
            })
            .collect();
        let mut loops: Vec<LoopHeader> = std::mem::take(&mut self.loops)
            .into_iter()
            .map(|(offset, live_below)| LoopHeader { offset, live_below })
            .collect();
        loops.sort_by_key(|header| header.offset);
        loops.dedup_by_key(|header| header.offset);
        self.words.shrink_to_fit();
        self.constants.shrink_to_fit();
        Ok(Assembled {
            words: self.words,
            handlers,
            jump_tables,
            constants: self.constants,
            ic_kinds: self.ic_kinds,
            source_map: self.map.finish(),
            loops,
        })
    }

    fn patch_jumps(&mut self) -> Result<(), AsmError> {
        // Patches go backwards so that threading, which reads the labels of later `Jump`s, still finds the fixups; a fixup's
        // own word carries no information of its own until then.
        for index in 0..self.fixups.len() {
            let Fixup { at, word, label } = self.fixups[index];
            let is_loop = self.words[at as usize] & 0xFF == Op::JumpLoop as u32;
            let target = if is_loop {
                self.labels[label as usize].0
            } else {
                self.thread(label)
            };
            if target == UNBOUND {
                return Err(AsmError::TooLarge);
            }
            let offset = target as i64 - i64::from(at);
            if word == at {
                if !(-(1 << 23)..1 << 23).contains(&offset) {
                    return Err(AsmError::TooLarge);
                }
                let op = self.words[at as usize] & 0xFF;
                self.words[at as usize] = op | (offset as u32) << 8;
            } else {
                self.words[word as usize] = offset as u32;
            }
        }
        Ok(())
    }

    /// The final target of a jump to `label`: follows `Jump`s (forward ones only, so that back edges stay what they are).
    fn thread(&self, label: u32) -> u32 {
        let mut target = self.labels[label as usize].0;
        for _ in 0..MAX_THREADING {
            let Some(&word) = self.words.get(target as usize) else {
                break;
            };
            if word & 0xFF != Op::Jump as u32 {
                break;
            }
            let Ok(index) = self.fixups.binary_search_by_key(&target, |fixup| fixup.at) else {
                break;
            };
            let next = self.labels[self.fixups[index].label as usize].0;
            if next == UNBOUND || next <= target {
                break;
            }
            target = next;
        }
        target
    }

    /// Shares a scope description.
    pub fn scope_constant(&mut self, scope: Arc<crate::code_block::ScopeInfo>) -> u32 {
        self.constant(Constant::Scope(scope))
    }
}
