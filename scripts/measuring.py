"""What the measuring scripts share: building alike, running it under the clock, making contacts, filling a page."""
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@dataclass
class Run:
    """One finished process: seconds from start to exit, seconds of processor time, peak resident memory in MiB."""
    wall: float
    cpu: float
    peak_mib: float


def build():
    """Builds the release program and returns its path."""
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return (ROOT / target / "release" / "alike").resolve()


def timed(command):
    """Runs a command to its end; its messages are shown only when it fails."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{output.decode(errors='replace')[-4000:]}")
    # ru_maxrss counts KiB on Linux, bytes on macOS.
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Run(wall, usage.ru_utime + usage.ru_stime, peak)


def make_contacts(tools, folder, rows, seed):
    """Generates a contact export; returns (data, truth, clean), or None with a message when pyarrow is missing."""
    try:
        import pyarrow  # noqa: F401  (the generator needs it)
    except ImportError:
        print(f"skipped: {rows:,} generated contacts need pyarrow (python3 -m pip install pyarrow)", file=sys.stderr)
        return None
    name = f"contacts_{rows}_{seed}"
    files = [folder / f"{name}{end}.csv" for end in ("", "_truth", "_clean")]
    if not all(file.exists() for file in files):
        subprocess.run([sys.executable, tools / "make_contacts.py", "--rows", str(rows), "--seed", str(seed),
                        "--out", folder, "--name", name, "--format", "csv"], check=True, stdout=subprocess.DEVNULL)
    return files


def machine():
    """The machine, in words."""
    model = "unknown processor"
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores, {model}"


def revision():
    """The commit that is measured."""
    try:
        said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=True)
        return said.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown revision"


def table(heads, rows):
    """A Markdown table; all columns but the first are right-aligned."""
    lines = [heads, ["---"] + ["--:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def fill(page, section, text):
    """Replaces what stands between the marks of a section."""
    begin, end = f"<!-- {section}:begin -->", f"<!-- {section}:end -->"
    before, rest = page.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
