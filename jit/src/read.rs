//! Reads the text of a graph ([`crate::print`]), for tests: what a pass does is written down as text before and after.
//!
//! What can be derived may be left out: representations (other than a phi's), predecessors, positions, and the first line.

use crate::graph::{
    AtomicOp, BitOp, BlockId, Cond, End, FloatOp, FloatUnary, Frame, FrameId, FrameState, Graph,
    IntOp, Loc, Mem, Node, NodeId, NodeOp, Position, Rep, StateId, StateObject, Test,
};
use crate::helpers::HELPERS;
use crate::layout::value;
use crate::snapshot::Reason;
use crate::template::Template;
use sarus_bytecode::Op;
use smallvec::SmallVec;
use std::fmt::Debug;

const REPS: &[Rep] = &[
    Rep::None,
    Rep::Tagged,
    Rep::Int32,
    Rep::Float64,
    Rep::Bool,
    Rep::Ptr,
];
const CONDS: &[Cond] = &[Cond::Eq, Cond::Ne, Cond::Lt, Cond::Le, Cond::Gt, Cond::Ge];
const MEMS: &[Mem] = &[
    Mem::Value,
    Mem::Ptr,
    Mem::U8,
    Mem::I8,
    Mem::U16,
    Mem::I16,
    Mem::I32,
    Mem::F64,
    Mem::F32,
];
const LOCS: &[Loc] = &[
    Loc::Frame,
    Loc::Header,
    Loc::Field,
    Loc::Slot,
    Loc::Proto,
    Loc::SlotsPtr,
    Loc::ElementsPtr,
    Loc::Element,
    Loc::Length,
    Loc::Env,
    Loc::Cell,
    Loc::Bytes,
    Loc::Typed,
    Loc::Iterator,
    Loc::Collection,
    Loc::Validity,
    Loc::Immutable,
    Loc::Machine,
];
const TESTS: &[Test] = &[
    Test::Undefined,
    Test::Null,
    Test::Nullish,
    Test::LooseNullish,
    Test::Hole,
    Test::Bool,
    Test::Int,
    Test::Number,
    Test::Cell,
    Test::Object,
    Test::Callable,
];
const INT_OPS: &[IntOp] = &[IntOp::Add, IntOp::Sub, IntOp::Mul, IntOp::Div, IntOp::Mod];
const BIT_OPS: &[BitOp] = &[
    BitOp::Add,
    BitOp::Sub,
    BitOp::Mul,
    BitOp::And,
    BitOp::Or,
    BitOp::Xor,
    BitOp::Shl,
    BitOp::Sar,
    BitOp::Shr,
    BitOp::Min,
    BitOp::Max,
];
const FLOAT_OPS: &[FloatOp] = &[
    FloatOp::Add,
    FloatOp::Sub,
    FloatOp::Mul,
    FloatOp::Div,
    FloatOp::Min,
    FloatOp::Max,
];
const FLOAT_UNARY: &[FloatUnary] = &[
    FloatUnary::Neg,
    FloatUnary::Abs,
    FloatUnary::Sqrt,
    FloatUnary::Floor,
    FloatUnary::Ceil,
    FloatUnary::Trunc,
    FloatUnary::Fround,
    FloatUnary::Round,
    FloatUnary::Sign,
    FloatUnary::Nearest,
];
const ATOMICS: &[AtomicOp] = &[
    AtomicOp::Load,
    AtomicOp::Store,
    AtomicOp::Add,
    AtomicOp::Sub,
    AtomicOp::And,
    AtomicOp::Or,
    AtomicOp::Xor,
    AtomicOp::Exchange,
    AtomicOp::CompareExchange,
];
/// Operations without constants.
const PLAIN: &[NodeOp] = &[
    NodeOp::Phi,
    NodeOp::IntToTagged,
    NodeOp::FloatToTagged,
    NodeOp::BoolToTagged,
    NodeOp::IntToFloat,
    NodeOp::UintToFloat,
    NodeOp::FloatToInt,
    NodeOp::NumberToFloat,
    NodeOp::UntagInt,
    NodeOp::UntagBool,
    NodeOp::BoolToInt,
    NodeOp::CheckInt,
    NodeOp::CheckNumber,
    NodeOp::CheckFloatInt,
    NodeOp::CheckTruncate,
    NodeOp::CheckBool,
    NodeOp::CheckCell,
    NodeOp::CheckObject,
    NodeOp::CheckNotHole,
    NodeOp::HoleToUndefined,
    NodeOp::OddballToNumber,
    NodeOp::StringData,
    NodeOp::StringUnit,
    NodeOp::CharString,
    NodeOp::TypedLength,
    NodeOp::ViewData,
    NodeOp::CheckDense,
    NodeOp::CheckBounds,
    NodeOp::CheckUint,
    NodeOp::IntNeg,
    NodeOp::BitNot,
    NodeOp::Clz,
    NodeOp::SameBits,
    NodeOp::Not,
    NodeOp::Truthy,
    NodeOp::Barrier,
    NodeOp::LoadCached,
    NodeOp::StoreCached,
    NodeOp::Poll,
];

