//! Timers and immediates: `setTimeout`, `setInterval`, `setImmediate` and their kin, as Node has them.

use crate::state::state;
use sarus_gc::Tracer;
use sarus_runtime::abstract_ops::{
    create_data_property_or_throw, define_property_or_throw, get, to_number,
};
use sarus_runtime::kind::mark_value;
use sarus_runtime::object::data::NativeData;
use sarus_runtime::{
    Agent, Attributes, CallArgs, JsResult, Object, PropertyDescriptor, PropertyKey, Value,
};
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::{Duration, Instant};

/// One timer.
pub struct Timer {
    callback: Value,
    arguments: Value,
    /// The `Timeout` object.
    object: Value,
    repeat: Option<Duration>,
    delay: Duration,
    referenced: bool,
    /// Which heap entry counts; refreshing makes the older ones stale.
    sequence: u64,
}

/// One immediate.
struct Immediate {
    id: u64,
    callback: Value,
    arguments: Value,
    referenced: bool,
}

/// All timers and immediates of an agent.
pub struct Timers {
    heap: BinaryHeap<Reverse<(Instant, u64, u64)>>,
    timers: HashMap<u64, Timer>,
    immediates: VecDeque<Immediate>,
    next_id: u64,
    next_sequence: u64,
    prototypes: [Value; 2],
}

impl Default for Timers {
    fn default() -> Timers {
        Timers {
            heap: BinaryHeap::new(),
            timers: HashMap::new(),
            immediates: VecDeque::new(),
            next_id: 0,
            next_sequence: 0,
            prototypes: [Value::UNDEFINED; 2],
        }
    }
}

impl Default for TimerHandle {
    fn default() -> TimerHandle {
        TimerHandle {
            id: Cell::new(0),
            immediate: false,
        }
    }
}

/// Native data of `Timeout` and `Immediate` objects.
struct TimerHandle {
    id: Cell<u64>,
    immediate: bool,
}

impl NativeData for TimerHandle {
    fn trace(&self, _: &mut Tracer) {}
}

impl Timers {
    /// Marks callbacks and arguments.
    pub fn trace(&self, tracer: &mut Tracer) {
        for t in self.timers.values() {
            for v in [t.callback, t.arguments, t.object] {
                mark_value(tracer, v);
            }
        }
        for i in &self.immediates {
            mark_value(tracer, i.callback);
            mark_value(tracer, i.arguments);
        }
        for v in self.prototypes {
            mark_value(tracer, v);
        }
    }
    /// True while something keeps the loop alive.
    pub fn has_referenced(&self) -> bool {
        self.timers.values().any(|t| t.referenced) || self.immediates.iter().any(|i| i.referenced)
    }
    /// True while immediates wait.
    pub fn has_immediates(&self) -> bool {
        !self.immediates.is_empty()
    }
    /// When the next timer is due.
    pub fn next_due(&mut self) -> Option<Instant> {
        while let Some(&Reverse((due, sequence, id))) = self.heap.peek() {
            if self.timers.get(&id).is_some_and(|t| t.sequence == sequence) {
                return Some(due);
            }
            self.heap.pop();
        }
        None
    }
    /// Takes the next timer that is due at `now`: callback and arguments.
    pub fn take_due(&mut self, now: Instant) -> Option<(Value, Value, Value)> {
        if self.next_due()? > now {
            return None;
        }
        let Reverse((_, _, id)) = self.heap.pop()?;
        let timer = self.timers.get(&id)?;
        let result = (timer.callback, timer.arguments, timer.object);
        match timer.repeat {
            Some(every) => self.schedule(id, now + every),
            None => {
                self.timers.remove(&id);
            }
        }
        Some(result)
    }
    /// Takes the immediates that wait now; those added meanwhile run in the next turn.
    pub fn immediate_count(&self) -> usize {
        self.immediates.len()
    }
    /// Takes the first immediate.
    pub fn take_immediate(&mut self) -> Option<(Value, Value)> {
        self.immediates
            .pop_front()
            .map(|i| (i.callback, i.arguments))
    }
    fn schedule(&mut self, id: u64, due: Instant) {
        self.next_sequence += 1;
        let sequence = self.next_sequence;
        if let Some(t) = self.timers.get_mut(&id) {
            t.sequence = sequence;
            self.heap.push(Reverse((due, sequence, id)));
        }
    }
    fn clear(&mut self, id: u64, immediate: bool) {
        if immediate {
            self.immediates.retain(|i| i.id != id);
        } else {
            self.timers.remove(&id);
        }
    }
}

