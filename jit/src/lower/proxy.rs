//! Traps of proxies: found through the agent's tables like properties, and their answers compared with what the tables say of the
//! target.

use super::{Lower, MEM};
use crate::Decline;
use crate::graph::Rep;
use crate::helpers::Helper;
use crate::layout::{cache, header, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

impl Lower<'_> {
    /// Goes to `miss` unless a cell is of that kind.
    pub(super) fn kind_or(&mut self, cell: Value, kind: u8, miss: Block) {
        let own = self.builder.ins().load(types::I8, MEM, cell, header::KIND);
        let is = self.compare(IntCC::Equal, own, i64::from(kind as i8));
        self.branch_on(is, miss);
    }

    /// [`Helper::FindTrap`].
    pub(super) fn find_trap(&mut self) -> Result<Option<Value>, Decline> {
        let (table, kinds) = (
            self.snapshot.layout.load_table,
            &self.snapshot.layout.kinds.clone(),
        );
        if table == 0 {
            return self.helper_node(Helper::FindTrap);
        }
        let mut args = [self.fp(); 3];
        for (i, arg) in args.iter_mut().enumerate() {
            *arg = self.input(i, Rep::Tagged)?;
        }
        let (miss, base) = (self.cold_block(), self.block_with(types::I64));
        let done = self.block_with(types::I64);
        let object = self.cached_object(miss)?;
        self.kind_or(object, kinds.proxy, miss);
        let keyless = self.compare(IntCC::Equal, args[2], value::LAZY as i64);
        let on = self.builder.create_block();
        self.builder.ins().brif(keyless, miss, &[], on, &[]);
        self.builder.switch_to_block(on);
        let handler = self.load_field(object, self.snapshot.layout.offsets.proxy_handler);
        let cell = self.is_cell(handler);
        self.branch_on(cell, miss);
        let entry = self.probe(handler, table, miss)?;
        self.own_base(handler, &entry, base);
        self.builder.ins().jump(miss, &[]);

        let (_, address) = self.property_address(base, &entry);
        let trap = self.load_field(address, 0);
        let cell = self.is_cell(trap);
        self.branch_on(cell, miss);
        self.kind_or(trap, kinds.function, miss);
        self.jump(done, trap);
        self.builder.switch_to_block(miss);
        let trap = self.call_helper(Helper::FindTrap, &args)?;
        self.jump(done, trap);
        Ok(Some(self.meet_in(done)))
    }

    /// [`Helper::TrapGot`]: an answer is right if the target has no such property of its own, or the same value.
    pub(super) fn trap_got(&mut self) -> Result<Option<Value>, Decline> {
        let table = self.snapshot.layout.load_table;
        if table == 0 {
            return self.helper_node(Helper::TrapGot);
        }
        let mut args = [self.fp(); 3];
        for (i, arg) in args.iter_mut().enumerate() {
            *arg = self.input(i, Rep::Tagged)?;
        }
        let [target, _, answer] = args;
        self.save_position()?;
        let (miss, base) = (self.cold_block(), self.block_with(types::I64));
        let done = self.block_with(types::I64);
        let entry = self.probe(target, table, miss)?;
        self.own_base(target, &entry, base);
        let proto = self.compare(IntCC::Equal, entry.kind, cache::PROTO);
        self.builder
            .ins()
            .brif(proto, done, &[answer.into()], miss, &[]);
        let (_, address) = self.property_address(base, &entry);
        let own = self.load_field(address, 0);
        let same = self.builder.ins().icmp(IntCC::Equal, own, answer);
        self.builder
            .ins()
            .brif(same, done, &[answer.into()], miss, &[]);
        self.builder.switch_to_block(miss);
        let got = self.call_helper(Helper::TrapGot, &args)?;
        self.answer_at(done, got).map(Some)
    }
}
