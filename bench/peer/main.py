"""One contestant: `main.py CASE.json THREADS default|channels_last cpu|gpu`. Answers one line of JSON for each line it reads.

Requests: {"measure": "weights" | "fitness" | "score", "from": n, "count": m}, for the n-th to the n+m-1-th step or
architecture of the case (counted round and round). Answers: {"seconds": s, "cpuSeconds": c, "losses": [...]}, with one loss each.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, Callable

import torch
from safetensors.torch import load_file

from network import Supernet, load
from steps import Batch, FitnessSteps, WeightSteps, score


def read_case(path: Path, layout: str, device: torch.device) -> tuple[dict[str, Any], Supernet, list[Batch]]:
    case = json.loads(path.read_text())
    tensors = load_file(path.with_suffix(".safetensors"))
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    net = Supernet(case["network"])
    load(net, case["network"], tensors)
    net.to(device, memory_format=memory_format)
    batches = [
        (images.to(device).permute(0, 3, 1, 2).contiguous(memory_format=memory_format), labels.to(device).long())
        for images, labels in zip(tensors["batches.images"], tensors["batches.labels"], strict=True)
    ]
    return case, net, batches


def measures(case: dict[str, Any], net: Supernet, batches: list[Batch]) -> dict[str, Callable[[int], float]]:
    """Per kind of measure, what computes the n-th step and returns its loss."""
    weights = WeightSteps(net, case["sgd"])
    fitness = FitnessSteps(net, case["fitness"], case["poolSize"])

    def weight_step(n: int) -> float:
        images, labels = batches[n % len(batches)]
        return weights.step(images, labels, case["paths"][n % len(case["paths"])])

    def fitness_step(n: int) -> float:
        images, labels = batches[n % len(batches)]
        drawn = case["pairs"][n % len(case["pairs"])]
        return fitness.step(images, labels, [cell["pair"] for cell in drawn], [cell["costs"] for cell in drawn])

    def score_architecture(n: int) -> float:
        calibration, held_out = case["calibrationBatches"], case["heldOutBatches"]
        path = case["architectures"][n % len(case["architectures"])]
        return score(net, path, batches[:calibration], batches[calibration : calibration + held_out])["loss"]

    return {"weights": weight_step, "fitness": fitness_step, "score": score_architecture}


def main() -> None:
    path, threads, layout, on = sys.argv[1:]
    device = torch.device("cuda" if on == "gpu" else "cpu")
    torch.set_num_threads(int(threads))
    case, net, batches = read_case(Path(path), layout, device)
    by_name = measures(case, net, batches)
    print(json.dumps({"ready": f"PyTorch {torch.__version__} on {device.type}"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        run = by_name[request["measure"]]
        start, cpu = time.perf_counter(), time.process_time()
        losses = [run(request["from"] + offset) for offset in range(request["count"])]
        times = {"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu}
        print(json.dumps({**times, "losses": losses}), flush=True)


if __name__ == "__main__":
    main()