/// Defines the timer functions on the global object.
pub fn define(agent: &mut Agent, global: Object) -> JsResult<()> {
    let functions: [(&str, u32, sarus_runtime::function::NativeFn); 7] = [
        ("setTimeout", 2, set_timeout),
        ("setInterval", 2, set_interval),
        ("setImmediate", 1, set_immediate),
        ("clearTimeout", 1, clear),
        ("clearInterval", 1, clear),
        ("clearImmediate", 1, clear),
        ("queueMicrotask", 1, queue_microtask),
    ];
    for (name, length, f) in functions {
        let f = agent.new_native_function(name, length, f);
        let key = agent.key(name);
        define_property_or_throw(
            agent,
            global,
            key,
            &PropertyDescriptor::data(f.into(), Attributes::ALL),
        )?;
    }
    Ok(())
}

/// Defines `setTimeout` alone.
///
/// # Errors
/// None on a fresh global object.
pub fn define_set_timeout(agent: &mut Agent, global: Object) -> JsResult<()> {
    let f = agent.new_native_function("setTimeout", 2, set_timeout);
    let (key, d) = (
        agent.key("setTimeout"),
        PropertyDescriptor::data(f.into(), Attributes::WC),
    );
    define_property_or_throw(agent, global, key, &d)
}

fn callback_argument(agent: &mut Agent, v: Value) -> JsResult<()> {
    if v.is_callable() {
        return Ok(());
    }
    let received = crate::report::received(agent, v);
    let error = agent.type_error(format!(
        "The \"callback\" argument must be of type function. Received {received}"
    ));
    if let Some(o) = agent.exception.as_object() {
        let (code, value) = (
            agent.key("code"),
            agent.string_value("ERR_INVALID_ARG_TYPE"),
        );
        create_data_property_or_throw(agent, o, code, value)?;
    }
    Err(error)
}

fn add_timer(agent: &mut Agent, cx: &CallArgs, repeat: bool) -> JsResult<Value> {
    callback_argument(agent, cx.arg(0))?;
    let ms = if cx.arg(1).is_undefined() {
        1.0
    } else {
        to_number(agent, cx.arg(1))?
    };
    // Node: less than 1, more than 2^31 - 1 and NaN become 1.
    let ms = if (1.0..=2147483647.0).contains(&ms) {
        ms.trunc() as u64
    } else {
        1
    };
    let delay = Duration::from_millis(ms);
    let arguments = agent.new_array_from(cx.rest(2)).into();
    let object = new_handle(agent, false)?;
    let timers = &mut state(agent).timers;
    timers.next_id += 1;
    let id = timers.next_id;
    let timer = Timer {
        callback: cx.arg(0),
        arguments,
        object: object.into(),
        repeat: repeat.then_some(delay),
        delay,
        referenced: true,
        sequence: 0,
    };
    timers.timers.insert(id, timer);
    timers.schedule(id, Instant::now() + delay);
    if let Some(h) = object.data::<TimerHandle>() {
        h.id.set(id);
    }
    Ok(object.into())
}

fn set_timeout(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    add_timer(agent, cx, false)
}

fn set_interval(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    add_timer(agent, cx, true)
}

fn set_immediate(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    callback_argument(agent, cx.arg(0))?;
    let arguments = agent.new_array_from(cx.rest(1)).into();
    let object = new_handle(agent, true)?;
    let timers = &mut state(agent).timers;
    timers.next_id += 1;
    let id = timers.next_id;
    timers.immediates.push_back(Immediate {
        id,
        callback: cx.arg(0),
        arguments,
        referenced: true,
    });
    if let Some(h) = object.data::<TimerHandle>() {
        h.id.set(id);
    }
    Ok(object.into())
}

/// `clearTimeout`, `clearInterval`, `clearImmediate`: accept the object, its number or a numeric string.
fn clear(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let v = cx.arg(0);
    if let Some(o) = v.as_object() {
        if let Some(h) = o.data::<TimerHandle>() {
            let (id, immediate) = (h.id.get(), h.immediate);
            state(agent).timers.clear(id, immediate);
        }
    } else if v.is_number() || v.is_string() {
        let id = to_number(agent, v)?;
        state(agent).timers.clear(id as u64, false);
    }
    Ok(Value::UNDEFINED)
}

