"""A graph of invented news in the shape of docs/model.md, as large as wanted, and always the same.

About ninety quads an article: plain triples, statements with their spans, mentions, metadata.  What is
mentioned is drawn with a skew, as in news, so that some names are in hundreds of articles.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.graph import folder as folders
from khabar.vocab import DEFAULT_BASE, NIF, RDF, RDFS, SCHEMA, XSD, is_text_graph

A_QUAD_EACH: Final = 92  # quads of an article, about
IDENT: Final = "http://www.w3.org/2005/11/its/rdf#taIdentRef"
FIRST: Final = "محمد أحمد علي حسن خالد يوسف سعيد عمر مريم فاطمة ليلى نور هدى سلمى طارق كريم سامي منى".split()
LAST: Final = "الحسن العلي الخطيب النجار الحداد المصري الشامي العمري الزهراني السالم الهاشمي الكردي".split()
BODIES: Final = "وزارة هيئة مجلس شركة بنك جامعة لجنة اتحاد مؤسسة نادي".split()
FIELDS: Final = "المالية الطاقة التعليم الصحة النقل الزراعة الرياضة الثقافة الاستثمار البيئة".split()
WORDS: Final = (
    "قال إن في من على إلى بعد قبل اليوم أمس رئيس مجلس الشركة الوزير الاجتماع القمة الاتفاق السوق العام "
    "الجديد السنوي الوطني الدولي تعيين انتخاب استقالة منصب خلال عام مليون مشروع تقرير بيان"
).split()
STATUSES: Final = ("asserted",) * 8 + ("reported", "planned", "denied", "ended")

Node = ox.NamedNode


def kh(name: str) -> Node:
    """A term of our vocabulary."""
    return Node(f"{DEFAULT_BASE}ont#{name}")


def thing(kind: str, number: int) -> Node:
    """The IRI of an invented thing."""
    return Node(f"{DEFAULT_BASE}id/{kind}-{number}")


class Writer:
    """The quads of one corpus."""

    def __init__(self, articles: int, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self.articles = articles
        self.people, self.bodies, self.places = max(40, articles // 3), max(30, articles // 10), 200

    def quads(self) -> Iterator[ox.Quad]:
        """All of them, article by article; those of the entities last."""
        for number in range(self.articles):
            yield from self._article(number)
        yield from self._entities()

    def _skewed(self, kind: str, most: int) -> Node:
        return thing(kind, min(most - 1, int(most * self.chance.random() ** 2.2)))

    def _article(self, number: int) -> Iterator[ox.Quad]:
        chance = self.chance
        article, graph = Node(f"{DEFAULT_BASE}article/a{number}"), Node(f"{DEFAULT_BASE}graph/a{number}")
        meta = Node(f"{DEFAULT_BASE}graph/meta")
        day = f"{2005 + chance.randrange(20)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        headline = ox.Literal(" ".join(chance.choice(WORDS) for _ in range(8)), language="ar")
        yield ox.Quad(article, Node(RDF.type), kh("Article"), meta)
        yield ox.Quad(article, Node(SCHEMA.headline), headline, meta)
        yield ox.Quad(article, Node(SCHEMA.datePublished), ox.Literal(day, datatype=Node(XSD.date)), meta)
        yield ox.Quad(article, Node(SCHEMA.inLanguage), ox.Literal("ar"), meta)
        text = ox.Literal(" ".join(chance.choice(WORDS) for _ in range(110)), language="ar")
        whole = Node(f"{article.value}#text")
        yield ox.Quad(whole, Node(NIF.isString), text, Node(f"{DEFAULT_BASE}graph/text/a{number}"))
        people = [self._skewed("person", self.people) for _ in range(3)]
        bodies = [self._skewed("body", self.bodies) for _ in range(2)]
        for order, named in enumerate([*people, *bodies]):
            span = Node(f"{article.value}#char={order * 20},{order * 20 + 12}")
            yield from self._span(span, whole, order * 20, order * 20 + 12, graph)
            yield ox.Quad(span, Node(IDENT), named, graph)
        event = thing("event", number)
        place = self._skewed("place", self.places)
        facts = [
            (people[0], "chairs", bodies[0]), (people[1], "memberOf", bodies[0]),
            (event, "tookPlaceIn", place), (bodies[1], "hosts", event),
        ]  # fmt: skip
        yield ox.Quad(event, Node(RDF.type), kh("Conference"), graph)
        for order, (subject, predicate, value) in enumerate(facts):
            yield from self._statement(number, order, subject, kh(predicate), value, day, graph)

    def _statement(
        self, number: int, order: int, subject: Node, predicate: Node, value: Node, day: str, graph: Node
    ) -> Iterator[ox.Quad]:
        statement = thing("s", number * 10 + order)
        article = f"{DEFAULT_BASE}article/a{number}"
        status, year = self.chance.choice(STATUSES), int(day[:4]) - self.chance.randrange(5)
        if status == "asserted":
            yield ox.Quad(subject, predicate, value, graph)
        sure = self.chance.randrange(50, 99)
        evidence = Node(f"{article}#char={200 + order * 30},{225 + order * 30}")
        for name, term in (
            (RDF.type, kh("Statement")), (RDF.subject, subject), (RDF.predicate, predicate),
            (RDF.object, value), (kh("status").value, kh(status)), (kh("statedIn").value, Node(article)),
            (kh("evidence").value, evidence),
            (kh("when").value, ox.Literal(str(year), datatype=Node(XSD.gYear))),
            (kh("earliest").value, ox.Literal(f"{year}-01-01", datatype=Node(XSD.date))),
            (kh("latest").value, ox.Literal(f"{year}-12-31", datatype=Node(XSD.date))),
            (kh("confidence").value, ox.Literal(f"0.{sure}", datatype=Node(XSD.decimal))),
        ):  # fmt: skip
            yield ox.Quad(statement, Node(name), term, graph)
        yield from self._span(evidence, Node(f"{article}#text"), 200 + order * 30, 225 + order * 30, graph)

    def _span(self, span: Node, whole: Node, begin: int, end: int, graph: Node) -> Iterator[ox.Quad]:
        words = ox.Literal(f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}", language="ar")
        for name, term in (
            (RDF.type, kh("Span")), (NIF.referenceContext, whole), (NIF.anchorOf, words),
            (NIF.beginIndex, ox.Literal(begin)), (NIF.endIndex, ox.Literal(end)),
        ):  # fmt: skip
            yield ox.Quad(span, Node(name), term, graph)

    def _entities(self) -> Iterator[ox.Quad]:
        graph, chance = Node(f"{DEFAULT_BASE}graph/entities"), self.chance
        for kind, cls, most in (("person", "Person", self.people), ("body", "Organization", self.bodies),
                                ("place", "Place", self.places)):  # fmt: skip
            for number in range(most):
                first, second = (FIRST, LAST) if kind == "person" else (BODIES, FIELDS)
                name = f"{chance.choice(first)} {chance.choice(second)} {number}"
                yield ox.Quad(thing(kind, number), Node(RDF.type), kh(cls), graph)
                yield ox.Quad(thing(kind, number), Node(RDFS.label), ox.Literal(name, language="ar"), graph)
                if kind == "body" and number:
                    parent = thing("body", (number - 1) // 4)
                    yield ox.Quad(thing("body", number), kh("partOf"), parent, graph)


def names(folder: Path, number: int) -> None:
    """Write a folder as khabar build leaves it, with so many people and nothing of them but their names."""
    chance, graph = random.Random(7), Node(f"{DEFAULT_BASE}graph/entities")
    quads = []
    for one in range(number):
        person, name = thing("person", one), f"{chance.choice(FIRST)} {chance.choice(LAST)} {one}"
        quads.append(ox.Quad(person, Node(RDF.type), kh("Person"), graph))
        quads.append(ox.Quad(person, Node(RDFS.label), ox.Literal(name, language="ar"), graph))
    _write(folder, quads)


def build(folder: Path, quads: int) -> int:
    """Write a folder as khabar build leaves it, with about so many QUADS in named graphs, and count them."""
    return _write(folder, Writer(max(1, quads // A_QUAD_EACH)).quads())


def _write(folder: Path, quads: Iterable[ox.Quad]) -> int:
    (folder / "snapshots").mkdir(parents=True)
    opened = ox.Store(folder / "store")
    opened.bulk_extend(quads)
    number = len(opened)
    opened.bulk_extend(
        ox.Quad(quad.subject, quad.predicate, quad.object)
        for quad in opened.quads_for_pattern(None, None, None, None)
        if not is_text_graph(getattr(quad.graph_name, "value", ""), DEFAULT_BASE)
    )
    opened.optimize()
    opened.backup(folder / "snapshots" / "1")
    folders.show(folder, 1)
    folders.Description(DEFAULT_BASE, f"{DEFAULT_BASE}dataset").write(folder)
    return number
