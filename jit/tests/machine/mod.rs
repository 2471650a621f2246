//! A machine that compiled code runs on in tests: a JavaScript stack, fake helpers that note how they are called, executable
//! memory. And [`Maker`], which writes graphs by hand.
#![allow(dead_code)]

use sarus_bytecode::{CompileOptions, SourceText, compile_script};
use sarus_jit::code::{CompiledCode, Unboxed};
use sarus_jit::graph::*;
use sarus_jit::helpers::{HELPERS, Helper};
use sarus_jit::layout::{Kinds, Layout, Offsets, frame, value};
use sarus_jit::lower::{ROUTINES, Routine, SHELLED, lower, lower_plain, routine, shell};
use sarus_jit::snapshot::{FunctionSnapshot, HelperAddresses, Inlining, Options, Reason, Snapshot};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the exit helper answers.
pub const EXITED: u64 = 0x0BAD_0000_0000_0000;
/// Number of the code under test.
pub const CODE_NUMBER: u32 = 7;
/// Words of the JavaScript stack.
pub const STACK: usize = 4096;

/// The agent of the tests.
#[repr(C)]
pub struct Machine {
    pub vm_fp: u64,
    pub interrupt: u32,
    pub stress: u32,
    pub stack: Vec<u64>,
    /// Names of called helpers and what they were given.
    pub log: Vec<String>,
    /// What helpers that may throw, and interpreted instructions, answer.
    pub answer: u64,
    pub last_exit: Option<u64>,
    /// Bump cursor and limit of a fake heap.
    pub cursor: u64,
    pub limit: u64,
    /// Where shells put what helpers answer.
    answered: u64,
}

impl Machine {
    pub fn new() -> Box<Machine> {
        Box::new(Machine {
            vm_fp: 0,
            interrupt: 0,
            stress: 0,
            stack: vec![0; STACK],
            log: Vec::new(),
            answer: value::UNDEFINED,
            last_exit: None,
            cursor: 0,
            limit: 0,
            answered: 0,
        })
    }
}

/// # Safety
/// Compiled code passes on the agent that it was called with.
unsafe fn machine<'a>(agent: *mut Machine) -> &'a mut Machine {
    // SAFETY: see above; nothing else uses the machine while code runs.
    unsafe { &mut *agent }
}

extern "C" fn exit(agent: *mut Machine, _fp: u64, number: u64) -> u64 {
    // SAFETY: the agent.
    unsafe { machine(agent) }.last_exit = Some(number);
    EXITED
}
extern "C" fn enter_slow(agent: *mut Machine, fp: *const u64, osr: i32) -> u64 {
    // SAFETY: the agent; the frame pointer of a live frame.
    let (machine, caller) = unsafe { (machine(agent), *fp.add(frame::CALLER as usize)) };
    if machine.answer == value::EXCEPTION {
        machine.vm_fp = caller;
    }
    machine.log.push(format!("enter {osr}"));
    machine.answer
}
extern "C" fn poll(agent: *mut Machine, fp: *const u64) -> u64 {
    // SAFETY: the agent; the frame pointer of a live frame.
    let (machine, saved) = unsafe { (machine(agent), *fp.add(frame::SAVED_PC as usize)) };
    machine.log.push(format!("poll at {saved:#x}"));
    machine.answer
}
extern "C" fn truthy(agent: *mut Machine, v: u64) -> u32 {
    // SAFETY: the agent.
    unsafe { machine(agent) }.log.push(format!("truthy {v:#x}"));
    u32::from(v != value::DOUBLE_OFFSET)
}
extern "C" fn double_to_int32(_agent: *mut Machine, x: f64) -> i32 {
    to_int32(x)
}
extern "C" fn concat(agent: *mut Machine, a: u64, b: u64) -> u64 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    // SAFETY: `vm_fp` points to a live frame.
    let saved = unsafe { *(machine.vm_fp as *const u64).add(frame::SAVED_PC as usize) };
    machine
        .log
        .push(format!("concat {a:#x} {b:#x} at {saved:#x}"));
    machine.answer
}
extern "C" fn string_equal(_agent: *mut Machine, a: u64, b: u64) -> u32 {
    u32::from(a == b)
}
extern "C" fn instruction(agent: *mut Machine, fp: u64, pc: u64) -> u64 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    let words = fp.wrapping_sub(machine.stack.as_ptr() as u64) / 8;
    machine.log.push(format!("instruction {words} {pc:#x}"));
    machine.answer
}
extern "C" fn new_object(agent: *mut Machine, shape: u64) -> u64 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    machine.log.push(format!("new {shape:#x}"));
    machine.answer
}
extern "C" fn new_object_with(agent: *mut Machine, shape: u64, _values: u64, count: i32) -> u64 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    machine.log.push(format!("new {shape:#x} with {count}"));
    machine.answer
}
extern "C" fn load_cached(agent: *mut Machine, o: u64, key: u64) -> u64 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    machine.log.push(format!("load {o:#x} {key:#x}"));
    machine.answer
}
extern "C" fn find(agent: *mut Machine, collection: u64, key: u64) -> i32 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    machine.log.push(format!("find {collection:#x} {key:#x}"));
    machine.answer as i32
}
extern "C" fn store_cached(agent: *mut Machine, o: u64, key: u64, v: u64) -> u32 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    machine.log.push(format!("store {o:#x} {key:#x} {v:#x}"));
    0
}
extern "C" fn call_window(agent: *mut Machine, _caller: u64, window: u64, argc: i32) -> u64 {
    // SAFETY: the agent.
    let machine = unsafe { machine(agent) };
    let words = window.wrapping_sub(machine.stack.as_ptr() as u64) / 8;
    machine.log.push(format!("call {words} with {argc}"));
    machine.answer
}
extern "C" fn unexpected() -> u64 {
    std::process::abort()
}

