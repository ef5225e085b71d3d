"""Benchmarks: contracts that say exactly what is measured on what; one TOML file is one version and never changes."""

from __future__ import annotations

from seqgan.board.benchmarks.contract import Contract as Contract
from seqgan.board.benchmarks.contract import packaged as packaged
from seqgan.board.benchmarks.contract import read as read
from seqgan.board.benchmarks.install import Installed as Installed
from seqgan.board.benchmarks.install import find as find
from seqgan.board.benchmarks.install import install as install
from seqgan.board.benchmarks.install import listed as listed
