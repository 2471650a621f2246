//! When functions and loops are compiled, and when compiled code is given up.
//!
//! A code's budget counts down by calls and back edges. First it pays for feedback, then for a compile. Exits are recorded
//! where the failed check comes from, so that the next compile does not make the same guess; code that exits often is
//! discarded, and the next budget is larger.

use super::log::{Event, Inlined, Site, Summary, Unit};
use super::{
    FunctionRef, FunctionTier, Installed, Pending, Slot, aging, queue, stats, with, worker,
};
use crate::frame::{FLAG_LOOPED, FLAG_RESUMED, Frame, INFO};
use crate::vm::vm;
use sarus_bytecode::{Op, opcodes::flags};
use sarus_gc::{Gc, note};
use sarus_jit::snapshot::{Inlining, Reason, ReasonSet, operand};
use sarus_jit::{Decline, Exit, ExitTable};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{EntryKind, LinkedCode};
use sarus_runtime::tier::TierOptions;
use sarus_runtime::value::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Budget before a compile, by words of bytecode up to which it applies.
const BUDGETS: &[(usize, i32)] = &[
    (100, 1_500),
    (500, 3_000),
    (2_000, 8_000),
    (usize::MAX, 20_000),
];
/// Budget that is practically infinite.
const NEVER: i32 = 1 << 30;
/// Budget after which an answer of the compiler is looked for.
const POLL: i32 = 400;
/// Budget before a loop for which there is code is entered.
const LOOP: i32 = 40;
/// Budget that is left at most after an exit from a loop's code: usually the loop goes on,
const AFTER_LOOP_EXIT: i32 = 10;
/// and from a function's code: the activation may be in a loop for long.
const AFTER_EXIT: i32 = 60;
/// Budgets are doubled by every compile of the function, up to this many times.
const MAX_DOUBLINGS: u32 = 12;
/// So many entries and rounds of loops of its warm code, and a function is hot.
const HOT: u32 = 20_000;
/// A hot function's compile waits for others as if it were larger by so many words: there is code for it.
const HOT_WORDS: usize = 400;
/// With so many codes a program is large.
const MANY_CODES: u32 = 100;
/// A declined compile is tried again after this many budgets.
const DECLINED: u32 = 256;
/// One for which there was no room, after this many.
const DECLINED_FOR_ROOM: u32 = 8;
/// Weight of exits after which code is compiled again, doubled by every compile for that entry of the function. The old code is used until the
/// new one is there: a pass through the interpreter is what it saves.
const MAX_EXIT_WEIGHT: u32 = 8;
/// And one more for so many of its instructions: the larger the code, the longer a compile takes, and the longer that waits, the more
/// it knows.
const INSTRUCTIONS_PER_EXIT: u32 = 4;
/// So many times that weight of exits, and code is not waited for any more.
const MAX_PATIENCE: u32 = 16;
/// Compiled code, with what is known of it, takes at most so many times the bytecode of its functions …
const CODE_PER_BYTECODE: usize = 3;
/// … and so many bytes, less those by which it may grow before that is looked at again.
const ALLOWANCE: usize = (4 << 20) - (256 << 10);
/// With less room than this nothing is inlined.
const ROOM_FOR_INLINING: usize = 512 << 10;
/// With less room than this, code is looked at for what is not used,
const ROOM_TO_AGE: usize = 2 << 20;
/// and with less than this it makes room,
const ROOM_TO_KEEP: usize = 1 << 20;
/// so much that the next codes find some.
const ROOM_TO_MAKE: usize = 512 << 10;
/// Compiles for which the room is not looked up.
const ROOM_HOLDS: u32 = 7;
/// Retired codes that are kept until the next collection.
pub const KEPT_CODES: usize = 16;
/// Weight of the exits of code that had not run: it warms up meanwhile.
const NOT_SEEN_WEIGHT: u32 = 4;

/// The budget of a code of so many words that was compiled so many times.
fn budget(options: &TierOptions, words: usize, compiles: u32, random: impl Fn() -> u64) -> i32 {
    let base = if options.always {
        1
    } else if options.random_thresholds {
        1 + (random() % 200) as i32
    } else {
        let row = BUDGETS.iter().find(|(limit, _)| words <= *limit);
        row.map_or(NEVER, |(_, budget)| *budget)
    };
    let factor = 1_i32 << compiles.min(MAX_DOUBLINGS);
    base.saturating_mul(factor).min(NEVER)
}