/// The item of a table whose derived name is `text`.
fn named<T: Debug + Clone>(table: &[T], text: &str) -> Result<T, String> {
    table
        .iter()
        .find(|item| format!("{item:?}") == text)
        .cloned()
        .ok_or_else(|| format!("unknown name {text}"))
}

fn int<T: TryFrom<i128>>(text: &str) -> Result<T, String> {
    match text.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16),
        None => text.parse::<i128>(),
    }
    .ok()
    .and_then(|number| T::try_from(number).ok())
    .ok_or_else(|| format!("not a number: {text}"))
}

/// The number of a name such as `v12`.
fn number(text: &str, prefix: char) -> Result<u32, String> {
    text.strip_prefix(prefix)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| format!("expected {prefix}<number>, found {text}"))
}

fn double(text: &str) -> Result<u64, String> {
    if text.starts_with("0x") {
        return int(text);
    }
    match text.parse::<f64>() {
        Ok(double) if double.is_nan() => Ok(value::CANONICAL_NAN),
        Ok(double) => Ok(double.to_bits()),
        Err(_) => Err(format!("not a number: {text}")),
    }
}

fn tagged(text: &str) -> Result<u64, String> {
    Ok(match text {
        "hole" => value::HOLE,
        "null" => value::NULL,
        "undefined" => value::UNDEFINED,
        "false" => value::FALSE,
        "true" => value::TRUE,
        _ if text.starts_with("0x") => int(text)?,
        _ => match text.parse::<i32>() {
            Ok(small) => value::INT_TAG | u64::from(small as u32),
            Err(_) => double(text)?.wrapping_add(value::DOUBLE_OFFSET),
        },
    })
}

