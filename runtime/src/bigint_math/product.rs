//! Products, digit by digit: for lengths that other ways do not pay for.
//!
//! Four digits of the shorter factor are multiplied with the longer one in one pass, which are four chains of carries at the
//! same time, and a quarter of the loads and stores.

use super::magnitude::significant;

/// `a * b`; `out` has as many digits as both together.
pub(super) fn mul(out: &mut [u64], a: &[u64], b: &[u64]) -> usize {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let size = a.len() + b.len();
    let out = &mut out[..size];
    match short {
        [] => return 0,
        [1] => {
            out[..long.len()].copy_from_slice(long);
            return long.len();
        }
        [f] => {
            out[long.len()] = row_1::<true>(out, long, *f);
        }
        // The cross products alone would be half of the work.
        _ if long.len() > 3 && std::ptr::eq(a, b) => square(out, a),
        _ => rows(out, long, short),
    }
    significant(out)
}

fn rows(out: &mut [u64], long: &[u64], short: &[u64]) {
    let (fours, rest) = short.as_chunks::<4>();
    let (twos, ones) = rest.as_chunks::<2>();
    let mut at = 0;
    for f in fours {
        match at {
            0 => row_4::<true>(out, long, *f),
            _ => row_4::<false>(&mut out[at..], long, *f),
        }
        at += 4;
    }
    for f in twos {
        match at {
            0 => row_2::<true>(out, long, *f, 0),
            _ => row_2::<false>(&mut out[at..], long, *f, 0),
        }
        at += 2;
    }
    for f in ones {
        let row = &mut out[at..];
        row[long.len()] = row_1::<false>(row, long, *f);
    }
}

/// The square: each product of two different digits once, doubled, and the squares of the digits.
fn square(out: &mut [u64], a: &[u64]) {
    let last = out.len() - 1;
    (out[0], out[last]) = (0, 0);
    let (pairs, _) = a.as_chunks::<2>();
    for (i, &[x, y]) in pairs.iter().enumerate() {
        // The two with each other, then both with all that are above them.
        let (above, row) = (&a[2 * i + 2..], &mut out[4 * i + 1..]);
        let before = if i == 0 { 0 } else { row[0] };
        let carry;
        (row[0], carry) = x.carrying_mul_add(y, before, 0);
        match i {
            0 => row_2::<true>(&mut row[1..], above, [x, y], carry),
            _ => row_2::<false>(&mut row[1..], above, [x, y], carry),
        }
    }
    double_and_add_squares(out, a);
}

fn double_and_add_squares(out: &mut [u64], a: &[u64]) {
    let (mut carry, mut below) = (false, 0);
    for (x, pair) in a.iter().zip(out.as_chunks_mut::<2>().0) {
        let (low, high) = x.carrying_mul(*x, 0);
        let doubled = [pair[0] << 1 | below >> 63, pair[1] << 1 | pair[0] >> 63];
        below = pair[1];
        (pair[0], carry) = doubled[0].carrying_add(low, carry);
        (pair[1], carry) = doubled[1].carrying_add(high, carry);
    }
}

/// `long * f`, which is added to what `out` holds unless that is the `FIRST` row, and gives the digit above.
#[inline(always)]
fn row_1<const FIRST: bool>(out: &mut [u64], long: &[u64], f: u64) -> u64 {
    let mut carry = 0;
    for (o, x) in out.iter_mut().zip(long) {
        let before = if FIRST { 0 } else { *o };
        (*o, carry) = x.carrying_mul_add(f, before, carry);
    }
    carry
}

/// The same with two digits; the two digits above are set. `carry` comes from below.
#[inline(always)]
fn row_2<const FIRST: bool>(out: &mut [u64], long: &[u64], f: [u64; 2], carry: u64) {
    let (low, high) = out.split_at_mut(long.len());
    let (mut c0, mut c1, mut below) = (carry, 0, 0u64);
    for (o, x) in low.iter_mut().zip(long) {
        let before = if FIRST { 0 } else { *o };
        let t;
        (t, c0) = x.carrying_mul_add(f[0], before, c0);
        (*o, c1) = below.carrying_mul_add(f[1], t, c1);
        below = *x;
    }
    (high[0], high[1]) = below.carrying_mul_add(f[1], c0, c1);
}

/// The same with four digits.
#[inline(always)]
fn row_4<const FIRST: bool>(out: &mut [u64], long: &[u64], f: [u64; 4]) {
    let (low, high) = out.split_at_mut(long.len());
    let mut c = [0; 4];
    // The digits of `long` before the current one.
    let [mut x1, mut x2, mut x3] = [0u64; 3];
    let mut t;
    for (o, x) in low.iter_mut().zip(long) {
        let before = if FIRST { 0 } else { *o };
        (t, c[0]) = x.carrying_mul_add(f[0], before, c[0]);
        (t, c[1]) = x1.carrying_mul_add(f[1], t, c[1]);
        (t, c[2]) = x2.carrying_mul_add(f[2], t, c[2]);
        (*o, c[3]) = x3.carrying_mul_add(f[3], t, c[3]);
        (x3, x2, x1) = (x2, x1, *x);
    }
    (t, c[1]) = x1.carrying_mul_add(f[1], c[0], c[1]);
    (t, c[2]) = x2.carrying_mul_add(f[2], t, c[2]);
    (high[0], c[3]) = x3.carrying_mul_add(f[3], t, c[3]);
    (t, c[2]) = x1.carrying_mul_add(f[2], c[1], c[2]);
    (high[1], c[3]) = x2.carrying_mul_add(f[3], t, c[3]);
    (high[2], high[3]) = x1.carrying_mul_add(f[3], c[2], c[3]);
}
