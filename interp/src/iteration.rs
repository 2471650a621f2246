//! Iterator records, `for-of`, `for-in`, spread.

use crate::call::{Entry, call_at, new_window};
use crate::exception;
use crate::frame::*;
use crate::generator;
use crate::ic::{load, place_of};
use crate::literal::push;
use crate::vm::vm;
use sarus_bytecode::Op;
use sarus_jit::snapshot::{ArrayIteration, steps};
use sarus_runtime::abstract_ops::{
    self, display_value, get, get_method, get_v, iterator_close_throw, native_step,
    read_iter_result, to_boolean, to_object,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::{self, array_iterator, string_iterator};
use sarus_runtime::code::IcSlot;
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::function::NativeFn;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::collections::{self, IterationKind};
use sarus_runtime::object::{Object, accessor_parts, array};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::shape::ValidityCell;
use sarus_runtime::value::Value;
use std::cell::Cell;

/// Whether iterating a plain array or a string does what the specification's builtins do: checked by the validity of both
/// prototypes and the values of the two methods.
#[derive(Default)]
pub struct Pristine {
    state: Cell<Option<State>>,
    strings: Cell<Option<State>>,
    /// The builtin `next` of array iterators.
    next: Cell<Option<NativeFn>>,
}

#[derive(Copy, Clone)]
struct State {
    realm: usize,
    shape: u32,
    array: *const ValidityCell,
    iterator: *const ValidityCell,
    values_at: *const Value,
    next_at: *const Value,
    values: Value,
    next: Value,
}

impl Pristine {
    /// The builtin `next`: what the prototype has when this is asked first, if it looks like it.
    fn builtin_next(&self, agent: &mut Agent, next: Value) -> Option<NativeFn> {
        if self.next.get().is_none() {
            let o = next.as_object()?;
            if abstract_ops::function_name(agent, o) == "next" {
                self.next.set(o.as_native().map(|n| n.function()));
            }
        }
        self.next.get()
    }
    /// Forgets what was found out; the collector calls it.
    pub fn clear(&self) {
        self.state.set(None);
        self.strings.set(None);
    }
}

impl State {
    /// Whether all is as it was.
    #[inline(always)]
    fn holds(&self, agent: &Agent) -> bool {
        // SAFETY: the state is cleared by every collection, so the cells are alive; while both are valid, the two slots are
        // where they were.
        unsafe {
            (*self.array).is_valid()
                && (*self.iterator).is_valid()
                && *self.values_at == self.values
                && *self.next_at == self.next
                && self.realm == agent.realm.addr()
        }
    }
    /// What has to hold for the method under `@@iterator` of one prototype and `next` of the other to be these.
    fn of(agent: &mut Agent, iterable: Object, iterator: Object, shape: u32) -> Option<State> {
        let (array, valid) = (agent.validity_cell(iterable), agent.validity_cell(iterator));
        let (key, next_key) = (agent.symbols.iterator_key(), agent.names.next);
        let (values_at, values) = address_of(agent, iterable, key)?;
        let (next_at, next) = address_of(agent, iterator, next_key)?;
        Some(State {
            realm: agent.realm.addr(),
            shape,
            array: array.as_ptr(),
            iterator: valid.as_ptr(),
            values_at,
            next_at,
            values,
            next,
        })
    }
}

fn is_native(v: Value, f: NativeFn) -> bool {
    let native = v.as_object().and_then(|o| o.as_native());
    native.is_some_and(|n| std::ptr::fn_addr_eq(n.function(), f))
}

fn address_of(agent: &Agent, o: Object, key: PropertyKey) -> Option<(*const Value, Value)> {
    let shape = o.shape(agent);
    let e = shape.lookup(key)?;
    if e.attributes.is_accessor() {
        return None;
    }
    let (offset, inline) = place_of(&shape, e.slot)?;
    let base = if inline {
        o.addr()
    } else {
        o.slots_cell()?.addr()
    };
    Some(((base + offset) as *const Value, o.load_slot(e.slot)))
}

fn examine(agent: &mut Agent) -> Option<State> {
    let ap = agent.intrinsic(Intrinsic::ArrayPrototype);
    let ip = agent.intrinsic(Intrinsic::ArrayIteratorPrototype);
    let builtin: Value = agent.intrinsic(Intrinsic::ArrayProtoValues).into();
    let shape = agent.root_shape(CellKind::Array, Some(ap), 0).id();
    let state = State::of(agent, ap, ip, shape)?;
    let known = vm(agent).pristine.builtin_next(agent, state.next)?;
    (state.values == builtin && is_native(state.next, known)).then_some(state)
}

fn examine_strings(agent: &mut Agent) -> Option<State> {
    let sp = agent.intrinsic(Intrinsic::StringPrototype);
    let ip = agent.intrinsic(Intrinsic::StringIteratorPrototype);
    let state = State::of(agent, sp, ip, 0)?;
    let builtin = is_native(state.values, string_iterator::ITERATOR)
        && is_native(state.next, string_iterator::NEXT);
    builtin.then_some(state)
}

/// True if `o` is an array whose iteration runs no code of the program.
#[inline]
pub fn is_pristine_array(agent: &mut Agent, o: Object) -> bool {
    if !o.is(CellKind::Array) {
        return false;
    }
    if let Some(s) = vm(agent).pristine.state.get()
        && s.holds(agent)
    {
        return o.shape_id() == s.shape;
    }
    let s = examine(agent);
    vm(agent).pristine.state.set(s);
    s.is_some_and(|s| o.shape_id() == s.shape)
}

/// The iterator and its `next` of an array or a string whose iteration runs no code of the program; `None` for others.
fn open_builtin(agent: &mut Agent, v: Value) -> Option<(Value, Value)> {
    if let Some(string) = v.as_string() {
        let known = vm(agent).pristine.strings.get();
        let s = match known.filter(|s| s.holds(agent)) {
            Some(s) => s,
            None => {
                let s = examine_strings(agent);
                vm(agent).pristine.strings.set(s);
                s?
            }
        };
        return Some((string_iterator::create(agent, string).into(), s.next));
    }
    let o = v.as_object()?;
    if !is_pristine_array(agent, o) {
        return None;
    }
    let s = vm(agent).pristine.state.get()?;
    let kind = array_iterator::IterationKind::Values;
    let iterator = array_iterator::create_array_iterator(agent, o, kind);
    Some((iterator.into(), s.next))
}

/// What compiled code has to check for plain arrays of the current realm to be iterated without their iterators.
pub fn array_iteration(agent: &mut Agent) -> Option<ArrayIteration> {
    let s = examine(agent)?;
    Some(ArrayIteration {
        array_validity: s.array as u64,
        iterator_validity: s.iterator as u64,
        values: (s.values_at as u64, s.values.bits()),
        next: (s.next_at as u64, s.next.bits()),
    })
}

/// `GetIterator` and `GetIteratorObject`.
#[inline(never)]
pub fn get_iterator(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.a());
    let base = f.bc();
    if f.op() == Op::GetIterator
        && let Some(o) = v.as_object()
        && is_pristine_array(agent, o)
    {
        f.set(base, v);
        f.set(base + 1, Value::HOLE);
        f.set(base + 2, Value::int(0));
        return Ok(());
    }
    // Compiled code asks whether it was plain arrays alone.
    f.feed(1);
    let (iterator, next) = match open_builtin(agent, v) {
        Some(record) => record,
        None => {
            if v.is_nullish() {
                return Err(exception::not_iterable(agent, f, v));
            }
            let key = agent.symbols.iterator_key();
            let method = cached_get(agent, v, key)?;
            if !method.is_callable() {
                return Err(exception::not_iterable(agent, f, v));
            }
            open_iterator(agent, method, v)?
        }
    };
    f.set(base, iterator);
    f.set(base + 1, next);
    f.set(base + 2, Value::UNDEFINED);
    Ok(())
}

