//! Regular expressions as machine code against the matcher: results, captures and `lastIndex` must be the same.

use sarus_runtime::abstract_ops::to_string;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::interrupt::INTERRUPT_TERMINATE;
use sarus_runtime::script::evaluate_script;
use std::sync::atomic::Ordering;
use std::time::Duration;

fn agent(compiling: bool, gc_stress: Option<u32>) -> Box<Agent> {
    let mut options = AgentOptions::default();
    options.tier.enabled = compiling;
    options.tier.always = compiling;
    options.heap.gc_stress = gc_stress;
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    agent
}

fn run_in(agent: &mut Agent, source: &str) -> String {
    match evaluate_script(agent, source.as_bytes(), "test.js") {
        Ok(v) => to_string(agent, v)
            .expect("a primitive")
            .to_rust_string(agent),
        Err(_) => {
            let e = agent.take_exception().expect("no fault");
            let text = to_string(agent, e).expect("errors have a text");
            format!("threw {}", text.to_rust_string(agent))
        }
    }
}

/// Runs a program without and with machine code; says the first line that differs.
fn same(source: &str) -> String {
    let plain = run_in(&mut agent(false, None), source);
    let compiled = run_in(&mut agent(true, None), source);
    for (a, b) in plain.lines().zip(compiled.lines()) {
        assert_eq!(a, b);
    }
    assert_eq!(plain.lines().count(), compiled.lines().count());
    plain
}

/// What every case does with a pattern and a subject.
const SHOW: &str = r"
    const out = [];
    function text(s) { return s === undefined ? '-' : JSON.stringify(s) }
    function show(source, flags, subject) {
        let r = '/' + source + '/' + flags + ' on ' + JSON.stringify(subject) + ':';
        let re;
        try { re = new RegExp(source, flags) } catch (e) { out.push(r + ' syntax'); return }
        const wide = '\u4e2d' + subject, positions = re.global || re.sticky ? [0, 1, 2, subject.length] : [0];
        for (const s of [subject, wide, subject + '\ud83d\ude00']) for (const at of positions) {
            re.lastIndex = at;
            for (let k = 0; k < 3; k++) {
                const m = re.exec(s);
                r += ' ' + re.lastIndex + (m ? '@' + m.index + '[' + m.map(text).join() + ']' : ' no');
                if (m && m.groups) r += JSON.stringify(m.groups);
                if (!m || !re.global) break;
            }
        }
        out.push(r);
    }
";

