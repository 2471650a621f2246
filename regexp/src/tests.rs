use super::*;
use crate::text::{from_utf8, to_utf8_lossy};

/// Matches in both encodings and prints the groups, `-` for those that took no part; "null" without a match.
fn exec_at(pattern: &str, flags: &str, input: &str, start: usize) -> String {
    let wide: Vec<u16> = input.encode_utf16().collect();
    let a = exec_view(pattern, flags, StrView::Utf16(&wide), start);
    let narrow = from_utf8(input);
    assert_eq!(a, exec_view(pattern, flags, narrow.view(), start));
    a
}

fn exec_view(pattern: &str, flags: &str, input: StrView<'_>, start: usize) -> String {
    let flags = Flags::parse(StrView::ascii(flags)).unwrap();
    let compiled = match compile(from_utf8(pattern).view(), flags) {
        Ok(compiled) => compiled,
        Err(message) => return to_utf8_lossy(message.view()),
    };
    let mut state = MatchState::new();
    match compiled.exec(
        &mut state,
        input,
        start,
        flags.contains(Flags::STICKY),
        &mut || true,
    ) {
        Ok(false) => "null".to_owned(),
        Ok(true) => {
            let group = |i| {
                state.group(i).map_or("-".to_owned(), |r| {
                    to_utf8_lossy(input.slice(r.start, r.end).to_owned_view().view())
                })
            };
            let groups: Vec<String> = (0..state.len()).map(group).collect();
            format!("{}:{}", state.group(0).unwrap().start, groups.join(","))
        }
        Err(error) => format!("{error:?}"),
    }
}

impl StrView<'_> {
    fn to_owned_view(self) -> StrBuf {
        StrBuf::from_units(&self.units().collect::<Vec<_>>())
    }
}

fn exec(pattern: &str, input: &str) -> String {
    exec_at(pattern, "", input, 0)
}

#[test]
fn basics() {
    assert_eq!(exec("abc", "xxabcx"), "2:abc");
    assert_eq!(exec("a|ab", "ab"), "0:a");
    assert_eq!(exec("(a+)(b*)?c", "xaac"), "1:aac,aa,-");
    assert_eq!(exec("^a.c$", "abc"), "0:abc");
    assert_eq!(exec("a.c", "a\nc"), "null");
    assert_eq!(exec_at("a.c", "s", "a\nc", 0), "0:a\nc");
    assert_eq!(exec("[^a-c]+", "abcdef"), "3:def");
    assert_eq!(exec("\\d{2,3}?", "12345"), "0:12");
    assert_eq!(exec("\\bfoo\\b", "a foo b"), "2:foo");
    assert_eq!(exec("(\\w+)\\s\\1", "hey you you"), "2:y y,y");
    assert_eq!(exec_at("^b", "m", "a\nb", 0), "2:b");
    assert_eq!(exec_at("B", "iy", "abab", 1), "1:b");
    assert_eq!(exec_at("b", "y", "abab", 2), "null");
    assert_eq!(exec("", "abc"), "0:");
    assert_eq!(exec("a{0}", "a"), "0:");
    assert_eq!(exec("x*", "aaa"), "0:");
}

#[test]
fn captures_reset_in_loops() {
    assert_eq!(
        exec("(z)((a+)?(b+)?(c))*", "zaacbbbcac"),
        "0:zaacbbbcac,z,ac,a,-,c"
    );
    assert_eq!(exec("(?:(a)|(b))*", "ab"), "0:ab,-,b");
    assert_eq!(exec("(a*)*", "b"), "0:,-");
    assert_eq!(exec("(?:a*?)*?b", "aab"), "0:aab");
    assert_eq!(exec("(?:(a)|b){2}", "ab"), "0:ab,-");
    assert_eq!(exec("(?:a?){3}b", "aab"), "0:aab");
    assert_eq!(exec("(a?)??b", "ab"), "0:ab,a");
}

#[test]
fn lookaround() {
    assert_eq!(exec("(?=(a+))a*b\\1", "baaabac"), "3:aba,a");
    assert_eq!(exec("(?=(a+))", "baaabac"), "1:,aaa");
    assert_eq!(
        exec("(.*?)a(?!(a+)b\\2c)\\2(.*)", "baaabaac"),
        "0:baaabaac,ba,-,abaac"
    );
    assert_eq!(exec("(?<=\\$)\\d+(\\.\\d*)?", "cost $10.50"), "6:10.50,.50");
    assert_eq!(exec("(?<!\\$)\\b\\d+", "$1 22"), "3:22");
    assert_eq!(exec("(?<=(\\d+)(\\d+))$", "1053"), "4:,1,053");
    assert_eq!(exec("(?<=\\1(a))b", "aab"), "2:b,a");
    assert_eq!(exec("(?<=([abc]+)([abc]+))$", "abc"), "3:,a,bc");
}

