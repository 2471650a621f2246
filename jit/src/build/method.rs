//! Calls of methods that were found in prototypes of several shapes: which closure it is tells the body.

use super::Builder;
use super::call::CallSite;
use crate::Decline;
use crate::graph::*;
use crate::snapshot::{CallTarget, Callee, PropertyCase, Reason};
use smallvec::SmallVec;

/// Most closures that are told apart at one site.
const MAX_METHODS: usize = 4;

/// A closure in a prototype.
#[derive(Clone)]
struct Method {
    closure: u64,
    code: u64,
    function: Option<usize>,
    /// The shapes by which it is found.
    shapes: SmallVec<[u32; 4]>,
}

/// What a load of a method may have found.
#[derive(Clone)]
pub struct Methods {
    list: Vec<Method>,
    /// Whether it may have found anything else.
    others: bool,
    /// Whether nothing but the shapes decides which one is found.
    by_shape: bool,
}

impl Builder<'_> {
    /// Remembers what the load of a method (of that object) by these cases may have found.
    pub(super) fn note_methods(
        &mut self,
        v: NodeId,
        object: Option<NodeId>,
        cases: &[PropertyCase],
    ) {
        let mut list: Vec<Method> = Vec::new();
        for case in cases {
            let Some((code, function)) = case.method else {
                continue;
            };
            let known = list.iter_mut().find(|m| m.closure == case.value);
            match known.filter(|m| m.code == code) {
                Some(method) => method.shapes.push(case.shape),
                None => list.push(Method {
                    closure: case.value,
                    code,
                    function,
                    shapes: smallvec::smallvec![case.shape],
                }),
            }
        }
        let all = cases.iter().all(|c| c.method.is_some()) && list.len() <= MAX_METHODS;
        list.truncate(MAX_METHODS);
        if !list.is_empty() {
            let others =
                !all || self.has_exited(Reason::WrongShape) && self.constant_bits(v).is_none();
            let by_shape = !others && cases.iter().all(|c| c.constant);
            self.info.met = object.filter(|_| by_shape).map(|object| (v, object));
            let methods = Methods {
                list,
                others,
                by_shape,
            };
            self.methods.insert(v, methods);
        }
    }

    /// A call of one of several methods.
    pub(super) fn call_methods(
        &mut self,
        site: &CallSite,
        methods: &Methods,
    ) -> Result<Option<NodeId>, Decline> {
        let callee = self.tagged(site.callee);
        if let Some(known) = self.constant_bits(callee) {
            return match methods.list.iter().find(|m| m.closure == known) {
                Some(method) => {
                    self.graph.cells.extend([method.closure, method.code]);
                    self.call_method(site, method, callee)
                }
                None => Ok(Some(self.call_any(site))),
            };
        }
        let others = methods.others || self.has_exited(Reason::WrongCallee);
        let met = match self.info.met {
            Some((v, object)) if v == callee && methods.by_shape && !others => Some(object),
            _ => None,
        };
        let state = self.current_state();
        let mut arms = Vec::new();
        for (i, method) in methods.list.iter().enumerate() {
            self.graph.cells.extend([method.closure, method.code]);
            let closure = self.emit(NodeOp::Const(method.closure), &[]);
            let last = i + 1 == methods.list.len() && !others;
            let rest = if last {
                // Shapes tell as much, and the body wants to know them.
                let (check, of) = match met {
                    Some(object) => (NodeOp::CheckShape(method.shapes.clone()), object),
                    None => (NodeOp::CheckValue(method.closure), callee),
                };
                self.check(check, &[of], Reason::WrongCallee);
                None
            } else {
                let is = self.emit(NodeOp::SameBits, &[callee, closure]);
                let (yes, no) = self.branch(is);
                let rest = (no, self.info.clone(), self.context.env.clone());
                self.open(yes);
                self.state = Some(state);
                Some(rest)
            };
            if let Some(object) = met {
                self.info.shapes.insert(object, method.shapes.clone());
            }
            let v = self.call_method(site, method, closure)?;
            self.arm(&mut arms, v);
            if let Some((block, info, env)) = rest {
                self.context.env = env;
                self.info = info;
                self.open(block);
                self.state = Some(state);
            }
        }
        if others {
            let v = self.call_any(site);
            self.arm(&mut arms, Some(v));
        }
        self.state = None;
        Ok(self.meet(arms))
    }

    fn call_method(
        &mut self,
        site: &CallSite,
        method: &Method,
        closure: NodeId,
    ) -> Result<Option<NodeId>, Decline> {
        let site = CallSite {
            callee: closure,
            args: site.args.clone(),
            ..*site
        };
        let target = CallTarget {
            callee: Callee::Code {
                cell: method.code,
                function: method.function,
            },
            instance: None,
            body: None,
            forwards: None,
        };
        self.call_code(&site, &target)
    }
}