/// GetIteratorFromMethod: the iterator and its `next`.
fn open_iterator(agent: &mut Agent, method: Value, v: Value) -> JsResult<(Value, Value)> {
    let iterator = agent.call(method, v, &[])?;
    if !iterator.is_object() {
        return Err(agent.type_error("Result of the Symbol.iterator method is not an object"));
    }
    let key = agent.names.next;
    let next = cached_get(agent, iterator, key)?;
    let next = match next.is_hole() {
        true => Value::UNDEFINED,
        false => next,
    };
    Ok((iterator, next))
}

/// GetV through the megamorphic table.
pub fn cached_get(agent: &mut Agent, v: Value, key: PropertyKey) -> JsResult<Value> {
    let found = match v.as_object() {
        Some(o) => find_in_table(agent, o, key),
        None => load::find_of_primitive(agent, v, key),
    };
    match found {
        Some(load::Found::Value(found)) => Ok(found),
        Some(load::Found::Accessor(pair)) => match accessor_parts(pair).0 {
            Value::UNDEFINED => Ok(Value::UNDEFINED),
            getter => agent.call(getter, v, &[]),
        },
        None => get_v(agent, v, key),
    }
}

#[inline]
fn find_in_table(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<load::Found> {
    if let Some(ic) = vm(agent).loads.get(o.shape_id(), key)
        && let Some(found) = load::apply(&ic, o.into())
    {
        return Some(found);
    }
    let (found, slot) = load::find(agent, o.into(), key)?;
    if let Some(slot) = slot {
        vm(agent).loads.put(key, slot);
    }
    Some(found)
}

/// `GetAsyncIterator`.
#[inline(never)]
pub fn get_async_iterator(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.a());
    let base = f.bc();
    if v.is_nullish() {
        return Err(exception::not_async_iterable(agent, f, v));
    }
    let key = PropertyKey::symbol(agent.symbols.async_iterator);
    let method = get_method(agent, v, key)?;
    let record = if method.is_undefined() {
        let key = agent.symbols.iterator_key();
        let method = get_method(agent, v, key)?;
        if method.is_undefined() {
            return Err(exception::not_async_iterable(agent, f, v));
        }
        let sync = abstract_ops::get_iterator_from_method(agent, v, method)?;
        builtins::async_from_sync_iterator::create_async_from_sync_iterator(agent, sync)?
    } else {
        abstract_ops::get_iterator_from_method(agent, v, method)?
    };
    f.set(base, record.iterator.into());
    f.set(base + 1, record.next);
    f.set(base + 2, Value::UNDEFINED);
    Ok(())
}

