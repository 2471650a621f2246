#!/usr/bin/env python3
"""Run a suite and compare its failures with a committed list.

    python3 scripts/known-failures.py LIST [--update] -- COMMAND...

COMMAND prints a line `FAIL NAME …` for each failing test. Any difference from LIST, in either
direction, is an error: a new failure is a regression, a listed test that passes must leave the list.
--update rewrites LIST with what fails now.
"""
import subprocess
import sys


def main():
    args = sys.argv[1:]
    split = args.index("--")
    update = "--update" in args[:split]
    path = args[0]
    with open(path, encoding="utf-8") as f:
        known = {line.strip() for line in f if line.strip() and not line.startswith("#")}
    process = subprocess.run(args[split + 1:], stdout=subprocess.PIPE, text=True)
    lines = process.stdout.splitlines()
    failed = {line.split()[1] for line in lines if line.startswith("FAIL ") and len(line.split()) > 1}
    if process.returncode and not failed:
        print(process.stdout)
        sys.exit(f"the suite itself failed with code {process.returncode}")
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write("# Known failures, one name a line; scripts/known-failures.py keeps it honest.\n")
            f.writelines(name + "\n" for name in sorted(failed))
        print(f"{path}: {len(failed)} known failures")
        return
    new, fixed = sorted(failed - known), sorted(known - failed)
    for name in new:
        print(f"new failure: {name}")
        start = next(i for i, line in enumerate(lines) if line.startswith(f"FAIL {name}"))
        for line in lines[start + 1:start + 9]:
            if line.startswith("FAIL "):
                break
            print("  " + line.strip())
    for name in fixed:
        print(f"passes now, take it off {path}: {name}")
    print(lines[-1] if lines else "no output", f"({len(known)} known)")
    sys.exit(1 if new or fixed else 0)


main()
