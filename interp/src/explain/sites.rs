//! What caches and feedback of a code have seen, in words.

use crate::ic::{Handler, poly_entries, site};
use crate::natives::shape_names;
use sarus_bytecode::decode::{Instruction, instructions};
use sarus_bytecode::opcodes::flags;
use sarus_bytecode::{Op, OperandKind};
use sarus_gc::Gc;
use sarus_jit::snapshot::{element, operand};
use sarus_runtime::abstract_ops::display_value;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IC_MEGAMORPHIC, IC_POLYMORPHIC, IcSlot, LinkedCode};
use sarus_runtime::value::Value;

/// Names of a shape's properties that are shown.
const MAX_NAMES: usize = 12;

/// How much a place has seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// Nothing: it never ran.
    Empty,
    /// One kind of thing.
    Monomorphic,
    /// A few.
    Polymorphic,
    /// Too many to remember.
    Megamorphic,
}

impl State {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            State::Empty => "never ran",
            State::Monomorphic => "monomorphic",
            State::Polymorphic => "polymorphic",
            State::Megamorphic => "megamorphic",
        }
    }
}

/// What a place has seen.
pub struct SiteNote {
    /// Byte offset in the source.
    pub place: u32,
    /// The operation.
    pub op: Op,
    /// How much.
    pub state: State,
    /// What, one line each.
    pub seen: Vec<String>,
}

/// What the caches and feedback of a code say.
pub fn notes(agent: &mut Agent, code: Gc<LinkedCode>) -> Vec<SiteNote> {
    let block = code.block_arc();
    let positions = super::Positions::new(&block);
    let mut notes = Vec::new();
    for at in instructions(&block.words).flatten() {
        let Some((state, seen)) = of_instruction(agent, code, &at) else {
            continue;
        };
        notes.push(SiteNote {
            place: positions.of(at.offset),
            op: at.op,
            state,
            seen,
        });
    }
    notes
}

type Seen = (State, Vec<String>);

fn of_instruction(agent: &mut Agent, code: Gc<LinkedCode>, at: &Instruction) -> Option<Seen> {
    let slot = at
        .op
        .info()
        .operands
        .iter()
        .zip(at.operands())
        .find(|(operand, _)| operand.kind == OperandKind::Slot)
        .map(|(_, slot)| *slot as usize);
    let feedback = |offset: u32| {
        let within = (offset as usize) < code.block().feedback_len();
        if !within {
            return 0;
        }
        // SAFETY: the code has feedback, one byte per word, and the offset was checked.
        unsafe { *code.feedback().add(offset as usize) }
    };
    match at.op {
        Op::GetElem | Op::SetElem | Op::SetElemSloppy => {
            let (bits, kind) = (feedback(at.offset), feedback(at.offset + 1));
            (bits != 0).then(|| elements(bits, kind))
        }
        op if op.info().has(flags::FEEDBACK) => {
            let bits = feedback(at.offset);
            (bits != 0).then(|| operands(bits))
        }
        _ => {
            let slot = slot.filter(|slot| *slot < code.block().ic_kinds.len())?;
            // SAFETY: the code has feedback, and the slot number was checked.
            let ic = unsafe { *code.ics().add(slot) };
            of_slot(agent, at.op, ic)
        }
    }
}

fn of_slot(agent: &mut Agent, op: Op, ic: IcSlot) -> Option<Seen> {
    match op {
        Op::GetProp
        | Op::GetLength
        | Op::GetMethod
        | Op::SetProp
        | Op::SetPropSloppy
        | Op::DefineOwn
        | Op::DefinePrivateField
        | Op::GetSuperProp
        | Op::GetPrivate
        | Op::SetPrivate
        | Op::InstanceOf
        | Op::In => Some(property(agent, ic)),
        Op::Call | Op::CallMethod | Op::CallSpread | Op::CallEval | Op::CallEvalSpread => {
            let targets = match ic.handler {
                0 => return Some((State::Empty, Vec::new())),
                site::MANY => {
                    return Some((State::Megamorphic, vec!["several functions".into()]));
                }
                _ => site::targets(&ic),
            };
            let state = match targets.len() {
                1 => State::Monomorphic,
                _ => State::Polymorphic,
            };
            let names = targets.iter().map(|t| target(agent, *t)).collect();
            Some((state, names))
        }
        Op::Construct | Op::ConstructSpread | Op::SuperCall | Op::SuperCallSpread => match ic.c {
            0 => Some((State::Empty, Vec::new())),
            site::SEVERAL => Some((State::Megamorphic, vec!["several constructors".into()])),
            _ if let Some(few) = site::constructors(&ic) => {
                let seen = few.entries().map(|e| e.c);
                let seen: Vec<u64> = seen.filter(|bits| *bits != 0).collect();
                let names = seen.into_iter().map(|bits| target(agent, bits)).collect();
                Some((State::Polymorphic, names))
            }
            bits => Some((State::Monomorphic, vec![target(agent, bits)])),
        },
        _ => None,
    }
}

