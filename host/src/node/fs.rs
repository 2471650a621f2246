//! Files: the native half of `fs`. Every function is synchronous and throws errors as Node words them.

use super::bytes::{bytes_of, new_bytes};
use super::{number_argument, number_property, text_argument, text_property};
use crate::state::state;
use sarus_runtime::error::ErrorType;
use sarus_runtime::function::NativeFn;
use sarus_runtime::{Agent, CallArgs, JsResult, Throw, Value};
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Open files by descriptor. Descriptors are sarus's own numbers, from 3 on.
#[derive(Default)]
pub struct Files(BTreeMap<i32, File>);

impl Files {
    fn insert(&mut self, file: File) -> i32 {
        let mut fd = 3;
        while self.0.contains_key(&fd) {
            fd += 1;
        }
        self.0.insert(fd, file);
        fd
    }
}

pub static FUNCTIONS: &[(&str, u32, NativeFn)] = &[
    ("readFile", 1, read_file),
    ("readFileText", 1, read_file_text),
    ("writeFile", 3, write_file),
    ("open", 3, open),
    ("close", 1, close),
    ("read", 5, read),
    ("write", 5, write),
    ("stat", 3, stat),
    ("fstat", 1, fstat),
    ("exists", 1, exists),
    ("readdir", 1, readdir),
    ("mkdir", 2, mkdir),
    ("mkdtemp", 1, mkdtemp),
    ("rmdir", 1, rmdir),
    ("unlink", 1, unlink),
    ("rename", 2, rename),
    ("copyFile", 2, copy_file),
    ("symlink", 2, symlink),
    ("link", 2, link),
    ("readlink", 1, readlink),
    ("realpath", 1, realpath),
    ("chmod", 2, chmod),
    ("truncate", 2, truncate),
    ("ftruncate", 2, ftruncate),
    ("utimes", 3, utimes),
    ("access", 2, access),
    ("fsync", 1, fsync),
];

/// Error numbers with Node's code and text.
const ERRORS: &[(i32, &str, &str)] = &[
    (1, "EPERM", "operation not permitted"),
    (2, "ENOENT", "no such file or directory"),
    (5, "EIO", "i/o error"),
    (9, "EBADF", "bad file descriptor"),
    (11, "EAGAIN", "resource temporarily unavailable"),
    (13, "EACCES", "permission denied"),
    (16, "EBUSY", "resource busy or locked"),
    (17, "EEXIST", "file already exists"),
    (18, "EXDEV", "cross-device link not permitted"),
    (20, "ENOTDIR", "not a directory"),
    (21, "EISDIR", "illegal operation on a directory"),
    (22, "EINVAL", "invalid argument"),
    (24, "EMFILE", "too many open files"),
    (27, "EFBIG", "file too large"),
    (28, "ENOSPC", "no space left on device"),
    (30, "EROFS", "read-only file system"),
    (32, "EPIPE", "broken pipe"),
    (36, "ENAMETOOLONG", "name too long"),
    (39, "ENOTEMPTY", "directory not empty"),
    (40, "ELOOP", "too many symbolic links encountered"),
];

/// Throws what Node throws for a failed system call.
fn fail(agent: &mut Agent, e: &io::Error, syscall: &str, path: &str, dest: Option<&str>) -> Throw {
    let known = e
        .raw_os_error()
        .and_then(|n| ERRORS.iter().find(|row| row.0 == n).copied());
    let (errno, code, text) = known.unwrap_or(match e.kind() {
        io::ErrorKind::NotFound => (2, "ENOENT", "no such file or directory"),
        io::ErrorKind::InvalidInput => (22, "EINVAL", "invalid argument"),
        io::ErrorKind::AlreadyExists => (17, "EEXIST", "file already exists"),
        io::ErrorKind::PermissionDenied => (13, "EACCES", "permission denied"),
        _ => (e.raw_os_error().unwrap_or(5), "EIO", "i/o error"),
    });
    let mut message = format!("{code}: {text}, {syscall}");
    if !path.is_empty() {
        message.push_str(&format!(" '{path}'"));
    }
    if let Some(d) = dest {
        message.push_str(&format!(" -> '{d}'"));
    }
    let throw = agent.throw_error(ErrorType::Error, &message);
    let Some(o) = agent.exception.as_object() else {
        return throw;
    };
    let mut fill = || -> JsResult<()> {
        number_property(agent, o, "errno", -f64::from(errno))?;
        text_property(agent, o, "code", code)?;
        text_property(agent, o, "syscall", syscall)?;
        if !path.is_empty() {
            text_property(agent, o, "path", path)?;
        }
        if let Some(d) = dest {
            text_property(agent, o, "dest", d)?;
        }
        Ok(())
    };
    fill().err().unwrap_or(throw)
}

