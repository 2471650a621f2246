//! The dispatch loop: one match over the opcode byte.
//!
//! `pc`, `fp`, the agent and the interpreter's state are locals whose address is never taken, so that they stay in
//! registers. Fast paths stand in the arms; everything else is a call of a function that gets the [`Frame`] and answers
//! in one or two words.
//!
//! The file is long because it is one table, an arm per opcode: arms in other files would be calls, and the locals would
//! have an address.
//!
//! **Invariant:** before anything that can observe the stack or throw, `pc` is stored to `fp[7]`.

use crate::arith::{self, both_int, both_number, feedback, number, number_of, to_int32};
use crate::frame::*;
use crate::ic::load::fast_load;
use crate::ic::store::fast_store;
use crate::ic::{Handler, element, site};
use crate::vm::{Vm, vm};
use crate::{
    bodies, call, class, construct, declare, decorator, exception, generator, initialize, instance,
    iteration, literal, module, operators, property, scope, supers, tail, tier, using,
};
use sarus_bytecode::{OPCODES, Op};
use sarus_gc::{Gc, Header};
use sarus_runtime::agent::{Agent, CallArgs};
use sarus_runtime::code::{EntryKind, IC_POLYMORPHIC, IcSlot, LinkedCode};
use sarus_runtime::environment::EnvironmentCell;
use sarus_runtime::function::{
    ARROW_NEW_TARGET_OFFSET, ARROW_THIS_OFFSET, CODE_OFFSET, ENVIRONMENT_OFFSET, NativeFunctionCell,
};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::elements::ElementsCell;
use sarus_runtime::object::global::PropertyCell;
use sarus_runtime::object::{ELEMENTS_OFFSET, SLOTS_OFFSET};
use sarus_runtime::shape::ValidityCell;
use sarus_runtime::value::Value;

/// A word at a byte offset from a cell.
///
/// # Safety
/// `base + offset` is an initialized word of a live cell.
#[inline(always)]
unsafe fn load(base: u64, offset: usize) -> Value {
    // SAFETY: by the caller's promise.
    unsafe { *((base as usize + offset) as *const Value) }
}

/// The header of a cell value.
///
/// # Safety
/// `v` is a cell.
#[inline(always)]
unsafe fn header_of(v: Value) -> &'static Header {
    // SAFETY: by the caller's promise; every cell begins with its header.
    unsafe { &*(v.bits() as *const Header) }
}

/// Runs from a frame that was just pushed with `FLAG_ENTRY` until that frame is left; the result, or `None` when an
/// exception leaves it.
pub fn run(agent: &mut Agent, entry: Frame) -> Option<Value> {
    // SAFETY: the frame is live and its code is verified; the loop keeps that true for every frame it goes on with.
    let result = unsafe { dispatch(agent, entry) };
    if result == Value::EXCEPTION {
        None
    } else {
        Some(result)
    }
}

