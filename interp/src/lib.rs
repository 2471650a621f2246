//! Frames, dispatch loop, calls, generators and inline-cache update of sarus.
//!
//! ```text
//! runtime ──hooks──► vm.rs ──► call.rs, construct.rs, generator.rs ──► dispatch.rs (the loop)
//!                                                                      │ one function per instruction family
//!   ic/ (handlers) ◄── property.rs   arith.rs operators.rs scope.rs declare.rs literal.rs class.rs
//!                                    iteration.rs exception.rs eval.rs module.rs using.rs trace.rs
//! ```
//!
//! **Architecture invariant:** semantics that the specification names live in `sarus-runtime`; this crate decides which of
//! them an instruction needs, and finds the answer sooner where it can.

#![allow(clippy::collapsible_if)]

mod arith;
mod bodies;
mod call;
mod class;
mod construct;
mod declare;
mod decorator;
mod descriptions;
mod dispatch;
mod dynamic;
mod eval;
mod exception;
pub mod explain;
mod frame;
mod generator;
mod ic;
mod initialize;
mod instance;
mod iteration;
mod literal;
mod module;
mod natives;
mod operators;
mod property;
mod scope;
mod stack;
mod supers;
mod tail;
pub mod tier;
mod trace;
mod using;
mod vm;

pub use vm::install;
