//! Instructions of modules: cells, `import.meta`, `import()`.

use crate::call::pop;
use crate::exception;
use crate::frame::*;
use sarus_bytecode::ImportPhase;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::LinkedCode;
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::module;
use sarus_runtime::object::generator::{GeneratorKind, Suspension};
use sarus_runtime::object::global::PropertyCell;
use sarus_runtime::value::Value;

fn cell(code: Gc<LinkedCode>, index: usize) -> Option<Gc<PropertyCell>> {
    module::module_of_value(code.script_or_module())?.cell(index)
}

/// The value of a module cell; None while it is uninitialized or unresolved.
pub fn cell_value(_agent: &mut Agent, code: Gc<LinkedCode>, index: usize) -> Option<Value> {
    cell(code, index)
        .map(|c| c.value())
        .filter(|v| !v.is_hole())
}

/// Sets a module cell.
pub fn set_cell(agent: &mut Agent, code: Gc<LinkedCode>, index: usize, v: Value) {
    if let Some(c) = cell(code, index) {
        c.set_value(agent, v);
    }
}

/// `ModuleStart`: an activation that evaluation resumes is the result.
#[inline(never)]
pub fn module_start(agent: &mut Agent, f: Frame) -> Frame {
    let o = agent.new_generator(
        GeneratorKind::Module,
        None,
        f.code().register_count() as usize,
    );
    if let Some(c) = o.as_generator() {
        for (i, word) in c.words().iter().enumerate() {
            word.set(f.reg(i).bits());
        }
        c.set_suspension(Suspension::Start, f.offset());
    }
    if let Some(m) = module::module_of_value(f.code().script_or_module()) {
        m.set_frame(agent, o.into());
    }
    pop(agent, f, o.into())
}

/// `LoadModule`.
#[inline(never)]
pub fn load(agent: &mut Agent, f: Frame) -> JsResult<()> {
    match cell_value(agent, f.code(), f.x(1) as usize) {
        Some(v) => {
            f.set(f.a(), v);
            Ok(())
        }
        None => {
            exception::tdz_error(agent, f, 2);
            Err(Throw)
        }
    }
}

/// `StoreModule`.
#[inline(never)]
pub fn store(agent: &mut Agent, f: Frame) -> JsResult<()> {
    set_cell(agent, f.code(), f.x(1) as usize, f.reg(f.a()));
    Ok(())
}

/// `StoreModuleChecked`.
#[inline(never)]
pub fn store_checked(agent: &mut Agent, f: Frame) -> JsResult<()> {
    if cell_value(agent, f.code(), f.x(1) as usize).is_none() {
        exception::tdz_error(agent, f, 2);
        return Err(Throw);
    }
    store(agent, f)
}

/// `ImportMeta`.
#[inline(never)]
pub fn import_meta(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = match module::module_of_value(f.code().script_or_module()) {
        Some(m) => module::import_meta(agent, m)?.into(),
        None => Value::UNDEFINED,
    };
    f.set(f.a(), v);
    Ok(())
}

/// `ImportCall`.
#[inline(never)]
pub fn import_call(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let referrer = f.code().script_or_module();
    let phase = match f.x(1) {
        1 => ImportPhase::Source,
        2 => ImportPhase::Defer,
        _ => ImportPhase::Evaluation,
    };
    let v = module::import_call(agent, referrer, f.reg(f.b()), f.reg(f.c()), phase)?;
    f.set(f.a(), v);
    Ok(())
}
