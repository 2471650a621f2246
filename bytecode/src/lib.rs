//! Opcode table, instruction encoding, code blocks and the AST-to-bytecode compiler of sarus.
//!
//! ```text
//! source ──parser──► tree + scopes ──compiler──► instructions ──asm──► CodeBlock ──► runtime links, interp runs
//!                                                    ▲                     │
//!                                                opcodes (one table) ──► decode ──► disasm, verify
//! ```
//!
//! Plain data in, plain data out: this crate knows no values, no heap and runs nothing. No source makes it panic; what does
//! not fit the format is an error.

#![forbid(unsafe_code)]

mod asm;
pub mod code_block;
mod compiler;
pub mod decode;
pub mod describe;
pub mod disasm;
pub mod js_str;
pub mod lazy_check;
pub mod opcodes;
pub mod registers;
pub mod source_map;
pub mod verify;

pub use code_block::*;
pub use compiler::{
    CompileError, CompileOptions, LazyCode, compile_eval, compile_function, compile_lazy,
    compile_module, compile_parsed, compile_script,
};
pub use disasm::{disassemble, disassemble_one};
pub use js_str::JsStr;
pub use opcodes::{OPCODES, Op, OpInfo, OperandKind};
pub use sarus_parser::{DynamicFunctionKind, Feature, Features, Native, dynamic_function_source};
