//! Named properties: shape checks and the accesses behind them.

use super::Builder;
use super::merge::Edge;
use super::types::Types;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::{header, value};
use crate::snapshot::{PropertyCase, PropertyKind, Reason, Site, element};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;
use smallvec::SmallVec;

impl<'s> Builder<'s> {
    /// Makes sure that a cell has one of these shapes.
    pub(super) fn check_shapes(&mut self, v: NodeId, shapes: &[u32]) {
        if let Some(known) = self.info.shapes.get(&v)
            && known.iter().all(|s| shapes.contains(s))
        {
            return;
        }
        let shapes: SmallVec<[u32; 4]> = shapes.into();
        self.check(NodeOp::CheckShape(shapes.clone()), &[v], Reason::WrongShape);
        self.info.shapes.insert(v, shapes);
        self.refine(v, Types::OBJECT);
    }

    fn shape_is(&mut self, v: NodeId, shape: u32) -> NodeId {
        let id = self.emit(NodeOp::Load(Mem::I32, header::SHAPE, Loc::Header), &[v]);
        let wanted = self.int_constant(shape as i32);
        self.emit(NodeOp::IntCmp(Cond::Eq), &[id, wanted])
    }

    /// The value a case finds in `v`, whose shape was checked; accessors are not for this.
    fn load_case(&mut self, v: NodeId, case: &PropertyCase) -> NodeId {
        match case.kind {
            PropertyKind::Own => {
                let load = self.emit(NodeOp::Load(Mem::Value, case.offset, Loc::Field), &[v]);
                self.note_owner(load, v, case);
                load
            }
            PropertyKind::OwnSlots => {
                let slots = self.slots_of(v);
                let load = self.emit(NodeOp::Load(Mem::Value, case.offset, Loc::Slot), &[slots]);
                self.note_owner(load, v, case);
                load
            }
            PropertyKind::Proto if case.constant => {
                self.check_chain(case);
                self.graph.cells.push(case.value);
                self.emit(NodeOp::Const(case.value), &[])
            }
            PropertyKind::Proto | PropertyKind::StringProto => {
                self.check_chain(case);
                let cell = self.cell_address(case.cell);
                self.emit(NodeOp::Load(Mem::Value, case.offset, Loc::Proto), &[cell])
            }
            PropertyKind::ArrayLength => self.array_length(v),
            _ => {
                self.check_chain(case);
                self.undefined()
            }
        }
    }

    /// Notes whose property an access is to, if it is known that the object has the case's shape.
    fn note_owner(&mut self, access: NodeId, object: NodeId, case: &PropertyCase) {
        let known = self.info.shapes.get(&object).map(SmallVec::as_slice);
        if known == Some(&[case.shape]) {
            let shape = match case.kind {
                PropertyKind::Add | PropertyKind::AddSlots => case.new_shape,
                _ => case.shape,
            };
            self.graph.owners.insert(access, shape);
        }
    }

    pub(super) fn check_chain(&mut self, case: &PropertyCase) {
        if case.validity != 0 {
            self.graph.cells.push(case.validity);
            self.check(NodeOp::CheckValid(case.validity), &[], Reason::InvalidChain);
        }
    }

    fn slots_of(&mut self, v: NodeId) -> NodeId {
        let offset = self.snapshot.layout.offsets.slots;
        self.emit(NodeOp::Load(Mem::Ptr, offset, Loc::SlotsPtr), &[v])
    }

