//! Literals, closures and environments: cells that compiled code makes itself, where their sizes are known and small.

use super::Builder;
use super::analysis::key_count;
use super::types::Types;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::{frame, value};
use crate::snapshot::Site;
use crate::template::{MAX_SIZE, Template};
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::{Constant, Op};

/// Size of a cell whose words end at `end`.
fn round(end: i32) -> u32 {
    (end as u32).next_multiple_of(16)
}

impl Builder<'_> {
    /// Allocations; what is not known or too big is made by the interpreter's functions.
    pub(super) fn visit_allocation(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let n = |i: usize| o.get(i).map_or(0, |v| *v as u32);
        if !self.can_allocate() {
            return self.general(at);
        }
        let made = match at.op {
            Op::NewObject => match self.site(o[2]) {
                Site::Literal { shape } => self.new_object(*shape, &[]),
                _ => None,
            },
            Op::NewObjectWith => match self.site(o[2]) {
                Site::Literal { shape } => {
                    let count = key_count(&self.function().code, at);
                    let values = self.range(n(1), count)?;
                    self.new_object(*shape, &values)
                }
                _ => None,
            },
            Op::NewArray => {
                let array = self.new_array(0, n(2), &[]);
                if let Some(array) = array {
                    self.note_list(array, Vec::new());
                }
                array
            }
            Op::NewArrayWith => {
                let values = self.range(n(1), n(3))?;
                let array = self.new_array(n(3), n(3), &values);
                if let Some(array) = array {
                    self.note_list(array, values);
                }
                array
            }
            Op::NewArrayConst => match self.site(o[1]) {
                Site::ArrayLiteral { values } => self.constant_array(values),
                _ => None,
            },
            Op::CreateClosure => self.new_closure(n(1) as usize)?,
            Op::PushEnv => {
                if !self.push_environment(n(0) != 0, n(1))? {
                    return self.general(at);
                }
                return Ok(());
            }
            Op::CloneEnv => {
                let env = self.read(frame::ENV)?;
                let env = self.emit(NodeOp::Call(Helper::CloneEnvironment), &[env]);
                self.write(frame::ENV, env);
                return Ok(());
            }
            _ => None,
        };
        match made {
            Some(v) => {
                self.write(n(0), v);
                Ok(())
            }
            None => self.general(at),
        }
    }

    /// Whether kinds and sizes of cells are known.
    fn can_allocate(&self) -> bool {
        self.snapshot.layout.empty_elements != 0
    }

    /// The values of a range of registers.
    fn range(&mut self, base: u32, count: u32) -> Result<Vec<NodeId>, Decline> {
        (base..base + count).map(|r| self.read(r)).collect()
    }

    /// A new cell; the values are those of the template's fields.
    pub(super) fn new_cell(&mut self, template: Template, values: &[NodeId]) -> NodeId {
        let values: Vec<NodeId> = values.iter().map(|v| self.tagged(*v)).collect();
        let shape = template.shape();
        let object = template.kind() >= self.snapshot.layout.kinds.first_object;
        let index = self.graph.template(template);
        let op = NodeOp::New {
            template: index,
            fields: values.len() as u32,
        };
        let cell = self.emit(op, &values);
        if object {
            self.types[cell.index()] = Types::OBJECT;
            self.info.shapes.insert(cell, smallvec::smallvec![shape]);
        } else {
            self.types[cell.index()] = Types::OTHER;
        }
        cell
    }

    /// An ordinary object of a shape with values in its first slots.
    pub(super) fn new_object(&mut self, shape: u64, values: &[NodeId]) -> Option<NodeId> {
        let object = self.snapshot.objects.iter().find(|t| t.shape == shape)?;
        let layout = &self.snapshot.layout;
        let template = Template {
            size: object.size,
            header: object.header,
            words: vec![(layout.offsets.elements, object.elements)],
            fields: (0..values.len() as i32)
                .map(|i| layout.offsets.inline_slots + 8 * i)
                .collect(),
        };
        let room = usize::from(template.aux() >> 2);
        (values.len() <= room).then(|| self.new_cell(template, values))
    }

    /// Elements with room for `capacity` values; `None` if they are too many.
    fn new_elements(
        &mut self,
        capacity: u32,
        values: &[NodeId],
        constants: &[u64],
    ) -> Option<NodeId> {
        let layout = &self.snapshot.layout;
        let at = |i: usize| layout.offsets.values + 8 * i as i32;
        if capacity > MAX_SIZE / 8 || round(at(capacity as usize)) > MAX_SIZE {
            return None;
        }
        let mut words = vec![(layout.offsets.capacity, u64::from(capacity))];
        let constants = constants.iter().enumerate();
        words.extend(
            constants
                .filter(|(_, bits)| **bits != value::HOLE)
                .map(|(i, bits)| (at(i), *bits)),
        );
        let template = Template {
            size: round(at(capacity as usize)),
            header: u64::from(layout.kinds.elements) << 32,
            words,
            fields: (0..values.len()).map(at).collect(),
        };
        for (_, bits) in &template.words[1..] {
            self.keep(*bits);
        }
        Some(self.new_cell(template, values))
    }

    /// A plain array with those elements.
    fn array_of(&mut self, length: u32, elements: Option<NodeId>) -> Option<NodeId> {
        let layout = &self.snapshot.layout;
        let shape = self.snapshot.array_shape;
        if shape == 0 {
            return None;
        }
        let template = Template {
            size: round(layout.offsets.array_size),
            header: u64::from(shape) | u64::from(layout.kinds.array) << 32,
            words: vec![
                (layout.offsets.elements, layout.empty_elements),
                (layout.offsets.array_length, u64::from(length)),
            ],
            fields: elements.iter().map(|_| layout.offsets.elements).collect(),
        };
        let elements: Vec<NodeId> = elements.into_iter().collect();
        Some(self.new_cell(template, &elements))
    }

    /// An array of values.
    pub(super) fn new_array(
        &mut self,
        length: u32,
        capacity: u32,
        values: &[NodeId],
    ) -> Option<NodeId> {
        if self.snapshot.array_shape == 0 {
            return None;
        }
        if capacity == 0 {
            return self.array_of(0, None);
        }
        let elements = self.new_elements(capacity, values, &[])?;
        self.array_of(length, Some(elements))
    }

    fn constant_array(&mut self, values: &[u64]) -> Option<NodeId> {
        let length = values.len() as u32;
        if self.snapshot.array_shape == 0 {
            return None;
        }
        if length == 0 {
            return self.array_of(0, None);
        }
        let elements = self.new_elements(length, &[], values)?;
        self.array_of(length, Some(elements))
    }

    /// Whether lists of so many arguments are made here.
    pub(super) fn can_list(&self, argc: usize) -> bool {
        let values = self.snapshot.layout.offsets.values;
        let end = i64::from(values) + 8 * argc as i64;
        self.can_allocate() && self.snapshot.array_shape != 0 && end <= i64::from(MAX_SIZE)
    }

    /// The list of a call's arguments.
    pub(super) fn new_actuals(&mut self, args: &[NodeId]) -> Option<NodeId> {
        match args.len() {
            0 => {
                let empty = self.snapshot.layout.empty_elements;
                Some(self.emit(NodeOp::Const(empty), &[]))
            }
            n => self.new_elements(n as u32, args, &[]),
        }
    }

    /// Keeps a cell alive with the code.
    pub(super) fn keep(&mut self, bits: u64) {
        if (value::FIRST_POINTER..value::POINTER_LIMIT).contains(&bits) {
            self.graph.cells.push(bits);
        }
    }

    /// A closure of an inner function in the current environment.
    fn new_closure(&mut self, index: usize) -> Result<Option<NodeId>, Decline> {
        let Some(Some(inner)) = self.function().inner.get(index).copied() else {
            return Ok(None);
        };
        let offsets = self.snapshot.layout.offsets.clone();
        let env = self.read(frame::ENV)?;
        let mut template = Template {
            size: round(offsets.function_size),
            header: inner.header,
            words: vec![
                (offsets.elements, self.snapshot.layout.empty_elements),
                (offsets.function_code, inner.code),
            ],
            fields: vec![offsets.function_env],
        };
        let mut values = vec![env];
        let captured = [
            offsets.arrow_this,
            offsets.arrow_active,
            offsets.arrow_new_target,
        ];
        if inner.arrow {
            let callee = self.read(frame::CALLEE)?;
            let active = if self.function().code.flags.arrow {
                let callee = self.tagged(callee);
                let load = NodeOp::Load(Mem::Value, offsets.arrow_active, Loc::Immutable);
                self.emit(load, &[callee])
            } else {
                callee
            };
            let (this, target) = (self.read(frame::THIS)?, self.read(frame::NEW_TARGET)?);
            template.fields.extend(captured);
            values.extend([this, active, target]);
        } else {
            let undefined = captured.iter().map(|at| (*at, value::UNDEFINED));
            template.words.extend(undefined);
        }
        self.keep(inner.code);
        Ok(Some(self.new_cell(template, &values)))
    }

    /// PushEnv; false if that takes the general way.
    fn push_environment(&mut self, undefined: bool, scope: u32) -> Result<bool, Decline> {
        let code = self.function().code.clone();
        let Some(Constant::Scope(info)) = code.constants.get(scope as usize) else {
            return Ok(false);
        };
        let offsets = self.snapshot.layout.offsets.clone();
        let slots = info.slot_count;
        let at = |i: u32| offsets.env_slots + 8 * i as i32;
        if slots > MAX_SIZE / 8 || round(at(slots)) > MAX_SIZE {
            return Ok(false);
        }
        let code_cell = self.function().code_cell;
        let mut words = vec![
            (offsets.env_code, code_cell),
            (offsets.env_scope, u64::from(scope) | u64::from(slots) << 32),
        ];
        if undefined {
            words.extend((0..slots).map(|i| (at(i), value::UNDEFINED)));
        }
        let template = Template {
            size: round(at(slots)),
            header: u64::from(self.snapshot.layout.kinds.environment) << 32,
            words,
            fields: vec![offsets.env_parent],
        };
        self.keep(code_cell);
        let parent = self.read(frame::ENV)?;
        let env = self.new_cell(template, &[parent]);
        self.write(frame::ENV, env);
        Ok(true)
    }
}
