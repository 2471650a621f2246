//! Exits: the one place that turns the state of compiled code into interpreter frames.
//!
//! Compiled code has stored every live register of every frame that the exit names, with callee, new.target, environment
//! and `this` of inlined frames. The rest of their headers is completed here, and the interpreter goes on in the innermost
//! frame until the compiled function's own frame is left: its result is the compiled function's.

use super::log::{Event, Site};
use super::{Installed, policy, stats};
use crate::exception;
use crate::frame::*;
use crate::vm::vm;
use sarus_jit::snapshot::Reason;
use sarus_jit::{Exit, Unboxed};
use sarus_runtime::agent::Agent;
use sarus_runtime::value::Value;
use std::rc::Rc;

/// Answer of code that was entered at a loop header: the interpreter goes on in the innermost frame.
pub const RESUME: Value = Value::LAZY;

/// Words of the dispatch loop's native frame, with some to spare.
const DISPATCH_WORDS: usize = 64;

/// The helper that exits call: the compiled function's frame, code number << 32 | exit number, and the two words of its native frame
/// that spilled values follow.
///
/// The interpreter may go on for long. So the frames below its are made on cleared words, or hold nothing any more.
///
/// # Safety
/// `agent` is valid and unborrowed; `fp` is the frame of a live activation of that code, which has stored what the exit
/// needs, and needs no spilled value any more.
pub unsafe extern "C" fn exit(agent: *mut Agent, fp: Fp, which: u64, place: *mut u64) -> u64 {
    // SAFETY: by the caller's promise.
    let (agent, on) = unsafe { (&mut *agent, go_back(&mut *agent, fp, which, place)) };
    match on {
        Ok((f, code)) => {
            vm(agent).tier.begin_exit(code);
            sarus_gc::clear_dead_stack::<DISPATCH_WORDS>();
            let result = run(agent, f);
            vm(agent).tier.end_exit();
            result
        }
        Err(result) => result,
    }
}

/// Brings the frames of an exit in order: where the interpreter goes on, with the code, or the result of the compiled code.
///
/// # Safety
/// See [`exit`].
#[inline(never)]
unsafe fn go_back(
    agent: &mut Agent,
    fp: Fp,
    which: u64,
    place: *mut u64,
) -> Result<(Frame, Rc<Installed>), u64> {
    let Some(code) = vm(agent).tier.code((which >> 32) as u32) else {
        unreachable!("code that runs is installed");
    };
    let number = which as u32 as usize;
    let Some(exit) = &code.exits.get(number) else {
        unreachable!("code exits by numbers of its table");
    };
    let f = rebuild(fp, &code, exit);
    vm(agent).set_fp(f.fp);
    if !exit.objects.is_empty() {
        materialize(agent, fp, exit);
    }
    agent.realm = f.code().realm();
    if exit.reason != Reason::LoopLeft {
        record(agent, &code, number as u32, exit, f);
    }
    policy::exited(agent, &code, exit);
    if code.is_loop() {
        // The dispatch loop that entered it goes on.
        return Err(match exit.throws {
            true => Value::EXCEPTION.bits(),
            false => RESUME.bits(),
        });
    }
    // SAFETY: so many words of the frame behind the two are for spilled values, by the compiler's account.
    unsafe { place.add(2).write_bytes(0, code.spilled as usize) };
    if !exit.throws {
        return Ok((f, code));
    }
    let to = exception::unwind(agent, f.fp);
    if !to.pc.is_null() {
        return Ok((to, code));
    }
    Err(if to.fp.is_null() {
        Value::EXCEPTION.bits()
    } else {
        // An exit names the frame that was left, whose first word holds the result.
        to.reg(CALLEE).bits()
    })
}

fn run(agent: &mut Agent, f: Frame) -> u64 {
    let result = crate::dispatch::run(agent, f);
    result.unwrap_or(Value::EXCEPTION).bits()
}

