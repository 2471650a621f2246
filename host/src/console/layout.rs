//! How the entries of an inspected object are put on lines.

use super::inspect::{Extras, Inspector};
use super::options::Compact;
use super::style::{units, width, without_colors};
use sarus_runtime::abstract_ops::get;
use sarus_runtime::{Agent, JsResult, Object, PropertyKey};

impl Inspector {
    /// Joins the entries on one line or several, between the braces.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one formatted value, used once"
    )]
    pub(super) fn reduce_to_single_string(
        &mut self,
        agent: &mut Agent,
        output: Vec<String>,
        base: &str,
        braces: &(String, String),
        extras: Extras,
        recurse: i64,
        value: Option<Object>,
    ) -> JsResult<String> {
        let mut output = output;
        let head = |sep: &str| {
            if base.is_empty() {
                String::new()
            } else {
                format!("{base}{sep}")
            }
        };
        let indentation = format!("\n{}", " ".repeat(self.indentation));
        let levels = match self.options.compact {
            Compact::On => {
                if self.fits(&output, 0, base) {
                    let base = if base.is_empty() {
                        String::new()
                    } else {
                        format!(" {base}")
                    };
                    return Ok(format!(
                        "{}{base} {} {}",
                        braces.0,
                        output.join(", "),
                        braces.1
                    ));
                }
                let line = if base.is_empty() && braces.0.len() == 1 {
                    " ".to_string()
                } else {
                    let base = if base.is_empty() {
                        String::new()
                    } else {
                        format!(" {base}")
                    };
                    format!("{base}\n{indentation}  ")
                };
                return Ok(format!(
                    "{}{line}{} {}",
                    braces.0,
                    output.join(&format!(",{indentation}  ")),
                    braces.1
                ));
            }
            Compact::Off => 0.0,
            Compact::Levels(n) => n,
        };
        if levels >= 1.0 {
            let entries = output.len();
            if extras == Extras::Array && entries > 6 {
                output = self.group_array_elements(agent, output, value, levels)?;
            }
            if ((self.current_depth - recurse) as f64) < levels && entries == output.len() {
                // Entries that fit stand on one line, unless they were grouped.
                let start = output.len() + self.indentation + units(&braces.0) + units(base) + 10;
                if self.fits(&output, start, base) {
                    let joined = output.join(", ");
                    if !joined.contains('\n') {
                        return Ok(format!("{}{} {joined} {}", head(" "), braces.0, braces.1));
                    }
                }
            }
        }
        Ok(format!(
            "{}{}{indentation}  {}{indentation}{}",
            head(" "),
            braces.0,
            output.join(&format!(",{indentation}  ")),
            braces.1
        ))
    }

    fn fits(&self, output: &[String], start: usize, base: &str) -> bool {
        let limit = self.options.break_length;
        let mut total = output.len() + start;
        if (total + output.len()) as f64 > limit {
            return false;
        }
        for entry in output {
            total += if self.options.colors {
                units(&without_colors(entry))
            } else {
                units(entry)
            };
            if total as f64 > limit {
                return false;
            }
        }
        base.is_empty() || !base.contains('\n')
    }

    /// Puts more than six array elements into columns.
    fn group_array_elements(
        &self,
        agent: &mut Agent,
        output: Vec<String>,
        value: Option<Object>,
        levels: f64,
    ) -> JsResult<Vec<String>> {
        const SEPARATOR: usize = 2;
        /// How much higher than wide a character is, roughly.
        const HEIGHT: f64 = 2.5;
        const MAX_COLUMNS: f64 = 15.0;
        let mut count = output.len();
        // The "more items" entry stands on a line of its own.
        let more = self.options.max_array_length < output.len() as f64;
        if more {
            count -= 1;
        }
        let lengths: Vec<usize> = output[..count]
            .iter()
            .map(|s| width(s, self.options.colors))
            .collect();
        let total: usize = lengths.iter().map(|l| l + SEPARATOR).sum();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let actual = longest + SEPARATOR;
        let room = (actual * 3 + self.indentation) as f64;
        if room >= self.options.break_length
            || !(total as f64 / actual as f64 > 5.0 || longest <= 6)
        {
            return Ok(output);
        }
        let bias = (actual as f64 - total as f64 / output.len() as f64).sqrt();
        let biased = (actual as f64 - 3.0 - bias).max(1.0);
        let columns = ((HEIGHT * biased * count as f64).sqrt() / biased)
            .round()
            .min(((self.options.break_length - self.indentation as f64) / actual as f64).floor())
            .min(levels * 4.0)
            .min(MAX_COLUMNS);
        if columns <= 1.0 {
            return Ok(output);
        }
        let columns = columns as usize;
        let widths: Vec<usize> = (0..columns)
            .map(|c| {
                lengths
                    .iter()
                    .skip(c)
                    .step_by(columns)
                    .copied()
                    .max()
                    .unwrap_or(0)
                    + SEPARATOR
            })
            .collect();
        let right = self.all_numbers(agent, value, output.len())?;
        let mut lines = Vec::new();
        for start in (0..count).step_by(columns) {
            let end = (start + columns).min(count);
            let mut line = String::new();
            for i in start..end {
                let last = i + 1 == end;
                let cell = if last {
                    output[i].clone()
                } else {
                    format!("{}, ", output[i])
                };
                let taken = lengths[i] + if last { 0 } else { SEPARATOR };
                let wanted = widths[i - start] - if last { SEPARATOR } else { 0 };
                let padding = " ".repeat(wanted.saturating_sub(taken));
                match (right, last) {
                    (true, _) => {
                        line.push_str(&padding);
                        line.push_str(&cell);
                    }
                    (false, false) => {
                        line.push_str(&cell);
                        line.push_str(&padding);
                    }
                    (false, true) => line.push_str(&cell),
                }
            }
            lines.push(line);
        }
        if more {
            lines.extend(output.into_iter().nth(count));
        }
        Ok(lines)
    }

    /// Whether all elements are numbers, which are aligned to the right.
    fn all_numbers(&self, agent: &mut Agent, value: Option<Object>, n: usize) -> JsResult<bool> {
        let Some(o) = value else {
            return Ok(true);
        };
        for i in 0..n {
            let key = PropertyKey::from_usize(agent, i as u64);
            let v = get(agent, o, key)?;
            if !v.is_number() && !v.is_bigint() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
