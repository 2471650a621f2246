//! Errors: the stack with the class name put right, and what else hangs on the error.

use super::inspect::{Inspector, Keys, plain_text};
use super::kinds::prefix;
use super::style::Style;
use sarus_runtime::abstract_ops::{get, is_array, to_boolean};
use sarus_runtime::builtins::error_stack::have_own_stack;
use sarus_runtime::kind::CellKind;
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::{Agent, JsResult, Object, PropertyKey, Value};

/// `error.stack`, unless it is only the accessor of `Error.prototype`, which Node does not have.
fn own_stack(agent: &mut Agent, o: Object) -> JsResult<Value> {
    let key = agent.names.stack;
    if !have_own_stack(agent) {
        return get(agent, o, key);
    }
    let home = agent.intrinsic(Intrinsic::ErrorPrototype);
    let mut at = Some(o);
    while let Some(p) = at.filter(|p| *p != home) {
        if p.get_own_property(agent, key)?.is_some() {
            return get(agent, o, key);
        }
        at = p.get_prototype_of(agent)?;
    }
    Ok(Value::UNDEFINED)
}

/// True for errors and for what inherits from `Error.prototype`.
pub(super) fn is_error(agent: &mut Agent, o: Object) -> JsResult<bool> {
    if o.is(CellKind::Error) {
        return Ok(true);
    }
    if !o.is(CellKind::Object) {
        return Ok(false);
    }
    let home = agent.intrinsic(Intrinsic::ErrorPrototype);
    let mut at = o.get_prototype_of(agent)?;
    while let Some(p) = at {
        if p == home {
            return Ok(true);
        }
        if p.is(CellKind::Proxy) {
            return Ok(false);
        }
        at = p.get_prototype_of(agent)?;
    }
    Ok(false)
}

/// The text of `error.stack`, or what `Error.prototype.toString` would give.
fn stack_text(agent: &mut Agent, o: Object) -> JsResult<String> {
    let stack = own_stack(agent, o)?;
    if to_boolean(stack) {
        return plain_or_default(agent, stack);
    }
    let (name_key, message_key) = (agent.names.name, agent.names.message);
    let name = get(agent, o, name_key)?;
    let name = if name.is_undefined() {
        "Error".to_string()
    } else {
        plain_or_default(agent, name)?
    };
    let message = get(agent, o, message_key)?;
    let message = if message.is_undefined() {
        String::new()
    } else {
        plain_or_default(agent, message)?
    };
    Ok(match (name.is_empty(), message.is_empty()) {
        (true, _) => message,
        (_, true) => name,
        _ => format!("{name}: {message}"),
    })
}

/// `String(v)`, or a placeholder when that throws.
fn plain_or_default(agent: &mut Agent, v: Value) -> JsResult<String> {
    match plain_text(agent, v) {
        Ok(s) => Ok(s),
        Err(t) => match agent.take_exception() {
            Some(_) => Ok("[object]".into()),
            None => Err(t),
        },
    }
}

impl Inspector {
    /// Header and stack of an error; `keys` loses what the stack already tells and gains `cause` and
    /// `errors`.
    pub(super) fn format_error(
        &mut self,
        agent: &mut Agent,
        o: Object,
        constructor: Option<&str>,
        tag: &str,
        keys: &mut Keys,
    ) -> JsResult<String> {
        let key = agent.names.name;
        let name = get(agent, o, key)?;
        let name = if name.is_nullish() {
            "Error".to_string()
        } else {
            plain_or_default(agent, name)?
        };
        let stack = stack_text(agent, o)?;
        self.remove_told(agent, o, keys, &stack)?;
        let (cause, errors) = (agent.names.cause, agent.names.errors);
        if !keys.contains(&cause) && o.has_property(agent, cause)? {
            keys.push(cause);
        }
        let list = get(agent, o, errors)?;
        if !keys.contains(&errors) && is_array(agent, list)? {
            keys.push(errors);
        }
        let stack = improve(stack, constructor, &name, tag);
        let key = agent.names.message;
        let message = get(agent, o, key)?;
        let message = match message.as_string() {
            Some(s) => s.to_rust_string(agent),
            None => String::new(),
        };
        // A message may itself look like stack frames.
        let from = match stack.find(&message) {
            Some(at) if at > 0 && !message.is_empty() => at + message.len(),
            _ => 0,
        };
        let mut text = match stack[from..].find("\n    at") {
            None => format!("[{stack}]"),
            Some(at) => {
                let (head, frames) = stack.split_at(from + at);
                let frames: Vec<String> = frames[1..].split('\n').map(str::to_string).collect();
                let frames = self.without_cause_frames(agent, o, frames)?;
                format!("{head}\n{}", self.color_frames(frames).join("\n"))
            }
        };
        if self.indentation != 0 {
            let indentation = format!("\n{}", " ".repeat(self.indentation));
            text = text.replace('\n', &indentation);
        }
        Ok(text)
    }

