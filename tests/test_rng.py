"""Named random streams: equal for equal names, restored as they were."""

from __future__ import annotations

import torch

from seqgan.rng import Streams


def test_restored_streams_go_on_where_they_were_also_beside_streams_that_are_gone():
    streams, other = Streams(1), Streams(2)
    torch.rand(3, generator=streams["data"])
    other.restore(streams.state() | {"init": streams["data"].get_state()})
    for name in streams.state():
        assert torch.equal(torch.rand(3, generator=streams[name]), torch.rand(3, generator=other[name]))
    assert list(other.state()) == ["data", "sample", "rollout"]
