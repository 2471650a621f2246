//! Methods of strings that take regular expressions: what a program has changed shows, whatever was known before.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Runs the same calls before and after a change.
fn around(change: &str) -> String {
    run(&format!(
        "'use strict';
         const r = () => {{
             const out = [];
             const global = /b(.)?/g, once = /b/, named = /(?<x>b)(?<y>.)/;
             for (let i = 0; i < 3; i++) {{
                 out.push('abcb'.replace(once, '-'), 'abcb'.replace(global, '[$1]'), 'abcb'.replace(/^a/, ''), 'abcb'.replace(/b$/, ''));
                 out.push('abcb'.match(global), 'abcb'.search(once), 'a1b2c'.split(/\\d/), 'a1b2c'.split(/(\\d)/, 4));
                 out.push([...'abcb'.matchAll(global)].map((m) => m.index + m[0]), 'abcb'.replaceAll(global, '+'));
                 out.push('abcb'.match(named).groups.y, global.flags, global.lastIndex, '\\u0416b\\u0416'.replace(once, '\\u0417'));
             }}
             return out.join();
         }};
         const before = r();
         {change}
         const after = r();
         before === after ? 'same' : after"
    ))
}

#[test]
fn nothing_changed() {
    assert_eq!(around(""), "same");
    assert_eq!(around("RegExp.prototype.foo = 1;"), "same");
    assert_eq!(around("Object.prototype.bar = 1;"), "same");
}

#[test]
fn methods_are_replaced() {
    let all = "a-cb,a[c][],bcb,abc,bc,b,1,a,b,c,a,1,b,2,1bc,3b,a++,c,g,0,\u{416}\u{417}\u{416}";
    let expected = |f: &dyn Fn(&str) -> String| [f(all), f(all), f(all)].join(",");
    // The original one, put there again, is what it was.
    assert_eq!(
        around(
            "const s = RegExp.prototype[Symbol.replace]; RegExp.prototype[Symbol.replace] = () => 'x'; RegExp.prototype[Symbol.replace] = s;"
        ),
        "same"
    );
    assert_eq!(
        around("RegExp.prototype[Symbol.search] = () => 7;"),
        expected(&|s| s.replace("bc,b,1,a", "bc,b,7,a"))
    );
    assert_eq!(
        around("RegExp.prototype[Symbol.replace] = () => 'x';"),
        expected(&|s| s
            .replace("a-cb,a[c][],bcb,abc", "x,x,x,x")
            .replace("3b,a++", "3b,x")
            .replace("\u{416}\u{417}\u{416}", "x"))
    );
    assert_eq!(
        around("Object.defineProperty(RegExp.prototype, Symbol.split, { value: () => ['y'] });"),
        expected(&|s| s.replace("a,b,c,a,1,b,2", "y,y"))
    );
    assert_eq!(
        around(
            "const exec = RegExp.prototype.exec; RegExp.prototype.exec = function (s) { return exec.call(this, s); };"
        ),
        "same"
    );
    assert_eq!(
        run("const before = 'abab'.replaceAll(/b/g, '-');
             Object.defineProperty(RegExp.prototype, 'flags', { get() { return 'd'; } });
             let after;
             try { after = 'abab'.replaceAll(/b/g, '-'); } catch (e) { after = e.name; }
             before + after"),
        "a-a-TypeError"
    );
}

#[test]
fn subclasses_and_species() {
    assert_eq!(
        run("class R extends RegExp {
                 get flags() { log.push('flags'); return super.flags; }
                 exec(s) { log.push('exec'); return super.exec(s); }
             }
             const log = [];
             const r = new R('b', 'g');
             log.push('abab'.replace(r, '-'), 'abab'.match(r), [...'abab'.matchAll(r)].length, 'abab'.split(r));
             log.join()"),
        "flags,exec,exec,exec,flags,exec,exec,exec,flags,flags,exec,exec,exec,flags,exec,exec,exec,exec,a-a-,b,b,2,a,a,"
    );
    assert_eq!(
        run("const made = [];
             const r = /b/g;
             r.lastIndex = 2;
             const before = [...'abab'.matchAll(r)].length;
             class C extends RegExp { constructor(p, f) { made.push(f); super(p, f); } }
             RegExp.prototype.constructor = C;
             const after = [...'abab'.matchAll(r)].length;
             'abab'.split(r);
             RegExp.prototype.constructor = RegExp;
             Object.defineProperty(RegExp, Symbol.species, { get() { return C; } });
             const last = [...'abab'.matchAll(r)].length;
             [before, after, last, r.lastIndex, made].join()"),
        "1,1,1,2,g,gy,g"
    );
}

#[test]
fn the_pattern_is_replaced_meanwhile() {
    assert_eq!(
        run("const r = /(?<x>b)(c)?/g;
             const made = [];
             const result = 'abcbcb'.replace(r, (...all) => {
                 r.compile('z' + made.length);
                 for (let i = 0; i < 20; i++) made.push({ i });
                 return '[' + all[0] + all.at(-1).x + ']';
             });
             result + r.source"),
        "a[bcb][bcb][bb]z40"
    );
    assert_eq!(
        run("const q = /(?<y>b)/;
             q.lastIndex = { valueOf() { q.compile('(c)'); return 0; } };
             'abc'.replace(q, '<$<y>$1>')"),
        "ab<$<y>c>"
    );
}

#[test]
fn constructors_of_copies_ask_whether_it_is_a_regular_expression() {
    let v = run("
        const { value } = Object.getOwnPropertyDescriptor(RegExp.prototype, Symbol.match);
        const calls = () => {
            let n = 0;
            Object.defineProperty(RegExp.prototype, Symbol.match, { get() { n++; return value; }, configurable: true });
            'abc'.split(/b/);
            const split = n;
            'abc'.matchAll(/b/g);
            Object.defineProperty(RegExp.prototype, Symbol.match, { value, configurable: true, writable: true });
            return `${split} ${n - split}`;
        };
        'abc'.split(/b/);
        [...'abab'.matchAll(/b/g)];
        calls() + ', ' + calls()");
    assert_eq!(v, "1 2, 1 2");
}
