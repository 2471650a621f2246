//! Quotients and remainders.
//!
//! Knuth's algorithm D, without shifting its operands: only the digits that a digit of the quotient is estimated from are
//! shifted. The estimate comes from a reciprocal of the divisor's leading digits (Möller and Granlund, "Improved division by
//! invariant integers"), two products in place of one division.
//!
//! Divisors of one digit make a chain in which each step waits for the one before. Long dividends are cut in [`CHAINS`] parts
//! whose divisions run at the same time; the remainders that they begin with are found first, in a chain that waits less.

use super::magnitude::{compare, significant};
use std::cmp::Ordering;
use std::hint::{cold_path, select_unpredictable};

/// Which part of a division is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Quotient,
    Remainder,
}

/// Quotient or remainder of `a` by `b`, which is not zero. `out` and `space` have one digit more than `a`.
pub(super) fn divide(
    out: &mut [u64],
    space: &mut [u64],
    a: &[u64],
    b: &[u64],
    part: Part,
) -> usize {
    if compare(a, b) == Ordering::Less {
        if part == Part::Quotient {
            return 0;
        }
        out[..a.len()].copy_from_slice(a);
        return a.len();
    }
    let size = match (b, part) {
        ([], _) => 0,
        ([1], Part::Quotient) => {
            out[..a.len()].copy_from_slice(a);
            a.len()
        }
        ([d], Part::Quotient) => {
            divide_by_digit(&mut out[..a.len()], a, *d);
            a.len()
        }
        ([d], Part::Remainder) => {
            out[0] = Digit::new(*d).remainder(a);
            1
        }
        ([.., next, top], Part::Quotient) => {
            let size = a.len() + 1 - b.len();
            let rest = &mut space[..=a.len()];
            divide_long::<true>(&mut out[..size], rest, a, b, [*next, *top]);
            size
        }
        ([.., next, top], Part::Remainder) => {
            let rest = &mut out[..=a.len()];
            divide_long::<false>(&mut [], rest, a, b, [*next, *top]);
            b.len()
        }
    };
    significant(&out[..size])
}

/// A divisor of one digit.
struct Digit {
    /// Shifted up until its top bit is set.
    d: u64,
    shift: u32,
    inverse: u64,
}

/// Parts of a dividend that are divided at the same time.
const CHAINS: usize = 3;
/// Dividends of fewer digits are not cut.
const CUT: usize = 24;
/// Divisors whose products with digits can be added five at a time.
const SMALL_BITS: u32 = 60;

impl Digit {
    fn new(d: u64) -> Digit {
        let shift = d.leading_zeros();
        let d = d << shift;
        Digit {
            d,
            shift,
            inverse: reciprocal(d),
        }
    }
    /// A step: a digit below a remainder. Remainders are shifted as the divisor is.
    #[inline(always)]
    fn step(&self, remainder: u64, x: u64) -> (u64, u64) {
        // In two steps, since there is no shift by 64.
        let upper = x >> 1 >> (63 - self.shift);
        divide_2_by_1(remainder | upper, x << self.shift, self.d, self.inverse)
    }
    fn remainder(&self, a: &[u64]) -> u64 {
        match Powers::of(self) {
            Some(powers) if a.len() > 4 => powers.fold(self, 0, a) >> self.shift,
            _ => a.iter().rev().fold(0, |r, x| self.step(r, *x).1) >> self.shift,
        }
    }
}

/// Remainders of the first powers of 2^64.
struct Powers([u64; 5]);