/// ToInt32 by its definition.
pub fn to_int32(x: f64) -> i32 {
    if !x.is_finite() {
        return 0;
    }
    x.trunc().rem_euclid(4_294_967_296.0) as u64 as u32 as i32
}

pub const KINDS: Kinds = Kinds {
    string: 2,
    symbol: 3,
    bigint: 4,
    first_object: 20,
    object: 20,
    array: 21,
    function: 22,
    native_function: 23,
    typed_array: 24,
    data_view: 31,
    elements: 6,
    environment: 7,
    map: 0,
    set: 0,
    map_iterator: 25,
    set_iterator: 26,
    array_iterator: 27,
    string_iterator: 28,
    proxy: 29,
    generator: 30,
};

/// The layout of the fake heap.
pub fn offsets() -> Offsets {
    Offsets {
        accessor_get: 8,
        slots: 8,
        elements: 16,
        inline_slots: 24,
        capacity: 8,
        values: 16,
        array_length: 24,
        string_length: 8,
        string_hash: 12,
        function_code: 24,
        function_env: 32,
        arrow_this: 40,
        arrow_new_target: 48,
        validity: 8,
        native_entry: 16,
        call_word: 24,
        code_realm: 32,
        table: 8,
        table_capacity: 8,
        table_entries: 16,
        view_length: 8,
        view_offset: 16,
        view_buffer: 24,
        buffer_data: 8,
        ..Offsets::default()
    }
}

/// A fake cell: header word and fields. Leaked: its address is part of code.
pub fn cell(shape: u32, kind: u8, flags: u8, aux: u8, fields: &[u64]) -> u64 {
    let header =
        u64::from(shape) | u64::from(kind) << 32 | u64::from(flags) << 40 | u64::from(aux) << 56;
    let words: Vec<u64> = [header].into_iter().chain(fields.iter().copied()).collect();
    words.leak().as_ptr() as u64
}

pub fn int(i: i32) -> u64 {
    value::INT_TAG | u64::from(i as u32)
}
pub fn double(x: f64) -> u64 {
    x.to_bits().wrapping_add(value::DOUBLE_OFFSET)
}
/// Canonical number.
pub fn number(x: f64) -> u64 {
    let i = x as i32;
    if f64::from(i) == x && (i != 0 || x.is_sign_positive()) {
        int(i)
    } else if x.is_nan() {
        value::CANONICAL_NAN + value::DOUBLE_OFFSET
    } else {
        double(x)
    }
}
pub fn boolean(b: bool) -> u64 {
    value::FALSE + u64::from(b)
}

