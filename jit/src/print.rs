//! The text of a graph: what `--print-graph` shows, and what the tests of passes are written in ([`crate::read`] reads it back).
//!
//! ```text
//! graph stack 20 instructions 7
//! frame 0: function 0 base 0
//! b0:
//!   v0: Tagged = LoadReg(9)
//!   v1: Int32 = CheckInt v0 @0:4 s0 NotInt
//!   jump b1
//! b1: loop preds b0 b2 entry s0
//!   v2: Int32 = Phi v1 v3
//! …
//! s0: f0@4 r9=v0
//! ```
//!
//! A node's line is its number, representation, operation with its constants in parentheses, inputs, `@frame:offset`, state and
//! reason. Numbers are those of the graph, so that texts before and after a pass can be compared; nodes in no block and states
//! that nothing refers to are left out.

use crate::graph::{BlockId, End, Graph, Node, NodeId, NodeOp, Rep, StateId, StateObject};
use crate::layout::value;
use crate::template::Template;
use std::fmt::Write;

/// The text of `graph`.
pub fn print(graph: &Graph) -> String {
    let mut out = String::new();
    let mut states = vec![false; graph.states.len()];
    // Writing to a string cannot fail.
    let _ = header(graph, &mut out);
    for &block in &graph.order {
        let _ = print_block(graph, block, &mut out, &mut states);
    }
    let _ = print_states(graph, &mut out, states);
    out
}

