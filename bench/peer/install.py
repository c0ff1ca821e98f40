"""Makes the Python environment of the PyTorch peer: `python3 install.py FOLDER`.

Does nothing when FOLDER holds the environment of this requirements.txt already. Builds beside it and renames at the
end, so that a stopped run leaves nothing half-made; a second run at once waits for the first.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = (HERE / "requirements.txt", HERE / "cuda_stubs.py")


def install(folder: Path) -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"the PyTorch peer needs Python 3.11 or newer, this is {sys.version.split()[0]}")
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()
        done = folder / "made-from"
        if not done.exists() or done.read_text() != stamp:
            build(folder, stamp)


def build(folder: Path, stamp: str) -> None:
    building = folder.with_name(f"{folder.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    print("setting up PyTorch for the comparison (0.6 GB of download)", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(building)], check=True)
    python = building / "bin" / "python"
    requirements = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(HERE / "requirements.txt")]
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *requirements], check=True, stdout=sys.stderr)
    subprocess.run([str(python), str(HERE / "cuda_stubs.py")], check=True, stdout=sys.stderr)
    (building / "made-from").write_text(stamp)
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)


if __name__ == "__main__":
    install(Path(sys.argv[1]))
