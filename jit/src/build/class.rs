//! Classes: what constructors give to instances, and `super`.

use super::Builder;
use super::call::CallSite;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::frame;
use crate::snapshot::{CallTarget, Callee, InstanceElements, PrivateMethods, Reason, Site};
use sarus_bytecode::decode::Instruction;

impl Builder<'_> {
    /// The prototype of an ordinary object, by what the site has seen.
    fn prototype_of(&mut self, object: NodeId, slot: i64) -> NodeId {
        match *self.site(slot) {
            Site::Prototype { shape, value } if !self.has_exited(Reason::WrongShape) => {
                self.check_shapes(object, &[shape]);
                self.constant(value)
            }
            _ => self.emit(NodeOp::Call(Helper::PrototypeOf), &[object]),
        }
    }

    /// GetSuperConstructor: the active function is an ordinary object.
    pub(super) fn visit_super_constructor(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let constructor = self.read(o[1] as u32)?;
        let constructor = self.cell(constructor, Reason::NotObject);
        let parent = self.prototype_of(constructor, o[2]);
        self.write(o[0] as u32, parent);
        Ok(())
    }

    /// GetSuperBase.
    pub(super) fn visit_super_base(&mut self, at: &Instruction) -> Result<(), Decline> {
        if self.function().code.flags.arrow || self.has_exited(Reason::NotObject) {
            return self.general(at);
        }
        let o = at.operands();
        let callee = self.read(frame::CALLEE)?;
        let callee = self.tagged(callee);
        let offset = self.snapshot.layout.offsets.arrow_this;
        let home = self.emit(NodeOp::Load(Mem::Value, offset, Loc::Immutable), &[callee]);
        let home = self.check(NodeOp::CheckObject, &[home], Reason::NotObject);
        let base = self.prototype_of(home, o[1]);
        self.write(o[0] as u32, base);
        Ok(())
    }

    /// GetSuperProp.
    pub(super) fn visit_super_get(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let dst = o[0] as u32;
        let (base, this) = (self.read(o[1] as u32)?, self.read(o[2] as u32)?);
        let cases = match self.site(o[3]) {
            Site::Property(cases) => cases,
            Site::Empty => return self.not_seen(at),
            _ => return self.general(at),
        };
        let v = match self.load_property(at, base, dst, cases)? {
            Some(v) => Some(v),
            None if self.block.is_none() => return Ok(()),
            None => self.inline_getter(base, this, cases, dst)?,
        };
        match v {
            Some(v) => {
                self.note_methods(v, None, cases);
                self.write(dst, v);
                Ok(())
            }
            None if self.block.is_none() => Ok(()),
            None => self.general(at),
        }
    }

    /// InitInstance.
    pub(super) fn visit_init_instance(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let surprised = [Reason::WrongValue, Reason::WrongShape, Reason::NotObject];
        let elements = match self.site(o[2]) {
            Site::Instance(elements) if !surprised.iter().any(|r| self.has_exited(*r)) => elements,
            Site::Empty => return self.not_seen(at),
            _ => return self.general(at),
        };
        if o[1] as u32 != frame::CALLEE || !self.can_initialize(elements) {
            return self.general(at);
        }
        let this = self.read(o[0] as u32)?;
        let constructor = self.read(frame::CALLEE)?;
        let constructor = self.tagged(constructor);
        let kept = self.snapshot.layout.offsets.arrow_active;
        let load = NodeOp::Load(Mem::Value, kept, Loc::Field);
        let data = self.emit(load, &[constructor]);
        self.graph.cells.push(elements.data);
        let check = NodeOp::CheckValue(elements.data);
        self.check(check, &[data], Reason::WrongValue);
        if let Some(methods) = &elements.methods {
            self.add_private_methods(this, methods);
        }
        if let Some((closure, target)) = &elements.fields {
            self.initialize_fields(this, *closure, target)?;
        }
        Ok(())
    }

    /// Whether the initializer can be entered from here.
    fn can_initialize(&self, elements: &InstanceElements) -> bool {
        let target = elements.fields.as_ref().map(|(_, target)| target.callee);
        match target {
            None => true,
            Some(Callee::Code {
                function: Some(index),
                ..
            }) => self.snapshot.functions[index].same_realm,
            Some(_) => false,
        }
    }

    /// Gives an object the private methods of its class.
    fn add_private_methods(&mut self, this: NodeId, methods: &PrivateMethods) {
        let this = self.cell(this, Reason::NotObject);
        self.check_shapes(this, &[methods.shape]);
        for (i, bits) in methods.values.iter().enumerate() {
            let v = self.constant(*bits);
            let offset = methods.offset + 8 * i as i32;
            let store = NodeOp::Store(Mem::Value, offset, Loc::Field);
            self.emit(store, &[this, v]);
            self.small_barrier(this, v);
        }
        self.change_shape(this, methods.shape, methods.new_shape);
    }

    /// Calls the function that initializes fields; its result is nobody's.
    fn initialize_fields(
        &mut self,
        this: NodeId,
        closure: u64,
        target: &CallTarget,
    ) -> Result<(), Decline> {
        let callee = self.constant(closure);
        let site = CallSite {
            // As for setters: a word of the header that nobody reads when the result arrives.
            dst: frame::SAVED_PC,
            window: self.function().code.register_count,
            callee,
            this,
            args: Vec::new(),
        };
        self.call_code(&site, target)?;
        Ok(())
    }
}
