//! Path filters: a plain string matches anywhere in a path, a pattern with `*` or `?` the whole path.

/// One filter of the command line.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    glob: bool,
}

impl Filter {
    /// Reads a filter; a leading `test/` is optional, as paths are relative to that folder.
    pub fn new(text: &str) -> Filter {
        let text = text.strip_prefix("test/").unwrap_or(text).to_string();
        let glob = text.contains(['*', '?']);
        Filter { text, glob }
    }

    /// Whether the filter selects `path`.
    pub fn matches(&self, path: &str) -> bool {
        if self.glob {
            glob(self.text.as_bytes(), path.as_bytes())
        } else {
            path.contains(&self.text)
        }
    }
}

/// `*` stands for any run of bytes (slashes included), `?` for one byte.
///
/// Backtracks to the last star only, which is enough for these two wildcards and keeps it quadratic.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == b'?' || Some(&c) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .unwrap_or_default()
        .iter()
        .all(|&c| c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substring_and_glob() {
        let yes = |f: &str, p: &str| assert!(Filter::new(f).matches(p), "{f} {p}");
        let no = |f: &str, p: &str| assert!(!Filter::new(f).matches(p), "{f} {p}");
        yes("Array/from", "built-ins/Array/from/a.js");
        yes("test/built-ins/*", "built-ins/Array/from/a.js");
        yes("*/a?c.js", "x/y/abc.js");
        yes("*a*a*b.js", "aaaaab.js");
        no("*/a?c.js", "x/y/ac.js");
        no("built-ins", "language/x.js");
        no("lang*", "x/language/x.js");
    }
}
