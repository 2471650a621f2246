//! `--print-scopes`: the scope tree with its bindings.

use crate::Parsed;
use crate::scope::{Binding, Scope, ScopeId};
use std::fmt::Write;

/// All scopes as an indented tree, then every name resolved to something but a plain local.
pub fn print_scopes(parsed: &Parsed<'_>) -> String {
    let tree = &parsed.scopes;
    let mut children = vec![Vec::new(); tree.scopes.len()];
    let mut roots = Vec::new();
    for (index, scope) in tree.scopes.iter().enumerate() {
        match scope.parent {
            Some(parent) => children[parent.index()].push(index),
            None => roots.push(index),
        }
    }
    let mut out = String::new();
    let mut pending: Vec<(usize, usize)> = roots.into_iter().rev().map(|root| (root, 0)).collect();
    while let Some((index, depth)) = pending.pop() {
        let scope = &tree.scopes[index];
        print_scope(&mut out, scope, index, depth);
        for (_, binding) in tree.bindings_of(ScopeId::new(index)) {
            print_binding(&mut out, parsed, binding, depth + 1);
        }
        pending.extend(
            children[index]
                .iter()
                .rev()
                .map(|&child| (child, depth + 1)),
        );
    }
    out
}

fn print_scope(out: &mut String, scope: &Scope, index: usize, depth: usize) {
    let _ = write!(
        out,
        "{:width$}{:?} #{index} function {}",
        "",
        scope.kind,
        scope.function.0,
        width = depth * 2
    );
    let marks = [
        (scope.strict, "strict"),
        (scope.needs_environment, "environment"),
        (scope.contains_eval, "contains-eval"),
        (scope.has_sloppy_eval, "sloppy-eval"),
        (scope.inside_with, "inside-with"),
        (scope.dynamic_lookup, "dynamic-lookup"),
        (scope.has_using, "using"),
    ];
    push_marks(out, &marks);
}

fn print_binding(out: &mut String, parsed: &Parsed<'_>, binding: &Binding, depth: usize) {
    let _ = write!(
        out,
        "{:width$}{} {:?}",
        "",
        parsed.names.text(binding.name),
        binding.kind,
        width = depth * 2
    );
    if binding.captured {
        let _ = write!(out, " slot {}", binding.slot);
    }
    if let Some(copied) = binding.copies {
        let _ = write!(out, " copies {}", copied.0);
    }
    let marks = [
        (binding.assigned, "assigned"),
        (!binding.used, "unused"),
        (binding.maybe_uninitialized, "tdz"),
        (binding.annex_b, "annex-b"),
        (binding.exported, "exported"),
    ];
    push_marks(out, &marks);
}

fn push_marks(out: &mut String, marks: &[(bool, &str)]) {
    for (_, mark) in marks.iter().filter(|(set, _)| *set) {
        out.push(' ');
        out.push_str(mark);
    }
    out.push('\n');
}