/// The record of the instruction is done: nothing to close.
pub fn mark_done(f: Frame) {
    f.set(f.bc(), Value::UNDEFINED);
}

/// `IteratorStep` beyond present array elements.
#[inline(never)]
pub fn step(agent: &mut Agent, f: Frame) -> Frame {
    match step_record(agent, f) {
        Ok(to) => to,
        Err(Throw) => {
            mark_done(f);
            Frame::THROW
        }
    }
}

/// `IteratorNextOrUndefined`.
#[inline(never)]
pub fn next_or_undefined(agent: &mut Agent, f: Frame) -> Frame {
    if f.reg(f.bc()).is_undefined() {
        f.set(f.a(), Value::UNDEFINED);
        return f.next();
    }
    step(agent, f)
}

/// The step found the end.
fn finish(f: Frame) -> Frame {
    mark_done(f);
    if f.op() == Op::IteratorStep {
        return f.jump(2);
    }
    f.set(f.a(), Value::UNDEFINED);
    f.next()
}

/// The next value of a record in fast array mode; None at the end.
fn array_next(agent: &mut Agent, f: Frame, base: usize) -> JsResult<Option<Value>> {
    let Some(o) = f.reg(base).as_object() else {
        return Ok(None);
    };
    let i = f.reg(base + 2).as_int().unwrap_or(0) as u32;
    if i >= array::length_of(o).unwrap_or(0) {
        return Ok(None);
    }
    f.set(base + 2, Value::int(i as i32 + 1));
    let v = o.dense_element(i);
    if !v.is_hole() {
        Ok(Some(v))
    } else {
        Ok(Some(get(agent, o, PropertyKey::index(i))?))
    }
}

