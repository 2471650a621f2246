//! `$262.agent`: concurrent agents for test262, each with an engine on a thread of its own.
//!
//! ```text
//! parent ── start ─────► thread: agent, interpreter, host, its script, its event loop
//!        ── broadcast ─► inbox of every member (waits until all have taken it or ended)
//!        ◄─ getReport ── reports, in the order they were made
//! ```
//!
//! Nothing is shared but strings, numbers and shared data blocks. When the parent's host goes away it
//! stops its agents and waits for their threads.

use crate::HostOptions;
use crate::event_loop;
use crate::state::{HostState, state};
use sarus_runtime::abstract_ops::{
    create_data_property_or_throw, create_non_enumerable, to_number, to_string,
};
use sarus_runtime::function::NativeFn;
use sarus_runtime::object::buffer::{SharedBlock, shared_buffer_from_block};
use sarus_runtime::{
    Agent, AgentOptions, CallArgs, JsResult, Object, TerminationHandle, Value, bigint_math,
};
use std::collections::VecDeque;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Native stack of a thread.
const STACK_BYTES: usize = 8 << 20;
/// Whoever waits looks this often whether it was told to stop.
const SLICE: Duration = Duration::from_millis(20);

/// The second value of a broadcast.
#[derive(Clone)]
enum Extra {
    Undefined,
    Number(f64),
    BigInt(bigint_math::Integer),
}

/// A broadcast as it crosses threads.
#[derive(Clone)]
struct Message {
    block: Arc<SharedBlock>,
    extra: Extra,
}

/// One agent as its parent sees it.
#[derive(Default)]
struct Member {
    inbox: VecDeque<Message>,
    /// The agent ended, or said that it is about to.
    is_gone: bool,
}

#[derive(Default)]
struct Shared {
    members: Vec<Member>,
    reports: VecDeque<String>,
}

/// What a parent and its agents share.
#[derive(Default)]
struct Cluster {
    shared: Mutex<Shared>,
    changed: Condvar,
}

impl Cluster {
    /// Locks the shared part; a thread that panicked while it held the lock left it whole.
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn wait<'a>(&self, shared: MutexGuard<'a, Shared>) -> MutexGuard<'a, Shared> {
        self.changed
            .wait_timeout(shared, SLICE)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
    fn leave(&self, member: usize) {
        if let Some(m) = self.lock().members.get_mut(member) {
            m.is_gone = true;
        }
        self.changed.notify_all();
    }
}

struct Running {
    stop: TerminationHandle,
    thread: JoinHandle<()>,
}

/// The agents that a host started, and what it is itself.
#[derive(Default)]
pub struct Agents {
    cluster: Arc<Cluster>,
    running: Vec<Running>,
    /// The number of this agent, if another one started it.
    member: Option<usize>,
}

impl Drop for Agents {
    fn drop(&mut self) {
        for r in &self.running {
            r.stop.terminate();
        }
        self.cluster.changed.notify_all();
        for r in self.running.drain(..) {
            // A thread that panicked has nothing more to say.
            let _ = r.thread.join();
        }
    }
}

/// `$262.agent` of an agent that nobody started.
///
/// # Errors
/// None on a fresh object.
pub fn parent_object(agent: &mut Agent) -> JsResult<Object> {
    object_with(
        agent,
        &[
            ("start", 1, start),
            ("broadcast", 2, broadcast),
            ("getReport", 0, get_report),
            ("sleep", 1, sleep),
            ("monotonicNow", 0, monotonic_now),
        ],
    )
}

/// `$262.agent` of a started agent.
fn member_object(agent: &mut Agent) -> JsResult<Object> {
    object_with(
        agent,
        &[
            ("receiveBroadcast", 1, receive_broadcast),
            ("report", 1, report),
            ("leaving", 0, leaving),
            ("sleep", 1, sleep),
            ("monotonicNow", 0, monotonic_now),
        ],
    )
}

fn object_with(agent: &mut Agent, methods: &[(&str, u32, NativeFn)]) -> JsResult<Object> {
    let o = agent.new_plain_object();
    for &(name, length, f) in methods {
        let f = agent.new_native_function(name, length, f);
        let key = agent.key(name);
        create_data_property_or_throw(agent, o, key, f.into())?;
    }
    Ok(o)
}

/// `start(source)`: returns when the agent is about to run its script.
fn start(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let source = to_string(agent, cx.arg(0))?;
    let source = sarus_runtime::text::to_wtf8(source.view(agent));
    let options = AgentOptions {
        can_block: true,
        ..agent.options.clone()
    };
    let agents = &state(agent).agents;
    let cluster = Arc::clone(&agents.cluster);
    let member = {
        let mut shared = cluster.lock();
        shared.members.push(Member::default());
        shared.members.len() - 1
    };
    let (ready, started) = mpsc::channel();
    let thread = Builder::new().stack_size(STACK_BYTES).spawn({
        let cluster = Arc::clone(&cluster);
        move || {
            run_member(&cluster, member, options, &source, &ready);
            cluster.leave(member);
        }
    });
    let (Ok(thread), Ok(stop)) = (thread, started.recv()) else {
        cluster.leave(member);
        return Err(agent.type_error("The system has no thread for another agent"));
    };
    state(agent).agents.running.push(Running { stop, thread });
    Ok(Value::UNDEFINED)
}

