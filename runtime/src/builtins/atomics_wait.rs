//! Atomics.wait, waitAsync and notify (25.4.13 to 25.4.15): waiter lists across agents.
//!
//! ```text
//! WAITERS (one lock): address of an element ─► waiters in order
//!    synchronous: a flag and a condition variable the thread sleeps on
//!    asynchronous: the inbox of the agent that waits, and which of its promises
//! ```
//!
//! The lock is the critical section of every waiter list. An asynchronous waiter is settled by its
//! own agent: whoever wakes it leaves a note in the agent's inbox, and the agent's host calls
//! [`settle_async_waits`] from its event loop. An agent that ends takes its waiters off the lists.

use super::atomics::{Element, validate_access, validate_element, validate_integer_array};
use super::promise::{PromiseCapability, new_promise};
use crate::abstract_ops::{
    create_data_property_or_throw, to_bigint, to_int32, to_integer_or_infinity, to_number,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::object::array::{length_of, push};
use crate::object::buffer::SharedBlock;
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A sleeping thread looks this often whether it was told to stop.
const SLICE: Duration = Duration::from_millis(50);

/// A synchronous waiter.
struct Sleeper {
    notified: AtomicBool,
    wake: Condvar,
}

/// Where an agent's asynchronous waiters are reported.
#[derive(Default)]
struct Inbox {
    notified: Mutex<Vec<u32>>,
    arrived: Condvar,
}

enum Waiter {
    Sleeper(Arc<Sleeper>),
    Promise { inbox: Arc<Inbox>, id: u32 },
}

type Lists = FxHashMap<usize, VecDeque<Waiter>>;

static WAITERS: LazyLock<Mutex<Lists>> = LazyLock::new(Mutex::default);

/// Locks a mutex; a thread that panicked while it held one left the data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An asynchronous wait of an agent.
struct Pending {
    id: u32,
    address: usize,
    deadline: Option<Instant>,
    /// Keeps the memory, and so the meaning of the address.
    block: Arc<SharedBlock>,
}

/// The asynchronous waits of an agent.
#[derive(Default)]
pub(crate) struct Waits {
    inbox: Arc<Inbox>,
    pending: Vec<Pending>,
}

impl Waits {
    /// Takes a waiter of this agent off its list.
    fn withdraw(&self, lists: &mut Lists, pending: &Pending) {
        remove(lists, pending.address, |w| {
            matches!(w, Waiter::Promise { inbox, id }
                if *id == pending.id && Arc::ptr_eq(inbox, &self.inbox))
        });
    }
    /// True when a wait was notified or is past its deadline.
    fn is_ready(&self) -> bool {
        let now = Instant::now();
        let is_due = |p: &Pending| p.deadline.is_some_and(|d| d <= now);
        !lock(&self.inbox.notified).is_empty() || self.pending.iter().any(is_due)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        if !self.pending.is_empty() {
            let mut lists = lock(&WAITERS);
            for p in &self.pending {
                self.withdraw(&mut lists, p);
            }
        }
    }
}

/// Name of the agent's list of promises of asynchronous waits.
const PROMISES: &str = "Atomics.waitAsync";

/// What DoWait reads before it waits.
struct Request {
    address: usize,
    element: Element,
    block: Arc<SharedBlock>,
    expected: u64,
    /// None for ever.
    timeout: Option<Duration>,
}

/// Steps 1 to 9 of 25.4.3.14 DoWait.
fn request(agent: &mut Agent, cx: &CallArgs) -> JsResult<Request> {
    let (array, len) = validate_integer_array(agent, cx.arg(0), true)?;
    let block = array
        .as_typed_array()
        .and_then(|c| c.buffer().shared_block());
    let Some(block) = block else {
        return Err(
            agent.type_error("Atomics.wait requires a typed array over a SharedArrayBuffer")
        );
    };
    let element = validate_access(agent, array, len, cx.arg(1))?;
    let expected = if element.ty.is_bigint() {
        let b = to_bigint(agent, cx.arg(2))?;
        b.to_u64_wrapping()
    } else {
        to_int32(agent, cx.arg(2))? as u32 as u64
    };
    let t = to_number(agent, cx.arg(3))?;
    let timeout = if t.is_nan() {
        None
    } else {
        // What no clock can count to is for ever.
        Duration::try_from_secs_f64(t.max(0.0) / 1000.0)
            .ok()
            .filter(|d| *d < Duration::from_secs(1 << 40))
    };
    Ok(Request {
        address: block.address() + element.at,
        element,
        block,
        expected,
        timeout,
    })
}

impl Request {
    fn is_equal(&self) -> bool {
        let e = &self.element;
        e.buffer.atomic_load(e.at, e.ty.size()) == Some(self.expected)
    }
}

/// 25.4.13 Atomics.wait ( typedArray, index, value, timeout )
pub(super) fn wait(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let r = request(agent, cx)?;
    if !agent.options.can_block {
        return Err(agent.type_error("Atomics.wait cannot be called in this context"));
    }
    let deadline = r.timeout.and_then(|t| Instant::now().checked_add(t));
    let mut lists = lock(&WAITERS);
    if !r.is_equal() {
        drop(lists);
        return Ok(agent.intern("not-equal").into());
    }
    let sleeper = Arc::new(Sleeper {
        notified: AtomicBool::new(false),
        wake: Condvar::new(),
    });
    let waiter = Waiter::Sleeper(Arc::clone(&sleeper));
    lists.entry(r.address).or_default().push_back(waiter);
    let outcome = loop {
        if sleeper.notified.load(Ordering::SeqCst) {
            break "ok";
        }
        let left = deadline.map_or(SLICE, |d| d.saturating_duration_since(Instant::now()));
        let stop = agent.is_termination_requested();
        if left.is_zero() || stop {
            let same = |w: &Waiter| matches!(w, Waiter::Sleeper(s) if Arc::ptr_eq(s, &sleeper));
            remove(&mut lists, r.address, same);
            if stop {
                drop(lists);
                agent.poll_interrupts()?;
                lists = lock(&WAITERS);
            }
            break "timed-out";
        }
        lists = sleeper
            .wake
            .wait_timeout(lists, left.min(SLICE))
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    };
    drop(lists);
    Ok(agent.intern(outcome).into())
}

/// Takes a waiter off its list; false when somebody else did.
fn remove(lists: &mut Lists, address: usize, is: impl Fn(&Waiter) -> bool) -> bool {
    let Some(list) = lists.get_mut(&address) else {
        return false;
    };
    let before = list.len();
    list.retain(|w| !is(w));
    let found = list.len() < before;
    if list.is_empty() {
        lists.remove(&address);
    }
    found
}

/// 25.4.14 Atomics.waitAsync ( typedArray, index, value, timeout )
pub(super) fn wait_async(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let r = request(agent, cx)?;
    let promise = new_promise(agent);
    let id = hold_promise(agent, promise)?;
    let outcome = enqueue_async(agent, r, id);
    let (is_async, value) = match outcome {
        None => (true, promise.into()),
        Some(text) => {
            take_promise(agent, id);
            (false, agent.intern(text).into())
        }
    };
    let o = agent.new_plain_object();
    let key = agent.key("async");
    create_data_property_or_throw(agent, o, key, Value::bool(is_async))?;
    let key = agent.names.value;
    create_data_property_or_throw(agent, o, key, value)?;
    Ok(o.into())
}

/// Adds an asynchronous waiter, or says why there is nothing to wait for.
fn enqueue_async(agent: &mut Agent, r: Request, id: u32) -> Option<&'static str> {
    let mut lists = lock(&WAITERS);
    if !r.is_equal() {
        return Some("not-equal");
    }
    if r.timeout.is_some_and(|t| t.is_zero()) {
        return Some("timed-out");
    }
    let waits = &mut agent.library.waits;
    let inbox = Arc::clone(&waits.inbox);
    let waiter = Waiter::Promise { inbox, id };
    lists.entry(r.address).or_default().push_back(waiter);
    waits.pending.push(Pending {
        id,
        address: r.address,
        deadline: r.timeout.and_then(|t| Instant::now().checked_add(t)),
        block: r.block,
    });
    None
}

