"""Lets the CUDA build of PyTorch run on a CPU without the CUDA libraries.

PyTorch's library for CUDA is loaded with the one for the CPU and names libraries of several gigabytes (cuDNN, cuBLAS,
NCCL and so on), of which CPU work calls nothing. Each of them that is not installed gets an empty stand-in; the first
one defines the missing functions, and each of those ends the process, should it ever be called. Linux only: elsewhere
PyTorch's wheels are CPU builds and nothing is missing. Needs a C compiler, binutils and nothing else.
"""

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

# What the stand-ins must define. cudart and cupti are real: loading PyTorch calls into them.
FOREIGN = re.compile(r"^(cublas|cudnn|cufft|cusparse|cusolver|cuFile|nccl|nvrtc|nvshmem)\w+$")
FOREIGN_LIBRARY = re.compile(r"^lib(cublas|cublasLt|cudnn|cufft|cufile|cusparse|cusparseLt|nccl|nvrtc|nvshmem_host)\.so")


def needed(library: Path) -> list[str]:
    """Names of the shared libraries that this one asks the loader for."""
    output = subprocess.run(["readelf", "-d", str(library)], check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output)


def undefined(library: Path) -> set[str]:
    """Names that this library uses and does not define."""
    command = ["nm", "-D", "--undefined-only", str(library)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].split("@")[0] for line in output.splitlines()}


def compile_stub(target: Path, functions: list[str]) -> None:
    source = "void abort(void);\n" + "".join(f"void {name}(void) {{ abort(); }}\n" for name in functions)
    command = ["cc", "-shared", "-fPIC", "-w", "-x", "c", "-", "-o", str(target), f"-Wl,-soname,{target.name}"]
    subprocess.run(command, check=True, input=source, text=True)


def main() -> None:
    folder = Path(sysconfig.get_path("platlib")) / "torch" / "lib"
    libraries = [path for pattern in ("libtorch*.so", "libc10*.so") for path in folder.glob(pattern)]
    missing = sorted({name for path in libraries for name in needed(path) if FOREIGN_LIBRARY.match(name)})
    functions = sorted({name for path in libraries for name in undefined(path) if FOREIGN.match(name)})
    for position, name in enumerate(missing):
        compile_stub(folder / name, functions if position == 0 else [])


if __name__ == "__main__" and sys.platform == "linux":
    main()
