//! The suite on disk: where it is, which tests a run selects, and the harness files.
//!
//! Knows nothing about engines. Paths of tests are relative to the suite's `test` folder, with forward slashes.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::glob::Filter;

/// Folders that are looked at, in this order, when `--suite` is not given.
const DEFAULT_PLACES: [&str; 3] = ["target/test262", "test262", "../test262"];

/// A checkout of test262.
#[derive(Clone, Debug)]
pub struct Suite {
    root: PathBuf,
}

/// Which tests of the suite to run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// A test has to match one of them, unless there are none.
    pub filters: Vec<Filter>,
    /// Tests matching one of them are left out.
    pub excludes: Vec<Filter>,
    /// Only these paths, if given.
    pub list: Option<HashSet<String>>,
    /// The fraction of tests to keep and the seed that decides which.
    pub sample: Option<(f64, u64)>,
    /// Keep the tests whose number modulo the second is the first.
    pub shard: Option<(usize, usize)>,
}

impl Suite {
    /// Opens the suite at `root`, or at the first default place that holds one.
    pub fn open(root: Option<&str>) -> Result<Suite, String> {
        let candidates: Vec<PathBuf> = match root {
            Some(root) => vec![PathBuf::from(root)],
            None => DEFAULT_PLACES.iter().map(PathBuf::from).collect(),
        };
        for root in &candidates {
            if root.join("harness/sta.js").is_file() && root.join("test").is_dir() {
                let root = root
                    .canonicalize()
                    .map_err(|e| format!("{}: {e}", root.display()))?;
                return Ok(Suite { root });
            }
        }
        let names: Vec<String> = candidates.iter().map(|p| p.display().to_string()).collect();
        Err(format!(
            "no test262 checkout at {}; use --suite PATH",
            names.join(", ")
        ))
    }

    /// The checkout's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file of the test at `path`.
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join("test").join(path)
    }

    /// The sorted paths of all tests that `selection` keeps.
    pub fn select(&self, selection: &Selection) -> io::Result<Vec<String>> {
        let mut paths = Vec::new();
        walk(&self.root.join("test"), "", &mut paths)?;
        paths.retain(|path| selection.keeps(path));
        paths.sort_unstable();
        if let Some((index, count)) = selection.shard {
            let mut number = 0;
            paths.retain(|_| {
                number += 1;
                (number - 1) % count == index
            });
        }
        Ok(paths)
    }
}

impl Selection {
    fn keeps(&self, path: &str) -> bool {
        (self.filters.is_empty() || self.filters.iter().any(|f| f.matches(path)))
            && !self.excludes.iter().any(|f| f.matches(path))
            && self.list.as_ref().is_none_or(|list| list.contains(path))
            && self
                .sample
                .is_none_or(|(fraction, seed)| unit_hash(path, seed) < fraction)
    }
}

/// Collects the tests below `folder`; files with `_FIXTURE` in their name are not tests.
///
/// Recursion is bounded by the depth of the checkout's folders.
fn walk(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let path = if prefix.is_empty() {
            name.to_string()
        } else {
            format!("{prefix}/{name}")
        };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &path, paths)?;
        } else if name.ends_with(".js") && !name.contains("_FIXTURE") {
            paths.push(path);
        }
    }
    Ok(())
}

/// A number in 0..1 that depends on the path and the seed alone, so that a sample is the same everywhere.
fn unit_hash(path: &str, seed: u64) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in path.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    // FNV leaves the high bits weak; one round of a finalizer spreads them.
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// A harness file's text.
#[derive(Debug)]
pub struct HarnessFile {
    /// Its name relative to the harness folder.
    pub name: String,
    /// Its source text.
    pub source: String,
}

/// The harness files read so far; a worker keeps one for its lifetime.
#[derive(Debug)]
pub struct Harness {
    folder: PathBuf,
    files: HashMap<String, Rc<HarnessFile>>,
}

impl Harness {
    /// The harness of the suite at `root`.
    pub fn new(root: &Path) -> Harness {
        Harness {
            folder: root.join("harness"),
            files: HashMap::new(),
        }
    }

    /// The harness file `name`.
    pub fn get(&mut self, name: &str) -> Result<Rc<HarnessFile>, String> {
        if let Some(file) = self.files.get(name) {
            return Ok(Rc::clone(file));
        }
        let source = fs::read_to_string(self.folder.join(name))
            .map_err(|e| format!("harness/{name}: {e}"))?;
        let file = Rc::new(HarnessFile {
            name: name.to_string(),
            source,
        });
        self.files.insert(name.to_string(), Rc::clone(&file));
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_is_stable_and_about_right() {
        let selection = Selection {
            sample: Some((0.25, 7)),
            ..Selection::default()
        };
        let paths: Vec<String> = (0..4000).map(|i| format!("built-ins/a/{i}.js")).collect();
        let kept = paths.iter().filter(|p| selection.keeps(p)).count();
        assert!((850..1150).contains(&kept), "{kept}");
        let again = paths.iter().filter(|p| selection.keeps(p)).count();
        assert_eq!(kept, again);
    }

    #[test]
    fn excludes_win() {
        let selection = Selection {
            filters: vec![Filter::new("Array")],
            excludes: vec![Filter::new("*/from/*")],
            ..Selection::default()
        };
        assert!(selection.keeps("built-ins/Array/of/a.js"));
        assert!(!selection.keeps("built-ins/Array/from/a.js"));
    }
}