#[test]
fn a_corpus_of_patterns() {
    let source = format!(
        "{SHOW}{}",
        r#"
        const subjects = ['', 'a', 'ab', 'aaa', 'aaab', 'abab', 'abcabcabd', 'foo=bar; baz="qux\\"x"', 'The quick brown fox\njumps\r\nover',
            '2024-03-15T10:20:30Z', 'xX_9 \t\u00a0\u00e9\u00df', 'aAbBcC', '<a href="x">text</a><b>bold</b>', '((a)(b(c)))', '1,234,567.89', 'aXbXc', '\u017f\u212aKs',
            '\ud83d\ude00\ud83d', 'aaaaaaaaab', 'foobarfoobaz', 'abcdefgh12345678', 'ABCDEFGHijklmnop'];
        const patterns = [
            'a', 'ab', 'abc', 'abcdefgh', 'abcdefgh1234567', '', '^', '$', '^$', 'a*', 'a+', 'a?', 'a*?', 'a+?', 'a??', 'a{2}', 'a{2,}', 'a{2,3}', 'a{1,2}?', 'a{0,3}b', '.*', '.*?b', '.+b', '(.*)b',
            '(a)|(b)', '(?:a|ab)(?:c|bcd)?', '(a|ab)(c|bcd)(d*)', '(a*)*', '(a*)+', '(a+)+b', '(a|b)*', '(?:(a)|(b))*', '(?:(a)|b)*', '((a)|(b))+?c', '(z)((a+)?(b+)?(c))*', '(?:(a)|(ab)|(abc))+d',
            '(.)\\1', '(a)(b)\\2\\1?', '\\1(a)', '(?:(a)\\1)+', '(a*)b\\1', '(?<x>a)(?<y>b)\\k<x>', '(?:(?<x>a)|(?<x>b))\\k<x>', '(\\w+)=("[^"]*"|\\w+)', '\\b\\w+\\b', '\\B.', '\\w+\\s*', '[^a]+', '[^]*', '[a-c]+', '[a-cx-z]{2,4}', '[a-z0-9_]+', '\\d+', '\\D+', '\\s+', '\\S+', '\\W',
            '(?=a)', '(?=(a+))a*b\\1', '(?!a).', '(?!(a))b|(a)', '(.*?)a(?!(a+)b\\2c)\\2(.*)', '(?<=a)b', '(?<!a)b', '(?<=(\\w){2})b', '(?<=(a|ab))c', '(?<=\\1(a))b', '(?<=^|,)\\d', '(?<=([ab]+)([bc]+))$', '(?<!x)(?=b)b', '(?=(?!b)(.))\\1',
            '^a', 'a$', '^.*$', '^\\w+', '\\w+$', '^(?:a|b)+$', '(?:^|;)\\s*(\\w+)', '<(\\w+)[^>]*>(.*?)</\\1>', '(\\d{4})-(\\d{2})-(\\d{2})', '\\d{1,3}(?=(\\d{3})+(?!\\d))', '"(?:[^"\\\\]|\\\\.)*"', 'foo(?=bar)', 'foo(?!bar)...', '(foo|foobar)(baz)?', 'quick|brown|fox', '(?:q|b|f)\\w+', 'jumps.over', 'jumps[^]*over', '^jumps$', 'x*', '(x*)*y?', '(?:)', '(?:a?){3}', '(?:a?)*?b', '(?:ab?)*c', '(?:a|b|c){2,4}?d', '(?:(a)|(b)|(c)){3}',
            '[\\u4e00-\\u9fff]', '[^\\u4e00-\\u9fff]+', '\\u4e2d.', '[\\u017f-\\u2000a]+', '[aeiou\\u00e9\\u4e2d]', 'k', 's', '[k-s]+', '\\u00df', '[\\u00e0-\\u00ff]', '\\ud83d', '[\\ud83d\\ude00]', '\\ude00', '(?:\\ud83d\\ude00)+', '.$', '^.', '..', '(.)(.)$', 'a{0}', 'a{0,0}b', '(?:a{0,2}){2}b', '(a{2}){2}', '(?:a+b?)+$', '(?:a{3,}?)b', '[^\\n]*', '[^x]*x', '[^x]*?X', '(a(b(c)?)?)?d?', '\\.\\d+', '[+-]?\\d+(?:\\.\\d+)?', '\\((?:[^()]|\\([^()]*\\))*\\)', '(?:x|a)(?:y|b)', '([a-z])([a-z]*)', '(a)?b', '(?:(a)?b)+', '(?:a(?=b)|b(?=a))+', '(?:(?=(a))a)+b', '((?=(a))\\2)+', '(?:(?!b)(a)|b(c)?)+',
        ];
        for (const p of patterns) for (const s of subjects) { show(p, '', s); show(p, 'g', s) }
        for (const p of patterns) for (const s of subjects.slice(2, 14)) for (const f of ['i', 'gm', 'y', 'u', 'giu', 's', 'v', 'imu']) show(p, f, s);
        for (const p of ['\\p{L}+', '\\p{Lu}', '\\P{L}', '[\\p{Script=Han}\\d]+', '\\u{1F600}', '[\\u{1F600}-\\u{1F64F}x]', '[^\\u{1F600}]', '.', '(?<=.)\\S', '(?<!^)\\b', '\\ud83d(?!\\ude00)', '(.)\\1', '\\p{ASCII}{2,3}', '(\\p{L})\\W*?\\1', '[^\\p{L}]', '(?i:k)s'])
            for (const f of ['u', 'gu', 'iu', 'v', 'yu']) for (const s of [...subjects, '\ud83d\ude00\ud83d\ude00', 'x\ude00', '\u{10400}\u{10428}', '\u4e2d\u6587 K\u212a']) show(p, f, s);
        for (const p of ['[\\p{L}--[a-c]]+', '[\\w&&\\d]', '[\\q{abc|a|}x]', '\\p{RGI_Emoji}']) for (const s of subjects) show(p, 'v', s);
        out.join('\n')"#
    );
    assert!(same(&source).lines().count() > 10_000);
}

