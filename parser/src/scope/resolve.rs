//! Resolves the event log: one pass with, per name, the innermost visible binding.

use super::build::{NONE, ScopeBuilder, event};
use super::tree::NO_BINDING;
use super::{
    Binding, BindingId, BindingKind, FunctionId, References, Scope, ScopeId, ScopeKind, ScopeTree,
};

struct Entered {
    scope: u32,
    function: FunctionId,
    /// Number of entered scopes up to and including the innermost `with` or sloppy-eval function.
    barrier: u32,
    in_with: bool,
    /// Number of entered scopes up to and including the innermost function declaration.
    hoisted: u32,
}

struct Resolver {
    tree: ScopeTree,
    init_at: Vec<u32>,
    /// Per name: innermost visible binding, plus one.
    top: Vec<u32>,
    /// Per binding: what it shadows.
    shadowed: Vec<u32>,
    /// Per scope: position in `stack` while entered.
    depth: Vec<u32>,
    stack: Vec<Entered>,
    /// The source is one function of a larger one.
    alone: bool,
}

impl ScopeBuilder {
    /// Finishes: all scopes closed, no more events. With `alone` the source is one function of a larger one.
    pub fn resolve(mut self, name_count: usize, alone: bool) -> (ScopeTree, References) {
        let (tree, init_at, renumbered) = self.sorted();
        let mut resolver = Resolver {
            top: vec![0; name_count],
            shadowed: vec![0; tree.bindings.len()],
            depth: vec![0; tree.scopes.len()],
            stack: Vec::new(),
            alone,
            tree,
            init_at,
        };
        for index in 0..self.events.len() {
            let logged = self.events[index];
            let payload = logged & event::PAYLOAD;
            self.events[index] = match logged & event::KIND {
                event::READ => resolver.reference(payload, index as u32, false),
                event::WRITE => resolver.reference(payload, index as u32, true),
                event::DECLARE => resolver.occurrence(payload),
                event::ENTER => resolver.enter(payload),
                event::EXIT => resolver.exit(),
                event::EVAL => resolver.direct_eval(),
                event::HOIST => renumbered
                    .get(payload as usize)
                    .copied()
                    .unwrap_or(NO_BINDING),
                _ => NO_BINDING,
            };
        }
        let mut tree = resolver.tree;
        number_slots(&mut tree);
        (
            tree,
            References {
                packed: self.events,
            },
        )
    }

    /// Bindings grouped by scope (declaration order within), their `init_at`s, and old to new numbers.
    fn sorted(&self) -> (ScopeTree, Vec<u32>, Vec<u32>) {
        let mut ends = vec![0u32; self.scopes.len()];
        for binding in &self.bindings {
            ends[binding.scope as usize] += 1;
        }
        let mut total = 0;
        let mut scopes = Vec::with_capacity(self.scopes.len());
        for (raw, end) in self.scopes.iter().zip(&mut ends) {
            let start = total;
            total += *end;
            *end = start;
            scopes.push(Scope {
                kind: raw.kind,
                parent: None,
                function: raw.function,
                bindings: start..total,
                contains_eval: false,
                has_sloppy_eval: raw.sloppy_eval,
                inside_with: false,
                dynamic_lookup: false,
                needs_environment: false,
                has_using: raw.has_using,
                strict: raw.strict,
                hoisted: raw.hoisted,
            });
        }
        let mut order = vec![0u32; self.bindings.len()];
        let mut renumbered = vec![0u32; self.bindings.len()];
        for (index, binding) in self.bindings.iter().enumerate() {
            let next = &mut ends[binding.scope as usize];
            order[*next as usize] = index as u32;
            renumbered[index] = *next;
            *next += 1;
        }
        let mut init_at = Vec::with_capacity(order.len());
        let bindings = order
            .iter()
            .map(|&index| {
                let raw = &self.bindings[index as usize];
                init_at.push(raw.init_at);
                Binding {
                    name: raw.name,
                    kind: raw.kind,
                    scope: ScopeId::new(raw.scope as usize),
                    captured: false,
                    assigned: raw.overwritten,
                    used: false,
                    maybe_uninitialized: false,
                    annex_b: raw.annex_b,
                    exported: false,
                    copies: None,
                    initialized_at: raw.initialized_at,
                    slot: 0,
                }
            })
            .collect();
        (ScopeTree { scopes, bindings }, init_at, renumbered)
    }
}

