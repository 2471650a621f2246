//! Instructions as functions for compiled code: what has no code of its own runs as in the interpreter.
//!
//! Each gets the agent, the frame and the position, and runs the instruction to its end, with everything it calls. The answer
//! is `EXCEPTION`, or 1 if the instruction jumps, else 0; of instructions that leave the frame, what it is left with.

use super::helpers::complete;
use crate::arith::{self, to_boolean};
use crate::exception;
use crate::frame::*;
use crate::{
    call, class, construct, declare, decorator, generator, initialize, instance, iteration,
    literal, module, operators, property, scope, supers, using,
};
use sarus_bytecode::Op;
use sarus_runtime::abstract_ops::strict_equals;
use sarus_runtime::agent::Agent;
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::object::elements::ElementsCell;
use sarus_runtime::value::Value;

type Helper = unsafe extern "C" fn(*mut Agent, Fp, Pc) -> u64;

/// The addresses by opcode, 0 where there is none.
pub fn addresses() -> Vec<u64> {
    (0..Op::COUNT)
        .map(|byte| {
            let op = Op::from_u8(byte as u8);
            op.and_then(helper).map_or(0, |f| f as *const () as u64)
        })
        .collect()
}

fn answer(result: JsResult<bool>) -> u64 {
    match result {
        Ok(jumps) => u64::from(jumps),
        Err(Throw) => Value::EXCEPTION.bits(),
    }
}

macro_rules! run {
    // A function that does the whole instruction.
    (slow, $agent:ident, $f:ident, $run:expr) => {{
        let run: fn(&mut Agent, Frame) -> JsResult<()> = $run;
        run($agent, $f).map(|()| false)
    }};
    // A function that decides on a jump.
    (jump, $agent:ident, $f:ident, $run:expr) => {{
        let run: fn(&mut Agent, Frame) -> JsResult<bool> = $run;
        run($agent, $f)
    }};
    // A function that says where to go on, possibly in another frame.
    (go, $agent:ident, $f:ident, $run:expr) => {{
        let run: fn(&mut Agent, Frame) -> Frame = $run;
        let to = run($agent, $f);
        complete($agent, $f, to).map(|to| to.pc != $f.next().pc)
    }};
}

/// What a frame that was left is left with.
fn left(to: Frame) -> u64 {
    if to.is_throw() {
        return Value::EXCEPTION.bits();
    }
    // An exit names the frame that was left, whose first word holds the result.
    to.reg(CALLEE).bits()
}

macro_rules! give {
    // A function that leaves the frame: the answer is the result.
    (leave, $agent:ident, $f:ident, $run:expr) => {{
        let run: fn(&mut Agent, Frame) -> Frame = $run;
        left(run($agent, $f))
    }};
    ($kind:ident, $agent:ident, $f:ident, $run:expr) => {
        answer(run!($kind, $agent, $f, $run))
    };
}

macro_rules! instructions {
    (none $($none:ident)*; $($kind:ident $($op:ident)|+ => $run:expr;)*) => {
        fn helper(op: Op) -> Option<Helper> {
            match op {
                $($(Op::$op)|+ => {
                    unsafe extern "C" fn run(agent: *mut Agent, fp: Fp, pc: Pc) -> u64 {
                        // SAFETY: compiled code passes its agent, which nothing else uses meanwhile.
                        let agent = unsafe { &mut *agent };
                        let f = Frame { fp, pc };
                        f.save();
                        give!($kind, agent, f, $run)
                    }
                    Some(run)
                })*
                $(Op::$none)|* => None,
            }
        }
    };
}

