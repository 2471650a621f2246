//! Arguments objects, and calls whose arguments are in a list: `apply`, and spreads at the end.
//!
//! What is in a list is read right where the call is made, into the callee's window or into the values that an inlined callee
//! gets for its parameters; the list itself is an object like others, which escape analysis removes if nothing else needs it.

use super::Builder;
use super::call::CallSite;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::{frame, value};
use crate::snapshot::{CallTarget, Callee, Forwarder, Forwards, Reason};
use crate::template::Template;
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::{Constant, Op};

/// Most arguments that are loaded one by one.
const MAX_ITEMS: u32 = 8;

/// Longest list whose length is expected not to have changed.
const MAX_EXPECTED: usize = 14;

/// Arguments that stand in a list.
pub(super) struct Listed {
    /// Its elements, of which there are at least as many as arguments.
    elements: NodeId,
    /// Number of arguments: an int32.
    count: NodeId,
    /// The arguments, if it is known how many they are.
    pub values: Option<Vec<NodeId>>,
}

impl Builder<'_> {
    // ------------------------------------------------------------------ arguments objects

    /// CreateMappedArguments, CreateUnmappedArguments: where no parameter is aliased.
    pub(super) fn visit_create_arguments(&mut self, at: &Instruction) -> Result<(), Decline> {
        match self.new_arguments(at)? {
            Some(object) => {
                self.write(at.operands()[0] as u32, object);
                Ok(())
            }
            None => self.general(at),
        }
    }

    fn new_arguments(&mut self, at: &Instruction) -> Result<Option<NodeId>, Decline> {
        let o = at.operands();
        let mapped = at.op == Op::CreateMappedArguments;
        let function = self.function();
        let known = self.context.actuals.as_ref().map(Vec::len);
        if mapped {
            let constant = function.code.constants.get(o[2] as usize);
            let Some(Constant::MappedArguments(slots)) = constant else {
                return Ok(None);
            };
            let passed = known.unwrap_or(slots.len());
            if slots.iter().take(passed).any(Option::is_some) {
                return Ok(None);
            }
        }
        let Some(shape) = self.snapshot.arguments[usize::from(!mapped)] else {
            return Ok(None);
        };
        let objects = &self.snapshot.objects;
        let Some(object) = objects.iter().find(|t| t.shape == shape.shape).copied() else {
            return Ok(None);
        };
        if !function.same_realm || !self.is_only_user_of_actuals() {
            return Ok(None);
        }
        let list = self.read(o[1] as u32)?;
        let list = self.tagged(list);
        let length = match known {
            Some(n) => self.int_constant(n as i32),
            None => self.capacity(list),
        };
        let offsets = self.snapshot.layout.offsets.clone();
        let slot = |i: i32| offsets.inline_slots + 8 * i;
        let mut template = Template {
            size: object.size,
            header: object.header,
            words: vec![(offsets.elements, object.elements), (slot(1), shape.values)],
            fields: vec![offsets.elements, slot(0)],
        };
        let mut values = vec![list, length];
        self.keep(shape.values);
        if shape.callee == 0 {
            let callee = self.read(frame::CALLEE)?;
            template.fields.push(slot(2));
            values.push(callee);
        } else {
            self.keep(shape.callee);
            template.words.push((slot(2), shape.callee));
        }
        let object = self.new_cell(template, &values);
        if let Some(n) = known {
            self.lengths.insert(object, n);
        }
        Ok(Some(object))
    }

    /// Whether the current instruction is the only one that makes an object of the list of actual arguments, which then becomes
    /// part of it.
    pub(super) fn is_only_user_of_actuals(&self) -> bool {
        let uses = |op: Op| {
            matches!(
                op,
                Op::CreateMappedArguments | Op::CreateUnmappedArguments | Op::CreateRest
            )
        };
        let list = &self.context.analysis.list;
        list.iter().filter(|at| uses(at.op)).count() == 1
    }

    // ------------------------------------------------------------------ lists

    /// What a call reads of a list, an array or an arguments object that was made here; `None` where that runs code of the
    /// program or takes another way.
    pub(super) fn listed(&mut self, list: NodeId) -> Option<Listed> {
        let surprised = [
            Reason::NotObject,
            Reason::WrongKind,
            Reason::WrongShape,
            Reason::NotInt,
            Reason::Overflow,
            Reason::Hole,
            Reason::InvalidChain,
        ];
        if surprised.iter().any(|r| self.has_exited(*r)) {
            return None;
        }
        let list = self.cell(list, Reason::NotObject);
        let count = match self.arguments_shape(list) {
            Some(shape) => {
                self.check_shapes(list, &[shape]);
                let offset = self.snapshot.layout.offsets.inline_slots;
                let n = self.emit(NodeOp::Load(Mem::Value, offset, Loc::Field), &[list]);
                self.int(n)
            }
            None => {
                let array = self.of_kind(list, self.snapshot.layout.kinds.array);
                self.array_length(array)
            }
        };
        let expected = self.lengths.get(&list).copied();
        let expected =
            expected.filter(|n| *n <= MAX_EXPECTED && !self.has_exited(Reason::OutOfBounds));
        if expected.is_none() {
            self.check_no_elements()?;
        }
        let elements = self.dense_elements(list, Reason::WrongKind);
        let capacity = self.capacity(elements);
        let Some(n) = expected else {
            let inside = self.emit(NodeOp::UintCmp(Cond::Le), &[count, capacity]);
            self.check(NodeOp::CheckIs(true), &[inside], Reason::Overflow);
            return Some(Listed {
                elements,
                count,
                values: None,
            });
        };
        let wanted = self.int_constant(n as i32);
        let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[count, wanted]);
        self.check(NodeOp::CheckIs(true), &[is], Reason::OutOfBounds);
        let offset = self.snapshot.layout.offsets.values;
        let load = NodeOp::LoadIndexed(Mem::Value, offset, Loc::Element);
        let mut values = Vec::with_capacity(n);
        for i in 0..n {
            let i = self.int_constant(i as i32);
            let i = self.check(NodeOp::CheckBounds, &[i, capacity], Reason::OutOfBounds);
            let v = self.emit(load.clone(), &[elements, i]);
            values.push(self.check(NodeOp::CheckNotHole, &[v], Reason::Hole));
        }
        Some(Listed {
            elements,
            count: wanted,
            values: Some(values),
        })
    }

    /// The shape of an arguments object that was made here.
    fn arguments_shape(&self, list: NodeId) -> Option<u32> {
        let NodeOp::New { template, .. } = self.graph.node(list).op else {
            return None;
        };
        let shape = self.graph.templates.get(template as usize)?.shape();
        let mut kinds = self.snapshot.arguments.iter().flatten();
        kinds.any(|a| a.shape_id == shape).then_some(shape)
    }

    /// The argument with that number, `undefined` if there are fewer (or for a hole: prototypes have no elements).
    fn item(&mut self, list: &Listed, i: u32) -> Option<NodeId> {
        let index = self.int_constant(i as i32);
        let inside = self.emit(NodeOp::UintCmp(Cond::Lt), &[index, list.count]);
        self.element_or_undefined(list.elements, index, inside)
    }

    /// Whether so many parameters can be taken from a list behind so many other arguments.
    pub(super) fn takes_items(&self, index: usize, fixed: usize) -> bool {
        let f = &self.snapshot.functions[index];
        let items = f.code.param_count.saturating_sub(fixed as u32);
        f.same_realm && !f.code.flags.needs_actuals && items <= MAX_ITEMS
    }

    /// Adds what a function's parameters get of a list to the arguments of a call.
    pub(super) fn add_items(
        &mut self,
        site: &mut CallSite,
        list: &Listed,
        index: usize,
    ) -> Result<(), Decline> {
        let params = self.snapshot.functions[index].code.param_count;
        for i in 0..params.saturating_sub(site.args.len() as u32) {
            let v = self.item(list, i).ok_or(Decline::Instruction("list"))?;
            site.args.push(v);
        }
        Ok(())
    }

    // ------------------------------------------------------------------ calls

    /// A call with the site's arguments and then those of a list, of a callee that is the result of a check or anything.
    pub(super) fn call_listed(
        &mut self,
        mut site: CallSite,
        list: Listed,
    ) -> Result<Option<NodeId>, Decline> {
        let target = self.known_callee(site.callee);
        let index = match &target {
            Some(CallTarget {
                callee:
                    Callee::Code {
                        function: Some(index),
                        ..
                    },
                ..
            }) => Some(*index),
            _ => None,
        };
        let direct = index.filter(|index| {
            let callee = &self.snapshot.functions[*index];
            callee.same_realm && !callee.code.flags.class_constructor
        });
        if let Some(values) = &list.values {
            let fixed = site.args.len();
            site.args.extend(values);
            match target.filter(|_| direct.is_some()) {
                Some(target) => return self.call_code(&site, &target),
                None if self.fits_frame(&site) => return Ok(Some(self.call_any(&site))),
                None => site.args.truncate(fixed),
            }
        } else if let (Some(target), Some(index)) = (target, direct) {
            if self.takes_items(index, site.args.len()) {
                self.add_items(&mut site, &list, index)?;
                return self.call_code(&site, &target);
            }
            let code = &self.snapshot.functions[index].code;
            if code.flags.needs_actuals && site.args.is_empty() && code.param_count <= MAX_ITEMS {
                let start = self.int_constant(0);
                let inputs = [list.elements, start, list.count];
                let copy = self.emit(NodeOp::Call(Helper::ListElements), &inputs);
                self.add_items(&mut site, &list, index)?;
                self.actuals = Some(copy);
                return self.call_code(&site, &target);
            }
        }
        Ok(Some(self.call_by_helper(&site, &list)))
    }

    /// A call with the site's arguments and then those of a list, by a helper.
    pub(super) fn call_by_helper(&mut self, site: &CallSite, list: &Listed) -> NodeId {
        self.store_window(site, 0);
        self.enter_frames();
        let fp = self.emit(NodeOp::FramePtr(self.context.base), &[]);
        let window = self.emit(NodeOp::FramePtr(self.context.base + site.window), &[]);
        let fixed = self.int_constant(site.args.len() as i32);
        let inputs = [fp, window, fixed, list.elements, list.count];
        let v = self.emit(NodeOp::Call(Helper::CallListed), &inputs);
        self.leave_frames();
        v
    }

    /// A call by way of a builtin that calls what it is given. `None` to call that builtin itself.
    pub(super) fn call_forwarded(
        &mut self,
        site: &CallSite,
        forwards: Forwards,
    ) -> Result<Option<Option<NodeId>>, Decline> {
        if self.has_exited(Reason::WrongKind) {
            return Ok(None);
        }
        let (callee, args) = match forwards.kind {
            Forwarder::ReflectApply => match site.args.split_first() {
                Some((callee, rest)) if rest.len() >= 2 => (*callee, rest),
                _ => return Ok(None),
            },
            _ => (site.this, &site.args[..]),
        };
        let (this, args) = match args.split_first() {
            Some((this, rest)) => (*this, rest.to_vec()),
            None => (self.undefined(), Vec::new()),
        };
        let list = match (forwards.kind, args.first()) {
            (Forwarder::Call, _) | (_, None) => None,
            (Forwarder::Apply, Some(list))
                if matches!(
                    self.constant_bits(*list),
                    Some(value::UNDEFINED | value::NULL)
                ) =>
            {
                None
            }
            (_, Some(list)) => match self.listed(*list) {
                Some(list) => Some(list),
                None => return Ok(None),
            },
        };
        let callee = self.forwarded_callee(callee, forwards.code);
        let args = match forwards.kind {
            Forwarder::Call => args,
            _ => Vec::new(),
        };
        let site = CallSite {
            callee,
            this,
            args,
            ..*site
        };
        if let Some(list) = list {
            return self.call_listed(site, list).map(Some);
        }
        match self.known_callee(callee) {
            Some(target) => self.call_code(&site, &target).map(Some),
            None => Ok(Some(Some(self.call_any(&site)))),
        }
    }

    /// What a builtin is to call, checked to be a closure of `code` (if that is not 0) or at least callable.
    fn forwarded_callee(&mut self, callee: NodeId, code: u64) -> NodeId {
        let callee = self.tagged(callee);
        if self.known_callee(callee).is_some() {
            return callee;
        }
        if code != 0 && !self.has_exited(Reason::WrongValue) {
            self.graph.cells.push(code);
            return self.check(NodeOp::CheckCode(code), &[callee], Reason::WrongValue);
        }
        // Errors are those of the function that forwards.
        let is = self.emit(NodeOp::Is(Test::Callable), &[callee]);
        self.check(NodeOp::CheckIs(true), &[is], Reason::WrongKind);
        callee
    }
}