/// An operation from its name and the text in parentheses.
fn operation(name: &str, args: &[&str]) -> Result<NodeOp, String> {
    let arg = |i: usize| -> Result<&str, String> {
        args.get(i)
            .copied()
            .ok_or_else(|| format!("{name} lacks a constant"))
    };
    let mem = || -> Result<(Mem, i32, Loc), String> {
        Ok((named(MEMS, arg(0)?)?, int(arg(1)?)?, named(LOCS, arg(2)?)?))
    };
    Ok(match name {
        "Const" => NodeOp::Const(tagged(arg(0)?)?),
        "Int" => NodeOp::Int(int(arg(0)?)?),
        "Float" => NodeOp::Float(double(arg(0)?)?),
        "Bool" => NodeOp::Bool(arg(0)? == "true"),
        "Ptr" => NodeOp::Ptr(int(arg(0)?)?),
        "FramePtr" => NodeOp::FramePtr(int(arg(0)?)?),
        "LoadReg" => NodeOp::LoadReg(int(arg(0)?)?),
        "StoreReg" => NodeOp::StoreReg(int(arg(0)?)?),
        "StoreRaw" => NodeOp::StoreRaw(int(arg(0)?)?, int(arg(1)?)?),
        "EnterFrame" => NodeOp::EnterFrame(FrameId(int(arg(0)?)?)),
        "LeaveFrame" => NodeOp::LeaveFrame(FrameId(int(arg(0)?)?)),
        "CheckKind" => NodeOp::CheckKind(int(arg(0)?)?),
        "CheckShape" => NodeOp::CheckShape(
            args.iter()
                .map(|a| int(a))
                .collect::<Result<SmallVec<_>, _>>()?,
        ),
        "CheckValue" => NodeOp::CheckValue(tagged(arg(0)?)?),
        "CheckCode" => NodeOp::CheckCode(int(arg(0)?)?),
        "CheckIs" => NodeOp::CheckIs(arg(0)? == "true"),
        "CheckValid" => NodeOp::CheckValid(int(arg(0)?)?),
        "IntArith" => NodeOp::IntArith(named(INT_OPS, arg(0)?)?),
        "Bit" => NodeOp::Bit(named(BIT_OPS, arg(0)?)?),
        "FloatArith" => NodeOp::FloatArith(named(FLOAT_OPS, arg(0)?)?),
        "FloatUnary" => NodeOp::FloatUnary(named(FLOAT_UNARY, arg(0)?)?),
        "IntCmp" => NodeOp::IntCmp(named(CONDS, arg(0)?)?),
        "UintCmp" => NodeOp::UintCmp(named(CONDS, arg(0)?)?),
        "FloatCmp" => NodeOp::FloatCmp(named(CONDS, arg(0)?)?),
        "Is" if arg(0)? == "Kind" => NodeOp::Is(Test::Kind(int(arg(1)?)?)),
        "Is" => NodeOp::Is(named(TESTS, arg(0)?)?),
        "Load" => mem().map(|(m, o, l)| NodeOp::Load(m, o, l))?,
        "Store" => mem().map(|(m, o, l)| NodeOp::Store(m, o, l))?,
        "LoadIndexed" => mem().map(|(m, o, l)| NodeOp::LoadIndexed(m, o, l))?,
        "StoreIndexed" => mem().map(|(m, o, l)| NodeOp::StoreIndexed(m, o, l))?,
        "LoadView" => NodeOp::LoadView(named(MEMS, arg(0)?)?, arg(1)? == "true"),
        "StoreView" => NodeOp::StoreView(named(MEMS, arg(0)?)?, arg(1)? == "true"),
        "Atomic" => NodeOp::Atomic(named(ATOMICS, arg(0)?)?),
        "New" => NodeOp::New {
            template: int(arg(0)?)?,
            fields: int(arg(1)?)?,
        },
        "Eliminated" => NodeOp::Eliminated(int(arg(0)?)?),
        "StoreShape" => NodeOp::StoreShape(int(arg(0)?)?),
        "Call" => {
            let name = arg(0)?;
            let row = HELPERS.iter().find(|row| row.name == name);
            NodeOp::Call(row.ok_or_else(|| format!("unknown helper {name}"))?.helper)
        }
        "Instruction" | "Suspend" => {
            let instruction = name == "Instruction";
            let name = arg(0)?;
            let op = (0..Op::COUNT)
                .filter_map(|byte| Op::from_u8(byte as u8))
                .find(|op| format!("{op:?}") == name);
            let op = op.ok_or_else(|| format!("unknown opcode {name}"))?;
            match instruction {
                true => NodeOp::Instruction(op),
                false => NodeOp::Suspend(op),
            }
        }
        "CallCode" => NodeOp::CallCode {
            code: int(arg(0)?)?,
            base: int(arg(1)?)?,
            argc: int(arg(2)?)?,
            arrow: args.contains(&"arrow"),
            construct: args.contains(&"construct"),
        },
        "CallAny" => NodeOp::CallAny {
            base: int(arg(0)?)?,
            argc: int(arg(1)?)?,
        },
        _ => return named(PLAIN, name),
    })
}

