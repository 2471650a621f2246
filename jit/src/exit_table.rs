//! Exits as they are kept with installed code: packed, because there are many and nearly all are never taken.
//!
//! ```text
//! rows      reason, origin, throws, where the state is    8 bytes an exit
//! states    frames and objects, variable-length numbers   shared by exits with equal states
//! words     constants, each once
//! ```
//!
//! A row is read as it is; the state is unpacked when its exit is taken.

use crate::code::{Exit, ExitFrame, ExitObject, Unboxed};
use crate::snapshot::Reason;
use rustc_hash::FxHashMap;

/// Functions that a row can tell apart; a snapshot, whose callees have 4,000 words together, never has as many.
const MAX_FUNCTION: usize = 1 << 12;
/// Words of the longest function whose instructions a row can tell apart.
const MAX_PC: u32 = 1 << 20;
/// Bytes of the states that a row can find.
const MAX_STATES: usize = 1 << 23;

/// The exits of one code.
#[derive(Clone, Debug, Default)]
pub struct ExitTable {
    rows: Box<[Row]>,
    states: Box<[u8]>,
    words: Box<[u64]>,
}

/// What is known of an exit without unpacking its state.
///
/// ```text
/// state:23 | pc:20 | function:12 | throws:1 | met:3 | reason:5
/// ```
///
/// `state` is the offset in the states, `pc` the word offset of the origin.
#[derive(Clone, Copy, Debug)]
struct Row(u64);

/// Why an exit is taken, and where its check comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExitHead {
    /// Why.
    pub reason: Reason,
    /// Index in `Snapshot::functions` and word offset.
    pub origin: (usize, u32),
    /// See [`Exit::met`].
    pub met: u8,
}

/// Most that [`Exit::met`] says.
pub const MOST_MET: u8 = 7;

const _: () = assert!(Reason::ALL.len() <= 32);

impl Row {
    fn reason(self) -> Reason {
        // Written from a reason.
        Reason::ALL
            .get((self.0 & 0x1F) as usize)
            .copied()
            .unwrap_or(Reason::Unsupported)
    }
    fn throws(self) -> bool {
        self.0 & 1 << 8 != 0
    }
    fn state(self) -> usize {
        (self.0 >> 41) as usize
    }
    fn head(self) -> ExitHead {
        ExitHead {
            reason: self.reason(),
            origin: (
                (self.0 >> 9) as usize % MAX_FUNCTION,
                (self.0 >> 21) as u32 % MAX_PC,
            ),
            met: (self.0 >> 5) as u8 & MOST_MET,
        }
    }
}

/// Packs states.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    words: Vec<u64>,
    word_index: FxHashMap<u64, u32>,
}

impl Writer {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }
    fn word(&mut self, word: u64) {
        let next = self.words.len() as u32;
        let index = *self.word_index.entry(word).or_insert(next);
        if index == next {
            self.words.push(word);
        }
        self.number(u64::from(index));
    }
    fn list<T>(&mut self, list: &[T], mut item: impl FnMut(&mut Writer, &T)) {
        self.number(list.len() as u64);
        for one in list {
            item(self, one);
        }
    }
    fn frame(&mut self, frame: &ExitFrame) {
        let ExitFrame {
            function,
            base,
            pc,
            return_pc,
            info,
            constants,
            unboxed,
            objects,
        } = frame;
        self.number(*function as u64);
        for n in [base, pc, return_pc] {
            self.number(u64::from(*n));
        }
        self.word(*info);
        self.list(constants, |w, &(register, bits)| {
            w.number(u64::from(register));
            w.word(bits);
        });
        // Registers and representations in one number.
        self.list(unboxed, |w, &(register, how)| {
            w.number(u64::from(register) << 2 | how as u64);
        });
        self.list(objects, |w, &(register, object)| {
            w.number(u64::from(register));
            w.number(u64::from(object));
        });
    }
    fn object(&mut self, object: &ExitObject) {
        let ExitObject {
            size,
            header,
            words,
            fields,
        } = object;
        self.number(u64::from(*size));
        self.word(*header);
        self.list(words, |w, &(offset, bits)| {
            w.number(zigzag(offset));
            w.word(bits);
        });
        self.list(fields, |w, &(offset, at)| {
            w.number(zigzag(offset));
            w.number(u64::from(at));
        });
    }
}

fn zigzag(n: i32) -> u64 {
    u64::from(((n << 1) ^ (n >> 31)) as u32)
}

fn unzigzag(n: u64) -> i32 {
    let n = n as u32;
    (n >> 1) as i32 ^ -((n & 1) as i32)
}

/// Unpacks what [`Writer`] packed.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    words: &'a [u64],
}

impl Reader<'_> {
    fn number(&mut self) -> u64 {
        let (mut n, mut shift) = (0, 0);
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            n |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 || shift > 63 {
                break;
            }
        }
        n
    }
    fn small(&mut self) -> u32 {
        self.number() as u32
    }
    fn word(&mut self) -> u64 {
        let i = self.number() as usize;
        self.words.get(i).copied().unwrap_or(0)
    }
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.number()).map(|_| item(self)).collect()
    }
    fn frame(&mut self) -> ExitFrame {
        ExitFrame {
            function: self.number() as usize,
            base: self.small(),
            pc: self.small(),
            return_pc: self.small(),
            info: self.word(),
            constants: self.list(|r| (r.small(), r.word())),
            unboxed: self.list(|r| {
                let n = r.small();
                let how = match n & 3 {
                    0 => Unboxed::Int32,
                    1 => Unboxed::Float64,
                    _ => Unboxed::Bool,
                };
                (n >> 2, how)
            }),
            objects: self.list(|r| (r.small(), r.small())),
        }
    }
    fn object(&mut self) -> ExitObject {
        ExitObject {
            size: self.small(),
            header: self.word(),
            words: self.list(|r| (unzigzag(r.number()), r.word())),
            fields: self.list(|r| (unzigzag(r.number()), r.small())),
        }
    }
}

