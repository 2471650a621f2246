//! Interrupts: how another thread, or the heap, stops a program that is running.
//!
//! ```text
//! TerminationHandle (any thread) ─┐
//! heap limit (allocation)        ─┼─► one word of bits ─► polled ─► Fault ─► unwinds to the embedder
//! a compiling thread is done     ─┤                             └─► the tier takes its answer, the program goes on
//! a collection is due            ─┘                                 … or the heap collects
//! ```
//!
//! The word is polled where a program can spend unbounded time: at every call and back edge in the
//! interpreter, and in builtins whose loops run no JavaScript ([`Agent::poll_interrupts`]: array
//! methods over huge lengths, regular expressions, `Atomics.wait`, walks over prototype chains that
//! lead through proxies). A poll that finds a bit takes it and raises the fault, which no handler of
//! the program can catch; a bit is taken once, so the agent may be used again after that.
//!
//! **Architecture invariant:** a loop in Rust whose length the program controls either calls into
//! JavaScript each time around or polls.

use crate::agent::Agent;
use crate::error::{Fault, JsResult};
use crate::kind::CellKind;
use crate::object::Object;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Interrupt bit: the heap limit was reached.
pub const INTERRUPT_HEAP_LIMIT: u32 = 1;
/// Interrupt bit: somebody asked the program to stop.
pub const INTERRUPT_TERMINATE: u32 = 2;
/// Interrupt bit: a compiling thread has an answer.
pub const INTERRUPT_COMPILED: u32 = 4;
/// Interrupt bit: a sample of the stack is wanted; the program goes on.
pub const INTERRUPT_SAMPLE: u32 = 8;
/// Interrupt bit: a collection is due. The interpreter's and compiled code's polls answer it themselves; the polls of builtins
/// do not, and leave it to allocation.
pub const INTERRUPT_COLLECT: u32 = 16;

/// Stops an agent from any thread; it may outlive the agent.
#[derive(Clone, Debug)]
pub struct TerminationHandle(Arc<AtomicU32>);

impl TerminationHandle {
    /// Asks the agent's program to stop, with [`Fault::Terminated`].
    pub fn terminate(&self) {
        self.0.fetch_or(INTERRUPT_TERMINATE, Ordering::Relaxed);
    }
}

impl Agent {
    /// What other threads stop this agent with.
    pub fn termination_handle(&self) -> TerminationHandle {
        TerminationHandle(Arc::clone(&self.interrupt))
    }
    /// True when a request to stop has not been answered yet.
    #[inline]
    pub fn is_termination_requested(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed) & INTERRUPT_TERMINATE != 0
    }
    /// Answers pending interrupts.
    ///
    /// # Errors
    /// The fault that an interrupt means.
    #[inline(always)]
    pub fn poll_interrupts(&mut self) -> JsResult<()> {
        if self.interrupt.load(Ordering::Relaxed) != 0 {
            return self.answer_interrupts();
        }
        Ok(())
    }
    #[cold]
    #[inline(never)]
    fn answer_interrupts(&mut self) -> JsResult<()> {
        // Acquire: the answer of a compiling thread is there when its bit is seen.
        let bits = self.interrupt.swap(0, Ordering::Acquire);
        if bits & INTERRUPT_COMPILED != 0 {
            (self.hooks.compiled)(self);
        }
        if bits & INTERRUPT_SAMPLE != 0 {
            (self.hooks.sample)(self);
        }
        if bits & INTERRUPT_HEAP_LIMIT != 0 {
            return Err(self.raise_fault(Fault::HeapLimit));
        }
        if bits & INTERRUPT_TERMINATE != 0 {
            return Err(self.raise_fault(Fault::Terminated));
        }
        Ok(())
    }
}

/// Proxies that a walk over a prototype chain goes through before it is taken for a cycle, as in V8.
const MAX_PROXIES: u32 = 100 * 1024;

/// A walk over a prototype chain with [[GetPrototypeOf]]. Only proxies can make a chain a cycle, so
/// only they are counted, and polled at.
#[derive(Default)]
pub struct PrototypeWalk {
    proxies: u32,
}

impl PrototypeWalk {
    /// The prototype of `o`.
    ///
    /// # Errors
    /// What a proxy throws; a RangeError when the chain seems to have no end; a fault when the
    /// program is to stop.
    #[inline]
    pub fn next(&mut self, agent: &mut Agent, o: Object) -> JsResult<Option<Object>> {
        if o.is(CellKind::Proxy) {
            self.proxies += 1;
            agent.poll_interrupts()?;
            if self.proxies > MAX_PROXIES {
                return Err(agent.stack_overflow());
            }
        }
        o.get_prototype_of(agent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abstract_ops::get;
    use crate::agent::AgentOptions;
    use crate::realm::Intrinsic;

    /// An object whose prototype is a proxy for that object.
    fn cycle(agent: &mut Agent) -> Object {
        let o = agent.new_plain_object();
        let handler = agent.new_plain_object();
        let constructor = agent.intrinsic(Intrinsic::Proxy);
        // No interpreter is installed: the constructor is called as what it is.
        let native = constructor.as_native().unwrap().function();
        let args = [o.into(), handler.into()];
        let cx = crate::agent::CallArgs::new(
            constructor,
            crate::value::Value::UNDEFINED,
            &args,
            constructor.into(),
        );
        let proxy = native(agent, &cx).unwrap().as_object().unwrap();
        assert_eq!(o.set_prototype_of(agent, Some(proxy)), Ok(true));
        o
    }

    #[test]
    fn a_request_is_answered_once() {
        let mut agent = Agent::new(AgentOptions::default());
        let handle = agent.termination_handle();
        assert_eq!(agent.poll_interrupts(), Ok(()));
        std::thread::spawn(move || handle.terminate())
            .join()
            .unwrap();
        assert!(agent.is_termination_requested());
        assert!(agent.poll_interrupts().is_err());
        assert_eq!(agent.fault.take(), Some(Fault::Terminated));
        assert_eq!(agent.poll_interrupts(), Ok(()));
    }

    #[test]
    fn cycles_through_proxies_end() {
        let mut agent = Agent::new(AgentOptions::default());
        let o = cycle(&mut agent);
        let mut walk = PrototypeWalk::default();
        let mut at = o;
        let error = loop {
            match walk.next(&mut agent, at) {
                Ok(p) => at = p.unwrap(),
                Err(e) => break e,
            }
        };
        assert_eq!(error, crate::error::Throw);
        let error = agent.take_exception().unwrap().as_object().unwrap();
        let key = agent.key("message");
        let message = get(&mut agent, error, key).unwrap().as_string().unwrap();
        assert!(message.to_rust_string(&mut agent).contains("call stack"));
    }

    #[test]
    fn walks_are_interrupted_at_proxies() {
        let mut agent = Agent::new(AgentOptions::default());
        let o = cycle(&mut agent);
        agent.termination_handle().terminate();
        let mut walk = PrototypeWalk::default();
        let proxy = walk.next(&mut agent, o).unwrap().unwrap();
        assert!(walk.next(&mut agent, proxy).is_err());
        assert_eq!(agent.fault.take(), Some(Fault::Terminated));
    }
}
