"""The pages of submitting: from the form to the published row, and every way in that is closed."""

from __future__ import annotations

import gzip
import json
import threading
from typing import Any

import pytest

from board.submitting import Place, Visitor, manifest, samples, score, state
from seqgan.board.submissions.samples import to_jsonl
from seqgan.board.web import writing

PACKED = to_jsonl(samples())


@pytest.fixture
def visitor(place: Place, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setattr(writing, "_FAILURES", writing.Attempts(20))
    monkeypatch.setattr(writing, "_WRITES", writing.Attempts(60))
    return Visitor(place.store)


def file(name: str = "mine.jsonl.gz", content: bytes = PACKED) -> list[tuple[str, tuple[str, bytes]]]:
    return [("samples", (name, content))]


FAULT = {"name": "bounds", "state": "fault", "text": "no"}
FIELDS = {"benchmark": "tiny@1", "model": "Model <script>alert(1)</script>", "notes": "<img src=x onerror=alert(1)>"}


def sent(place: Place, visitor: Visitor, who: str = "ann", **fields: str) -> str:
    visitor.sign_in(place.secrets[who])
    visitor.get("/submit")
    answer = visitor.post("/submit", {**FIELDS, **fields}, files=file())
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_from_the_form_to_the_published_row(place: Place, visitor: Visitor) -> None:
    address = sent(
        place, visitor, claimed="bleu_2 = 0.9\n", claimed_from="Table 1", temperature="0.8", paper_arxiv="1609.05473"
    )
    page = visitor.get(address).text
    assert "Waiting to be scored" in page
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    score(place)
    page = visitor.get(address).text
    assert "BLEU-2 (tiny)" in page
    assert "nobody reviews a submission of their own" in page
    reviewer = Visitor(place.store)
    reviewer.sign_in(place.secrets["rob"])
    assert "Publish" in reviewer.get(address).text
    assert reviewer.post(f"{address}/decide", {"action": "accept", "reason": ""}).status_code == 303
    data = visitor.get(f"{address}.json").json()
    assert data["submission"]["state"] == "published"
    assert data["manifest"]["decoding"]["temperature"] == 0.8
    assert data["submission"]["reviewer"] == "rob"
    row = visitor.get(f"/result/{data['submission']['entry']}")
    assert row.status_code == 200
    assert samples()[0] in row.text
    assert visitor.get("/sota/text-generation-on-tiny.json").json()["rows"][0]["model"] == FIELDS["model"]


@pytest.mark.parametrize(
    "path",
    [
        "/submit",
        "/submissions",
        "/submissions?state=checked",
        "/review",
        "/account",
        "/log",
        "/benchmark/tiny@1",
        "{link}",
        "{link}/samples",
    ],
)
def test_every_page_has_its_twin(place: Place, visitor: Visitor, path: str) -> None:
    link = sent(place, visitor)
    score(place)
    path = path.format(link=link)
    page = visitor.get(path)
    assert page.status_code == 200
    assert "onerror=alert" not in page.text.replace("&lt;img src=x onerror=alert(1)&gt;", "")
    base, question, query = path.partition("?")
    assert isinstance(visitor.get(f"{base}.json{question}{query}").json(), dict)
    for secret in place.secrets.values():
        assert secret not in page.text


def test_the_form_takes_a_file_of_texts_one_a_line(place: Place, visitor: Visitor) -> None:
    visitor.sign_in(place.secrets["ann"])
    visitor.get("/submit")
    plain = "".join(f"{row}\n" for row in samples()).encode()
    answer = visitor.post("/submit", FIELDS, files=file("mine.txt", plain))
    assert answer.status_code == 303, answer.text
    found = visitor.get(f"{answer.headers['location']}/files/samples.1.jsonl.gz")
    assert [json.loads(line)["text"] for line in gzip.decompress(found.content).decode().splitlines()] == samples()
    short = visitor.post("/submit", FIELDS, files=file("mine.txt", b"one line\n"))
    assert short.status_code == 400
    assert "has 1 lines" in short.text


def test_a_fault_asks_for_the_reason_before_anything_is_sent(place: Place, visitor: Visitor) -> None:
    link = sent(place, visitor)
    with place.store.write() as session:
        session.run("UPDATE submission SET state = 'checked', checks = :found", found=json.dumps([FAULT]))
    reviewer = Visitor(place.store)
    reviewer.sign_in(place.secrets["rob"])
    assert 'maxlength="1000" required' in reviewer.get(link).text


def test_files_come_back_as_they_were_sent(place: Place, visitor: Visitor) -> None:
    link = sent(place, visitor)
    found = visitor.get(f"{link}/files/samples.1.jsonl.gz")
    assert found.headers["content-type"] == "application/gzip"
    rows = [json.loads(line)["text"] for line in gzip.decompress(found.content).decode().splitlines()]
    assert rows == samples()
    assert visitor.get(f"{link}/files/manifest.json").json()["model"] == FIELDS["model"]
    for name in ("samples.2.jsonl.gz", "samples.1.jsonl", "..%2f..%2fetc%2fpasswd"):
        assert visitor.get(f"{link}/files/{name}").status_code == 404


def test_a_program_sends_manifest_and_files(place: Place, visitor: Visitor) -> None:
    said = manifest(model="Model B").to_json()
    answer = visitor.program(
        "POST", "/submit", place.secrets["ann"], data={"manifest": said}, files=file("samples.1.jsonl.gz")
    )
    assert answer.status_code == 201
    assert state(place, answer.json()["permalink"]) == "parsed"
    as_file = [("manifest", ("manifest.json", said.encode())), *file("samples.1.jsonl.gz")]
    answer = visitor.program("POST", "/submit", place.secrets["ann"], files=as_file)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("data", "files", "words"),
    [
        ({"manifest": "{"}, file("samples.1.jsonl.gz"), "no JSON"),
        ({"manifest": "[" * 70_000}, file("samples.1.jsonl.gz"), "bytes"),
        ({"manifest": '{"model": "x"}'}, file("samples.1.jsonl.gz"), "benchmark"),
        (FIELDS, file("a.jsonl", b'{"i":0,"text":"a"}\n'), "has 1 lines"),
        (FIELDS, [], "seeds"),
        ({**FIELDS, "claimed": "nonsense"}, file(), "no claim"),
        ({**FIELDS, "temperature": "warm"}, file(), "no number"),
        ({**FIELDS, "benchmark": "x@1"}, file(), "no benchmark"),
    ],
)
def test_what_is_wrong_is_said_as_json(
    place: Place, visitor: Visitor, data: dict[str, str], files: Any, words: str
) -> None:
    answer = visitor.program("POST", "/submit", place.secrets["ann"], data=data, files=files)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    with place.store.read() as session:
        assert session.value("SELECT count(*) FROM submission") == 0


