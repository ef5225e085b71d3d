"""Speed of BLEU-2..5 and self-BLEU-2..5 together: beside fast-bleu and NLTK, and up to a million rows.

    .venv/bin/python benchmarks/metrics.py                   10,000 samples against 10,000 references, and the peers
    .venv/bin/python benchmarks/metrics.py --scaling         10,000 to 1,000,000 rows of 20 tokens: time and memory
    .venv/bin/python benchmarks/metrics.py --json OUT        the figures as JSON

The rows are COCO captions (training against test, lower-cased, NLTK's word tokeniser) where SEQGAN_MIRROR names a
folder that has them, else words drawn from Zipf's law. For --scaling they are two kinds of 20 tokens each: `zipf`,
30,000 words drawn independently, where long n-grams hardly repeat; and `captions`, the COCO captions as one stream,
continued at random wherever the same two words stand, where n-grams repeat as in real text.

Side by side, everybody gets lists of tokens and times the whole call: counting the references, scoring, self-BLEU.
Times are the best of --repeat runs. NLTK's time is that of --subset samples, scaled to all of them: it counts all
references anew for every sample. The eight values are compared in the same run, over the samples that both scored.

For --scaling a new process reads two text files line by line, so the seconds include reading and splitting, and the
peak memory is that of a program that does nothing else. The last column is the processor's seconds over n log n, where
other work on the machine does not count, relative to the smallest size.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from seqgan import fast_bleu as classes
from seqgan.metrics import bleu, self_bleu

ORDERS = (2, 3, 4, 5)
WEIGHTS = {order: (1 / order,) * order for order in ORDERS}
GOALS = {"fast-bleu": 5, "NLTK": 1000}
SIZES = (10_000, 31_623, 100_000, 316_228, 1_000_000)
WIDTH = 20
Rows = list[list[str]]
Values = np.ndarray[Any, np.dtype[np.float64]]


# Text


def captions(name: str) -> Rows | None:
    """Return the tokenised captions of a COCO file in the mirror, or None without a mirror."""
    path = Path(os.environ.get("SEQGAN_MIRROR", "")) / "coco" / name
    if not os.environ.get("SEQGAN_MIRROR") or not path.is_file():
        return None
    from nltk import NLTKWordTokenizer

    split = NLTKWordTokenizer().tokenize
    return [split(line.lower()) for line in path.read_text(encoding="utf-8").splitlines()]


def zipf(count: int, seed: int, width: int = WIDTH, vocabulary: int = 30_000) -> Iterator[list[str]]:
    """Yield rows of independent words, the k-th most frequent with a probability that goes as 1 / k."""
    draws, words = np.random.default_rng(seed), np.array([f"word{k}" for k in range(vocabulary)], object)
    cumulative = np.cumsum(1 / np.arange(1, vocabulary + 1))
    for start in range(0, count, 10_000):
        where = draws.random((min(10_000, count - start), width)) * cumulative[-1]
        yield from words[np.searchsorted(cumulative, where)].tolist()


def resampled(rows: Rows, count: int, seed: int, width: int = WIDTH) -> Iterator[list[str]]:
    """Yield walks through the stream of all ``rows`` that jump, at each word, to any place with the same two words."""
    draws, words = np.random.default_rng(seed), np.array([word for row in rows for word in row], object)
    _, ids = np.unique(words.astype(str), return_inverse=True)
    pair = ids[:-1].astype(np.int64) * (ids.max() + 1) + ids[1:]
    order = np.argsort(pair, kind="stable")
    _, number, times = np.unique(pair, return_inverse=True, return_counts=True)
    starts = np.cumsum(times) - times
    for start in range(0, count, 10_000):
        size = min(10_000, count - start)
        places, found = draws.integers(0, len(pair), size), np.empty((size, width), object)
        for step in range(width):
            found[:, step] = words[places]
            same = number[places]
            jump = order[starts[same] + (draws.random(size) * times[same]).astype(np.int64)]
            places = (jump + 1) % len(pair)
        yield from found.tolist()


# Side by side


@dataclass
class Peer:
    """One way to get all eight numbers: seconds for BLEU and self-BLEU, and what it says of the first samples."""

    name: str
    bleu_seconds: float
    self_seconds: float
    values: Values

    @property
    def seconds(self) -> float:
        return self.bleu_seconds + self.self_seconds


def best(work: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    times, result = [], None
    for _ in range(repeat):
        begun = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begun)
    return min(times), result


def ours(samples: Rows, references: Rows, repeat: int) -> Peer:
    first, one = best(lambda: bleu.per_sentence(samples, references), repeat)
    second, two = best(lambda: self_bleu.per_sentence(samples), repeat)
    return Peer("seqgan", first, second, np.hstack([one, two]))


def by_classes(name: str, module: Any, samples: Rows, references: Rows, repeat: int) -> Peer:
    """Time the classes BLEU and SelfBLEU of fast-bleu, or ours of the same names."""
    first, one = best(lambda: module.BLEU(references, WEIGHTS).get_score(samples), repeat)
    second, two = best(lambda: module.SelfBLEU(samples, WEIGHTS).get_score(), repeat)
    return Peer(name, first, second, np.array([*one.values(), *two.values()]).T)


def by_nltk(samples: Rows, references: Rows, subset: int) -> Peer:
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    smoothing = SmoothingFunction().method1

    def scores(row: list[str], others: Rows) -> list[float]:
        return [float(sentence_bleu(others, row, WEIGHTS[order], smoothing)) for order in ORDERS]

    rows = samples[:subset]
    first, one = best(lambda: [scores(row, references) for row in rows], 1)
    second, two = best(lambda: [scores(row, samples[:b] + samples[b + 1 :]) for b, row in enumerate(rows)], 1)
    factor = len(samples) / len(rows)
    return Peer("NLTK", first * factor, second * factor, np.hstack([one, two]))


def side_by_side(count: int, repeat: int, subset: int) -> dict[str, Any]:
    samples, references = captions("image_coco.txt"), captions("test_coco.txt")
    text = "COCO captions" if samples and references else "words drawn from Zipf's law"
    samples = samples or list(zipf(count, seed=1, width=11))
    references = references or list(zipf(count, seed=2, width=11))
    samples, references = samples[:count], references[:count]
    subset = min(subset, len(samples))
    peers = [ours(samples, references, repeat), by_classes("seqgan.fast_bleu", classes, samples, references, repeat)]
    if find_spec("fast_bleu"):
        import fast_bleu

        peers.append(by_classes("fast-bleu", fast_bleu, samples, references, repeat))
    peers.append(by_nltk(samples, references, subset))
    sizes = f"{len(samples):,} samples, {len(references):,} references"
    print(f"{platform.machine()}, {os.cpu_count()} cores; {sizes}: {text}")
    print(f"NLTK: the time of {subset} samples, scaled\n")
    return {"text": text, "samples": len(samples), "references": len(references), "peers": show(peers)}


def show(peers: list[Peer]) -> list[dict[str, Any]]:
    own, found = peers[0], []
    head = f"{'':18} {'BLEU':>10} {'self-BLEU':>10} {'together':>12}"
    print(f"{head} {'seqgan faster by':>17} {'goal':>6} {'differs by':>11}")
    for peer in peers:
        ratio = peer.seconds / own.seconds
        difference = np.abs((peer.values - own.values[: len(peer.values)]).mean(axis=0)).max()
        times = f"{peer.bleu_seconds:10.3f} {peer.self_seconds:10.3f} {peer.seconds:12.3f}"
        print(f"{peer.name:18} {times} {ratio:17,.1f} {GOALS.get(peer.name, ''):>6} {difference:11.1e}")
        found.append({"name": peer.name, "bleu": peer.bleu_seconds, "self_bleu": peer.self_seconds, "ratio": ratio})
    return found


# Growing


@dataclass
class Growth:
    """One size: seconds of its parts and of the processor, peak memory, growth relative to the smallest size."""

    text: str
    rows: int
    read: float
    bleu: float
    self_bleu: float
    processor: float
    gigabytes: float
    relative: float = math.nan

    @property
    def seconds(self) -> float:
        return self.read + self.bleu + self.self_bleu


def measure_files(first: Path, second: Path) -> dict[str, float]:
    """Read two files and score one against the other, in this process."""
    begun = time.process_time()
    read, (samples, references) = best(lambda: (lines(first), lines(second)), 1)
    one, _ = best(lambda: bleu.bleu(samples, references), 1)
    two, _ = best(lambda: self_bleu.self_bleu(samples), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    processor = time.process_time() - begun
    return {"read": read, "bleu": one, "self_bleu": two, "processor": processor, "gigabytes": peak}


def lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


def in_new_process(text: str, rows: int, folder: Path) -> Growth:
    paths = [folder / "samples.txt", folder / "references.txt"]
    stream = [row for name in ("image_coco.txt", "test_coco.txt") for row in captions(name) or []]
    for seed, path in enumerate(paths, start=1):
        made = zipf(rows, seed) if text == "zipf" else resampled(stream, rows, seed)
        with path.open("w", encoding="utf-8") as file:
            file.writelines(" ".join(row) + "\n" for row in made)
    command = [sys.executable, __file__, "--files", *map(str, paths)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Growth(text, rows, **json.loads(shown))


def scaling(sizes: list[int]) -> list[dict[str, Any]]:
    found: list[Growth] = []
    head = f"{'text':9} {'rows':>10} {'read':>7} {'BLEU':>8} {'self-BLEU':>10} {'together':>9} {'processor':>10}"
    print(f"{head} {'peak GB':>8} {'of n log n':>11}")
    for text in ("zipf", "captions") if captions("image_coco.txt") else ("zipf",):
        smallest = None
        for rows in sizes:
            with tempfile.TemporaryDirectory() as folder:
                growth = in_new_process(text, rows, Path(folder))
            cost = growth.processor / (rows * math.log(rows))
            smallest = smallest or cost
            growth.relative = cost / smallest
            times = f"{growth.read:7.2f} {growth.bleu:8.2f} {growth.self_bleu:10.2f} {growth.seconds:9.2f}"
            times += f" {growth.processor:10.2f}"
            print(f"{text:9} {rows:10,} {times} {growth.gigabytes:8.2f} {growth.relative:11.2f}", flush=True)
            found.append(growth)
    print("goal: 1,000,000 rows in 180 s and 8 GB; the last column no larger than 1")
    return [asdict(growth) for growth in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000, help="samples and references, side by side")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--subset", type=int, default=3, help="samples that NLTK scores")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--files", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.files:
        print(json.dumps(measure_files(*given.files)))
        return
    figures = scaling(given.sizes) if given.scaling else side_by_side(given.rows, given.repeat, given.subset)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