/// Keeps a promise alive under a number that is free.
fn hold_promise(agent: &mut Agent, promise: Object) -> JsResult<u32> {
    let list = match agent.statics.get(PROMISES).and_then(|v| v.as_object()) {
        Some(list) => list,
        None => {
            let list = agent.new_array();
            agent.statics.insert(PROMISES, list.into());
            list
        }
    };
    let n = length_of(list).unwrap_or(0);
    match (0..n).find(|&i| list.dense_element(i).is_null()) {
        Some(i) => {
            list.put_element(agent, i, promise.into())?;
            Ok(i)
        }
        None => {
            push(agent, list, promise.into())?;
            Ok(n)
        }
    }
}

fn take_promise(agent: &mut Agent, id: u32) -> Option<Object> {
    let list = agent.statics.get(PROMISES)?.as_object()?;
    let promise = list.dense_element(id).as_object();
    // The slot exists: storing to it cannot fail.
    let _ = list.put_element(agent, id, Value::NULL);
    promise
}

/// 25.4.15 Atomics.notify ( typedArray, index, count )
pub(super) fn notify(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let e = validate_element(agent, cx, true)?;
    let count = if cx.arg(2).is_undefined() {
        f64::INFINITY
    } else {
        to_integer_or_infinity(agent, cx.arg(2))?.max(0.0)
    };
    let Some(block) = e.buffer.shared_block() else {
        return Ok(Value::ZERO);
    };
    let mut lists = lock(&WAITERS);
    let address = block.address() + e.at;
    let mut woken = 0usize;
    if let Some(list) = lists.get_mut(&address) {
        while (woken as f64) < count
            && let Some(waiter) = list.pop_front()
        {
            match waiter {
                Waiter::Sleeper(s) => {
                    s.notified.store(true, Ordering::SeqCst);
                    s.wake.notify_one();
                }
                Waiter::Promise { inbox, id } => {
                    lock(&inbox.notified).push(id);
                    inbox.arrived.notify_one();
                }
            }
            woken += 1;
        }
        if list.is_empty() {
            lists.remove(&address);
        }
    }
    Ok(Value::usize(woken))
}

