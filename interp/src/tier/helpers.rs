//! The functions that compiled code calls, by the rows of the compiler's table of helpers.
//!
//! All get the agent first. They are called by compiled code alone, with arguments of the representations that their row
//! names: `u64` for values and addresses, `i32`, `f64`; answers of kind Bool are `u32`.

use super::{cached, enter, exits};
use crate::arith;
use crate::bodies::MAX_APPLIED;
use crate::frame::*;
use crate::ic::element;
use crate::vm::{run_entry, vm};
use crate::{bodies, call, class, construct, exception, generator, instance, operators};
use sarus_bytecode::Constant;
use sarus_gc::Gc;
use sarus_jit::helpers::{HELPERS, Helper};
use sarus_runtime::abstract_ops;
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::bodies::APPLIES;
use sarus_runtime::builtins::{array as array_builtins, array_constructor, array_iterator};
use sarus_runtime::code::LinkedCode;
use sarus_runtime::environment::{Environment, EnvironmentCell, EnvironmentKind};
use sarus_runtime::error::JsResult;
use sarus_runtime::function::NativeFunctionCell;
use sarus_runtime::kind::CellKind;
use sarus_runtime::numeric::{self, math};
use sarus_runtime::object::elements::ElementsCell;
use sarus_runtime::object::{Object, ObjectCell, array, collections};
use sarus_runtime::shape::Shape;
use sarus_runtime::string::JsString;
use sarus_runtime::text::{self, StrView};
use sarus_runtime::value::Value;
use std::cell::Cell;

/// The addresses, by helper.
pub fn addresses() -> Vec<u64> {
    HELPERS.iter().map(|row| address(row.helper)).collect()
}

fn bits(result: JsResult<Value>) -> u64 {
    result.unwrap_or(Value::EXCEPTION).bits()
}

fn string(v: u64) -> JsString {
    match Value::from_bits(v).as_string() {
        Some(s) => s,
        None => unreachable!("compiled code checked that it is a string"),
    }
}

fn object(v: u64) -> Object {
    match Value::from_bits(v).as_object() {
        Some(o) => o,
        None => unreachable!("compiled code checked that it is an object"),
    }
}

/// A frame whose position compiled code has saved.
fn saved(fp: u64) -> Frame {
    Frame::saved(fp as Fp)
}

macro_rules! helpers {
    ($($name:ident |$agent:ident $(, $arg:ident : $ty:ty)*| -> $ret:ty $body:block)*) => {
        fn address(helper: Helper) -> u64 {
            match helper {
                Helper::Exit => exits::exit as *const () as u64,
                $(Helper::$name => {
                    unsafe extern "C" fn run($agent: *mut Agent $(, $arg: $ty)*) -> $ret {
                        #[allow(unused_variables)]
                        // SAFETY: compiled code passes its agent, which nothing else uses meanwhile.
                        let $agent = unsafe { &mut *$agent };
                        $body
                    }
                    run as *const () as u64
                })*
            }
        }
    };
}

