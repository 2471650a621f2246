//! Options of `util.inspect`.

use sarus_runtime::abstract_ops::{get_str, to_boolean, to_number};
use sarus_runtime::{Agent, JsResult, Object, Value};

/// How entries are put on lines.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Compact {
    /// `false`: every entry on a line of its own.
    Off,
    /// `true`: as little space as possible.
    On,
    /// The innermost levels that may stand on one line.
    Levels(f64),
}

/// Which getters are called.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Getters {
    /// None.
    No,
    /// All.
    All,
    /// Those without a setter.
    WithoutSetter,
    /// Those with a setter.
    WithSetter,
}

/// Options of `util.inspect`, with Node's defaults.
#[derive(Clone, Debug)]
pub struct InspectOptions {
    /// Show non-enumerable properties, and the entries of weak collections.
    pub show_hidden: bool,
    /// Levels of nesting that are shown; infinite for all.
    pub depth: f64,
    /// ANSI colors.
    pub colors: bool,
    /// Call `[util.inspect.custom]` methods.
    pub custom_inspect: bool,
    /// Show target and handler of proxies.
    pub show_proxy: bool,
    /// Elements that are shown.
    pub max_array_length: f64,
    /// Units of strings that are shown.
    pub max_string_length: f64,
    /// Columns of a line.
    pub break_length: f64,
    /// Line breaking.
    pub compact: Compact,
    /// Sort properties.
    pub sorted: bool,
    /// Call getters.
    pub getters: Getters,
    /// Separate thousands.
    pub numeric_separator: bool,
}

impl Default for InspectOptions {
    fn default() -> InspectOptions {
        InspectOptions {
            show_hidden: false,
            depth: 2.0,
            colors: false,
            custom_inspect: true,
            show_proxy: false,
            max_array_length: 100.0,
            max_string_length: 10000.0,
            break_length: 80.0,
            compact: Compact::Levels(3.0),
            sorted: false,
            getters: Getters::No,
            numeric_separator: false,
        }
    }
}

impl InspectOptions {
    /// Overwrites with the own settings of an options object.
    pub fn read(&mut self, agent: &mut Agent, o: Object) -> JsResult<()> {
        self.read_flags(agent, o)?;
        for (name, slot) in [
            ("depth", &mut self.depth),
            ("maxArrayLength", &mut self.max_array_length),
            ("maxStringLength", &mut self.max_string_length),
            ("breakLength", &mut self.break_length),
        ] {
            let v = get_str(agent, o, name)?;
            if v.is_null() {
                *slot = f64::INFINITY;
            } else if !v.is_undefined() {
                *slot = to_number(agent, v)?;
            }
        }
        let v = get_str(agent, o, "compact")?;
        if let Some(n) = v.as_number() {
            self.compact = Compact::Levels(n);
        } else if !v.is_undefined() {
            self.compact = if to_boolean(v) {
                Compact::On
            } else {
                Compact::Off
            };
        }
        let v = get_str(agent, o, "getters")?;
        if let Some(s) = v.as_string() {
            self.getters = match s.to_rust_string(agent).as_str() {
                "get" => Getters::WithoutSetter,
                "set" => Getters::WithSetter,
                _ => Getters::No,
            };
        } else if !v.is_undefined() {
            self.getters = if to_boolean(v) {
                Getters::All
            } else {
                Getters::No
            };
        }
        Ok(())
    }

    fn read_flags(&mut self, agent: &mut Agent, o: Object) -> JsResult<()> {
        for (name, slot) in [
            ("showHidden", &mut self.show_hidden),
            ("colors", &mut self.colors),
            ("customInspect", &mut self.custom_inspect),
            ("showProxy", &mut self.show_proxy),
            ("sorted", &mut self.sorted),
            ("numericSeparator", &mut self.numeric_separator),
        ] {
            let v = get_str(agent, o, name)?;
            if !v.is_undefined() {
                *slot = to_boolean(v);
            }
        }
        Ok(())
    }

    /// The options as `[util.inspect.custom]` methods get them, in Node's order.
    pub fn entries(&self, agent: &mut Agent, depth: Value) -> Vec<(&'static str, Value)> {
        let compact = match self.compact {
            Compact::Off => Value::FALSE,
            Compact::On => Value::TRUE,
            Compact::Levels(n) => Value::number(n),
        };
        let getters = match self.getters {
            Getters::No => Value::FALSE,
            Getters::All => Value::TRUE,
            Getters::WithoutSetter => agent.string_value("get"),
            Getters::WithSetter => agent.string_value("set"),
        };
        vec![
            ("showHidden", self.show_hidden.into()),
            ("depth", depth),
            ("colors", self.colors.into()),
            ("customInspect", self.custom_inspect.into()),
            ("showProxy", self.show_proxy.into()),
            ("maxArrayLength", Value::number(self.max_array_length)),
            ("maxStringLength", Value::number(self.max_string_length)),
            ("breakLength", Value::number(self.break_length)),
            ("compact", compact),
            ("sorted", self.sorted.into()),
            ("getters", getters),
            ("numericSeparator", self.numeric_separator.into()),
        ]
    }
}
