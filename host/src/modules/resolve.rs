//! Node's module resolution: files, folders, `node_modules`, and `exports`/`imports` of packages
//! (<https://nodejs.org/api/esm.html#resolution-algorithm>, <https://nodejs.org/api/modules.html>).
//!
//! Knows the file system and JSON, nothing of JavaScript values.

use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// What kind of module a file holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Format {
    /// CommonJS.
    CommonJs,
    /// An ES module.
    EsModule,
    /// JSON.
    Json,
}

/// A `package.json` with its folder.
pub struct Package {
    /// The folder.
    pub folder: PathBuf,
    /// The parsed file; null when it is not an object.
    pub json: Json,
}

/// Why a specifier has no file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResolveError {
    /// Node's error code.
    pub code: &'static str,
    /// The message.
    pub message: String,
}

impl ResolveError {
    fn new(code: &'static str, message: String) -> ResolveError {
        ResolveError { code, message }
    }
}

/// Who asks.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Requester {
    /// `require`: extensions and folders are tried.
    Require,
    /// `import`: the exact file.
    Import,
}

/// The resolver with its caches of `package.json` files.
#[derive(Default)]
pub struct Resolver {
    packages: HashMap<PathBuf, Option<Rc<Package>>>,
    conditions: Vec<String>,
}

const EXTENSIONS: [&str; 3] = ["js", "json", "node"];

impl Resolver {
    /// A resolver with extra conditions.
    pub fn new(conditions: Vec<String>) -> Resolver {
        Resolver {
            packages: HashMap::new(),
            conditions,
        }
    }

    /// The file that `specifier` means in a module in `folder`.
    ///
    /// # Errors
    /// Node's error code and message when there is none.
    pub fn resolve(
        &mut self,
        specifier: &str,
        folder: &Path,
        by: Requester,
    ) -> Result<PathBuf, ResolveError> {
        if let Some(path) = specifier.strip_prefix("file://") {
            return self.file(Path::new(&percent_decode(path)), by, specifier, folder);
        }
        let first = specifier.split('/').next().unwrap_or("");
        if first == "." || first == ".." || specifier.starts_with('/') {
            let plain = if by == Requester::Import {
                percent_decode(specifier)
            } else {
                specifier.to_string()
            };
            let path = normalize(&folder.join(plain));
            let path = if specifier.ends_with('/') || first == specifier {
                with_slash(path)
            } else {
                path
            };
            return self.file(&path, by, specifier, folder);
        }
        if specifier.starts_with('#') {
            return self.resolve_imports(specifier, folder, by);
        }
        self.resolve_bare(specifier, folder, by)
    }

    /// LOAD_AS_FILE and LOAD_AS_DIRECTORY, or the exact file for `import`.
    fn file(
        &mut self,
        path: &Path,
        by: Requester,
        specifier: &str,
        folder: &Path,
    ) -> Result<PathBuf, ResolveError> {
        let found = match by {
            Requester::Require => self.as_file_or_folder(path),
            Requester::Import if path.is_file() => Some(path.to_path_buf()),
            Requester::Import if path.is_dir() => {
                return Err(ResolveError::new(
                    "ERR_UNSUPPORTED_DIR_IMPORT",
                    format!(
                        "Directory import '{}' is not supported resolving ES modules imported from {}",
                        path.display(),
                        folder.display()
                    ),
                ));
            }
            Requester::Import => None,
        };
        found
            .map(real_path)
            .ok_or_else(|| not_found(specifier, path, by, folder))
    }

    fn as_file_or_folder(&mut self, path: &Path) -> Option<PathBuf> {
        let is_folder_name = path.as_os_str().to_string_lossy().ends_with('/');
        if !is_folder_name && let Some(file) = as_file(path) {
            return Some(file);
        }
        self.as_folder(path)
    }

    fn as_folder(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(package) = self.package_in(folder)
            && let Some(main) = package.json.get("main").and_then(Json::as_str)
            && !main.is_empty()
        {
            let main = normalize(&folder.join(main));
            if let Some(file) = as_file(&main).or_else(|| as_index(&main)) {
                return Some(file);
            }
        }
        as_index(folder)
    }

