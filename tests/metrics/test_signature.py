"""The line that says what changes a score: the facts of a comparison with other rows, in their fixed order."""

from __future__ import annotations

import hashlib

from seqgan.metrics._signature import compared, signature

ROWS = [["a", "b"], ["c"]]
HASH = hashlib.sha256(b"a\x1fb\nc\n").hexdigest()[:12]


def test_a_comparison_tells_rows_samples_what_lies_between_and_temperature_in_this_order() -> None:
    plain = signature("m", {"order": 2, **compared("references", ROWS, 7, 0.5)})
    assert plain.startswith(f"m|order:2|references:2:{HASH}|hypotheses:7|temperature:0.5|version:")
    more = signature("m", compared("train", ROWS[::-1], 7, None, judged=5, caution="few"))
    assert more.startswith(f"m|train:2:{HASH}|hypotheses:7|judged:5|caution:few|temperature:unstated|version:")
