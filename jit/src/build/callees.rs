//! Calls at sites that have seen several callees: which one it is tells the body.

use super::Builder;
use super::call::CallSite;
use super::merge::Edge;
use crate::Decline;
use crate::graph::*;
use crate::snapshot::{CallTarget, Callee, InstanceShape, Reason};

impl Builder<'_> {
    /// A call of one of several callees, or (with `others`) of anything else.
    pub(super) fn call_several(
        &mut self,
        site: &CallSite,
        targets: &[CallTarget],
        others: bool,
    ) -> Result<Option<NodeId>, Decline> {
        let callee = self.tagged(site.callee);
        let state = self.current_state();
        let is_native = |t: &&CallTarget| matches!(t.callee, Callee::Native { .. });
        let natives = targets.iter().filter(is_native);
        // What they expect of their arguments may be what failed.
        let natives: Vec<&CallTarget> = natives.filter(|_| !others).collect();
        let closures: Vec<&CallTarget> = targets.iter().filter(|t| !is_native(t)).collect();
        if others && closures.is_empty() {
            return Ok(Some(self.call_any(site)));
        }
        let (mut arms, mut misses) = (Vec::new(), Vec::new());
        for (i, target) in natives.iter().enumerate() {
            let Callee::Native { value, .. } = target.callee else {
                continue;
            };
            if i + 1 == natives.len() && closures.is_empty() && !others {
                let v = self.call_checked(site, target)?;
                self.arm(&mut arms, v);
                break;
            }
            self.graph.cells.push(value);
            let native = self.emit(NodeOp::Const(value), &[]);
            let is = self.emit(NodeOp::SameBits, &[callee, native]);
            let site = CallSite {
                callee: native,
                args: site.args.clone(),
                ..*site
            };
            self.callee_arm(is, state, &mut arms, |b| b.call_checked(&site, target))?;
        }
        if !closures.is_empty() {
            let list: Vec<(u64, &CallTarget)> = closures
                .iter()
                .filter_map(|target| match target.callee {
                    Callee::Code { cell, .. } => Some((cell, *target)),
                    Callee::Native { .. } => None,
                })
                .collect();
            let lists = (&mut arms, &mut misses);
            self.tell_apart(callee, &list, others, lists, |b, target| {
                b.call_code(site, target)
            })?;
        }
        let general = others.then_some((misses, state));
        Ok(self.meet_callees(arms, general, |b| b.call_any(site)))
    }

    /// Tells closures apart by their code, makes an arm for each, and goes on where it is none of them. Without `others` there
    /// is nothing else: the last one is checked.
    fn tell_apart<T>(
        &mut self,
        callee: NodeId,
        closures: &[(u64, T)],
        others: bool,
        (arms, misses): (&mut Vec<Edge>, &mut Vec<Edge>),
        call: impl Fn(&mut Self, &T) -> Result<Option<NodeId>, Decline>,
    ) -> Result<(), Decline> {
        let kind = self.snapshot.layout.kinds.function;
        let state = self.current_state();
        let callee = match others {
            false => self.of_kind(callee, kind),
            true => {
                let is = self.emit(NodeOp::Is(Test::Kind(kind)), &[callee]);
                let (yes, no) = self.branch(is);
                let info = self.info.clone();
                self.open(no);
                self.arm(misses, None);
                self.info = info;
                self.open(yes);
                self.state = Some(state);
                callee
            }
        };
        let offset = self.snapshot.layout.offsets.function_code;
        let code = self.emit(NodeOp::Load(Mem::Ptr, offset, Loc::Immutable), &[callee]);
        for (i, (cell, target)) in closures.iter().enumerate() {
            if i + 1 == closures.len() && !others {
                self.graph.cells.push(*cell);
                self.check(NodeOp::CheckCode(*cell), &[callee], Reason::WrongCallee);
                let v = call(self, target)?;
                self.arm(arms, v);
                break;
            }
            let wanted = self.cell_address(*cell);
            let is = self.emit(NodeOp::SameBits, &[code, wanted]);
            self.callee_arm(is, state, arms, |b| call(b, target))?;
        }
        Ok(())
    }

    /// `new` of one of several constructors, or of anything else if there were surprises.
    pub(super) fn construct_several(
        &mut self,
        site: &CallSite,
        targets: &[CallTarget],
        surprised: bool,
    ) -> Result<Option<NodeId>, Decline> {
        let known: Vec<(u64, (usize, Option<InstanceShape>))> = targets
            .iter()
            .filter_map(|target| {
                let Callee::Code { cell, function } = target.callee else {
                    return None;
                };
                let index = function?;
                let f = &self.snapshot.functions[index];
                match (f.same_realm, f.code.flags.derived, target.instance) {
                    (true, true, _) => Some((cell, (index, None))),
                    (true, false, Some(instance)) => Some((cell, (index, Some(instance)))),
                    _ => None,
                }
            })
            .collect();
        let others = surprised || known.len() < targets.len();
        if known.is_empty() {
            return Ok(Some(self.construct_window(site)));
        }
        let callee = self.tagged(site.callee);
        let state = self.current_state();
        let (mut arms, mut misses) = (Vec::new(), Vec::new());
        let lists = (&mut arms, &mut misses);
        self.tell_apart(
            callee,
            &known,
            others,
            lists,
            |b, (index, instance)| match instance {
                Some(instance) => b.construct_known(site, *index, instance, callee),
                None => b.construct_derived_known(site, *index, callee),
            },
        )?;
        let general = others.then_some((misses, state));
        Ok(self.meet_callees(arms, general, |b| b.construct_window(site)))
    }

    /// Opens the block where the arms meet, after making one for what came by and was none of the callees, if anything did: the
    /// result.
    fn meet_callees(
        &mut self,
        mut arms: Vec<Edge>,
        general: Option<(Vec<Edge>, StateId)>,
        call: impl FnOnce(&mut Self) -> NodeId,
    ) -> Option<NodeId> {
        if let Some((mut misses, state)) = general {
            self.arm(&mut misses, None);
            self.meet(misses);
            self.state = Some(state);
            let v = call(self);
            self.arm(&mut arms, Some(v));
        }
        self.state = None;
        self.meet(arms)
    }

    /// Makes an arm for one callee, and opens the block for the others.
    fn callee_arm(
        &mut self,
        is: NodeId,
        state: StateId,
        arms: &mut Vec<Edge>,
        call: impl FnOnce(&mut Self) -> Result<Option<NodeId>, Decline>,
    ) -> Result<(), Decline> {
        let (yes, no) = self.branch(is);
        let (info, env) = (self.info.clone(), self.context.env.clone());
        self.open(yes);
        self.state = Some(state);
        let v = call(self)?;
        self.arm(arms, v);
        self.context.env = env;
        self.info = info;
        self.open(no);
        self.state = Some(state);
        Ok(())
    }
}