fn header(graph: &Graph, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "graph stack {} instructions {}",
        graph.stack_words, graph.instructions
    )?;
    if !graph.cells.is_empty() {
        write!(out, "cells")?;
        for cell in &graph.cells {
            write!(out, " {cell:#x}")?;
        }
        writeln!(out)?;
    }
    for (i, template) in graph.templates.iter().enumerate() {
        print_template(i, template, out)?;
    }
    for (i, frame) in graph.frames.iter().enumerate() {
        write!(
            out,
            "frame {i}: function {} base {}",
            frame.function, frame.base
        )?;
        if let Some((caller, pc)) = frame.caller {
            write!(out, " caller {}@{pc} return {}", caller.0, frame.return_pc)?;
            write!(out, " info {:#x}", frame.info)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn print_template(i: usize, template: &Template, out: &mut String) -> std::fmt::Result {
    write!(
        out,
        "template {i}: size {} header {:#x} words",
        template.size, template.header
    )?;
    for (offset, bits) in &template.words {
        write!(out, " {offset}={bits:#x}")?;
    }
    write!(out, " fields")?;
    for offset in &template.fields {
        write!(out, " {offset}")?;
    }
    writeln!(out)
}

fn print_block(
    graph: &Graph,
    id: BlockId,
    out: &mut String,
    states: &mut [bool],
) -> std::fmt::Result {
    let block = graph.block(id);
    write!(out, "b{}:", id.0)?;
    if block.is_loop {
        write!(out, " loop")?;
    }
    if block.cold {
        write!(out, " cold")?;
    }
    if !block.preds.is_empty() {
        write!(out, " preds")?;
        for pred in &block.preds {
            write!(out, " b{}", pred.0)?;
        }
    }
    if let Some(state) = block.entry_state {
        write!(out, " entry s{}", state.0)?;
        states[state.index()] = true;
    }
    writeln!(out)?;
    for &node in block.phis.iter().chain(&block.nodes) {
        if let Some(state) = graph.node(node).state {
            states[state.index()] = true;
        }
        write!(out, "  ")?;
        print_node(graph, node, out)?;
    }
    match &block.end {
        End::Open => writeln!(out, "  open"),
        End::Jump(to) => writeln!(out, "  jump b{}", to.0),
        End::Branch {
            cond,
            then,
            otherwise,
        } => writeln!(
            out,
            "  branch v{} b{} else b{}",
            cond.0, then.0, otherwise.0
        ),
        End::Switch {
            value,
            low,
            targets,
            default,
        } => {
            write!(out, "  switch v{} from {low}", value.0)?;
            for target in targets {
                write!(out, " b{}", target.0)?;
            }
            writeln!(out, " else b{}", default.0)
        }
        End::Catch {
            node,
            next,
            handler,
        } => writeln!(out, "  catch v{} b{} else b{}", node.0, handler.0, next.0),
        End::Return { value, construct } => writeln!(
            out,
            "  return v{}{}",
            value.0,
            if *construct { " construct" } else { "" }
        ),
        End::Exit { state, reason } => {
            states[state.index()] = true;
            writeln!(out, "  exit s{} {reason:?}", state.0)
        }
        End::Unreachable => writeln!(out, "  unreachable"),
    }
}

/// Appends a node's line.
pub fn print_node(graph: &Graph, id: NodeId, out: &mut String) -> std::fmt::Result {
    let node: &Node = graph.node(id);
    write!(out, "v{}", id.0)?;
    if node.rep != Rep::None {
        write!(out, ": {:?}", node.rep)?;
    }
    write!(out, " = ")?;
    print_op(&node.op, out)?;
    for input in &node.inputs {
        write!(out, " v{}", input.0)?;
    }
    if (node.at.frame.0, node.at.pc) != (0, 0) {
        write!(out, " @{}:{}", node.at.frame.0, node.at.pc)?;
    }
    if let Some(state) = node.state {
        write!(out, " s{}", state.0)?;
    }
    if let Some(reason) = node.reason {
        write!(out, " {reason:?}")?;
    }
    if let Some(owner) = graph.owners.get(&id) {
        write!(out, " #{owner}")?;
    }
    writeln!(out)
}

fn print_op(op: &NodeOp, out: &mut String) -> std::fmt::Result {
    use NodeOp::*;
    match op {
        Const(bits) => {
            write!(out, "Const(")?;
            print_value(*bits, out)?;
            write!(out, ")")
        }
        Float(bits) => {
            write!(out, "Float(")?;
            print_double(*bits, out)?;
            write!(out, ")")
        }
        Ptr(address) => write!(out, "Ptr({address:#x})"),
        StoreRaw(word, bits) => write!(out, "StoreRaw({word}, {bits:#x})"),
        EnterFrame(frame) => write!(out, "EnterFrame({})", frame.0),
        LeaveFrame(frame) => write!(out, "LeaveFrame({})", frame.0),
        CheckShape(shapes) => {
            write!(out, "CheckShape(")?;
            for (i, shape) in shapes.iter().enumerate() {
                write!(out, "{}{shape}", if i > 0 { ", " } else { "" })?;
            }
            write!(out, ")")
        }
        CheckValue(bits) => {
            write!(out, "CheckValue(")?;
            print_value(*bits, out)?;
            write!(out, ")")
        }
        CheckCode(cell) => write!(out, "CheckCode({cell:#x})"),
        CheckValid(cell) => write!(out, "CheckValid({cell:#x})"),
        New { template, fields } => write!(out, "New({template}, {fields})"),
        Is(crate::graph::Test::Kind(kind)) => write!(out, "Is(Kind, {kind})"),
        CallCode {
            code,
            base,
            argc,
            arrow,
            construct,
        } => {
            write!(out, "CallCode({code:#x}, {base}, {argc}")?;
            write!(
                out,
                "{}{})",
                if *arrow { ", arrow" } else { "" },
                if *construct { ", construct" } else { "" }
            )
        }
        CallAny { base, argc } => write!(out, "CallAny({base}, {argc})"),
        // The rest read well as they are derived: names with plain constants.
        _ => write!(out, "{op:?}"),
    }
}

/// Appends a value: small ones by name, int32 as integers, doubles with a point, the rest as bits.
fn print_value(bits: u64, out: &mut String) -> std::fmt::Result {
    match bits {
        value::HOLE => write!(out, "hole"),
        value::NULL => write!(out, "null"),
        value::UNDEFINED => write!(out, "undefined"),
        value::FALSE => write!(out, "false"),
        value::TRUE => write!(out, "true"),
        value::INT_TAG.. => write!(out, "{}", bits as u32 as i32),
        value::DOUBLE_OFFSET.. => print_double(bits - value::DOUBLE_OFFSET, out),
        _ => write!(out, "{bits:#x}"),
    }
}

fn print_double(bits: u64, out: &mut String) -> std::fmt::Result {
    let double = f64::from_bits(bits);
    if double.is_nan() && bits != value::CANONICAL_NAN {
        write!(out, "{bits:#x}")
    } else {
        write!(out, "{double:?}")
    }
}

fn print_states(graph: &Graph, out: &mut String, mut used: Vec<bool>) -> std::fmt::Result {
    // States of callers are used by those of what they call.
    for i in 0..used.len() {
        let mut at = Some(StateId(i as u32)).filter(|_| used[i]);
        while let Some(state) = at {
            at = graph.states[state.index()].parent;
            if let Some(parent) = at
                && std::mem::replace(&mut used[parent.index()], true)
            {
                break;
            }
        }
    }
    for (i, state) in graph.states.iter().enumerate().filter(|(i, _)| used[*i]) {
        write!(out, "s{i}: f{}@{}", state.frame.0, state.pc)?;
        for (register, value) in &state.registers {
            write!(out, " r{register}=v{}", value.0)?;
        }
        if let Some(parent) = state.parent {
            write!(out, " parent s{}", parent.0)?;
        }
        for object in &state.objects {
            let StateObject { number, size, .. } = object;
            write!(out, " object {number}:{size}:{:#x}", object.header)?;
            for (offset, bits) in &object.words {
                write!(out, ":{offset}={bits:#x}")?;
            }
            for (offset, register) in &object.fields {
                write!(out, ":{offset}=r{register}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