helpers! {
    EnterSlow |agent, fp: u64, osr: i32| -> u64 {
        enter::enter_slow(agent, fp as Fp, osr != 0)
    }
    Hot |agent, fp: u64| -> u64 {
        super::policy::is_hot(agent, saved(fp).code());
        0
    }
    Poll |agent, _fp: u64| -> u64 {
        if vm(agent).interrupted() && enter::compiled_poll(agent).is_err() {
            return Value::EXCEPTION.bits();
        }
        0
    }
    HasMuchStack |agent, fp: u64| -> u32 {
        let (below, above) = (vm(agent).depth_of(fp as Fp), (vm(agent).limit() as u64).saturating_sub(fp));
        u32::from(below as u64 * 8 < above)
    }
    StepGenerator |agent, fp: u64, iterator: u64, next: u64| -> u64 {
        let (iterator, next) = (Value::from_bits(iterator), Value::from_bits(next));
        generator::step_compiled(agent, saved(fp), iterator, next).bits()
    }
    AfterStep |agent, iterator: u64, v: u64| -> u64 {
        generator::after_step(agent, object(iterator), Value::from_bits(v)).bits()
    }
    StepNative |agent, iterator: u64, next: u64| -> u64 {
        let (iterator, next) = (Value::from_bits(iterator), Value::from_bits(next));
        abstract_ops::quick_step(agent, iterator, next).bits()
    }
    StepElement |agent, iterator: u64| -> u64 {
        array_iterator::quick_element(agent, object(iterator)).bits()
    }
    SeekEntry |agent, iterator: u64| -> i32 {
        i32::from(collections::iterator_seek(agent, object(iterator)))
    }
    ResumeGenerator |agent, fp: u64, callee: u64, this: u64, v: u64| -> u64 {
        let (callee, this) = (object(callee), object(this));
        generator::resume_compiled(agent, saved(fp), callee, this, Value::from_bits(v)).bits()
    }
    GeneratorNext |agent, _fp: u64, callee: u64, this: u64, v: u64| -> u64 {
        bits(generator::call_next(agent, object(callee), Value::from_bits(this), Value::from_bits(v)))
    }
    Await |agent, fp: u64, activation: u64, v: u64| -> u64 {
        let f = Frame { fp: fp as Fp, pc: std::ptr::null() };
        generator::await_in_place(agent, f, object(activation), Value::from_bits(v)).bits()
    }
    ThrowOut |agent, fp: u64| -> u64 {
        enter::throw_out(agent, saved(fp))
    }
    TakeException |agent, fp: u64| -> u64 {
        let f = saved(fp);
        vm(agent).set_fp(f.fp);
        if agent.fault.is_some() {
            return Value::EXCEPTION.bits();
        }
        agent.realm = f.code().realm();
        agent.take_exception().unwrap_or(Value::UNDEFINED).bits()
    }
    Truthy |agent, v: u64| -> u32 { u32::from(arith::to_boolean(Value::from_bits(v))) }
    StringEqual |agent, a: u64, b: u64| -> u32 {
        u32::from(agent.string_equals(string(a), string(b)))
    }
    StringCompare |agent, a: u64, b: u64| -> i32 {
        let (a, b) = (string(a), string(b));
        // Flattening first: a view of one must not be in use while the other is flattened.
        a.view(agent);
        b.view(agent);
        a.view(agent).cmp(&b.view(agent)) as i32
    }
    Concat |agent, a: u64, b: u64| -> u64 {
        bits(agent.concat(string(a), string(b)).map(Value::from))
    }
    ConcatNumber |agent, a: u64, b: u64| -> u64 {
        let parts = [a, b].map(Value::from_bits);
        bits(abstract_ops::join_text(agent, &parts).map(Value::from))
    }
    BigIntBinary |agent, a: u64, b: u64, op: i32| -> u64 {
        bits(arith::bigint_binary(agent, op as u8, Value::from_bits(a), Value::from_bits(b)))
    }
    BigIntUnary |agent, a: u64, op: i32| -> u64 {
        bits(arith::bigint_unary(agent, op as u8, Value::from_bits(a)))
    }
    JoinText |agent, a: u64, b: u64, c: u64, d: u64| -> u64 {
        let parts = [a, b, c, d].map(Value::from_bits);
        let parts = if parts[3].is_undefined() { &parts[..3] } else { &parts[..] };
        bits(abstract_ops::join_text(agent, parts).map(Value::from))
    }
    StrictEqual |agent, a: u64, b: u64| -> u32 {
        u32::from(abstract_ops::strict_equals(agent, Value::from_bits(a), Value::from_bits(b)))
    }
    LooseEqual |agent, a: u64, b: u64| -> i32 {
        abstract_ops::quick_loose_equality(agent, Value::from_bits(a), Value::from_bits(b)).map_or(2, i32::from)
    }
    StringIs |agent, a: u64, b: u64| -> u32 {
        u32::from(abstract_ops::strict_equals(agent, Value::from_bits(a), Value::from_bits(b)))
    }
    AtomOf |agent, v: u64| -> u64 {
        let v = Value::from_bits(v);
        v.as_string().map_or(v, |s| agent.intern_string(s).into()).bits()
    }
    TypeOf |agent, v: u64| -> u64 { operators::type_of(agent, Value::from_bits(v)).bits() }
    IsInstance |agent, v: u64, prototype: u64| -> i32 {
        let answer = instance::is_instance(agent, Value::from_bits(v), Value::from_bits(prototype));
        answer.map_or(-1, i32::from)
    }
    TestTypeof |agent, v: u64, what: i32| -> u32 {
        u32::from(operators::test_type_of(Value::from_bits(v), what as u8))
    }
    CharCodeAt |agent, s: u64, i: i32| -> i32 {
        unit_at(agent, s, i).map_or(-1, i32::from)
    }
    CodePointAt |agent, s: u64, i: i32| -> i32 {
        let Some(first) = unit_at(agent, s, i) else { return -1 };
        let second = match first {
            0xD800..0xDC00 => unit_at(agent, s, i + 1),
            _ => None,
        };
        match second {
            Some(second @ 0xDC00..0xE000) => {
                ((i32::from(first) - 0xD800) << 10) + (i32::from(second) - 0xDC00) + 0x10000
            }
            _ => i32::from(first),
        }
    }
    CharAt |agent, s: u64, i: i32| -> u64 {
        let s = match unit_at(agent, s, i) {
            Some(unit) => agent.unit_string(unit),
            None => agent.new_string(""),
        };
        Value::from(s).bits()
    }
    FromCodePoint |agent, point: i32| -> u64 {
        Value::from(agent.point_string(point as u32)).bits()
    }
    FromCharCode |agent, unit: i32| -> u64 { Value::from(agent.unit_string(unit as u16)).bits() }
    StringData |agent, s: u64| -> u64 { string(s).data_address(agent) as u64 }
    TypedLength |agent, o: u64| -> i32 {
        let stored = object(o).as_typed_array().and_then(|t| t.stored_length());
        stored.and_then(|n| i32::try_from(n).ok()).unwrap_or(-1)
    }
    DoubleToInt32 |agent, n: f64| -> i32 { numeric::to_int32(n) }
    TypedLoad |agent, o: u64, i: i32| -> f64 {
        let array = object(o).as_typed_array();
        let bits = array.and_then(|a| Some((a.element_type(), a.load(usize::try_from(i).ok()?)?)));
        bits.map_or(f64::NAN, |(t, bits)| t.to_value(agent, bits).as_number().unwrap_or(f64::NAN))
    }
    TypedStore |agent, o: u64, i: i32, n: f64| -> i32 {
        if let (Some(a), Ok(i)) = (object(o).as_typed_array(), usize::try_from(i)) {
            a.store(i, a.element_type().from_number(n));
        }
        0
    }
    Mod |agent, a: f64, b: f64| -> f64 { math::remainder(a, b) }
    Pow |agent, a: f64, b: f64| -> f64 { math::pow(a, b) }
    Round |agent, n: f64| -> f64 { math::round(n) }
    Sin |agent, n: f64| -> f64 { math::sin(n) }
    Cos |agent, n: f64| -> f64 { math::cos(n) }
    Tan |agent, n: f64| -> f64 { math::tan(n) }
    Asin |agent, n: f64| -> f64 { math::asin(n) }
    Acos |agent, n: f64| -> f64 { math::acos(n) }
    Atan |agent, n: f64| -> f64 { math::atan(n) }
    Atan2 |agent, a: f64, b: f64| -> f64 { math::atan2(a, b) }
    Exp |agent, n: f64| -> f64 { math::exp(n) }
    Log |agent, n: f64| -> f64 { math::log(n) }
    Log2 |agent, n: f64| -> f64 { math::log2(n) }
    Log10 |agent, n: f64| -> f64 { math::log10(n) }
    Cbrt |agent, n: f64| -> f64 { math::cbrt(n) }
    Hypot |agent, a: f64, b: f64| -> f64 { math::hypot(&[a, b]) }
    PrototypeOf |agent, o: u64| -> u64 {
        bits(object(o).get_prototype_of(agent).map(Value::from))
    }
    NewCell |agent, size: i32, header: u64| -> u64 {
        // SAFETY: compiled code passes the size and header of one of its templates, whose kinds have no finalizers, and fills
        // the cell in right away.
        unsafe { agent.heap.alloc_raw(size as usize, header) as u64 }
    }
    LogCell |agent, cell: u64| -> i32 {
        agent.heap.log_cell(cell as *const sarus_gc::Header);
        0
    }
    NewObject |agent, shape: u64| -> u64 {
        Value::from(agent.new_object_with_shape(shape_of(shape))).bits()
    }
    NewObjectWith |agent, shape: u64, values: u64, count: i32| -> u64 {
        let o = agent.new_object_with_shape(shape_of(shape));
        for (i, v) in slice(values, count).iter().enumerate() {
            o.store_existing_slot(agent, i as u32, *v);
        }
        Value::from(o).bits()
    }
    NewArray |agent, capacity: i32| -> u64 {
        let o = agent.new_array();
        if capacity > 0 {
            // Over the heap's limit the fault waits in the agent and the array is made without room.
            let _ = o.reserve_elements(agent, capacity as usize);
        }
        Value::from(o).bits()
    }
    NewArrayOfLength |agent, length: i32| -> u64 {
        bits(array_constructor::new_array_of_length(agent, None, length as u32).map(Value::from))
    }
    NewArrayWith |agent, values: u64, count: i32| -> u64 {
        Value::from(agent.new_array_from(slice(values, count))).bits()
    }
    NewEnvironment |agent, code: u64, scope: i32, parent: u64, undefined: i32| -> u64 {
        // SAFETY: compiled code passes a linked code.
        let code: Gc<LinkedCode> = unsafe { Gc::from_raw(code as *mut LinkedCode) };
        let slots = match code.block().constants.get(scope as usize) {
            Some(Constant::Scope(info)) => info.slot_count as usize,
            _ => 0,
        };
        let parent = env_of_word(Value::from_bits(parent));
        let code = Value::cell(code);
        let kind = EnvironmentKind::Declarative;
        let env = agent.new_environment(parent, kind, slots, code, scope as u32);
        if undefined != 0 {
            for i in 0..slots {
                env.set(agent, i, Value::UNDEFINED);
            }
        }
        env.addr() as u64
    }
    CloneEnvironment |agent, env: u64| -> u64 {
        // SAFETY: compiled code passes an environment.
        let old: Environment = unsafe { Gc::from_raw(env as *mut EnvironmentCell) };
        let (code, scope) = old.scope();
        let new = agent.new_environment(old.parent(), old.kind(), old.len(), code, scope);
        for i in 0..old.len() {
            new.set(agent, i, old.get(i));
        }
        new.addr() as u64
    }
    NewClosure |agent, fp: u64, index: i32| -> u64 {
        let f = Frame { fp: fp as Fp, pc: std::ptr::null() };
        Value::from(class::new_closure(agent, f, index as usize)).bits()
    }
    ArrayPush |agent, a: u64, v: u64| -> u32 {
        let o = object(a);
        let n = array::length_of(o).unwrap_or(u32::MAX);
        let simple = n < i32::MAX as u32 && !o.length_is_readonly();
        u32::from(simple && append(agent, o, n, Value::from_bits(v)))
    }
    RoomForSlots |agent, o: u64, needed: i32| -> u64 {
        let needed = usize::try_from(needed).unwrap_or(0);
        object(o).slots_with_room(agent, needed).addr() as u64
    }
    StoreElementSlow |agent, o: u64, i: i32, v: u64| -> u32 {
        u32::from(i >= 0 && append(agent, object(o), i as u32, Value::from_bits(v)))
    }
    FindInMap |agent, map: u64, key: u64| -> i32 { find_entry(agent, map, key) }
    FindInSet |agent, set: u64, key: u64| -> i32 { find_entry(agent, set, key) }
    NewActuals |agent, values: u64, count: i32| -> u64 {
        let values = slice(values, count);
        // They may lie above the innermost frame.
        vm(agent).guard_window(values.as_ptr_range().end.cast_mut());
        let list = ElementsCell::allocate(agent, values.len());
        vm(agent).guard_window(std::ptr::null_mut());
        for (to, from) in list.values().iter().zip(values) {
            to.set(*from);
        }
        list.addr() as u64
    }
    SuitsBody |agent, native: u64, this: u64, callback: u64, argc: i32| -> u32 {
        // SAFETY: compiled code passes a native function that it keeps alive.
        let native: Gc<NativeFunctionCell> = unsafe { Gc::from_raw(native as *mut _) };
        let (this, callback) = (Value::from_bits(this), Value::from_bits(callback));
        u32::from(bodies::suits_call(agent, native, this, callback, argc.max(0) as usize))
    }
    MapAppend |agent, map: u64, key: u64, v: u64| -> u32 {
        u32::from(append_entry(agent, map, key, Value::from_bits(v)))
    }
    SetAppend |agent, set: u64, key: u64| -> u32 {
        u32::from(append_entry(agent, set, key, Value::UNDEFINED))
    }
    CollectionDelete |agent, o: u64, key: u64| -> i32 {
        let key = collections::normalize(Value::from_bits(key));
        collections::remove(agent, object(o), key).map_or_else(|_| {
            agent.exception = Value::UNDEFINED;
            2
        }, i32::from)
    }
    CollectionSize |agent, o: u64| -> i32 {
        i32::try_from(collections::size(object(o))).unwrap_or(i32::MAX)
    }
    ArrayPop |agent, o: u64| -> u64 {
        array_builtins::pop_dense(agent, object(o)).unwrap_or(Value::HOLE).bits()
    }
    ArrayShift |agent, o: u64| -> u64 {
        array_builtins::shift_dense(agent, object(o)).unwrap_or(Value::HOLE).bits()
    }
    ArraySlice |agent, o: u64, from: i32, to: i32| -> u64 {
        let part = array_builtins::slice_plain(agent, object(o), i64::from(from), i64::from(to));
        part.map_or(Value::LAZY, Value::from).bits()
    }
    ArrayIndexOf |agent, o: u64, v: u64| -> i32 {
        match array_builtins::dense_index_of(agent, object(o), Value::from_bits(v)) {
            Some(found) => found.map_or(-1, |i| i32::try_from(i).unwrap_or(-2)),
            None => -2,
        }
    }
    ArrayLastIndexOf |agent, o: u64, v: u64| -> i32 {
        match array_builtins::dense_last_index_of(agent, object(o), Value::from_bits(v)) {
            Some(found) => found.map_or(-1, |i| i32::try_from(i).unwrap_or(-2)),
            None => -2,
        }
    }
    ParseFloat |agent, s: u64| -> f64 { numeric::parse_float(string(s).view(agent)) }
    ArrayIncludes |agent, o: u64, v: u64| -> i32 {
        array_builtins::dense_includes(agent, object(o), Value::from_bits(v)).map_or(2, i32::from)
    }
    LoadCached |agent, o: u64, key: u64| -> u64 {
        let found = cached::load_value(agent, Value::from_bits(o), Value::from_bits(key));
        found.unwrap_or(Value::LAZY).bits()
    }
    FindGetter |agent, o: u64, key: u64| -> u64 {
        let found = cached::find_getter(agent, Value::from_bits(o), Value::from_bits(key));
        found.unwrap_or(Value::LAZY).bits()
    }
    FindTrap |agent, o: u64, name: u64, key: u64| -> u64 {
        let [o, name, key] = [o, name, key].map(Value::from_bits);
        cached::find_trap(agent, o, name, key).unwrap_or(Value::LAZY).bits()
    }
    TrapKey |agent, key: u64| -> u64 {
        cached::trap_key(agent, Value::from_bits(key)).unwrap_or(Value::LAZY).bits()
    }
    TrapGot |agent, target: u64, key: u64, v: u64| -> u64 {
        let [key, v] = [key, v].map(Value::from_bits);
        let got = cached::after_get(agent, object(target), key, v);
        got.unwrap_or(Value::EXCEPTION).bits()
    }
    TrapStored |agent, target: u64, key: u64, v: u64, answer: u64, proxy: u64| -> u64 {
        let [proxy, key, v, answer] = [proxy, key, v, answer].map(Value::from_bits);
        match cached::after_set(agent, object(target), key, v, answer) {
            Ok((key, false)) if proxy.is_object() => {
                let _ = abstract_ops::readonly_error(agent, proxy, key);
                Value::EXCEPTION.bits()
            }
            Ok(_) => Value::UNDEFINED.bits(),
            Err(_) => Value::EXCEPTION.bits(),
        }
    }
    StoreCached |agent, o: u64, key: u64, v: u64| -> u32 {
        let [o, key, v] = [o, key, v].map(Value::from_bits);
        u32::from(cached::store_value(agent, o, key, v))
    }
    HasProperty |agent, o: u64, key: u64| -> i32 {
        cached::has_property(agent, Value::from_bits(o), Value::from_bits(key)).map_or(-1, i32::from)
    }
    HasOwn |agent, o: u64, key: u64| -> i32 {
        cached::has_own(agent, Value::from_bits(o), Value::from_bits(key)).map_or(-1, i32::from)
    }
    NumberToString |agent, n: u64| -> u64 {
        let n = Value::from_bits(n);
        let s = match n.as_int() {
            Some(i) => agent.int_string(i),
            // Numbers convert without running anything.
            None => abstract_ops::to_string(agent, n).unwrap_or(agent.empty_string()),
        };
        Value::from(s).bits()
    }
    Substring |agent, s: u64, from: i32, to: i32| -> u64 {
        let s = string(s);
        let n = s.len();
        let at = |i: i32| usize::try_from(i).unwrap_or(0).min(n);
        let (a, b) = (at(from), at(to));
        Value::from(agent.substring(s, a.min(b), a.max(b))).bits()
    }
    StringSlice |agent, s: u64, from: i32, to: i32| -> u64 {
        let s = string(s);
        let n = s.len();
        let at = |i: i32| match usize::try_from(i) {
            Ok(i) => i.min(n),
            Err(_) => n.saturating_sub(i.unsigned_abs() as usize),
        };
        let (a, b) = (at(from), at(to));
        let s = if a < b { agent.substring(s, a, b) } else { agent.empty_string() };
        Value::from(s).bits()
    }
    StringIndexOf |agent, s: u64, what: u64, from: i32| -> i32 {
        let (s, what) = flat_strings(agent, s, what);
        let from = usize::try_from(from).unwrap_or(0).min(s.len());
        let found = text::index_of(s.view(agent), what.view(agent), from);
        found.map_or(-1, |i| i as i32)
    }
    StringStartsWith |agent, s: u64, what: u64, at: i32| -> u32 {
        let (s, what) = flat_strings(agent, s, what);
        let at = usize::try_from(at).unwrap_or(0).min(s.len());
        u32::from(text::starts_with_at(s.view(agent), what.view(agent), at))
    }
    StringEndsWith |agent, s: u64, what: u64| -> u32 {
        let (s, what) = flat_strings(agent, s, what);
        let at = s.len().checked_sub(what.len());
        u32::from(at.is_some_and(|at| text::starts_with_at(s.view(agent), what.view(agent), at)))
    }
    CallWindow |agent, fp: u64, window: u64, argc: i32| -> u64 {
        bits(call_window(agent, saved(fp), window as Fp, argc as usize))
    }
    ListElements |agent, list: u64, first: i32, end: i32| -> u64 {
        // SAFETY: compiled code passes the elements of an object, or a list of actual arguments.
        let list: Gc<ElementsCell> = unsafe { Gc::from_raw(list as *mut ElementsCell) };
        let values = list.values();
        let end = values.len().min(end.max(0) as usize);
        let from = &values[end.min(first.max(0) as usize)..end];
        if from.is_empty() {
            return ObjectCell::empty_elements(agent);
        }
        let copy = ElementsCell::allocate(agent, from.len());
        for (to, from) in copy.values().iter().zip(from) {
            to.set(match from.get() {
                v if v.is_hole() => Value::UNDEFINED,
                v => v,
            });
        }
        copy.addr() as u64
    }
    CallListed |agent, fp: u64, window: u64, fixed: i32, list: u64, count: i32| -> u64 {
        // SAFETY: compiled code passes the elements of an object.
        let list: Gc<ElementsCell> = unsafe { Gc::from_raw(list as *mut ElementsCell) };
        let values = list.values().get(..count.max(0) as usize).unwrap_or_default();
        bits(call_listed(agent, saved(fp), window as Fp, fixed.max(0) as usize, values))
    }
    CallNative |agent, fp: u64, window: u64, argc: i32| -> u64 {
        bits(call_native_window(agent, saved(fp), window as Fp, argc as usize))
    }
    ConstructWindow |agent, fp: u64, window: u64, argc: i32, new_target: u64| -> u64 {
        let new_target = Value::from_bits(new_target);
        bits(construct_window(agent, saved(fp), window as Fp, argc as usize, new_target))
    }
}

