"""LiteRT's interpreter behind the flags and the output of TensorFlow Lite's benchmark_model.

BENCHMARK_OUTPUT picks the lines of a version: `old` (2019), `classic`, `percentiles` (2025). BENCHMARK_DELAY_MS makes it slow.
"""

import os
import sys
import time

import numpy
from ai_edge_litert.interpreter import Interpreter

FLAGS = {
    "graph": "",
    "num_threads": "1",
    "num_runs": "50",
    "min_secs": "1.0",
    "max_secs": "150.0",
    "warmup_runs": "1",
    "warmup_min_secs": "0.5",
}
VERSION = os.environ.get("BENCHMARK_OUTPUT", "classic")
DELAY_S = float(os.environ.get("BENCHMARK_DELAY_MS", "0")) / 1000


def log(text):
    print(text if VERSION == "old" else f"INFO: {text}", flush=True)


def number(value):
    """As a C++ stream writes it: six digits."""
    return f"{value:.6g}"


def statistics(times):
    """The line of the tool's statistics, times in whole microseconds."""
    if min(times) == max(times):
        line = f"count={len(times)} curr={times[-1]}" + ("(all same)" if len(times) > 1 else "")
    else:
        line = (
            f"count={len(times)} first={times[0]} curr={times[-1]} min={min(times)} max={max(times)} "
            f"avg={number(numpy.mean(times))} std={int(numpy.std(times))}"
        )
    if VERSION == "percentiles":
        ordered = sorted(times)
        p5, median, p95 = (ordered[len(times) * share // 100] for share in (5, 50, 95))
        line += f" p5={p5} median={median} p95={p95}"
    return line


def run(interpreter, runs, min_secs, max_secs):
    log(
        f"Running benchmark for at least {runs} iterations and at least {number(min_secs)} seconds but terminate"
        f" if exceeding {number(max_secs)} seconds."
    )
    times = []
    start = time.monotonic()
    while True:
        spent = time.monotonic() - start
        if not (len(times) < runs or spent < min_secs) or spent > max_secs:
            break
        before = time.perf_counter_ns()
        interpreter.invoke()
        time.sleep(DELAY_S)
        times.append((time.perf_counter_ns() - before) // 1000)
    log(statistics(times) + "\n")
    return times


def main():
    flags = dict(FLAGS)
    for argument in sys.argv[1:]:
        name, _, value = argument.removeprefix("--").partition("=")
        if name in flags:
            flags[name] = value
        else:
            print(f"WARN: Unconsumed cmdline flags: {argument}")
    log("STARTING!")
    start = time.perf_counter_ns()
    try:
        interpreter = Interpreter(model_path=flags["graph"], num_threads=int(flags["num_threads"]))
        interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        print(f"ERROR: {error}\nERROR: Failed to initialize the interpreter\nERROR: Benchmarking failed.", file=sys.stderr)
        return 1
    for detail in interpreter.get_input_details():
        values = numpy.random.default_rng(0).random(detail["shape"], numpy.float32)
        interpreter.set_tensor(detail["index"], values.astype(detail["dtype"]))
    init_us = (time.perf_counter_ns() - start) // 1000
    log(f"The input model file size (MB): {number(os.path.getsize(flags['graph']) / 1e6)}")
    log(f"Initialized session in {number(init_us / 1000)}ms.")
    max_secs = float(flags["max_secs"])
    warmup = run(interpreter, int(flags["warmup_runs"]), float(flags["warmup_min_secs"]), max_secs)
    timed = run(interpreter, int(flags["num_runs"]), float(flags["min_secs"]), max_secs)
    averages = number(numpy.mean(warmup)), number(numpy.mean(timed))
    if VERSION == "old":
        log(f"Average inference timings in us: Warmup: {averages[0]}, Init: {init_us}, no stats: {averages[1]}")
    else:
        log(
            f"Inference timings in us: Init: {init_us}, First inference: {warmup[0]}, Warmup (avg): {averages[0]},"
            f" Inference (avg): {averages[1]}"
        )
    return 0


sys.exit(main())
