"""Which queries may run: those that hide SERVICE, those that only look so, and what is too much."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.publish.gate import inspect
from khabar.publish.protocol import Refusal

BASE = "https://w3id.org/khabar/"
PREFIXES = "PREFIX x: <x:> PREFIX : <u:> PREFIX service: <z:>\n"

HIDDEN = [
    "SELECT * {SERVICE <u:> {}}",
    "SELECT*{sErViCe<u:>{}}",
    "SELECT * {SERVICE SILENT <u:> {}}",
    "SELECT * {SERVICE#c\n<u:>{}}",
    "SELECT * {SERVICE?x{}}",
    'SELECT * {""" " """ SERVICE <u:> {}}',
    "SELECT * {<a#b>SERVICE<u:>{}}",
    "SELECT * {?s ?p 1.SERVICE <u:> {}}",
    "SELECT * {?s ?p 'a\\\\'SERVICE<u:>{}}",
    "SELECT * {?s ?p '''a''''SERVICE<u:>{}}",
    "SELECT * {?s ?p 'x'@en SERVICE <u:>{}}",
    "SELECT * {FILTER NOT EXISTS{SERVICE<u:>{}}}",
    "SELECT * {{SELECT * {SERVICE<u:>{}}}}",
    # The engine needs no space before or after a keyword.
    "SELECT * {?s ?p trueSERVICE<u:>{}}",
    "SELECT * {?s ?p 1SERVICE<u:>{}}",
    "SELECT * {?s ?p 1e5SERVICE<u:>{}}",
    "SELECT * {SERVICEx:y {}}",
    "SELECT * {SERVICESILENTx:y {}}",
    "SELECT * {service:x {}}",
    "SELECT * {service:x#c\n{}}",
    "SELECT * #c\r{SERVICE<u:>{}}",
]

# After a value in round brackets `<` may be an operator: then these are comments and strings, else IRIs.
PARTING = [
    "SELECT * {?s ?p ?o FILTER(?o<?s#>'''\n)} #'''",
    "SELECT * {?s ?p ?o FILTER(?o<?s#>'''\n) SERVICE <u:> {} } #'''",
    "SELECT * {?s ?p ?o FILTER('a'<'''b>&&?s) SERVICE <u:> {} FILTER('''>1)}",
    "SELECT * {?s ?p ?o FILTER(?o<SUBSTR(SUBSTR(SUBSTR(?s,1),1),1)>1)}",
    "SELECT * {?s ?p ?o FILTER(true<?s#>)}",
]

HARMLESS = [
    "SELECT * {?s ?p 'SERVICE'}",
    "SELECT ?service {?service ?p <SERVICE>}",
    "PREFIX service: <x:> SELECT * {?s service:LOAD ?o}",
    "SELECT * {?s ?p ?o} # SERVICE",
    "SELECT * {?s ?p 'x'@service-load}",
    'SELECT * {?s ?p """LOAD "q" LOAD"""}',
    "SELECT * {_:service ?p ?o}",
    "SELECT * {?s ?p '\\u0053ERVICE'}",
    "SELECT * {?s ?p x:a\\'SERVICE}",
    "SELECT * {?خبر ?p 'خدمة'@ar}",
    "SELECT * {?s <http://example.org/ont#p> ?o FILTER(?o < 5 && ?o > 3)}",
    "SELECT * {?s ?p ?o FILTER(?o<5&&?o>3)}",
    "SELECT * {?s ?p ?o FILTER(?o<?s)}",
    "SELECT * {VALUES (?a ?b) {('x' <http://example.org/a#b>) (<urn:a#b> 1)}}",
    "SELECT * {?s <ont#p> '''many\nlines'''}",
]


def refusal(text: str) -> Refusal | None:
    try:
        inspect(text, BASE)
    except Refusal as found:
        return found
    return None


@pytest.mark.parametrize("text", HIDDEN)
def test_service_is_refused_however_it_is_written(text: str) -> None:
    found = refusal(PREFIXES + text)
    assert found is not None
    assert (found.status, found.code) == (403, "service")


@pytest.mark.parametrize("text", PARTING)
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    found = refusal(text)
    assert found is not None
    assert (found.status, found.fix) == (400, "put a space after <")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_so_passes(text: str) -> None:
    assert refusal(PREFIXES + text) is None