instructions! {
    none CompileLazy EnterCompiled Jump JumpLoop JumpTable TailCall Return ReturnUndefined ReturnDerived;

    slow Nop | Debugger => |_, _| Ok(());
    slow LoadUndefined => |_, f| store(f, Value::UNDEFINED);
    slow LoadUndefinedRange => |_, f| {
        for i in 0..f.a() {
            f.set(f.bc() + i, Value::UNDEFINED);
        }
        Ok(())
    };
    slow LoadNull => |_, f| store(f, Value::NULL);
    slow LoadTrue => |_, f| store(f, Value::TRUE);
    slow LoadFalse => |_, f| store(f, Value::FALSE);
    slow LoadHole => |_, f| store(f, Value::HOLE);
    slow LoadInt => |_, f| store(f, imm16(f));
    slow LoadConst => |_, f| store(f, f.constant(1));
    slow Move => |_, f| store(f, f.reg(f.b()));
    slow LoadFar => |_, f| store(f, f.reg(f.x(1) as usize));
    slow StoreFar => |_, f| {
        f.set(f.x(1) as usize, f.reg(f.a()));
        Ok(())
    };
    slow Add | Sub | Mul | Div | Mod | Exp | BitAnd | BitOr | BitXor | Shl | Sar | Shr | AddImm
        | SubImm | MulImm | DivImm | ModImm | BitAndImm | BitOrImm | BitXorImm | ShlImm | SarImm
        | ShrImm => arith::binary;
    slow Inc | Dec | Neg | BitNot | ToNumber | ToNumeric => arith::unary;
    slow ToString => operators::to_string;
    slow ToPropertyKey => operators::to_property_key;
    slow ToObject => operators::to_object;
    slow ConcatStrings => operators::concat_strings;
    slow Not => |_, f| store(f, Value::bool(!to_boolean(f.reg(f.b()))));
    slow Typeof => |agent, f| store(f, operators::type_of(agent, f.reg(f.b())));
    slow TestTypeof => |_, f| {
        store(f, Value::bool(operators::test_type_of(f.reg(f.b()), f.c() as u8)))
    };
    slow Eq => |agent, f| {
        let t = arith::loose_equal(agent, f, f.reg(f.b()), f.reg(f.c()))?;
        store(f, Value::bool(t))
    };
    slow NotEq => |agent, f| {
        let t = arith::loose_equal(agent, f, f.reg(f.b()), f.reg(f.c()))?;
        store(f, Value::bool(!t))
    };
    slow StrictEq => |agent, f| {
        let t = strict_equals(agent, f.reg(f.b()), f.reg(f.c()));
        store(f, Value::bool(t))
    };
    slow StrictNotEq => |agent, f| {
        let t = strict_equals(agent, f.reg(f.b()), f.reg(f.c()));
        store(f, Value::bool(!t))
    };
    slow Less | LessEq | Greater | GreaterEq => |agent, f| {
        let t = arith::compare(agent, f, f.reg(f.b()), f.reg(f.c()))?;
        store(f, Value::bool(t))
    };
    slow InstanceOf => instance::instance_of;
    slow In => operators::has_property_in;
    slow PrivateIn => class::private_in;

    jump JumpIfTrue | LoopIfTrue => |_, f| Ok(to_boolean(f.reg(f.a())));
    jump JumpIfFalse | LoopIfFalse => |_, f| Ok(!to_boolean(f.reg(f.a())));
    jump JumpIfNullish => |_, f| Ok(f.reg(f.a()).is_nullish());
    jump JumpIfNotNullish => |_, f| Ok(!f.reg(f.a()).is_nullish());
    jump JumpIfUndefined => |_, f| Ok(f.reg(f.a()).is_undefined());
    jump JumpIfNotUndefined => |_, f| Ok(!f.reg(f.a()).is_undefined());
    jump JumpIfNull => |_, f| Ok(f.reg(f.a()).is_null());
    jump JumpIfNotNull => |_, f| Ok(!f.reg(f.a()).is_null());
    jump JumpIfLess | JumpIfLessEq | JumpIfGreater | JumpIfGreaterEq | LoopIfLess | LoopIfLessEq
        | LoopIfGreater | LoopIfGreaterEq => |agent, f| {
        arith::compare(agent, f, f.reg(f.a()), f.reg(f.b()))
    };
    jump JumpIfNotLess | JumpIfNotLessEq | JumpIfNotGreater | JumpIfNotGreaterEq => |agent, f| {
        Ok(!arith::compare(agent, f, f.reg(f.a()), f.reg(f.b()))?)
    };
    jump JumpIfLessImm | JumpIfLessEqImm | JumpIfGreaterImm | JumpIfGreaterEqImm | LoopIfLessImm
        | LoopIfLessEqImm | LoopIfGreaterImm | LoopIfGreaterEqImm => |agent, f| {
        arith::compare(agent, f, f.reg(f.a()), imm16(f))
    };
    jump JumpIfNotLessImm | JumpIfNotLessEqImm | JumpIfNotGreaterImm | JumpIfNotGreaterEqImm
        => |agent, f| Ok(!arith::compare(agent, f, f.reg(f.a()), imm16(f))?);
    jump JumpIfEq => |agent, f| arith::loose_equal(agent, f, f.reg(f.a()), f.reg(f.b()));
    jump JumpIfNotEq => |agent, f| Ok(!arith::loose_equal(agent, f, f.reg(f.a()), f.reg(f.b()))?);
    jump JumpIfStrictEq => |agent, f| Ok(strict_equals(agent, f.reg(f.a()), f.reg(f.b())));
    jump JumpIfStrictNotEq => |agent, f| Ok(!strict_equals(agent, f.reg(f.a()), f.reg(f.b())));
    jump JumpIfEqImm => |agent, f| arith::loose_equal(agent, f, f.reg(f.a()), imm16(f));
    jump JumpIfNotEqImm => |agent, f| Ok(!arith::loose_equal(agent, f, f.reg(f.a()), imm16(f))?);
    jump JumpIfStrictEqImm => |agent, f| Ok(strict_equals(agent, f.reg(f.a()), imm16(f)));
    jump JumpIfStrictNotEqImm => |agent, f| Ok(!strict_equals(agent, f.reg(f.a()), imm16(f)));

    slow PushEnv => scope::push_env;
    slow PopEnv => |_, f| {
        if let Some(env) = f.env() {
            f.set_env(env.parent());
        }
        Ok(())
    };
    slow CloneEnv => scope::clone_env;
    slow PushWith => scope::push_with;
    slow GetEnv => |_, f| store(f, f.reg(ENV));
    slow SetEnv => |_, f| {
        f.set(ENV, f.reg(f.a()));
        Ok(())
    };
    slow LoadEnv0 => |_, f| store(f, env_slot(f, 0, f.bc()));
    slow LoadEnv1 => |_, f| store(f, env_slot(f, 1, f.bc()));
    slow LoadEnv => |_, f| store(f, env_slot(f, f.bc(), f.x(1) as usize));
    slow LoadEnvChecked => |agent, f| {
        let v = env_slot(f, f.bc(), f.x(1) as usize);
        if v.is_hole() {
            exception::tdz_error(agent, f, 2);
            return Err(Throw);
        }
        store(f, v)
    };
    slow StoreEnv0 => |agent, f| store_env(agent, f, 0, f.bc());
    slow StoreEnv1 => |agent, f| store_env(agent, f, 1, f.bc());
    slow StoreEnv => |agent, f| store_env(agent, f, f.bc(), f.x(1) as usize);
    slow StoreEnvChecked => |agent, f| {
        if env_slot(f, f.bc(), f.x(1) as usize).is_hole() {
            exception::tdz_error(agent, f, 2);
            return Err(Throw);
        }
        store_env(agent, f, f.bc(), f.x(1) as usize)
    };
    slow CheckTdz => |agent, f| {
        if f.reg(f.a()).is_hole() {
            exception::tdz_error(agent, f, 1);
            return Err(Throw);
        }
        Ok(())
    };
    slow CheckThis => |agent, f| {
        if f.reg(f.a()).is_hole() {
            exception::this_uninitialized(agent);
            return Err(Throw);
        }
        Ok(())
    };
    slow CheckThisUninitialized => supers::check_this_uninitialized;
    slow ThrowConstAssign => exception::throw_const_assign;

    slow LoadGlobal | LoadGlobalOrUndefined => scope::load_global;
    slow StoreGlobal | StoreGlobalSloppy => scope::store_global;
    slow InitGlobalLexical => scope::init_global_lexical;
    slow DeclareGlobals => declare::declare_globals;
    slow InitGlobalFunction => declare::init_global_function;
    slow LoadModule => module::load;
    slow StoreModule => module::store;
    slow StoreModuleChecked => module::store_checked;
    slow ImportMeta => module::import_meta;
    slow ImportCall => module::import_call;

    slow LoadName => scope::load_name;
    slow LoadNameOrUndefined => scope::load_name_or_undefined;
    slow LoadNameForCall => scope::load_name_for_call;
    slow ResolveName => scope::resolve_name;
    slow LoadResolved => scope::load_resolved;
    slow StoreResolved => scope::store_resolved;
    slow DeleteName => scope::delete_name;
    slow DeclareEvalVars => declare::declare_eval_vars;
    slow InitEvalFunction => declare::init_eval_function;
    slow StoreEvalVar => declare::store_eval_var;
    slow BindThisDynamic => scope::bind_this_dynamic;

    go GetProp | GetLength => property::get_prop;
    go GetMethod => |agent, f| {
        f.set(f.bc() + THIS, f.reg(f.a()));
        property::get_method(agent, f)
    };
    go SetProp | SetPropSloppy => property::set_prop;
    go GetElem | GetElemRef => |agent, f| {
        match dense_element(f.reg(f.b()), f.reg(f.c())) {
            Some(v) => {
                f.set(f.a(), v);
                f.next()
            }
            None => property::get_elem(agent, f),
        }
    };
    go SetElem | SetElemSloppy => property::set_elem;
    slow DeleteProp => property::delete_prop;
    slow DeleteElem => property::delete_elem;
    slow GetSuperBase => supers::get_super_base;
    slow GetSuperProp => supers::get_super_prop;
    slow GetSuperElem => supers::get_super_elem;
    slow SetSuperProp => supers::set_super_prop;
    slow SetSuperElem => supers::set_super_elem;
    slow GetPrivate => class::get_private;
    slow SetPrivate => class::set_private;

    slow NewObject => literal::new_object;
    slow NewObjectWith => literal::new_object_with;
    slow DefineOwn => literal::define_own;
    slow DefineElem => literal::define_elem;
    slow DefineMethod => literal::define_method;
    slow SetProto => literal::set_proto;
    slow CopyDataProperties => literal::copy_data_properties;
    slow NewArray => literal::new_array;
    slow NewArrayWith => literal::new_array_with;
    slow NewArrayConst => literal::new_array_const;
    slow ArrayPush => literal::array_push;
    slow ArraySpread => iteration::array_spread;
    slow NewRegExp => literal::new_regexp;
    slow GetTemplateObject => literal::get_template_object;

    slow CreateClosure => class::create_closure;
    slow CreateMethod => class::create_method;
    slow Decorate => decorator::decorate;
    slow SetFunctionName => class::set_function_name;
    slow CreateClass => class::create_class;
    slow SetClassFields => initialize::set_class_fields;
    slow AddPrivateMethod => initialize::add_private_method;
    slow InitInstance => initialize::init_instance;
    slow NewPrivateName => class::new_private_name;
    slow DefinePrivateField => initialize::define_private_field;
    slow DefinePrivateMethod => class::define_private_method;
    slow ActiveFunction => |_, f| store(f, class::active_function(f));
    slow GetSuperConstructor => supers::get_super_constructor;

    go Call => |agent, f| {
        f.set(f.bc() + THIS, Value::UNDEFINED);
        call::call(agent, f)
    };
    go CallMethod => call::call;
    go CallSpread => call::call_spread;
    go CallEval => call::call_eval;
    go CallEvalSpread => call::call_eval_spread;
    go Construct => construct::construct;
    go ConstructSpread => construct::construct_spread;
    go SuperCall => construct::super_call;
    go SuperCallSpread => construct::super_call_spread;

    slow CoerceThis => |agent, f| {
        if f.reg(THIS).is_object() {
            return Ok(());
        }
        call::coerce_this(agent, f)
    };
    slow CreateMappedArguments => literal::create_mapped_arguments;
    slow CreateUnmappedArguments => literal::create_unmapped_arguments;
    slow CreateRest => literal::create_rest;

    slow Catch => |agent, f| {
        let v = std::mem::replace(&mut agent.exception, Value::UNDEFINED);
        store(f, v)
    };
    slow Throw => |agent, f| {
        exception::throw(agent, f);
        Err(Throw)
    };
    slow ThrowError => exception::throw_error;
    slow CheckObjectCoercible => |agent, f| {
        if f.reg(f.a()).is_nullish() {
            exception::not_coercible(agent, f);
            return Err(Throw);
        }
        Ok(())
    };
    slow CheckObject => exception::check_object;
    slow CheckCallable => exception::check_callable;

    slow GetIterator | GetIteratorObject => iteration::get_iterator;
    slow GetAsyncIterator => iteration::get_async_iterator;
    go IteratorStep => iteration::step;
    go IteratorNextOrUndefined => iteration::next_or_undefined;
    slow IteratorRest => iteration::rest;
    slow IteratorClose => iteration::close;
    slow IteratorCloseSilent => iteration::close_silent;
    slow IteratorCallNext => iteration::call_next;
    jump IteratorUnwrap => iteration::unwrap;
    jump IteratorCallReturn => iteration::call_return;
    slow CreateIterResult => iteration::create_iter_result;
    slow ForInPrepare => iteration::for_in_prepare;
    jump ForInNext => iteration::for_in_next;

    slow AsyncStart => generator::async_start;
    leave ModuleStart => module::module_start;
    leave GeneratorStart => generator::generator_start;
    leave Yield => generator::yield_;
    leave YieldDelegate => generator::yield_delegate;
    leave Await => generator::await_;
    leave GeneratorReturn => generator::generator_return;
    leave AsyncReturn => generator::async_return;
    leave AsyncGeneratorReturn => generator::async_generator_return;

    slow NewDisposeList => using::new_list;
    slow AddDisposable => using::add;
    slow DisposeError => using::error;
    jump DisposeNext => using::next;
    slow DisposeEnd => using::end;
}

