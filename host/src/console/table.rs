//! `console.table`.

use super::inspect::inspect_value;
use super::options::InspectOptions;
use super::style::width;
use sarus_runtime::abstract_ops::{
    Enumerate, create_list_from_array_like, enumerable_own_properties, get, is_array,
    to_property_key,
};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::collections::Cursor;
use sarus_runtime::{Agent, JsResult, Object, Value};

/// The table of a value, or None when it is nothing that has rows.
pub fn table(agent: &mut Agent, data: Value, columns: Value) -> JsResult<Option<String>> {
    let Some(o) = data.as_object() else {
        return Ok(None);
    };
    if o.is(CellKind::Map) || o.is(CellKind::Set) {
        return collection_table(agent, o).map(Some);
    }
    let mut wanted = None;
    if columns.is_object() {
        let list = create_list_from_array_like(agent, columns)?;
        let mut names = Vec::new();
        for &v in list.iter() {
            names.push(super::inspect::plain_text(agent, v)?);
        }
        wanted = Some(names);
    }
    rows_table(agent, o, wanted).map(Some)
}

fn collection_table(agent: &mut Agent, o: Object) -> JsResult<String> {
    let map = o.is(CellKind::Map);
    let (mut indices, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut cursor = Cursor::start();
    while let Some((k, v)) = cursor.next(o) {
        indices.push(indices.len().to_string());
        if map {
            keys.push(cell(agent, k)?);
        }
        values.push(cell(agent, v)?);
    }
    let mut head = vec!["(iteration index)".to_string()];
    let mut columns = vec![indices];
    if map {
        head.push("Key".into());
        columns.push(keys);
    }
    head.push("Values".into());
    columns.push(values);
    Ok(render(&head, &columns))
}

fn rows_table(agent: &mut Agent, o: Object, wanted: Option<Vec<String>>) -> JsResult<String> {
    let mut head: Vec<String> = wanted.clone().unwrap_or_default();
    let mut columns: Vec<Vec<String>> = vec![Vec::new(); head.len()];
    let mut values: Vec<String> = Vec::new();
    let mut has_values = false;
    let mut indices = Vec::new();
    let keys = enumerable_own_properties(agent, o, Enumerate::Keys)?;
    for (row, &key) in keys.iter().enumerate() {
        indices.push(super::inspect::plain_text(agent, key)?);
        let key = to_property_key(agent, key)?;
        let item = get(agent, o, key)?;
        let Some(item_object) = item.as_object().filter(|i| !i.is_callable()) else {
            values.resize(row, String::new());
            values.push(cell(agent, item)?);
            has_values = true;
            continue;
        };
        let names = enumerable_own_properties(agent, item_object, Enumerate::Keys)?;
        for &name_value in names.iter() {
            let name = super::inspect::plain_text(agent, name_value)?;
            let at = match head.iter().position(|h| *h == name) {
                Some(at) => at,
                None if wanted.is_some() => continue,
                None => {
                    head.push(name);
                    columns.push(Vec::new());
                    head.len() - 1
                }
            };
            let key = to_property_key(agent, name_value)?;
            let v = get(agent, item_object, key)?;
            let text = cell(agent, v)?;
            columns[at].resize(row, String::new());
            columns[at].push(text);
        }
    }
    let n = indices.len();
    columns.insert(0, indices);
    head.insert(0, "(index)".into());
    if has_values {
        columns.push(values);
        head.push("Values".into());
    }
    for c in &mut columns {
        c.resize(n, String::new());
    }
    Ok(render(&head, &columns))
}

fn cell(agent: &mut Agent, v: Value) -> JsResult<String> {
    let mut depth = 0.0;
    if let Some(o) = v.as_object()
        && !is_array(agent, v)?
        && enumerable_own_properties(agent, o, Enumerate::Keys)?.len() > 2
    {
        depth = -1.0;
    }
    let options = InspectOptions {
        max_array_length: 3.0,
        break_length: f64::INFINITY,
        depth,
        ..Default::default()
    };
    inspect_value(agent, v, &options)
}

fn render(head: &[String], columns: &[Vec<String>]) -> String {
    let widths: Vec<usize> = head
        .iter()
        .zip(columns)
        .map(|(h, c)| {
            let longest = c.iter().map(|s| width(s, false)).max().unwrap_or(0);
            longest.max(width(h, false)) + 2
        })
        .collect();
    let rule = |left: &str, middle: &str, right: &str| {
        let parts: Vec<String> = widths.iter().map(|w| "─".repeat(*w)).collect();
        format!("{left}{}{right}", parts.join(middle))
    };
    let row = |cells: &[&str]| {
        let parts: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(c, w)| format!(" {c}{}", " ".repeat(w.saturating_sub(width(c, false) + 1))))
            .collect();
        format!("│{}│", parts.join("│"))
    };
    let mut lines = vec![rule("┌", "┬", "┐")];
    lines.push(row(&head.iter().map(String::as_str).collect::<Vec<_>>()));
    lines.push(rule("├", "┼", "┤"));
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    for i in 0..rows {
        let cells: Vec<&str> = columns
            .iter()
            .map(|c| c.get(i).map_or("", String::as_str))
            .collect();
        lines.push(row(&cells));
    }
    lines.push(rule("└", "┴", "┘"));
    lines.join("\n")
}
