//! Magnitudes: slices of 64-bit digits, least significant first, without zeros at the end.
//!
//! Every function leaves its result in a vector of the caller's, which is used again and again, so that an operation needs
//! no memory but that of the result. Division is Knuth's algorithm D; digits of quotients come from a reciprocal of the
//! divisor's leading digits (Möller and Granlund, "Improved division by invariant integers"), two products in place of
//! one division.

use std::cmp::Ordering;

/// Removes zeros at the end.
pub(super) fn trim(digits: &mut Vec<u64>) {
    while digits.last() == Some(&0) {
        digits.pop();
    }
}

/// Number of bits.
pub fn bits(digits: &[u64]) -> u64 {
    match digits.last() {
        None => 0,
        Some(top) => digits.len() as u64 * 64 - u64::from(top.leading_zeros()),
    }
}

/// The order of two magnitudes.
pub(super) fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a + b`.
pub(super) fn add(out: &mut Vec<u64>, a: &[u64], b: &[u64]) {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    out.clear();
    out.extend_from_slice(long);
    let (low, high) = out.split_at_mut(short.len());
    let mut carry = false;
    for (x, y) in low.iter_mut().zip(short) {
        (*x, carry) = x.carrying_add(*y, carry);
    }
    for x in high {
        if !carry {
            return;
        }
        (*x, carry) = x.overflowing_add(1);
    }
    if carry {
        out.push(1);
    }
}

/// `a - b`, where `a` is not less than `b`.
pub(super) fn sub(out: &mut Vec<u64>, a: &[u64], b: &[u64]) {
    out.clear();
    out.extend_from_slice(a);
    let (low, high) = out.split_at_mut(b.len().min(a.len()));
    let mut borrow = false;
    for (x, y) in low.iter_mut().zip(b) {
        (*x, borrow) = x.borrowing_sub(*y, borrow);
    }
    for x in high {
        if !borrow {
            break;
        }
        (*x, borrow) = x.overflowing_sub(1);
    }
    trim(out);
}

/// `a * b`, digit by digit: for lengths that other ways do not pay for.
pub(super) fn mul(out: &mut Vec<u64>, a: &[u64], b: &[u64]) {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    out.clear();
    out.resize(long.len() + short.len(), 0);
    for (i, factor) in short.iter().enumerate() {
        let row = &mut out[i..];
        let mut carry = 0;
        for (o, x) in row.iter_mut().zip(long) {
            (*o, carry) = x.carrying_mul_add(*factor, *o, carry);
        }
        row[long.len()] = carry;
    }
    trim(out);
}

/// `a << count`.
pub(super) fn shl(out: &mut Vec<u64>, a: &[u64], count: u64) {
    let (words, bits) = ((count / 64) as usize, (count % 64) as u32);
    out.clear();
    out.resize(words, 0);
    out.extend_from_slice(a);
    if bits > 0 {
        let top = shift_up(&mut out[words..], bits);
        out.push(top);
    }
    trim(out);
}

/// `a >> count`, and whether a bit that was set fell off.
pub(super) fn shr(out: &mut Vec<u64>, a: &[u64], count: u64) -> bool {
    let words = (count / 64).min(a.len() as u64) as usize;
    let bits = (count % 64) as u32;
    let (lost, rest) = a.split_at(words);
    out.clear();
    out.extend_from_slice(rest);
    let mut inexact = lost.iter().any(|d| *d != 0);
    if bits > 0 {
        inexact |= rest.first().is_some_and(|d| d << (64 - bits) != 0);
        shift_down(out, bits);
    }
    trim(out);
    inexact
}

/// Shifts in place by less than a digit, and gives what left it at the top.
fn shift_up(digits: &mut [u64], bits: u32) -> u64 {
    if bits == 0 {
        return 0;
    }
    let mut carry = 0;
    for d in digits {
        let next = *d >> (64 - bits);
        *d = *d << bits | carry;
        carry = next;
    }
    carry
}

fn shift_down(digits: &mut [u64], bits: u32) {
    if bits == 0 {
        return;
    }
    let mut carry = 0;
    for d in digits.iter_mut().rev() {
        let next = *d << (64 - bits);
        *d = *d >> bits | carry;
        carry = next;
    }
}

/// Memory of divisions: dividend and divisor, shifted.
#[derive(Default)]
pub(super) struct DivisionSpace {
    u: Vec<u64>,
    v: Vec<u64>,
}

impl DivisionSpace {
    pub(super) fn capacity(&self) -> usize {
        self.u.capacity() + self.v.capacity()
    }
}

/// Which part of a division is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Quotient,
    Remainder,
}

/// Quotient or remainder of `a` by `b`, which is not zero.
pub(super) fn divide(
    out: &mut Vec<u64>,
    space: &mut DivisionSpace,
    a: &[u64],
    b: &[u64],
    part: Part,
) {
    out.clear();
    if compare(a, b) == Ordering::Less {
        if part == Part::Remainder {
            out.extend_from_slice(a);
        }
        return;
    }
    match b {
        [] => {}
        [d] => {
            let remainder = divide_by_digit(out, a, *d, part);
            if part == Part::Remainder && remainder != 0 {
                out.push(remainder);
            }
        }
        [.., next, top] => divide_long(out, space, a, b, [*next, *top], part),
    }
    trim(out);
}

fn divide_by_digit(out: &mut Vec<u64>, a: &[u64], d: u64, part: Part) -> u64 {
    if let [x] = a {
        if part == Part::Quotient {
            out.push(x / d);
        }
        return x % d;
    }
    let shift = d.leading_zeros();
    let d = d << shift;
    let inverse = reciprocal(d);
    if part == Part::Quotient {
        out.resize(a.len(), 0);
    }
    // The dividend is shifted on the way: each digit takes the upper bits of the one below.
    let upper = |x: u64| if shift == 0 { 0 } else { x >> (64 - shift) };
    let mut above = a.last().copied().unwrap_or(0);
    let mut remainder = upper(above);
    for i in (0..a.len()).rev() {
        let below = if i == 0 { 0 } else { a[i - 1] };
        let (q, r) = divide_2_by_1(remainder, above << shift | upper(below), d, inverse);
        remainder = r;
        above = below;
        if part == Part::Quotient {
            out[i] = q;
        }
    }
    remainder >> shift
}

fn divide_long(
    out: &mut Vec<u64>,
    space: &mut DivisionSpace,
    a: &[u64],
    b: &[u64],
    [next, top]: [u64; 2],
    part: Part,
) {
    let shift = top.leading_zeros();
    let n = b.len();
    let (u, v) = (&mut space.u, &mut space.v);
    v.clear();
    v.extend_from_slice(b);
    shift_up(v, shift);
    u.clear();
    u.extend_from_slice(a);
    let carry = shift_up(u, shift);
    u.push(carry);
    let below = if n > 2 { b[n - 3] } else { 0 };
    let lower = |x: u64, y: u64| match shift {
        0 => x,
        _ => x << shift | y >> (64 - shift),
    };
    let (d1, d0) = (lower(top, next), lower(next, below));
    let inverse = reciprocal_of_two(d1, d0);
    let rounds = u.len() - n;
    if part == Part::Quotient {
        out.resize(rounds, 0);
    }
    for j in (0..rounds).rev() {
        let window = &mut u[j..=j + n];
        let (u2, u1, u0) = (window[n], window[n - 1], window[n - 2]);
        let mut q = if u2 == d1 && u1 == d0 {
            u64::MAX
        } else {
            quotient_3_by_2(u2, u1, u0, d1, d0, inverse)
        };
        if q != 0 && subtract_product(window, v, q) {
            // One too many; this is rare.
            q -= 1;
            add_back(window, v);
        }
        if part == Part::Quotient {
            out[j] = q;
        }
    }
    if part == Part::Remainder {
        u.truncate(n);
        shift_down(u, shift);
        out.extend_from_slice(u);
    }
}

/// `window -= v * q`; true if that went below zero.
fn subtract_product(window: &mut [u64], v: &[u64], q: u64) -> bool {
    let (low, high) = window.split_at_mut(v.len());
    let (mut carry, mut borrow) = (0, false);
    for (x, y) in low.iter_mut().zip(v) {
        let product;
        (product, carry) = y.carrying_mul(q, carry);
        (*x, borrow) = x.borrowing_sub(product, borrow);
    }
    let mut below = false;
    for x in high.iter_mut().take(1) {
        (*x, below) = x.borrowing_sub(carry, borrow);
    }
    below
}

fn add_back(window: &mut [u64], v: &[u64]) {
    let (low, high) = window.split_at_mut(v.len());
    let mut carry = false;
    for (x, y) in low.iter_mut().zip(v) {
        (*x, carry) = x.carrying_add(*y, carry);
    }
    for x in high.iter_mut().take(1) {
        *x = x.wrapping_add(u64::from(carry));
    }
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
    let mut q = q1.wrapping_add(1);
    let mut r = u0.wrapping_sub(q.wrapping_mul(d));
    if r > q0 {
        q = q.wrapping_sub(1);
        r = r.wrapping_add(d);
    }
    if r >= d {
        q = q.wrapping_add(1);
        r -= d;
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