/// `IteratorStep` sites keep for the compiler in their cache over what else than plain arrays they stepped: bits of `steps`.
fn note_iterator(f: Frame, iterator: Value) {
    let known = f.ic_copy(1);
    let handler = known.handler | iterator.as_object().map_or(steps::OTHERS, kind_of_iterator);
    if handler != known.handler {
        f.set_ic(1, IcSlot { handler, ..known });
    }
}

fn kind_of_iterator(o: Object) -> u32 {
    match CellKind::from_byte(o.kind()) {
        CellKind::Generator => steps::GENERATORS,
        CellKind::MapIterator => match collections::iterator_kind(o) {
            IterationKind::Keys => steps::MAP_KEYS,
            IterationKind::Values => steps::MAP_VALUES,
            IterationKind::Entries => steps::MAP_ENTRIES,
        },
        CellKind::SetIterator => match collections::iterator_kind(o) {
            IterationKind::Entries => steps::SET_ENTRIES,
            _ => steps::SET_VALUES,
        },
        CellKind::ArrayIterator => match array_iterator::gives_entries(o) {
            true => steps::ARRAY_ENTRIES,
            false => steps::ARRAY_VALUES,
        },
        CellKind::StringIterator => steps::STRINGS,
        _ => steps::OTHERS,
    }
}

fn step_record(agent: &mut Agent, f: Frame) -> JsResult<Frame> {
    let base = f.bc();
    let next = f.reg(base + 1);
    if next.is_hole() {
        return Ok(match array_next(agent, f, base)? {
            Some(v) => {
                f.set(f.a(), v);
                f.next()
            }
            None => finish(f),
        });
    }
    let iterator = f.reg(base);
    if f.op() == Op::IteratorStep {
        note_iterator(f, iterator);
    }
    if let Some(to) = generator::step_in_place(agent, f, iterator, next)? {
        return Ok(to);
    }
    if let Some(stepped) = iterator
        .as_object()
        .and_then(|o| native_step(agent, o, next))
    {
        return Ok(match stepped? {
            Some(v) => {
                f.set(f.a(), v);
                f.next()
            }
            None => finish(f),
        });
    }
    let nf = new_window(agent, next, iterator, &[])?;
    call_at(agent, f, nf, 0, Entry::from_frame(f, f.a(), FLAG_ITERATOR))
}

/// The iterator's answer to a step of the instruction at `f`.
#[inline(never)]
pub fn receive(agent: &mut Agent, f: Frame, result: Value) -> JsResult<Frame> {
    let to = receive_result(agent, f, result);
    if to.is_err() {
        mark_done(f);
    }
    to
}

fn receive_result(agent: &mut Agent, f: Frame, result: Value) -> JsResult<Frame> {
    match unwrap_result(agent, result)? {
        None => Ok(finish(f)),
        Some(v) => {
            f.set(f.a(), v);
            Ok(f.next())
        }
    }
}

/// A generator yielded `v` to the step at `f`, without a result object.
pub fn receive_value(f: Frame, v: Value, done: bool) -> Frame {
    if done {
        return finish(f);
    }
    f.set(f.a(), v);
    f.next()
}

#[cold]
fn bad_result(agent: &mut Agent, result: Value) -> Throw {
    let text = display_value(agent, result);
    agent.type_error(format!("Iterator result {text} is not an object"))
}

/// One step in Rust; None at the end.
fn step_value(agent: &mut Agent, f: Frame, base: usize) -> JsResult<Option<Value>> {
    let next = f.reg(base + 1);
    if next.is_hole() {
        return array_next(agent, f, base);
    }
    step_iterator(agent, f, f.reg(base), next)
}

