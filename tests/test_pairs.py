"""Rules that compare two statements: joined here they find what an engine finds that tries every pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from khabar.graph.documents import Document
from khabar.graph.pairs import fitting, pairs
from khabar.graph.shapes import CORPUS, load_shapes
from khabar.graph.validate import validate_store
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE, RDF

HERE: Final = "http://example.org/"
RULES: Final = {
    rule.shape.rpartition("#")[2]: rule.select
    for rule in load_shapes(sorted(folder("shapes").glob("*.ttl"))).scoped(CORPUS).rules
}
OTHERS: Final = {
    "of like values": "?a :p $this ; :q ?v ; :r ?x . ?b :p $this ; :q ?w ; :r ?y . FILTER(STR(?v) = STR(?w))",
    "from the right": "?a :p $this ; :q ?v . ?b :p $this ; :q ?w . FILTER(STR(?w) > STR(?v))",
    "no less": "?a :p $this ; :q ?v ; :r ?x . ?b :p $this ; :q ?w ; :r ?y . "
    "FILTER(STR(?v) >= STR(?w) && (STR(?x) != STR(?y)))",
    "one verb": "?a ?verb $this ; :q ?v . ?b ?verb $this ; :q ?w . "
    "FILTER(STR(?v) < STR(?w) && ?verb IN (:p, :r))",
}
LEFT_TO_THE_ENGINE: Final = {
    "one pattern": "?a :p $this ; :q ?v . FILTER(STR(?v) < 'b')",
    "three": "?a :p $this ; :q ?v . ?b :p $this ; :q ?w . ?c :p $this . FILTER(STR(?v) < STR(?w))",
    "either": "?a :p $this ; :q ?v . ?b :p $this ; :q ?w . FILTER(STR(?v) < STR(?w) || ?v = ?w)",
    "numbers": "?a :p $this ; :q ?v . ?b :p $this ; :q ?w . FILTER(?v < ?w)",
    "within one": "?a :p $this ; :q ?v ; :r ?x . ?b :p $this ; :q ?w . FILTER(STR(?v) < STR(?x))",
    "a path": "?a :p/:r $this ; :q ?v . ?b :p $this ; :q ?w . FILTER(STR(?v) < STR(?w))",
    "not bound": "?a :p $this ; :q ?v . ?b :p $this ; :q ?w . FILTER(STR(?v) < STR(?w) && ?z IN (:p))",
    "optional": "?a :p $this ; :q ?v . OPTIONAL { ?b :q ?w } FILTER(STR(?v) < STR(?w))",
}


def asked(pattern: str) -> str:
    return f"PREFIX : <{HERE}> SELECT $this ?v ?w {{ {pattern} }}"


def rows(found: Any) -> Counter[tuple[str, ...]]:
    """The solutions, each as often as it comes."""
    names = [variable.value for variable in found.variables]
    return Counter(tuple(f"{name} {term}" for name, term in zip(names, row, strict=True)) for row in found)


def joined(store: ox.Store, select: str) -> Counter[tuple[str, ...]]:
    """The same, by the two sides of the query."""
    made = pairs(select)
    assert made is not None
    sides = []
    for side in (made.left, made.right):
        found = store.query(side.select)
        assert isinstance(found, ox.QuerySolutions)
        names = [variable.value for variable in found.variables]
        sides.append([dict(zip(names, row, strict=True)) for row in found])
    told = made.joined(*sides)
    return Counter(tuple(f"{name} {row[name]}" for name in made.projected) for row in told)


def filled(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(HERE + name)


SUBJECTS: Final = st.sampled_from([node("s1"), node("s2"), node("s3"), ox.BlankNode("s4")])
VALUES: Final = st.sampled_from(
    [node("a"), node("b"), ox.Literal("a"), ox.Literal("b", language="en"), ox.Literal(10), ox.BlankNode("x")]
)
TRIPLES: Final = st.lists(st.tuples(SUBJECTS, st.sampled_from("pqr"), VALUES), max_size=24)


@pytest.mark.parametrize("pattern", OTHERS.values(), ids=OTHERS)
@given(triples=TRIPLES)
def test_two_patterns_find_what_the_query_finds(pattern: str, triples: list[tuple[Any, ...]]) -> None:
    store = filled(ox.Quad(s, node(p), o) for s, p, o in triples)
    assert joined(store, asked(pattern)) == rows(store.query(asked(pattern)))


@pytest.mark.parametrize("pattern", LEFT_TO_THE_ENGINE.values(), ids=LEFT_TO_THE_ENGINE)
def test_other_queries_are_left_to_the_engine(pattern: str) -> None:
    assert pairs(asked(pattern)) is None


def kh(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{DEFAULT_BASE}ont#{name}")


def statement(n: int, said: tuple[str, str, str, int, int, int, bool]) -> list[ox.Quad]:
    """One statement: subject, predicate, object, first and last year, article, whether it is asserted."""
    subject, predicate, value, begin, end, source, asserted = said
    this = ox.NamedNode(f"{DEFAULT_BASE}id/s-{n}")
    parts: dict[ox.NamedNode, ox.NamedNode | ox.Literal] = {
        ox.NamedNode(RDF.type): kh("Statement"), ox.NamedNode(RDF.subject): node(subject),
        ox.NamedNode(RDF.predicate): kh(predicate), ox.NamedNode(RDF.object): node(value),
        kh("status"): kh("asserted" if asserted else "denied"), kh("statedIn"): node(f"article/{source}"),
        kh("earliest"): ox.Literal(f"{begin}-01-01"), kh("latest"): ox.Literal(f"{end}-12-31"),
    }  # fmt: skip
    plain = [ox.Quad(node(subject), kh(predicate), node(value))] if asserted else []
    return [ox.Quad(this, verb, term) for verb, term in parts.items()] + plain


YEARS: Final = st.integers(2019, 2022)
STATEMENTS: Final = st.lists(
    st.tuples(
        st.sampled_from(["anna", "omar", "summit"]), st.sampled_from(["chairs", "when", "inception"]),
        st.sampled_from(["club", "league"]), YEARS, YEARS, st.integers(1, 3), st.booleans(),
    ),
    max_size=10,
)  # fmt: skip


CONTRADICTING: Final = [
    ("anna", "chairs", "club", 2019, 2020, 1, True),
    ("omar", "chairs", "club", 2020, 2021, 2, True),
    ("summit", "inception", "club", 2019, 2019, 1, True),
    ("summit", "inception", "club", 2021, 2021, 2, True),
]


@pytest.mark.parametrize("name", ["OneChair", "OneDate"])
@given(said=STATEMENTS)
@example(said=CONTRADICTING)
def test_our_rules_find_what_the_engine_finds(name: str, said: list[Any]) -> None:
    store = filled(quad for n, one in enumerate(said) for quad in statement(n, one))
    expected = rows(store.query(RULES[name]))
    assert joined(store, RULES[name]) == expected
    assert expected or said != CONTRADICTING


class Counted(str):
    """A string that counts how often one is compared."""

    times = 0

    def __lt__(self, other: str) -> bool:
        Counted.times += 1
        return str.__lt__(self, other)

    def __le__(self, other: str) -> bool:
        Counted.times += 1
        return str.__le__(self, other)

    def __ge__(self, other: str) -> bool:
        Counted.times += 1
        return str.__ge__(self, other)


def test_a_body_of_which_much_is_said_is_not_compared_pair_by_pair() -> None:
    many = 2_000
    terms = [tuple(map(Counted, (f"person {n:05}", f"{n:05}-01", f"{n:05}-12"))) for n in range(many)]
    left = [(who, begin, end) for who, begin, end in terms]
    right = [(who, end, begin) for who, begin, end in terms]
    Counted.times = 0
    assert not list(fitting(left, right, ("<", "<=", ">=")))
    assert Counted.times < many * many / 8


CORPUS_SHAPES: Final = load_shapes(sorted(folder("shapes").glob("*.ttl"))).scoped(CORPUS)
ONTOLOGY: Final = Document("ontology", (folder("ontology") / "khabar.ttl").read_bytes(), "turtle").quads()


@settings(max_examples=30)
@given(said=STATEMENTS)
@example(said=CONTRADICTING)
def test_what_articles_touch_is_judged_as_in_the_whole(said: list[Any]) -> None:
    """Around the nodes of one article the rules of the corpus find what they find there in the whole."""
    articles: dict[int, list[ox.Quad]] = {}
    for n, one in enumerate(said):
        articles.setdefault(one[5], []).extend(statement(n, one))
    store = filled([*ONTOLOGY, *(quad for quads in articles.values() for quad in quads)])
    whole = set(validate_store(store, CORPUS_SHAPES).results)
    found = set()
    for quads in articles.values():
        nodes = {
            term for quad in quads for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)
        }
        around = set(validate_store(store, CORPUS_SHAPES, around=nodes).results)
        touched = {term.value for term in nodes}
        assert around >= {result for result in whole if str(result.focus) in touched}
        found |= around
    assert found == whole