fn unit_at(agent: &mut Agent, s: u64, i: i32) -> Option<u16> {
    let i = usize::try_from(i).ok()?;
    match string(s).view(agent) {
        StrView::Latin1(b) => b.get(i).map(|c| u16::from(*c)),
        StrView::Utf16(u) => u.get(i).copied(),
    }
}

fn shape_of(address: u64) -> Gc<Shape> {
    // SAFETY: compiled code passes shapes that it keeps alive.
    unsafe { Gc::from_raw(address as *mut Shape) }
}

fn slice<'a>(values: u64, count: i32) -> &'a [Value] {
    // SAFETY: compiled code passes the address of that many values in its frame, and writes none until the helper is done.
    unsafe { std::slice::from_raw_parts(values as *const Value, count.max(0) as usize) }
}

/// Appends an element, if nothing can be in the way; a failure is left to the general way.
fn append(agent: &mut Agent, o: Object, i: u32, v: Value) -> bool {
    match element::append(agent, o, i, v) {
        Ok(done) => done,
        Err(_) => {
            agent.exception = Value::UNDEFINED;
            false
        }
    }
}

/// Two strings, flattened: a view of one must not be in use while the other is flattened.
fn flat_strings(agent: &mut Agent, a: u64, b: u64) -> (JsString, JsString) {
    let (a, b) = (string(a), string(b));
    a.view(agent);
    b.view(agent);
    (a, b)
}