/// A pseudo-random number.
fn random(agent: &Agent) -> u64 {
    let state = &vm(agent).tier.random;
    let mut x = state.get();
    if x == 0 {
        x = agent.options.tier.seed.wrapping_mul(2).wrapping_add(1);
    }
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    state.set(x);
    x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32
}

/// Gives a code a budget.
pub fn grant(agent: &Agent, code: Gc<LinkedCode>, budget: i32) {
    if agent.options.tier.explain {
        vm(agent).tier.profile.grant(code, budget);
    } else {
        code.budget.set(budget);
    }
}

/// Counts a call, or a back edge to a loop header, if anyone wants to know; true if the code's budget is spent.
fn is_spent(agent: &Agent, code: Gc<LinkedCode>, header: Option<u32>) -> bool {
    !agent.options.tier.explain || vm(agent).tier.profile.tick(code, header)
}

/// Starts the next budget of a code.
pub fn refill(agent: &Agent, code: Gc<LinkedCode>) {
    let options = &agent.options.tier;
    if !options.enabled {
        grant(agent, code, NEVER);
        return;
    }
    let words = code.block().words.len();
    let full = |compiles| budget(options, words, compiles, || random(agent));
    let left = if code.tier.borrow().is_none() {
        full(0)
    } else {
        with(code, |t| {
            if !t.pending.is_empty() {
                POLL
            } else if !t.osr.is_empty() {
                if options.stress_osr { 1 } else { LOOP }
            } else {
                full(t.compiles.iter().map(|(_, n)| n).sum())
            }
        })
    };
    if code.tier.borrow().is_some() {
        with(code, |t| {
            t.granted = left.unsigned_abs();
            t.left = None;
        });
    }
    grant(agent, code, left);
}

/// Whether the loop at a header whose budget is spent is worth code of its own. An activation that loops for long is; of one
/// that is seen looping for the first time that is not known, and if others were before, the function is worth code: a compile
/// for every loop of a function that is called again and again would be wasted.
fn is_long(agent: &mut Agent, header: Frame) -> bool {
    let options = &agent.options.tier;
    if options.always || options.stress_osr || options.random_thresholds {
        return true;
    }
    let code = header.code();
    if with(code, |t| t.asked) {
        return true;
    }
    let needed = budget(options, code.block().words.len(), 0, || 0).unsigned_abs() / 2;
    let info = header.info();
    if info & FLAG_LOOPED != 0 {
        return with(code, |t| {
            let at = header.offset();
            let i = t.heat.iter().position(|(header, _)| *header == at);
            let i = i.unwrap_or_else(|| {
                t.heat.push((at, 0));
                t.heat.len() - 1
            });
            // A loop that follows the one that was left has yet to run (the loops around that one begin before it): it gets a
            // budget to tell what it does.
            let follows = t.left.is_some_and(|left| at > left);
            let heat = &mut t.heat[i].1;
            *heat = match follows {
                true => needed.saturating_sub(1),
                false => heat.saturating_add(t.granted),
            };
            *heat >= needed
        });
    }
    header.set(INFO, Value::from_bits(info | FLAG_LOOPED));
    if with(code, |t| std::mem::replace(&mut t.looped, true)) && code.entry() != EntryKind::Compiled
    {
        request(agent, code, None, 0);
    }
    false
}

/// A call found no budget left: the code gets its caches, or is compiled.
#[cold]
#[inline(never)]
pub fn call_budget_spent(agent: &mut Agent, code: Gc<LinkedCode>) {
    if !is_spent(agent, code, None) {
        return;
    }
    if !code.has_feedback() {
        code.allocate_feedback();
    } else if agent.options.tier.enabled {
        collect(agent);
        if code.entry() != EntryKind::Compiled {
            request(agent, code, None, 0);
        }
    }
    refill(agent, code);
}

