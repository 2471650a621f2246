//! Machine code of regular expressions: asked for when the matcher has done much work, compiled like functions, kept with the pattern.
//!
//! ```text
//! runtime: exec ─► hot? ─► request ─► compiler (worker thread or here) ─► finish ─► CompiledRegExp::install_native
//!             └──────► NativeCode::exec ─► the code ─► polls, room on the stack of choices, back references
//! ```
//!
//! The code belongs to its pattern and goes with it. It refers to nothing but what each call hands over.

use super::memory::{CodeBlock, CodeMemory};
use super::profile::thread_time;
use super::trace;
use crate::vm::vm;
use sarus_gc::note;
use sarus_jit::Decline;
use sarus_jit::regexp::{self, Code, Context, Mode, Print, SLACK, status};
use sarus_regexp::native::{Call, MAX_STACK, STEPS};
use sarus_regexp::program::Program;
use sarus_regexp::text::{StrView, encoding};
use sarus_regexp::{CompiledRegExp, ExecError, NativeCode, Width};
use sarus_runtime::agent::Agent;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes that the codes of all patterns take at most.
const MAX_CODE: usize = 2 << 20;

/// Words of the stack of choices to begin with.
const FIRST_STACK: usize = 1 << 10;

/// What is to be compiled.
pub struct Job {
    number: u32,
    program: Arc<Program>,
    width: Width,
    print: Print,
}

/// What became of it.
pub struct Answer {
    number: u32,
    result: Result<Code, Decline>,
    time: Duration,
    /// Processor time of it.
    pub cpu: Duration,
    thread: u32,
}

/// Compiles, on a thread of that number.
pub fn compile(job: &Job, thread: u32) -> Answer {
    let (start, cpu) = (Instant::now(), thread_time());
    Answer {
        number: job.number,
        result: regexp::compile(&job.program, job.width, job.print),
        time: start.elapsed(),
        cpu: thread_time().saturating_sub(cpu),
        thread,
    }
}

/// The tier's part for regular expressions.
#[derive(Default)]
pub struct RegExps {
    /// Compiles that run.
    pending: RefCell<Vec<(u32, Weak<CompiledRegExp>, Width)>>,
    next_number: Cell<u32>,
    /// Bytes of code and tables.
    bytes: Rc<Cell<usize>>,
}

/// A pattern is worth compiling.
pub fn request(agent: &mut Agent, pattern: &Rc<CompiledRegExp>, width: Width) {
    let options = &agent.options.tier;
    let tier = &vm(agent).tier;
    if !options.always && !pattern.is_worth_native(width, tier.crowding.times()) {
        return;
    }
    pattern.set_asked(width);
    if !options.enabled || tier.regexps.bytes.get() >= MAX_CODE {
        return;
    }
    let number = tier.regexps.next_number.get();
    tier.regexps.next_number.set(number.wrapping_add(1));
    let pending = (number, Rc::downgrade(pattern), width);
    tier.regexps.pending.borrow_mut().push(pending);
    let wants = |stage: &str| {
        let stages = options.print.as_deref().unwrap_or_default();
        stages.split(',').any(|s| s == stage || s == "all")
    };
    let job = Job {
        number,
        program: pattern.program().clone(),
        width,
        print: Print {
            clif: wants("clif"),
            asm: wants("asm"),
        },
    };
    let job = if options.sync || options.always {
        Some(job)
    } else {
        super::policy::hand_over_regexp(agent, job)
    };
    // Without a thread it is done here.
    if let Some(job) = job {
        let answer = compile(&job, 0);
        tier.log.count(|t| t.main.compile += answer.cpu);
        finish(agent, answer);
    }
}