/// A snapshot of a function that has nothing to say, on a machine.
pub fn snapshot(machine: &Machine) -> Snapshot {
    let source = SourceText::new(b"0".as_slice(), "test.js");
    let code = compile_script(&source, CompileOptions::default()).expect("a script");
    let function = |words| FunctionSnapshot {
        code: Arc::clone(&code),
        code_cell: words + 0x10,
        words,
        constants: Vec::new(),
        feedback: Vec::new(),
        sites: Vec::new(),
        exits: BTreeMap::new(),
        inner: Vec::new(),
        same_realm: true,
        warm: true,
    };
    let mut named = vec![unexpected as *const () as u64; HELPERS.len()];
    for (helper, address) in [
        (Helper::Exit, exit as *const ()),
        (Helper::EnterSlow, enter_slow as *const ()),
        (Helper::Poll, poll as *const ()),
        (Helper::Truthy, truthy as *const ()),
        (Helper::DoubleToInt32, double_to_int32 as *const ()),
        (Helper::NewObject, new_object as *const ()),
        (Helper::NewObjectWith, new_object_with as *const ()),
        (Helper::Concat, concat as *const ()),
        (Helper::LoadCached, load_cached as *const ()),
        (Helper::FindGetter, load_cached as *const ()),
        (Helper::StoreCached, store_cached as *const ()),
        (Helper::CallWindow, call_window as *const ()),
        (Helper::FindInMap, find as *const ()),
        (Helper::FindInSet, find as *const ()),
        (Helper::StrictEqual, string_equal as *const ()),
    ] {
        named[helper as usize] = address as u64;
    }
    let mut shells = vec![0; HELPERS.len()];
    let answer = &raw const machine.answered as u64;
    for &helper in SHELLED {
        let code =
            shell(helper, named[helper as usize], answer).unwrap_or_else(|e| panic!("{e:?}"));
        shells[helper as usize] = map(&code.bytes) as u64;
    }
    let stack = machine.stack.as_ptr() as u64;
    Snapshot {
        functions: vec![function(0x10_0000), function(0x20_0000)],
        osr: None,
        realm: 0,
        layout: Arc::new(Layout {
            kinds: KINDS,
            offsets: offsets(),
            exotic_flag: 1,
            callable_flag: 2,
            htmldda_flag: 4,
            agent: std::ptr::from_ref(machine) as u64,
            answer,
            vm_fp: &raw const machine.vm_fp as u64,
            interrupt: &raw const machine.interrupt as u64,
            heap_cursor: &raw const machine.cursor as u64,
            heap_limit: &raw const machine.limit as u64,
            start_bits: 0x8000,
            stack_limit: stack + 8 * STACK as u64,
            ..Layout::default()
        }),
        helpers: Arc::new(HelperAddresses {
            named,
            instruction: vec![instruction as *const () as u64; 256],
            shells,
            ..HelperAddresses::default()
        }),
        options: Options {
            stress_counter: &raw const machine.stress as u64,
            ..Options::default()
        },
        code_number: CODE_NUMBER,
        no_elements: 0,
        all_no_elements: 0,
        objects: Vec::new(),
        array_shape: 0,
        iter_result: 0,
        iteration: None,
        arguments: [None, None],
        known: Vec::new(),
    }
}

/// Makes the snapshot one of a compile of warm code, which calls routines.
#[allow(dead_code, reason = "not every test compiles warm code")]
pub fn warm(snapshot: &mut Snapshot) {
    add_routines(snapshot);
    snapshot.options.inline = Inlining::Little;
    snapshot.options.routines = true;
}

/// Makes the routines.
fn add_routines(snapshot: &mut Snapshot) {
    let install = |r: &Routine| {
        let (layout, helpers) = (snapshot.layout.clone(), snapshot.helpers.clone());
        let code = routine(*r, layout, helpers).unwrap_or_else(|e| panic!("{e:?}"));
        map(&code.bytes) as u64
    };
    let routines = ROUTINES.iter().map(install).collect();
    Arc::make_mut(&mut snapshot.helpers).routines = routines;
}