/// A back edge to the position of `header` found no budget left: the code to go on in, if there is.
#[cold]
#[inline(never)]
pub fn loop_budget_spent(agent: &mut Agent, header: Frame) -> Option<Rc<Installed>> {
    let code = header.code();
    let mut found = None;
    if !is_spent(agent, code, Some(header.offset())) {
        return None;
    }
    if !code.has_feedback() {
        code.allocate_feedback();
    } else if agent.options.tier.enabled {
        collect(agent);
        let resumed = header.info() & FLAG_RESUMED != 0;
        if resumed && code.entry() != EntryKind::Compiled {
            // Most such loops suspend in every round: the compiled function is entered when they go on.
            request(agent, code, None, 0);
            refill(agent, code);
            return None;
        }
        let osr = Some(header.offset());
        let find = || with(code, |t| t.osr.iter().find(|c| c.osr == osr).cloned());
        found = find();
        if let Some(code) = &found {
            code.note_use();
        }
        if found.is_none() && is_long(agent, header) {
            request(agent, code, osr, 0);
            found = find();
        }
    }
    refill(agent, code);
    found
}

/// Code of a loop holds loops around it: their own compiles, if they wait, were asked for before it was there. It is entered
/// before long, and then stays.
fn cover(agent: &Agent, code: Gc<LinkedCode>, entry: Option<u32>) {
    let options = &agent.options.tier;
    if options.always || options.stress_osr || options.random_thresholds {
        return;
    }
    let installed = with(code, |t| t.osr.iter().find(|c| c.osr == entry).cloned());
    let loops = installed.iter().flat_map(|c| &c.loops);
    for osr in loops.map(|header| Some(*header)).filter(|o| *o != entry) {
        if vm(agent).tier.queue.remove((code.addr() as u64, osr)) {
            forget(code, osr);
            with(code, |t| t.heat.retain(|(at, _)| Some(*at) != osr));
        }
    }
}

/// Whether compiles are done where the program runs.
pub fn program_waits(options: &TierOptions) -> bool {
    options.sync || options.always || options.threads == 0
}

/// Asks for a compile of a code, for its start or a loop header, unless that is under way or hopeless. It waits for as many
/// others as if its function were larger by so many words.
fn request(agent: &mut Agent, code: Gc<LinkedCode>, osr: Option<u32>, handicap: usize) {
    if code.is_lazy() {
        return;
    }
    let at_once = with(code, |t| std::mem::take(&mut t.asked));
    if at_once {
        super::control::finalize(agent);
        with(code, |t| {
            t.declined.clear();
            t.hot = true;
        });
    }
    let wanted = with(code, |t| {
        if t.never {
            return false;
        }
        if at_once && t.has(osr) {
            return false;
        }
        if t.pending.contains(&osr) {
            let passed = t.granted.min(POLL.unsigned_abs());
            let compile = (code.addr() as u64, osr);
            vm(agent).tier.queue.advance(compile, passed);
            return false;
        }
        let Some(i) = t.declined.iter().position(|(at, _)| *at == osr) else {
            return true;
        };
        t.declined[i].1 -= 1;
        if t.declined[i].1 > 0 {
            return false;
        }
        t.declined.swap_remove(i);
        true
    });
    if !wanted {
        return;
    }
    if room(agent) == 0 && !at_once {
        with(code, |t| t.declined.push((osr, DECLINED_FOR_ROOM)));
        return;
    }
    with(code, |t| t.pending.push(osr));
    let options = &agent.options.tier;
    if at_once || program_waits(options) {
        queue::start(agent, code, osr, None);
    } else {
        let words = code.block().words.len();
        // Code that keeps exiting is waited for.
        let (size, before) = match with(code, |t| t.has(osr)) {
            true => (0, 0),
            false => (words, budget(options, words, 0, || 0).unsigned_abs()),
        };
        let compile = (code.addr() as u64, osr);
        let dropped = vm(agent).tier.queue.push(compile, size + handicap, before);
        if let Some((code, osr)) = dropped {
            // SAFETY: what waited was traced, and nothing was allocated since.
            let code: Gc<LinkedCode> = unsafe { Gc::from_raw(code as *mut LinkedCode) };
            forget(code, osr);
        }
        queue::feed(agent);
    }
}

