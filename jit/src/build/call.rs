//! Calls: what call sites have seen becomes checks of the callee and direct calls, inlined bodies, or builtins' nodes.

use super::Builder;
use crate::Decline;
use crate::graph::*;
use crate::helpers::{Builtin, Helper};
use crate::layout::{frame, value};
use crate::snapshot::{CallTarget, Callee, InstanceShape, Reason, Site};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;

/// A call as the instruction has it.
pub struct CallSite {
    /// Register of the result.
    pub dst: u32,
    /// First register of the window.
    pub window: u32,
    /// The callee.
    pub callee: NodeId,
    /// `this`.
    pub this: NodeId,
    /// Arguments.
    pub args: Vec<NodeId>,
}

impl Builder<'_> {
    pub(super) fn call_site(&mut self, at: &Instruction) -> Result<CallSite, Decline> {
        let o = at.operands();
        let (dst, window, argc) = (o[0] as u32, o[1] as u32, o[3] as u32);
        let callee = self.read(window)?;
        let this = if matches!(at.op, Op::CallMethod) {
            self.read(window + frame::THIS)?
        } else {
            self.undefined()
        };
        let args = (0..argc)
            .map(|i| self.read(window + frame::ARGS + i))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(CallSite {
            dst,
            window,
            callee,
            this,
            args,
        })
    }

    /// Call, CallMethod.
    pub(super) fn visit_call(&mut self, at: &Instruction) -> Result<(), Decline> {
        let site = self.call_site(at)?;
        self.visit_call_site(at, site)
    }

    /// CallSpread, where it is known what is in the list.
    pub(super) fn visit_call_spread(&mut self, at: &Instruction) -> Result<(), Decline> {
        match self.spread_site(at)? {
            Some(site) if self.fits_frame(&site) || self.is_direct(at, &site) => {
                self.visit_call_site(at, site)
            }
            _ => self.general(at),
        }
    }

    /// Whether the arguments of a window lie in the frame, where the collector finds them whoever is called.
    pub(super) fn fits_frame(&self, site: &CallSite) -> bool {
        let end = site.window + frame::ARGS + site.args.len() as u32;
        end <= self.function().code.register_count
    }

    /// Whether a call can only become one of compiled or inlined code, whose frame takes the arguments.
    fn is_direct(&self, at: &Instruction, site: &CallSite) -> bool {
        let surprised = self.has_exited(Reason::WrongCallee) || self.has_exited(Reason::NotObject);
        let target = match (self.known_callee(site.callee), self.site(at.operands()[2])) {
            (Some(target), _) => target.callee,
            (None, Site::Call(targets)) if !surprised && targets.len() == 1 => targets[0].callee,
            _ => return false,
        };
        match target {
            Callee::Code {
                function: Some(index),
                ..
            } => {
                let callee = &self.snapshot.functions[index];
                callee.same_realm && !callee.code.flags.class_constructor
            }
            _ => false,
        }
    }

    fn visit_call_site(&mut self, at: &Instruction, site: CallSite) -> Result<(), Decline> {
        if let Some(target) = self.known_callee(site.callee) {
            let result = self.call_code(&site, &target)?;
            self.finish_call(&site, result);
            return Ok(());
        }
        let targets = match self.site(at.operands()[2]) {
            Site::Call(targets) => targets.clone(),
            Site::Empty => return self.not_seen(at),
            _ => Vec::new(),
        };
        self.note_met(Reason::WrongCallee, targets.len());
        let surprised = self.has_exited(Reason::WrongCallee) || self.has_exited(Reason::NotObject);
        let constant = self.constant_bits(site.callee).is_some();
        if (surprised || constant || targets.len() != 1)
            && let Some(methods) = self.methods.get(&site.callee).cloned()
        {
            let result = self.call_methods(&site, &methods)?;
            self.finish_call(&site, result);
            return Ok(());
        }
        let is_callback = self.is_callback(&targets);
        let result = match &targets[..] {
            [] => Some(self.call_any(&site)),
            targets if is_callback => self.call_several(&site, targets, true)?,
            [target] if !surprised => self.call_checked(&site, target)?,
            targets => self.call_several(&site, targets, surprised)?,
        };
        self.finish_call(&site, result);
        Ok(())
    }

    /// Whether what a site calls is the callback of a builtin whose body calls it. Every call of the builtin brings another, so what
    /// the site has met may be called faster, but is not expected.
    fn is_callback(&self, targets: &[CallTarget]) -> bool {
        let is_part = |target: &CallTarget| match target.callee {
            Callee::Code {
                function: Some(index),
                ..
            } => self.snapshot.functions[index].code.source.builtin,
            _ => false,
        };
        self.function().code.source.builtin && !targets.iter().any(is_part)
    }

    fn finish_call(&mut self, site: &CallSite, result: Option<NodeId>) {
        if let Some(v) = result {
            self.write(site.dst, v);
        }
    }

    /// A call of the only callee seen: the check, then the call.
    pub(super) fn call_checked(
        &mut self,
        site: &CallSite,
        target: &CallTarget,
    ) -> Result<Option<NodeId>, Decline> {
        match target.callee {
            Callee::Code { cell, .. } => {
                let callee = self.tagged(site.callee);
                self.graph.cells.push(cell);
                self.check(NodeOp::CheckCode(cell), &[callee], Reason::WrongCallee);
                self.call_code(site, target)
            }
            Callee::Native { value, builtin } => {
                let callee = self.tagged(site.callee);
                if self.constant_bits(callee) != Some(value) {
                    self.graph.cells.push(value);
                    self.check(NodeOp::CheckValue(value), &[callee], Reason::WrongCallee);
                }
                if let Some(forwards) = target.forwards
                    && let Some(result) = self.call_forwarded(site, forwards)?
                {
                    return Ok(result);
                }
                if let Some(body) = &target.body
                    && let Some(result) = self.call_body(site, value, body)?
                {
                    return Ok(result);
                }
                if let Some(builtin) = builtin
                    && let Some(v) = self.builtin(builtin, site)
                {
                    return Ok(Some(v));
                }
                Ok(Some(self.call_window(site, Helper::CallNative)))
            }
        }
    }

    /// A call of a closure whose code was checked.
    pub(super) fn call_code(
        &mut self,
        site: &CallSite,
        target: &CallTarget,
    ) -> Result<Option<NodeId>, Decline> {
        let Callee::Code { cell, function } = target.callee else {
            return Ok(Some(self.call_any(site)));
        };
        let Some(index) = function else {
            return Ok(Some(self.call_any(site)));
        };
        let callee = &self.snapshot.functions[index];
        if self.may_inline(index, site.args.len()) {
            return self.inline_call(site, index, None);
        }
        let flags = &callee.code.flags;
        if !callee.same_realm || flags.class_constructor {
            return Ok(Some(self.call_any(site)));
        }
        let closure = self.tagged(site.callee);
        let actuals = self.list_actuals(site, index);
        self.store_window(site, callee.code.param_count);
        self.enter_frames();
        self.store_actuals(site, index, actuals);
        let v = self.emit(
            NodeOp::CallCode {
                code: cell,
                base: self.context.base + site.window,
                argc: site.args.len() as u32,
                arrow: flags.arrow,
                construct: false,
            },
            &[closure],
        );
        self.leave_frames();
        Ok(Some(v))
    }

    /// Stores callee, `this` and arguments, and `undefined` for parameters without argument.
    pub(super) fn store_window(&mut self, site: &CallSite, params: u32) {
        self.store_register(site.window, site.callee);
        self.store_register(site.window + frame::THIS, site.this);
        for (i, v) in site.args.iter().enumerate() {
            self.store_register(site.window + frame::ARGS + i as u32, *v);
        }
        let argc = site.args.len() as u32;
        if argc < params {
            let undefined = self.undefined();
            for i in argc..params {
                self.store_register(site.window + frame::ARGS + i, undefined);
            }
        }
        let end = self.context.base + site.window + frame::ARGS + argc.max(params);
        self.graph.stack_words = self.graph.stack_words.max(end);
    }

    /// The list of actual arguments for a callee that wants them, where it is made here.
    fn list_actuals(&mut self, site: &CallSite, index: usize) -> Option<NodeId> {
        if let Some(list) = self.actuals.take() {
            return Some(list);
        }
        let wanted = self.snapshot.functions[index].code.flags.needs_actuals;
        match wanted && self.can_list(site.args.len()) {
            true => self.new_actuals(&site.args),
            false => None,
        }
    }

    /// Stores the list of actual arguments of a window for a callee that wants them.
    fn store_actuals(&mut self, site: &CallSite, index: usize, list: Option<NodeId>) {
        let code = &self.snapshot.functions[index].code;
        if !code.flags.needs_actuals {
            return;
        }
        let (register, argc) = (code.actuals_reg, site.args.len() as u32);
        let window = self.context.base + site.window;
        let list = list.unwrap_or_else(|| {
            let first = self.emit(NodeOp::FramePtr(window + frame::ARGS), &[]);
            let count = self.int_constant(argc as i32);
            self.emit(NodeOp::Call(Helper::NewActuals), &[first, count])
        });
        self.emit(NodeOp::StoreReg(window + register), &[list]);
        let end = window + register + 1;
        self.graph.stack_words = self.graph.stack_words.max(end);
    }

    /// A call of whatever the callee is.
    pub(super) fn call_any(&mut self, site: &CallSite) -> NodeId {
        let argc = site.args.len() as u32;
        self.store_window(site, argc + SPARE_ARGUMENTS);
        let callee = self.tagged(site.callee);
        self.enter_frames();
        let base = self.context.base + site.window;
        let v = self.emit(NodeOp::CallAny { base, argc }, &[callee]);
        self.leave_frames();
        v
    }

    /// A call by a helper.
    fn call_window(&mut self, site: &CallSite, helper: Helper) -> NodeId {
        self.store_window(site, 0);
        self.enter_frames();
        let fp = self.emit(NodeOp::FramePtr(self.context.base), &[]);
        let window = self.emit(NodeOp::FramePtr(self.context.base + site.window), &[]);
        let argc = self.int_constant(site.args.len() as i32);
        let v = self.emit(NodeOp::Call(helper), &[fp, window, argc]);
        self.leave_frames();
        v
    }

    /// TailCall: while there is much stack, the call that follows is an ordinary one; after that the interpreter replaces frames.
    pub(super) fn visit_tail_call(&mut self) {
        let fp = self.emit(NodeOp::FramePtr(0), &[]);
        let much = self.emit(NodeOp::Call(Helper::HasMuchStack), &[fp]);
        self.check(NodeOp::CheckIs(true), &[much], Reason::StackLow);
    }

    /// Construct.
    pub(super) fn visit_construct(&mut self, at: &Instruction) -> Result<(), Decline> {
        let targets = match self.site(at.operands()[2]) {
            Site::Call(targets) => targets.clone(),
            Site::Empty => return self.not_seen(at),
            _ => Vec::new(),
        };
        self.note_met(Reason::WrongCallee, targets.len());
        let site = self.call_site(at)?;
        let result = match &targets[..] {
            [
                CallTarget {
                    callee: Callee::Code { cell, function },
                    instance: Some(instance),
                    ..
                },
            ] if !self.has_exited(Reason::WrongCallee) => {
                self.construct_checked(&site, *cell, *function, instance, None)?
            }
            [
                CallTarget {
                    callee:
                        Callee::Code {
                            cell,
                            function: Some(index),
                        },
                    ..
                },
            ] if !self.has_exited(Reason::WrongCallee) && self.is_derived(*index) => {
                self.construct_derived(&site, *cell, *index, site.callee)?
            }
            [
                CallTarget {
                    callee:
                        Callee::Native {
                            value,
                            builtin: Some(Builtin::Array),
                        },
                    ..
                },
            ] if !self.has_exited(Reason::WrongCallee) => match self.construct_array(&site, *value)
            {
                Some(array) => Some(array),
                None => Some(self.construct_window(&site)),
            },
            [] => Some(self.construct_window(&site)),
            targets => {
                let surprised = self.has_exited(Reason::WrongCallee);
                self.construct_several(&site, targets, surprised)?
            }
        };
        self.finish_call(&site, result);
        Ok(())
    }

    /// `new Array(…)`.
    fn construct_array(&mut self, site: &CallSite, constructor: u64) -> Option<NodeId> {
        let by_length = match site.args[..] {
            [n] if !self.has_exited(Reason::NotInt) => Some(n),
            [_] => return None,
            _ => None,
        };
        if site.args.len() > 1 && !self.can_list(site.args.len()) {
            return None;
        }
        let callee = self.tagged(site.callee);
        self.graph.cells.push(constructor);
        self.check(
            NodeOp::CheckValue(constructor),
            &[callee],
            Reason::WrongCallee,
        );
        if let Some(n) = by_length {
            let n = self.int(n);
            let n = self.check(NodeOp::CheckUint, &[n], Reason::NotInt);
            return Some(self.emit(NodeOp::Call(Helper::NewArrayOfLength), &[n]));
        }
        let length = site.args.len() as u32;
        let values: Vec<NodeId> = site.args.iter().map(|v| self.tagged(*v)).collect();
        let array = self.new_array(length, length, &values);
        if let Some(array) = array {
            self.note_list(array, values);
        }
        array
    }

    pub(super) fn construct_window(&mut self, site: &CallSite) -> NodeId {
        self.store_window(site, 0);
        self.enter_frames();
        let fp = self.emit(NodeOp::FramePtr(self.context.base), &[]);
        let window = self.emit(NodeOp::FramePtr(self.context.base + site.window), &[]);
        let argc = self.int_constant(site.args.len() as i32);
        let target = self.tagged(site.callee);
        let v = self.emit(
            NodeOp::Call(Helper::ConstructWindow),
            &[fp, window, argc, target],
        );
        self.leave_frames();
        v
    }

    pub(super) fn construct_checked(
        &mut self,
        site: &CallSite,
        cell: u64,
        function: Option<usize>,
        instance: &InstanceShape,
        target: Option<NodeId>,
    ) -> Result<Option<NodeId>, Decline> {
        let plain = function
            .map(|f| &self.snapshot.functions[f])
            .filter(|f| f.same_realm && !f.code.flags.derived);
        let (Some(index), Some(_)) = (function, plain) else {
            return Ok(Some(self.construct_window(site)));
        };
        let closure = self.tagged(site.callee);
        self.graph.cells.push(cell);
        self.check(NodeOp::CheckCode(cell), &[closure], Reason::WrongCallee);
        let target = match target {
            Some(target) => self.cell(target, Reason::NotObject),
            None => closure,
        };
        self.construct_known(site, index, instance, target)
    }

    /// [`Builder::construct_checked`] of a base class or function whose code is known to be called.
    pub(super) fn construct_known(
        &mut self,
        site: &CallSite,
        index: usize,
        instance: &InstanceShape,
        target: NodeId,
    ) -> Result<Option<NodeId>, Decline> {
        let cell = self.snapshot.functions[index].code_cell;
        self.check_shapes(target, &[instance.constructor_shape]);
        let (base, loc) = if instance.inline {
            (target, Loc::Field)
        } else {
            let slots = self.snapshot.layout.offsets.slots;
            let slots = self.emit(NodeOp::Load(Mem::Ptr, slots, Loc::SlotsPtr), &[target]);
            (slots, Loc::Slot)
        };
        let prototype = self.emit(NodeOp::Load(Mem::Value, instance.offset, loc), &[base]);
        self.graph.cells.push(instance.prototype);
        self.check(
            NodeOp::CheckValue(instance.prototype),
            &[prototype],
            Reason::WrongValue,
        );
        let this = match self.new_object(instance.shape, &[]) {
            Some(this) => this,
            None => {
                let shape = self.cell_address(instance.shape);
                let this = self.emit(NodeOp::Call(Helper::NewObject), &[shape]);
                self.info
                    .shapes
                    .insert(this, smallvec::smallvec![instance.shape_id]);
                this
            }
        };
        self.enter_constructor(site, this, Some(this), (cell, index), target)
    }

    /// Inlines or calls a constructor, whose code cell and function number are known, with that `this`; `constructed` is the
    /// result if it returns no object.
    pub(super) fn enter_constructor(
        &mut self,
        site: &CallSite,
        this: NodeId,
        constructed: Option<NodeId>,
        (cell, index): (u64, usize),
        target: NodeId,
    ) -> Result<Option<NodeId>, Decline> {
        let site = CallSite {
            this,
            args: site.args.clone(),
            ..*site
        };
        if self.may_inline(index, site.args.len()) {
            self.new_target = Some(target);
            return self.inline_call(&site, index, constructed);
        }
        Ok(Some(self.construct_code(&site, cell, index, target)))
    }

    /// A construct call of a closure whose code was checked, through its entry.
    pub(super) fn construct_code(
        &mut self,
        site: &CallSite,
        cell: u64,
        index: usize,
        target: NodeId,
    ) -> NodeId {
        let closure = self.tagged(site.callee);
        let params = self.snapshot.functions[index].code.param_count;
        let actuals = self.list_actuals(site, index);
        self.store_window(site, params);
        self.enter_frames();
        self.store_actuals(site, index, actuals);
        let v = self.emit(
            NodeOp::CallCode {
                code: cell,
                base: self.context.base + site.window,
                argc: site.args.len() as u32,
                arrow: false,
                construct: true,
            },
            &[closure, target],
        );
        self.leave_frames();
        v
    }

    /// An argument, or `undefined`.
    pub(super) fn argument(&mut self, site: &CallSite, i: usize) -> NodeId {
        match site.args.get(i) {
            Some(v) => *v,
            None => self.emit(NodeOp::Const(value::UNDEFINED), &[]),
        }
    }
}
