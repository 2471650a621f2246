//! The disassembler: `--print-bytecode`.
//!
//! The output is stable: one instruction per line with its word offset, operands by kind (`r9` registers, `->12` jump targets,
//! `#3` slots), constants spelled out, then handlers, jump tables and inner functions.

use crate::code_block::{CodeBlock, CodeKind, Constant, NO_REGISTER};
use crate::decode::{DecodeError, Instruction, instructions};
use crate::opcodes::OperandKind;
use std::fmt::{self, Write};

/// Longest text of a constant that is shown in full.
const MAX_TEXT: usize = 60;

/// The code block and all functions in it as text.
pub fn disassemble(code: &CodeBlock) -> String {
    let mut out = String::new();
    let mut stack = vec![(code, String::new())];
    while let Some((code, path)) = stack.pop() {
        // Writing to a string cannot fail.
        let _ = write_block(&mut out, code, &path);
        for (index, inner) in code.functions.iter().enumerate().rev() {
            let path = if path.is_empty() {
                index.to_string()
            } else {
                format!("{path}.{index}")
            };
            stack.push((inner, path));
        }
    }
    out
}

/// One code block without its inner functions.
pub fn disassemble_one(code: &CodeBlock) -> String {
    let mut out = String::new();
    let _ = write_block(&mut out, code, "");
    out
}

fn write_block(out: &mut String, code: &CodeBlock, path: &str) -> fmt::Result {
    if !out.is_empty() {
        out.push('\n');
    }
    let kind = match code.kind {
        CodeKind::Script => "script",
        CodeKind::Module => "module",
        CodeKind::Eval => "eval",
        CodeKind::Function => "function",
        CodeKind::ClassInit => "class-init",
    };
    write!(out, "{kind}")?;
    if !path.is_empty() {
        write!(out, " {path}")?;
    }
    if !code.name.is_empty() {
        write!(out, " {:?}", code.name)?;
    }
    let f = &code.flags;
    for (set, name) in [
        (f.strict, "strict"),
        (f.arrow, "arrow"),
        (f.generator, "generator"),
        (f.is_async, "async"),
        (f.method, "method"),
        (f.class_constructor, "class"),
        (f.derived, "derived"),
        (f.needs_actuals, "actuals"),
        (f.mapped_arguments, "mapped"),
        (f.has_direct_eval, "eval"),
    ] {
        if set {
            write!(out, " {name}")?;
        }
    }
    writeln!(
        out,
        " params={} length={} registers={}",
        code.param_count, code.length, code.register_count
    )?;
    for instruction in instructions(&code.words) {
        match instruction {
            Ok(instruction) => write_instruction(out, code, &instruction)?,
            Err(DecodeError::BadOpcode(at)) => writeln!(out, "  {at:4}  <bad opcode>")?,
            Err(DecodeError::Truncated(at)) => writeln!(out, "  {at:4}  <truncated>")?,
        }
    }
    for handler in &code.handlers {
        write!(
            out,
            "  handler {}..{} ->{}",
            handler.start, handler.end, handler.target
        )?;
        if handler.env_reg != NO_REGISTER {
            write!(out, " env r{}", handler.env_reg)?;
        }
        out.push('\n');
    }
    for header in &code.loops {
        writeln!(out, "  loop {} live <r{}", header.offset, header.live_below)?;
    }
    Ok(())
}

fn write_instruction(out: &mut String, code: &CodeBlock, at: &Instruction) -> fmt::Result {
    let info = at.op.info();
    write!(out, "  {:4}  {:<22}", at.offset, info.name)?;
    let mut first = true;
    for (operand, &value) in info.operands.iter().zip(at.operands()) {
        out.push_str(if first { " " } else { ", " });
        first = false;
        match operand.kind {
            OperandKind::Read
            | OperandKind::Write
            | OperandKind::ReadWrite
            | OperandKind::ReadW
            | OperandKind::WriteW => write!(out, "r{value}")?,
            OperandKind::Base => write!(out, "[r{value}..]")?,
            OperandKind::Jump | OperandKind::Jump24 => {
                write!(out, "->{}", i64::from(at.offset) + value)?;
            }
            OperandKind::Slot => write!(out, "#{value}")?,
            OperandKind::Const => write_constant(out, code.constants.get(value as usize))?,
            OperandKind::Table => write_table(out, code, at.offset, value as usize)?,
            _ => write!(out, "{value}")?,
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out.push('\n');
    Ok(())
}

fn write_table(out: &mut String, code: &CodeBlock, offset: u32, index: usize) -> fmt::Result {
    let Some(table) = code.jump_tables.get(index) else {
        return write!(out, "<no table>");
    };
    write!(out, "{}:[", table.low)?;
    for (index, target) in table.targets.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write!(out, "->{}", i64::from(offset) + i64::from(*target))?;
    }
    write!(out, "]")
}

fn write_constant(out: &mut String, constant: Option<&Constant>) -> fmt::Result {
    let mut text = String::new();
    match constant {
        None => text.push_str("<no constant>"),
        Some(Constant::Number(value)) => write!(text, "{value}")?,
        Some(Constant::String(value)) => write!(text, "{value:?}")?,
        Some(Constant::BigInt(value)) => write!(text, "{value}n")?,
        Some(Constant::RegExp { pattern, flags }) => write!(text, "/{pattern}/{flags}")?,
        Some(Constant::Template { cooked, raw }) => {
            write!(text, "template {cooked:?} raw {raw:?}")?;
        }
        Some(Constant::ObjectKeys(keys)) => write!(text, "{keys:?}")?,
        Some(Constant::ArrayLiteral(elements)) => write!(text, "array {elements:?}")?,
        Some(Constant::Scope(scope)) => {
            write!(text, "{:?} slots={}", scope.kind, scope.slot_count)?;
            if let Some(slot) = scope.eval_vars_slot {
                write!(text, " eval-vars={slot}")?;
            }
            if scope.dynamic {
                let names: Vec<String> = scope
                    .names
                    .iter()
                    .map(|name| format!("{}", name.name))
                    .collect();
                write!(text, " names={names:?}")?;
            }
        }
        Some(Constant::Declarations(d)) => {
            write!(
                text,
                "functions={:?} vars={:?} annex-b={:?} lexical={:?}",
                d.functions, d.vars, d.annex_b, d.lexical
            )?;
        }
        Some(Constant::MappedArguments(slots)) => write!(text, "{slots:?}")?,
        Some(Constant::EvalSite(site)) => {
            write!(
                text,
                "strict={} private={:?}",
                site.context.strict, site.private_names
            )?;
        }
    }
    if text.chars().count() > MAX_TEXT * 2 {
        let short: String = text.chars().take(MAX_TEXT).collect();
        write!(out, "{short}…")
    } else {
        out.push_str(&text);
        Ok(())
    }
}
