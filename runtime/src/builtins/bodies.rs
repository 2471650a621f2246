//! Builtins that are also written in JavaScript: what calls of them run once their call site is warm.
//!
//! A builtin stays the native function it is to programs (name, length, text, identity). Its *body* is a closure that a
//! call enters in its place when receiver and arguments are of the usual kind; everything else the Rust function does. The body
//! does the same steps, so that nothing shows which of the two ran. It exists because callbacks called from JavaScript can be
//! inlined, and those called from Rust cannot.
//!
//! **Invariants:** bodies are compiled at the first warm call, never at start. A body may be entered only where
//! [`Entered`]'s condition holds. `$push(array, v)` in a body appends to an array that nobody else knows.

use super::function::Forwarding;
use super::{array_prototype_iterate as iterate, array_prototype_search as search, array_sort};
use crate::agent::Agent;
use crate::function::{NativeFn, NativeFunctionCell};
use crate::object::Object;
use crate::value::Value;
use sarus_bytecode::{CompileOptions, SourceText, compile_script};
use sarus_gc::Gc;

/// When a body is entered: the receiver is an array with dense elements, the first argument a closure that can be called, and …
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entered {
    /// It is the only argument.
    Callback,
    /// It is the only argument, and methods of the array create plain arrays.
    Creates,
    /// There is a second argument.
    Initial,
    /// It is the only argument, and there is an element at index 0.
    First,
}

/// A row of the table.
pub struct Body {
    function: NativeFn,
    /// When it is entered.
    pub entered: Entered,
    source: &'static str,
}

/// The bodies. A function may have several, next to each other.
pub static BODIES: &[Body] = &[
    body(
        iterate::for_each,
        Entered::Callback,
        include_str!("bodies/forEach.js"),
    ),
    body(
        iterate::map,
        Entered::Creates,
        include_str!("bodies/map.js"),
    ),
    body(
        iterate::filter,
        Entered::Creates,
        include_str!("bodies/filter.js"),
    ),
    body(
        iterate::some,
        Entered::Callback,
        include_str!("bodies/some.js"),
    ),
    body(
        iterate::every,
        Entered::Callback,
        include_str!("bodies/every.js"),
    ),
    body(
        iterate::reduce,
        Entered::Initial,
        include_str!("bodies/reduce.js"),
    ),
    body(
        iterate::reduce,
        Entered::First,
        include_str!("bodies/reduceFirst.js"),
    ),
    body(
        iterate::reduce_right,
        Entered::Initial,
        include_str!("bodies/reduceRight.js"),
    ),
    body(
        search::find,
        Entered::Callback,
        include_str!("bodies/find.js"),
    ),
    body(
        search::find_index,
        Entered::Callback,
        include_str!("bodies/findIndex.js"),
    ),
    body(
        search::find_last,
        Entered::Callback,
        include_str!("bodies/findLast.js"),
    ),
    body(
        search::find_last_index,
        Entered::Callback,
        include_str!("bodies/findLastIndex.js"),
    ),
    body(
        array_sort::sort,
        Entered::Callback,
        include_str!("bodies/sort.js"),
    ),
];

const fn body(function: NativeFn, entered: Entered, source: &'static str) -> Body {
    Body {
        function,
        entered,
        source,
    }
}

impl Entered {
    /// Whether the number of arguments is right.
    pub fn takes(self, argc: usize) -> bool {
        argc == if self == Entered::Initial { 2 } else { 1 }
    }
}

/// In place of a body's number: `Function.prototype.call`, whose calls enter what it is to call.
pub const FORWARDS: u32 = u32::MAX;

/// The same for `Function.prototype.apply`.
pub const APPLIES: u32 = u32::MAX - 1;

/// The body of a native function for so many arguments, and its row, if it has one that was made.
pub fn body_of(native: Gc<NativeFunctionCell>, argc: usize) -> Option<(Object, &'static Body)> {
    let first = native.body() as usize;
    let mut closure = native.data().as_object();
    for row in BODIES.get(first.wrapping_sub(1)..)? {
        let at = closure?;
        if !std::ptr::fn_addr_eq(row.function, native.function()) {
            return None;
        }
        if row.entered.takes(argc) {
            return Some((at, row));
        }
        closure = at.as_function()?.home_or_this().as_object();
    }
    None
}

/// Makes the bodies of a native function, if it has any and they were not made yet.
pub fn prepare(agent: &mut Agent, function: Object) {
    let Some(native) = function.as_native() else {
        return;
    };
    if native.body() != 0 || !native.data().is_undefined() {
        return;
    }
    let forwards = match super::function::forwarding(native.function()) {
        Some(Forwarding::Call) => FORWARDS,
        Some(Forwarding::Apply) => APPLIES,
        _ => 0,
    };
    if forwards != 0 {
        native.set_body(agent, forwards, Value::UNDEFINED);
        return;
    }
    let is_it = |row: &Body| std::ptr::fn_addr_eq(row.function, native.function());
    let Some(first) = BODIES.iter().position(is_it) else {
        return;
    };
    let rows = BODIES[first..].iter().take_while(|row| is_it(row));
    let realm = std::mem::replace(&mut agent.realm, native.realm());
    // Linked from the last to the first.
    let mut next = Value::UNDEFINED;
    for row in rows.collect::<Vec<_>>().into_iter().rev() {
        let Some(closure) = compile(agent, row, function) else {
            agent.realm = realm;
            return;
        };
        if let Some(cell) = closure.as_function() {
            cell.set_home_or_this(agent, next);
        }
        next = closure.into();
    }
    agent.realm = realm;
    native.set_body(agent, first as u32 + 1, next);
}

/// The closure of a body in the current realm.
fn compile(agent: &mut Agent, row: &Body, function: Object) -> Option<Object> {
    let source = SourceText::builtin(row.source);
    let program = compile_script(&source, CompileOptions::default()).ok()?;
    let code = agent.link_code(program.functions.first()?.clone(), None);
    let closure = agent.new_function(code, None, None);
    // What stack traces show.
    closure
        .as_function()?
        .set_class_or_active(agent, function.into());
    Some(closure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_compiles_to_one_function() {
        for row in BODIES {
            let source = SourceText::builtin(row.source);
            let program = compile_script(&source, CompileOptions::default()).unwrap();
            assert_eq!(program.functions.len(), 1);
            let code = &program.functions[0];
            assert!(code.flags.strict && !code.flags.needs_actuals);
            // Nothing but the receiver and the arguments is used.
            let text = sarus_bytecode::disassemble(code);
            assert!(!text.contains("LoadGlobal"), "{text}");
        }
    }
}
