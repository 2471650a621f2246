//! Checks that lazy compilation changes nothing: the code of every function compiled at its first call is what it would have been at load.

use crate::code_block::{CodeBlock, Constant, ScopeInfo};
use crate::compiler::compile_lazy;
use crate::disasm::disassemble_one;
use std::sync::Arc;

/// Native stack for the parser.
const STACK_BUDGET: usize = 1 << 20;

/// Compares the code of a source compiled at once with that of the same source compiled lazily, compiling what waits there.
/// Gives the number of functions that waited.
///
/// # Errors
/// The first difference.
pub fn compare(eager: &Arc<CodeBlock>, lazy: &Arc<CodeBlock>) -> Result<usize, String> {
    let mut waited = 0;
    let mut stack = vec![(eager.clone(), lazy.clone())];
    while let Some((eager, mut lazy)) = stack.pop() {
        if lazy.lazy.is_some() {
            waited += 1;
            compare_outside(&eager, &lazy)?;
            lazy = match compile_lazy(&lazy, STACK_BUDGET) {
                Ok(Some(code)) => code,
                Ok(None) => return Err("nothing was compiled".into()),
                Err(error) => return Err(error.to_string()),
            };
        }
        compare_outside(&eager, &lazy)?;
        compare_inside(&eager, &lazy)?;
        for pair in eager.functions.iter().zip(&lazy.functions) {
            stack.push((pair.0.clone(), pair.1.clone()));
        }
    }
    Ok(waited)
}

/// What can be asked of a function without running it.
fn compare_outside(eager: &CodeBlock, lazy: &CodeBlock) -> Result<(), String> {
    let outside = |code: &CodeBlock| {
        (
            code.kind,
            code.flags,
            code.param_count,
            code.length,
            code.span,
            code.name.clone(),
        )
    };
    if outside(eager) == outside(lazy) {
        return Ok(());
    }
    Err(format!("{:?} became {:?}", outside(eager), outside(lazy)))
}

fn compare_inside(eager: &CodeBlock, lazy: &CodeBlock) -> Result<(), String> {
    if eager.functions.len() != lazy.functions.len() {
        return Err("other inner functions".into());
    }
    let inside = |code: &CodeBlock| {
        let mut text = disassemble_one(code);
        for constant in &code.constants {
            if let Constant::Scope(scope) = constant {
                text += &scope_text(scope);
            }
        }
        text
    };
    let (a, b) = (inside(eager), inside(lazy));
    if a != b {
        let first = a.lines().zip(b.lines()).find(|(a, b)| a != b);
        let name = &eager.name;
        return Err(match first {
            Some((a, b)) => format!("in {name:?} {a} became {b}"),
            None => format!("{name:?} became longer or shorter"),
        });
    }
    let positions = |code: &CodeBlock| code.source_map.iter().collect::<Vec<_>>();
    if positions(eager) != positions(lazy) {
        return Err(format!("other positions in {:?}", eager.name));
    }
    Ok(())
}

fn scope_text(scope: &ScopeInfo) -> String {
    format!("{scope:?}\n")
}
