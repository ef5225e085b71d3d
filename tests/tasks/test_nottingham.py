"""Folk tunes: sizes, keys, pieces of a tune, no tune in two splits."""

from __future__ import annotations

import pytest

from seqgan.data.source import Source
from seqgan.errors import DataError
from seqgan.tasks import nottingham


@pytest.fixture(scope="module")
def tunes(mirror):
    return nottingham.load(nottingham.Settings(), 1, Source(mirror, mirror))


@pytest.mark.thorough
def test_sequences_are_32_of_88_keys(tunes):
    assert (tunes.max_len, len(tunes.vocab), tunes.vocab.end, tunes.vocab.unknown) == (32, 88, None, None)
    rows = tunes.train.samples()
    assert rows.mask.all()
    # A violin's range: G3 is key 34, and nobody plays above its E7 (79).
    assert 25 <= int(rows.ids.min()) < int(rows.ids.max()) <= 79
    assert len(tunes.train) > 2_500
    assert len(tunes.valid) > 500 < len(tunes.test)
    assert (tunes.facts["tunes"], tunes.facts["unreadable_tunes"]) == (1_033, ["Joy of the Dance"])


@pytest.mark.thorough
def test_splits_share_hardly_a_sequence(tunes):
    assert max(tunes.facts["overlap_with_train"].values()) < 0.05, "the collection holds some tunes twice"


INVENTED = """X:{n}
T:Invented {n}
M:4/4
L:1/4
K:C
|:CDEF|GABc:|{tail}|
"""


@pytest.fixture
def invented(tmp_path, monkeypatch):
    """Twelve tunes in place of the collection; each has 16 quarters, 20 keys, and a last note of its own."""
    path = tmp_path / "nottingham" / "ABC_cleaned" / "jigs.abc"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(INVENTED.format(n=n, tail="CDEFGAB"[n % 7] * 4) for n in range(12)), encoding="utf-8")
    monkeypatch.setattr(nottingham.Source, "path", lambda self, file: path)
    monkeypatch.setattr(nottingham, "FILES", nottingham.FILES[:1])
    return Source(tmp_path, tmp_path)


@pytest.mark.parametrize(("stride", "pieces"), [(8, 3), (4, 5), (20, 1)])
def test_a_tune_is_cut_into_pieces_and_its_rest_left_out(invented, stride, pieces):
    """20 quarters are 25 keys at 0.4 s."""
    settings = nottingham.Settings(length=8, stride=stride, train_tunes=6)
    task = nottingham.load(settings, 1, invented)
    assert [len(split) for split in (task.train, task.valid, task.test)] == [6 * pieces, 3 * pieces, 3 * pieces]
    assert task.references("train", 1)[0] == "39 39 41 43 44 46 46 48".split()


def test_the_split_follows_its_own_seed_and_not_the_runs(invented):
    def held_out(split_seed, seed):
        settings = nottingham.Settings(length=8, stride=8, train_tunes=6, split_seed=split_seed)
        return nottingham.load(settings, seed, invented).facts["split_sha256"]["test"]

    assert held_out(1, 1) == held_out(1, 2) != held_out(2, 1)


def test_a_missing_file_says_how_to_get_it(tmp_path):
    with pytest.raises(DataError, match="seqgan fetch nottingham"):
        nottingham.load(nottingham.Settings(), 1, Source(None, tmp_path))
    with pytest.raises(DataError, match="SEQGAN_MIRROR"):
        nottingham.load(nottingham.Settings(form="midi"), 1, Source(None, tmp_path))
