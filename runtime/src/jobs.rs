//! The queue of promise jobs (microtasks, 9.5).

use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::mark_value;
use crate::realm::Realm;
use crate::value::Value;
use sarus_gc::Tracer;
use std::collections::VecDeque;

/// What a job runs.
pub type JobFn = fn(&mut Agent, &[Value; 4]) -> JsResult<()>;

/// One job with the values it needs.
#[derive(Copy, Clone)]
pub struct Job {
    /// The function.
    pub run: JobFn,
    /// Its values.
    pub values: [Value; 4],
    /// The realm to run in; the agent's current one if absent.
    pub realm: Option<Realm>,
}

/// Jobs in order.
#[derive(Default)]
pub struct JobQueue {
    waiting: VecDeque<Job>,
    /// The first value of the job that runs, for stack traces.
    pub(crate) current: Option<Value>,
}

impl JobQueue {
    /// Adds a job.
    pub fn push(&mut self, job: Job) {
        self.waiting.push_back(job);
    }
    /// True when nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Some(v) = self.current {
            mark_value(tracer, v);
        }
        for job in &self.waiting {
            for v in job.values {
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
    pub fn enqueue_job(&mut self, run: JobFn, values: [Value; 4], realm: Option<Realm>) {
        self.jobs.push(Job { run, values, realm });
    }
    /// Runs jobs until none is left. Stops at the first that throws (the host reports it and calls
    /// again) or at a fault.
    pub fn run_jobs(&mut self) -> JsResult<()> {
        loop {
            self.heap.collect_if_due();
            let Some(job) = self.jobs.waiting.pop_front() else {
                break;
            };
            let saved = self.realm;
            if let Some(r) = job.realm {
                self.realm = r;
            }
            // The job itself stays on the native stack, where its values are roots.
            let outer = self.jobs.current.replace(job.values[0]);
            let result = (job.run)(self, &job.values);
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
