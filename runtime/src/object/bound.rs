//! Bound function exotic objects (10.4.1).

use super::{CALLABLE, CONSTRUCTOR, Object, ObjectCell, elements::ElementsCell};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};

/// The cell of a bound function.
#[repr(C)]
pub struct BoundFunctionCell {
    base: ObjectCell,
    target: Object,
    this: Value,
    arguments: Gc<ElementsCell>,
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

/// 10.4.1.3 BoundFunctionCreate.
pub fn bound_function_create(
    agent: &mut Agent,
    target: Object,
    this: Value,
    args: &[Value],
) -> JsResult<Object> {
    let proto = target.get_prototype_of(agent)?;
    let arguments = ElementsCell::try_allocate(agent, args.len())?;
    for (i, v) in args.iter().enumerate() {
        arguments.set(i, *v);
    }
    let shape = agent.root_shape(CellKind::BoundFunction, proto, 0);
    let flags = CALLABLE
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
    };
    let cell = agent.heap.alloc(cell);
    // SAFETY: a BoundFunctionCell begins with an ObjectCell.
    Ok(Object(unsafe { cell.cast() }))
}