impl Powers {
    fn of(d: &Digit) -> Option<Powers> {
        if d.shift < 64 - SMALL_BITS {
            return None;
        }
        let mut power = 1 << d.shift;
        Some(Powers(std::array::from_fn(|_| {
            power = d.step(power, 0).1;
            power >> d.shift
        })))
    }
    /// The (shifted) remainder of the digits below a (shifted) remainder.
    #[inline]
    fn fold(&self, d: &Digit, remainder: u64, a: &[u64]) -> u64 {
        let [p1, p2, p3, p4, p5] = self.0.map(u128::from);
        let (rest, fours) = a.as_rchunks::<4>();
        let (mut high, mut low) = (0, remainder >> d.shift);
        for four in fours.iter().rev() {
            let [x0, x1, x2, x3] = four.map(u128::from);
            let new = x0 + x1 * p1 + x2 * p2 + x3 * p3;
            (high, low) = halves(new + u128::from(low) * p4 + u128::from(high) * p5);
        }
        let remainder = d.step(d.step(0, high).1, low).1;
        rest.iter().rev().fold(remainder, |r, x| d.step(r, *x).1)
    }
}

fn divide_by_digit(out: &mut [u64], a: &[u64], d: u64) {
    let d = Digit::new(d);
    let cut = if a.len() < CUT { None } else { Powers::of(&d) };
    let part = match cut {
        // In fours, as remainders are found.
        Some(_) => a.len() / CHAINS / 4 * 4,
        None => 0,
    };
    // What the parts leave over on top.
    let mut remainder = 0;
    for (o, x) in out.iter_mut().zip(a).skip(part * CHAINS).rev() {
        (*o, remainder) = d.step(remainder, *x);
    }
    let Some(powers) = cut else { return };
    let (a0, rest) = a.split_at(part);
    let (a1, rest) = rest.split_at(part);
    let a2 = &rest[..part];
    let (out0, rest) = out.split_at_mut(part);
    let (out1, rest) = rest.split_at_mut(part);
    let out2 = &mut rest[..part];
    let mut r2 = remainder;
    let mut r1 = powers.fold(&d, r2, a2);
    let mut r0 = powers.fold(&d, r1, a1);
    let digits = a0.iter().zip(a1).zip(a2);
    let outs = out0.iter_mut().zip(out1).zip(out2);
    for (((x0, x1), x2), ((o0, o1), o2)) in digits.zip(outs).rev() {
        (*o2, r2) = d.step(r2, *x2);
        (*o1, r1) = d.step(r1, *x1);
        (*o0, r0) = d.step(r0, *x0);
    }
}

/// `rest`, which has one digit more than `a`, gets the remainder.
fn divide_long<const QUOTIENT: bool>(
    quotient: &mut [u64],
    rest: &mut [u64],
    a: &[u64],
    b: &[u64],
    [next, top]: [u64; 2],
) {
    let n = b.len();
    rest[..a.len()].copy_from_slice(a);
    rest[a.len()] = 0;
    let shift = top.leading_zeros();
    // In two steps, since there is no shift by 64.
    let upper = |x: u64, y: u64| x << shift | y >> 1 >> (63 - shift);
    let third = if n > 2 { b[n - 3] } else { 0 };
    let (d1, d0) = (upper(top, next), upper(next, third));
    let inverse = reciprocal_of_two(d1, d0);
    for j in (0..rest.len() - n).rev() {
        let window = &mut rest[j..=j + n];
        let below = if n > 2 { window[n - 3] } else { 0 };
        let u2 = upper(window[n], window[n - 1]);
        let u1 = upper(window[n - 1], window[n - 2]);
        let u0 = upper(window[n - 2], below);
        let mut q = if u2 == d1 && u1 == d0 {
            u64::MAX
        } else {
            quotient_3_by_2(u2, u1, u0, d1, d0, inverse)
        };
        if q != 0 && subtract_product(window, b, q) {
            // One too many; this is rare.
            cold_path();
            q -= 1;
            add_back(window, b);
        }
        if QUOTIENT {
            quotient[j] = q;
        }
    }
}

