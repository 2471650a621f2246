//! Proxies met by compiled code: traps that it calls itself, what they owe to the target, and what goes the general way.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn traps_of_all_kinds() {
    assert_eq!(
        run(include_str!("support/proxies.js")),
        "125937 | 486 | 3825 | set a0truetrue,set 00truetrue,get atruetruetrue,get btruetruetrue,get 0truetruetrue,\
         set Symbol(s)2truetrue | get nulltruetruetrue | 0,1,2,3,a,b,n | 858 | 1383725385 | firstother | 12000 | 41000"
    );
}

/// What a trap finds on the stack, and where errors behind it come from.
#[test]
fn stacks_and_errors() {
    let script = r#"
        'use strict';
        let depth = 0;
        const deep = new Proxy({}, { get(t, k, r) { depth++; return r[k]; } });
        function dive() { return deep.x; }
        const frames = new Proxy({}, { get: (t, k) => new Error('e').stack.split('\n').slice(1, 3).map((l) => l.trim().split(' ')[1]).join() });
        function ask() { return frames.x; }
        const frozen = new Proxy(Object.freeze({ x: 1 }), { get: (t, k) => t.lie ?? 2 });
        function caught() { try { return frozen.x; } catch (e) { return e.constructor.name; } finally { depth = 0; } }
        let answers = new Set();
        for (let i = 0; i < 300; i++) answers.add(ask()).add(caught());
        for (let i = 0; i < 3; i++) try { dive(); } catch (e) { answers.add(e.constructor.name).add(depth > 100); depth = 0; }
        [...answers].join(' ')
    "#;
    assert_eq!(run(script), "get,ask TypeError RangeError true");
}
