"""Runs the fuzz targets one after the other, some at once, and prints a table of runs, corpus and finds.

    python3 scripts/fuzz.py                          every target for ten minutes, three at once
    python3 scripts/fuzz.py --seconds 60 phone date  some of them

Needs a nightly toolchain and cargo-fuzz (`cargo install cargo-fuzz`). Finds are in fuzz/artifacts/TARGET; what was learnt
stays in fuzz/corpus/TARGET. A run goes on after a find, so that the table shows all of them.
"""

import argparse
import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FUZZ = Path(__file__).parent.parent / "fuzz"
# Of one process, MiB.
MEMORY = 2048
# Of one input, seconds: far beyond what any takes.
TIMEOUT = 25


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help="names of targets [default: all]")
    parser.add_argument("--seconds", type=int, default=600, help="wall time for each target")
    parser.add_argument("--at-once", type=int, default=3, help="targets at a time")
    parser.add_argument("--no-build", action="store_true", help="use what was built before")
    args = parser.parse_args()
    targets = args.targets or sorted(path.stem for path in (FUZZ / "fuzz_targets").glob("*.rs"))
    # Without address sanitizer: the code is safe Rust, and what it promises is asserted. Overflows are checked.
    if not args.no_build:
        subprocess.run(["cargo", "+nightly", "fuzz", "build", "-s", "none", "-O"], cwd=FUZZ, check=True)
    with ThreadPoolExecutor(args.at_once) as pool:
        rows = list(pool.map(lambda target: run(target, args.seconds), targets))
    print("| Target | Runs | Corpus | Coverage | Crashes | Out of memory | Timeouts |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def run(target, seconds):
    corpus, artifacts = FUZZ / "corpus" / target, FUZZ / "artifacts" / target
    corpus.mkdir(parents=True, exist_ok=True)
    artifacts.mkdir(parents=True, exist_ok=True)
    binary = next((FUZZ / "target").glob(f"*/release/{target}"))
    memory_disk = Path("/dev/shm")
    folder = tempfile.mkdtemp(prefix="alike-fuzz-", dir=memory_disk if memory_disk.is_dir() else None)
    command = ["nice", "-n", "15", str(binary), str(corpus), str(FUZZ / "seeds" / target)]
    command += [f"-artifact_prefix={artifacts}/", f"-max_total_time={seconds}", f"-rss_limit_mb={MEMORY}"]
    command += [f"-timeout={TIMEOUT}", "-fork=1", "-ignore_crashes=1", "-ignore_ooms=1", "-ignore_timeouts=1"]
    env = {**os.environ, "TMPDIR": folder, "RAYON_NUM_THREADS": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace")
    return summary(target, done.stderr)


def summary(target, text):
    """The last status line of libFuzzer, as cells of a row."""
    line = r"#(\d+): cov: (\d+) ft: \d+ corp: (\d+) .*oom/timeout/crash: (\d+)/(\d+)/(\d+)"
    found = re.findall(line, text)
    if not found:
        return [f"`{target}`", "did not run", "", "", "", "", ""]
    runs, coverage, corpus, memory, timeouts, crashes = found[-1]
    return [f"`{target}`", f"{int(runs):,}", f"{int(corpus):,}", f"{int(coverage):,}", crashes, memory, timeouts]


if __name__ == "__main__":
    main()