fn done(
    agent: &mut Agent,
    result: io::Result<()>,
    syscall: &str,
    path: &str,
    dest: Option<&str>,
) -> JsResult<Value> {
    match result {
        Ok(()) => Ok(Value::UNDEFINED),
        Err(e) => Err(fail(agent, &e, syscall, path, dest)),
    }
}

/// The bytes of a file by path, or by descriptor when the argument is a number.
fn contents(agent: &mut Agent, cx: &CallArgs) -> JsResult<Vec<u8>> {
    if let Some(fd) = cx.arg(0).as_number() {
        let mut bytes = Vec::new();
        let result = if fd == 0.0 {
            io::stdin().lock().read_to_end(&mut bytes)
        } else {
            match state(agent).files.0.get_mut(&(fd as i32)) {
                Some(f) => f.read_to_end(&mut bytes),
                None => Err(io::Error::from_raw_os_error(9)),
            }
        };
        return match result {
            Ok(_) => Ok(bytes),
            Err(e) => Err(fail(agent, &e, "read", "", None)),
        };
    }
    let path = text_argument(agent, cx, 0)?;
    match fs::read(&path) {
        Ok(bytes) => Ok(bytes),
        Err(e) if e.raw_os_error() == Some(21) => Err(fail(agent, &e, "read", "", None)),
        Err(e) => Err(fail(agent, &e, "open", &path, None)),
    }
}

fn read_file(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let bytes = contents(agent, cx)?;
    new_bytes(agent, &bytes)
}

fn read_file_text(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let bytes = contents(agent, cx)?;
    agent.check_string_length(bytes.len())?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(agent.new_string(&text).into())
}

/// `open` flags as Node writes them.
fn options_of(flags: &str, mode: f64) -> Option<OpenOptions> {
    let mut o = OpenOptions::new();
    match flags.replace('s', "").as_str() {
        "r" => o.read(true),
        "r+" => o.read(true).write(true),
        "w" => o.write(true).create(true).truncate(true),
        "wx" | "xw" => o.write(true).create_new(true),
        "w+" => o.read(true).write(true).create(true).truncate(true),
        "wx+" | "xw+" => o.read(true).write(true).create_new(true),
        "a" => o.append(true).create(true),
        "ax" | "xa" => o.append(true).create_new(true),
        "a+" => o.read(true).append(true).create(true),
        "ax+" | "xa+" => o.read(true).append(true).create_new(true),
        _ => return None,
    };
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut o, mode as u32);
    #[cfg(not(unix))]
    let _ = mode;
    Some(o)
}

fn open_file(agent: &mut Agent, path: &str, flags: &str, mode: f64) -> JsResult<File> {
    let Some(options) = options_of(flags, mode) else {
        return Err(agent.type_error(format!(
            "The argument 'flags' is invalid. Received '{flags}'"
        )));
    };
    match options.open(path) {
        Ok(f) => Ok(f),
        Err(e) => Err(fail(agent, &e, "open", path, None)),
    }
}

/// `writeFile(path or descriptor, Uint8Array, flags, mode)`
fn write_file(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let bytes = bytes_of(agent, cx.arg(1))?;
    if let Some(fd) = cx.arg(0).as_number() {
        let result = write_all(agent, fd, &bytes);
        return done(agent, result, "write", "", None);
    }
    let path = text_argument(agent, cx, 0)?;
    let flags = text_argument(agent, cx, 2)?;
    let mut file = open_file(agent, &path, &flags, number_argument(cx, 3, 438.0))?;
    let result = file.write_all(&bytes);
    done(agent, result, "write", "", None)
}

fn write_all(agent: &mut Agent, fd: f64, bytes: &[u8]) -> io::Result<()> {
    match fd as i32 {
        1 if state(agent).options.capture_output => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            state(agent).output.push(text);
            Ok(())
        }
        1 => io::stdout().lock().write_all(bytes),
        2 => {
            io::stdout().lock().flush()?;
            io::stderr().lock().write_all(bytes)
        }
        n => match state(agent).files.0.get_mut(&n) {
            Some(f) => f.write_all(bytes),
            None => Err(io::Error::from_raw_os_error(9)),
        },
    }
}

