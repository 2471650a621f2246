//! `instanceof`: the walk along a prototype chain.
//!
//! ```text
//! object ──header──► shape id ──table──► shape ──► prototype: the one looked for, null, or the next object
//! ```
//!
//! Proxies have shapes without prototype, so that they are told apart only where a chain ends.

use super::{Lower, MEM};
use crate::Decline;
use crate::graph::Rep;
use crate::helpers::Helper;
use crate::layout::{header, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Lower<'_> {
    /// `IsInstance`, whose second input is an object: by the helper only with proxies.
    pub(super) fn is_instance(&mut self) -> Result<Option<Value>, Decline> {
        let place = self.snapshot.layout.shape_table;
        if place == 0 {
            return self.helper_node(Helper::IsInstance);
        }
        let input = self.input_node(0)?;
        let v = self.value(input, Rep::Tagged)?;
        let prototype = self.input(1, Rep::Tagged)?;
        let done = self.block_with(types::I32);
        let no = self.builder.ins().iconst(types::I32, 0);
        if !self.known_cell(input) {
            let cell = self.is_cell(v);
            let on = self.builder.create_block();
            self.builder.ins().brif(cell, on, &[], done, &[no.into()]);
            self.builder.switch_to_block(on);
        }
        let table = self.load_absolute(types::I64, place);
        let step = self.block_with(types::I64);
        if self.known_object(input) == Some(true) {
            self.jump(step, v);
        } else {
            let object = self.is_object_cell(v);
            let (then, otherwise) = ([v.into()], [no.into()]);
            let ins = self.builder.ins();
            ins.brif(object, step, &then, done, &otherwise);
        }

        let o = self.meet_in(step);
        let id = self.builder.ins().uload32(MEM, o, header::SHAPE);
        let distance = self.builder.ins().ishl_imm_s(id, 3);
        let entry = self.builder.ins().iadd(table, distance);
        let shape = self.builder.ins().load(types::I64, MEM, entry, 0);
        let next = self.load_field(shape, self.snapshot.layout.offsets.shape_prototype);
        let found = self.builder.ins().icmp(IntCC::Equal, next, prototype);
        let yes = self.builder.ins().iconst(types::I32, 1);
        let other = self.builder.create_block();
        self.builder
            .ins()
            .brif(found, done, &[yes.into()], other, &[]);
        self.builder.switch_to_block(other);
        let end = self.builder.create_block();
        let over = self.compare(IntCC::Equal, next, value::NULL as i64);
        self.builder
            .ins()
            .brif(over, end, &[], step, &[next.into()]);

        self.builder.switch_to_block(end);
        let proxy = self.cold_block();
        let kind = self.builder.ins().load(types::I8, MEM, o, header::KIND);
        let wanted = i64::from(self.snapshot.layout.kinds.proxy as i8);
        let is_proxy = self.compare(IntCC::Equal, kind, wanted);
        self.builder
            .ins()
            .brif(is_proxy, proxy, &[], done, &[no.into()]);
        self.builder.switch_to_block(proxy);
        let answer = self.call_rarely(Helper::IsInstance, &[v, prototype])?;
        self.jump(done, answer);
        Ok(Some(self.meet_in(done)))
    }
}