/// Makes code executable.
fn map(code: &[u8]) -> *mut libc::c_void {
    let size = code.len();
    // SAFETY: a fresh mapping; the code fits; it is made executable before it runs.
    unsafe {
        let memory = libc::mmap(
            std::ptr::null_mut(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        assert_ne!(memory, libc::MAP_FAILED);
        std::ptr::copy_nonoverlapping(code.as_ptr(), memory.cast(), size);
        let status = libc::mprotect(memory, size, libc::PROT_READ | libc::PROT_EXEC);
        assert_eq!(status, 0);
        memory
    }
}

/// Code in executable memory, on a machine of its own.
pub struct Running {
    pub machine: Box<Machine>,
    pub code: CompiledCode,
    memory: *mut libc::c_void,
    size: usize,
}

/// Where the frame of the code under test begins.
pub const FRAME: usize = 100;

impl Running {
    /// Compiles for the host (or, with `plain`, for the least machine), and maps the code.
    pub fn new(machine: Box<Machine>, snapshot: &Snapshot, graph: &Graph, plain: bool) -> Running {
        let code = if plain {
            lower_plain(graph, snapshot)
        } else {
            lower(graph, snapshot)
        };
        let code = code.unwrap_or_else(|e| panic!("{e:?}"));
        let size = code.bytes.len();
        let memory = map(&code.bytes);
        Running {
            machine,
            code,
            memory,
            size,
        }
    }

    /// Address of the code.
    pub fn entry(&self) -> u64 {
        self.memory as u64
    }

    /// The frame's words.
    pub fn frame(&mut self) -> &mut [u64] {
        &mut self.machine.stack[FRAME..]
    }

    /// Runs it with these arguments; the caller's frame pointer is the start of the stack.
    pub fn run(&mut self, arguments: &[u64]) -> u64 {
        let stack = self.machine.stack.as_ptr() as u64;
        let fp = stack + 8 * FRAME as u64;
        let frame = self.frame();
        frame[frame::CALLER as usize] = stack;
        for (i, a) in arguments.iter().enumerate() {
            frame[frame::ARGS as usize + i] = *a;
        }
        self.machine.vm_fp = fp;
        self.machine.last_exit = None;
        // SAFETY: the mapping holds code of this type, made for this machine.
        let result = unsafe {
            let code: extern "C" fn(*mut Machine, u64) -> u64 = std::mem::transmute(self.memory);
            code(&raw mut *self.machine, fp)
        };
        if self.machine.last_exit.is_none() {
            assert_eq!(self.machine.vm_fp, stack, "the caller's frame is current");
        }
        result
    }

    /// Does the translator's work on the frames: constants are stored, values boxed. Gives the reason.
    fn translate(&mut self, which: usize) -> Reason {
        let exit = self.code.exits[which].clone();
        for frame in &exit.frames {
            for &(register, bits) in &frame.constants {
                self.frame()[(frame.base + register) as usize] = bits;
            }
            for &(register, how) in &frame.unboxed {
                let slot = &mut self.frame()[(frame.base + register) as usize];
                *slot = match how {
                    Unboxed::Int32 => int(*slot as i32),
                    Unboxed::Float64 => number(f64::from_bits(*slot)),
                    Unboxed::Bool => boolean(*slot & 0xFF != 0),
                };
            }
        }
        exit.reason
    }

    /// Runs it: the result, or why it exited.
    pub fn result(&mut self, arguments: &[u64]) -> Result<u64, Reason> {
        let result = self.run(arguments);
        match self.machine.last_exit {
            None => Ok(result),
            Some(number) => {
                assert_eq!(result, EXITED);
                assert_eq!(number >> 32, u64::from(CODE_NUMBER));
                Err(self.translate(number as u32 as usize))
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SAFETY: the mapping made above.
        unsafe { libc::munmap(self.memory, self.size) };
    }
}

/// Writes graphs.
pub struct Maker {
    pub graph: Graph,
    pub block: BlockId,
    pub at: Position,
}

impl Maker {
    pub fn new() -> Maker {
        let mut graph = Graph {
            stack_words: 64,
            ..Graph::default()
        };
        graph.frames.push(Frame {
            function: 0,
            base: 0,
            caller: None,
            return_pc: 0,
            info: 0,
        });
        let block = graph.new_block();
        Maker {
            graph,
            block,
            at: Position {
                frame: FrameId(0),
                pc: 3,
            },
        }
    }

    /// A frame inlined in frame 0.
    pub fn inlined(&mut self, base: u32, call_pc: u32, return_pc: u32) -> FrameId {
        self.graph.frames.push(Frame {
            function: 1,
            base,
            caller: Some((FrameId(0), call_pc)),
            return_pc,
            info: 0x1234,
        });
        FrameId(self.graph.frames.len() as u32 - 1)
    }

    pub fn state(&mut self, registers: &[(u32, NodeId)]) -> StateId {
        self.state_in(self.at, registers, None)
    }

    pub fn state_in(
        &mut self,
        at: Position,
        registers: &[(u32, NodeId)],
        parent: Option<StateId>,
    ) -> StateId {
        self.graph.states.push(FrameState {
            frame: at.frame,
            pc: at.pc,
            registers: registers.to_vec(),
            parent,
            objects: Vec::new(),
        });
        StateId(self.graph.states.len() as u32 - 1)
    }

    /// A node at the end of the block, with an empty state if it may exit.
    pub fn node(&mut self, op: NodeOp, inputs: &[NodeId]) -> NodeId {
        let state = op.effects().exits.then(|| self.state(&[]));
        self.node_with(op, inputs, state)
    }

    pub fn node_with(&mut self, op: NodeOp, inputs: &[NodeId], state: Option<StateId>) -> NodeId {
        let node = Node {
            rep: op.rep(),
            op,
            inputs: SmallVec::from_slice(inputs),
            block: self.block,
            at: self.at,
            state,
            reason: None,
        };
        let id = self.graph.make(node);
        self.graph.block_mut(self.block).nodes.push(id);
        id
    }

    pub fn phi(&mut self, block: BlockId, rep: Rep, inputs: &[NodeId]) -> NodeId {
        let id = self.graph.make(Node {
            op: NodeOp::Phi,
            inputs: SmallVec::from_slice(inputs),
            rep,
            block,
            at: self.at,
            state: None,
            reason: None,
        });
        self.graph.block_mut(block).phis.push(id);
        id
    }

    /// Argument `i`.
    pub fn argument(&mut self, i: u32) -> NodeId {
        self.node(NodeOp::LoadReg(frame::ARGS + i), &[])
    }

    /// Ends the block and begins the given one.
    pub fn end(&mut self, end: End, next: BlockId) {
        self.graph.block_mut(self.block).end = end;
        self.block = next;
    }

    pub fn jump(&mut self, to: BlockId, next: BlockId) {
        self.graph.block_mut(to).preds.push(self.block);
        self.end(End::Jump(to), next);
    }

    /// Branches to two new blocks and begins the first.
    pub fn branch(&mut self, cond: NodeId) -> (BlockId, BlockId) {
        let (then, otherwise) = (self.graph.new_block(), self.graph.new_block());
        for b in [then, otherwise] {
            self.graph.block_mut(b).preds.push(self.block);
        }
        self.end(
            End::Branch {
                cond,
                then,
                otherwise,
            },
            then,
        );
        (then, otherwise)
    }

    pub fn returns(&mut self, value: NodeId) {
        self.graph.block_mut(self.block).end = End::Return {
            value,
            construct: false,
        };
    }

    /// Boxes a node's value.
    pub fn boxed(&mut self, node: NodeId) -> NodeId {
        match self.graph.node(node).rep {
            Rep::Int32 => self.node(NodeOp::IntToTagged, &[node]),
            Rep::Float64 => self.node(NodeOp::FloatToTagged, &[node]),
            Rep::Bool => self.node(NodeOp::BoolToTagged, &[node]),
            _ => node,
        }
    }

    /// Returns a node's value, boxed.
    pub fn returns_boxed(&mut self, node: NodeId) {
        let boxed = self.boxed(node);
        self.returns(boxed);
    }

    pub fn finish(mut self, machine: Box<Machine>) -> Running {
        self.graph.compute_order();
        let snapshot = snapshot(&machine);
        Running::new(machine, &snapshot, &self.graph, false)
    }

    /// Code that is only warm.
    pub fn finish_warm(self) -> Running {
        self.finish_after(warm)
    }

    /// Code that has routines for rare ways.
    #[allow(dead_code, reason = "not every test has rare ways")]
    pub fn finish_with_routines(self) -> Running {
        self.finish_after(add_routines)
    }

    fn finish_after(mut self, change: impl FnOnce(&mut Snapshot)) -> Running {
        self.graph.compute_order();
        let machine = Machine::new();
        let mut snapshot = snapshot(&machine);
        change(&mut snapshot);
        Running::new(machine, &snapshot, &self.graph, false)
    }

    /// On the host and on the least machine.
    pub fn finish_both(mut self) -> [Running; 2] {
        self.graph.compute_order();
        [false, true].map(|plain| {
            let machine = Machine::new();
            let mut snapshot = snapshot(&machine);
            if plain {
                Arc::make_mut(&mut snapshot.helpers).shells.clear();
            }
            Running::new(machine, &snapshot, &self.graph, plain)
        })
    }
}
