//! The HTML methods of %String.prototype% (B.2.2.2).

use super::string::{append, finish, this_string};
use crate::abstract_ops::to_string;
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::text::StrBuilder;
use crate::value::Value;

macro_rules! html_methods {
    ($($(#[$doc:meta])* $name:ident $method:literal $tag:literal $attribute:literal;)*) => {
        $($(#[$doc])* pub(super) fn $name(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
            create_html(agent, cx, $method, $tag, $attribute)
        })*
    };
}

html_methods! {
    anchor "anchor" "a" "name";
    big "big" "big" "";
    blink "blink" "blink" "";
    bold "bold" "b" "";
    fixed "fixed" "tt" "";
    fontcolor "fontcolor" "font" "color";
    fontsize "fontsize" "font" "size";
    italics "italics" "i" "";
    link "link" "a" "href";
    small "small" "small" "";
    strike "strike" "strike" "";
    sub "sub" "sub" "";
    sup "sup" "sup" "";
}

/// B.2.2.2.1 CreateHTML ( string, tag, attribute, value )
fn create_html(
    agent: &mut Agent,
    cx: &CallArgs,
    method: &str,
    tag: &str,
    attribute: &str,
) -> JsResult<Value> {
    let s = this_string(agent, cx, method)?;
    let mut out = StrBuilder::new();
    out.push_str("<");
    out.push_str(tag);
    if !attribute.is_empty() {
        let v = to_string(agent, cx.arg(0))?;
        out.push_str(" ");
        out.push_str(attribute);
        out.push_str("=\"");
        let view = v.view(agent);
        // Six units for one quote, so the length is bounded before the text is built.
        let quotes = view.units().filter(|&u| u == u16::from(b'"')).count();
        agent.check_string_length(view.len().saturating_add(quotes * 5))?;
        for unit in view.units() {
            if unit == u16::from(b'"') {
                out.push_str("&quot;");
            } else {
                out.push_unit(unit);
            }
        }
        out.push_str("\"");
    }
    out.push_str(">");
    append(agent, &mut out, s)?;
    out.push_str("</");
    out.push_str(tag);
    out.push_str(">");
    finish(agent, out)
}
