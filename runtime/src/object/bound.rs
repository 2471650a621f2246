//! Bound function exotic objects (10.4.1).

use super::{CALLABLE, CONSTRUCTOR, LAZY, Object, ObjectCell, elements::ElementsCell};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::function::LazyName;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};
use std::cell::Cell;

/// The cell of a bound function.
#[repr(C)]
pub struct BoundFunctionCell {
    base: ObjectCell,
    target: Object,
    this: Value,
    arguments: Gc<ElementsCell>,
    /// What `length` and `name` will be when somebody asks.
    length: Cell<Value>,
    name: Cell<LazyName>,
}

// SAFETY: repr(C) with the header first; traced and sized as BoundFunctionCell.
unsafe impl HeapCell for BoundFunctionCell {
    const KIND: u8 = CellKind::BoundFunction as u8;
}

impl Trace for BoundFunctionCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.target.into());
        mark_value(tracer, self.this);
        tracer.mark(self.arguments);
        mark_value(tracer, self.name.get().0);
    }
}

/// What a bound function calls.
#[derive(Copy, Clone)]
pub struct BoundTarget {
    /// [[BoundTargetFunction]].
    pub target: Object,
    /// [[BoundThis]].
    pub this: Value,
    /// [[BoundArguments]].
    pub arguments: Gc<ElementsCell>,
}

/// The parts of a bound function; None for other objects.
pub fn bound_target(o: Object) -> Option<BoundTarget> {
    if !o.is(CellKind::BoundFunction) {
        return None;
    }
    // SAFETY: the kind was checked.
    let c = unsafe { o.cell::<BoundFunctionCell>() };
    Some(BoundTarget {
        target: c.target,
        this: c.this,
        arguments: c.arguments,
    })
}

/// The `length` of a bound function and what stands for the rest of its `name`, which begins with "bound ", while it was not
/// asked for them.
pub(crate) fn lazy_properties(o: Object) -> Option<(Value, LazyName)> {
    if !o.is(CellKind::BoundFunction) {
        return None;
    }
    // SAFETY: the kind was checked.
    let c = unsafe { o.cell::<BoundFunctionCell>() };
    Some((c.length.get(), c.name.get()))
}

/// Sets what [`lazy_properties`] gives.
pub(crate) fn set_lazy_properties(agent: &Agent, o: Object, length: Value, name: LazyName) {
    if o.is(CellKind::BoundFunction) {
        // SAFETY: the kind was checked.
        let c = unsafe { o.cell::<BoundFunctionCell>() };
        agent.heap.write_barrier(o.header());
        c.length.set(length);
        c.name.set(name);
    }
}

/// 10.4.1.3 BoundFunctionCreate, with `length` and `name` as 20.2.3.2 defines them.
pub fn bound_function_create(
    agent: &mut Agent,
    target: Object,
    this: Value,
    args: &[Value],
    (length, name): (Value, LazyName),
) -> JsResult<Object> {
    let proto = target.get_prototype_of(agent)?;
    let arguments = if args.is_empty() {
        agent.empty_elements
    } else {
        ElementsCell::try_allocate(agent, args.len())?
    };
    for (i, v) in args.iter().enumerate() {
        arguments.set(i, *v);
    }
    let shape = agent.root_shape(CellKind::BoundFunction, proto, 0);
    let flags = CALLABLE
        | LAZY
        | if target.is_constructor() {
            CONSTRUCTOR
        } else {
            0
        };
    let cell = BoundFunctionCell {
        base: ObjectCell::head(agent, shape, flags),
        target,
        this,
        arguments,
        length: Cell::new(length),
        name: Cell::new(name),
    };
    let cell = agent.heap.alloc(cell);
    // SAFETY: a BoundFunctionCell begins with an ObjectCell.
    Ok(Object(unsafe { cell.cast() }))
}