/// Counts an exit, after which the interpreter goes on at `resumed`.
fn record(agent: &Agent, code: &Installed, number: u32, exit: &Exit, resumed: Frame) {
    stats::count_taken(code, exit);
    let log = &vm(agent).tier.log;
    log.count(|t| t.exits += 1);
    let (function, pc) = exit.origin;
    log.record(agent, || Event::Exit {
        unit: code.unit(),
        exit: number,
        reason: exit.reason,
        origin: code.functions.get(function).map(|f| Site {
            block: f.block(),
            pc,
        }),
        resumed: Site {
            block: resumed.code().block_arc(),
            pc: resumed.offset(),
        },
        throws: exit.throws,
    });
}

/// The value of a register that compiled code stored unboxed.
fn boxed(bits: u64, how: Unboxed) -> Value {
    match how {
        Unboxed::Int32 => Value::int(bits as u32 as i32),
        Unboxed::Float64 => Value::number(f64::from_bits(bits)),
        Unboxed::Bool => Value::bool(bits & 1 != 0),
    }
}

/// Completes the frames of an exit of the activation at `fp`: the innermost one, at its position.
fn rebuild(fp: Fp, code: &Installed, exit: &Exit) -> Frame {
    let mut innermost = Frame {
        fp,
        pc: std::ptr::null(),
    };
    for (i, frame) in exit.frames.iter().enumerate() {
        let function = code.functions[frame.function];
        let f = Frame {
            fp: fp.wrapping_add(frame.base as usize),
            pc: function.words.wrapping_add(frame.pc as usize),
        };
        match i.checked_sub(1).and_then(|i| exit.frames.get(i)) {
            // Compiled code was worth it for the activation, so its loops may be.
            None => f.set(INFO, Value::from_bits(f.info() | FLAG_ENTRY | FLAG_LOOPED)),
            Some(outer) => {
                let words = code.functions[outer.function].words;
                let return_pc = words.wrapping_add(outer.return_pc as usize);
                f.set(CALLER, Value::from_bits(innermost.fp as u64));
                f.set(RETURN_PC, Value::from_bits(return_pc as u64));
                f.set(CODE, Value::from_bits(function.cell));
                f.set(INFO, Value::from_bits(frame.info));
            }
        }
        for &(register, bits) in &frame.constants {
            f.set(register as usize, Value::from_bits(bits));
        }
        for &(register, how) in &frame.unboxed {
            let bits = f.reg(register as usize).bits();
            f.set(register as usize, boxed(bits, how));
        }
        f.save();
        innermost = f;
    }
    innermost
}