/// The life of a started agent.
fn run_member(
    cluster: &Arc<Cluster>,
    member: usize,
    options: AgentOptions,
    source: &[u8],
    ready: &Sender<TerminationHandle>,
) {
    let mut agent = Agent::new(options);
    if sarus_interp::install(&mut agent).is_err() {
        return;
    }
    let mut host = HostState::new(HostOptions {
        test262: true,
        capture_output: true,
        ..HostOptions::default()
    });
    host.agents = Agents {
        cluster: Arc::clone(cluster),
        running: Vec::new(),
        member: Some(member),
    };
    agent.host = Box::new(host);
    let defined = define_member(&mut agent);
    if ready.send(agent.termination_handle()).is_err() {
        return;
    }
    let result = defined
        .and_then(|()| sarus_runtime::script::evaluate_script(&mut agent, source, "agent"))
        .map(|_| ());
    if event_loop::settle(&mut agent, result).is_ok() {
        event_loop::run(&mut agent);
    }
}

fn define_member(agent: &mut Agent) -> JsResult<()> {
    let host = agent.new_plain_object();
    let member = member_object(agent)?;
    let key = agent.key("agent");
    create_data_property_or_throw(agent, host, key, member.into())?;
    let (global, key) = (agent.global_object(), agent.key("$262"));
    create_non_enumerable(agent, global, key, host.into())
}

/// `broadcast(buffer, value)`: returns when every agent that still runs has taken it.
fn broadcast(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let block = cx
        .arg(0)
        .as_object()
        .and_then(|o| o.as_buffer()?.shared_block());
    let Some(block) = block else {
        return Err(agent.type_error("broadcast: the argument is not a SharedArrayBuffer"));
    };
    let extra = match (cx.arg(1).as_bigint(), cx.arg(1)) {
        (Some(b), _) => Extra::BigInt(b.value()),
        (None, v) if v.is_undefined() => Extra::Undefined,
        (None, v) => Extra::Number(to_number(agent, v)?),
    };
    let message = Message { block, extra };
    let cluster = Arc::clone(&state(agent).agents.cluster);
    let mut shared = cluster.lock();
    for m in shared.members.iter_mut().filter(|m| !m.is_gone) {
        m.inbox.push_back(message.clone());
    }
    cluster.changed.notify_all();
    while shared
        .members
        .iter()
        .any(|m| !m.is_gone && !m.inbox.is_empty())
    {
        shared = cluster.wait(shared);
        agent.poll_interrupts()?;
    }
    Ok(Value::UNDEFINED)
}

/// `receiveBroadcast(callback)`: blocks until there is a broadcast and hands it to the callback.
fn receive_broadcast(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let agents = &state(agent).agents;
    let (cluster, Some(member)) = (Arc::clone(&agents.cluster), agents.member) else {
        return Ok(Value::UNDEFINED);
    };
    let mut shared = cluster.lock();
    let message = loop {
        let inbox = shared.members.get_mut(member).map(|m| &mut m.inbox);
        if let Some(message) = inbox.and_then(VecDeque::pop_front) {
            break message;
        }
        shared = cluster.wait(shared);
        agent.poll_interrupts()?;
    };
    cluster.changed.notify_all();
    drop(shared);
    let buffer = shared_buffer_from_block(agent, message.block).into();
    let extra = match message.extra {
        Extra::Undefined => Value::UNDEFINED,
        Extra::Number(n) => Value::number(n),
        Extra::BigInt(b) => agent.new_bigint(b).into(),
    };
    agent.call(cx.arg(0), Value::UNDEFINED, &[buffer, extra])
}

/// `report(message)`
fn report(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let message = to_string(agent, cx.arg(0))?.to_rust_string(agent);
    let cluster = &state(agent).agents.cluster;
    cluster.lock().reports.push_back(message);
    cluster.changed.notify_all();
    Ok(Value::UNDEFINED)
}

/// `getReport()`: the oldest report, or null.
fn get_report(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let report = state(agent).agents.cluster.lock().reports.pop_front();
    Ok(match report {
        Some(text) => agent.string_value(&text),
        None => Value::NULL,
    })
}

/// `leaving()`
fn leaving(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let agents = &state(agent).agents;
    if let Some(member) = agents.member {
        agents.cluster.leave(member);
    }
    Ok(Value::UNDEFINED)
}

/// `sleep(milliseconds)`
fn sleep(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let ms = to_number(agent, cx.arg(0))?.clamp(0.0, 1e9);
    // NaN is no time at all.
    let time = Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default();
    let end = Instant::now() + time;
    loop {
        agent.poll_interrupts()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Value::UNDEFINED);
        }
        std::thread::sleep(left.min(SLICE));
    }
}

/// `monotonicNow()`: milliseconds since this agent's host started.
fn monotonic_now(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let ms = state(agent).start.elapsed().as_secs_f64() * 1e3;
    Ok(Value::number(ms))
}
