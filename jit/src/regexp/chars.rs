//! Reading characters and testing them.

use super::Reading;
use super::class::Class;
use super::emit::{Emit, MEM};
use crate::Decline;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};
use sarus_regexp::program::{CharTest, Inst};

/// Ranges that are compared with one by one; a table is used for more.
const FEW_RANGES: usize = 2;
/// The same above the first table.
const FEW_HIGH_RANGES: usize = 4;

/// The first code units after the Basic Multilingual Plane's, as pairs.
const PAIRS: u32 = 0x1_0000;

impl Emit<'_> {
    /// Shift from units to bytes.
    fn shift(&self) -> i64 {
        match self.reading {
            Reading::Latin1 => 0,
            Reading::Units | Reading::CodePoints => 1,
        }
    }

    /// The address of the unit at a position.
    fn address(&mut self, pos: Value) -> Value {
        let offset = match self.shift() {
            0 => pos,
            shift => self.b.ins().ishl_imm_s(pos, shift),
        };
        self.b.ins().iadd(self.input, offset)
    }

    /// The code unit so many after a position.
    pub(super) fn unit(&mut self, pos: Value, delta: i32) -> Value {
        let address = self.address(pos);
        match self.reading {
            Reading::Latin1 => self.b.ins().uload8(types::I64, MEM, address, delta),
            _ => self.b.ins().uload16(types::I64, MEM, address, delta * 2),
        }
    }

    fn is_surrogate(&mut self, unit: Value, first: i64) -> Value {
        let bits = self.b.ins().band_imm_u(unit, 0xFC00);
        self.compare_imm(IntCC::Equal, bits, first)
    }

    /// The character at a position before the end, and the position after it.
    pub(super) fn read(&mut self, pos: Value) -> (Value, Value) {
        let unit = self.unit(pos, 0);
        let next = self.plus(pos, 1);
        if self.reading != Reading::CodePoints {
            return (unit, next);
        }
        let [lead, pair, done] = [(); 3].map(|()| self.b.create_block());
        let c = self.b.append_block_param(done, types::I64);
        let after = self.b.append_block_param(done, types::I64);
        let single = [BlockArg::Value(unit), BlockArg::Value(next)];
        let is_lead = self.is_surrogate(unit, 0xD800);
        self.b.ins().brif(is_lead, lead, &[], done, &single);
        self.enter(lead);
        let more = self.compare(IntCC::UnsignedLessThan, next, self.len);
        self.b.ins().brif(more, pair, &[], done, &single);
        self.enter(pair);
        let trail = self.unit(pos, 1);
        let upper = self.plus(unit, -0xD800);
        let upper = self.b.ins().ishl_imm_s(upper, 10);
        let both = self.b.ins().iadd(upper, trail);
        let joined = self.plus(both, i64::from(PAIRS) - 0xDC00);
        let behind = self.plus(pos, 2);
        let is_trail = self.is_surrogate(trail, 0xDC00);
        let two = [BlockArg::Value(joined), BlockArg::Value(behind)];
        self.b.ins().brif(is_trail, done, &two, done, &single);
        self.enter(done);
        (c, after)
    }

    /// The position before the character that ends at a position, which is not the start.
    pub(super) fn before(&mut self, pos: Value) -> Value {
        let one = self.plus(pos, -1);
        if self.reading != Reading::CodePoints {
            return one;
        }
        let [inside, trail, done] = [(); 3].map(|()| self.b.create_block());
        let result = self.b.append_block_param(done, types::I64);
        let single = [BlockArg::Value(one)];
        let more = self.compare_imm(IntCC::NotEqual, one, 0);
        self.b.ins().brif(more, inside, &[], done, &single);
        self.enter(inside);
        let unit = self.unit(one, 0);
        let is_trail = self.is_surrogate(unit, 0xDC00);
        self.b.ins().brif(is_trail, trail, &[], done, &single);
        self.enter(trail);
        let lead = self.unit(one, -1);
        let is_lead = self.is_surrogate(lead, 0xD800);
        let two = self.plus(one, -1);
        self.b
            .ins()
            .brif(is_lead, done, &[BlockArg::Value(two)], done, &single);
        self.enter(done);
        result
    }

    /// Goes to `yes` if there is a character of a class at a position, and to `no` otherwise.
    pub(super) fn peek(&mut self, class: &Class, pos: Value, yes: Block, no: Block) {
        let more = self.compare(IntCC::UnsignedLessThan, pos, self.len);
        self.require(more, no);
        self.peek_inside(class, pos, yes, no);
    }

    /// The same at a position before the end.
    pub(super) fn peek_inside(&mut self, class: &Class, pos: Value, yes: Block, no: Block) {
        let c = if class.is_plain() {
            self.unit(pos, 0)
        } else {
            self.read(pos).0
        };
        self.test(class, c, yes, no, self.reading.max());
    }

    /// Takes a character of a class before `limit`, or goes to `no`; the position after it.
    pub(super) fn step(&mut self, class: &Class, pos: Value, limit: Value, no: Block) -> Value {
        let more = self.compare(IntCC::UnsignedLessThan, pos, limit);
        self.require(more, no);
        let (c, next) = if class.is_plain() {
            (self.unit(pos, 0), self.plus(pos, 1))
        } else {
            self.read(pos)
        };
        let yes = self.b.create_block();
        self.test(class, c, yes, no, self.reading.max());
        self.enter(yes);
        next
    }

    /// Goes to `yes` if `c`, which is at most `max`, is in a class, and to `no` otherwise.
    pub(super) fn test(&mut self, class: &Class, c: Value, yes: Block, no: Block, max: u32) {
        if let Some((mask, value)) = class.masked() {
            let c = match mask {
                0 => c,
                mask => self.b.ins().bor_imm_u(c, i64::from(mask)),
            };
            let same = self.compare_imm(IntCC::Equal, c, i64::from(value));
            self.branch(same, yes, no);
            return;
        }
        let others = class.complement(0, max);
        let few = |class: &Class| match class.ranges() {
            [] | [_] => true,
            ranges => ranges.len() <= FEW_RANGES && ranges.iter().all(|r| r.0 == r.1),
        };
        if few(class) {
            self.test_ranges(class.ranges(), c, yes, no, max);
        } else if few(&others) {
            self.test_ranges(others.ranges(), c, no, yes, max);
        } else if max <= 0xFF {
            self.test_map(class, c, yes, no);
        } else {
            let (low, high) = (self.b.create_block(), self.b.create_block());
            let is_low = self.compare_imm(IntCC::UnsignedLessThan, c, 256);
            self.branch(is_low, low, high);
            self.enter(low);
            self.test_map(class, c, yes, no);
            self.enter(high);
            let (above, others) = (class.from(256), class.complement(256, max));
            if above.ranges().len() <= FEW_HIGH_RANGES {
                self.test_ranges(above.ranges(), c, yes, no, max);
            } else if others.ranges().len() <= FEW_HIGH_RANGES {
                self.test_ranges(others.ranges(), c, no, yes, max);
            } else {
                self.test_pages(class, c, yes, no, max);
            }
        }
    }

    fn test_ranges(&mut self, ranges: &[(u32, u32)], c: Value, yes: Block, no: Block, max: u32) {
        for (i, &(low, high)) in ranges.iter().enumerate() {
            let (low_imm, high_imm) = (i64::from(low), i64::from(high));
            let is_in = if low == high {
                self.compare_imm(IntCC::Equal, c, low_imm)
            } else if low == 0 && high >= max {
                self.jump(yes);
                return;
            } else if high >= max {
                self.compare_imm(IntCC::UnsignedGreaterThanOrEqual, c, low_imm)
            } else {
                let offset = self.plus(c, -low_imm);
                self.compare_imm(IntCC::UnsignedLessThanOrEqual, offset, high_imm - low_imm)
            };
            if i + 1 == ranges.len() {
                self.branch(is_in, yes, no);
                return;
            }
            self.leave_if(is_in, yes);
        }
        self.jump(no);
    }

    /// A look into a table of the characters below 256.
    fn test_map(&mut self, class: &Class, c: Value, yes: Block, no: Block) {
        let at = self.tables.map(class);
        let address = self.b.ins().iadd(self.table, c);
        let member = self.b.ins().uload8(types::I32, MEM, address, at.0 as i32);
        self.branch(member, yes, no);
    }

    /// A look into a table of two levels.
    fn test_pages(&mut self, class: &Class, c: Value, yes: Block, no: Block, max: u32) {
        let (index, pages) = self.tables.pages(class, max);
        let number = self.b.ins().ushr_imm_u(c, 8);
        let number = self.b.ins().ishl_imm_s(number, 1);
        let address = self.b.ins().iadd(self.table, number);
        let page = self
            .b
            .ins()
            .uload16(types::I64, MEM, address, index.0 as i32);
        let page = self.b.ins().ishl_imm_s(page, 5);
        let byte = self.b.ins().ushr_imm_u(c, 3);
        let byte = self.b.ins().band_imm_u(byte, 31);
        let address = self.b.ins().iadd(self.table, page);
        let address = self.b.ins().iadd(address, byte);
        let bits = self
            .b
            .ins()
            .uload8(types::I64, MEM, address, pages.0 as i32);
        let bit = self.b.ins().band_imm_u(c, 7);
        let bits = self.b.ins().ushr(bits, bit);
        let member = self.b.ins().band_imm_u(bits, 1);
        self.branch(member, yes, no);
    }

    /// The classes of the code units that a test takes, if it always takes the same number.
    fn units_of(&self, test: CharTest) -> Option<Vec<Class>> {
        let class = self.plan.class(self.program, test);
        if self.reading != Reading::CodePoints || class.is_plain() {
            return Some(vec![class]);
        }
        let &[(c, last)] = class.ranges() else {
            return None;
        };
        if c != last || c < PAIRS {
            return None;
        }
        let offset = c - PAIRS;
        let unit = |c: u32| Class::of(self.program, CharTest::Char(c), 0xFFFF);
        Some(vec![
            unit(0xD800 + (offset >> 10)),
            unit(0xDC00 + (offset & 0x3FF)),
        ])
    }

    /// Tests one after the other: as many as follow each other and take fixed numbers of units at once. How many.
    pub(super) fn tests(&mut self, pc: usize) -> Result<usize, Decline> {
        let mut units: Vec<Class> = Vec::new();
        let mut taken = 0;
        while let Some(&Inst::Test(test)) = self.program.insts.get(pc + taken)
            && (taken == 0 || !self.plan.leaders[pc + taken])
        {
            let Some(more) = self.units_of(test) else {
                break;
            };
            units.extend(more);
            taken += 1;
        }
        let pos = self.at();
        if taken == 0 {
            let Some(&Inst::Test(test)) = self.program.insts.get(pc) else {
                return Err(Decline::CodeGenerator("a test".into()));
            };
            let class = self.plan.class(self.program, test);
            let next = self.step(&class, pos, self.len, self.fail);
            self.go_to(next);
            return Ok(1);
        }
        let next = self.plus(pos, units.len() as i64);
        let inside = self.compare(IntCC::UnsignedLessThanOrEqual, next, self.len);
        self.require(inside, self.fail);
        self.units(pos, &units);
        self.go_to(next);
        Ok(taken)
    }

    /// Tests units that are all there, several at once where each is one character or two that differ in one bit.
    fn units(&mut self, pos: Value, units: &[Class]) {
        let max = self.reading.max().min(0xFFFF);
        let mut at = 0;
        while let Some(class) = units.get(at) {
            let rest = &units[at..];
            let masked = rest.iter().map_while(Class::masked).count();
            let most = 8 >> self.shift();
            let many = [most, most / 2, most / 4];
            let n = many.into_iter().find(|n| *n <= masked).unwrap_or(1);
            if n > 1 {
                self.units_at_once(pos, at as i32, &rest[..n]);
            } else if class.complement(0, max).ranges().is_empty() {
                // Everything passes.
            } else {
                let unit = self.unit(pos, at as i32);
                let next = self.b.create_block();
                self.test(class, unit, next, self.fail, max);
                self.enter(next);
            }
            at += n.max(1);
        }
    }

    fn units_at_once(&mut self, pos: Value, delta: i32, units: &[Class]) {
        let bits = 8 << self.shift();
        let (mut mask, mut value) = (0_u64, 0_u64);
        for class in units.iter().rev() {
            let (m, v) = class.masked().unwrap_or_default();
            mask = mask << bits | u64::from(m);
            value = value << bits | u64::from(v);
        }
        let address = self.address(pos);
        let offset = delta << self.shift();
        let loaded = match units.len() << self.shift() {
            2 => self.b.ins().uload16(types::I64, MEM, address, offset),
            4 => self.b.ins().uload32(MEM, address, offset),
            _ => self.b.ins().load(types::I64, MEM, address, offset),
        };
        let loaded = if mask == 0 {
            loaded
        } else {
            let mask = self.imm(mask as i64);
            self.b.ins().bor(loaded, mask)
        };
        let value = self.imm(value as i64);
        let same = self.compare(IntCC::Equal, loaded, value);
        self.require(same, self.fail);
    }
}
