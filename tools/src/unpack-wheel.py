"""Unpacks the files of a wheel that match any of some patterns: unpack-wheel.py WHEEL FOLDER PATTERN..."""

import fnmatch
import os
import sys
import zipfile

wheel, folder, *patterns = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if any(fnmatch.fnmatchcase(member.filename, pattern) for pattern in patterns):
            target = archive.extract(member, folder)
            # zipfile forgets the permissions: an executable must stay one.
            mode = member.external_attr >> 16
            if mode & 0o111:
                os.chmod(target, 0o755)