/// Adds a key that is not there to a Map or Set; a failure is left to the general way.
fn append_entry(agent: &mut Agent, collection: u64, key: u64, v: Value) -> bool {
    let done = collections::append(agent, object(collection), Value::from_bits(key), v).is_ok();
    if !done {
        agent.exception = Value::UNDEFINED;
    }
    done
}

fn find_entry(agent: &mut Agent, collection: u64, key: u64) -> i32 {
    let key = collections::normalize(Value::from_bits(key));
    let found = collections::find_entry(agent, object(collection), key);
    found.map_or(-1, |entry| entry as i32)
}

/// Enters a closure whose window is filled in, by that way, and runs it to its end.
fn run_window(
    agent: &mut Agent,
    nf: Fp,
    target: Object,
    argc: usize,
    push: fn(&mut Agent, Fp, Object, usize, call::Entry) -> JsResult<Frame>,
) -> JsResult<Value> {
    agent.check_native_stack()?;
    if let Some(result) = enter::call_in_window(agent, target, nf, argc) {
        return result;
    }
    let entry = call::Entry::from_rust(agent, 0);
    let realm = agent.realm;
    let frame = push(agent, nf, target, argc, entry);
    let result = run_entry(agent, frame);
    agent.realm = realm;
    result
}

/// Calls the native function that stands in a window above the frame `f`.
fn call_native_window(agent: &mut Agent, f: Frame, nf: Fp, argc: usize) -> JsResult<Value> {
    let window = Frame { fp: nf, pc: f.pc };
    match window.reg(CALLEE).as_object() {
        Some(o) if o.as_native().is_some_and(|n| n.body() != APPLIES) => {
            let (this, args) = (window.reg(THIS), window.regs(ARGS, argc));
            call::call_native(agent, o, this, args, Value::UNDEFINED)
        }
        _ => call_window(agent, f, nf, argc),
    }
}