/// Makes the objects of an exit of the activation at `fp` and puts them into the registers that hold them.
fn materialize(agent: &mut Agent, fp: Fp, exit: &Exit) {
    let at = |word: u32| fp.wrapping_add(word as usize);
    // What is in the objects stands beyond the frames, where the collector does not look.
    let mut contents = agent.heap.root_vec::<Value>();
    for object in &exit.objects {
        for (_, word) in &object.fields {
            // SAFETY: compiled code has stored it there, in the part of the stack that it reserved.
            contents.push(unsafe { *at(*word) });
        }
    }
    let mut made = agent.heap.root_vec::<Value>();
    let mut next = 0;
    for object in &exit.objects {
        // SAFETY: the compiler says what the cell consists of. Its constant words make it one that the collector can look at,
        // and they are written before anything else is allocated.
        unsafe {
            let cell = agent.heap.alloc_raw(object.size as usize, object.header);
            for &(offset, bits) in &object.words {
                *((cell + offset as usize) as *mut u64) = bits;
            }
            for (i, (offset, word)) in object.fields.iter().enumerate() {
                let holds_made = exit.frames.iter().any(|frame| {
                    let mut registers = frame.objects.iter();
                    registers.any(|(register, _)| frame.base + register == *word)
                });
                // References to objects that may not be there yet come later.
                if !holds_made {
                    *((cell + *offset as usize) as *mut u64) = contents[next + i].bits();
                }
            }
            made.push(Value::from_bits(cell as u64));
        }
        next += object.fields.len();
    }
    for frame in &exit.frames {
        for &(register, index) in &frame.objects {
            let (word, object) = (frame.base + register, made[index as usize]);
            let places = exit.objects.iter().zip(made.iter());
            for (owner, cell) in places {
                for (offset, from) in &owner.fields {
                    if *from == word {
                        let place = cell.bits() as usize + *offset as usize;
                        // SAFETY: the field lies in the cell that was just made.
                        unsafe { *(place as *mut u64) = object.bits() };
                        // Others were allocated after the owner.
                        agent
                            .heap
                            .write_barrier(cell.bits() as *const sarus_gc::Header);
                    }
                }
            }
            // SAFETY: the register of a frame that was just completed, or a word that the code reserved.
            unsafe { *at(word) = object };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tier::{FunctionRef, memory::CodeMemory};
    use sarus_jit::snapshot::Reason;
    use sarus_jit::{Exit, ExitFrame};
    use std::cell::Cell;

    fn word(stack: &[Value], i: usize) -> u64 {
        stack[i].bits()
    }

    #[test]
    fn frames_of_an_exit_get_their_headers() {
        let (outer, inner) = ([0_u32; 40], [0_u32; 40]);
        let block = CodeMemory::default().install(&[0xC3], 16).unwrap();
        let function = |cell, words: &[u32; 40]| FunctionRef {
            cell,
            words: words.as_ptr(),
        };
        let frame = |function, base, pc, return_pc, info| ExitFrame {
            function,
            base,
            pc,
            return_pc,
            info,
            constants: vec![(12, Value::TRUE.bits())],
            objects: Vec::new(),
            unboxed: vec![(13, Unboxed::Int32), (14, Unboxed::Float64)],
        };
        let exit = Exit {
            frames: vec![
                frame(0, 0, 5, 9, 0),
                frame(1, 20, 7, 0, 2 | 11 << DST_SHIFT),
            ],
            reason: Reason::NotInt,
            origin: (1, 7),
            met: 0,
            throws: false,
            objects: Vec::new(),
        };
        let code = Installed {
            number: 0,
            block,
            functions: Box::new([function(0x1000, &outer), function(0x2000, &inner)]),
            exits: Default::default(),
            resumes: Vec::new(),
            stack_words: 40,
            spilled: 0,
            instructions: 0,
            loops: Vec::new(),
            osr: None,
            cells: Vec::new(),
            shapes: Vec::new(),
            age: Cell::new(0),
            exit_weight: Cell::new(0),
            discarded: Cell::new(false),
            barriers: false,
        };
        let mut stack = vec![Value::UNDEFINED; 64];
        let fp = stack.as_mut_ptr();
        stack[CODE] = Value::from_bits(0x1000);
        stack[INFO] = Value::from_bits(1);
        stack[20 + THIS] = Value::int(7);
        for base in [0, 20] {
            stack[base + 13] = Value::from_bits(-5_i32 as u32 as u64);
            stack[base + 14] = Value::from_bits(2.0_f64.to_bits());
        }
        let f = rebuild(fp, &code, &exit);
        let at = |words: &[u32; 40], offset: usize| words[offset..].as_ptr() as u64;
        assert_eq!(f.fp, fp.wrapping_add(20));
        assert_eq!(f.pc as u64, at(&inner, 7));
        assert_eq!(word(&stack, INFO), 1 | FLAG_ENTRY | FLAG_LOOPED);
        assert_eq!(word(&stack, SAVED_PC), at(&outer, 5));
        assert_eq!(word(&stack, 20 + CALLER), fp as u64);
        assert_eq!(word(&stack, 20 + RETURN_PC), at(&outer, 9));
        assert_eq!(word(&stack, 20 + CODE), 0x2000);
        assert_eq!(word(&stack, 20 + INFO), 2 | 11 << DST_SHIFT);
        assert_eq!(word(&stack, 20 + SAVED_PC), at(&inner, 7));
        for base in [0, 20] {
            let values = [Value::TRUE, Value::int(-5), Value::int(2)];
            assert_eq!(&stack[base + 12..base + 15], &values);
        }
        // What the code stored stays.
        assert_eq!(stack[20 + THIS], Value::int(7));
    }
}