PIECES = [
    "?x", "<", "?b", "#", "'", "'''", '"', '"""', ">", "<a#b>", "<x:a>", "<x://a'''#>", ")", "(", "{", "}",
    "\n", " ", ".", "SERVICE", "service:x", "x:a", "<u:>", "true", "1", "1e5", "@en", "^^", "&&", "{}",
    "SERVICE<u:>{}", "?s?p?o", "FILTER(?s=?s)", "FILTER(?s<", "#>'''\n", "'''\n", "\r",
    "_:a", ",", "x:a\\'", "VALUES?x{", "SERVICE:y{}", "=", "\\",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(["", "}", "\n)}", "#'''\n}"])
)
def test_the_engine_never_finds_a_service_that_the_gate_has_not(middle: str, end: str) -> None:
    text = f"{PREFIXES}SELECT*{{?s?p?o.{middle}{end}"
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.NamedNode("x:a")))
    try:
        list(store.query(text))  # type: ignore[arg-type]  # SELECT
        said = ""
    except SyntaxError:
        return
    except (OSError, RuntimeError) as error:
        said = str(error)
    if "URI scheme" in said or "service name" in said:  # it was about to fetch <u:>
        assert refusal(text) is not None


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_passes_or_is_refused(text: str) -> None:
    found = refusal(text)
    assert found is None or found.status in (400, 403, 413)


FORMS = [
    ("SELECT * {}", "SELECT"),
    ("# what\nBASE <x:y> PREFIX a: <b:> ask {}", "ASK"),
    ("prefix select: <x:> construct where {?s ?p ?o}", "CONSTRUCT"),
    ("DESCRIBE <x:y>", "DESCRIBE"),
    ("SELECT * { { SELECT * {} } }", "SELECT"),
]


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_the_form_of_a_query(text: str, form: str) -> None:
    assert inspect(text, BASE).form == form


UPDATES = [
    "INSERT DATA {<a:> <a:> <a:>}",
    "PREFIX x: <x:> load <http://a/>",
    "CLEAR ALL",
    "WITH <a:> DELETE {} WHERE {}",
]


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_is_no_query(text: str) -> None:
    found = refusal(text)
    assert found is not None
    assert (found.status, found.code) == (403, "read-only")


@pytest.mark.parametrize("text", ["", "  # nothing", "hello", "PREFIX x: <x:>", "{}"])
def test_what_is_no_query_says_so(text: str) -> None:
    found = refusal(text)
    assert found is not None
    assert (found.status, found.fix) in {
        (400, "begin with one of them"),
        (400, "begin with SELECT, ASK, CONSTRUCT, DESCRIBE"),
    }


def test_graphs_are_resolved() -> None:
    query = inspect(
        "BASE <https://example.org/a/> PREFIX g: <x:> "
        "SELECT * FROM <b> FROM g:c\\-d FROM NAMED <urn:e> FROM NAMED <\\u0066> {}",
        BASE,
    )
    assert query.default_graphs == ("https://example.org/a/b", "x:c-d")
    assert query.named_graphs == ("urn:e", "https://example.org/a/f")


def test_a_refusal_points_to_the_word() -> None:
    found = refusal("SELECT *\nWHERE { SERVICE <https://example.org/> { ?s ?p ?o } }")
    assert found is not None
    assert str(found) == (
        "query, line 2, column 9: SERVICE is not allowed: this endpoint fetches nothing\n"
        "  ask the other endpoint yourself"
    )
    assert found.excerpt == "WHERE { SERVICE <https://example.org/> { ?s ?p ?o } }\n        ^"


TOO_MUCH = {
    "size": ("ASK { ?s ?p '" + "x" * 70_000 + "' }", 413),
    "tokens": ("ASK { VALUES ?x { " + "1 " * 10_000 + "} }", 400),
    "depth": ("SELECT (" + "(" * 100 + "1" + ")" * 100 + " AS ?x) {}", 400),
    "groups": ("ASK " + "{" * 30 + "}" * 30, 400),
    "exponential": ("SELECT (" + "SUBSTR(" * 20 + "'a'" + ",1)" * 20 + " AS ?x) {}", 400),
    "exponential, glued": ("ASK {FILTER" + "REGEX(" * 20 + "'a'" + ",'b')" * 20 + "}", 400),
    "patterns": ("ASK { " + "?a ?b ?c . " * 200 + "}", 400),
    "path": ("ASK { ?a " + "/".join(["<x:p>"] * 200) + " ?b }", 400),
    "triple terms": ("ASK { " + "<< ?a ?b ?c >> ?d ?e " * 30 + "}", 400),
}


@pytest.mark.parametrize(("text", "status"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much_is_refused(text: str, status: int) -> None:
    found = refusal(text)
    assert found is not None
    assert (found.status, found.code) == (status, "size")


def test_a_long_list_of_values_is_not_too_much() -> None:
    iris = ", ".join(f"<https://example.org/{n}>" for n in range(1000))
    assert refusal(f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({iris})) }}") is None
