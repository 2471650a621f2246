//! Words of native frames that hold nothing: collections, which scan the native stack conservatively, would keep what they name as
//! long as the frame exists.
//!
//! The code generator gives spilled values words of the frame. Before they are written they hold what earlier calls left there:
//! code in front of a function's clears the frame that the function is about to make. (The function cannot do it: which
//! words these are is known once its registers are given out.) And after an exit none of them is needed, while the
//! interpreter may go on for long: exits say where they are.

use super::target::Output;
use cranelift_codegen::ir::StackSlot;

/// The most that is cleared, in bytes: what compiled code may use below the limit of the native stack before it looks at it.
#[cfg(target_arch = "x86_64")]
const MOST: u32 = 4096;
/// Up to so many bytes are cleared one after the other, more of them in a loop.
#[cfg(target_arch = "x86_64")]
const UNROLLED: u32 = 256;

/// Bytes of the explicit slot below the spilled values: the number of an exit, and what is needed behind it.
pub(super) const PLACE: u32 = 16;
/// The most that the prologue saves at the high end of the frame: the registers that callers want back. In bytes.
const SAVED: u32 = 48;

/// How many words above the slot `place`, the last that the function made, hold spilled values.
pub(super) fn spilled(output: &Output, place: StackSlot) -> u32 {
    let Some(frame) = &output.frame else {
        return 0;
    };
    let from = frame.stackslots[place].offset + PLACE;
    // What other systems save is more, and differs.
    let to = match cfg!(all(target_arch = "x86_64", unix)) {
        true => frame.frame_to_fp_offset.saturating_sub(SAVED),
        false => 0,
    };
    to.saturating_sub(from) / 8
}

/// Puts code in front of the function's that clears the words below the return address that the function will use.
pub(super) fn clear_before(output: &mut Output) {
    let Some(frame) = &output.frame else {
        return;
    };
    // The caller's frame pointer lies above.
    put_before(
        &mut output.bytes,
        output.alignment,
        frame.frame_to_fp_offset + 8,
    );
}

/// Puts code in front of `code` that clears `frame` bytes below the return address. What `code` begins with stays aligned.
#[cfg(target_arch = "x86_64")]
fn put_before(code: &mut Vec<u8>, alignment: usize, frame: u32) {
    let mut clear = vec![0x0F, 0x57, 0xC0]; // xorps xmm0, xmm0
    if frame <= UNROLLED {
        for below in (16..=frame.next_multiple_of(16)).step_by(16) {
            // movups [rsp - below], xmm0
            match i8::try_from(-(below as i32)) {
                Ok(near) => clear.extend([0x0F, 0x11, 0x44, 0x24, near as u8]),
                Err(_) => {
                    clear.extend([0x0F, 0x11, 0x84, 0x24]);
                    clear.extend((-(below as i32)).to_le_bytes());
                }
            }
        }
    } else {
        let below = frame.min(MOST).next_multiple_of(32) as i32;
        // lea rax, [rsp - below]
        clear.extend([0x48, 0x8D, 0x84, 0x24]);
        clear.extend((-below).to_le_bytes());
        let next = clear.len();
        clear.extend([0x0F, 0x11, 0x00]); // movups [rax], xmm0
        clear.extend([0x0F, 0x11, 0x40, 0x10]); // movups [rax + 16], xmm0
        clear.extend([0x48, 0x83, 0xC0, 0x20]); // add rax, 32
        clear.extend([0x48, 0x39, 0xE0]); // cmp rax, rsp
        let back = (clear.len() + 2 - next) as u8;
        clear.extend([0x72, back.wrapping_neg()]); // jb next
    }
    let room = clear.len().next_multiple_of(alignment.max(1)) - clear.len();
    match room {
        0 => {}
        1 => clear.push(NOP),
        // A jump over the rest; alignments are far below 128.
        _ => {
            clear.extend([0xEB, (room - 2) as u8]);
            clear.resize(clear.len() + room - 2, NOP);
        }
    }
    code.splice(..0, clear);
}

/// One byte that does nothing.
#[cfg(target_arch = "x86_64")]
const NOP: u8 = 0x90;

/// Other machines keep what lies there.
#[cfg(not(target_arch = "x86_64"))]
fn put_before(_code: &mut Vec<u8>, _alignment: usize, _frame: u32) {}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn code_stays_aligned_behind_what_clears() {
        for frame in [8, 16, 40, 120, 128, 136, 1000, 100_000] {
            for alignment in [1, 16, 32, 64] {
                let mut code = vec![0xC3];
                put_before(&mut code, alignment, frame);
                assert_eq!((code.len() - 1) % alignment, 0, "{frame}, {alignment}");
                assert_eq!(code.last(), Some(&0xC3));
            }
        }
    }

    #[test]
    fn small_frames_are_cleared_whole() {
        let mut code = Vec::new();
        put_before(&mut code, 1, 24);
        assert_eq!(
            code,
            [
                0x0F, 0x57, 0xC0, 0x0F, 0x11, 0x44, 0x24, 0xF0, 0x0F, 0x11, 0x44, 0x24, 0xE0
            ]
        );
    }
}
