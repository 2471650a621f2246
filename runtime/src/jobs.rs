//! The queue of promise jobs (microtasks, 9.5).

use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::mark_value;
use crate::realm::Realm;
use crate::value::Value;
use sarus_gc::Tracer;
use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// What a job runs.
pub type JobFn = fn(&mut Agent, &[Value; 4]) -> JsResult<()>;

/// One job with the values it needs.
struct Job {
    run: JobFn,
    /// The bits of its values. They are written and read one by one: a job often runs right after it was enqueued, and a wider
    /// access would have to wait until what was written as words has reached the cache, for longer than the rest takes.
    values: [AtomicU64; 4],
    /// The realm to run in; the agent's current one if absent.
    realm: Option<Realm>,
}

impl Job {
    #[inline(always)]
    fn values(&self) -> [Value; 4] {
        let [a, b, c, d] = &self.values;
        let value = |v: &AtomicU64| Value::from_bits(v.load(Relaxed));
        [value(a), value(b), value(c), value(d)]
    }
}

/// Jobs in order.
#[derive(Default)]
pub struct JobQueue {
    waiting: VecDeque<Job>,
    /// The first value of the job that runs, for stack traces.
    pub(crate) current: Option<Value>,
}

impl JobQueue {
    /// True when nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Some(v) = self.current {
            mark_value(tracer, v);
        }
        for job in &self.waiting {
            for v in job.values() {
                mark_value(tracer, v);
            }
            if let Some(r) = job.realm {
                tracer.mark(r);
            }
        }
    }
}

impl Agent {
    /// HostEnqueuePromiseJob.
    #[inline]
    pub fn enqueue_job(&mut self, run: JobFn, values: [Value; 4], realm: Option<Realm>) {
        let values = values.map(|v| AtomicU64::new(v.bits()));
        self.jobs.waiting.push_back(Job { run, values, realm });
    }
    /// Runs jobs until none is left. Stops at the first that throws (the host reports it and calls
    /// again) or at a fault.
    pub fn run_jobs(&mut self) -> JsResult<()> {
        loop {
            self.heap.collect_if_due();
            let Some(job) = self.jobs.waiting.front() else {
                break;
            };
            // The values stay on the native stack, where they are roots.
            let (run, realm, values) = (job.run, job.realm, job.values());
            self.jobs.waiting.pop_front();
            let saved = self.realm;
            if let Some(r) = realm {
                self.realm = r;
            }
            let outer = self.jobs.current.replace(values[0]);
            let result = run(self, &values);
            self.jobs.current = outer;
            self.realm = saved;
            result?;
        }
        self.clear_kept_objects();
        if self.has_finalization_work() {
            self.host.finalization_pending();
        }
        Ok(())
    }
}