/// Puts an answer to use.
pub fn finish(agent: &mut Agent, answer: Answer) {
    let tier = &vm(agent).tier;
    let mut pending = tier.regexps.pending.borrow_mut();
    let Some(i) = pending.iter().position(|p| p.0 == answer.number) else {
        return;
    };
    let (_, pattern, width) = pending.swap_remove(i);
    drop(pending);
    tier.log.count(|t| {
        t.compiles += 1;
        t.compile_time += answer.cpu;
        t.declined += u64::from(answer.result.is_err());
    });
    // It is garbage by now otherwise.
    let Some(pattern) = pattern.upgrade() else {
        return;
    };
    if agent.options.tier.trace_opt {
        trace_compile(&pattern, width, &answer);
    }
    let Ok(code) = answer.result else { return };
    if !code.text.is_empty() {
        note!("{}", code.text.trim_end_matches('\n'));
    }
    let started = thread_time();
    let bytes = tier.regexps.bytes.clone();
    if let Some(installed) = Installed::new(&tier.memory, code, &pattern, width, bytes) {
        if agent.options.tier.perf_map {
            let (address, size) = (installed.block.address(), installed.block.size());
            trace::perf_map_line(address, size, &name(&pattern));
        }
        pattern.install_native(width, Box::new(installed));
    }
    tier.log.count(|t| {
        t.installed += 1;
        t.main.install += thread_time().saturating_sub(started);
    });
}

/// As V8 names code of regular expressions.
fn name(pattern: &CompiledRegExp) -> String {
    let source = encoding::to_utf8_lossy(pattern.source());
    let source = source.replace(['\n', '\r'], " ");
    format!("RegExp:/{source}/{}", pattern.flags().letters())
}

fn trace_compile(pattern: &CompiledRegExp, width: Width, answer: &Answer) {
    let what = name(pattern);
    let subjects = match width {
        Width::Latin1 => "Latin-1",
        Width::Utf16 => "UTF-16",
    };
    let ms = answer.time.as_secs_f64() * 1e3;
    let place = match answer.thread {
        0 => "main thread".to_string(),
        n => format!("thread {n}"),
    };
    match &answer.result {
        Ok(code) => note!(
            "[opt] {what} for {subjects}: {} bytes, {} bytes of tables, {ms:.2} ms, {place}",
            code.bytes.len(),
            code.tables.len(),
        ),
        Err(why) => note!("[opt] {what} for {subjects}: declined, {why}, {ms:.2} ms, {place}"),
    }
}

/// Machine code of a pattern in memory.
struct Installed {
    block: CodeBlock,
    tables: Vec<u8>,
    slots: usize,
    width: Width,
    /// The code looks for candidates itself.
    scans: bool,
    unicode: bool,
    bytes: Rc<Cell<usize>>,
}

type Entry = unsafe extern "C" fn(*mut Context, u64, Mode) -> u64;

impl Installed {
    fn new(
        memory: &CodeMemory,
        code: Code,
        pattern: &CompiledRegExp,
        width: Width,
        bytes: Rc<Cell<usize>>,
    ) -> Option<Installed> {
        let installed = Installed {
            block: memory.install(&code.bytes, code.alignment)?,
            tables: code.tables,
            slots: code.slots,
            width,
            scans: regexp::scans(pattern.program(), width),
            unicode: pattern.program().unicode,
            bytes,
        };
        let all = &installed.bytes;
        all.set(all.get() + installed.size());
        Some(installed)
    }

    fn size(&self) -> usize {
        self.block.size() + self.tables.len()
    }

    fn entry(&self) -> Entry {
        // SAFETY: the compiler's code is a function of that type.
        unsafe { std::mem::transmute::<usize, Entry>(self.block.address()) }
    }

    /// The position after the character at `pos`, if there is one.
    fn after(&self, input: StrView<'_>, pos: usize) -> Option<usize> {
        if pos >= input.len() {
            return None;
        }
        let pair = match input {
            StrView::Utf16(s) if self.unicode => s.get(pos..pos + 2),
            _ => None,
        };
        let is_pair = |s: &[u16]| s[0] & 0xFC00 == 0xD800 && s[1] & 0xFC00 == 0xDC00;
        Some(pos + if pair.is_some_and(is_pair) { 2 } else { 1 })
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        self.bytes.set(self.bytes.get().saturating_sub(self.size()));
    }
}

