//! `eval` and the constructors of functions from text.

use crate::call::run_code_with;
use crate::class::active_function;
use crate::dynamic::Text;
use crate::frame::*;
use crate::trace::{active_script_or_module, eval_origin};
use crate::vm::vm;
use sarus_bytecode::DynamicFunctionKind as ParserKind;
use sarus_bytecode::{
    CodeBlock, CompileError, Constant, SourceText, compile_eval, compile_function,
};
use sarus_runtime::agent::{Agent, DynamicFunctionKind};
use sarus_runtime::code::throw_compile_error;
use sarus_runtime::error::JsResult;
use sarus_runtime::object::Object;
use sarus_runtime::realm::{Intrinsic, Realm};
use sarus_runtime::string::JsString;
use sarus_runtime::text;
use sarus_runtime::value::Value;
use std::sync::Arc;

/// True for the %eval% of the current realm.
pub fn is_eval(agent: &mut Agent, v: Value) -> bool {
    v.is_object() && v == agent.intrinsic(Intrinsic::Eval).into()
}

fn source_text(agent: &mut Agent, s: JsString) -> Arc<SourceText> {
    let origin = eval_origin(agent);
    SourceText::of_eval(text::to_wtf8(s.view(agent)), origin, agent.options.features)
}

/// 19.2.1.1 PerformEval for a direct eval of the instruction at `f`.
pub fn direct_eval(agent: &mut Agent, f: Frame, source: Value, site: usize) -> JsResult<Value> {
    let Some(s) = source.as_string() else {
        return Ok(source);
    };
    let code = f.code();
    let Some(Constant::EvalSite(site)) = code.block().constants.get(site) else {
        return Ok(Value::UNDEFINED);
    };
    let source = source_text(agent, s);
    let options = agent.compile_options();
    let block = compile(agent, &source, |s| {
        compile_eval(s, Some((site.context, &site.private_names)), options)
    })?;
    let linked = agent.link_code(block, Some(code));
    run_code_with(
        agent,
        linked,
        active_function(f),
        f.reg(THIS),
        f.reg(NEW_TARGET),
        f.env(),
    )
}

fn compile(
    agent: &mut Agent,
    source: &Arc<SourceText>,
    f: impl FnOnce(&Arc<SourceText>) -> Result<Arc<CodeBlock>, CompileError>,
) -> JsResult<Arc<CodeBlock>> {
    f(source).map_err(|e| throw_compile_error(agent, &e, source))
}

/// 19.2.1.1 PerformEval for an indirect eval.
pub fn indirect_eval(agent: &mut Agent, s: JsString) -> JsResult<Value> {
    let source = source_text(agent, s);
    let options = agent.compile_options();
    let block = compile(agent, &source, |s| compile_eval(s, None, options))?;
    let linked = agent.link_code(block, None);
    linked.set_script_or_module(active_script_or_module(agent));
    let this = agent.realm.global_this();
    run_code_with(
        agent,
        linked,
        Value::UNDEFINED,
        this,
        Value::UNDEFINED,
        None,
    )
}

/// PerformShadowRealmEval: as an indirect eval in another realm; early errors are of this one.
pub fn shadow_realm_eval(
    agent: &mut Agent,
    s: JsString,
    realm: Realm,
) -> JsResult<JsResult<Value>> {
    let source = source_text(agent, s);
    let options = agent.compile_options();
    let block = compile(agent, &source, |s| compile_eval(s, None, options))?;
    let referrer = active_script_or_module(agent);
    let caller = std::mem::replace(&mut agent.realm, realm);
    let linked = agent.link_code(block, None);
    linked.set_script_or_module(referrer);
    let this = realm.global_this();
    let result = run_code_with(
        agent,
        linked,
        Value::UNDEFINED,
        this,
        Value::UNDEFINED,
        None,
    );
    agent.realm = caller;
    Ok(result)
}

/// Compiles the text of a function, in the current realm.
pub fn dynamic_function(
    agent: &mut Agent,
    kind: DynamicFunctionKind,
    parameters: &[JsString],
    body: JsString,
    proto: Option<Object>,
) -> JsResult<Object> {
    let mut list = Vec::new();
    for (i, p) in parameters.iter().enumerate() {
        if i > 0 {
            list.push(b',');
        }
        list.extend_from_slice(&text::to_wtf8(p.view(agent)));
    }
    let text = Text {
        kind,
        parameters: list,
        body: text::to_wtf8(body.view(agent)),
    };
    let script = active_script_or_module(agent);
    if let Some(code) = vm(agent).functions.get(&text, agent.realm, script) {
        return Ok(agent.new_function(code, None, proto));
    }
    let block = compile_dynamic(agent, &text)?;
    let linked = agent.link_code(block, None);
    linked.set_script_or_module(script);
    vm(agent).functions.put(text, linked);
    Ok(agent.new_function(linked, None, proto))
}

fn compile_dynamic(agent: &mut Agent, text: &Text) -> JsResult<Arc<CodeBlock>> {
    let Text {
        parameters, body, ..
    } = text;
    let kind = match text.kind {
        DynamicFunctionKind::Normal => ParserKind::Normal,
        DynamicFunctionKind::Generator => ParserKind::Generator,
        DynamicFunctionKind::Async => ParserKind::Async,
        DynamicFunctionKind::AsyncGenerator => ParserKind::AsyncGenerator,
    };
    let origin = eval_origin(agent);
    let (features, options) = (agent.options.features, agent.compile_options());
    compile_function(kind, parameters, body, origin.clone(), features, options).map_err(|e| {
        let source = SourceText::of_eval(
            sarus_bytecode::dynamic_function_source(kind, parameters, body),
            origin,
            features,
        );
        throw_compile_error(agent, &e, &source)
    })
}