#[test]
fn random_patterns() {
    let source = format!(
        "{SHOW}{}",
        r#"
        let seed = 20261121;
        function random(n) { seed ^= seed << 13; seed ^= seed >>> 17; seed ^= seed << 5; return (seed >>> 0) % n }
        function pick(list) { return list[random(list.length)] }
        let groups = 0;
        function atom(depth) {
            switch (random(depth > 0 ? 13 : 6)) {
                case 0: case 1: case 2: return pick(['a', 'b', 'c', 'ab', 'abc', 'é', '\\u4e2d']);
                case 3: return pick(['.', '\\w', '\\d', '\\s', '[ab]', '[^a]', '[a-c\\u4e2d]', '[^b\\u4e2d]', '[bc]']);
                case 4: return pick(['^', '$', '\\b', '\\B']);
                case 5: return groups > 0 ? '\\' + (1 + random(groups)) : 'b';
                case 6: case 7: case 8: groups++; return '(' + alternatives(depth - 1) + ')';
                case 9: return '(?:' + alternatives(depth - 1) + ')';
                case 10: return pick(['(?=', '(?!']) + alternatives(depth - 1) + ')';
                case 11: return pick(['(?<=', '(?<!']) + alternatives(depth - 1) + ')';
                default: return '(?:' + alternatives(depth - 1) + ')';
            }
        }
        function term(depth) {
            const a = atom(depth);
            const quantifiable = !/^(?:[\^$]|\\[bB]$|\(\?<[=!])/.test(a);
            return quantifiable && random(3) === 0 ? '(?:' + a + ')' + pick(['*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}']) :
                quantifiable && a.length === 1 && random(2) ? a + pick(['*', '+', '?', '*?', '+?', '{2,}']) : a;
        }
        function sequence(depth) { let s = ''; for (let n = 1 + random(3); n > 0; n--) s += term(depth); return s }
        function alternatives(depth) { let s = sequence(depth); for (let n = random(3); n > 1; n--) s += '|' + sequence(depth); return s }
        for (let k = 0; k < 1000; k++) {
            groups = 0;
            const p = alternatives(3), f = pick(['', 'g', 'i', 'm', 'y', 'u', 'gu', 'iu', 's', 'gi']);
            for (let j = 0; j < 4; j++) {
                let s = '';
                for (let n = random(9); n > 0; n--) s += pick(['a', 'b', 'c', 'ab', 'A', '1', ' ', '\n', 'é', 'abc']);
                if (random(3) === 0) s += pick(['\u4e2d', '\ud83d\ude00', '\ud83d', 'x']);
                show(p, f, s);
            }
        }
        out.join('\n')"#
    );
    assert!(same(&source).lines().count() >= 4_000);
}

#[test]
fn long_subjects_and_deep_stacks() {
    let source = r"
        const out = [], long = 'ab'.repeat(20000), wide = long + '\u4e2d';
        for (const s of [long, wide]) {
            for (const re of [/^(?:ab)*$/, /^(?:a|b)*$/, /^(a|b)*$/, /^(?:a(b)?)*?$/, /^(?:.b)*c?$/, /^.*x/, /^[^x]*?b$/, /^(?:[ab]{2}){3,}()\1?/, /^(?:(?=(a))..)*/, /a{100}/, /(?:ab){9000}/, /^(ab)(?:\1)*/]) {
                const m = re.exec(s);
                out.push(String(re) + (m ? m.index + ':' + m.map(x => x === undefined ? '-' : x.length).join() : 'no'));
            }
            out.push(s.replace(/a/g, 'xx').length + ',' + s.split(/b/).length + ',' + s.match(/ab/g).length + ',' + s.search(/ba$/));
        }
        try { out.push(/^(?:.|\n)*x/.test('ab'.repeat(6e6))) } catch (e) { out.push('threw ' + e.name) }
        out.join('\n')";
    assert!(same(source).contains("threw RangeError"));
}

#[test]
fn endless_backtracking_is_interrupted() {
    for source in [
        "/^(?:a+)+$/.test('a'.repeat(60) + 'c')",
        "/^(?:a|aa)+$/.test('a'.repeat(200) + '\\u4e2d')",
        "/^(?:(.+)\\1?)+$/i.test('abc'.repeat(20) + '\\n')",
        "/^(?:x?x?){4294967290}$/.test('xy')",
    ] {
        let mut agent = agent(true, None);
        let interrupt = agent.interrupt.clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            interrupt.fetch_or(INTERRUPT_TERMINATE, Ordering::Relaxed);
        });
        let result = evaluate_script(&mut agent, source.as_bytes(), "test.js");
        assert!(result.is_err(), "{source}");
        stopper.join().expect("the stopper ends");
    }
}

#[test]
fn collections_change_nothing() {
    let source = r"
        let r = '';
        for (let i = 0; i < 40; i++) {
            const s = 'key' + i + '=value' + i + '; other=\u{1f600} ' + 'x'.repeat(i);
            r += s.replace(/(\w+)=(\S+)/gu, '[$2:$1]') + s.match(/(?<k>[a-z]+)(?<n>\d+)?/).groups.n + s.split(/;\s*/) + [...s.matchAll(/x{3}|=/g)].map(m => m.index);
            r += new RegExp('(' + i + ')=(?=v)', 'd').exec(s).indices.join() + new RegExp('^(?:.)*' + i).test(s);
        }
        r";
    let plain = run_in(&mut agent(false, None), source);
    assert_eq!(plain, run_in(&mut agent(true, Some(7)), source));
    assert!(plain.starts_with("[value0;:key0] ["), "{plain}");
}

#[test]
fn a_pattern_is_compiled_when_it_has_worked() {
    let source = r"
        let n = 0;
        for (let i = 0; i < 30000; i++) if (/(\d+)-(\d+)/.exec('abc ' + i + '-' + (i + 1))) n += RegExp.$2.length;
        n";
    let mut options = AgentOptions::default();
    options.tier.enabled = true;
    options.tier.sync = true;
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    let text = run_in(&mut agent, source);
    assert_eq!(text, run_in(&mut self::agent(false, None), source));
}