fn store(f: Frame, v: Value) -> JsResult<()> {
    f.set(f.a(), v);
    Ok(())
}

fn imm16(f: Frame) -> Value {
    Value::int(f.word() as i32 >> 16)
}

/// Slot `index` of the environment `depth` parents above that of the frame.
fn env_slot(f: Frame, depth: usize, index: usize) -> Value {
    let mut at = f.env();
    for _ in 0..depth {
        at = at.and_then(|env| env.parent());
    }
    at.map_or(Value::HOLE, |env| env.get(index))
}

fn store_env(agent: &mut Agent, f: Frame, depth: usize, index: usize) -> JsResult<()> {
    let mut at = f.env();
    for _ in 0..depth {
        at = at.and_then(|env| env.parent());
    }
    if let Some(env) = at {
        env.set(agent, index, f.reg(f.a()));
    }
    Ok(())
}

/// The element of an object with plain elements that is there.
fn dense_element(o: Value, k: Value) -> Option<Value> {
    let (o, i) = (o.as_object()?, k.as_int()?);
    if !crate::ic::element::has_plain_elements(o.header()) {
        return None;
    }
    let elements: sarus_gc::Gc<ElementsCell> = o.elements();
    let v = elements.get(usize::try_from(i).ok()?);
    (!v.is_hole()).then_some(v)
}