/// Calls what stands in a window above the frame `f`.
fn call_window(agent: &mut Agent, f: Frame, nf: Fp, argc: usize) -> JsResult<Value> {
    let window = Frame { fp: nf, pc: f.pc };
    let callee = window.reg(CALLEE);
    let Some(o) = callee.as_object() else {
        return Err(exception::not_a_function(agent, f, callee));
    };
    if o.is(CellKind::Function) {
        if o.is_class_constructor() {
            return Err(exception::class_without_new(agent, o));
        }
        return run_window(agent, nf, o, argc, call::push_closure);
    }
    let applies = match o.as_native() {
        Some(native) if native.body() != APPLIES => {
            let (this, args) = (window.reg(THIS), window.regs(ARGS, argc));
            return call::call_native(agent, o, this, args, Value::UNDEFINED);
        }
        native => native.is_some(),
    };
    let moved = if applies {
        bodies::spread_apply(agent, nf, argc)
    } else {
        bodies::unbind(agent, nf, o, argc)
    };
    if let Some((target, argc)) = moved {
        return run_window(agent, nf, target, argc, bodies::enter_guarded);
    }
    let (this, args) = (window.reg(THIS), window.regs(ARGS, argc));
    if o.is(CellKind::NativeFunction) {
        call::call_native(agent, o, this, args, Value::UNDEFINED)
    } else if o.is_callable() {
        call::call_value(agent, callee, this, args)
    } else {
        Err(exception::not_a_function(agent, f, callee))
    }
}

