//! Properties that sites of constructors which several classes have in common find in the objects of one class.

use super::Taker;
use crate::ic::{Handler, is_plain_for, place_of};
use sarus_bytecode::Op;
use sarus_bytecode::decode::instructions;
use sarus_jit::snapshot::{KnownProperty, PropertyKind};
use sarus_runtime::code::{IC_MEGAMORPHIC, IC_POLYMORPHIC, IcSlot};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{LAZY, Object};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;

/// Words of the longest constructor whose properties are looked up for each class.
const MAX_WRAPPER: usize = 60;

impl Taker<'_> {
    /// Notes how a constructor's sites that have seen too much find their properties in the objects that one site makes:
    /// constructors of class helpers have their code in common.
    pub(super) fn properties_of(&mut self, shape: u32, constructor: u64, depth: u32) {
        let Some(code) = Value::from_bits(constructor).as_linked_code() else {
            return;
        };
        let block = code.block_arc();
        if code.is_lazy() || !code.has_feedback() || block.words.len() > MAX_WRAPPER {
            return;
        }
        for at in instructions(&block.words).flatten() {
            if !matches!(at.op, Op::GetMethod | Op::GetProp) {
                continue;
            }
            let (slot, name) = (at.operands()[2] as usize, at.operands()[3] as usize);
            // SAFETY: the verifier checked the slot number.
            let ic = unsafe { *code.ics().add(slot) };
            let Some(key) = code.constants().get(name).copied() else {
                continue;
            };
            let is_known = |k: &KnownProperty| k.case.shape == shape && k.key == key.bits();
            if ic.shape != IC_MEGAMORPHIC && ic.shape != IC_POLYMORPHIC
                || self.known.iter().any(is_known)
            {
                continue;
            }
            let Some(name) = key.as_string() else {
                continue;
            };
            let found = self.find_in_prototypes(shape, PropertyKey::atom(name));
            let Some(case) = found.and_then(|ic| self.case(ic, depth, false)) else {
                continue;
            };
            let called = Value::from_bits(case.value).as_object();
            let called = called.and_then(|o| o.as_function()).map(|f| f.code());
            let called = called.filter(|_| case.kind == PropertyKind::Proto);
            let code = called.map_or(0, |code| {
                self.candidate(code, depth + 2);
                self.roots.cell(code.addr() as u64)
            });
            self.known.push(KnownProperty {
                key: key.bits(),
                case,
                code,
            });
        }
    }

    /// How objects of a shape find a data property in their prototypes, if these are looked through already: their validity
    /// cell is there.
    fn find_in_prototypes(&self, shape: u32, key: PropertyKey) -> Option<IcSlot> {
        let own = self.shapes.try_get(shape)?;
        if key.is_index() || !own.is_cacheable() || own.lookup(key).is_some() {
            return None;
        }
        let first = own.prototype_object()?;
        let validity = self.shapes.try_get(first.header().shape())?.valid_cell()?;
        let mut at = Some(first);
        while let Some(holder) = at.filter(|o| is_looked_through(*o, key)) {
            let shape = self.shapes.try_get(holder.header().shape())?;
            let Some(entry) = shape.lookup(key) else {
                at = shape.prototype_object();
                continue;
            };
            if entry.attributes.is_accessor() {
                return None;
            }
            let (offset, inline) = place_of(&shape, entry.slot)?;
            let cell = match inline {
                true => holder.addr(),
                false => holder.slots_cell()?.addr(),
            };
            own.observe();
            return Some(IcSlot {
                shape: own.id(),
                handler: Handler::new(Handler::PROTO, offset).0,
                a: cell as u64,
                b: validity.addr() as u64,
                c: 0,
            });
        }
        None
    }
}

/// Whether shapes alone say what is found in a prototype: functions get some properties when they are asked for.
fn is_looked_through(o: Object, key: PropertyKey) -> bool {
    is_plain_for(o, key) && !o.flag(LAZY) && !o.is_callable() && !o.is(CellKind::Array)
}