impl Resolver {
    /// Makes the bindings of a scope visible.
    fn enter(&mut self, scope: u32) -> u32 {
        let outer = self.stack.last();
        let depth = self.stack.len() as u32;
        let record = &mut self.tree.scopes[scope as usize];
        record.parent = outer.map(|outer| ScopeId::new(outer.scope as usize));
        let in_with = outer.is_some_and(|outer| outer.in_with);
        record.inside_with = in_with;
        let is_barrier = record.kind == ScopeKind::With
            || record.has_sloppy_eval && record.kind != ScopeKind::Script;
        let entered = Entered {
            scope,
            function: record.function,
            barrier: if is_barrier {
                depth + 1
            } else {
                outer.map_or(0, |outer| outer.barrier)
            },
            in_with: in_with || record.kind == ScopeKind::With,
            hoisted: if record.hoisted {
                depth + 1
            } else {
                outer.map_or(0, |outer| outer.hoisted)
            },
        };
        let is_body = record.kind == ScopeKind::FunctionBody;
        for index in record.bindings.clone() {
            let binding = &mut self.tree.bindings[index as usize];
            let top = &mut self.top[binding.name.index()];
            let shadowed = std::mem::replace(top, index + 1);
            self.shadowed[index as usize] = shadowed;
            if is_body && binding.kind.is_var_scoped() && shadowed != 0 {
                // A parameter of the same name is in the scope just outside.
                let outer = self.stack.last().map(|outer| outer.scope as usize);
                let parameter = &mut self.tree.bindings[shadowed as usize - 1];
                if Some(parameter.scope.index()) == outer {
                    parameter.used = true;
                    self.tree.bindings[index as usize].copies = Some(BindingId(shadowed - 1));
                }
            }
        }
        self.depth[scope as usize] = depth;
        self.stack.push(entered);
        NO_BINDING
    }

    fn exit(&mut self) -> u32 {
        if let Some(entered) = self.stack.pop() {
            for index in self.tree.scopes[entered.scope as usize]
                .bindings
                .clone()
                .rev()
            {
                let name = self.tree.bindings[index as usize].name;
                self.top[name.index()] = self.shadowed[index as usize];
            }
        }
        NO_BINDING
    }

    /// A binding occurrence: the innermost binding of the name, with no effect on it.
    fn occurrence(&mut self, name: u32) -> u32 {
        match self.top.get(name as usize) {
            Some(&top) if top != 0 => top - 1,
            _ => NO_BINDING,
        }
    }

    fn reference(&mut self, name: u32, at: u32, write: bool) -> u32 {
        let top = self.top.get(name as usize).copied().unwrap_or(0);
        let Some(current) = self.stack.last() else {
            return NO_BINDING;
        };
        let (function, barrier, hoisted) = (current.function, current.barrier, current.hoisted);
        if top == 0 {
            // Implicit and private names are never found dynamically by name.
            let dynamic = barrier > 0 && !is_hidden(name);
            if dynamic {
                self.mark_dynamic();
            }
            return References::pack(NO_BINDING, dynamic, self.alone && hoisted > 0);
        }
        let binding = &mut self.tree.bindings[top as usize - 1];
        let scope = &self.tree.scopes[binding.scope.index()];
        binding.used = true;
        binding.assigned |= write;
        let same_function = scope.function == function;
        binding.captured |= !same_function;
        let depth = self.depth[binding.scope.index()] + 1;
        let dynamic = depth < barrier && !is_special(binding.kind);
        let init_at = self.init_at[top as usize - 1];
        let has_tdz = binding.kind.has_tdz() && init_at != 0
            || binding.kind == BindingKind::Parameter && init_at != NONE;
        // Later in the source is later in time, except through hoisted functions and between the cases of a switch.
        let needs_tdz_check = has_tdz
            && (at < init_at
                || hoisted > depth && binding.kind != BindingKind::Parameter
                || scope.kind == ScopeKind::Switch);
        binding.maybe_uninitialized |= needs_tdz_check;
        if dynamic {
            binding.captured = true;
            binding.maybe_uninitialized |= has_tdz;
            self.mark_dynamic();
        }
        References::pack(top - 1, dynamic, needs_tdz_check)
    }

    /// The scopes around the current point are searched by name. A marked scope has all outer ones marked.
    fn mark_dynamic(&mut self) {
        for entered in self.stack.iter().rev() {
            let scope = &mut self.tree.scopes[entered.scope as usize];
            if scope.dynamic_lookup {
                break;
            }
            scope.dynamic_lookup = true;
        }
    }

    fn direct_eval(&mut self) -> u32 {
        for entered in self.stack.iter().rev() {
            let scope = &mut self.tree.scopes[entered.scope as usize];
            if scope.contains_eval {
                break;
            }
            scope.contains_eval = true;
            for index in scope.bindings.clone() {
                let binding = &mut self.tree.bindings[index as usize];
                binding.captured = true;
                binding.used = true;
                binding.assigned |= !binding.kind.is_implicit() && !binding.kind.is_immutable();
                binding.maybe_uninitialized |= binding.kind.has_tdz()
                    || binding.kind == BindingKind::Parameter
                        && self.init_at[index as usize] != NONE;
            }
        }
        self.mark_dynamic();
        NO_BINDING
    }
}

fn is_special(kind: BindingKind) -> bool {
    kind.is_private()
        || kind == BindingKind::FieldKey
        || kind.is_implicit() && kind != BindingKind::Arguments
}

fn is_hidden(name: u32) -> bool {
    use crate::ast::Name;
    name == Name::THIS.0
        || name == Name::NEW_TARGET.0
        || name == Name::HOME_OBJECT.0
        || name == Name::ACTIVE_FUNCTION.0
}

fn number_slots(tree: &mut ScopeTree) {
    for scope in &mut tree.scopes {
        let mut slot = 0;
        for binding in
            &mut tree.bindings[scope.bindings.start as usize..scope.bindings.end as usize]
        {
            if binding.captured {
                binding.slot = slot;
                slot += 1;
            }
        }
        scope.needs_environment = slot > 0;
    }
}