#[test]
fn case_insensitive() {
    assert_eq!(exec_at("straße", "i", "STRAßE", 0), "0:STRAßE");
    assert_eq!(exec_at("[^x]", "i", "X", 0), "null");
    assert_eq!(exec_at("\\u212a", "i", "k", 0), "null");
    assert_eq!(exec_at("\\u212a", "iu", "k", 0), "0:k");
    assert_eq!(
        exec_at("[a-z]+", "iu", "\u{17f}\u{212a}", 0),
        "0:\u{17f}\u{212a}"
    );
    assert_eq!(exec_at("(a)\\1", "i", "aA", 0), "0:aA,a");
    assert_eq!(exec_at("σ", "i", "ς", 0), "0:ς");
    assert_eq!(exec_at("\\w", "iu", "\u{17f}", 0), "0:\u{17f}");
    assert_eq!(exec_at("\\W", "iu", "\u{17f}", 0), "null");
    assert_eq!(exec_at("(?i:a)b", "", "Ab", 0), "0:Ab");
    assert_eq!(exec_at("(?i:a)b", "", "AB", 0), "null");
    assert_eq!(exec_at("(?-i:a)b", "i", "aB", 0), "0:aB");
    assert_eq!(exec_at("\\u{10400}", "iu", "\u{10428}", 0), "0:\u{10428}");
}

#[test]
fn unicode_mode() {
    assert_eq!(exec_at("^.$", "u", "😀", 0), "0:😀");
    assert_eq!(exec_at("^.$", "", "😀", 0), "null");
    assert_eq!(exec_at("[😀-😂]", "u", "x😁", 0), "1:😁");
    assert_eq!(exec_at("\\u{1F600}+", "u", "😀😀", 0), "0:😀😀");
    assert_eq!(exec_at("\\ud83d", "u", "😀", 0), "null");
    assert_eq!(exec_at("\\p{Lu}+", "u", "abCDé", 0), "2:CD");
    assert_eq!(exec_at("\\P{L}", "u", "ab1", 0), "2:1");
    assert_eq!(exec_at(".", "u", "😀", 1), "0:😀");
    assert_eq!(exec_at("(?<=😀)x", "u", "😀x", 0), "2:x");
    assert_eq!(exec_at("[\\p{L}--[a-z]]+", "v", "abCD", 0), "2:CD");
    assert_eq!(exec_at("[\\w&&\\d]+", "v", "ab12", 0), "2:12");
    assert_eq!(exec_at("^[\\q{abc|d}]$", "v", "abc", 0), "0:abc");
    assert_eq!(exec_at("^\\p{RGI_Emoji}$", "v", "👨‍👩‍👧‍👦", 0), "0:👨‍👩‍👧‍👦");
    assert_eq!(
        exec_at("^\\p{Emoji_Keycap_Sequence}$", "v", "1\u{fe0f}\u{20e3}", 0),
        "0:1\u{fe0f}\u{20e3}"
    );
    assert_eq!(exec_at("[^\\d]", "v", "1a", 0), "1:a");
    assert!(exec_at("[a-z&&[^x]]", "v", "a", 0).contains("Invalid set operation"));
}

#[test]
fn annex_b() {
    assert_eq!(exec("\\1(a)", "a"), "0:a,a");
    assert_eq!(exec("\\2(a)", "\u{2}a"), "0:\u{2}a,a");
    assert_eq!(exec("\\8", "8"), "0:8");
    assert_eq!(exec("[\\101]", "A"), "0:A");
    assert_eq!(exec("a{", "a{"), "0:a{");
    assert_eq!(exec("{a}]", "{a}]"), "0:{a}]");
    assert_eq!(exec("\\c", "\\c"), "0:\\c");
    assert_eq!(exec("[\\c]", "\\"), "0:\\");
    assert_eq!(exec("\\k<a>", "k<a>"), "0:k<a>");
    assert_eq!(exec("(?=a)*b", "ab"), "1:b");
    assert_eq!(exec("[\\d-x]+", "1-x"), "0:1-x");
    assert_eq!(exec("\\u{2}", "uu"), "0:uu");
    assert_eq!(exec("[]", "a"), "null");
    assert_eq!(exec("[^]", "a"), "0:a");
    assert_eq!(exec("\\p{L}", "p{L}"), "0:p{L}");
}

#[test]
fn named_groups() {
    assert_eq!(
        exec("(?<y>\\d{4})-(?<m>\\d\\d)", "on 2022-03"),
        "3:2022-03,2022,03"
    );
    assert_eq!(exec("(?<a>.)\\k<a>", "abb"), "1:bb,b");
    assert_eq!(exec("(?:(?<a>x)|(?<a>y))\\k<a>", "yy"), "0:yy,-,y");
    let compiled = compile(StrView::ascii("(?<b>x)|(?<a>y)|(?<b>z)"), Flags::default()).unwrap();
    let names: Vec<_> = compiled
        .group_names()
        .iter()
        .map(|n| (to_utf8_lossy(n.name.view()), n.groups.clone()))
        .collect();
    assert_eq!(
        names,
        [("b".to_owned(), vec![1, 3]), ("a".to_owned(), vec![2])]
    );
}