/// Calls what stands in a window above the frame `f`, with so many arguments there and the rest in a list.
fn call_listed(
    agent: &mut Agent,
    f: Frame,
    nf: Fp,
    fixed: usize,
    list: &[Cell<Value>],
) -> JsResult<Value> {
    let window = Frame { fp: nf, pc: f.pc };
    let callee = window.reg(CALLEE);
    let Some(o) = callee.as_object().filter(|o| o.is_callable()) else {
        return Err(exception::not_a_function(agent, f, callee));
    };
    if o.is_class_constructor() {
        return Err(exception::class_without_new(agent, o));
    }
    let argc = fixed + list.len();
    let value = |slot: &Cell<Value>| match slot.get() {
        v if v.is_hole() => Value::UNDEFINED,
        v => v,
    };
    let this = window.reg(THIS);
    if argc > MAX_APPLIED || nf.wrapping_add(ARGS + argc) > vm(agent).limit() {
        let mut all = agent.heap.root_vec::<Value>();
        all.extend(window.regs(ARGS, fixed).iter().copied());
        all.extend(list.iter().map(value));
        return call::call_value(agent, callee, this, all.as_slice());
    }
    if o.is(CellKind::Function) {
        for (i, slot) in list.iter().enumerate() {
            window.set(ARGS + fixed + i, value(slot));
        }
        return run_window(agent, nf, o, argc, bodies::enter_guarded);
    }
    // The collector finds them on the native stack.
    let mut all = [Value::UNDEFINED; MAX_APPLIED];
    all[..fixed].copy_from_slice(window.regs(ARGS, fixed));
    for (to, slot) in all[fixed..].iter_mut().zip(list) {
        *to = value(slot);
    }
    match o.is(CellKind::NativeFunction) {
        true => call::call_native(agent, o, this, &all[..argc], Value::UNDEFINED),
        false => call::call_value(agent, callee, this, &all[..argc]),
    }
}

/// Constructs with what stands in a window above the frame `f`.
fn construct_window(
    agent: &mut Agent,
    f: Frame,
    nf: Fp,
    argc: usize,
    new_target: Value,
) -> JsResult<Value> {
    let callee = Frame { fp: nf, pc: f.pc }.reg(CALLEE);
    if !callee.is_constructor() {
        return Err(exception::not_a_constructor(agent, f, callee));
    }
    agent.check_native_stack()?;
    construct::construct_in_window(agent, f, nf, argc, new_target)
}

/// Runs an instruction's pushed frame to its end.
pub fn complete(agent: &mut Agent, f: Frame, to: Frame) -> JsResult<Frame> {
    if to.is_throw() {
        return Err(sarus_runtime::error::Throw);
    }
    if to.fp == f.fp {
        return Ok(to);
    }
    enter::run_nested(agent, to)
}