/// `open(path, flags, mode)`
fn open(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let flags = text_argument(agent, cx, 1)?;
    let file = open_file(agent, &path, &flags, number_argument(cx, 2, 438.0))?;
    Ok(Value::int(state(agent).files.insert(file)))
}

fn close(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let fd = number_argument(cx, 0, -1.0) as i32;
    let result = match state(agent).files.0.remove(&fd) {
        Some(_) => Ok(()),
        None if (0..3).contains(&fd) => Ok(()),
        None => Err(io::Error::from_raw_os_error(9)),
    };
    done(agent, result, "close", "", None)
}

/// `read(fd, Uint8Array, offset, length, position)`; a position below 0 is the current one.
fn read(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let fd = number_argument(cx, 0, -1.0) as i32;
    let position = number_argument(cx, 4, -1.0);
    let Some(target) = cx.arg(1).as_object().and_then(|o| o.as_typed_array()) else {
        return Err(agent.type_error("a buffer is expected"));
    };
    let size = target.current().unwrap_or(0);
    let offset = number_argument(cx, 2, 0.0).max(0.0) as usize;
    let length = (number_argument(cx, 3, 0.0).max(0.0) as usize).min(size.saturating_sub(offset));
    let mut bytes = vec![0u8; length];
    let result = if fd == 0 {
        io::stdin().lock().read(&mut bytes)
    } else {
        match state(agent).files.0.get_mut(&fd) {
            Some(f) => read_at(f, &mut bytes, position),
            None => Err(io::Error::from_raw_os_error(9)),
        }
    };
    match result {
        Ok(n) => {
            let at = target.byte_offset().saturating_add(offset);
            target.buffer().write_bytes(at, &bytes[..n.min(length)]);
            Ok(Value::number(n as f64))
        }
        Err(e) => Err(fail(agent, &e, "read", "", None)),
    }
}

fn read_at(f: &mut File, bytes: &mut [u8], position: f64) -> io::Result<usize> {
    if position < 0.0 {
        return f.read(bytes);
    }
    let before = f.stream_position()?;
    f.seek(SeekFrom::Start(position as u64))?;
    let n = f.read(bytes);
    f.seek(SeekFrom::Start(before))?;
    n
}

/// `write(fd, Uint8Array, offset, length, position)`
fn write(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let fd = number_argument(cx, 0, -1.0);
    let position = number_argument(cx, 4, -1.0);
    let bytes = bytes_of(agent, cx.arg(1))?;
    let offset = (number_argument(cx, 2, 0.0).max(0.0) as usize).min(bytes.len());
    let length = number_argument(cx, 3, bytes.len() as f64).max(0.0) as usize;
    let end = offset.saturating_add(length).min(bytes.len());
    let part = &bytes[offset..end];
    let result = if position < 0.0 {
        write_all(agent, fd, part)
    } else {
        match state(agent).files.0.get_mut(&(fd as i32)) {
            Some(f) => write_at(f, part, position),
            None => Err(io::Error::from_raw_os_error(9)),
        }
    };
    match result {
        Ok(()) => Ok(Value::number(part.len() as f64)),
        Err(e) => Err(fail(agent, &e, "write", "", None)),
    }
}

fn write_at(f: &mut File, bytes: &[u8], position: f64) -> io::Result<()> {
    let before = f.stream_position()?;
    f.seek(SeekFrom::Start(position as u64))?;
    f.write_all(bytes)?;
    f.seek(SeekFrom::Start(before)).map(|_| ())
}

/// `stat(path, follow links, throw if missing)`: an array of numbers, or undefined.
fn stat(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let follow = !(cx.arg(1) == Value::FALSE);
    let result = if follow {
        fs::metadata(&path)
    } else {
        fs::symlink_metadata(&path)
    };
    match result {
        Ok(m) => Ok(numbers_of(agent, &m)),
        Err(e) if (cx.arg(2) == Value::FALSE) && matches!(e.raw_os_error(), Some(2 | 20)) => {
            Ok(Value::UNDEFINED)
        }
        Err(e) => {
            let call = if follow { "stat" } else { "lstat" };
            Err(fail(agent, &e, call, &path, None))
        }
    }
}