/// The graph a text describes.
///
/// # Errors
/// The first line that makes no sense, with the reason.
pub fn read(text: &str) -> Result<Graph, String> {
    let mut reader = Reader::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.split(" ;").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        reader
            .line(line)
            .map_err(|why| format!("line {}: {line}: {why}", number + 1))?;
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    graph: Graph,
    block: Option<BlockId>,
    /// Blocks whose predecessors the text gives.
    given: Vec<BlockId>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (first, rest) = words.split_first().ok_or("empty")?;
        match *first {
            "graph" => {
                self.graph.stack_words = int(rest.get(1).ok_or("no stack size")?)?;
                self.graph.instructions = int(rest.get(3).ok_or("no instructions")?)?;
                Ok(())
            }
            "cells" => {
                for cell in rest {
                    self.graph.cells.push(int(cell)?);
                }
                Ok(())
            }
            "template" => self.template(rest),
            "frame" => self.frame(&rest[1..]),
            "open" | "jump" | "branch" | "switch" | "catch" | "return" | "exit" | "unreachable" => {
                let end = end(first, rest)?;
                let block = self.block.take().ok_or("not in a block")?;
                self.graph.block_mut(block).end = end;
                Ok(())
            }
            _ => match (first.strip_suffix(':'), first.chars().next()) {
                (Some(name), Some('b')) => self.block(name, rest),
                (Some(name), Some('s')) => self.state(name, rest),
                _ => self.node(line),
            },
        }
    }

    fn template(&mut self, words: &[&str]) -> Result<(), String> {
        let [_, "size", size, "header", header, "words", rest @ ..] = words else {
            return Err("expected: template n: size n header n words … fields …".to_string());
        };
        let mut template = Template {
            size: int(size)?,
            header: int(header)?,
            ..Template::default()
        };
        let mut rest = rest.iter();
        for word in rest.by_ref().take_while(|word| **word != "fields") {
            let (offset, bits) = word.split_once('=').ok_or("expected offset=bits")?;
            template.words.push((int(offset)?, int(bits)?));
        }
        for offset in rest {
            template.fields.push(int(offset)?);
        }
        self.graph.templates.push(template);
        Ok(())
    }

    fn frame(&mut self, words: &[&str]) -> Result<(), String> {
        let mut frame = Frame {
            function: 0,
            base: 0,
            caller: None,
            return_pc: 0,
            info: 0,
        };
        for pair in words.chunks(2) {
            let [key, text] = pair else {
                return Err("a word is missing".to_string());
            };
            match *key {
                "function" => frame.function = int(text)?,
                "base" => frame.base = int(text)?,
                "caller" => {
                    let (caller, pc) = text.split_once('@').ok_or("expected frame@offset")?;
                    frame.caller = Some((FrameId(int(caller)?), int(pc)?));
                }
                "return" => frame.return_pc = int(text)?,
                "info" => frame.info = int(text)?,
                _ => return Err(format!("unknown word {key}")),
            }
        }
        self.graph.frames.push(frame);
        Ok(())
    }

    fn block(&mut self, name: &str, words: &[&str]) -> Result<(), String> {
        let id = BlockId(number(name, 'b')?);
        while self.graph.blocks.len() <= id.index() {
            self.graph.new_block();
        }
        self.block = Some(id);
        let block = self.graph.block_mut(id);
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            match *word {
                "loop" => block.is_loop = true,
                "cold" => block.cold = true,
                "preds" => {
                    while let Some(pred) = words.next_if(|w| w.starts_with('b')) {
                        block.preds.push(BlockId(number(pred, 'b')?));
                    }
                    self.given.push(id);
                }
                "entry" => {
                    let state = words.next().ok_or("a word is missing")?;
                    block.entry_state = Some(StateId(number(state, 's')?));
                }
                _ => return Err(format!("unknown word {word}")),
            }
        }
        Ok(())
    }

    fn state(&mut self, name: &str, words: &[&str]) -> Result<(), String> {
        let id = StateId(number(name, 's')?);
        let (at, rest) = words.split_first().ok_or("no position")?;
        let (frame, pc) = at.split_once('@').ok_or("expected frame@offset")?;
        let mut state = FrameState {
            frame: FrameId(number(frame, 'f')?),
            pc: int(pc)?,
            registers: Vec::new(),
            parent: None,
            objects: Vec::new(),
        };
        let mut words = rest.iter();
        while let Some(word) = words.next() {
            if *word == "parent" {
                let parent = words.next().ok_or("a word is missing")?;
                state.parent = Some(StateId(number(parent, 's')?));
            } else if *word == "object" {
                let object = words.next().ok_or("a word is missing")?;
                state.objects.push(state_object(object)?);
            } else {
                let (register, value) = word.split_once('=').ok_or("expected register=value")?;
                state
                    .registers
                    .push((number(register, 'r')?, NodeId(number(value, 'v')?)));
            }
        }
        while self.graph.states.len() <= id.index() {
            self.graph.states.push(FrameState {
                frame: FrameId(0),
                pc: 0,
                registers: Vec::new(),
                parent: None,
                objects: Vec::new(),
            });
        }
        self.graph.states[id.index()] = state;
        Ok(())
    }

    fn node(&mut self, line: &str) -> Result<(), String> {
        let block = self.block.ok_or("not in a block")?;
        let (name, rest) = line.split_once('=').ok_or("expected a node")?;
        let (name, rep) = match name.split_once(':') {
            Some((name, rep)) => (name, Some(named(REPS, rep.trim())?)),
            None => (name, None),
        };
        let id = NodeId(number(name.trim(), 'v')?);
        let rest = rest.trim();
        let name_end = rest
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(rest.len());
        let (op_name, rest) = rest.split_at(name_end);
        let (args, rest) = match rest.strip_prefix('(') {
            Some(rest) => rest.split_once(')').ok_or("no closing parenthesis")?,
            None => ("", rest),
        };
        let args: Vec<&str> = args
            .split(',')
            .map(str::trim)
            .filter(|a| !a.is_empty())
            .collect();
        let op = operation(op_name, &args)?;
        let rep = rep.unwrap_or(op.rep());
        let mut node = Node {
            op,
            inputs: SmallVec::new(),
            rep,
            block,
            at: Position {
                frame: FrameId(0),
                pc: 0,
            },
            state: None,
            reason: None,
        };
        for word in rest.split_whitespace() {
            match word.chars().next() {
                Some('v') => node.inputs.push(NodeId(number(word, 'v')?)),
                Some('s') => node.state = Some(StateId(number(word, 's')?)),
                Some('#') => {
                    self.graph.owners.insert(id, number(word, '#')?);
                }
                Some('@') => {
                    let (frame, pc) = word[1..].split_once(':').ok_or("expected @frame:offset")?;
                    node.at = Position {
                        frame: FrameId(int(frame)?),
                        pc: int(pc)?,
                    };
                }
                _ => node.reason = Some(named(Reason::ALL, word)?),
            }
        }
        self.put(id, node, block);
        Ok(())
    }

    fn put(&mut self, id: NodeId, node: Node, block: BlockId) {
        while self.graph.nodes.len() <= id.index() {
            self.graph.make(Node {
                op: NodeOp::Int(0),
                inputs: SmallVec::new(),
                rep: Rep::Int32,
                state: None,
                reason: None,
                ..node.clone()
            });
        }
        let list = if node.op == NodeOp::Phi {
            &mut self.graph.block_mut(block).phis
        } else {
            &mut self.graph.block_mut(block).nodes
        };
        list.push(id);
        *self.graph.node_mut(id) = node;
    }

    /// Fills in predecessors and makes sure that every number that the text mentions exists.
    fn finish(mut self) -> Result<Graph, String> {
        let graph = &mut self.graph;
        if graph.frames.is_empty() {
            graph.frames.push(Frame {
                function: 0,
                base: 0,
                caller: None,
                return_pc: 0,
                info: 0,
            });
        }
        for i in 0..graph.blocks.len() {
            let from = BlockId(i as u32);
            for to in graph.block(from).end.successors() {
                if to.index() >= graph.blocks.len() {
                    return Err(format!("no block b{}", to.0));
                }
                if !self.given.contains(&to) {
                    graph.block_mut(to).preds.push(from);
                }
            }
        }
        let blocks = graph.blocks.len();
        if graph.blocks.is_empty()
            || graph
                .blocks
                .iter()
                .flat_map(|b| &b.preds)
                .any(|p| p.index() >= blocks)
        {
            return Err("a block is missing".to_string());
        }
        graph.compute_order();
        Ok(self.graph)
    }
}

