//! What the runtime knows of the optimizing tier: its switches, the type of native entries, and that codes keep data for it.

use crate::agent::Agent;
use crate::value::Value;
use sarus_gc::Tracer;
use std::any::Any;

/// How a code whose frame is complete and current is entered: agent and frame pointer; the bits of its result or of
/// `Value::EXCEPTION`. The frame's caller is current afterwards.
pub type NativeEntry = unsafe extern "C" fn(*mut Agent, *mut Value) -> u64;

/// The entry of codes of agents without interpreter.
pub(crate) unsafe extern "C" fn no_entry(_: *mut Agent, _: *mut Value) -> u64 {
    Value::EXCEPTION.bits()
}

/// What the tier keeps for one code.
pub trait TierData: Any {
    /// Marks what compiled code refers to.
    fn trace(&self, tracer: &mut Tracer);
    /// For the tier to find its own type again.
    fn as_any(&mut self) -> &mut dyn Any;
}

/// Whether functions are compiled when no option says anything.
pub const ENABLED_BY_DEFAULT: bool = true;

/// Steps of the matcher of regular expressions after which a pattern is compiled.
const REGEXP_STEPS: u32 = 2_000;

/// Switches of the tier.
#[derive(Clone, Debug)]
pub struct TierOptions {
    /// Functions are compiled at all (`--jitless` says no).
    pub enabled: bool,
    /// Number of compiling threads.
    pub threads: u32,
    /// The main thread waits for every compile.
    pub sync: bool,
    /// Compile at the first opportunity.
    pub always: bool,
    /// Every so many executions of checks one fails (0: never).
    pub stress_exits: u32,
    /// Loops are entered at every opportunity.
    pub stress_osr: bool,
    /// Budgets are random.
    pub random_thresholds: bool,
    /// Where random budgets begin.
    pub seed: u64,
    /// Calls may be inlined.
    pub inline: bool,
    /// A line for every compile.
    pub trace_opt: bool,
    /// A line for every exit.
    pub trace_deopt: bool,
    /// Stages of the compiler whose text is printed, separated by commas.
    pub print: Option<String>,
    /// Print snapshots.
    pub print_snapshot: bool,
    /// Check the graph after every pass.
    pub verify: bool,
    /// Keep a log of what the tier does.
    pub explain: bool,
    /// Write `/tmp/perf-PID.map`.
    pub perf_map: bool,
}

impl Default for TierOptions {
    fn default() -> TierOptions {
        TierOptions {
            enabled: ENABLED_BY_DEFAULT,
            threads: 1,
            sync: false,
            always: false,
            stress_exits: 0,
            stress_osr: false,
            random_thresholds: false,
            seed: 0,
            inline: true,
            trace_opt: false,
            trace_deopt: false,
            print: None,
            print_snapshot: false,
            verify: cfg!(debug_assertions),
            explain: false,
            perf_map: false,
        }
    }
}

impl TierOptions {
    /// Steps of the matcher after which a pattern is compiled.
    #[inline]
    pub fn regexp_steps(&self) -> u32 {
        match (self.enabled, self.always) {
            (false, _) => u32::MAX,
            (true, true) => 0,
            (true, false) => REGEXP_STEPS,
        }
    }
    /// Adds a stage to what is printed.
    pub fn add_print(&mut self, stage: &str) {
        let stage = if stage.is_empty() { "all" } else { stage };
        match &mut self.print {
            Some(list) => {
                list.push(',');
                list.push_str(stage);
            }
            None => self.print = Some(stage.to_string()),
        }
    }
}
