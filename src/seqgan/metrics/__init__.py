"""Metrics: one file a metric, without state between calls. One file is one plugin.

A plugin file has ``NEEDS`` (the fields of :class:`seqgan.records.References` it cannot do without),
``score(samples, references) -> list[Score]`` and the plain function of the same name as the file.

Its docstring is its page. A test asks for: one sentence; the formula, indented by four spaces; the direction and the
bounds; and these paragraphs, in this order, each after a blank line and beginning with its label:

``What it rewards wrongly:`` which bad model gets a good value, and which other metric shows that;
``Sample size:`` how the value moves with the number of samples or references, and how many are needed;
``Bad input:`` what blank rows, unseen tokens, rows that are too short and missing sides give: a value or an error;
``Golden value:`` a value that anybody can check, with the data or the two lines it was computed from;
``Source:`` paper and equation, or "ours".
"""
