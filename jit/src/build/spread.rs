//! Rest parameters, and calls whose last argument is spread: the spread and the call are built as one, so that no list of all
//! arguments is made. Until the call begins nothing has happened that could not happen again: whatever fails goes back to the
//! spread.

use super::Builder;
use super::arguments::Listed;
use super::call::CallSite;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::frame;
use crate::snapshot::{Callee, InstanceShape, Reason, Site};
use crate::template::Template;
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;

/// What a construct call of a known class needs.
struct Constructed {
    cell: u64,
    index: usize,
    instance: InstanceShape,
}

impl Builder<'_> {
    // ------------------------------------------------------------------ rest parameters

    /// CreateRest where the arguments are in the frame's list: that becomes part of the array, or a copy of its end.
    pub(super) fn rest_of_list(&mut self, at: &Instruction) -> Result<Option<NodeId>, Decline> {
        let o = at.operands();
        let shape = self.snapshot.array_shape;
        if shape == 0
            || !self.can_list(0)
            || !self.function().same_realm
            || !self.is_only_user_of_actuals()
        {
            return Ok(None);
        }
        let list = self.read(o[1] as u32)?;
        let list = self.tagged(list);
        let elements = match o[2] {
            0 => list,
            start => {
                let start = self.int_constant(start as i32);
                let count = self.capacity(list);
                self.emit(NodeOp::Call(Helper::ListElements), &[list, start, count])
            }
        };
        let layout = &self.snapshot.layout;
        let (capacity, length) = (layout.offsets.capacity, layout.offsets.array_length);
        let template = Template {
            size: (layout.offsets.array_size as u32).next_multiple_of(16),
            header: u64::from(shape) | u64::from(layout.kinds.array) << 32,
            words: vec![(layout.offsets.elements, layout.empty_elements)],
            fields: vec![layout.offsets.elements, length],
        };
        // The whole word, as it stands in the array.
        let count = self.emit(
            NodeOp::Load(Mem::Ptr, capacity, Loc::Immutable),
            &[elements],
        );
        Ok(Some(self.new_cell(template, &[elements, count])))
    }

    // ------------------------------------------------------------------ spreads

    /// The index of the call that an ArraySpread is the last argument of.
    fn call_after_spread(&self, at: &Instruction) -> Option<usize> {
        let analysis = &self.context.analysis;
        let here = self.context.index;
        let end = analysis.blocks[analysis.block_at(i64::from(at.offset))].end;
        // `this` of a call without one comes in between.
        let mut i = here + 1;
        if i < end && analysis.list[i].op == Op::LoadUndefined {
            i += 1;
        }
        let call = analysis.list.get(i).filter(|_| i < end)?;
        let takes = matches!(call.op, Op::CallSpread | Op::ConstructSpread)
            && call.operands()[1] as u32 + frame::ARGS == at.operands()[0] as u32;
        takes.then_some(i)
    }

    /// An ArraySpread behind these arguments and the call that gets the list, if they can be built as one.
    pub(super) fn spread_and_call(
        &mut self,
        at: &Instruction,
        fixed: &[NodeId],
        from: u32,
    ) -> Result<bool, Decline> {
        let Some(index) = self.call_after_spread(at) else {
            return Ok(false);
        };
        let here = self.context.index;
        let analysis = self.context.analysis.clone();
        let call = analysis.list[index];
        let list = self.read(from)?;
        self.context.index = index;
        let seen = !matches!(self.site(call.operands()[2]), Site::Empty);
        let constructed = match call.op {
            Op::ConstructSpread => self.constructed_at(&call, fixed.len(), list),
            _ => None,
        };
        self.context.index = here;
        if !seen || call.op == Op::ConstructSpread && constructed.is_none() {
            return Ok(false);
        }
        let slow = [Reason::WrongShape, Reason::InvalidChain];
        if slow.iter().any(|r| self.has_exited(*r)) || !self.function().same_realm {
            return Ok(false);
        }
        let state = self.current_state();
        let array = self.cell(list, Reason::NotObject);
        self.check_shapes(array, &[self.snapshot.array_shape]);
        if !self.check_iteration() {
            return Ok(false);
        }
        let Some(list) = self.listed(array) else {
            return Ok(false);
        };
        for between in here + 1..index {
            self.context.index = between;
            self.visit(&analysis.list[between])?;
        }
        self.context.index = index;
        self.context.restart = Some(state);
        self.state = Some(state);
        let (dst, window) = (call.operands()[0] as u32, call.operands()[1] as u32);
        let callee = self.read(window)?;
        let this = match call.op {
            Op::CallSpread => self.read(window + frame::THIS)?,
            _ => self.undefined(),
        };
        let site = CallSite {
            dst,
            window,
            callee,
            this,
            args: fixed.to_vec(),
        };
        let result = match constructed {
            Some(target) => self.construct_listed(site, list, &target)?,
            None => self.call_spread_site(&call, site, list)?,
        };
        self.context.restart = None;
        self.context.done = index + 1;
        self.state = None;
        if let Some(v) = result {
            self.write(dst, v);
        }
        Ok(true)
    }

    fn call_spread_site(
        &mut self,
        call: &Instruction,
        mut site: CallSite,
        list: Listed,
    ) -> Result<Option<NodeId>, Decline> {
        if self.known_callee(site.callee).is_some() {
            return self.call_listed(site, list);
        }
        let targets = match self.site(call.operands()[2]) {
            Site::Call(targets) => &targets[..],
            _ => &[],
        };
        let surprised = self.has_exited(Reason::WrongCallee) || self.has_exited(Reason::NotObject);
        let [target] = targets else {
            return Ok(Some(self.call_by_helper(&site, &list)));
        };
        if surprised {
            return Ok(Some(self.call_by_helper(&site, &list)));
        }
        let callee = self.tagged(site.callee);
        match target.callee {
            Callee::Code { cell, .. } => {
                self.graph.cells.push(cell);
                site.callee = self.check(NodeOp::CheckCode(cell), &[callee], Reason::WrongCallee);
                self.call_listed(site, list)
            }
            Callee::Native { value, builtin } => {
                if self.constant_bits(callee) != Some(value) {
                    self.graph.cells.push(value);
                    self.check(NodeOp::CheckValue(value), &[callee], Reason::WrongCallee);
                }
                if let (Some(values), Some(builtin)) = (&list.values, builtin) {
                    let fixed = site.args.len();
                    site.args.extend(values);
                    if let Some(v) = self.builtin(builtin, &site) {
                        return Ok(Some(v));
                    }
                    site.args.truncate(fixed);
                }
                Ok(Some(self.call_by_helper(&site, &list)))
            }
        }
    }

    /// The class that a construct call makes an object of, if its constructor can be called directly.
    fn constructed_at(
        &self,
        call: &Instruction,
        fixed: usize,
        list: NodeId,
    ) -> Option<Constructed> {
        let (cell, index, instance) = self.only_code(call.operands()[2])?;
        let surprised = [Reason::WrongCallee, Reason::WrongShape, Reason::WrongValue];
        let f = &self.snapshot.functions[index];
        let plain = f.same_realm && !f.code.flags.derived;
        let takes = self.lengths.contains_key(&list) || self.takes_items(index, fixed);
        (plain && takes && !surprised.iter().any(|r| self.has_exited(*r))).then_some(Constructed {
            cell,
            index,
            instance: instance?,
        })
    }

    fn construct_listed(
        &mut self,
        mut site: CallSite,
        list: Listed,
        target: &Constructed,
    ) -> Result<Option<NodeId>, Decline> {
        match &list.values {
            Some(values) => site.args.extend(values),
            None => self.add_items(&mut site, &list, target.index)?,
        }
        let (cell, index) = (target.cell, Some(target.index));
        self.construct_checked(&site, cell, index, &target.instance, None)
    }

    /// ConstructSpread, where it is known what is in the list.
    pub(super) fn visit_construct_spread(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let array = self.read(o[1] as u32 + frame::ARGS)?;
        let site = match self.constructed_at(at, 0, array) {
            Some(target) => self.spread_site(at)?.map(|site| (site, target)),
            None => None,
        };
        let Some((site, target)) = site else {
            return self.general(at);
        };
        let (cell, index) = (target.cell, Some(target.index));
        let result = self.construct_checked(&site, cell, index, &target.instance, None)?;
        if let Some(v) = result {
            self.write(o[0] as u32, v);
        }
        Ok(())
    }
}