/// True when the agent has asynchronous waits that something may still settle: they have a deadline
/// or were notified, or someone else holds the memory. Hosts stay alive for these.
pub fn has_async_waits(agent: &Agent) -> bool {
    let w = &agent.library.waits;
    let held_elsewhere = |p: &Pending| {
        let own = w.pending.iter().filter(|q| q.address == p.address).count();
        // One more is this agent's buffer.
        Arc::strong_count(&p.block) > own + 1
    };
    !lock(&w.inbox.notified).is_empty()
        || w.pending
            .iter()
            .any(|p| p.deadline.is_some() || held_elsewhere(p))
}

/// Blocks until an asynchronous wait can be settled, at most for that long. Hosts call it when they
/// have nothing else to do.
pub fn sleep_for_async_waits(agent: &Agent, max: Duration) {
    let w = &agent.library.waits;
    let next = w.pending.iter().filter_map(|p| p.deadline).min();
    let limit = next.map_or(max, |d| {
        d.saturating_duration_since(Instant::now()).min(max)
    });
    let notified = lock(&w.inbox.notified);
    if notified.is_empty() && !limit.is_zero() {
        // Waking early or late is all the same: the caller asks again.
        let _ = w.inbox.arrived.wait_timeout(notified, limit);
    }
}

/// Settles the promises of asynchronous waits that were notified or timed out. True if there were
/// any; the caller runs the jobs.
///
/// # Errors
/// What resolving a promise throws.
pub fn settle_async_waits(agent: &mut Agent) -> JsResult<bool> {
    let ready = take_ready(&mut agent.library.waits);
    let any = !ready.is_empty();
    for (id, text) in ready {
        if let Some(promise) = take_promise(agent, id) {
            let value = agent.intern(text).into();
            PromiseCapability::of_promise(promise).resolve(agent, value)?;
        }
    }
    Ok(any)
}

