//! Derived constructors and `super`; arguments that are lists of known length.

use super::Builder;
use super::call::CallSite;
use crate::Decline;
use crate::graph::*;
use crate::layout::{frame, value};
use crate::snapshot::{CallTarget, Callee, InstanceShape, Reason, Site};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;

/// Longest list of arguments that is taken apart.
const MAX_LIST: usize = 14;

impl Builder<'_> {
    // ------------------------------------------------------------------ super

    /// CheckThisUninitialized.
    pub(super) fn visit_this_uninitialized(&mut self, at: &Instruction) -> Result<(), Decline> {
        let this = self.read(at.operands()[0] as u32)?;
        match self.constant_bits(this) {
            Some(value::HOLE) => Ok(()),
            _ => self.general(at),
        }
    }

    /// SuperCall, SuperCallSpread.
    pub(super) fn visit_super_call(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let spread = at.op == Op::SuperCallSpread;
        let target = self.read(o[if spread { 3 } else { 4 }] as u32)?;
        let surprised = [
            Reason::WrongCallee,
            Reason::WrongShape,
            Reason::WrongValue,
            Reason::NotObject,
        ];
        if surprised.iter().any(|r| self.has_exited(*r)) {
            return self.general(at);
        }
        let Some((cell, index, instance)) = self.only_code(o[2]) else {
            return self.general(at);
        };
        let callee = &self.snapshot.functions[index];
        let site = match spread {
            true => match self.spread_site(at)? {
                Some(site) => Some(site),
                None => self.listed_site(at, index)?,
            },
            false => Some(self.call_site(at)?),
        };
        let result = match (site, instance) {
            (Some(site), _) if callee.same_realm && callee.code.flags.derived => {
                self.construct_derived(&site, cell, index, target)?
            }
            (Some(site), Some(instance)) if callee.same_realm => {
                self.construct_checked(&site, cell, Some(index), &instance, Some(target))?
            }
            _ => return self.general(at),
        };
        if let Some(v) = result {
            self.write(o[0] as u32, v);
        }
        Ok(())
    }

    /// The only code that a call's cache has seen, with the number of its function and the instances it makes.
    pub(super) fn only_code(&self, slot: i64) -> Option<(u64, usize, Option<InstanceShape>)> {
        let Site::Call(targets) = self.site(slot) else {
            return None;
        };
        match &targets[..] {
            [
                CallTarget {
                    callee:
                        Callee::Code {
                            cell,
                            function: Some(index),
                        },
                    instance,
                    ..
                },
            ] => Some((*cell, *index, *instance)),
            _ => None,
        }
    }

    /// Whether a function is a derived constructor of the same realm.
    pub(super) fn is_derived(&self, index: usize) -> bool {
        let f = &self.snapshot.functions[index];
        f.same_realm && f.code.flags.derived
    }

    /// A construct call of a derived constructor, which gets its `this` from another one.
    pub(super) fn construct_derived(
        &mut self,
        site: &CallSite,
        cell: u64,
        index: usize,
        target: NodeId,
    ) -> Result<Option<NodeId>, Decline> {
        let closure = self.tagged(site.callee);
        let target = self.tagged(target);
        self.graph.cells.push(cell);
        self.check(NodeOp::CheckCode(cell), &[closure], Reason::WrongCallee);
        self.construct_derived_known(site, index, target)
    }

    /// [`Builder::construct_derived`] where the code is known to be called.
    pub(super) fn construct_derived_known(
        &mut self,
        site: &CallSite,
        index: usize,
        target: NodeId,
    ) -> Result<Option<NodeId>, Decline> {
        let cell = self.snapshot.functions[index].code_cell;
        let this = self.emit(NodeOp::Const(value::HOLE), &[]);
        self.enter_constructor(site, this, None, (cell, index), target)
    }

    // ------------------------------------------------------------------ lists of arguments

    /// What is in an array of arguments, if that is known.
    fn list(&mut self, reg: u32) -> Result<Option<Vec<NodeId>>, Decline> {
        let array = self.read(reg)?;
        Ok(self.info.lists.get(&array).cloned())
    }

    /// Notes what is in a new array that nothing else has seen.
    pub(super) fn note_list(&mut self, array: NodeId, values: Vec<NodeId>) {
        if values.len() <= MAX_LIST {
            // What is empty is probably filled in later.
            if !values.is_empty() {
                self.lengths.insert(array, values.len());
            }
            self.info.lists.insert(array, values);
        }
    }

    /// The array of arguments in a register is one of these values from here on.
    fn write_list(&mut self, reg: u32, values: Vec<NodeId>) -> bool {
        let length = values.len() as u32;
        let Some(array) = self.new_array(length, length, &values) else {
            return false;
        };
        self.note_list(array, values);
        self.write(reg, array);
        true
    }

    /// CreateRest, where the arguments are known.
    pub(super) fn visit_create_rest(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let start = o[2] as usize;
        let Some(actuals) = self.context.actuals.clone() else {
            return match self.rest_of_list(at)? {
                Some(array) => {
                    self.write(o[0] as u32, array);
                    Ok(())
                }
                None => self.general(at),
            };
        };
        let values = actuals.get(start..).unwrap_or_default().to_vec();
        match self.write_list(o[0] as u32, values) {
            true => Ok(()),
            false => self.general(at),
        }
    }

    /// ArrayPush: of a list of arguments or an array literal.
    pub(super) fn visit_list_push(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let v = self.read(o[1] as u32)?;
        let is_hole = self.constant_bits(v) == Some(value::HOLE);
        if let Some(mut values) = self.list(o[0] as u32)?.filter(|_| !is_hole) {
            values.push(v);
            if values.len() <= MAX_LIST && self.write_list(o[0] as u32, values) {
                return Ok(());
            }
        }
        self.visit_array_push(at)
    }

    /// ArraySpread: of an array whose contents are known to the end of such a list.
    pub(super) fn visit_array_spread(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (to, from) = (self.list(o[0] as u32)?, self.list(o[1] as u32)?);
        let (mut to, from) = match (to, from) {
            (Some(to), Some(from)) => (to, from),
            (Some(to), None) if self.spread_and_call(at, &to, o[1] as u32)? => return Ok(()),
            _ => return self.general(at),
        };
        let slow = [Reason::WrongShape, Reason::InvalidChain];
        if to.len() + from.len() > MAX_LIST
            || slow.iter().any(|r| self.has_exited(*r))
            || !self.function().same_realm
            || !self.check_iteration()
        {
            return self.general(at);
        }
        to.extend(from);
        match self.write_list(o[0] as u32, to) {
            true => Ok(()),
            false => self.general(at),
        }
    }

    /// The call of a constructor whose arguments are in an array of the engine's own, of which it gets those that it has
    /// parameters for.
    fn listed_site(&mut self, at: &Instruction, index: usize) -> Result<Option<CallSite>, Decline> {
        let o = at.operands();
        let (dst, window) = (o[0] as u32, o[1] as u32);
        if !self.takes_items(index, 0) {
            return Ok(None);
        }
        let array = self.read(window + frame::ARGS)?;
        let Some(list) = self.listed(array) else {
            return Ok(None);
        };
        let mut site = CallSite {
            dst,
            window,
            callee: self.read(window)?,
            this: self.undefined(),
            args: list.values.clone().unwrap_or_default(),
        };
        if list.values.is_none() {
            self.add_items(&mut site, &list, index)?;
        }
        Ok(Some(site))
    }

    /// The call of an instruction whose arguments are in an array, if it is known what is in it.
    pub(super) fn spread_site(&mut self, at: &Instruction) -> Result<Option<CallSite>, Decline> {
        let o = at.operands();
        let (dst, window) = (o[0] as u32, o[1] as u32);
        let Some(args) = self.list(window + frame::ARGS)? else {
            return Ok(None);
        };
        let callee = self.read(window)?;
        let this = match at.op {
            Op::CallSpread => self.read(window + frame::THIS)?,
            _ => self.undefined(),
        };
        Ok(Some(CallSite {
            dst,
            window,
            callee,
            this,
            args,
        }))
    }
}
