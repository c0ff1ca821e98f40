"""Makes a small wheel to install in tests: make-wheel.py FOLDER; prints its SHA-256."""

import hashlib
import pathlib
import sys
import zipfile

wheel = pathlib.Path(sys.argv[1]) / "nse_sample-1.0-py3-none-any.whl"
files = {
    "nse_sample/wanted": "wanted",
    "nse_sample/unwanted": "unwanted",
    "nse_sample-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: nse-sample\nVersion: 1.0\n",
    "nse_sample-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "nse_sample-1.0.dist-info/RECORD": "",
}
with zipfile.ZipFile(wheel, "w") as archive:
    for name, text in files.items():
        member = zipfile.ZipInfo(name)
        member.external_attr = 0o755 << 16
        archive.writestr(member, text)
print(hashlib.sha256(wheel.read_bytes()).hexdigest())