/// Takes the waits that are over: their promises and what these are to be fulfilled with.
fn take_ready(waits: &mut Waits) -> Vec<(u32, &'static str)> {
    if waits.pending.is_empty() || !waits.is_ready() {
        return Vec::new();
    }
    let mut lists = lock(&WAITERS);
    let mut ready: Vec<(u32, &str)> = lock(&waits.inbox.notified)
        .drain(..)
        .map(|id| (id, "ok"))
        .collect();
    let now = Instant::now();
    let mut pending = std::mem::take(&mut waits.pending);
    pending.retain(|p| {
        if ready.iter().any(|(id, _)| *id == p.id) {
            return false;
        }
        if p.deadline.is_none_or(|d| d > now) {
            return true;
        }
        waits.withdraw(&mut lists, p);
        ready.push((p.id, "timed-out"));
        false
    });
    waits.pending = pending;
    ready
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::AgentOptions;
    use crate::object::buffer::{
        AtomicOperation, allocate_shared_array_buffer, shared_buffer_from_block,
    };
    use crate::object::typed_array::ElementType;
    use crate::realm::Intrinsic;

    fn view(agent: &mut Agent, block: &Arc<SharedBlock>) -> Value {
        let buffer = shared_buffer_from_block(agent, Arc::clone(block));
        let proto = agent.intrinsic(Intrinsic::Int32ArrayPrototype);
        let cell = buffer.as_buffer().unwrap();
        agent
            .new_typed_array(ElementType::Int32, proto, cell, 0, Some(4))
            .into()
    }

    fn block(agent: &mut Agent) -> Arc<SharedBlock> {
        let proto = agent.intrinsic(Intrinsic::SharedArrayBufferPrototype);
        let buffer = allocate_shared_array_buffer(agent, proto, 16, None).unwrap();
        buffer.as_buffer().unwrap().shared_block().unwrap()
    }

    type Native = fn(&mut Agent, &CallArgs) -> JsResult<Value>;

    fn run(agent: &mut Agent, f: Native, args: &[Value]) -> Value {
        let callee = agent.new_plain_object();
        let cx = CallArgs::new(callee, Value::UNDEFINED, args, Value::UNDEFINED);
        f(agent, &cx).unwrap()
    }

    fn text(agent: &mut Agent, v: Value) -> String {
        v.as_string().unwrap().to_rust_string(agent)
    }

    #[test]
    fn notify_wakes_threads_in_other_agents() {
        let mut agent = Agent::new(AgentOptions::default());
        let block = block(&mut agent);
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let block = Arc::clone(&block);
                std::thread::spawn(move || {
                    let mut agent = Agent::new(AgentOptions::default());
                    let array = view(&mut agent, &block);
                    let args = [array, Value::ZERO, Value::ZERO, Value::int(20_000)];
                    let v = run(&mut agent, wait, &args);
                    text(&mut agent, v)
                })
            })
            .collect();
        let array = view(&mut agent, &block);
        let mut woken = 0;
        while woken < 3 {
            let v = run(&mut agent, notify, &[array, Value::ZERO]);
            woken += v.as_int().unwrap();
            std::thread::yield_now();
        }
        for t in threads {
            assert_eq!(t.join().unwrap(), "ok");
        }
        assert!(lock(&WAITERS).get(&block.address()).is_none());
    }

    #[test]
    fn waits_end_without_notification() {
        let mut agent = Agent::new(AgentOptions::default());
        let block = block(&mut agent);
        let array = view(&mut agent, &block);
        let v = run(&mut agent, wait, &[array, Value::ZERO, Value::int(1)]);
        assert_eq!(text(&mut agent, v), "not-equal");
        let args = [array, Value::ZERO, Value::ZERO, Value::int(1)];
        let v = run(&mut agent, wait, &args);
        assert_eq!(text(&mut agent, v), "timed-out");
    }

    #[test]
    fn asynchronous_waits_are_settled_by_their_agent() {
        let mut agent = Agent::new(AgentOptions::default());
        let block = block(&mut agent);
        let array = view(&mut agent, &block);
        run(&mut agent, wait_async, &[array, Value::int(1), Value::ZERO]);
        let other = Arc::clone(&block);
        let thread = std::thread::spawn(move || {
            let mut agent = Agent::new(AgentOptions::default());
            let array = view(&mut agent, &other);
            run(&mut agent, notify, &[array, Value::int(1)]).as_int()
        });
        assert_eq!(thread.join().unwrap(), Some(1));
        assert!(has_async_waits(&agent));
        sleep_for_async_waits(&agent, Duration::from_secs(20));
        assert_eq!(settle_async_waits(&mut agent), Ok(true));
        assert!(!has_async_waits(&agent));
    }

    #[test]
    fn agents_that_end_wait_no_more() {
        let mut agent = Agent::new(AgentOptions::default());
        let block = block(&mut agent);
        let array = view(&mut agent, &block);
        {
            let mut other = Agent::new(AgentOptions::default());
            let array = view(&mut other, &block);
            run(&mut other, wait_async, &[array, Value::int(1), Value::ZERO]);
        }
        let v = run(&mut agent, notify, &[array, Value::int(1)]);
        assert_eq!(v.as_int(), Some(0));
    }

    #[test]
    fn sleeping_threads_can_be_stopped() {
        let mut agent = Agent::new(AgentOptions::default());
        let block = block(&mut agent);
        let (send, receive) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut agent = Agent::new(AgentOptions::default());
            send.send(agent.termination_handle()).unwrap();
            let array = view(&mut agent, &block);
            let callee = agent.new_plain_object();
            let args = [array, Value::ZERO, Value::ZERO];
            let cx = CallArgs::new(callee, Value::UNDEFINED, &args, Value::UNDEFINED);
            assert!(wait(&mut agent, &cx).is_err());
            agent.fault.take()
        });
        receive.recv().unwrap().terminate();
        assert_eq!(thread.join().unwrap(), Some(crate::Fault::Terminated));
    }

    #[test]
    fn updates_of_several_threads_all_count() {
        let mut agent = Agent::new(AgentOptions::default());
        let block = block(&mut agent);
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let block = Arc::clone(&block);
                std::thread::spawn(move || {
                    let mut agent = Agent::new(AgentOptions::default());
                    let buffer = shared_buffer_from_block(&mut agent, block);
                    let cell = buffer.as_buffer().unwrap();
                    for _ in 0..10_000 {
                        cell.atomic_update(8, 4, AtomicOperation::Add, 1).unwrap();
                    }
                })
            })
            .collect();
        for t in threads {
            t.join().unwrap();
        }
        let buffer = shared_buffer_from_block(&mut agent, block);
        assert_eq!(buffer.as_buffer().unwrap().atomic_load(8, 4), Some(40_000));
    }
}
