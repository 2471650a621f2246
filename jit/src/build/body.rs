//! Builtins written in JavaScript: their bodies in place of calls, with what the call site knows of the callback, and the
//! instructions they are made of.

use super::Builder;
use super::call::CallSite;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::{BodyTarget, CallTarget, Callee, Reason};
use sarus_bytecode::decode::Instruction;

impl Builder<'_> {
    /// A call of a builtin (whose identity was checked) that has a body: enters that if it suits the call. `None` to call the
    /// builtin itself.
    pub(super) fn call_body(
        &mut self,
        site: &CallSite,
        native: u64,
        body: &BodyTarget,
    ) -> Result<Option<Option<NodeId>>, Decline> {
        if self.has_exited(Reason::WrongKind) {
            return Ok(None);
        }
        let Some(&callback) = site.args.first() else {
            return Ok(None);
        };
        let callback = self.tagged(callback);
        let this = self.tagged(site.this);
        let mut args = site.args.clone();
        if let Some(code) = body.callback
            && !self.has_exited(Reason::WrongValue)
        {
            self.graph.cells.push(code);
            // The result of the check is what the body gets: it tells the body's call sites what they call.
            args[0] = self.check(NodeOp::CheckCode(code), &[callback], Reason::WrongValue);
        }
        let native = self.cell_address(native);
        let argc = self.int_constant(site.args.len() as i32);
        let state = self.current_state();
        let suits = self.emit(
            NodeOp::Call(Helper::SuitsBody),
            &[native, this, callback, argc],
        );
        self.state = Some(state);
        self.check(NodeOp::CheckIs(true), &[suits], Reason::WrongKind);
        let callee = self.constant(body.closure);
        let site = CallSite {
            callee,
            this,
            args,
            ..*site
        };
        let target = CallTarget {
            callee: Callee::Code {
                cell: body.code,
                function: body.function,
            },
            instance: None,
            body: None,
            forwards: None,
        };
        self.call_code(&site, &target).map(Some)
    }

    /// What is called if the callee is the result of a check of its code.
    pub(super) fn known_callee(&self, callee: NodeId) -> Option<CallTarget> {
        let NodeOp::CheckCode(cell) = self.graph.node(callee).op else {
            return None;
        };
        let functions = &self.snapshot.functions;
        Some(CallTarget {
            callee: Callee::Code {
                cell,
                function: functions.iter().position(|f| f.code_cell == cell),
            },
            instance: None,
            body: None,
            forwards: None,
        })
    }

    /// In: indices of dense elements are decided here.
    pub(super) fn visit_in(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let dst = o[0] as u32;
        let (key, object) = (self.read(o[1] as u32)?, self.read(o[2] as u32)?);
        if !self.is_int(key)
            || self.has_exited(Reason::WrongKind)
            || self.has_exited(Reason::NotObject)
        {
            return self.in_by_table(at);
        }
        let key = self.int(key);
        let elements = self.dense_elements(object, Reason::WrongKind);
        let n = self.capacity(elements);
        let values = self.snapshot.layout.offsets.values;
        let load = NodeOp::LoadIndexed(Mem::Value, values, Loc::Element);
        if !self.has_exited(Reason::OutOfBounds) && !self.has_exited(Reason::Hole) {
            let key = self.check(NodeOp::CheckBounds, &[key, n], Reason::OutOfBounds);
            let v = self.emit(load, &[elements, key]);
            self.check(NodeOp::CheckNotHole, &[v], Reason::Hole);
            let there = self.emit(NodeOp::Bool(true), &[]);
            self.write(dst, there);
            return Ok(());
        }
        let mut arms = Vec::new();
        let env = self.context.env.clone();
        let inside = self.emit(NodeOp::UintCmp(Cond::Lt), &[key, n]);
        let (yes, no) = self.branch(inside);
        let info = self.info.clone();
        self.open(yes);
        let v = self.emit(load, &[elements, key]);
        let hole = self.emit(NodeOp::Is(Test::Hole), &[v]);
        let (absent, there) = self.branch(hole);
        self.open(there);
        let answer = self.emit(NodeOp::Bool(true), &[]);
        self.arm(&mut arms, Some(answer));
        for block in [absent, no] {
            self.info = info.clone();
            self.context.env = env.clone();
            self.open(block);
            self.general(at)?;
            let answer = self.read(dst)?;
            self.arm(&mut arms, Some(answer));
        }
        self.context.env = env;
        let answer = self.meet(arms);
        self.state = None;
        if let Some(answer) = answer {
            self.write(dst, answer);
        }
        Ok(())
    }

    /// ArrayPush: arrays under construction have dense elements, mostly with room for one more.
    pub(super) fn visit_array_push(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (array, v) = (self.read(o[0] as u32)?, self.read(o[1] as u32)?);
        if self.constant_bits(v) == Some(value::HOLE) || self.has_exited(Reason::WrongKind) {
            return self.general(at);
        }
        let v = self.tagged(v);
        let array = self.of_kind(array, self.snapshot.layout.kinds.array);
        let elements = self.dense_elements(array, Reason::WrongKind);
        let room = self.capacity(elements);
        let offset = self.snapshot.layout.offsets.array_length;
        let n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Length), &[array]);
        let state = self.current_state();
        let mut arms = Vec::new();
        let fits = self.emit(NodeOp::UintCmp(Cond::Lt), &[n, room]);
        let (yes, no) = self.branch(fits);
        let info = self.info.clone();
        self.open(yes);
        self.store_element(elements, n, v);
        let one = self.int_constant(1);
        let next = self.emit(NodeOp::Bit(BitOp::Add), &[n, one]);
        self.emit(NodeOp::Store(Mem::I32, offset, Loc::Length), &[array, next]);
        self.arm(&mut arms, None);
        self.info = info;
        self.open(no);
        let done = self.emit(NodeOp::Call(Helper::ArrayPush), &[array, v]);
        // Nothing was done if it could not be.
        self.state = Some(state);
        self.check(NodeOp::CheckIs(true), &[done], Reason::WrongKind);
        self.arm(&mut arms, None);
        self.meet(arms);
        self.state = None;
        Ok(())
    }
}
