//! Scripts: compiling, running (16.1).

use crate::agent::Agent;
use crate::code::{LinkedCode, throw_compile_error};
use crate::error::JsResult;
use crate::value::Value;
use sarus_bytecode::{CodeBlock, CompileError, CompileOptions, SourceText, compile_script};
use sarus_gc::Gc;
use std::path::Path;
use std::sync::Arc;

/// 16.1.5 ParseScript: compiles WTF-8 source text in the current realm. If `name` is an absolute path, it is
/// what `import()` in the script is relative to.
///
/// # Errors
/// A SyntaxError for early errors.
pub fn parse_script(agent: &mut Agent, source: &[u8], name: &str) -> JsResult<Gc<LinkedCode>> {
    let text = SourceText::with_features(source, name, agent.options.features);
    let options = CompileOptions {
        completion: true,
        ..agent.compile_options()
    };
    match compile_script(&text, options) {
        Ok(block) => Ok(link_script(agent, block, name)),
        Err(e) => Err(throw_compile_error(agent, &e, &text)),
    }
}

fn link_script(agent: &mut Agent, block: Arc<CodeBlock>, name: &str) -> Gc<LinkedCode> {
    let code = agent.link_code(block, None);
    // Null for a script that comes from no file: undefined would send whoever asks for the
    // active script on to the caller, frame by frame.
    let referrer = if Path::new(name).is_absolute() {
        agent.string_value(name)
    } else {
        Value::NULL
    };
    code.set_script_or_module(referrer);
    code
}

/// 16.1.6 ScriptEvaluation.
///
/// # Errors
/// What the script throws.
pub fn script_evaluation(agent: &mut Agent, code: Gc<LinkedCode>) -> JsResult<Value> {
    let this = agent.realm.global_this();
    (agent.hooks.run_code)(agent, code, this, None)
}

/// Compiles and runs a script.
///
/// # Errors
/// Early errors and what the script throws.
pub fn evaluate_script(agent: &mut Agent, source: &[u8], name: &str) -> JsResult<Value> {
    let code = parse_script(agent, source, name)?;
    script_evaluation(agent, code)
}

/// Compiles `source` between `before` and `after` as one script and runs it; positions are those in `source`.
///
/// # Errors
/// Early errors and what the script throws.
pub fn evaluate_wrapped(
    agent: &mut Agent,
    before: &[u8],
    source: &[u8],
    after: &[u8],
    name: &str,
) -> JsResult<Value> {
    let text = SourceText::wrapped(before, source, after, name, agent.options.features);
    let options = CompileOptions {
        completion: true,
        ..agent.compile_options()
    };
    match compile_script(&text, options) {
        Ok(block) => {
            let code = link_script(agent, block, name);
            script_evaluation(agent, code)
        }
        Err(CompileError::Syntax(mut d))
            if d.span.start as usize >= before.len() + source.len() =>
        {
            // The wrapper ends what the source left open, or the source ended the wrapper: the source alone tells.
            let alone = SourceText::with_features(source, name, agent.options.features);
            if let Err(e) = compile_script(&alone, options) {
                return Err(throw_compile_error(agent, &e, &alone));
            }
            let end = (before.len() + source.len()) as u32;
            d.span.start = end;
            d.span.end = end;
            d.message = "Unexpected end of input".into();
            Err(throw_compile_error(agent, &CompileError::Syntax(d), &text))
        }
        Err(e) => Err(throw_compile_error(agent, &e, &text)),
    }
}