    /// PACKAGE_RESOLVE.
    fn resolve_bare(
        &mut self,
        specifier: &str,
        folder: &Path,
        by: Requester,
    ) -> Result<PathBuf, ResolveError> {
        let (name, subpath) = split_package(specifier).ok_or_else(|| {
            ResolveError::new(
                "ERR_INVALID_MODULE_SPECIFIER",
                format!("Invalid module \"{specifier}\" is not a valid package name"),
            )
        })?;
        let subpath = format!(".{subpath}");
        // PACKAGE_SELF_RESOLVE
        if let Some(package) = self.scope_of(folder)
            && package.json.get("name").and_then(Json::as_str) == Some(name)
            && let Some(exports) = package.json.get("exports").filter(|e| !e.is_null())
        {
            return self.resolve_exports(&package, exports, &subpath, by);
        }
        for ancestor in folder.ancestors() {
            if ancestor.file_name().is_some_and(|n| n == "node_modules") {
                continue;
            }
            let base = ancestor.join("node_modules").join(name);
            if !base.is_dir() {
                // A file beside packages: node_modules/name.js.
                if by == Requester::Require
                    && let Some(file) = as_file(&ancestor.join("node_modules").join(specifier))
                {
                    return Ok(real_path(file));
                }
                continue;
            }
            let package = self.package_in(&base);
            if let Some(package) = &package
                && let Some(exports) = package.json.get("exports").filter(|e| !e.is_null())
            {
                return self.resolve_exports(package, exports, &subpath, by);
            }
            let target = if subpath == "." {
                base.clone()
            } else {
                normalize(&base.join(&subpath[2..]))
            };
            let found = match by {
                Requester::Require => self.as_file_or_folder(&target),
                // Legacy main resolution for `import 'package'`.
                Requester::Import if subpath == "." => self.as_folder(&target),
                Requester::Import => Some(target).filter(|t| t.is_file()),
            };
            if let Some(file) = found {
                return Ok(real_path(file));
            }
        }
        Err(not_found(specifier, Path::new(specifier), by, folder))
    }

    /// PACKAGE_EXPORTS_RESOLVE.
    fn resolve_exports(
        &mut self,
        package: &Rc<Package>,
        exports: &Json,
        subpath: &str,
        by: Requester,
    ) -> Result<PathBuf, ResolveError> {
        let has_subpaths = exports
            .as_object()
            .is_some_and(|m| m.keys().any(|k| k.starts_with('.')));
        let target = if subpath == "." && !has_subpaths {
            self.target(package, exports, None, by)?
        } else if has_subpaths {
            self.match_key(package, exports, subpath, by)?
        } else {
            None
        };
        match target {
            Some(path) if path.is_file() => Ok(real_path(path)),
            Some(path) => Err(not_found(subpath, &path, by, &package.folder)),
            None => {
                let folder = package.folder.display();
                let message = if subpath == "." {
                    format!("No \"exports\" main defined in {folder}/package.json")
                } else {
                    format!(
                        "Package subpath '{subpath}' is not defined by \"exports\" in {folder}/package.json"
                    )
                };
                Err(ResolveError::new("ERR_PACKAGE_PATH_NOT_EXPORTED", message))
            }
        }
    }

    /// PACKAGE_IMPORTS_RESOLVE.
    fn resolve_imports(
        &mut self,
        specifier: &str,
        folder: &Path,
        by: Requester,
    ) -> Result<PathBuf, ResolveError> {
        if let Some(package) = self.scope_of(folder)
            && let Some(imports) = package.json.get("imports").filter(|i| i.is_object())
            && let Some(path) = self.match_key(&package, imports, specifier, by)?
        {
            return Ok(real_path(path));
        }
        Err(ResolveError::new(
            "ERR_PACKAGE_IMPORT_NOT_DEFINED",
            format!(
                "Package import specifier \"{specifier}\" is not defined imported from {}",
                folder.display()
            ),
        ))
    }