/// Gives code the stack as it is now, filled up to `used` bytes.
fn set_stack(context: &mut Context, stack: &mut [u64], used: u64) {
    let base = stack.as_mut_ptr() as u64;
    context.stack = base;
    context.limit = base + ((stack.len() - SLACK) * size_of::<u64>()) as u64;
    context.sp = base + used;
}

/// Makes room for `more` words.
fn grow(context: &mut Context, stack: &mut Vec<u64>) -> Result<(), ExecError> {
    let used = context.sp - context.stack;
    let wanted = stack.len() + context.request as usize + SLACK;
    let size = (stack.len() * 2).max(wanted).min(MAX_STACK);
    if size < wanted {
        return Err(ExecError::StackOverflow);
    }
    stack.resize(size, 0);
    set_stack(context, stack, used);
    Ok(())
}

/// Matches what a group took again, and tells the code where it goes on.
fn back_reference(context: &mut Context, call: &mut Call<'_>) {
    let top = ((context.sp - context.stack) as usize / size_of::<u64>()).wrapping_sub(1);
    let inst = call.program.insts.get(context.request as usize);
    let (Some(word), Some(&inst)) = (call.stack.get_mut(top), inst) else {
        unreachable!("the code pushed a word and named an instruction")
    };
    let pos = (*word >> 32) as usize;
    match call
        .program
        .back_reference(call.input, call.slots, inst, pos)
    {
        Some(next) => *word = (*word & 0xFFFF_FFFF) | (next as u64) << 32,
        None => context.sp -= size_of::<u64>() as u64,
    }
}

impl NativeCode for Installed {
    fn slots(&self) -> usize {
        self.slots
    }

    fn scans(&self) -> bool {
        self.scans
    }

    fn exec(&self, mut call: Call<'_>) -> Result<bool, ExecError> {
        // What the code relies on.
        assert!(call.slots.len() >= self.slots && call.start <= call.input.len());
        assert!(Width::of(call.input) == self.width && call.input.len() < u32::MAX as usize);
        if call.stack.len() < FIRST_STACK {
            call.stack.resize(FIRST_STACK, 0);
        }
        let input = match call.input {
            StrView::Latin1(s) => s.as_ptr() as u64,
            StrView::Utf16(s) => s.as_ptr() as u64,
        };
        let scans = self.scans && !call.sticky;
        let mut context = Context {
            input,
            len: call.input.len() as u64,
            slots: call.slots.as_mut_ptr() as u64,
            tables: self.tables.as_ptr() as u64,
            steps: i64::from(STEPS),
            once: u64::from(!scans),
            ..Context::default()
        };
        set_stack(&mut context, call.stack, 0);
        let first = if scans { Mode::Scan } else { Mode::Attempt };
        let mut pos = call.start;
        loop {
            if !call.sticky && !self.scans && !std::mem::take(&mut call.is_candidate) {
                match call.program.next_candidate(call.input, pos) {
                    Some(candidate) => pos = candidate,
                    None => return Ok(false),
                }
            }
            let mut mode = first;
            loop {
                // SAFETY: the code is the compiler's. It reads units below the length, which lives as long as the call; it writes the
                // slots and the stack up to the limit and the slack behind, which nothing else refers to meanwhile.
                match unsafe { self.entry()(&raw mut context, pos as u64, mode) } {
                    status::NO_MATCH => break,
                    status::POLL => {
                        if !(call.poll)() {
                            return Err(ExecError::Interrupted);
                        }
                        context.steps = i64::from(STEPS);
                    }
                    status::GROW => grow(&mut context, call.stack)?,
                    status::BACK_REFERENCE => back_reference(&mut context, &mut call),
                    _ => return Ok(true),
                }
                mode = Mode::Resume;
            }
            if call.sticky || scans {
                return Ok(false);
            }
            match self.after(call.input, pos) {
                Some(next) => pos = next,
                None => return Ok(false),
            }
        }
    }
}
