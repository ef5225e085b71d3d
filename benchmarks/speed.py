"""Speed at the paper's setting: time, floating-point operations and share of the machine's own matrix rate, a stage.

    .venv/bin/python benchmarks/speed.py                     the stages at the paper's setting, fp32 and bf16
    .venv/bin/python benchmarks/speed.py --scaling           sampling and Monte-Carlo walk over vocabulary and length
    .venv/bin/python benchmarks/speed.py --batches           discriminator epochs at growing batches, equal loss
    .venv/bin/python benchmarks/speed.py --json OUT          the figures as JSON

The setting: V = 5000, T = 20, E = H = 32, batch 64, N = 16 rollouts, the authors' discriminator (windows 1 to 10, 15
and 20, 1,720 filters, highway), 10,000 real and 10,000 generated sequences. Times are the best of --repeat runs,
or of as many as fit into ten seconds: other work on a shared machine only ever adds. The rate of matrix products is
measured in the same run.

The peers' times were measured on two cores of an EPYC that multiplied at 225 GFLOP/s in fp32 and 883 in bf16, each
peer in its best mode (they compute in fp32). To compare, a peer's time is scaled by the fp32 rate of that machine over
the fp32 rate of this one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as the command line does, before torch reads it

import torch

from seqgan.credit import monte_carlo
from seqgan.discriminators import cnn_highway
from seqgan.functional.losses import binary_cross_entropy, sequence_nll
from seqgan.functional.precision import matrix_precision
from seqgan.functional.rollouts import complete
from seqgan.functional.sampling import sample
from seqgan.generators import lstm
from seqgan.records import Samples
from seqgan.results.flops import score_flop, token_flop
from seqgan.rewards.discriminator import DiscriminatorReward
from seqgan.runs.memory import keep_freed_memory
from seqgan.runs.optimisation import Optimisers

REFERENCE_RATE = 225.0
AUTHORS, TEXTGAN = "authors' code, TensorFlow 2.21", "TextGAN-PyTorch, torch 2.13"
PEERS = {
    "sample 10,000": {AUTHORS: 2.0, TEXTGAN: 18.5},
    "Monte-Carlo reward, one batch": {AUTHORS: 4.2, TEXTGAN: 23.4},
    "discriminator epoch": {AUTHORS: 11.6, TEXTGAN: 16.8},
    "MLE epoch": {AUTHORS: 4.7, TEXTGAN: 2.8},
    "NLL of 10,000": {AUTHORS: 1.7, TEXTGAN: 0.77},
}
STAGE_SECONDS = 10.0
GOALS = {
    "sample 10,000": 4.0,
    "Monte-Carlo reward, one batch": 3.5,
    "discriminator epoch": 3.0,
    "MLE epoch": 1.8,
    "NLL of 10,000": 1.2,
}


@dataclass
class Stage:
    """One measured stage."""

    name: str
    dtype: str
    seconds: float
    gigaflop: float
    rate_share: float
    faster_than_best_peer: float | None


class Setting:
    """Networks and data of one size; random sequences cost what real ones cost."""

    def __init__(self, vocabulary: int = 5000, width: int = 20, rows: int = 10_000) -> None:
        torch.manual_seed(1)
        self.vocabulary, self.width, self.rows = vocabulary, width, rows
        self.generator = lstm.create(lstm.Settings(), vocabulary, width)
        self.discriminator = cnn_highway.create(cnn_highway.Settings(), vocabulary, width)
        networks = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimisers = Optimisers(networks, lambda name: None)
        self.optimisers.declare("generator", 0.01, "generator", 5.0, (0.9, 0.999), 0.0)
        self.optimisers.declare("discriminator", 1e-4, "discriminator", None, (0.9, 0.999), 0.0)
        self.rng = torch.Generator().manual_seed(2)
        self.real = self._random()
        self.fake = self._random()

    def _random(self) -> Samples:
        ids = torch.randint(self.vocabulary, (self.rows, self.width), generator=self.rng)
        return Samples(ids, torch.ones_like(ids, dtype=torch.bool))

    # The stages, each as the library runs it

    def sample(self) -> Samples:
        return sample(self.generator, self.rows, self.width, None, self.rng)

    def walk(self, batch: int = 64, rollouts: int = 16) -> None:
        some = Samples(self.real.ids[:batch], self.real.mask[:batch])
        for _ in complete(self.generator, some, rollouts, self.rng, end=None):
            pass

    def reward(self, batch: int = 64) -> torch.Tensor:
        some = Samples(self.real.ids[:batch], self.real.mask[:batch])
        judge = DiscriminatorReward(self.discriminator, 1024)
        return monte_carlo.credit(some, self.generator, judge, monte_carlo.Settings(), self.rng, end=None)

    def mle_epoch(self, batch: int = 64) -> float:
        self.generator.train()
        loss = 0.0
        for ids, mask in zip(self.real.ids.split(batch), self.real.mask.split(batch), strict=True):
            loss = self.optimisers.step("generator", sequence_nll(self.generator(ids), ids, mask))
        return loss

    def discriminator_epoch(self, batch: int = 64) -> float:
        self.discriminator.train()
        ids, mask = torch.cat([self.real.ids, self.fake.ids]), torch.cat([self.real.mask, self.fake.mask])
        is_real = torch.arange(len(ids)) < len(self.real)
        total = 0.0
        for rows in torch.randperm(len(ids), generator=self.rng).split(batch):
            scores, _ = self.discriminator(ids[rows], mask[rows])
            loss = binary_cross_entropy(scores, is_real[rows]) + self.discriminator.penalty()
            total += self.optimisers.step("discriminator", loss) * len(rows)
        return total / len(ids)

    @torch.no_grad()
    def nll(self) -> float:
        parts = zip(self.real.ids.split(2000), self.real.mask.split(2000), strict=True)
        return float(sum(sequence_nll(self.generator(ids), ids, mask) for ids, mask in parts) / 5)

    # Their floating-point operations (multiplications and additions of matrix products)

    def token_flop(self) -> float:
        settings = lstm.Settings()
        return token_flop(settings.embedding, settings.hidden, self.vocabulary)

    def score_flop(self) -> float:
        network = self.discriminator
        windows = {width: len(filters) for width, filters in zip(network.widths, network.filters, strict=True)}
        return score_flop(windows, network.embedding.embedding_dim, self.width)

    def flop(self, stage: str, batch: int = 64, rollouts: int = 16) -> float:
        time_steps, tokens = self.width, self.rows * self.width
        walked = batch * rollouts * time_steps * (time_steps - 1) / 2
        scored = batch * (rollouts * (time_steps - 1) + 1)
        return {
            "sample 10,000": tokens * self.token_flop(),
            "Monte-Carlo reward, one batch": walked * self.token_flop() + scored * self.score_flop(),
            "Monte-Carlo walk alone": walked * self.token_flop(),
            "discriminator epoch": 3 * 2 * self.rows * self.score_flop(),
            "discriminator epoch, batch 256": 3 * 2 * self.rows * self.score_flop(),
            "MLE epoch": 3 * tokens * self.token_flop(),
            "NLL of 10,000": tokens * self.token_flop(),
        }[stage]


def best(work: Callable[[], object], repeat: int, seconds: float = 0.0) -> float:
    """Return the shortest of ``repeat`` times, or of as many more as ``seconds`` allow: short stages are noisy ones."""
    work()
    times: list[float] = []
    while len(times) < repeat or sum(times) < seconds:
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def matrix_rates(repeat: int = 10) -> dict[str, float]:
    """Return GFLOP/s of a square product of 2048 rows in fp32 and bf16."""
    square = torch.randn(2048, 2048)
    rounded = square.bfloat16()
    work = 2 * 2048**3 / 1e9
    rates = {"fp32": best(lambda: square @ square, repeat), "bf16": best(lambda: rounded @ rounded, repeat)}
    return {dtype: work / seconds for dtype, seconds in rates.items()}


def measure(repeat: int) -> tuple[dict[str, float], list[Stage]]:
    setting, stages = Setting(), []
    works: dict[str, Callable[[], object]] = {
        "sample 10,000": setting.sample,
        "Monte-Carlo walk alone": setting.walk,
        "Monte-Carlo reward, one batch": setting.reward,
        "discriminator epoch": setting.discriminator_epoch,
        "discriminator epoch, batch 256": lambda: setting.discriminator_epoch(256),
        "MLE epoch": setting.mle_epoch,
        "NLL of 10,000": setting.nll,
    }
    rates = matrix_rates()
    for dtype in ("fp32", "bf16"):
        for name, work in works.items():
            if dtype == "bf16" and name.startswith("NLL"):
                continue
            with matrix_precision(dtype):
                seconds = best(work, repeat, STAGE_SECONDS)
            again = matrix_rates(3)
            rates = {key: max(rates[key], again[key]) for key in rates}
            gigaflop = setting.flop(name) / 1e9
            stages.append(Stage(name, dtype, seconds, gigaflop, gigaflop / seconds, None))
    for stage in stages:
        stage.rate_share /= rates[stage.dtype]
        peers = PEERS.get(stage.name.removesuffix(", batch 256"))
        if peers:
            stage.faster_than_best_peer = min(peers.values()) * REFERENCE_RATE / rates["fp32"] / stage.seconds
    return rates, stages


def show(rates: dict[str, float], stages: list[Stage]) -> None:
    print(f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"matrix products: {rates['fp32']:.0f} GFLOP/s in fp32, {rates['bf16']:.0f} in bf16")
    print(f"peers' times are scaled by {REFERENCE_RATE:.0f} / {rates['fp32']:.0f}\n")
    print(f"{'stage':32} {'':5} {'seconds':>8} {'GFLOP':>7} {'of rate':>8} {'x best peer':>12} {'goal':>5}")
    for stage in stages:
        ratio = "" if stage.faster_than_best_peer is None else f"{stage.faster_than_best_peer:.1f}"
        goal = GOALS.get(stage.name.removesuffix(", batch 256"), "")
        row = f"{stage.name:32} {stage.dtype:5} {stage.seconds:8.3f} {stage.gigaflop:7.1f} {stage.rate_share:8.0%}"
        print(f"{row} {ratio:>12} {goal:>5}")
    print(f"\npeak memory {peak_gigabytes():.2f} GB (the authors' code 1.05, TextGAN-PyTorch 0.82)")


def peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def scaling(repeat: int) -> list[dict[str, float]]:
    """Show that the walk follows the tokens drawn, and the whole reward those and the sequences scored."""
    rows = []
    print(f"{'':>36}walk{'':>24}whole reward")
    print(
        f"{'V':>6} {'T':>4} {'tokens':>9} {'scored':>7} {'seconds':>8} {'ns a token':>11} {'ns, 1000 words':>15}"
        f" {'seconds':>8} {'scoring':>8} {'us a sequence':>14} {'us, 20 positions':>17}"
    )
    for vocabulary in (100, 5000, 30_000):
        for width in (20, 40, 100):
            batch = max(1, 64 * 20**2 // width**2)
            setting = Setting(vocabulary, width, rows=256)
            seconds = best(lambda s=setting, b=batch: s.walk(b), repeat)  # type: ignore[misc]
            whole = best(lambda s=setting, b=batch: s.reward(b), repeat)  # type: ignore[misc]
            tokens, scored = batch * 16 * width * (width - 1) // 2, batch * (16 * (width - 1) + 1)
            each, judged = seconds / tokens * 1e9, (whole - seconds) / scored * 1e6
            print(
                f"{vocabulary:6} {width:4} {tokens:9,} {scored:7,} {seconds:8.3f} {each:11.0f}"
                f" {each / vocabulary * 1000:15.0f} {whole:8.3f} {whole - seconds:8.3f} {judged:14.1f}"
                f" {judged * 20 / width:17.1f}"
            )
            sizes = {"vocabulary": vocabulary, "width": width, "tokens": tokens, "scored": scored}
            rows.append({**sizes, "walk_seconds": seconds, "reward_seconds": whole})
    return rows


def batches(repeat: int) -> list[dict[str, float]]:
    """Show discriminator epochs at growing batches: the loss after the same number of epochs, and the time of one.

    The data can be told apart: real rows come from one random generator, generated rows from another.
    """
    del repeat
    rows = []
    print(f"{'batch':>6} {'rate':>8} {'dtype':>5} {'seconds an epoch':>17} {'held-out loss after 1, 2, 3, 4':>38}")
    for batch, rate in ((64, 1e-4), (128, 1.4e-4), (256, 2e-4), (512, 2.8e-4), (1024, 4e-4)):
        for dtype in ("fp32", "bf16") if batch in (64, 256) else ("bf16",):
            row = separable(batch, rate, dtype)
            losses = " ".join(f"{value:.4f}" for value in row["losses"])
            print(f"{batch:6} {rate:8.1e} {dtype:>5} {row['seconds']:17.2f} {losses:>38}")
            rows.append(row)
    return rows


def separable(batch: int, rate: float, dtype: str, epochs: int = 4) -> dict:
    setting = Setting()
    torch.manual_seed(3)
    others = [lstm.create(lstm.Settings(init=deviation), 5000, 20) for deviation in (1.0, 0.6)]
    rng = torch.Generator().manual_seed(4)
    setting.real, setting.fake = (sample(other, 10_000, 20, None, rng) for other in others)
    held = [sample(other, 2000, 20, None, rng) for other in others]
    optimiser = setting.optimisers._rules["discriminator"].adam
    optimiser.param_groups[0]["lr"] = rate
    losses, times = [], []
    for _ in range(epochs):
        begun = time.perf_counter()
        with matrix_precision(dtype):
            setting.discriminator_epoch(batch)
        times.append(time.perf_counter() - begun)
        losses.append(held_out_loss(setting, held))
    return {"batch": batch, "rate": rate, "dtype": dtype, "seconds": min(times), "losses": losses}


@torch.no_grad()
def held_out_loss(setting: Setting, held: list[Samples]) -> float:
    setting.discriminator.eval()
    scores = [setting.discriminator(part.ids, part.mask)[0] for part in held]
    is_real = torch.arange(4000) < 2000
    return float(binary_cross_entropy(torch.cat(scores), is_real))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--batches", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    keep_freed_memory()  # as every training run does
    if given.scaling:
        figures: object = scaling(given.repeat)
    elif given.batches:
        figures = batches(given.repeat)
    else:
        rates, stages = measure(given.repeat)
        show(rates, stages)
        figures = {"rates": rates, "stages": [asdict(stage) for stage in stages], "peak_gigabytes": peak_gigabytes()}
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