/// A compile that was asked for will not be done.
fn forget(code: Gc<LinkedCode>, osr: Option<u32>) {
    with(code, |t| t.pending.retain(|at| *at != osr));
}

/// How much of what a code calls is inlined in a compile for that entry. A loop that is compiled for itself runs long.
pub fn inlining(agent: &Agent, code: Gc<LinkedCode>, osr: Option<u32>) -> Inlining {
    let options = &agent.options.tier;
    if !options.inline || room(agent) <= ROOM_FOR_INLINING {
        return Inlining::Nothing;
    }
    let hot = osr.is_some() || options.always || with(code, |t| t.hot);
    if hot { Inlining::All } else { Inlining::Little }
}

/// Whether a code of that number calls routines: with few codes, most is hot, and no compile waits for long.
pub fn calls_routines(agent: &Agent, inline: Inlining, number: u32) -> bool {
    let many = number >= MANY_CODES || agent.options.tier.random_thresholds;
    inline == Inlining::Little && many
}

/// How often warm code may run before it is hot.
pub fn entries(agent: &Agent) -> u32 {
    match agent.options.tier.random_thresholds {
        true => 1 + (random(agent) % 500) as u32,
        false => HOT,
    }
}

/// A code has run so often that it is worth another compile.
pub fn is_hot(agent: &mut Agent, code: Gc<LinkedCode>) {
    let first = with(code, |t| {
        // A compile under way may not know yet that the code is hot: then it counts once more.
        let waits = t.pending.contains(&None);
        if let Some(entries) = &t.entries {
            entries.set(if waits { HOT } else { NEVER.unsigned_abs() });
        }
        !waits && !std::mem::replace(&mut t.hot, true)
    });
    if first {
        let words = code.block().words.len();
        request(agent, code, None, words + HOT_WORDS);
    }
}

/// Bytes by which compiled code may grow, looked up now and then.
fn room(agent: &Agent) -> usize {
    let (left, room) = vm(agent).tier.room.get();
    if left > 0 {
        vm(agent).tier.room.set((left - 1, room));
        return room;
    }
    let m = stats::memory(agent);
    let allowed = CODE_PER_BYTECODE * m.bytecode + ALLOWANCE;
    let mut room = allowed.saturating_sub(m.code + m.metadata);
    if room < ROOM_TO_AGE {
        let tier = &vm(agent).tier;
        tier.aging.pass(tier);
    }
    if room < ROOM_TO_KEEP {
        room += aging::make_room(agent, ROOM_TO_KEEP + ROOM_TO_MAKE - room);
    }
    vm(agent).tier.room.set((ROOM_HOLDS, room));
    room
}

/// Gives a pattern to the compiling threads; back if there are none.
pub fn hand_over_regexp(agent: &Agent, job: super::regexp::Job) -> Option<super::regexp::Job> {
    if agent.options.tier.threads == 0 {
        return Some(job);
    }
    match queue::submit(agent, worker::Job::RegExp(job)) {
        Some(worker::Job::RegExp(job)) => Some(job),
        _ => None,
    }
}

/// Waits for an answer of the compiling threads and takes it; false if there will be none.
pub fn wait(agent: &mut Agent) -> bool {
    let worker = vm(agent).tier.worker.borrow();
    let Some(done) = worker.as_ref().and_then(|w| w.wait()) else {
        return false;
    };
    drop(worker);
    take(agent, done);
    queue::feed(agent);
    true
}

/// Takes the answers of the compiling threads, and gives them more to do.
pub fn collect(agent: &mut Agent) {
    while let Some(done) = poll(agent) {
        take(agent, done);
    }
    queue::feed(agent);
}

fn poll(agent: &Agent) -> Option<worker::Done> {
    vm(agent).tier.worker.borrow().as_ref()?.poll()
}

fn take(agent: &mut Agent, done: worker::Done) {
    match done {
        worker::Done::Function(answer) => {
            vm(agent).tier.crowding.end(answer.cpu);
            finish(agent, *answer);
        }
        worker::Done::RegExp(answer) => {
            vm(agent).tier.crowding.end(answer.cpu);
            super::regexp::finish(agent, *answer);
        }
    }
}