fn queue_microtask(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    callback_argument(agent, cx.arg(0))?;
    let values = [
        cx.arg(0),
        Value::UNDEFINED,
        Value::UNDEFINED,
        Value::UNDEFINED,
    ];
    agent.enqueue_job(
        |agent, v| agent.call(v[0], Value::UNDEFINED, &[]).map(|_| ()),
        values,
        None,
    );
    Ok(Value::UNDEFINED)
}

/// A `Timeout` or `Immediate` object.
fn new_handle(agent: &mut Agent, immediate: bool) -> JsResult<Object> {
    let proto = match state(agent).timers.prototypes[immediate as usize].as_object() {
        Some(p) => p,
        None => {
            let p = new_prototype(agent, immediate)?;
            state(agent).timers.prototypes[immediate as usize] = p.into();
            p
        }
    };
    Ok(agent.new_data_object(
        Some(proto),
        Box::new(TimerHandle {
            immediate,
            ..TimerHandle::default()
        }),
    ))
}

fn new_prototype(agent: &mut Agent, immediate: bool) -> JsResult<Object> {
    let proto = agent.new_plain_object();
    let name = if immediate { "Immediate" } else { "Timeout" };
    let constructor = agent.new_native_function(name, 0, |agent, _| {
        Err(agent.type_error("Illegal constructor"))
    });
    let methods: [(&str, sarus_runtime::function::NativeFn); 5] = [
        ("ref", |agent, cx| set_referenced(agent, cx, true)),
        ("unref", |agent, cx| set_referenced(agent, cx, false)),
        ("hasRef", has_ref),
        ("refresh", refresh),
        ("close", |agent, cx| {
            clear(
                agent,
                &CallArgs::new(
                    cx.callee(),
                    Value::UNDEFINED,
                    &[cx.this()],
                    Value::UNDEFINED,
                ),
            )?;
            Ok(cx.this())
        }),
    ];
    let key = agent.key("constructor");
    define_property_or_throw(
        agent,
        proto,
        key,
        &PropertyDescriptor::data(constructor.into(), Attributes::WC),
    )?;
    for (name, f) in methods {
        let f = agent.new_native_function(name, 0, f);
        let key = agent.key(name);
        define_property_or_throw(
            agent,
            proto,
            key,
            &PropertyDescriptor::data(f.into(), Attributes::WC),
        )?;
    }
    let f =
        agent.new_native_function("[Symbol.toPrimitive]", 0, |_, cx| {
            Ok(handle_of(cx.this())
                .map_or(Value::number(f64::NAN), |(id, _)| Value::number(id as f64)))
        });
    let key = PropertyKey::symbol(agent.symbols.to_primitive);
    define_property_or_throw(
        agent,
        proto,
        key,
        &PropertyDescriptor::data(f.into(), Attributes::WC),
    )?;
    let dispose = agent.key("close");
    let f = get(agent, proto, dispose)?;
    let key = PropertyKey::symbol(agent.symbols.dispose);
    define_property_or_throw(
        agent,
        proto,
        key,
        &PropertyDescriptor::data(f, Attributes::WC),
    )?;
    Ok(proto)
}

fn handle_of(v: Value) -> Option<(u64, bool)> {
    let o = v.as_object()?;
    o.data::<TimerHandle>().map(|h| (h.id.get(), h.immediate))
}

fn set_referenced(agent: &mut Agent, cx: &CallArgs, on: bool) -> JsResult<Value> {
    if let Some((id, immediate)) = handle_of(cx.this()) {
        let timers = &mut state(agent).timers;
        if immediate {
            for i in timers.immediates.iter_mut().filter(|i| i.id == id) {
                i.referenced = on;
            }
        } else if let Some(t) = timers.timers.get_mut(&id) {
            t.referenced = on;
        }
    }
    Ok(cx.this())
}

fn has_ref(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some((id, immediate)) = handle_of(cx.this()) else {
        return Ok(Value::FALSE);
    };
    let timers = &state(agent).timers;
    Ok(Value::bool(if immediate {
        timers.immediates.iter().any(|i| i.id == id && i.referenced)
    } else {
        timers.timers.get(&id).is_some_and(|t| t.referenced)
    }))
}

fn refresh(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some((id, false)) = handle_of(cx.this()) {
        let timers = &mut state(agent).timers;
        if let Some(delay) = timers.timers.get(&id).map(|t| t.delay) {
            timers.schedule(id, Instant::now() + delay);
        }
    }
    Ok(cx.this())
}