    /// The length of an array, as an int32; exits if it is larger.
    pub(super) fn array_length(&mut self, v: NodeId) -> NodeId {
        let offset = self.snapshot.layout.offsets.array_length;
        let n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Length), &[v]);
        self.check(NodeOp::CheckUint, &[n], Reason::Overflow)
    }

    /// The cases that apply to what is known of an object's shapes, if nothing else does.
    fn possible_cases(&self, v: NodeId, cases: &[PropertyCase]) -> Option<Vec<PropertyCase>> {
        let known = self.info.shapes.get(&v)?;
        let find = |shape: &u32| cases.iter().find(|c| c.shape == *shape).cloned();
        known.iter().map(find).collect()
    }

    fn is_plain_load(kind: PropertyKind) -> bool {
        matches!(
            kind,
            PropertyKind::Own
                | PropertyKind::OwnSlots
                | PropertyKind::Proto
                | PropertyKind::Absent
                | PropertyKind::ArrayLength
        )
    }

    /// `object.name` by what the cache has seen; `None` if it takes the general way. Where other shapes than those of the
    /// cache came by before, the general way is one of the arms.
    pub(super) fn load_property(
        &mut self,
        at: &Instruction,
        object: NodeId,
        dst: u32,
        cases: &[PropertyCase],
    ) -> Result<Option<NodeId>, Decline> {
        if let [case] = cases
            && case.kind == PropertyKind::StringProto
        {
            if self.has_exited(Reason::NotString) {
                return Ok(None);
            }
            let v = self.string(object);
            return Ok(Some(self.load_case(v, case)));
        }

        if cases.is_empty()
            || !cases.iter().all(|c| Self::is_plain_load(c.kind))
            || self.has_exited(Reason::NotObject)
            || self.has_exited(Reason::InvalidChain)
        {
            return Ok(None);
        }
        let v = self.cell(object, Reason::NotObject);
        let possible = self.possible_cases(v, cases);
        if let Some([case]) = possible.as_deref() {
            return Ok(Some(self.load_case(v, case)));
        }
        let open_ended = possible.is_none() && self.has_exited(Reason::WrongShape);
        let cases = possible.as_deref().unwrap_or(cases);
        let same_place = cases.iter().all(|c| {
            c.kind == cases[0].kind
                && c.offset == cases[0].offset
                && c.cell == cases[0].cell
                && matches!(c.kind, PropertyKind::Own | PropertyKind::OwnSlots)
        });
        if !open_ended && (same_place || cases.len() == 1) {
            let shapes: Vec<u32> = cases.iter().map(|c| c.shape).collect();
            self.check_shapes(v, &shapes);
            return Ok(Some(self.load_case(v, &cases[0])));
        }
        let mut arms = Vec::new();
        let state = self.current_state();
        for (i, case) in cases.iter().enumerate() {
            if i + 1 == cases.len() && !open_ended {
                self.check_shapes(v, &[case.shape]);
                let value = self.load_case(v, case);
                self.arm(&mut arms, Some(value));
                break;
            }
            self.shape_arm(v, case.shape, state);
            let value = self.load_case(v, case);
            self.arm_and_else(&mut arms, Some(value), state);
        }
        if open_ended {
            let value = match self.load_name_by_table(at, v, dst, false)? {
                Some(value) => value,
                None => self.general_value(at, dst)?,
            };
            self.arm(&mut arms, Some(value));
        }
        let value = self.meet(arms);
        self.state = (!open_ended).then_some(state);
        Ok(value)
    }

    /// Whether some of the cases are accessors that are no builtins.
    fn call_getters(cases: &[PropertyCase]) -> bool {
        cases.iter().any(|c| {
            let accessor = matches!(c.kind, PropertyKind::Accessor | PropertyKind::AccessorProto);
            accessor && c.getter.is_none()
        })
    }

    /// Runs an instruction the general way for the value of one register.
    pub(super) fn general_value(&mut self, at: &Instruction, dst: u32) -> Result<NodeId, Decline> {
        let env = self.context.env.clone();
        self.general(at)?;
        let value = self.read(dst)?;
        self.context.env = env;
        Ok(value)
    }

    /// Branches on the shape of `v` and opens the block where it is that one; the other waits for
    /// [`Builder::arm_and_else`].
    fn shape_arm(&mut self, v: NodeId, shape: u32, state: StateId) {
        let is = self.shape_is(v, shape);
        let (yes, no) = self.branch(is);
        let mut rest = self.info.clone();
        if let Some(known) = rest.shapes.get_mut(&v) {
            known.retain(|s| *s != shape);
            if known.is_empty() {
                rest.shapes.remove(&v);
            }
        }
        self.waiting.push((no, rest));
        self.open(yes);
        self.state = Some(state);
        self.info.shapes.insert(v, smallvec::smallvec![shape]);
        self.refine(v, Types::OBJECT);
    }

    /// Ends an arm and opens the block that waits.
    pub(super) fn arm_and_else(
        &mut self,
        arms: &mut Vec<Edge>,
        value: Option<NodeId>,
        state: StateId,
    ) {
        self.arm(arms, value);
        if let Some((no, info)) = self.waiting.pop() {
            self.info = info;
            self.open(no);
            self.state = Some(state);
        }
    }

    /// GetProp, GetLength, GetMethod (whose operands are in another order).
    pub(super) fn visit_get(
        &mut self,
        at: &Instruction,
        object: u32,
        dst: u32,
        slot: i64,
    ) -> Result<(), Decline> {
        let o = self.read(object)?;
        if at.op == Op::GetMethod {
            self.write(dst + crate::layout::frame::THIS, o);
        }
        if let Some(v) = self.known_property(at, o, slot) {
            self.write(dst, v);
            return Ok(());
        }
        if let Site::Property(cases) = self.site(slot) {
            self.note_met(Reason::WrongShape, cases.len());
        }
        let v = match self.site(slot) {
            Site::Property(cases) => match self.load_property(at, o, dst, cases)? {
                Some(v) => Some(v),
                None if self.block.is_none() => return Ok(()),
                None if !cases.is_empty() && cases.iter().all(|c| Self::is_plain_load(c.kind)) => {
                    self.load_name_by_table(at, o, dst, false)?
                }
                None => match self.builtin_getter(o, cases) {
                    Some(v) => Some(v),
                    None => match self.inline_getter(o, o, cases, dst)? {
                        None if self.block.is_some() && Self::call_getters(cases) => {
                            self.load_name_by_table(at, o, dst, true)?
                        }
                        v => v,
                    },
                },
            },
            Site::Proxy => self.load_name_by_trap(at, o, dst)?,
            Site::Accessors => self.load_name_by_table(at, o, dst, true)?,
            Site::Megamorphic => self.load_name_by_table(at, o, dst, false)?,
            Site::Empty if at.op == Op::GetLength => self.length(o),
            // Numbers and booleans have no caches.
            Site::Empty if self.is_number(o) || self.has_exited(Reason::NotSeen) => {
                self.load_name_by_table(at, o, dst, false)?
            }
            Site::Empty => return self.not_seen(at),
            _ => None,
        };
        match v {
            Some(v) => {
                if let (Op::GetMethod, Site::Property(cases)) = (at.op, self.site(slot)) {
                    self.note_methods(v, Some(o), cases);
                }
                self.write(dst, v);
                Ok(())
            }
            None if self.block.is_none() => Ok(()),
            None => self.general(at),
        }
    }

    /// A property of an object of a known shape, where the cache has seen too much to say how it is found.
    fn known_property(&mut self, at: &Instruction, o: NodeId, slot: i64) -> Option<NodeId> {
        let &[shape] = self.info.shapes.get(&o)?.as_slice() else {
            return None;
        };
        let seen = match self.site(slot) {
            Site::Property(cases) => cases.iter().any(|c| c.shape == shape),
            Site::Megamorphic => false,
            _ => true,
        };
        if seen || self.has_exited(Reason::InvalidChain) {
            return None;
        }
        let name = *at.operands().get(3)?;
        let key = *self.function().constants.get(name as usize)?;
        let mut known = self.snapshot.known.iter();
        let known = known.find(|k| k.case.shape == shape && k.key == key)?;
        if !Self::is_plain_load(known.case.kind) {
            return None;
        }
        let v = self.load_case(o, &known.case);
        if known.code == 0 || self.has_exited(Reason::WrongCallee) {
            return Some(v);
        }
        // Says what is called to the call that follows.
        self.graph.cells.push(known.code);
        Some(self.check(NodeOp::CheckCode(known.code), &[v], Reason::WrongCallee))
    }

    /// `.length` where only arrays and strings were seen, which have no cache.
    fn length(&mut self, o: NodeId) -> Option<NodeId> {
        let kinds = self.snapshot.layout.kinds.clone();
        if self.types(o).within(Types::STRING) {
            return Some(self.string_length(o));
        }
        let seen = self.feedback();
        let string = seen & element::STRING != 0;
        if seen & element::OTHER != 0 || self.has_exited(Reason::NotObject) {
            return None;
        }
        match (
            string,
            self.has_exited(Reason::NotString),
            self.has_exited(Reason::WrongKind),
        ) {
            (false, _, false) => {
                let a = self.of_kind(o, kinds.array);
                Some(self.array_length(a))
            }
            (true, false, false) => {
                let s = self.string(o);
                Some(self.string_length(s))
            }
            (true, true, false) | (true, false, true) => self.length_of_either(o),
            _ => None,
        }
    }

    /// `.length` where both arrays and strings were seen.
    fn length_of_either(&mut self, o: NodeId) -> Option<NodeId> {
        let kinds = self.snapshot.layout.kinds.clone();
        let o = self.cell(o, Reason::NotObject);
        let is = self.emit(NodeOp::Is(Test::Kind(kinds.array)), &[o]);
        self.either_pure(
            is,
            |b| Some(b.array_length(o)),
            |b| {
                b.check(NodeOp::CheckKind(kinds.string), &[o], Reason::NotObject);
                Some(b.string_length(o))
            },
        )
    }

    /// SetProp, SetPropSloppy, DefineOwn.
    pub(super) fn visit_set(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (object, v) = (self.read(o[0] as u32)?, self.read(o[1] as u32)?);
        let cases = match self.site(o[2]) {
            Site::Property(cases) => cases,
            Site::Empty => return self.not_seen(at),
            Site::Megamorphic if at.op != Op::DefineOwn => {
                return match self.store_name_by_table(at, object, v)? {
                    true => Ok(()),
                    false => self.general(at),
                };
            }
            Site::Proxy if at.op != Op::DefineOwn => {
                return match self.store_name_by_trap(at, object, v)? {
                    true => Ok(()),
                    false => self.general(at),
                };
            }
            _ => return self.general(at),
        };
        self.note_met(Reason::WrongShape, cases.len());
        self.store_property(at, object, v, cases)
    }

    /// A store by what the cache has seen.
    pub(super) fn store_property(
        &mut self,
        at: &Instruction,
        object: NodeId,
        v: NodeId,
        cases: &[PropertyCase],
    ) -> Result<(), Decline> {
        let storable = |c: &PropertyCase| {
            matches!(
                c.kind,
                PropertyKind::Own
                    | PropertyKind::OwnSlots
                    | PropertyKind::Add
                    | PropertyKind::AddSlots
            )
        };
        if cases.is_empty()
            || !cases.iter().all(storable)
            || self.has_exited(Reason::NotObject)
            || self.has_exited(Reason::InvalidChain)
        {
            let sets =
                !matches!(at.op, Op::DefineOwn | Op::DefinePrivateField) && !cases.is_empty();
            if sets && cases.iter().all(storable) {
                if self.is_set(at) && self.store_name_by_table(at, object, v)? {
                    return Ok(());
                }
            } else if sets && self.inline_setter(object, v, cases)? {
                return Ok(());
            }
            return self.general(at);
        }
        let object = self.cell(object, Reason::NotObject);
        let v = self.tagged(v);
        let possible = self.possible_cases(object, cases);
        if let Some([case]) = possible.as_deref() {
            self.store_case(object, v, case);
            return Ok(());
        }
        let open_ended = possible.is_none() && self.has_exited(Reason::WrongShape);
        let cases = possible.as_deref().unwrap_or(cases);
        let same_place = cases.iter().all(|c| {
            let own = matches!(c.kind, PropertyKind::Own | PropertyKind::OwnSlots);
            own && c.kind == cases[0].kind && c.offset == cases[0].offset
        });
        if !open_ended && (same_place || cases.len() == 1) {
            let shapes: Vec<u32> = cases.iter().map(|c| c.shape).collect();
            self.check_shapes(object, &shapes);
            self.store_case(object, v, &cases[0]);
            return Ok(());
        }
        let state = self.current_state();
        let mut arms = Vec::new();
        for (i, case) in cases.iter().enumerate() {
            if i + 1 == cases.len() && !open_ended {
                self.check_shapes(object, &[case.shape]);
                self.store_case(object, v, case);
                self.arm(&mut arms, None);
                break;
            }
            self.shape_arm(object, case.shape, state);
            self.store_case(object, v, case);
            self.arm_and_else(&mut arms, None, state);
        }
        if open_ended {
            if !(self.is_set(at) && self.store_name_by_table(at, object, v)?) {
                self.general(at)?;
            }
            self.arm(&mut arms, None);
        }
        self.meet(arms);
        self.state = None;
        Ok(())
    }

    /// Whether it is an assignment to a named property.
    fn is_set(&self, at: &Instruction) -> bool {
        matches!(at.op, Op::SetProp | Op::SetPropSloppy)
    }

    fn store_case(&mut self, object: NodeId, v: NodeId, case: &PropertyCase) {
        match case.kind {
            PropertyKind::Own => {
                let store = NodeOp::Store(Mem::Value, case.offset, Loc::Field);
                let store = self.emit(store, &[object, v]);
                self.note_owner(store, object, case);
                self.small_barrier(object, v);
            }
            PropertyKind::AddSlots => {
                self.check_chain(case);
                let first = self.snapshot.layout.offsets.slot_values;
                let needed = self.int_constant((case.offset - first) / 8 + 1);
                let slots = self.emit(NodeOp::Call(Helper::RoomForSlots), &[object, needed]);
                let store = NodeOp::Store(Mem::Value, case.offset, Loc::Slot);
                let store = self.emit(store, &[slots, v]);
                self.note_owner(store, object, case);
                self.small_barrier(slots, v);
                self.change_shape(object, case.shape, case.new_shape);
            }
            PropertyKind::OwnSlots => {
                let slots = self.slots_of(object);
                let store = NodeOp::Store(Mem::Value, case.offset, Loc::Slot);
                let store = self.emit(store, &[slots, v]);
                self.note_owner(store, object, case);
                self.small_barrier(slots, v);
            }
            _ => {
                self.check_chain(case);
                let store = NodeOp::Store(Mem::Value, case.offset, Loc::Field);
                let store = self.emit(store, &[object, v]);
                self.note_owner(store, object, case);
                self.small_barrier(object, v);
                self.change_shape(object, case.shape, case.new_shape);
            }
        }
    }

    /// After `v` was stored into a cell, and before anything else: what minor collections have to know, if `v` may be a cell.
    pub(super) fn barrier(&mut self, holder: NodeId, v: NodeId) {
        if self.is_noted(v) {
            self.emit(NodeOp::Barrier, &[holder, v]);
        }
    }

    /// As [`Self::barrier`], for cells that do not take long to trace: those are noted at once, whatever is stored, so that more
    /// stores into the same cell have nothing to do.
    pub(super) fn small_barrier(&mut self, holder: NodeId, v: NodeId) {
        if self.is_noted(v) {
            self.emit(NodeOp::Barrier, &[holder, holder]);
        }
    }

    /// Whether `v` may be a cell, and minor collections have to know where such are stored.
    fn is_noted(&self, v: NodeId) -> bool {
        let is_plain = match self.graph.node(v).op {
            NodeOp::IntToTagged | NodeOp::FloatToTagged | NodeOp::BoolToTagged => true,
            NodeOp::Const(bits) => !(value::FIRST_POINTER..value::POINTER_LIMIT).contains(&bits),
            _ => false,
        };
        !is_plain && self.snapshot.layout.barriers
    }

    /// An object whose shape was checked gets the next one.
    pub(super) fn change_shape(&mut self, object: NodeId, from: u32, to: u32) {
        // Other objects keep their shapes: only what is known of shapes of values that may be this one is void.
        let known = std::mem::take(&mut self.info.shapes);
        self.emit(NodeOp::StoreShape(to), &[object]);
        for (other, shapes) in known {
            if other != object && !shapes.contains(&from) {
                self.info.shapes.insert(other, shapes);
            }
        }
        self.info.shapes.insert(object, smallvec::smallvec![to]);
    }

    /// The cases of a private element access, with the name checked; `None` for the general way.
    fn private_cases(&mut self, name: NodeId, slot: i64, add: bool) -> Option<&'s [PropertyCase]> {
        let Site::Property(cases) = self.site(slot) else {
            return None;
        };
        let first = cases.first()?;
        let plain = |c: &PropertyCase| {
            let in_place = match add {
                true => c.kind == PropertyKind::Add,
                false => matches!(c.kind, PropertyKind::Own | PropertyKind::OwnSlots),
            };
            in_place && c.value == first.value
        };
        if self.has_exited(Reason::WrongValue) || !cases.iter().all(plain) {
            return None;
        }
        let name = self.tagged(name);
        self.graph.cells.push(first.value);
        self.check(NodeOp::CheckValue(first.value), &[name], Reason::WrongValue);
        Some(cases)
    }

    /// GetPrivate.
    pub(super) fn visit_get_private(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (object, name) = (self.read(o[1] as u32)?, self.read(o[2] as u32)?);
        let Some(cases) = self.private_cases(name, o[3], at.op == Op::DefinePrivateField) else {
            return self.general(at);
        };
        match self.load_property(at, object, o[0] as u32, cases)? {
            Some(v) => {
                self.write(o[0] as u32, v);
                Ok(())
            }
            None if self.block.is_none() => Ok(()),
            None => self.general(at),
        }
    }

    /// SetPrivate, DefinePrivateField.
    pub(super) fn visit_set_private(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (object, name) = (self.read(o[0] as u32)?, self.read(o[1] as u32)?);
        let v = self.read(o[2] as u32)?;
        match self.private_cases(name, o[3], at.op == Op::DefinePrivateField) {
            Some(cases) => self.store_property(at, object, v, cases),
            None => self.general(at),
        }
    }

    /// Whether `typeof` says that it is a function: not of what is callable and equals `undefined`.
    fn is_function(&mut self, v: NodeId) -> NodeId {
        let callable = self.emit(NodeOp::Is(Test::Callable), &[v]);
        let undetectable = self.emit(NodeOp::Is(Test::LooseNullish), &[v]);
        let detectable = self.emit(NodeOp::Not, &[undetectable]);
        let a = self.emit(NodeOp::BoolToInt, &[callable]);
        let b = self.emit(NodeOp::BoolToInt, &[detectable]);
        let both = self.emit(NodeOp::Bit(BitOp::And), &[a, b]);
        let zero = self.int_constant(0);
        self.emit(NodeOp::IntCmp(Cond::Ne), &[both, zero])
    }

    /// `instanceof` of a function that the site has seen.
    pub(super) fn visit_instance_of(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let slow = [
            Reason::NotObject,
            Reason::WrongShape,
            Reason::InvalidChain,
            Reason::WrongKind,
        ];
        let case = match self.site(o[3]) {
            Site::Property(cases) if !slow.iter().any(|r| self.has_exited(*r)) => cases[0].clone(),
            _ => return self.general(at),
        };
        let v = self.read(o[1] as u32)?;
        let target = self.read(o[2] as u32)?;
        let target = self.cell(target, Reason::NotObject);
        self.check_shapes(target, &[case.shape]);
        self.check_chain(&case);
        let prototype = self.load_case(target, &case);
        let prototype = self.check(NodeOp::CheckObject, &[prototype], Reason::NotObject);
        let v = self.tagged(v);
        let found = self.emit(NodeOp::Call(Helper::IsInstance), &[v, prototype]);
        let zero = self.int_constant(0);
        let known = self.emit(NodeOp::IntCmp(Cond::Ge), &[found, zero]);
        self.check(NodeOp::CheckIs(true), &[known], Reason::WrongKind);
        let is = self.emit(NodeOp::IntCmp(Cond::Ne), &[found, zero]);
        self.write(o[0] as u32, is);
        Ok(())
    }

    /// `typeof` tests.
    pub(super) fn visit_test_typeof(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let v = self.read(o[1] as u32)?;
        let v = self.tagged(v);
        let string = self.snapshot.layout.kinds.string;
        let symbol = self.snapshot.layout.kinds.symbol;
        let bigint = self.snapshot.layout.kinds.bigint;
        let test = match o[2] {
            1 => Some(Test::Bool),
            2 => Some(Test::Number),
            3 => Some(Test::Kind(bigint)),
            4 => Some(Test::Kind(string)),
            5 => Some(Test::Kind(symbol)),
            _ => None,
        };
        let v = match test {
            Some(test) => self.emit(NodeOp::Is(test), &[v]),
            None if o[2] == sarus_bytecode::opcodes::TypeofWhat::Function as i64 => {
                self.is_function(v)
            }
            None => {
                let what = self.int_constant(o[2] as i32);
                self.emit(NodeOp::Call(Helper::TestTypeof), &[v, what])
            }
        };
        self.write(o[0] as u32, v);
        Ok(())
    }
}