/// `window -= v * q`; true if that went below zero.
fn subtract_product(window: &mut [u64], v: &[u64], q: u64) -> bool {
    let (low, high) = window.split_at_mut(v.len());
    let (mut carry, mut borrow) = (0, false);
    let (x4, x1) = low.as_chunks_mut::<4>();
    let (y4, y1) = v.as_chunks::<4>();
    for (x, y) in x4.iter_mut().zip(y4) {
        // One chain after the other, since there is one carry flag.
        let mut product = [0; 4];
        for i in 0..4 {
            (product[i], carry) = y[i].carrying_mul(q, carry);
        }
        for i in 0..4 {
            (x[i], borrow) = x[i].borrowing_sub(product[i], borrow);
        }
    }
    for (x, y) in x1.iter_mut().zip(y1) {
        let product;
        (product, carry) = y.carrying_mul(q, carry);
        (*x, borrow) = x.borrowing_sub(product, borrow);
    }
    let below;
    (high[0], below) = high[0].borrowing_sub(carry, borrow);
    below
}

fn add_back(window: &mut [u64], v: &[u64]) {
    let (low, high) = window.split_at_mut(v.len());
    let mut carry = false;
    for (x, y) in low.iter_mut().zip(v) {
        (*x, carry) = x.carrying_add(*y, carry);
    }
    high[0] = high[0].wrapping_add(u64::from(carry));
}

fn wide(high: u64, low: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

fn halves(x: u128) -> (u64, u64) {
    ((x >> 64) as u64, x as u64)
}

/// floor((2^128 - 1) / d) - 2^64 for a `d` whose top bit is set.
fn reciprocal(d: u64) -> u64 {
    (wide(!d, u64::MAX) / u128::from(d)) as u64
}

/// The same of a divisor of two digits, for dividends of three.
fn reciprocal_of_two(d1: u64, d0: u64) -> u64 {
    let mut v = reciprocal(d1);
    let mut p = d1.wrapping_mul(v).wrapping_add(d0);
    if p < d0 {
        v = v.wrapping_sub(1);
        if p >= d1 {
            v = v.wrapping_sub(1);
            p = p.wrapping_sub(d1);
        }
        p = p.wrapping_sub(d1);
    }
    let (t1, t0) = halves(u128::from(v) * u128::from(d0));
    p = p.wrapping_add(t1);
    if p < t1 {
        v = v.wrapping_sub(1);
        if wide(p, t0) >= wide(d1, d0) {
            v = v.wrapping_sub(1);
        }
    }
    v
}

/// Quotient and remainder of two digits by one, of which `u1` is less than `d`.
#[inline(always)]
fn divide_2_by_1(u1: u64, u0: u64, d: u64, v: u64) -> (u64, u64) {
    let (q1, q0) = halves((u128::from(v) * u128::from(u1)).wrapping_add(wide(u1, u0)));
    let above = q1.wrapping_add(1);
    let r = u0.wrapping_sub(above.wrapping_mul(d));
    // Nobody could predict that.
    let less = r > q0;
    let q = select_unpredictable(less, q1, above);
    let r = select_unpredictable(less, r.wrapping_add(d), r);
    if r >= d {
        cold_path();
        return (q.wrapping_add(1), r - d);
    }
    (q, r)
}

/// The quotient of three digits by two, of which `u2, u1` is less than `d1, d0`.
#[inline(always)]
fn quotient_3_by_2(u2: u64, u1: u64, u0: u64, d1: u64, d0: u64, v: u64) -> u64 {
    let (q1, q0) = halves((u128::from(v) * u128::from(u2)).wrapping_add(wide(u2, u1)));
    let d = wide(d1, d0);
    let r1 = u1.wrapping_sub(q1.wrapping_mul(d1));
    let t = u128::from(d0) * u128::from(q1);
    let mut r = wide(r1, u0).wrapping_sub(t).wrapping_sub(d);
    let mut q = q1.wrapping_add(1);
    if (r >> 64) as u64 >= q0 {
        q = q.wrapping_sub(1);
        r = r.wrapping_add(d);
    }
    if r >= d {
        q = q.wrapping_add(1);
    }
    q
}
