#!/usr/bin/env python3
"""Runs programs from the package world with an engine and compares stdout, byte for byte, with node's.

    python3 scripts/real-input/run.py --engine ./target/release/sarus [--filter acorn] [--reduced] [-- --gc-stress=5000]

Installs the packages that package-lock.json pins into target/real-input (ignored by git) on first use. What follows
`--` is passed to the engine in front of the program. --reduced makes inputs small, for stress modes and debug builds.
Prints a line per program with both times, the differences of those that differ, and a summary; exits with 0 if all agree.
"""
import argparse
import difflib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# Large real files for the parsers to read.
SOURCES = [
    "lodash/lodash.js",
    "acorn/dist/acorn.js",
    "handlebars/dist/handlebars.js",
    "esprima/dist/esprima.js",
    "benchmark-octane/lib/octane/box2d.js",
    "benchmark-octane/lib/octane/typescript-compiler.js",
]
REDUCED_SOURCES = ["benchmark-octane/lib/octane/richards.js"]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", required=True, help="the engine's command line")
    parser.add_argument("--reference", default="node", help="the engine to agree with (default: node)")
    parser.add_argument("--filter", action="append", default=[], help="programs whose name contains this; repeatable")
    parser.add_argument("--reduced", action="store_true", help="small inputs")
    parser.add_argument("--into", default=os.path.join(ROOT, "target", "real-input"), help="where to install and run")
    parser.add_argument("--timeout", type=float, default=600, help="seconds per program (default: 600)")
    parser.add_argument("--list", action="store_true", help="print the programs' names and stop")
    parser.add_argument("flags", nargs="*", help="flags for the engine, after --")
    return parser.parse_args()


def install(folder):
    """Installs the pinned packages unless the same lock file is installed already."""
    os.makedirs(folder, exist_ok=True)
    stamp = os.path.join(folder, "installed-lock.json")
    lock = os.path.join(HERE, "package-lock.json")
    if os.path.exists(stamp) and open(stamp).read() == open(lock).read():
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, name), folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    shutil.copy(lock, stamp)


def prepare(folder, reduced):
    """Puts all programs into the folder; returns their names with their files."""
    programs = {}
    for name in sorted(os.listdir(os.path.join(HERE, "drivers"))):
        shutil.copy(os.path.join(HERE, "drivers", name), folder)
        if not name.startswith("_"):
            programs[name.removesuffix(".js")] = name
    with open(os.path.join(folder, "_config.js"), "w") as config:
        config.write(f"module.exports = {{ reduced: {str(reduced).lower()} }};\n")
    write_sources(folder, reduced)
    octane = os.path.join(folder, "node_modules", "benchmark-octane", "lib", "octane")
    driver = open(os.path.join(HERE, "octane_driver.js")).read()
    table = json.load(open(os.path.join(HERE, "octane.json")))
    for name, entry in table.items():
        # The shell functions that these programs expect.
        parts = ["var print = function (text) { console.log(text); }, read = function () { return ''; };"]
        parts += [open(os.path.join(octane, "base.js"), encoding="utf-8").read()]
        parts += [open(os.path.join(octane, file), encoding="utf-8").read() for file in entry["files"]]
        iterations = 1 if reduced else entry["iterations"]
        parts.append(f"var OCTANE_ITERATIONS = {iterations};")
        parts.append(f"function OCTANE_PROBE() {{ return {entry.get('probe', 'undefined')}; }}")
        file = f"octane-{name}.js"
        text = "\n".join(parts) + driver
        if entry.get("global"):
            # Some programs need their declarations and `this` to be global, which a CommonJS module does not give,
            # or take `require` as a sign of modules that an engine may not have.
            text = f"(0, eval)({json.dumps(text)});\n"
        with open(os.path.join(folder, file), "w", encoding="utf-8") as out:
            out.write(text)
        programs[f"octane-{name}"] = file
    return programs


def write_sources(folder, reduced):
    """Puts the files that the parsers read into a module, so that drivers need no file system."""
    names = REDUCED_SOURCES if reduced else SOURCES
    packages = os.path.join(folder, "node_modules")
    sources = [{"name": n, "text": open(os.path.join(packages, n), encoding="utf-8").read()} for n in names]
    with open(os.path.join(folder, "_sources.js"), "w", encoding="utf-8") as out:
        out.write(f"module.exports = {json.dumps(sources)};\n")


def run(command, folder, timeout):
    """Runs a command; returns stdout, stderr, a problem or None, and the seconds it took."""
    environment = {k: v for k, v in os.environ.items() if k not in ("NODE_OPTIONS", "NODE_ENV", "DEBUG", "FORCE_COLOR")}
    start = time.monotonic()
    try:
        done = subprocess.run(command, cwd=folder, env=environment | {"TZ": "UTC"}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return b"", b"", f"no end within {timeout:g} s", timeout
    except OSError as error:
        return b"", b"", str(error), 0.0
    problem = None if done.returncode == 0 else f"exit code {done.returncode}"
    return done.stdout, done.stderr, problem, time.monotonic() - start


def command_line(text):
    words = shlex.split(text)
    if os.sep in words[0]:
        words[0] = os.path.abspath(words[0])
    return words


def report_difference(want, got, errors, problem):
    if problem:
        print(f"    {problem}")
    want, got = (text.decode("utf-8", "replace").splitlines() for text in (want, got))
    for line in list(difflib.unified_diff(want, got, "expected", "got", lineterm="", n=0))[2:10]:
        print(f"    {line[:200]}")
    for line in errors.decode("utf-8", "replace").strip().splitlines()[:6]:
        print(f"    stderr: {line[:200]}")


def main():
    options = parse_arguments()
    install(options.into)
    programs = prepare(options.into, options.reduced)
    names = [n for n in programs if not options.filter or any(f in n for f in options.filter)]
    if options.list:
        print("\n".join(names))
        return 0
    engine, reference = command_line(options.engine), command_line(options.reference)
    failed = []
    for name in names:
        file = programs[name]
        want, errors, problem, seconds = run([*reference, file], options.into, options.timeout)
        if problem:
            print(f"{name}: the reference fails, {problem}")
            report_difference(b"", b"", errors, None)
            failed.append(name)
            continue
        got, errors, problem, mine = run([*engine, *options.flags, file], options.into, options.timeout)
        same = got == want and problem is None
        print(f"{'ok  ' if same else 'FAIL'} {name:<22} {seconds:7.2f} s {mine:7.2f} s", flush=True)
        if not same:
            failed.append(name)
            report_difference(want, got, errors, problem)
    print(f"{len(names) - len(failed)} of {len(names)} agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