impl ExitTable {
    /// Packs exits; `None` if there is too much of them.
    pub fn new(exits: &[Exit]) -> Option<ExitTable> {
        let mut writer = Writer::default();
        let mut known: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
        let mut rows = Vec::with_capacity(exits.len());
        for exit in exits {
            let Exit {
                frames,
                reason,
                origin: (function, pc),
                met,
                throws,
                objects,
            } = exit;
            let start = writer.bytes.len();
            writer.list(frames, Writer::frame);
            writer.list(objects, Writer::object);
            let state = match known.get(&writer.bytes[start..]) {
                Some(&state) => {
                    writer.bytes.truncate(start);
                    state
                }
                None => {
                    known.insert(writer.bytes[start..].to_vec(), start);
                    start
                }
            };
            if *function >= MAX_FUNCTION || *pc >= MAX_PC || state >= MAX_STATES {
                return None;
            }
            let met = if *met > MOST_MET { 0 } else { *met };
            rows.push(Row((state as u64) << 41
                | u64::from(*pc) << 21
                | (*function as u64) << 9
                | u64::from(*throws) << 8
                | u64::from(met) << 5
                | *reason as u64));
        }
        Some(ExitTable {
            rows: rows.into(),
            states: writer.bytes.into(),
            words: writer.words.into(),
        })
    }
    /// Number of exits.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// The exit of a number.
    pub fn get(&self, number: usize) -> Option<Exit> {
        let row = *self.rows.get(number)?;
        let mut reader = Reader {
            bytes: &self.states,
            at: row.state(),
            words: &self.words,
        };
        let ExitHead {
            reason,
            origin,
            met,
        } = row.head();
        Some(Exit {
            frames: reader.list(Reader::frame),
            objects: reader.list(Reader::object),
            reason,
            origin,
            met,
            throws: row.throws(),
        })
    }
    /// Reasons and origins, by number.
    pub fn heads(&self) -> impl Iterator<Item = ExitHead> + '_ {
        self.rows.iter().map(|row| row.head())
    }
    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.rows) + self.states.len() + size_of_val(&*self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(function: usize, info: u64) -> ExitFrame {
        ExitFrame {
            function,
            base: 300,
            pc: 70_000,
            return_pc: u32::MAX,
            info,
            constants: vec![(9, u64::MAX), (200, 7), (201, u64::MAX)],
            unboxed: vec![
                (10, Unboxed::Int32),
                (11, Unboxed::Float64),
                (12, Unboxed::Bool),
            ],
            objects: vec![(13, 0)],
        }
    }

    fn exit(reason: Reason, throws: bool, frames: Vec<ExitFrame>) -> Exit {
        Exit {
            frames,
            reason,
            origin: (3, 12_345),
            met: if throws { 0 } else { 4 },
            throws,
            objects: vec![ExitObject {
                size: 48,
                header: 0x1234_5678_9ABC_DEF0,
                words: vec![(-1, 5), (i32::MIN, 6), (i32::MAX, u64::MAX)],
                fields: vec![(16, 400), (-8, 0)],
            }],
        }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let exits: Vec<Exit> = Reason::ALL
            .iter()
            .enumerate()
            .map(|(i, reason)| {
                let frames = (0..i % 4).map(|n| frame(n, (n as u64) << 40)).collect();
                exit(*reason, i % 2 == 0, frames)
            })
            .collect();
        let table = ExitTable::new(&exits).unwrap();
        assert_eq!(table.len(), exits.len());
        for (i, (exit, head)) in exits.iter().zip(table.heads()).enumerate() {
            assert_eq!(format!("{exit:?}"), format!("{:?}", table.get(i).unwrap()));
            assert_eq!((exit.reason, exit.origin), (head.reason, head.origin));
            assert_eq!(exit.met, head.met);
        }
        assert!(table.get(exits.len()).is_none());
        assert!(ExitTable::default().is_empty());
    }

    #[test]
    fn rows_have_limits() {
        let at = |function, pc| Exit {
            origin: (function, pc),
            ..exit(Reason::NotInt, true, Vec::new())
        };
        let last = (MAX_FUNCTION - 1, MAX_PC - 1);
        let table = ExitTable::new(&[at(last.0, last.1)]).unwrap();
        let back = table.get(0).unwrap();
        assert_eq!((back.origin, back.throws), (last, true));
        assert!(ExitTable::new(&[at(MAX_FUNCTION, 0)]).is_none());
        assert!(ExitTable::new(&[at(0, MAX_PC)]).is_none());
    }

    #[test]
    fn equal_states_are_kept_once() {
        let one = [exit(Reason::NotInt, false, vec![frame(0, 1), frame(1, 2)])];
        let many: Vec<Exit> = (0..100)
            .map(|i| Exit {
                origin: (0, i),
                ..one[0].clone()
            })
            .collect();
        let (one, many) = (
            ExitTable::new(&one).unwrap(),
            ExitTable::new(&many).unwrap(),
        );
        assert_eq!(many.bytes(), one.bytes() + 99 * size_of::<Row>());
    }
}
