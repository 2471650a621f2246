#!/usr/bin/env python3
"""Compares the errors of tests/errors with those of Node and writes docs/error-messages.md.

    python3 scripts/error-messages.py [--engine PATH] [--write] [--all] [FILTER]
    python3 scripts/error-messages.py --expect [FILTER]

Every program of tests/errors/{syntax,runtime} runs in both. What is compared: the message line (`TypeError: …`), and the
line and column that the caret points to. --write renews the table; without it the differences are printed.
--expect writes Node's output beside the programs of tests/errors/{print,stack,uncaught}, without frames of Node's own JavaScript.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CASES = os.path.join(ROOT, "tests", "errors")
TABLE = os.path.join(ROOT, "docs", "error-messages.md")
MESSAGE = re.compile(r"^(?:Uncaught )?\[?((?:[A-Z]\w*)?(?:Error|Rejection)\b.*)$")


def run(command, path):
    done = subprocess.run(
        [*command, path], capture_output=True, text=True, cwd=os.path.dirname(path), timeout=60
    )
    return done.stderr.replace(os.path.dirname(path) + "/", "").replace("file://", "")


def parts(text):
    """Message, and (line, column of the caret) if the report shows one."""
    lines = text.lstrip("\n").split("\n")
    message = next((m[1] for m in map(MESSAGE.match, lines) if m), None)
    place = None
    for i, line in enumerate(lines[:8]):
        head = re.match(r"^(?:.*/)?([^/:]+):(\d+)$", line)
        if head and i + 2 < len(lines) and re.match(r"^\s*\^+\s*$", lines[i + 2]):
            place = (int(head[2]), lines[i + 2].index("^") + 1, lines[i + 2].count("^"))
            break
    if message is None:
        # A value that is no error: what follows the caret.
        message = next((l for l in lines[3:] if l.strip()), "")
    return re.sub(r"\]?( \{)?$", "", message) if not message.startswith("{") else message, place


def cases(filter_text):
    for kind in ("syntax", "runtime"):
        folder = os.path.join(CASES, kind)
        for name in sorted(os.listdir(folder)):
            if name.endswith((".js", ".mjs")) and (filter_text or "") in f"{kind}/{name}":
                yield kind, os.path.join(folder, name)


def compare(engine, case):
    kind, path = case
    return kind, path, parts(run(["node"], path)), parts(run([engine], path))


def without_internals(text):
    """Node's output without its own frames, its version and its notes on repeated frames."""
    lines = []
    for line in text.split("\n"):
        frame = re.match(r"^\s+at (?:.*\(node:[^)]*\)|node:\S+?:\d+:\d+)(.*)$", line)
        if frame and lines:
            # What follows the last frame belongs to the one before.
            lines[-1] += frame[1]
            continue
        if re.match(r"^\s+\.\.\. \d+ lines matching", line):
            continue
        if line.startswith(("Node.js v", "(Use `")):
            continue
        lines.append(line)
    text = "\n".join(lines)
    if text.startswith("node:internal"):
        # The excerpt of Node's own source.
        text = text.split("\n\n", 1)[1]
    return text.rstrip() + "\n"


def expect(filter_text):
    for kind in ("print", "stack", "uncaught"):
        folder = os.path.join(CASES, kind)
        for name in sorted(os.listdir(folder)):
            if not name.endswith((".js", ".mjs")) or (filter_text or "") not in f"{kind}/{name}":
                continue
            done = subprocess.run(["node", name], capture_output=True, text=True, cwd=folder, timeout=60)
            text = done.stdout + (done.stderr if kind == "uncaught" else "")
            text = text.replace(folder + "/", "").replace("file://", "")
            with open(os.path.join(folder, name.rsplit(".", 1)[0] + ".out"), "w", encoding="utf-8") as f:
                f.write(without_internals(text.lstrip("\n")))


def cell(text):
    return "`` " + text.replace("|", "\\|") + " ``" if "`" in text else "`" + text.replace("|", "\\|") + "`"


def table(rows):
    same = sum(node[0] == ours[0] for _, _, node, ours in rows)
    placed = [(node[1], ours[1]) for _, _, node, ours in rows if node[1] and ours[1]]
    at_same = sum(a[:2] == b[:2] for a, b in placed)
    out = [
        "# Error messages",
        "",
        "The programs of `tests/errors` run in Node 20 and in sarus. Written by `scripts/error-messages.py --write`.",
        "",
        f"Messages: {same} of {len(rows)} are the same. Carets (where both show one): {at_same} of {len(placed)} are in the same place;",
        "under lines with wide characters sarus counts two columns each, and it cuts lines of more than 200 columns.",
        "",
    ]
    for kind, title in (("syntax", "Early errors"), ("runtime", "Run-time errors")):
        out += [f"## {title}", "", "| program | node | sarus |", "|---|---|---|"]
        for k, path, node, ours in rows:
            if k == kind:
                mark = "same" if node[0] == ours[0] else cell(ours[0])
                out.append(f"| {os.path.basename(path).rsplit('.', 1)[0]} | {cell(node[0])} | {mark} |")
        out.append("")
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default=os.path.join(ROOT, "target", "release", "sarus"))
    parser.add_argument("--write", action="store_true", help="renew docs/error-messages.md")
    parser.add_argument("--all", action="store_true", help="print equal rows too")
    parser.add_argument("--expect", action="store_true", help="write Node's output beside the programs")
    parser.add_argument("filter", nargs="?")
    options = parser.parse_args()
    if options.expect:
        return expect(options.filter)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(lambda c: compare(options.engine, c), cases(options.filter)))
    for kind, path, node, ours in rows:
        message = node[0] != ours[0]
        place = node[1] != ours[1] and node[1] is not None
        if message or place or options.all:
            print(f"{kind}/{os.path.basename(path)}")
            print(f"    node:  {node[1]} {node[0]}")
            print(f"    sarus: {ours[1]} {ours[0]}")
    same = sum(node[0] == ours[0] for _, _, node, ours in rows)
    print(f"{same} of {len(rows)} messages are the same", file=sys.stderr)
    if options.write and not options.filter:
        with open(TABLE, "w", encoding="utf-8") as f:
            f.write(table(rows))


if __name__ == "__main__":
    main()