fn fstat(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let fd = number_argument(cx, 0, -1.0) as i32;
    let result = match state(agent).files.0.get(&fd) {
        Some(f) => f.metadata(),
        None if (0..3).contains(&fd) => fs::metadata(format!("/dev/fd/{fd}")),
        None => Err(io::Error::from_raw_os_error(9)),
    };
    match result {
        Ok(m) => Ok(numbers_of(agent, &m)),
        Err(e) => Err(fail(agent, &e, "fstat", "", None)),
    }
}

/// dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, then atime, mtime, ctime, birthtime in ms.
fn numbers_of(agent: &mut Agent, m: &Metadata) -> Value {
    let ms = |t: io::Result<SystemTime>| {
        t.ok()
            .and_then(|t| t.duration_since(UNIX_EPOCH).ok())
            .map_or(0.0, |d| d.as_secs_f64() * 1e3)
    };
    #[cfg(unix)]
    let mut list = {
        use std::os::unix::fs::MetadataExt;
        let change = m.ctime() as f64 * 1e3 + m.ctime_nsec() as f64 / 1e6;
        [
            m.dev() as f64,
            f64::from(m.mode()),
            m.nlink() as f64,
            f64::from(m.uid()),
            f64::from(m.gid()),
            m.rdev() as f64,
            m.blksize() as f64,
            m.ino() as f64,
            m.size() as f64,
            m.blocks() as f64,
            0.0,
            0.0,
            change,
            0.0,
        ]
    };
    #[cfg(not(unix))]
    let mut list = {
        let kind = if m.is_dir() { 0o040777 } else { 0o100666 };
        let size = m.len() as f64;
        let change = ms(m.modified());
        [
            0.0,
            f64::from(kind),
            1.0,
            0.0,
            0.0,
            0.0,
            4096.0,
            0.0,
            size,
            (size / 512.0).ceil(),
            0.0,
            0.0,
            change,
            0.0,
        ]
    };
    list[10] = ms(m.accessed());
    list[11] = ms(m.modified());
    list[13] = m.created().map_or(list[12], |t| ms(Ok(t)));
    agent.new_array_from(&list.map(Value::number)).into()
}

fn exists(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    Ok(Value::bool(Path::new(&path).exists()))
}

/// An array of names in order, each followed by its kind: 1 file, 2 directory, 3 link, 4 fifo, 5 socket,
/// 6 character device, 7 block device.
fn readdir(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let list = fs::read_dir(&path).and_then(|entries| {
        let mut list = Vec::new();
        for e in entries {
            let e = e?;
            let kind = e.file_type().map_or(0, kind_of);
            list.push((e.file_name().to_string_lossy().into_owned(), kind));
        }
        Ok(list)
    });
    let mut list = match list {
        Ok(l) => l,
        Err(e) => return Err(fail(agent, &e, "scandir", &path, None)),
    };
    list.sort();
    let mut values = agent.heap.root_vec::<Value>();
    for (name, kind) in list {
        let v = agent.string_value(&name);
        values.push(v);
        values.push(Value::int(kind));
    }
    Ok(agent.new_array_from(&values).into())
}

fn kind_of(t: fs::FileType) -> i32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let special = [
            (t.is_fifo(), 4),
            (t.is_socket(), 5),
            (t.is_char_device(), 6),
            (t.is_block_device(), 7),
        ];
        if let Some((_, kind)) = special.iter().find(|(is, _)| *is) {
            return *kind;
        }
    }
    match (t.is_file(), t.is_dir(), t.is_symlink()) {
        (true, ..) => 1,
        (_, true, _) => 2,
        (.., true) => 3,
        _ => 0,
    }
}

fn mkdir(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, number_argument(cx, 1, 511.0) as u32);
    #[cfg(not(unix))]
    let builder = &mut builder;
    let result = builder.create(&path);
    done(agent, result, "mkdir", &path, None)
}

fn mkdtemp(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let prefix = text_argument(agent, cx, 0)?;
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut seed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(1, |d| d.as_nanos() as u64)
        ^ (u64::from(std::process::id()) << 32);
    let mut path = String::new();
    for _ in 0..100 {
        path.clone_from(&prefix);
        for _ in 0..6 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            path.push(char::from(LETTERS[(seed % LETTERS.len() as u64) as usize]));
        }
        match fs::create_dir(&path) {
            Ok(()) => return Ok(agent.string_value(&path)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => {
                return Err(fail(agent, &e, "mkdtemp", &format!("{prefix}XXXXXX"), None));
            }
        }
    }
    let e = io::Error::from_raw_os_error(17);
    Err(fail(agent, &e, "mkdtemp", &path, None))
}