def test_strangers_are_refused(place: Place, visitor: Visitor) -> None:
    assert visitor.program("POST", "/submit", "sgb_1_" + "A" * 43, data=FIELDS, files=file()).status_code == 401
    visitor.get("/account")
    assert visitor.post("/submit", FIELDS, files=file()).status_code == 401
    assert visitor.post("/account", {"token": "nonsense"}).status_code == 401
    review_only = Visitor(place.store)
    review_only.sign_in(place.secrets["ann"])
    link = sent(place, Visitor(place.store), "rob")
    score(place)
    review_only.get(link)
    assert review_only.post(f"{link}/decide", {"action": "accept"}).status_code == 400
    assert state(place, link.rpartition("/")[2]) == "checked"


def test_a_form_needs_its_own_token_and_origin(place: Place, visitor: Visitor) -> None:
    visitor.sign_in(place.secrets["ann"])
    visitor.get("/submit")
    good, visitor.csrf = visitor.csrf, "0" * 64
    assert visitor.post("/submit", FIELDS, files=file()).status_code == 403
    visitor.csrf = good
    assert visitor.post("/submit", FIELDS, files=file(), headers={"Origin": "https://evil.example"}).status_code == 403
    other = Visitor(place.store)
    other.sign_in(place.secrets["ann"])
    other.csrf = good
    assert other.post("/submit", FIELDS, files=file()).status_code == 403
    assert visitor.post("/submit", FIELDS, files=file()).status_code == 303


def test_signing_out_and_a_way_back_that_stays_here(place: Place, visitor: Visitor) -> None:
    visitor.get("/account")
    answer = visitor.post("/account", {"token": place.secrets["ann"], "back": "//evil.example/"})
    assert answer.headers["location"] == "/submit"
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict"))
    assert place.secrets["ann"] not in cookie
    assert visitor.get("/account.json").json()["account"]["name"] == "ann"
    visitor.get("/account")
    assert visitor.post("/account", {"action": "out"}).status_code == 303
    assert visitor.get("/account.json").json()["account"] is None


def test_too_many_attempts_and_writes_are_slowed_down(
    place: Place, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_FAILURES", writing.Attempts(3))
    visitor.get("/account")
    codes = [visitor.post("/account", {"token": "nonsense"}).status_code for _ in range(5)]
    assert codes == [401, 401, 401, 429, 429]
    monkeypatch.setattr(writing, "_WRITES", writing.Attempts(2))
    visitor.sign_in(place.secrets["ann"])
    visitor.get("/submit")
    answers = [visitor.post("/submit", FIELDS, files=file()).status_code for _ in range(3)]
    assert answers == [303, 303, 429]


def test_attempts_count_over_threads() -> None:
    attempts = writing.Attempts(50)
    allowed: list[bool] = []
    threads = [
        threading.Thread(target=lambda: allowed.extend(attempts.count("x") for _ in range(20))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 50


def test_unknown_things_are_not_found(visitor: Visitor) -> None:
    for path in (
        "/submission/nothing",
        "/submission/nothing.json",
        "/submission/x/samples",
        "/benchmark/none@1",
        "/submission/x/files/manifest.json",
    ):
        assert visitor.get(path).status_code == 404
