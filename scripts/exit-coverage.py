#!/usr/bin/env python3
"""Sums up files that --exit-coverage=FILE wrote: which exits of compiled code no run has taken.

    scripts/exit-coverage.py FILE... [--all]

An exit is named by the operation whose check fails and the reason. Exits that a stress mode takes count as the operation's
`stress`: their frame state was used, though the check did not fail.
"""
import sys
from collections import defaultdict


def main():
    files = [a for a in sys.argv[1:] if not a.startswith("--")]
    show_all = "--all" in sys.argv[1:]
    if not files:
        sys.exit(__doc__)
    counts = defaultdict(lambda: [0, 0])
    for file in files:
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                op, reason, compiled, taken = line.rstrip("\n").split("\t")
                counts[op, reason][0] += int(compiled)
                counts[op, reason][1] += int(taken)
    stressed = {op for (op, reason), (_, taken) in counts.items() if reason == "stress" and taken}
    pairs = {key: n for key, n in counts.items() if key[1] != "stress"}
    missing = {key for key, (_, taken) in pairs.items() if not taken}
    for (op, reason), (compiled, taken) in sorted(pairs.items()):
        if show_all or (op, reason) in missing:
            note = "" if taken else "  never" + (" (other than by stress)" if op in stressed else "")
            print(f"{op:<24} {reason:<26} {compiled:>9} compiled {taken:>9} taken{note}")
    print(f"{len(pairs) - len(missing)} of {len(pairs)} pairs of operation and reason taken")


main()