    /// PACKAGE_IMPORTS_EXPORTS_RESOLVE: an exact key, else the pattern with the longest prefix.
    fn match_key(
        &mut self,
        package: &Rc<Package>,
        map: &Json,
        key: &str,
        by: Requester,
    ) -> Result<Option<PathBuf>, ResolveError> {
        let Some(object) = map.as_object() else {
            return Ok(None);
        };
        if let Some(target) = object
            .get(key)
            .filter(|_| !key.contains('*') && !key.ends_with('/'))
        {
            return self.target(package, target, None, by);
        }
        let mut best: Option<(&str, &str, &Json)> = None;
        for (pattern, target) in object {
            let Some((prefix, suffix)) = pattern.split_once('*') else {
                continue;
            };
            let fits = key.len() >= pattern.len()
                && key.starts_with(prefix)
                && key.ends_with(suffix)
                && key != prefix;
            let better = best.is_none_or(|(p, s, _)| {
                prefix.len() > p.len() || prefix.len() == p.len() && suffix.len() > s.len()
            });
            if fits && better {
                best = Some((prefix, suffix, target));
            }
        }
        match best {
            Some((prefix, suffix, target)) => {
                let matched = key[prefix.len()..key.len() - suffix.len()].to_string();
                self.target(package, target, Some(&matched), by)
            }
            None => Ok(None),
        }
    }

    /// PACKAGE_TARGET_RESOLVE.
    fn target(
        &mut self,
        package: &Rc<Package>,
        target: &Json,
        matched: Option<&str>,
        by: Requester,
    ) -> Result<Option<PathBuf>, ResolveError> {
        match target {
            Json::String(text) => {
                let text = matched.map_or_else(|| text.clone(), |m| text.replace('*', m));
                if let Some(relative) = text.strip_prefix("./") {
                    return Ok(Some(normalize(&package.folder.join(relative))));
                }
                if text.starts_with("../") || text.starts_with('/') {
                    return Err(ResolveError::new(
                        "ERR_INVALID_PACKAGE_TARGET",
                        format!(
                            "Invalid package target \"{text}\" in {}/package.json",
                            package.folder.display()
                        ),
                    ));
                }
                self.resolve_bare(&text, &package.folder.clone(), by)
                    .map(Some)
            }
            Json::Object(map) => {
                for (condition, target) in map {
                    if self.has_condition(condition, by) {
                        let found = self.target(package, target, matched, by)?;
                        if found.is_some() || target.is_null() {
                            return Ok(found);
                        }
                    }
                }
                Ok(None)
            }
            Json::Array(list) => {
                let mut last = Ok(None);
                for target in list {
                    last = self.target(package, target, matched, by);
                    if matches!(last, Ok(Some(_))) {
                        break;
                    }
                }
                last
            }
            _ => Ok(None),
        }
    }

    fn has_condition(&self, condition: &str, by: Requester) -> bool {
        match condition {
            "default" | "node" => true,
            "import" => by == Requester::Import,
            "require" => by == Requester::Require,
            other => self.conditions.iter().any(|c| c == other),
        }
    }

    /// The `package.json` of a folder.
    pub fn package_in(&mut self, folder: &Path) -> Option<Rc<Package>> {
        if let Some(known) = self.packages.get(folder) {
            return known.clone();
        }
        let package = std::fs::read(folder.join("package.json"))
            .ok()
            .map(|bytes| {
                let json = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
                Rc::new(Package {
                    folder: folder.to_path_buf(),
                    json,
                })
            });
        self.packages.insert(folder.to_path_buf(), package.clone());
        package
    }

    /// LOOKUP_PACKAGE_SCOPE.
    pub fn scope_of(&mut self, folder: &Path) -> Option<Rc<Package>> {
        for ancestor in folder.ancestors() {
            if ancestor.file_name().is_some_and(|n| n == "node_modules") {
                return None;
            }
            if let Some(package) = self.package_in(ancestor) {
                return Some(package);
            }
        }
        None
    }

    /// ESM_FILE_FORMAT.
    pub fn format_of(&mut self, file: &Path) -> Format {
        match file.extension().and_then(|e| e.to_str()) {
            Some("mjs") => Format::EsModule,
            Some("cjs") => Format::CommonJs,
            Some("json") => Format::Json,
            _ => {
                let folder = file.parent().unwrap_or(Path::new("/")).to_path_buf();
                let is_module = self
                    .scope_of(&folder)
                    .is_some_and(|p| p.json.get("type").and_then(Json::as_str) == Some("module"));
                if is_module {
                    Format::EsModule
                } else {
                    Format::CommonJs
                }
            }
        }
    }
}

