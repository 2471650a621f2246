//! Magnitudes: slices of 64-bit digits, least significant first, without zeros at the end.
//!
//! Every function writes its result into memory of the caller's, in one pass over the operands where that is possible, and
//! says how many digits the result has. Nothing here allocates. Products are in `product`, quotients in `division`.

use std::cmp::Ordering;

/// Number of digits without the zeros at the end.
#[inline]
pub(super) fn significant(digits: &[u64]) -> usize {
    digits.iter().rposition(|d| *d != 0).map_or(0, |i| i + 1)
}

/// Number of bits.
#[inline]
pub fn bits(digits: &[u64]) -> u64 {
    match digits.last() {
        None => 0,
        Some(top) => digits.len() as u64 * 64 - u64::from(top.leading_zeros()),
    }
}

/// The order of two magnitudes.
#[inline]
pub(super) fn compare(a: &[u64], b: &[u64]) -> Ordering {
    if a.len() != b.len() {
        return a.len().cmp(&b.len());
    }
    let different = a.iter().zip(b).rev().find(|(x, y)| x != y);
    different.map_or(Ordering::Equal, |(x, y)| x.cmp(y))
}

/// `a + b`; `out` has one digit more than the longer of them.
pub(super) fn add(out: &mut [u64], a: &[u64], b: &[u64]) -> usize {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let (low, high) = long.split_at(short.len());
    let (out_low, out_high) = out.split_at_mut(short.len());
    let carry = add_same(out_low, low, short);
    let carry = step(out_high, high, carry, u64::overflowing_add);
    out_high[high.len()] = u64::from(carry);
    long.len() + usize::from(carry)
}

/// `a - b`, where `a` is not less than `b`; `out` has as many digits as `a`.
pub(super) fn sub(out: &mut [u64], a: &[u64], b: &[u64]) -> usize {
    let (low, high) = a.split_at(b.len().min(a.len()));
    let (out_low, out_high) = out.split_at_mut(low.len());
    let borrow = sub_same(out_low, low, b);
    step(out_high, high, borrow, u64::overflowing_sub);
    significant(&out[..a.len()])
}

/// Sum of as many digits as `a` and `b` both have, four at a time, so that the carry can stay where the processor has it.
#[inline]
fn add_same(out: &mut [u64], a: &[u64], b: &[u64]) -> bool {
    let mut carry = false;
    let (o4, o1) = out.as_chunks_mut::<4>();
    let ((a4, a1), (b4, b1)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    for ((o, x), y) in o4.iter_mut().zip(a4).zip(b4) {
        for i in 0..4 {
            (o[i], carry) = x[i].carrying_add(y[i], carry);
        }
    }
    for ((o, x), y) in o1.iter_mut().zip(a1).zip(b1) {
        (*o, carry) = x.carrying_add(*y, carry);
    }
    carry
}

/// As [`add_same`], for the difference.
#[inline]
fn sub_same(out: &mut [u64], a: &[u64], b: &[u64]) -> bool {
    let mut borrow = false;
    let (o4, o1) = out.as_chunks_mut::<4>();
    let ((a4, a1), (b4, b1)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    for ((o, x), y) in o4.iter_mut().zip(a4).zip(b4) {
        for i in 0..4 {
            (o[i], borrow) = x[i].borrowing_sub(y[i], borrow);
        }
    }
    for ((o, x), y) in o1.iter_mut().zip(a1).zip(b1) {
        (*o, borrow) = x.borrowing_sub(*y, borrow);
    }
    borrow
}

/// Passes a carry (or borrow) on through `from`, which is copied from where it ends.
#[inline]
fn step(out: &mut [u64], from: &[u64], mut carry: bool, by: fn(u64, u64) -> (u64, bool)) -> bool {
    for (i, x) in from.iter().enumerate() {
        if !carry {
            out[i..from.len()].copy_from_slice(&from[i..]);
            return false;
        }
        (out[i], carry) = by(*x, 1);
    }
    carry
}

/// `a << count`; `out` has `count / 64 + 1` digits more than `a`.
pub(super) fn shl(out: &mut [u64], a: &[u64], count: u64) -> usize {
    let (words, bits) = ((count / 64) as usize, (count % 64) as u32);
    let (zeros, out) = out.split_at_mut(words);
    zeros.fill(0);
    if bits == 0 {
        out[..a.len()].copy_from_slice(a);
        return words + a.len();
    }
    let mut below = 0;
    for (o, x) in out.iter_mut().zip(a) {
        *o = x << bits | below >> (64 - bits);
        below = *x;
    }
    out[a.len()] = below >> (64 - bits);
    words + a.len() + usize::from(out[a.len()] != 0)
}

/// `a >> count`, and whether a bit that was set fell off; `out` has as many digits as `a`.
pub(super) fn shr(out: &mut [u64], a: &[u64], count: u64) -> (usize, bool) {
    let words = (count / 64).min(a.len() as u64) as usize;
    let bits = (count % 64) as u32;
    let (lost, rest) = a.split_at(words);
    let inexact = lost.iter().any(|d| *d != 0);
    if bits == 0 {
        out[..rest.len()].copy_from_slice(rest);
        return (rest.len(), inexact);
    }
    let Some(first) = rest.first() else {
        return (0, inexact);
    };
    let above = rest[1..].iter().chain(&[0]);
    for ((o, x), next) in out.iter_mut().zip(rest).zip(above) {
        *o = x >> bits | next << (64 - bits);
    }
    let inexact = inexact || first << (64 - bits) != 0;
    (significant(&out[..rest.len()]), inexact)
}
