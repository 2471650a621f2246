//! Makes a failing program small: deletes list members, puts nodes in place of the nodes around them.
//!
//! Works on the text by the spans of the syntax tree (as ESTree JSON, so that one walk serves every kind of node). A try that
//! does not parse any more fails the test by itself.

use sarus_parser::{Bump, Options, parse, to_estree_json};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Limits of one reduction.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Most tries.
    pub tries: usize,
    /// Most time.
    pub time: Duration,
}

/// Shrinks `source` as long as `fails` says that it still fails.
pub fn shrink(source: &str, effort: Effort, fails: &mut dyn FnMut(&str) -> bool) -> String {
    let mut shrinker = Shrinker {
        source: source.to_string(),
        tries: effort.tries,
        until: Instant::now() + effort.time,
        fails,
    };
    loop {
        let before = shrinker.source.len();
        shrinker.delete_members();
        shrinker.simplify_nodes();
        if shrinker.source.len() >= before || shrinker.exhausted() {
            return shrinker.source;
        }
    }
}

struct Shrinker<'f> {
    source: String,
    tries: usize,
    until: Instant,
    fails: &'f mut dyn FnMut(&str) -> bool,
}

type Range = (usize, usize);

impl Shrinker<'_> {
    fn exhausted(&self) -> bool {
        self.tries == 0 || Instant::now() > self.until
    }

    /// Replaces a range if the program then still fails.
    fn attempt(&mut self, (start, end): Range, text: &str) -> bool {
        if self.exhausted() {
            return false;
        }
        let (Some(head), Some(tail)) = (self.source.get(..start), self.source.get(end..)) else {
            return false;
        };
        let candidate = format!("{head}{text}{tail}");
        if candidate == self.source {
            return false;
        }
        // What does not parse costs no run.
        if tree_of(&candidate).is_none() {
            return false;
        }
        self.tries -= 1;
        let fails = (self.fails)(&candidate);
        if fails {
            self.source = candidate;
        }
        fails
    }

    /// Deletes runs of statements, arguments, declarators, properties and class members, long runs first.
    fn delete_members(&mut self) {
        let mut list = 0;
        while let Some(members) = tree_of(&self.source)
            .map(|tree| lists_of(&tree))
            .and_then(|mut lists| (list < lists.len()).then(|| lists.swap_remove(list)))
        {
            if !self.exhausted() {
                self.delete_from(members);
            }
            list += 1;
        }
    }

    fn delete_from(&mut self, mut members: Vec<Range>) {
        let mut run = members.len();
        while run > 0 {
            let mut at = 0;
            while at < members.len() {
                let last = (at + run).min(members.len());
                let start = members[at].0;
                // Up to the next member, so that separators go as well; at the end from the member before.
                let range = match members.get(last) {
                    Some(next) => (start, next.0),
                    None if at > 0 => (members[at - 1].1, members[last - 1].1),
                    None => (start, members[last - 1].1),
                };
                if self.attempt(range, "") {
                    let removed = range.1 - range.0;
                    members.drain(at..last);
                    for member in members.iter_mut().skip(at) {
                        *member = (member.0 - removed, member.1 - removed);
                    }
                } else {
                    at += run;
                }
            }
            run /= 2;
        }
    }

    /// Puts literals and inner nodes in place of nodes, large ones first.
    fn simplify_nodes(&mut self) {
        let mut index = 0;
        loop {
            let Some(tree) = tree_of(&self.source) else {
                return;
            };
            let mut nodes = Vec::new();
            collect(&tree, &mut nodes);
            nodes.sort_by_key(|node| std::cmp::Reverse(node.range.1 - node.range.0));
            let Some(node) = nodes.get(index) else {
                return;
            };
            if self.exhausted() {
                return;
            }
            if !self.simplify(node) {
                index += 1;
            }
        }
    }

    fn simplify(&mut self, node: &Node) -> bool {
        let text_of = |source: &str, range: Range| source.get(range.0..range.1).map(String::from);
        if node.expression {
            for text in ["0", "1", "{}", "[]"] {
                let length = node.range.1 - node.range.0;
                let wrapped = if text == "{}" { "({})" } else { text };
                if length > wrapped.len() && self.attempt(node.range, wrapped) {
                    return true;
                }
            }
        }
        for &inner in &node.inner {
            let Some(text) = text_of(&self.source, inner) else {
                continue;
            };
            if self.attempt(node.range, &text) {
                return true;
            }
            if node.expression && text.len() + 2 < node.range.1 - node.range.0 {
                let text = format!("({text})");
                if self.attempt(node.range, &text) {
                    return true;
                }
            }
        }
        // A loop that runs less often, a smaller number.
        if let Some(number) = node.number
            && number > 3
        {
            for less in [number / 10, number / 2, number - 1] {
                let text = less.to_string();
                if text.len() <= node.range.1 - node.range.0 && self.attempt(node.range, &text) {
                    return true;
                }
            }
        }
        false
    }
}

struct Node {
    range: Range,
    expression: bool,
    number: Option<i64>,
    /// The nodes right in it.
    inner: Vec<Range>,
}

fn tree_of(source: &str) -> Option<Value> {
    let arena = Bump::new();
    let parsed = parse(&arena, source.as_bytes(), &Options::script()).ok()?;
    serde_json::from_str(&to_estree_json(&parsed)).ok()
}

fn range_of(node: &Value) -> Option<Range> {
    let number = |key: &str| node.get(key)?.as_u64().map(|value| value as usize);
    Some((number("start")?, number("end")?))
}

/// The lists whose members can be deleted.
fn lists_of(tree: &Value) -> Vec<Vec<Range>> {
    let mut lists = Vec::new();
    let mut pending = vec![tree];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(members) => {
                let ranges: Vec<Range> = members.iter().filter_map(range_of).collect();
                if !ranges.is_empty() && ranges.len() == members.len() {
                    lists.push(ranges);
                }
                pending.extend(members.iter().rev());
            }
            Value::Object(fields) => pending.extend(fields.values()),
            _ => {}
        }
    }
    // Long lists far out come first.
    lists.sort_by_key(|list| {
        let last = list.last().map_or(0, |range| range.1);
        std::cmp::Reverse(last - list.first().map_or(0, |range| range.0))
    });
    lists
}

fn collect(tree: &Value, nodes: &mut Vec<Node>) {
    let mut pending = vec![tree];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(members) => pending.extend(members),
            Value::Object(fields) => {
                pending.extend(fields.values());
                let (Some(range), Some(kind)) = (
                    range_of(value),
                    fields.get("type").and_then(|kind| kind.as_str()),
                ) else {
                    continue;
                };
                let inner = fields
                    .values()
                    .flat_map(|field| match field {
                        Value::Array(members) => members.iter().collect(),
                        field => vec![field],
                    })
                    .filter_map(range_of)
                    .filter(|inner| *inner != range)
                    .collect();
                let expression = kind.ends_with("Expression")
                    || matches!(kind, "Literal" | "TemplateLiteral" | "Identifier");
                nodes.push(Node {
                    range,
                    expression: expression || kind == "Elision",
                    number: (kind == "Literal")
                        .then(|| fields.get("value")?.as_i64())
                        .flatten(),
                    inner,
                });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_only_what_matters() {
        let source = "let a = 1; function f(x) { for (let i = 0; i < 10; i++) { g(x, boom(1, 2)); } return a; } f(a + 2);";
        let effort = Effort {
            tries: 10_000,
            time: Duration::from_secs(60),
        };
        let small = shrink(source, effort, &mut |text| text.contains("boom"));
        assert!(small.len() <= 8, "{small}");
    }
}
