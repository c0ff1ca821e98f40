"""`tflite_logits.py FOLDER...`, each with model.tflite and images.bin (float32): writes logits.bin and facts.json there."""

import json
import sys
import zipfile
from collections import Counter
from pathlib import Path

import numpy
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def interpreter(folder, resolver):
    made = Interpreter(str(folder / "model.tflite"), experimental_op_resolver_type=resolver, num_threads=1)
    made.allocate_tensors()
    return made


def run(folder):
    network = interpreter(folder, OpResolverType.AUTO)
    taken, given = network.get_input_details()[0], network.get_output_details()[0]
    images = numpy.fromfile(folder / "images.bin", "<f4").reshape(-1, *taken["shape"][1:])
    logits = []
    for image in images:
        network.set_tensor(taken["index"], image[None])
        network.invoke()
        logits.append(network.get_tensor(given["index"]).ravel())
    numpy.concatenate(logits).tofile(folder / "logits.bin")
    # Without delegates: the file's own operators.
    plain = interpreter(folder, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    operators = Counter(each["op_name"] for each in plain._get_ops_details())
    (signature,) = plain.get_signature_list().values()
    return {"operators": operators, "signature": signature, **facts(folder)}


def files(path):
    """What the model carries as an archive behind it."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def facts(folder):
    model = schema.Model.GetRootAs((folder / "model.tflite").read_bytes())
    buffers = [model.Buffers(index) for index in range(model.BuffersLength())]
    starts = [each._tab.Vector(each._tab.Offset(4)) for each in buffers if each.DataLength() > 0]
    notes = [model.Metadata(index) for index in range(model.MetadataLength())]
    codes = [model.OperatorCodes(index) for index in range(model.OperatorCodesLength())]
    return {
        "misaligned": sum(start % 16 != 0 for start in starts),
        "metadata": {note.Name().decode(): bytes(buffers[note.Buffer()].DataAsNumpy()).decode(errors="replace") for note in notes},
        "files": files(folder / "model.tflite"),
        "versions": sorted([code.BuiltinCode(), code.Version()] for code in codes),
    }


for folder in map(Path, sys.argv[1:]):
    (folder / "facts.json").write_text(json.dumps(run(folder)))