#[test]
fn errors() {
    for (pattern, flags, message) in [
        ("(", "", "Unterminated group"),
        (")", "", "Unmatched ')'"),
        ("*", "", "Nothing to repeat"),
        ("a**", "", "Nothing to repeat"),
        ("{1}", "", "Nothing to repeat"),
        ("{", "u", "Lone quantifier brackets"),
        ("a{", "u", "Incomplete quantifier"),
        ("a{2,1}", "", "numbers out of order in {} quantifier"),
        ("\\", "", "\\ at end of pattern"),
        ("[", "", "Unterminated character class"),
        ("[b-a]", "", "Range out of order in character class"),
        ("[\\d-a]", "u", "Invalid character class"),
        ("(?a)", "", "Invalid group"),
        ("(?<1>a)", "", "Invalid capture group name"),
        ("(?<a>.)(?<a>.)", "", "Duplicate capture group name"),
        ("\\k", "u", "Invalid named reference"),
        ("\\k<a>", "u", "Invalid named capture referenced"),
        ("\\u", "u", "Invalid Unicode escape"),
        ("\\x1", "u", "Invalid escape"),
        ("\\1", "u", "Invalid escape"),
        ("\\00", "u", "Invalid decimal escape"),
        ("\\p{x}", "u", "Invalid property name"),
        ("[\\p{x}]", "u", "Invalid property name in character class"),
        ("(?=a)*", "u", "Invalid quantifier"),
        ("(?<=a)*", "", "Invalid quantifier"),
        ("[\\1]", "u", "Invalid class escape"),
        ("[(]", "v", "Invalid character in character class"),
        ("[a--b&&c]", "v", "Invalid set operation in character class"),
        (
            "[^\\p{RGI_Emoji}]",
            "v",
            "Negated character class may contain strings",
        ),
    ] {
        assert_eq!(
            exec_at(pattern, flags, "", 0),
            format!("Invalid regular expression: /{pattern}/{flags}: {message}")
        );
    }
    let deep = "(".repeat(100_000);
    assert!(exec(&deep, "").ends_with("Too many captures"));
    let deep = "(?:".repeat(100_000);
    assert!(exec(&deep, "").ends_with("Regular expression too large"));
    let deep = "[".repeat(100_000);
    assert!(exec_at(&deep, "v", "", 0).ends_with("Regular expression too large"));
    assert!(Flags::parse(StrView::ascii("gg")).is_none());
    assert!(Flags::parse(StrView::ascii("uv")).is_none());
    assert_eq!(
        Flags::parse(StrView::ascii("yig")).unwrap().letters(),
        "giy"
    );
}

#[test]
fn texts_inside_of_matches() {
    for (pattern, flags, input, expected) in [
        ("(^|[^\\\\])\"ab", "", "xx\"a x\"ab", "5:x\"ab,x"),
        ("(^|[^\\\\])\"ab", "", "\"ab", "0:\"ab,"),
        ("\\s?;\\s?", "", "a ; b", "1: ; "),
        ("\\s?;\\s?", "", "a;", "1:;"),
        (".?.?cd", "", "abcde", "0:abcd"),
        ("[^]{0,3}\u{4e2d}", "", "ab\u{4e2d}", "0:ab\u{4e2d}"),
        (".x", "u", "\u{1f600}x", "0:\u{1f600}x"),
        ("(?<=a).?b", "", "cb ab", "4:b"),
        (".?b$", "m", "b\nab", "0:b"),
    ] {
        assert_eq!(exec_at(pattern, flags, input, 0), expected, "{pattern}");
    }
}

#[test]
fn limits() {
    let compiled = compile(StrView::ascii("(a+)+b"), Flags::default()).unwrap();
    let input = "a".repeat(64);
    let mut polls = 0;
    let mut poll = || {
        polls += 1;
        polls < 10
    };
    let result = compiled.exec(
        &mut MatchState::new(),
        StrView::ascii(&input),
        0,
        false,
        &mut poll,
    );
    assert_eq!(result, Err(ExecError::Interrupted));
    let long = "ab".repeat(5_000_000);
    let compiled = compile(StrView::ascii("(?:a|b)*c"), Flags::default()).unwrap();
    let result = compiled.exec(
        &mut MatchState::new(),
        StrView::ascii(&long),
        0,
        false,
        &mut || true,
    );
    assert_eq!(result, Err(ExecError::StackOverflow));
    // The deepest pattern there can be is compiled and run without overflowing the native stack.
    let depth = 590;
    let nested = format!(
        "{}x{}",
        "(?:(?=".repeat(depth / 2),
        ")y?)*".repeat(depth / 2)
    );
    assert_eq!(exec(&nested, "x"), "0:");
}

#[test]
fn cache_compiles_once() {
    let mut cache = RegExpCache::new();
    let a = cache.get(StrView::ascii("a+"), Flags::default()).unwrap();
    let b = cache
        .get(StrView::Utf16(&[0x61, 0x2B]), Flags::default())
        .unwrap();
    assert!(std::rc::Rc::ptr_eq(&a, &b));
    let c = cache.get(StrView::ascii("a+"), Flags::GLOBAL).unwrap();
    assert!(!std::rc::Rc::ptr_eq(&a, &c));
    assert!(cache.get(StrView::ascii("("), Flags::default()).is_err());
}