/// One step of an iterator with that `next`, called by the instruction at `f`; None at the end.
fn step_iterator(
    agent: &mut Agent,
    f: Frame,
    iterator: Value,
    next: Value,
) -> JsResult<Option<Value>> {
    if let Some(stepped) = iterator
        .as_object()
        .and_then(|o| native_step(agent, o, next))
    {
        return stepped;
    }
    match generator::step_compiled(agent, f, iterator, next) {
        Value::LAZY => {}
        Value::HOLE => return Ok(None),
        Value::EXCEPTION => return Err(Throw),
        v => return Ok(Some(v)),
    }
    let result = agent.call(next, iterator, &[])?;
    unwrap_result(agent, result)
}

/// `IteratorRest`.
#[inline(never)]
pub fn rest(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.bc();
    let list = agent.new_array();
    while !f.reg(base).is_undefined() {
        match step_value(agent, f, base) {
            Ok(Some(v)) => push(agent, list, v)?,
            Ok(None) => mark_done(f),
            Err(t) => {
                mark_done(f);
                return Err(t);
            }
        }
    }
    f.set(f.a(), list.into());
    Ok(())
}

/// `IteratorClose`.
#[inline(never)]
pub fn close(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.bc();
    let iterator = f.reg(base);
    mark_done(f);
    if f.reg(base + 1).is_hole() {
        return Ok(());
    }
    let Some(o) = iterator.as_object() else {
        return Ok(());
    };
    let method = return_method(agent, iterator)?;
    if method.is_undefined() || generator::close_in_place(o, method) {
        return Ok(());
    }
    let result = agent.call(method, iterator, &[])?;
    if !result.is_object() {
        let text = display_value(agent, result);
        return Err(agent.type_error(format!("{text} is not an object")));
    }
    Ok(())
}

/// GetMethod(iterator, "return"), through the megamorphic table.
fn return_method(agent: &mut Agent, iterator: Value) -> JsResult<Value> {
    let key = agent.names.return_;
    let method = cached_get(agent, iterator, key)?;
    if method.is_hole() || method.is_nullish() {
        return Ok(Value::UNDEFINED);
    }
    if !method.is_callable() {
        let what = display_value(agent, method);
        return Err(agent.type_error(format!("{what} is not a function")));
    }
    Ok(method)
}

/// `IteratorCloseSilent`.
#[inline(never)]
pub fn close_silent(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.bc();
    let iterator = f.reg(base);
    mark_done(f);
    if f.reg(base + 1).is_hole() {
        return Ok(());
    }
    if let Some(o) = iterator.as_object() {
        let _ = iterator_close_throw(agent, o, Throw);
        if agent.fault.is_some() {
            return Err(Throw);
        }
        agent.exception = Value::UNDEFINED;
    }
    Ok(())
}

/// `IteratorCallNext`.
#[inline(never)]
pub fn call_next(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.bc();
    match agent.call(f.reg(base + 1), f.reg(base), &[]) {
        Ok(v) => {
            f.set(f.a(), v);
            Ok(())
        }
        Err(t) => {
            mark_done(f);
            Err(t)
        }
    }
}

/// `IteratorUnwrap`: true at the end.
#[inline(never)]
pub fn unwrap(agent: &mut Agent, f: Frame) -> JsResult<bool> {
    let base = f.x(1) as usize;
    let result = f.reg(f.b());
    let outcome = unwrap_result(agent, result);
    match outcome {
        Ok(Some(v)) => {
            f.set(f.a(), v);
            Ok(false)
        }
        Ok(None) => {
            f.set(base, Value::UNDEFINED);
            Ok(true)
        }
        Err(t) => {
            f.set(base, Value::UNDEFINED);
            Err(t)
        }
    }
}

/// What an iterator result says: the value, or None at the end.
pub fn unwrap_result(agent: &mut Agent, result: Value) -> JsResult<Option<Value>> {
    if let Some((value, done)) = read_iter_result(agent, result) {
        return Ok((!to_boolean(done)).then_some(value));
    }
    if !result.is_object() {
        return Err(bad_result(agent, result));
    }
    let (done, value) = (agent.names.done, agent.names.value);
    let d = cached_get(agent, result, done)?;
    if to_boolean(d) {
        return Ok(None);
    }
    Ok(Some(cached_get(agent, result, value)?))
}