/// Puts an answer to use.
pub fn finish(agent: &mut Agent, answer: worker::Answer) {
    let tier = &vm(agent).tier;
    let mut list = tier.pending.borrow_mut();
    let Some(i) = list.iter().position(|p| p.number == answer.number) else {
        return;
    };
    let pending = list.swap_remove(i);
    drop(list);
    // SAFETY: pending compiles keep their code alive, and nothing was allocated since.
    let code: Gc<LinkedCode> = unsafe { Gc::from_raw(pending.code as *mut LinkedCode) };
    let osr = pending.osr;
    with(code, |t| t.pending.retain(|at| *at != osr));
    let unit = || Unit {
        number: answer.number,
        block: code.block_arc(),
        osr,
    };
    tier.log.count(|t| {
        t.compiles += 1;
        t.compile_time += answer.cpu;
        match &answer.result {
            Ok((compiled, _)) => t.instructions += u64::from(compiled.instructions),
            Err(_) => t.declined += 1,
        }
    });
    tier.log.record(agent, || Event::Compiled {
        unit: unit(),
        asked: pending.asked,
        start: answer.start,
        time: answer.time,
        thread: answer.thread,
        result: summary(&answer, &pending.functions),
    });
    if answer
        .result
        .as_ref()
        .is_ok_and(|(_, exits)| is_overtaken(&pending, exits))
        || pending.barriers != tier.barriers.get()
    {
        // Exits taught something meanwhile: the code makes guesses that are known to be wrong. Or it has no write barriers.
        tier.log.count(|t| t.overtaken += 1);
        tier.log.record(agent, || Event::Overtaken { unit: unit() });
        tier.set_slot(answer.number, Slot::Free);
        refill(agent, code);
        return;
    }
    // A function's size is no news the next time.
    let declined = match answer.result {
        Err(Decline::TooBig) => u32::MAX,
        _ => DECLINED,
    };
    let done = match answer.result {
        Ok(compiled) => {
            let text = &compiled.0.text;
            if !text.is_empty() {
                note!("{}", text.trim_end_matches('\n'));
            }
            tier.install(agent, pending, compiled)
        }
        Err(_) => {
            tier.set_slot(answer.number, Slot::Free);
            false
        }
    };
    if done {
        cover(agent, code, osr);
    } else {
        with(code, |t| t.declined.push((osr, declined)));
    }
    refill(agent, code);
}

/// What a compile made of these functions, for the log.
fn summary(answer: &worker::Answer, functions: &[FunctionRef]) -> Result<Summary, String> {
    let (compiled, exits) = match &answer.result {
        Ok(compiled) => compiled,
        Err(why) => return Err(why.to_string()),
    };
    let block = |function: usize| functions.get(function).map(FunctionRef::block);
    let inlined = compiled.inlined.iter().filter_map(|i| {
        Some(Inlined {
            call: Site {
                block: block(i.caller)?,
                pc: i.pc,
            },
            callee: block(i.function)?,
            depth: i.depth,
        })
    });
    Ok(Summary {
        instructions: compiled.instructions,
        bytes: compiled.bytes.len(),
        exits: exits.len(),
        inlined: inlined.collect(),
    })
}

/// Whether the code checks something that is known to fail there since its snapshot was taken.
fn is_overtaken(pending: &Pending, exits: &ExitTable) -> bool {
    exits.heads().any(|exit| {
        let (function, pc) = exit.origin;
        let Some(f) = pending.functions.get(function) else {
            return false;
        };
        // SAFETY: the functions of a pending compile live.
        let code: Gc<LinkedCode> = unsafe { Gc::from_raw(f.cell as *mut LinkedCode) };
        if code.tier.borrow().is_none() {
            return false;
        }
        let fails = |exits: &BTreeMap<u32, ReasonSet>| {
            exits
                .get(&pc)
                .is_some_and(|reasons| reasons.has(exit.reason))
        };
        // A check of all that the site has met by now may hold where one of fewer did not.
        let knows_more = |t: &FunctionTier| {
            let met = t.met.get(&pc).copied().unwrap_or(u8::MAX);
            is_surprise(exit.reason) && exit.met > met
        };
        with(code, |t| fails(&t.exits) && !knows_more(t)) && !fails(&pending.learned[function])
    })
}