/// `number:size:header:offset=bits:…:offset=register:…`
fn state_object(text: &str) -> Result<StateObject, String> {
    let mut parts = text.split(':');
    let mut next = || parts.next().ok_or("a part of the object is missing");
    let mut object = StateObject {
        number: int(next()?)?,
        size: int(next()?)?,
        header: int(next()?)?,
        words: Vec::new(),
        fields: Vec::new(),
    };
    for part in parts {
        let (offset, what) = part.split_once('=').ok_or("expected offset=value")?;
        match what.starts_with('r') {
            true => object.fields.push((int(offset)?, number(what, 'r')?)),
            false => object.words.push((int(offset)?, int(what)?)),
        }
    }
    Ok(object)
}

fn end(name: &str, words: &[&str]) -> Result<End, String> {
    let word = |i: usize| words.get(i).copied().ok_or("a word is missing");
    let block = |i: usize| -> Result<BlockId, String> { Ok(BlockId(number(word(i)?, 'b')?)) };
    Ok(match name {
        "jump" => End::Jump(block(0)?),
        "branch" => End::Branch {
            cond: NodeId(number(word(0)?, 'v')?),
            then: block(1)?,
            otherwise: block(3)?,
        },
        "switch" => {
            let count = words.len().checked_sub(5).ok_or("a word is missing")?;
            End::Switch {
                value: NodeId(number(word(0)?, 'v')?),
                low: int(word(2)?)?,
                targets: (3..3 + count).map(block).collect::<Result<_, _>>()?,
                default: block(words.len() - 1)?,
            }
        }
        "catch" => End::Catch {
            node: NodeId(number(word(0)?, 'v')?),
            handler: block(1)?,
            next: block(3)?,
        },
        "return" => End::Return {
            value: NodeId(number(word(0)?, 'v')?),
            construct: words.contains(&"construct"),
        },
        "exit" => End::Exit {
            state: StateId(number(word(0)?, 's')?),
            reason: named(Reason::ALL, word(1)?)?,
        },
        "unreachable" => End::Unreachable,
        _ => End::Open,
    })
}