fn rmdir(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let result = fs::remove_dir(&path);
    done(agent, result, "rmdir", &path, None)
}

fn unlink(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let result = fs::remove_file(&path);
    done(agent, result, "unlink", &path, None)
}

fn rename(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (a, b) = (text_argument(agent, cx, 0)?, text_argument(agent, cx, 1)?);
    let result = fs::rename(&a, &b);
    done(agent, result, "rename", &a, Some(&b))
}

/// `copyFile(from, to, exclusive)`
fn copy_file(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (a, b) = (text_argument(agent, cx, 0)?, text_argument(agent, cx, 1)?);
    let result = if cx.arg(2).is_true() && Path::new(&b).exists() {
        Err(io::Error::from_raw_os_error(17))
    } else {
        fs::copy(&a, &b).map(|_| ())
    };
    done(agent, result, "copyfile", &a, Some(&b))
}

fn symlink(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (a, b) = (text_argument(agent, cx, 0)?, text_argument(agent, cx, 1)?);
    #[cfg(unix)]
    let result = std::os::unix::fs::symlink(&a, &b);
    #[cfg(not(unix))]
    let result = Err(io::Error::from_raw_os_error(1));
    done(agent, result, "symlink", &a, Some(&b))
}

fn link(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (a, b) = (text_argument(agent, cx, 0)?, text_argument(agent, cx, 1)?);
    let result = fs::hard_link(&a, &b);
    done(agent, result, "link", &a, Some(&b))
}

fn readlink(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    match fs::read_link(&path) {
        Ok(p) => Ok(agent.string_value(&p.to_string_lossy())),
        Err(e) => Err(fail(agent, &e, "readlink", &path, None)),
    }
}

fn realpath(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    match fs::canonicalize(&path) {
        Ok(p) => Ok(agent.string_value(&p.to_string_lossy())),
        Err(e) => Err(fail(agent, &e, "lstat", &path, None)),
    }
}

fn chmod(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    #[cfg(unix)]
    let result = {
        use std::os::unix::fs::PermissionsExt;
        let mode = number_argument(cx, 1, 438.0) as u32;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))
    };
    #[cfg(not(unix))]
    let result = fs::metadata(&path).map(|_| ());
    done(agent, result, "chmod", &path, None)
}

fn truncate(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let length = number_argument(cx, 1, 0.0).max(0.0) as u64;
    let result = OpenOptions::new()
        .write(true)
        .open(&path)
        .and_then(|f| f.set_len(length));
    done(agent, result, "open", &path, None)
}

fn ftruncate(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let length = number_argument(cx, 1, 0.0).max(0.0) as u64;
    let result = on_file(agent, cx, |f| f.set_len(length));
    done(agent, result, "ftruncate", "", None)
}

fn fsync(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let result = on_file(agent, cx, |f| f.sync_all());
    done(agent, result, "fsync", "", None)
}

fn on_file(
    agent: &mut Agent,
    cx: &CallArgs,
    f: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let fd = number_argument(cx, 0, -1.0) as i32;
    match state(agent).files.0.get(&fd) {
        Some(file) => f(file),
        None => Err(io::Error::from_raw_os_error(9)),
    }
}

/// `utimes(path, access, modification)`, times in seconds.
fn utimes(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let time = |n: f64| {
        let d = Duration::try_from_secs_f64(n.max(0.0)).unwrap_or_default();
        UNIX_EPOCH.checked_add(d).unwrap_or(UNIX_EPOCH)
    };
    let times = fs::FileTimes::new()
        .set_accessed(time(number_argument(cx, 1, 0.0)))
        .set_modified(time(number_argument(cx, 2, 0.0)));
    let result = File::open(&path).and_then(|f| f.set_times(times));
    done(agent, result, "utime", &path, None)
}

/// `access(path, mode)`, by the permission bits for anyone.
fn access(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let path = text_argument(agent, cx, 0)?;
    let mode = number_argument(cx, 1, 0.0) as u32;
    let result = fs::metadata(&path).and_then(|m| {
        #[cfg(unix)]
        let denied = {
            use std::os::unix::fs::MetadataExt;
            mode & 1 != 0 && m.mode() & 0o111 == 0
        };
        #[cfg(not(unix))]
        let denied = false;
        let denied = denied || (mode & 2 != 0 && m.permissions().readonly());
        if denied {
            return Err(io::Error::from_raw_os_error(13));
        }
        Ok(())
    });
    done(agent, result, "access", &path, None)
}
