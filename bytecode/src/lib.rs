//! Opcode table, instruction encoding, code blocks and the AST-to-bytecode compiler of sarus.
//!
//! Plain data in, plain data out: this crate knows no values, no heap and runs nothing.

#![forbid(unsafe_code)]

pub mod code_block;
pub mod js_str;
pub mod opcodes;
pub mod source_map;

pub use code_block::*;
pub use js_str::JsStr;
pub use opcodes::{OPCODES, Op, OpInfo, OperandKind};