/// Whether a check that fails for that reason has come across something that its site may have met since the code was made.
pub fn is_surprise(reason: Reason) -> bool {
    matches!(reason, Reason::WrongShape | Reason::WrongCallee)
}

/// Learns from an exit, and compiles code again that exits too often.
pub fn exited(agent: &mut Agent, code: &Rc<Installed>, exit: &Exit) {
    let (function, pc) = exit.origin;
    if exit.reason == Reason::LoopLeft {
        // The loop around is worth a look: inner ones might use up every budget, so that its turn would never come.
        with(code.root(), |t| {
            t.granted = NEVER.unsigned_abs();
            t.left = code.osr;
        });
        grant(agent, code.root(), 1);
        return;
    }
    if matches!(exit.reason, Reason::Stress | Reason::StackLow) {
        return;
    }
    if let Some(function) = code.functions.get(function) {
        // SAFETY: installed code keeps the codes it refers to alive.
        let origin: Gc<LinkedCode> = unsafe { Gc::from_raw(function.cell as *mut LinkedCode) };
        with(origin, |t| {
            t.exits.entry(pc).or_default().add(exit.reason);
            if is_surprise(exit.reason) {
                let met = t.met.entry(pc).or_default();
                *met = (*met).max(if exit.met == 0 { u8::MAX } else { exit.met });
            }
        });
        widen(origin, pc, exit.reason);
    }
    let (root, most) = match code.is_loop() {
        true => (code.root(), AFTER_LOOP_EXIT),
        false => (code.root(), AFTER_EXIT),
    };
    if root.budget.get() > most {
        with(root, |t| t.granted = most.unsigned_abs());
        grant(agent, root, most);
    }
    let weight = match exit.reason {
        Reason::Exception => 0,
        Reason::NotSeen => NOT_SEEN_WEIGHT,
        _ => 1,
    };
    let total = code.exit_weight.get().saturating_add(weight);
    code.exit_weight.set(total);
    let compiles = with(root, |t| t.compiles(code.osr));
    let most = MAX_EXIT_WEIGHT + code.instructions / INSTRUCTIONS_PER_EXIT;
    let limit = most.saturating_mul(1 << compiles.min(MAX_DOUBLINGS));
    if total < limit || code.discarded.get() {
        return;
    }
    request(agent, root, code.osr, 0);
    if total >= limit.saturating_mul(MAX_PATIENCE) && !code.discarded.get() {
        vm(agent).tier.discard(agent, code, "too many exits");
        refill(agent, root);
    }
}

/// Makes the feedback of an arithmetic instruction say what an exit found out.
fn widen(code: Gc<LinkedCode>, pc: u32, reason: Reason) {
    let bits = match reason {
        Reason::Overflow | Reason::MinusZero => operand::OVERFLOW,
        Reason::NotInt => operand::NUMBER,
        Reason::Inexact => operand::NUMBER | operand::OVERFLOW,
        // The interpreter notes no int32: where strings were seen, numbers have to be noted here.
        Reason::NotString => operand::NUMBER,
        _ => return,
    };
    let Some(&word) = code.block().words.get(pc as usize) else {
        return;
    };
    let records = Op::from_u8(word as u8).is_some_and(|op| op.info().has(flags::FEEDBACK));
    if records && code.has_feedback() {
        // SAFETY: there is one feedback byte per word of code.
        unsafe { *code.feedback().add(pc as usize) |= bits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_grow_with_size_and_compiles() {
        let options = TierOptions::default();
        let of = |words, compiles| budget(&options, words, compiles, || 0);
        assert!(of(10, 0) < of(1_000, 0));
        assert_eq!(of(10, 1), 2 * of(10, 0));
        assert_eq!(of(10, 100), of(10, MAX_DOUBLINGS));
        assert!(of(1_000_000, 100) <= NEVER);
    }

    #[test]
    fn stress_modes_make_budgets_small() {
        let always = TierOptions {
            always: true,
            ..TierOptions::default()
        };
        assert_eq!(budget(&always, 10_000, 0, || 0), 1);
        let random = TierOptions {
            random_thresholds: true,
            ..TierOptions::default()
        };
        assert!((1..=200).contains(&budget(&random, 10_000, 0, || 12345)));
    }
}
