"""Checks objects against the schemas of the Kubernetes release that is named: a JSON list of objects on standard input, a JSON
list of what is wrong on standard output. Resources that Kubernetes itself does not have are named, too."""

import json
import sys

import kubernetes_validate

found = []
for thing in json.load(sys.stdin):
    name = f"{thing.get('kind')}/{thing.get('metadata', {}).get('name')}"
    try:
        kubernetes_validate.validate(thing, sys.argv[1], strict=True)
    except kubernetes_validate.ValidationError as error:
        path = ".".join(str(part) for part in error.absolute_path)
        found.append(f"{name}: {path}: {error.message}")
    except kubernetes_validate.SchemaNotFoundError as error:
        found.append(f"{name}: {error.message}")
json.dump(found, sys.stdout)
