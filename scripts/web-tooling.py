#!/usr/bin/env python3
"""Runs the web-tooling-benchmark with several engines.

usage: scripts/web-tooling.py [--together] [--only NAME,...] ENGINE ...

An engine is a command, such as "node" or "target/release/sarus --jitless". Prints the runs per second of each of the eighteen
tools with each engine, the engines taking turns, and how they relate to the first one's. With --together all tools run one
after the other in one process, as in the benchmark's own runner; else each has a process to itself.

The benchmark is installed with npm and bundled by webpack, once, into target/web-tooling. (Its own installation script fails,
because what its dependencies depend on has come to use newer syntax than its webpack reads: a loader translates that.)
"""
import argparse
import math
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, "target", "web-tooling")
PACKAGES = ["web-tooling-benchmark@0.5.3", "webpack@3.12.0", "esbuild@0.25"]
NAMES = (
    "acorn babel babel-minify babylon buble chai coffeescript espree esprima jshint lebab postcss prepack prettier "
    "source-map terser typescript uglify-js"
).split()

# Syntax that webpack's parser does not know, in packages that came later than it.
LOADER = r"""
const { transformSync } = require("esbuild");
const late = /node_modules.(@babel.(?!standalone)|async-|generator-|es-|call-|get-|side-channel|object-)/;
module.exports = function (text) {
    if (!late.test(this.resourcePath)) return text;
    const { code } = transformSync(text, { loader: "js", target: "es2016" });
    return code.replace(/^(\s+)async,/gm, "$1async: async,");
};
"""
RAW_LOADER = r"""
module.exports = text =>
    "module.exports = " + JSON.stringify(text).replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029");
"""
CONFIG = r"""
const path = require("path");
const webpack = require("webpack");
module.exports = {
    context: path.resolve("src"),
    entry: "./cli.js",
    output: { filename: "cli.js", path: path.resolve("dist") },
    bail: true,
    module: { rules: [{ test: /\.js$/, include: /node_modules/, loader: path.resolve("late.js") }] },
    resolve: { alias: { fs: path.resolve("src/vfs"), module: path.resolve("src/mocks/dummy") } },
    resolveLoader: { alias: { "raw-loader": path.resolve("raw.js") } },
    plugins: [
        new webpack.BannerPlugin({ banner: "var global = this;", raw: true }),
        new webpack.DefinePlugin({ ONLY: "null" }),
    ],
};
"""


def build():
    """The bundle's path."""
    tools = os.path.join(FOLDER, "bundle")
    bundle = os.path.join(tools, "dist", "cli.js")
    if os.path.exists(bundle):
        return bundle
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, "package.json"), "w") as file:
        file.write('{ "private": true }\n')
    install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES]
    subprocess.run(install, cwd=FOLDER, check=True)
    modules = os.path.join(FOLDER, "node_modules")
    shutil.copytree(os.path.join(modules, "web-tooling-benchmark"), tools)
    for name, script, variable in [("terser", "terser", "Terser"), ("uglify-js", "uglify-js", "UglifyJS")]:
        preamble = f"preamble='const {variable} = module.exports = {{}};'"
        with open(os.path.join(tools, "build", f"{name}-bundled.js"), "w") as file:
            command = ["node", os.path.join(modules, script, "bin", "uglifyjs"), "-b", preamble, "--self"]
            subprocess.run(command, stdout=file, cwd=tools, check=True)
    for name, text in [("late.js", LOADER), ("raw.js", RAW_LOADER), ("webpack.config.js", CONFIG)]:
        with open(os.path.join(tools, name), "w") as file:
            file.write(text)
    # Within the bundle `process` is webpack's, which knows no arguments.
    helper = os.path.join(tools, "src", "cli-flags-helper.js")
    with open(helper) as file:
        text = file.read()
    with open(helper, "w") as file:
        file.write(text.replace("process.argv", "globalThis.process.argv"))
    # Its hashes are of a kind that node has only if asked for.
    environment = {**os.environ, "NODE_OPTIONS": "--openssl-legacy-provider"}
    webpack = ["node", os.path.join(modules, "webpack", "bin", "webpack.js"), "--hide-modules"]
    subprocess.run(webpack, cwd=tools, env=environment, check=True)
    return bundle


def measure(engine, bundle, names):
    """Runs per second by tool, of one process."""
    only = ["--only", names[0]] if len(names) == 1 else []
    output = subprocess.run([*engine.split(), bundle, *only], capture_output=True, text=True)
    rates = re.findall(r"([\w-]+): +([\d.]+) runs/s", output.stdout)
    rates = {name: float(rate) for name, rate in rates if name in names}
    if len(rates) < len(names):
        sys.exit(f"{engine}: {output.stdout[-500:]}{output.stderr[-500:]}")
    return rates


def main():
    parser = argparse.ArgumentParser(description="runs the web-tooling-benchmark with several engines")
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--only", type=lambda names: names.split(","), default=NAMES)
    parser.add_argument("engines", nargs="+")
    options = parser.parse_args()
    bundle = build()
    processes = [NAMES] if options.together else [[name] for name in options.only]
    rates = {engine: {} for engine in options.engines}
    for names in processes:
        for engine in options.engines:
            rates[engine] |= measure(engine, bundle, names)
    first = rates[options.engines[0]]
    print("| tool | " + " | ".join(f"`{engine}`" for engine in options.engines) + " |")
    print("|---|" + "--:|" * len(options.engines))
    for name in first:
        print(f"| {name} | " + " | ".join(f"{rates[e][name]:.2f}" for e in options.engines) + " |")
    ratios = [math.exp(sum(math.log(r[n] / first[n]) for n in first) / len(first)) for r in rates.values()]
    print("| geometric mean of ratios | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


if __name__ == "__main__":
    main()