/// `IteratorCallReturn`: true if there is nothing to await.
#[inline(never)]
pub fn call_return(agent: &mut Agent, f: Frame) -> JsResult<bool> {
    let base = f.bc();
    let iterator = f.reg(base);
    mark_done(f);
    if !iterator.is_object() {
        return Ok(true);
    }
    let key = agent.names.return_;
    let method = get_method(agent, iterator, key)?;
    if method.is_undefined() {
        return Ok(true);
    }
    let v = agent.call(method, iterator, &[])?;
    f.set(f.a(), v);
    Ok(false)
}

/// `CreateIterResult`.
#[inline(never)]
pub fn create_iter_result(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = abstract_ops::create_iter_result(agent, f.reg(f.b()), f.c() & 1 != 0);
    f.set(f.a(), v);
    Ok(())
}

/// `ArraySpread`.
#[inline(never)]
pub fn array_spread(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (list, v) = (f.reg(f.a()), f.reg(f.b()));
    let Some(list) = list.as_object() else {
        return Ok(());
    };
    if let Some(o) = v.as_object()
        && is_pristine_array(agent, o)
    {
        let n = array::length_of(o).unwrap_or(0);
        let at = array::length_of(list).unwrap_or(0);
        if array::append_elements(agent, list, o, n)? {
            return Ok(());
        }
        list.reserve_elements(agent, at as usize + n as usize)?;
        let mut i = 0;
        while i < array::length_of(o).unwrap_or(0) {
            let e = o.dense_element(i);
            let e = if e.is_hole() {
                get(agent, o, PropertyKey::index(i))?
            } else {
                e
            };
            push(agent, list, e)?;
            i += 1;
        }
        return Ok(());
    }
    if v.is_nullish() {
        return Err(exception::not_spreadable(agent, f, v));
    }
    let key = agent.symbols.iterator_key();
    let method = cached_get(agent, v, key)?;
    if !method.is_callable() {
        return Err(exception::not_spreadable(agent, f, v));
    }
    let (iterator, next) = open_iterator(agent, method, v)?;
    if let Some(o) = iterator.as_object()
        && abstract_ops::append_native_rest(agent, list, o, next)?
    {
        return Ok(());
    }
    while let Some(v) = step_iterator(agent, f, iterator, next)? {
        push(agent, list, v)?;
    }
    Ok(())
}

// ---- for-in --------------------------------------------------------------------------------------------------------

/// `ForInPrepare`: base+0 the object, base+1 its list of keys, base+2 the next index of that.
#[inline(never)]
pub fn for_in_prepare(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.a());
    let base = f.bc();
    f.set(base + 2, Value::int(1));
    if v.is_nullish() {
        f.set(base, Value::UNDEFINED);
        f.set(base + 1, Value::UNDEFINED);
        return Ok(());
    }
    let o = to_object(agent, v)?;
    let keys = abstract_ops::for_in_keys(agent, o)?;
    f.set(base, o.into());
    f.set(base + 1, keys.into());
    Ok(())
}

/// `ForInNext`: true at the end.
#[inline(never)]
pub fn for_in_next(agent: &mut Agent, f: Frame) -> JsResult<bool> {
    let base = f.bc();
    let (Some(o), Some(keys)) = (f.reg(base).as_object(), f.reg(base + 1).as_object()) else {
        return Ok(true);
    };
    let n = array::length_of(keys).unwrap_or(0);
    loop {
        let i = f.reg(base + 2).as_int().unwrap_or(0) as u32;
        if i >= n {
            return Ok(true);
        }
        f.set(base + 2, Value::int(i as i32 + 1));
        if let Some(key) = abstract_ops::for_in_key(agent, o, keys, i)? {
            f.set(f.a(), key);
            return Ok(false);
        }
    }
}