/// # Safety
/// `entry` is a live entry frame of verified code.
#[allow(clippy::cognitive_complexity)]
unsafe fn dispatch(agent: *mut Agent, entry: Frame) -> Value {
    // SAFETY: for the whole body: register operands lie in the frame, constants, slots and jump targets are in range,
    // because the verifier accepted the code; cells are what their header's kind says; inline-cache payloads are what
    // `ic` stored for the shape that matched. `agent` is a valid unique pointer: each reborrow ends before the next.
    unsafe {
        let vm: *const Vm = vm(&*agent);
        let mut fp: Fp = entry.fp;
        let mut pc: Pc = entry.pc;

        'run: loop {
            'op: loop {
                let w = *pc;

                macro_rules! A {
                    () => {
                        (w >> 8 & 0xFF) as usize
                    };
                }
                macro_rules! B {
                    () => {
                        (w >> 16 & 0xFF) as usize
                    };
                }
                macro_rules! C {
                    () => {
                        (w >> 24) as usize
                    };
                }
                macro_rules! BC {
                    () => {
                        (w >> 16) as usize
                    };
                }
                macro_rules! x {
                    ($i:expr) => {
                        *pc.add($i)
                    };
                }
                macro_rules! r {
                    ($i:expr) => {
                        *fp.add($i)
                    };
                }
                macro_rules! next {
                    ($n:expr) => {{
                        pc = pc.add($n);
                        continue 'op;
                    }};
                }
                macro_rules! frame {
                    () => {
                        Frame { fp, pc }
                    };
                }
                macro_rules! save {
                    () => {
                        *fp.add(SAVED_PC) = Value::from_bits(pc as u64)
                    };
                }
                macro_rules! len {
                    () => {
                        OPCODES.get_unchecked((w & 0xFF) as usize).words as usize
                    };
                }
                // A function that does the whole instruction.
                macro_rules! slow {
                    ($f:path) => {{
                        save!();
                        if $f(&mut *agent, frame!()).is_err() {
                            break 'op;
                        }
                        next!(len!())
                    }};
                }
                // A function that decides on a jump whose offset is in word $i.
                macro_rules! slow_jump {
                    ($i:expr, $f:path) => {{
                        save!();
                        match $f(&mut *agent, frame!()) {
                            Ok(true) => next_jump!($i),
                            Ok(false) => next!(len!()),
                            Err(_) => break 'op,
                        }
                    }};
                }
                macro_rules! next_jump {
                    ($i:expr) => {{
                        pc = pc.offset(*pc.add($i) as i32 as isize);
                        continue 'op;
                    }};
                }
                // A function that says where to go on, possibly in another frame.
                macro_rules! go {
                    ($f:expr) => {{
                        save!();
                        let to: Frame = $f;
                        if to.fp.is_null() {
                            break 'op;
                        }
                        fp = to.fp;
                        pc = to.pc;
                        continue 'op;
                    }};
                }
                // As go!, where the activation may end.
                macro_rules! leave {
                    ($f:expr) => {{
                        save!();
                        let to: Frame = $f;
                        if to.pc.is_null() {
                            if to.fp.is_null() {
                                break 'op;
                            }
                            return *to.fp;
                        }
                        fp = to.fp;
                        pc = to.pc;
                        continue 'op;
                    }};
                }
                macro_rules! set {
                    ($v:expr) => {{
                        let v: Value = $v;
                        *fp.add(A!()) = v;
                    }};
                }
                macro_rules! feed {
                    ($bits:expr) => {{
                        let code = (*fp.add(CODE)).bits() as *const LinkedCode;
                        let bytes = (*code).feedback();
                        if !bytes.is_null() {
                            *bytes.add(pc.offset_from((*code).words()) as usize) |= $bits;
                        }
                    }};
                }
                macro_rules! ic {
                    ($i:expr) => {{
                        let code = (*fp.add(CODE)).bits() as *const LinkedCode;
                        &*(*code).ics().add(*pc.add($i) as usize)
                    }};
                }
                macro_rules! int_imm {
                    () => {
                        (w as i32 >> 24)
                    };
                }

                // int32 op int32 with overflow to double; doubles; else slow.
                macro_rules! add_like {
                    ($x:expr, $y:expr, $checked:ident, $op:tt) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_int(x, y) {
                            let (i, j) = (x.int_unchecked(), y.int_unchecked());
                            if let Some(n) = i.$checked(j) {
                                set!(Value::int(n));
                                next!(1)
                            }
                            feed!(feedback::OVERFLOW);
                            set!(Value::double_unchecked(i as f64 $op j as f64));
                            next!(1)
                        }
                        if both_number(x, y) {
                            feed!(feedback::NUMBER);
                            set!(number(number_of(x) $op number_of(y)));
                            next!(1)
                        }
                        slow!(arith::binary)
                    }};
                }
                macro_rules! mul {
                    ($x:expr, $y:expr) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_int(x, y) {
                            let (i, j) = (x.int_unchecked(), y.int_unchecked());
                            match i.checked_mul(j) {
                                Some(n) if n != 0 || (i | j) >= 0 => {
                                    set!(Value::int(n));
                                    next!(1)
                                }
                                _ => {}
                            }
                            feed!(feedback::OVERFLOW);
                            set!(number(i as f64 * j as f64));
                            next!(1)
                        }
                        if both_number(x, y) {
                            feed!(feedback::NUMBER);
                            set!(number(number_of(x) * number_of(y)));
                            next!(1)
                        }
                        slow!(arith::binary)
                    }};
                }
                macro_rules! div {
                    ($x:expr, $y:expr) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_number(x, y) {
                            let v = number(number_of(x) / number_of(y));
                            if !v.is_int() {
                                feed!(feedback::NUMBER);
                            }
                            set!(v);
                            next!(1)
                        }
                        slow!(arith::binary)
                    }};
                }
                macro_rules! modulo {
                    ($x:expr, $y:expr) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_int(x, y) {
                            let (i, j) = (x.int_unchecked(), y.int_unchecked());
                            if i >= 0 && j > 0 {
                                set!(Value::int(if (j & (j - 1)) == 0 {
                                    i & (j - 1)
                                } else {
                                    (i as u32 % j as u32) as i32
                                }));
                                next!(1)
                            }
                        }
                        slow!(arith::binary)
                    }};
                }
                macro_rules! bitwise {
                    ($x:expr, $y:expr, |$i:ident, $j:ident| $e:expr) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_int(x, y) {
                            let ($i, $j) = (x.int_unchecked(), y.int_unchecked());
                            set!($e);
                            next!(1)
                        }
                        if both_number(x, y) {
                            feed!(feedback::NUMBER);
                            let ($i, $j) = (to_int32(x), to_int32(y));
                            set!($e);
                            next!(1)
                        }
                        slow!(arith::binary)
                    }};
                }
                macro_rules! shr {
                    ($x:expr, $y:expr) => {
                        bitwise!($x, $y, |i, j| {
                            let n = (i as u32).wrapping_shr(j as u32);
                            if n > i32::MAX as u32 {
                                feed!(feedback::OVERFLOW);
                            }
                            Value::uint(n)
                        })
                    };
                }
                macro_rules! imm_value {
                    () => {
                        Value::int(int_imm!())
                    };
                }
                // The truth of a comparison, or break 'op.
                macro_rules! compare {
                    ($x:expr, $y:expr, $op:tt) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_int(x, y) {
                            (x.bits() as i32) $op (y.bits() as i32)
                        } else if both_number(x, y) {
                            feed!(feedback::NUMBER);
                            number_of(x) $op number_of(y)
                        } else {
                            save!();
                            match arith::compare(&mut *agent, frame!(), x, y) {
                                Ok(answer) => answer,
                                Err(_) => break 'op,
                            }
                        }
                    }};
                }
                macro_rules! strict_eq {
                    ($x:expr, $y:expr) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_int(x, y) {
                            x == y
                        } else if both_number(x, y) {
                            feed!(feedback::NUMBER);
                            number_of(x) == number_of(y)
                        } else if x == y {
                            feed!(feedback::OTHER);
                            true
                        } else if !(x.is_cell() && y.is_cell()) {
                            feed!(feedback::OTHER);
                            false
                        } else {
                            arith::strict_equal_cells(&mut *agent, frame!(), x, y)
                        }
                    }};
                }
                macro_rules! loose_eq {
                    ($x:expr, $y:expr) => {{
                        let (x, y): (Value, Value) = ($x, $y);
                        if both_int(x, y) {
                            x == y
                        } else if both_number(x, y) {
                            feed!(feedback::NUMBER);
                            number_of(x) == number_of(y)
                        } else {
                            save!();
                            match arith::loose_equal(&mut *agent, frame!(), x, y) {
                                Ok(answer) => answer,
                                Err(_) => break 'op,
                            }
                        }
                    }};
                }
                macro_rules! truthy {
                    ($v:expr) => {{
                        let v: Value = $v;
                        if v.is_bool() {
                            v.is_true()
                        } else {
                            arith::to_boolean(v)
                        }
                    }};
                }
                macro_rules! imm16 {
                    () => {
                        Value::int(w as i32 >> 16)
                    };
                }
                macro_rules! branch {
                    ($cond:expr) => {{
                        if $cond {
                            next_jump!(1)
                        }
                        next!(2)
                    }};
                }
                // Back edge taken: counts, polls, jumps by $offset words.
                macro_rules! back_edge {
                    ($offset:expr) => {{
                        let code = (*fp.add(CODE)).bits() as *const LinkedCode;
                        let left = (*code).budget.get() - 2;
                        (*code).budget.set(left);
                        if left <= 0 || (*vm).interrupted() {
                            leave!(tier::back_edge(&mut *agent, frame!(), pc.offset($offset)))
                        }
                        pc = pc.offset($offset);
                        continue 'op;
                    }};
                }
                macro_rules! loop_branch {
                    ($cond:expr) => {{
                        if $cond {
                            back_edge!(*pc.add(1) as i32 as isize)
                        }
                        next!(2)
                    }};
                }
                macro_rules! env_slot {
                    ($env:expr, $i:expr) => {
                        ($env as usize + EnvironmentCell::SLOTS_OFFSET + 8 * $i) as *mut Value
                    };
                }
                macro_rules! env_at {
                    ($depth:expr) => {{
                        let mut env = (*fp.add(ENV)).bits() as *const EnvironmentCell;
                        for _ in 0..$depth {
                            env = match (*env).parent() {
                                Some(parent) => parent.as_ptr(),
                                None => env,
                            };
                        }
                        env
                    }};
                }
                // Notes at the call site of word 1 what is called.
                macro_rules! record_target {
                    ($target:expr) => {{
                        let target: u64 = $target;
                        let ic: &IcSlot = ic!(1);
                        if ic.a != target && ic.b != target && ic.handler != site::MANY {
                            site::record(&mut *agent, frame!(), target);
                        }
                    }};
                }
                macro_rules! record_native {
                    ($callee:expr) => {{
                        let ic: &IcSlot = ic!(1);
                        let target = $callee.bits();
                        if ic.a != target && ic.b != target && ic.handler != site::MANY {
                            bodies::record(&mut *agent, frame!(), target);
                        }
                    }};
                }
                // Pushes the frame of a plain closure in the window at $base and goes on there; falls through when
                // anything is out of the ordinary.
                macro_rules! enter_closure {
                    ($base:expr, $argc:expr, $len:expr, $callee:expr) => {{
                        let function = $callee.bits();
                        let code = load(function, CODE_OFFSET).bits() as *const LinkedCode;
                        let nf = fp.add($base);
                        let left = (*code).budget.get() - 1;
                        if (*code).entry() < EntryKind::Special
                            && nf.add((*code).register_count() as usize) <= (*vm).limit()
                            && left > 0
                            && (*code).realm() == (*agent).realm
                            && !(*vm).interrupted()
                        {
                            (*code).budget.set(left);
                            save!();
                            record_target!(code as u64);
                            *nf.add(CALLER) = Value::from_bits(fp as u64);
                            *nf.add(RETURN_PC) = Value::from_bits(pc.add($len) as u64);
                            *nf.add(CODE) = Value::from_bits(code as u64);
                            *nf.add(INFO) =
                                Value::from_bits($argc as u64 | (A!() as u64) << DST_SHIFT);
                            *nf.add(NEW_TARGET) = Value::UNDEFINED;
                            if (*code).entry() == EntryKind::Arrow {
                                *nf.add(THIS) = load(function, ARROW_THIS_OFFSET);
                                *nf.add(NEW_TARGET) = load(function, ARROW_NEW_TARGET_OFFSET);
                            }
                            *nf.add(ENV) = load(function, ENVIRONMENT_OFFSET);
                            let mut i = $argc;
                            let params = (*code).param_count() as usize;
                            while i < params {
                                *nf.add(ARGS + i) = Value::UNDEFINED;
                                i += 1;
                            }
                            (*vm).set_fp(nf);
                            fp = nf;
                            pc = (*code).words();
                            continue 'op;
                        }
                        if (*code).entry() == EntryKind::Compiled
                            && tier::may_enter(&*agent, &*vm, &*code, nf)
                        {
                            save!();
                            record_target!(code as u64);
                            *nf.add(CALLER) = Value::from_bits(fp as u64);
                            let v = tier::enter_closure(agent, function, code, nf, $argc);
                            if v == Value::EXCEPTION {
                                break 'op;
                            }
                            set!(v);
                            next!($len)
                        }
                    }};
                }
                macro_rules! call_window {
                    ($len:expr) => {{
                        let base = BC!();
                        let argc = x!(2) as usize;
                        let callee: Value = r!(base);
                        if callee.is_cell() {
                            let kind = header_of(callee).kind();
                            if kind == CellKind::Function as u8 {
                                enter_closure!(base, argc, $len, callee);
                            } else if kind == CellKind::NativeFunction as u8 {
                                let native = callee.bits() as *const NativeFunctionCell;
                                if (*native).realm() == (*agent).realm {
                                    save!();
                                    record_native!(callee);
                                    if (*native).body() != 0 {
                                        let native = Gc::from_raw(native.cast_mut());
                                        if let Some(to) =
                                            bodies::enter(&mut *agent, frame!(), base, argc, native)
                                        {
                                            go!(to)
                                        }
                                    }
                                    let args =
                                        std::slice::from_raw_parts(fp.add(base + ARGS), argc);
                                    let object = callee.object_unchecked();
                                    let mut cx = CallArgs::new(
                                        object,
                                        r!(base + THIS),
                                        args,
                                        Value::UNDEFINED,
                                    );
                                    let result = ((*native).function())(&mut *agent, &cx);
                                    cx.forget_this();
                                    match result {
                                        Ok(v) => {
                                            set!(v);
                                            next!($len)
                                        }
                                        Err(_) => break 'op,
                                    }
                                }
                            }
                        }
                        go!(call::call(&mut *agent, frame!()))
                    }};
                }
                macro_rules! get_prop {
                    ($object:expr, |$v:ident| $store:block, $slow:expr) => {{
                        let o: Value = $object;
                        if o.is_cell() {
                            let ic: &IcSlot = ic!(1);
                            if ic.shape == header_of(o).shape() {
                                let handler = Handler(ic.handler);
                                let kind = handler.kind();
                                if kind == Handler::OWN {
                                    let $v = load(o.bits(), handler.offset());
                                    $store
                                }
                                if kind == Handler::PROTO
                                    && (*(ic.b as *const ValidityCell)).is_valid()
                                {
                                    let $v = load(ic.a, handler.offset());
                                    $store
                                }
                                if kind == Handler::OWN_SLOTS {
                                    let slots = load(o.bits(), SLOTS_OFFSET).bits();
                                    let $v = load(slots, handler.offset());
                                    $store
                                }
                            } else if ic.shape >= IC_POLYMORPHIC {
                                let $v = fast_load(&*vm, frame!(), ic, o, header_of(o).shape());
                                if $v != Value::EXCEPTION {
                                    $store
                                }
                            }
                        }
                        $slow
                    }};
                }
                macro_rules! set_prop {
                    () => {{
                        let o: Value = r!(A!());
                        if o.is_cell() {
                            let ic: &IcSlot = ic!(1);
                            let header = header_of(o);
                            if ic.shape == header.shape() {
                                let handler = Handler(ic.handler);
                                let kind = handler.kind();
                                if kind == Handler::OWN {
                                    let v: Value = r!(B!());
                                    (*agent).heap.write_barrier_for(header, v.bits());
                                    *((o.bits() as usize + handler.offset()) as *mut Value) = v;
                                    next!(3)
                                }
                                if kind == Handler::ADD
                                    && (*(ic.b as *const ValidityCell)).is_valid()
                                {
                                    let v: Value = r!(B!());
                                    (*agent).heap.write_barrier_for(header, v.bits());
                                    *((o.bits() as usize + handler.offset()) as *mut Value) = v;
                                    header.set_shape(ic.c as u32);
                                    next!(3)
                                }
                                if kind == Handler::OWN_SLOTS {
                                    let slots = load(o.bits(), SLOTS_OFFSET).bits();
                                    let v: Value = r!(B!());
                                    (*agent)
                                        .heap
                                        .write_barrier_for(slots as *const Header, v.bits());
                                    *((slots as usize + handler.offset()) as *mut Value) = v;
                                    next!(3)
                                }
                            } else if ic.shape >= IC_POLYMORPHIC
                                && fast_store(&mut *agent, frame!(), o)
                            {
                                next!(3)
                            }
                        }
                        go!(property::set_prop(&mut *agent, frame!()))
                    }};
                }

                let op: Op = std::mem::transmute::<u8, Op>(w as u8);
                match op {
                    // ------------------------------------------------------------ loads and moves
                    Op::Nop => next!(1),
                    Op::LoadUndefined => {
                        set!(Value::UNDEFINED);
                        next!(1)
                    }
                    Op::LoadNull => {
                        set!(Value::NULL);
                        next!(1)
                    }
                    Op::LoadTrue => {
                        set!(Value::TRUE);
                        next!(1)
                    }
                    Op::LoadFalse => {
                        set!(Value::FALSE);
                        next!(1)
                    }
                    Op::LoadHole => {
                        set!(Value::HOLE);
                        next!(1)
                    }
                    Op::LoadUndefinedRange => {
                        let base = BC!();
                        for i in 0..A!() {
                            r!(base + i) = Value::UNDEFINED;
                        }
                        next!(1)
                    }
                    Op::LoadInt => {
                        set!(Value::int(w as i32 >> 16));
                        next!(1)
                    }
                    Op::LoadConst => {
                        let code = r!(CODE).bits() as *const LinkedCode;
                        set!(*(*code).constants().get_unchecked(x!(1) as usize));
                        next!(2)
                    }
                    Op::Move => {
                        set!(r!(B!()));
                        next!(1)
                    }
                    Op::LoadFar => {
                        set!(r!(x!(1) as usize));
                        next!(2)
                    }
                    Op::StoreFar => {
                        r!(x!(1) as usize) = r!(A!());
                        next!(2)
                    }

                    // ------------------------------------------------------------ arithmetic
                    Op::Add => add_like!(r!(B!()), r!(C!()), checked_add, +),
                    Op::Sub => add_like!(r!(B!()), r!(C!()), checked_sub, -),
                    Op::Mul => mul!(r!(B!()), r!(C!())),
                    Op::Div => div!(r!(B!()), r!(C!())),
                    Op::Mod => modulo!(r!(B!()), r!(C!())),
                    Op::Exp => slow!(arith::binary),
                    Op::BitAnd => bitwise!(r!(B!()), r!(C!()), |i, j| Value::int(i & j)),
                    Op::BitOr => bitwise!(r!(B!()), r!(C!()), |i, j| Value::int(i | j)),
                    Op::BitXor => bitwise!(r!(B!()), r!(C!()), |i, j| Value::int(i ^ j)),
                    Op::Shl => bitwise!(r!(B!()), r!(C!()), |i, j| Value::int(
                        i.wrapping_shl(j as u32)
                    )),
                    Op::Sar => bitwise!(r!(B!()), r!(C!()), |i, j| Value::int(
                        i.wrapping_shr(j as u32)
                    )),
                    Op::Shr => shr!(r!(B!()), r!(C!())),
                    Op::AddImm => add_like!(r!(B!()), imm_value!(), checked_add, +),
                    Op::SubImm => add_like!(r!(B!()), imm_value!(), checked_sub, -),
                    Op::MulImm => mul!(r!(B!()), imm_value!()),
                    Op::DivImm => div!(r!(B!()), imm_value!()),
                    Op::ModImm => modulo!(r!(B!()), imm_value!()),
                    Op::BitAndImm => bitwise!(r!(B!()), imm_value!(), |i, j| Value::int(i & j)),
                    Op::BitOrImm => bitwise!(r!(B!()), imm_value!(), |i, j| Value::int(i | j)),
                    Op::BitXorImm => bitwise!(r!(B!()), imm_value!(), |i, j| Value::int(i ^ j)),
                    Op::ShlImm => bitwise!(r!(B!()), imm_value!(), |i, j| Value::int(
                        i.wrapping_shl(j as u32)
                    )),
                    Op::SarImm => bitwise!(r!(B!()), imm_value!(), |i, j| Value::int(
                        i.wrapping_shr(j as u32)
                    )),
                    Op::ShrImm => shr!(r!(B!()), imm_value!()),
                    Op::Inc => {
                        let x: Value = r!(B!());
                        if x.is_int()
                            && let Some(n) = x.int_unchecked().checked_add(1)
                        {
                            set!(Value::int(n));
                            next!(1)
                        }
                        if x.is_number() {
                            feed!(feedback::NUMBER);
                            set!(number(number_of(x) + 1.0));
                            next!(1)
                        }
                        slow!(arith::unary)
                    }
                    Op::Dec => {
                        let x: Value = r!(B!());
                        if x.is_int()
                            && let Some(n) = x.int_unchecked().checked_sub(1)
                        {
                            set!(Value::int(n));
                            next!(1)
                        }
                        if x.is_number() {
                            feed!(feedback::NUMBER);
                            set!(number(number_of(x) - 1.0));
                            next!(1)
                        }
                        slow!(arith::unary)
                    }
                    Op::Neg => {
                        let x: Value = r!(B!());
                        if x.is_int() {
                            let i = x.int_unchecked();
                            if i != 0 && i != i32::MIN {
                                set!(Value::int(-i));
                                next!(1)
                            }
                        }
                        if x.is_number() {
                            feed!(feedback::NUMBER);
                            set!(number(-number_of(x)));
                            next!(1)
                        }
                        slow!(arith::unary)
                    }
                    Op::BitNot => {
                        let x: Value = r!(B!());
                        if x.is_number() {
                            set!(Value::int(!to_int32(x)));
                            next!(1)
                        }
                        slow!(arith::unary)
                    }
                    Op::ToNumber | Op::ToNumeric => {
                        let x: Value = r!(B!());
                        if x.is_number() {
                            set!(x);
                            next!(1)
                        }
                        slow!(arith::unary)
                    }
                    Op::ToString => {
                        let x: Value = r!(B!());
                        if x.is_string() {
                            set!(x);
                            next!(1)
                        }
                        slow!(operators::to_string)
                    }
                    Op::ToPropertyKey => slow!(operators::to_property_key),
                    Op::ToObject => slow!(operators::to_object),
                    Op::ConcatStrings => slow!(operators::concat_strings),
                    Op::Not => {
                        let v: Value = r!(B!());
                        set!(Value::bool(!truthy!(v)));
                        next!(1)
                    }
                    Op::Typeof => {
                        set!(operators::type_of(&*agent, r!(B!())));
                        next!(1)
                    }
                    Op::TestTypeof => {
                        set!(Value::bool(operators::test_type_of(r!(B!()), C!() as u8)));
                        next!(1)
                    }

                    // ------------------------------------------------------------ comparisons
                    Op::Eq => {
                        let t = loose_eq!(r!(B!()), r!(C!()));
                        set!(Value::bool(t));
                        next!(1)
                    }
                    Op::NotEq => {
                        let t = loose_eq!(r!(B!()), r!(C!()));
                        set!(Value::bool(!t));
                        next!(1)
                    }
                    Op::StrictEq => {
                        let t = strict_eq!(r!(B!()), r!(C!()));
                        set!(Value::bool(t));
                        next!(1)
                    }
                    Op::StrictNotEq => {
                        let t = strict_eq!(r!(B!()), r!(C!()));
                        set!(Value::bool(!t));
                        next!(1)
                    }
                    Op::Less => {
                        let t = compare!(r!(B!()), r!(C!()), <);
                        set!(Value::bool(t));
                        next!(1)
                    }
                    Op::LessEq => {
                        let t = compare!(r!(B!()), r!(C!()), <=);
                        set!(Value::bool(t));
                        next!(1)
                    }
                    Op::Greater => {
                        let t = compare!(r!(B!()), r!(C!()), >);
                        set!(Value::bool(t));
                        next!(1)
                    }
                    Op::GreaterEq => {
                        let t = compare!(r!(B!()), r!(C!()), >=);
                        set!(Value::bool(t));
                        next!(1)
                    }
                    Op::InstanceOf => slow!(instance::instance_of),
                    Op::In => slow!(operators::has_property_in),
                    Op::PrivateIn => slow!(class::private_in),

                    // ------------------------------------------------------------ jumps
                    Op::Jump => {
                        pc = pc.offset((w as i32 >> 8) as isize);
                        continue 'op;
                    }
                    Op::JumpLoop => back_edge!((w as i32 >> 8) as isize),
                    Op::JumpIfTrue => branch!(truthy!(r!(A!()))),
                    Op::JumpIfFalse => branch!(!truthy!(r!(A!()))),
                    Op::JumpIfNullish => branch!((r!(A!())).is_nullish()),
                    Op::JumpIfNotNullish => branch!(!(r!(A!())).is_nullish()),
                    Op::JumpIfUndefined => branch!((r!(A!())).is_undefined()),
                    Op::JumpIfNotUndefined => branch!(!(r!(A!())).is_undefined()),
                    Op::JumpIfNull => branch!((r!(A!())).is_null()),
                    Op::JumpIfNotNull => branch!(!(r!(A!())).is_null()),
                    Op::JumpIfLess => branch!(compare!(r!(A!()), r!(B!()), <)),
                    Op::JumpIfLessEq => branch!(compare!(r!(A!()), r!(B!()), <=)),
                    Op::JumpIfGreater => branch!(compare!(r!(A!()), r!(B!()), >)),
                    Op::JumpIfGreaterEq => branch!(compare!(r!(A!()), r!(B!()), >=)),
                    Op::JumpIfNotLess => branch!(!compare!(r!(A!()), r!(B!()), <)),
                    Op::JumpIfNotLessEq => branch!(!compare!(r!(A!()), r!(B!()), <=)),
                    Op::JumpIfNotGreater => branch!(!compare!(r!(A!()), r!(B!()), >)),
                    Op::JumpIfNotGreaterEq => branch!(!compare!(r!(A!()), r!(B!()), >=)),
                    Op::JumpIfLessImm => branch!(compare!(r!(A!()), imm16!(), <)),
                    Op::JumpIfLessEqImm => branch!(compare!(r!(A!()), imm16!(), <=)),
                    Op::JumpIfGreaterImm => branch!(compare!(r!(A!()), imm16!(), >)),
                    Op::JumpIfGreaterEqImm => branch!(compare!(r!(A!()), imm16!(), >=)),
                    Op::JumpIfNotLessImm => branch!(!compare!(r!(A!()), imm16!(), <)),
                    Op::JumpIfNotLessEqImm => branch!(!compare!(r!(A!()), imm16!(), <=)),
                    Op::JumpIfNotGreaterImm => branch!(!compare!(r!(A!()), imm16!(), >)),
                    Op::JumpIfNotGreaterEqImm => branch!(!compare!(r!(A!()), imm16!(), >=)),
                    Op::JumpIfEq => branch!(loose_eq!(r!(A!()), r!(B!()))),
                    Op::JumpIfNotEq => branch!(!loose_eq!(r!(A!()), r!(B!()))),
                    Op::JumpIfStrictEq => branch!(strict_eq!(r!(A!()), r!(B!()))),
                    Op::JumpIfStrictNotEq => branch!(!strict_eq!(r!(A!()), r!(B!()))),
                    Op::JumpIfEqImm => branch!(loose_eq!(r!(A!()), imm16!())),
                    Op::JumpIfNotEqImm => branch!(!loose_eq!(r!(A!()), imm16!())),
                    // A number that equals an int32 is stored as one, except for -0.
                    Op::JumpIfStrictEqImm => branch!(strict_eq!(r!(A!()), imm16!())),
                    Op::JumpIfStrictNotEqImm => branch!(!strict_eq!(r!(A!()), imm16!())),
                    Op::LoopIfTrue => loop_branch!(truthy!(r!(A!()))),
                    Op::LoopIfFalse => loop_branch!(!truthy!(r!(A!()))),
                    Op::LoopIfLess => loop_branch!(compare!(r!(A!()), r!(B!()), <)),
                    Op::LoopIfLessEq => loop_branch!(compare!(r!(A!()), r!(B!()), <=)),
                    Op::LoopIfGreater => loop_branch!(compare!(r!(A!()), r!(B!()), >)),
                    Op::LoopIfGreaterEq => loop_branch!(compare!(r!(A!()), r!(B!()), >=)),
                    Op::LoopIfLessImm => loop_branch!(compare!(r!(A!()), imm16!(), <)),
                    Op::LoopIfLessEqImm => loop_branch!(compare!(r!(A!()), imm16!(), <=)),
                    Op::LoopIfGreaterImm => loop_branch!(compare!(r!(A!()), imm16!(), >)),
                    Op::LoopIfGreaterEqImm => loop_branch!(compare!(r!(A!()), imm16!(), >=)),
                    Op::JumpTable => {
                        let to = operators::jump_table(frame!());
                        pc = to.pc;
                        continue 'op;
                    }

                    // ------------------------------------------------------------ environments
                    Op::PushEnv => slow!(scope::push_env),
                    Op::PopEnv => {
                        let env = r!(ENV).bits() as *const EnvironmentCell;
                        r!(ENV) = (*env).parent().map_or(Value::HOLE, Value::cell);
                        next!(1)
                    }
                    Op::CloneEnv => slow!(scope::clone_env),
                    Op::PushWith => slow!(scope::push_with),
                    Op::GetEnv => {
                        set!(r!(ENV));
                        next!(1)
                    }
                    Op::SetEnv => {
                        r!(ENV) = r!(A!());
                        next!(1)
                    }
                    Op::LoadEnv0 => {
                        set!(*env_slot!(r!(ENV).bits(), BC!()));
                        next!(1)
                    }
                    Op::LoadEnv1 => {
                        set!(*env_slot!(env_at!(1), BC!()));
                        next!(1)
                    }
                    Op::LoadEnv => {
                        set!(*env_slot!(env_at!(BC!()), x!(1) as usize));
                        next!(2)
                    }
                    Op::LoadEnvChecked => {
                        let v: Value = *env_slot!(env_at!(BC!()), x!(1) as usize);
                        if v.is_hole() {
                            save!();
                            exception::tdz_error(&mut *agent, frame!(), 2);
                            break 'op;
                        }
                        set!(v);
                        next!(3)
                    }
                    Op::StoreEnv0 => {
                        let (env, v): (Value, Value) = (r!(ENV), r!(A!()));
                        (*agent)
                            .heap
                            .write_barrier_for(env.bits() as *const Header, v.bits());
                        *env_slot!(env.bits(), BC!()) = v;
                        next!(1)
                    }
                    Op::StoreEnv1 => {
                        let env = env_at!(1);
                        let v: Value = r!(A!());
                        (*agent).heap.write_barrier_for(env.cast(), v.bits());
                        *env_slot!(env, BC!()) = v;
                        next!(1)
                    }
                    Op::StoreEnv => {
                        let env = env_at!(BC!());
                        let v: Value = r!(A!());
                        (*agent).heap.write_barrier_for(env.cast(), v.bits());
                        *env_slot!(env, x!(1) as usize) = v;
                        next!(2)
                    }
                    Op::StoreEnvChecked => {
                        let env = env_at!(BC!());
                        let slot = env_slot!(env, x!(1) as usize);
                        if (*slot).is_hole() {
                            save!();
                            exception::tdz_error(&mut *agent, frame!(), 2);
                            break 'op;
                        }
                        let v: Value = r!(A!());
                        (*agent).heap.write_barrier_for(env.cast(), v.bits());
                        *slot = v;
                        next!(3)
                    }
                    Op::CheckTdz => {
                        if (r!(A!())).is_hole() {
                            save!();
                            exception::tdz_error(&mut *agent, frame!(), 1);
                            break 'op;
                        }
                        next!(2)
                    }
                    Op::CheckThis => {
                        if (r!(A!())).is_hole() {
                            save!();
                            exception::this_uninitialized(&mut *agent);
                            break 'op;
                        }
                        next!(1)
                    }
                    Op::CheckThisUninitialized => slow!(supers::check_this_uninitialized),
                    Op::ThrowConstAssign => slow!(exception::throw_const_assign),

                    // ------------------------------------------------------------ globals and modules
                    Op::LoadGlobal | Op::LoadGlobalOrUndefined => {
                        let ic: &IcSlot = ic!(1);
                        if ic.a != 0 {
                            let v = (*(ic.a as *const PropertyCell)).value();
                            if !v.is_hole() {
                                set!(v);
                                next!(3)
                            }
                        }
                        slow!(scope::load_global)
                    }
                    Op::StoreGlobal | Op::StoreGlobalSloppy => {
                        let ic: &IcSlot = ic!(1);
                        if ic.a != 0 {
                            let cell = ic.a as *const PropertyCell;
                            if !(*cell).value().is_hole() {
                                (*cell).set_value(&*agent, r!(A!()));
                                next!(3)
                            }
                        }
                        slow!(scope::store_global)
                    }
                    Op::InitGlobalLexical => slow!(scope::init_global_lexical),
                    Op::DeclareGlobals => slow!(declare::declare_globals),
                    Op::InitGlobalFunction => slow!(declare::init_global_function),
                    Op::ModuleStart => leave!(module::module_start(&mut *agent, frame!())),
                    Op::LoadModule => slow!(module::load),
                    Op::StoreModule => slow!(module::store),
                    Op::StoreModuleChecked => slow!(module::store_checked),
                    Op::ImportMeta => slow!(module::import_meta),
                    Op::ImportCall => slow!(module::import_call),

                    // ------------------------------------------------------------ dynamic names
                    Op::LoadName => slow!(scope::load_name),
                    Op::LoadNameOrUndefined => slow!(scope::load_name_or_undefined),
                    Op::LoadNameForCall => slow!(scope::load_name_for_call),
                    Op::ResolveName => slow!(scope::resolve_name),
                    Op::LoadResolved => slow!(scope::load_resolved),
                    Op::StoreResolved => slow!(scope::store_resolved),
                    Op::DeleteName => slow!(scope::delete_name),
                    Op::DeclareEvalVars => slow!(declare::declare_eval_vars),
                    Op::InitEvalFunction => slow!(declare::init_eval_function),
                    Op::StoreEvalVar => slow!(declare::store_eval_var),
                    Op::BindThisDynamic => slow!(scope::bind_this_dynamic),

                    // ------------------------------------------------------------ properties
                    Op::GetProp => get_prop!(
                        r!(B!()),
                        |v| {
                            set!(v);
                            next!(3)
                        },
                        go!(property::get_prop(&mut *agent, frame!()))
                    ),
                    Op::GetLength => {
                        let o: Value = r!(B!());
                        if o.is_cell() {
                            let kind = header_of(o).kind();
                            if kind == CellKind::Array as u8 {
                                set!(Value::uint(
                                    *((o.bits() as usize
                                        + sarus_runtime::object::array::LENGTH_OFFSET)
                                        as *const u32)
                                ));
                                next!(3)
                            }
                            if kind == CellKind::String as u8 {
                                frame!().feed(sarus_jit::snapshot::element::STRING);
                                set!(Value::int(o.string_unchecked().len() as i32));
                                next!(3)
                            }
                        }
                        go!(property::get_prop(&mut *agent, frame!()))
                    }
                    Op::GetMethod => {
                        let o: Value = r!(A!());
                        let base = BC!();
                        r!(base + THIS) = o;
                        get_prop!(
                            o,
                            |v| {
                                r!(base) = v;
                                next!(3)
                            },
                            go!(property::get_method(&mut *agent, frame!()))
                        )
                    }
                    Op::SetProp | Op::SetPropSloppy => set_prop!(),
                    Op::GetElem | Op::GetElemRef => {
                        let (o, k): (Value, Value) = (r!(B!()), r!(C!()));
                        if o.is_cell() && k.is_int() {
                            if element::has_plain_elements(header_of(o)) {
                                let elements =
                                    load(o.bits(), ELEMENTS_OFFSET).bits() as *const ElementsCell;
                                let i = k.int_unchecked() as u32 as usize;
                                if i < (*elements).capacity() {
                                    let v =
                                        load(elements as u64, ElementsCell::VALUES_OFFSET + 8 * i);
                                    if !v.is_hole() {
                                        feed!(sarus_jit::snapshot::element::DENSE);
                                        set!(v);
                                        next!(2)
                                    }
                                }
                            } else if let Some(v) =
                                element::get_special(&*agent, frame!(), o, k.int_unchecked())
                            {
                                set!(v);
                                next!(2)
                            }
                        }
                        go!(property::get_elem(&mut *agent, frame!()))
                    }
                    Op::SetElem | Op::SetElemSloppy => {
                        let (o, k): (Value, Value) = (r!(A!()), r!(B!()));
                        if o.is_cell() && k.is_int() {
                            if element::has_plain_elements(header_of(o)) {
                                let elements =
                                    load(o.bits(), ELEMENTS_OFFSET).bits() as *const ElementsCell;
                                let i = k.int_unchecked() as u32 as usize;
                                if i < (*elements).capacity() {
                                    let slot =
                                        (elements as usize + ElementsCell::VALUES_OFFSET + 8 * i)
                                            as *mut Value;
                                    if !(*slot).is_hole() {
                                        feed!(sarus_jit::snapshot::element::DENSE);
                                        let v: Value = r!(C!());
                                        (*agent).heap.write_barrier_for(elements.cast(), v.bits());
                                        *slot = v;
                                        next!(2)
                                    }
                                }
                            } else if element::set_special(frame!(), o, k.int_unchecked(), r!(C!()))
                            {
                                next!(2)
                            }
                        }
                        go!(property::set_elem(&mut *agent, frame!()))
                    }
                    Op::DeleteProp => slow!(property::delete_prop),
                    Op::DeleteElem => slow!(property::delete_elem),
                    Op::GetSuperBase => slow!(supers::get_super_base),
                    Op::GetSuperProp => slow!(supers::get_super_prop),
                    Op::GetSuperElem => slow!(supers::get_super_elem),
                    Op::SetSuperProp => slow!(supers::set_super_prop),
                    Op::SetSuperElem => slow!(supers::set_super_elem),
                    Op::GetPrivate => {
                        let o: Value = r!(B!());
                        let ic: &IcSlot = ic!(1);
                        if o.is_cell()
                            && ic.shape == header_of(o).shape()
                            && ic.c == (r!(C!())).bits()
                        {
                            let handler = Handler(ic.handler);
                            let base = if handler.kind() == Handler::OWN {
                                o.bits()
                            } else {
                                load(o.bits(), SLOTS_OFFSET).bits()
                            };
                            set!(load(base, handler.offset()));
                            next!(2)
                        }
                        slow!(class::get_private)
                    }
                    Op::SetPrivate => slow!(class::set_private),

                    // ------------------------------------------------------------ literals
                    Op::NewObject => slow!(literal::new_object),
                    Op::NewObjectWith => slow!(literal::new_object_with),
                    Op::DefineOwn => {
                        let o: Value = r!(A!());
                        let ic: &IcSlot = ic!(1);
                        let header = header_of(o);
                        if ic.shape == header.shape() && Handler(ic.handler).kind() == Handler::ADD
                        {
                            let v: Value = r!(B!());
                            (*agent).heap.write_barrier_for(header, v.bits());
                            *((o.bits() as usize + Handler(ic.handler).offset()) as *mut Value) = v;
                            header.set_shape(ic.c as u32);
                            next!(3)
                        }
                        slow!(literal::define_own)
                    }
                    Op::DefineElem => slow!(literal::define_elem),
                    Op::DefineMethod => slow!(literal::define_method),
                    Op::SetProto => slow!(literal::set_proto),
                    Op::CopyDataProperties => slow!(literal::copy_data_properties),
                    Op::NewArray => slow!(literal::new_array),
                    Op::NewArrayWith => slow!(literal::new_array_with),
                    Op::NewArrayConst => slow!(literal::new_array_const),
                    Op::ArrayPush => slow!(literal::array_push),
                    Op::ArraySpread => slow!(iteration::array_spread),
                    Op::NewRegExp => slow!(literal::new_regexp),
                    Op::GetTemplateObject => slow!(literal::get_template_object),

                    // ------------------------------------------------------------ functions and classes
                    Op::CreateClosure => slow!(class::create_closure),
                    Op::CreateMethod => slow!(class::create_method),
                    Op::SetFunctionName => slow!(class::set_function_name),
                    Op::CreateClass => slow!(class::create_class),
                    Op::Decorate => slow!(decorator::decorate),
                    Op::SetClassFields => slow!(initialize::set_class_fields),
                    Op::AddPrivateMethod => slow!(initialize::add_private_method),
                    Op::InitInstance => slow!(initialize::init_instance),
                    Op::NewPrivateName => slow!(class::new_private_name),
                    Op::DefinePrivateField => slow!(initialize::define_private_field),
                    Op::DefinePrivateMethod => slow!(class::define_private_method),
                    Op::ActiveFunction => {
                        set!(class::active_function(frame!()));
                        next!(1)
                    }
                    Op::GetSuperConstructor => slow!(supers::get_super_constructor),

                    // ------------------------------------------------------------ calls
                    Op::Call => {
                        r!(BC!() + THIS) = Value::UNDEFINED;
                        call_window!(3)
                    }
                    Op::TailCall => leave!(tail::tail_call(&mut *agent, frame!())),
                    Op::CallMethod => call_window!(3),
                    Op::CompileLazy => go!(call::compile_lazy(&mut *agent, frame!())),
                    // Not go!: the position of that instruction is none of the frame's.
                    Op::EnterCompiled => {
                        let to = call::or_throw(tier::enter(&mut *agent, frame!()));
                        if to.fp.is_null() {
                            break 'op;
                        }
                        fp = to.fp;
                        pc = to.pc;
                        continue 'op;
                    }
                    Op::CallSpread => go!(call::call_spread(&mut *agent, frame!())),
                    Op::CallEval => go!(call::call_eval(&mut *agent, frame!())),
                    Op::CallEvalSpread => go!(call::call_eval_spread(&mut *agent, frame!())),
                    Op::Construct => go!(construct::construct(&mut *agent, frame!())),
                    Op::ConstructSpread => go!(construct::construct_spread(&mut *agent, frame!())),
                    Op::SuperCall => go!(construct::super_call(&mut *agent, frame!())),
                    Op::SuperCallSpread => go!(construct::super_call_spread(&mut *agent, frame!())),

                    // ------------------------------------------------------------ function entry and exit
                    Op::CoerceThis => {
                        let this: Value = r!(THIS);
                        if this.is_object() {
                            next!(1)
                        }
                        slow!(call::coerce_this)
                    }
                    Op::CreateMappedArguments => slow!(literal::create_mapped_arguments),
                    Op::CreateUnmappedArguments => slow!(literal::create_unmapped_arguments),
                    Op::CreateRest => slow!(literal::create_rest),
                    Op::Return => {
                        let v: Value = r!(A!());
                        let info = r!(INFO).bits();
                        if info >> FLAGS_SHIFT != 0 {
                            leave!(call::leave(&mut *agent, frame!(), v))
                        }
                        let caller = r!(CALLER).bits() as Fp;
                        pc = r!(RETURN_PC).bits() as Pc;
                        *caller.add((info >> DST_SHIFT) as usize) = v;
                        (*vm).set_fp(caller);
                        fp = caller;
                        continue 'op;
                    }
                    Op::ReturnUndefined => {
                        let info = r!(INFO).bits();
                        if info >> FLAGS_SHIFT != 0 {
                            leave!(call::leave(&mut *agent, frame!(), Value::UNDEFINED))
                        }
                        let caller = r!(CALLER).bits() as Fp;
                        pc = r!(RETURN_PC).bits() as Pc;
                        *caller.add((info >> DST_SHIFT) as usize) = Value::UNDEFINED;
                        (*vm).set_fp(caller);
                        fp = caller;
                        continue 'op;
                    }
                    Op::ReturnDerived => leave!(construct::return_derived(&mut *agent, frame!())),

                    // ------------------------------------------------------------ exceptions
                    Op::Catch => {
                        set!((*agent).exception);
                        (*agent).exception = Value::UNDEFINED;
                        next!(1)
                    }
                    Op::Throw => {
                        save!();
                        exception::throw(&mut *agent, frame!());
                        break 'op;
                    }
                    Op::ThrowError => slow!(exception::throw_error),
                    Op::CheckObjectCoercible => {
                        if (r!(A!())).is_nullish() {
                            save!();
                            exception::not_coercible(&mut *agent, frame!());
                            break 'op;
                        }
                        next!(1)
                    }
                    Op::CheckObject => slow!(exception::check_object),
                    Op::CheckCallable => slow!(exception::check_callable),
                    Op::Debugger => next!(1),

                    // ------------------------------------------------------------ iteration
                    Op::GetIterator | Op::GetIteratorObject => slow!(iteration::get_iterator),
                    Op::GetAsyncIterator => slow!(iteration::get_async_iterator),
                    Op::IteratorStep => {
                        // Fast array mode: the hole stands in for the method.
                        let base = BC!();
                        if (r!(base + 1)).is_hole() {
                            let array: Value = r!(base);
                            let i = (r!(base + 2)).bits() as u32;
                            let length = *((array.bits() as usize
                                + sarus_runtime::object::array::LENGTH_OFFSET)
                                as *const u32);
                            let elements =
                                load(array.bits(), ELEMENTS_OFFSET).bits() as *const ElementsCell;
                            if i < length
                                && element::has_plain_elements(header_of(array))
                                && (i as usize) < (*elements).capacity()
                            {
                                let v = load(
                                    elements as u64,
                                    ElementsCell::VALUES_OFFSET + 8 * i as usize,
                                );
                                if !v.is_hole() {
                                    r!(base + 2) = Value::int(i as i32 + 1);
                                    set!(v);
                                    next!(3)
                                }
                            }
                        }
                        go!(iteration::step(&mut *agent, frame!()))
                    }
                    Op::IteratorNextOrUndefined => {
                        go!(iteration::next_or_undefined(&mut *agent, frame!()))
                    }
                    Op::IteratorRest => slow!(iteration::rest),
                    Op::IteratorClose => slow!(iteration::close),
                    Op::IteratorCloseSilent => slow!(iteration::close_silent),
                    Op::IteratorCallNext => slow!(iteration::call_next),
                    Op::IteratorUnwrap => slow_jump!(2, iteration::unwrap),
                    Op::IteratorCallReturn => slow_jump!(1, iteration::call_return),
                    Op::CreateIterResult => slow!(iteration::create_iter_result),
                    Op::ForInPrepare => slow!(iteration::for_in_prepare),
                    Op::ForInNext => slow_jump!(1, iteration::for_in_next),

                    // ------------------------------------------------------------ generators and async functions
                    Op::GeneratorStart => leave!(generator::generator_start(&mut *agent, frame!())),
                    Op::AsyncStart => slow!(generator::async_start),
                    Op::Yield => leave!(generator::yield_(&mut *agent, frame!())),
                    Op::YieldDelegate => leave!(generator::yield_delegate(&mut *agent, frame!())),
                    Op::Await => leave!(generator::await_(&mut *agent, frame!())),
                    Op::GeneratorReturn => {
                        leave!(generator::generator_return(&mut *agent, frame!()))
                    }
                    Op::AsyncReturn => leave!(generator::async_return(&mut *agent, frame!())),
                    Op::AsyncGeneratorReturn => {
                        leave!(generator::async_generator_return(&mut *agent, frame!()))
                    }

                    // ------------------------------------------------------------ using declarations
                    Op::NewDisposeList => slow!(using::new_list),
                    Op::AddDisposable => slow!(using::add),
                    Op::DisposeError => slow!(using::error),
                    Op::DisposeNext => slow_jump!(1, using::next),
                    Op::DisposeEnd => slow!(using::end),
                }
            }

            // An exception is on its way from the current frame, which may be another one than `fp`.
            let to = exception::unwind(&mut *agent, (*vm).fp());
            if to.pc.is_null() {
                if to.fp.is_null() {
                    return Value::EXCEPTION;
                }
                return *to.fp;
            }
            fp = to.fp;
            pc = to.pc;
            continue 'run;
        }
    }
}