    /// Own properties that are part of the stack are not shown again.
    fn remove_told(
        &self,
        agent: &mut Agent,
        o: Object,
        keys: &mut Keys,
        stack: &str,
    ) -> JsResult<()> {
        if self.options.show_hidden || keys.is_empty() {
            return Ok(());
        }
        for key in [agent.names.name, agent.names.message, agent.names.stack] {
            let Some(at) = keys.iter().position(|k: &PropertyKey| *k == key) else {
                continue;
            };
            let told = match get(agent, o, key)?.as_string() {
                Some(s) => stack.contains(&s.to_rust_string(agent)),
                None => true,
            };
            if told {
                keys.remove(at);
            }
        }
        Ok(())
    }

    /// Frames of engine internals are grey.
    fn color_frames(&self, frames: Vec<String>) -> Vec<String> {
        if !self.options.colors {
            return frames;
        }
        let color = |f: String| {
            if f.contains("(node:") || f.contains("at node:") {
                self.style(&f, Style::Undefined)
            } else {
                f
            }
        };
        frames.into_iter().map(color).collect()
    }

    /// Frames that the cause's stack has too are replaced by a note.
    fn without_cause_frames(
        &self,
        agent: &mut Agent,
        o: Object,
        mut frames: Vec<String>,
    ) -> JsResult<Vec<String>> {
        let key = agent.names.cause;
        let cause = get(agent, o, key)?;
        let Some(cause) = cause.as_object().filter(|c| c.is(CellKind::Error)) else {
            return Ok(frames);
        };
        let stack = stack_text(agent, cause)?;
        let Some(at) = stack.find("\n    at") else {
            return Ok(frames);
        };
        let theirs: Vec<&str> = stack[at + 1..].split('\n').collect();
        if let Some((offset, len)) = overlap(&frames, &theirs) {
            let skipped = len - 2;
            let note = format!("    ... {skipped} lines matching cause stack trace ...");
            let note = self.style(&note, Style::Undefined);
            frames.splice(offset + 1..offset + 1 + skipped, [note]);
        }
        Ok(frames)
    }
}

/// The first run of more than three lines that `b` has too: offset in `a` and length.
fn overlap(a: &[String], b: &[&str]) -> Option<(usize, usize)> {
    for i in 0..a.len().saturating_sub(3) {
        let Some(at) = b.iter().position(|line| *line == a[i]) else {
            continue;
        };
        let len = a[i..]
            .iter()
            .zip(&b[at..])
            .take_while(|(x, y)| x == *y)
            .count();
        if len > 3 {
            return Some((i, len));
        }
    }
    None
}

/// Puts the class name where the stack says only `Error`.
fn improve(stack: String, constructor: Option<&str>, name: &str, tag: &str) -> String {
    let regular = name.ends_with("Error")
        && stack.starts_with(name)
        && matches!(stack.as_bytes().get(name.len()), None | Some(b':' | b'\n'));
    if constructor.is_some() && !regular {
        return stack;
    }
    let mut len = name.len();
    let mut fallback = "Error".to_string();
    if constructor.is_none() {
        let start = leading_class(&stack);
        len = start.len();
        if !start.is_empty() {
            fallback = start.to_string();
        }
    }
    let full = prefix(constructor, tag, &fallback, "");
    let full = full.trim_end();
    if name == full {
        return stack;
    }
    let rest = stack.get(len..).unwrap_or("");
    if full.contains(name) {
        if len == 0 {
            format!("{full}: {stack}")
        } else {
            format!("{full}{rest}")
        }
    } else {
        format!("{full} [{name}]{rest}")
    }
}

/// What stands before the colon or the first frame, when it looks like a class.
fn leading_class(stack: &str) -> &str {
    let end = stack
        .find(':')
        .into_iter()
        .chain(stack.find("\n    at"))
        .min()
        .unwrap_or(stack.len());
    let head = &stack[..end];
    let looks = head.starts_with(|c: char| c.is_ascii_uppercase())
        && head
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " _[]()-".contains(c));
    if looks { head } else { "" }
}