fn not_found(specifier: &str, path: &Path, by: Requester, folder: &Path) -> ResolveError {
    match by {
        Requester::Require => ResolveError::new(
            "MODULE_NOT_FOUND",
            format!("Cannot find module '{specifier}'"),
        ),
        Requester::Import if path == Path::new(specifier) => ResolveError::new(
            "ERR_MODULE_NOT_FOUND",
            format!(
                "Cannot find package '{specifier}' imported from {}",
                folder.display()
            ),
        ),
        Requester::Import => ResolveError::new(
            "ERR_MODULE_NOT_FOUND",
            format!(
                "Cannot find module '{}' imported from {}",
                path.display(),
                folder.display()
            ),
        ),
    }
}

fn as_file(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_path_buf());
    }
    let name = path.as_os_str().to_string_lossy().into_owned();
    EXTENSIONS
        .iter()
        .map(|e| PathBuf::from(format!("{name}.{e}")))
        .find(|p| p.is_file())
}

fn as_index(folder: &Path) -> Option<PathBuf> {
    EXTENSIONS
        .iter()
        .map(|e| folder.join(format!("index.{e}")))
        .find(|p| p.is_file())
}

/// The package name and the rest of a bare specifier (empty or starting with a slash).
fn split_package(specifier: &str) -> Option<(&str, &str)> {
    let mut end = specifier.find('/').unwrap_or(specifier.len());
    if specifier.starts_with('@') {
        end = specifier[end..]
            .get(1..)?
            .find('/')
            .map_or(specifier.len(), |i| end + 1 + i);
    }
    let name = &specifier[..end];
    let valid = !name.is_empty() && !name.starts_with('.') && !name.contains(['\\', '%']);
    valid.then_some((name, &specifier[end..]))
}

fn with_slash(path: PathBuf) -> PathBuf {
    let mut name = path.into_os_string();
    name.push("/");
    name.into()
}

/// Links resolved, as Node does without `--preserve-symlinks`.
fn real_path(path: PathBuf) -> PathBuf {
    std::fs::canonicalize(&path).unwrap_or(path)
}

/// Removes `.` and `..` without asking the file system.
pub fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes
            .get(i + 1..i + 3)
            .and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(b) if bytes[i] == b'%' => {
                out.push(b);
                i += 3;
            }
            _ => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names() {
        assert_eq!(split_package("a"), Some(("a", "")));
        assert_eq!(split_package("a/b/c"), Some(("a", "/b/c")));
        assert_eq!(split_package("@s/a/b"), Some(("@s/a", "/b")));
        assert_eq!(split_package("@s"), None);
    }

    #[test]
    fn exports_with_conditions_and_patterns() {
        let root = std::env::temp_dir().join(format!("sarus-resolve-{}", std::process::id()));
        let package = root.join("node_modules/p");
        std::fs::create_dir_all(package.join("lib/sub")).unwrap();
        for f in ["lib/main.cjs", "lib/main.mjs", "lib/sub/x.js"] {
            std::fs::write(package.join(f), "").unwrap();
        }
        let json = r#"{"exports":{".":{"import":"./lib/main.mjs","require":"./lib/main.cjs"},"./f/*":"./lib/sub/*.js"}}"#;
        std::fs::write(package.join("package.json"), json).unwrap();
        let mut r = Resolver::default();
        let tail = |r: Result<PathBuf, ResolveError>| {
            r.unwrap()
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        };
        assert_eq!(tail(r.resolve("p", &root, Requester::Import)), "main.mjs");
        assert_eq!(tail(r.resolve("p", &root, Requester::Require)), "main.cjs");
        assert_eq!(tail(r.resolve("p/f/x", &root, Requester::Require)), "x.js");
        let e = r
            .resolve("p/lib/main.cjs", &root, Requester::Require)
            .unwrap_err();
        assert_eq!(e.code, "ERR_PACKAGE_PATH_NOT_EXPORTED");
        std::fs::remove_dir_all(&root).unwrap();
    }
}