fn property(agent: &mut Agent, ic: IcSlot) -> Seen {
    let entries = match ic.shape {
        IC_MEGAMORPHIC => {
            return (State::Megamorphic, vec!["more than four shapes".into()]);
        }
        IC_POLYMORPHIC => poly_entries(&ic),
        _ => vec![ic],
    };
    let entries: Vec<IcSlot> = entries.into_iter().filter(|e| e.handler != 0).collect();
    let state = match entries.len() {
        0 => State::Empty,
        1 => State::Monomorphic,
        _ => State::Polymorphic,
    };
    let seen = entries.into_iter().map(|e| case(agent, e)).collect();
    (state, seen)
}

/// A shape and what is done with objects of it.
fn case(agent: &mut Agent, ic: IcSlot) -> String {
    let what = match Handler(ic.handler).kind() {
        Handler::OWN | Handler::OWN_SLOTS => "own property",
        Handler::PROTO => "on the prototype chain",
        Handler::ACCESSOR | Handler::ACCESSOR_SLOTS => "own accessor",
        Handler::ACCESSOR_PROTO => "accessor on the prototype chain",
        Handler::ABSENT => "no such property",
        Handler::ARRAY_LENGTH => "length of an array",
        Handler::PRIMITIVE => "on a primitive's prototype",
        Handler::PRIMITIVE_ACCESSOR => "accessor on a primitive's prototype",
        Handler::GENERAL => "the general way",
        Handler::ADD | Handler::ADD_SLOTS => "adds the property",
        _ => "other",
    };
    match agent.shapes.try_get(ic.shape) {
        Some(shape) => {
            let names = shape_names(agent, shape, MAX_NAMES);
            format!("shape #{} {names}: {what}", ic.shape)
        }
        None => what.into(),
    }
}

/// A callee as a call site remembers it.
fn target(agent: &mut Agent, bits: u64) -> String {
    let v = Value::from_bits(bits);
    match v.as_linked_code() {
        Some(code) => {
            let block = code.block();
            let at = block.source.line_column(block.span.start);
            format!("{} (line {})", crate::tier::trace::name_of(block), at.line)
        }
        None => display_value(agent, v),
    }
}

fn words(bits: u8, names: &[(u8, &str)]) -> Vec<String> {
    let has = names.iter().filter(|(bit, _)| bits & bit != 0);
    has.map(|(_, name)| (*name).to_string()).collect()
}

fn state_of(seen: &[String]) -> State {
    match seen.len() {
        0 | 1 => State::Monomorphic,
        2..=4 => State::Polymorphic,
        _ => State::Megamorphic,
    }
}

/// What operands were besides int32.
fn operands(bits: u8) -> Seen {
    let seen = words(
        bits,
        &[
            (operand::NUMBER, "doubles"),
            (operand::OVERFLOW, "results beyond int32"),
            (operand::STRING, "strings"),
            (operand::BIGINT, "BigInts"),
            (operand::OTHER, "undefined, null, booleans"),
            (operand::ANY, "anything"),
        ],
    );
    let state = if bits & operand::ANY != 0 {
        State::Megamorphic
    } else {
        state_of(&seen)
    };
    (state, seen)
}

/// What elements were seen.
fn elements(bits: u8, kind: u8) -> Seen {
    let mut seen = words(
        bits,
        &[
            (element::STRING, "characters of strings"),
            (element::OUTSIDE, "out of bounds or holes"),
            (element::NAMED, "keys that are no integers"),
            (element::OTHER, "other objects"),
            (element::PROXY, "proxies"),
        ],
    );
    if bits & element::TYPED != 0 {
        seen.push(match kind {
            0 | u8::MAX => "several typed arrays".into(),
            kind => format!("typed arrays (type {})", (kind & !element::LARGE) - 1),
        });
    }
    (state_of(&seen), seen)
}
