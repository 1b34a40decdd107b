"""Article graphs made by a seed, with errors planted in them: what is wrong, by which shape, on which line.

A graph is Turtle of one triple a line, in the vocabulary of docs/model.md: entities, plain triples,
statements with their evidence, spans, the text, the article.  Every name lies under the article's own key, so
that any number of graphs is a corpus without contradictions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

BASE: Final = "https://w3id.org/khabar/"
HEAD: Final = f"""@prefix id: <{BASE}id/> .
@prefix kh: <{BASE}ont#> .
@prefix itsrdf: <http://www.w3.org/2005/11/its/rdf#> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
""".splitlines()
TEXTS: Final = {  # a sentence per language, and the words of its object and subject
    "ar": ("ترأست {0} حوار المدن {1} في عام {2}.", "سلطنة الوادي", "الأول"),
    "en": ("{0} chaired the Dialogue of Cities {1} in {2}.", "Valleyland", "first"),
    "ru": ("{0} председательствовала в Диалоге городов {1} в {2} году.", "Долиния", "первом"),
}
Lines = list[tuple[str, str]]  # predicate and object of one subject


@dataclass(frozen=True, slots=True)
class Planted:
    """One error: the shape that finds it, the line where it stands (from 1), and what kind it is."""

    kind: str
    shape: str
    line: int


@dataclass
class Article:
    """What will be one file."""

    key: str
    subjects: dict[str, Lines] = field(default_factory=dict)
    expected: list[tuple[str, str, str, str | None]] = field(
        default_factory=list
    )  # kind, shape, subject, verb

    def turtle(self) -> tuple[str, list[Planted]]:
        """The text of the file, and where the errors stand in it."""
        lines = list(HEAD)
        at: dict[tuple[str, str | None], int] = {}
        for subject, said in self.subjects.items():
            lines.append("")
            for n, (predicate, value) in enumerate(said):
                start = subject if n == 0 else "   "
                lines.append(f"{start} {predicate} {value} {';' if n < len(said) - 1 else '.'}")
                at[subject, predicate] = len(lines)
                at.setdefault((subject, None), len(lines))
        found = [Planted(kind, shape, at[subject, verb]) for kind, shape, subject, verb in self.expected]
        return "\n".join(lines) + "\n", found

    def change(self, subject: str, predicate: str, value: str | None) -> None:
        """Give the subject another value, or none."""
        said = [(p, v) for p, v in self.subjects[subject] if p != predicate]
        place = next(n for n, (p, _) in enumerate(self.subjects[subject]) if p == predicate)
        self.subjects[subject] = said if value is None else [*said[:place], (predicate, value), *said[place:]]


def article(n: int, seed: int = 1) -> Article:
    """The Nth graph without an error."""
    random = Random(f"{seed} {n}")
    language = random.choice(sorted(TEXTS))
    key = f"{language}-{seed}-{n}"
    made = Article(key)
    template, country, ordinal = TEXTS[language]
    iri = f"<{BASE}article/{key}>"
    chair, body, person, post = (f"id:{kind}-{key}" for kind in ("country", "body", "person", "post"))
    sentences: list[str] = []
    statements = []
    for s in range(random.randint(1, 4)):
        year = random.randint(1990, 2029)
        begin = len(" ".join([*sentences, ""]))
        sentences.append(template.format(country, ordinal, year))
        statements.append((s, year, begin, begin + len(sentences[-1])))
    text = " ".join(sentences)
    name = f'"{country} {n}"@{language}'
    made.subjects = {
        chair: [("a", "kh:Country"), ("rdfs:label", name), ("kh:chairs", body)],
        body: [("a", "kh:Platform"), ("skos:altLabel", f'"Dialogue {n}"@{language}')],
        person: [("a", "kh:Person"), ("skos:altLabel", f'"P. {n}"@{language}'), ("kh:holdsPost", post)],
        post: [("a", "kh:Post"), ("skos:altLabel", f'"chair {n}"@{language}'), ("org:postIn", body)],
    }
    for s, year, begin, end in statements:
        made.subjects[f"id:s-{key}-{s}"] = [
            ("a", "kh:Statement"),
            ("rdf:subject", chair), ("rdf:predicate", "kh:chairs"), ("rdf:object", body),
            ("kh:when", f'"{year}"^^xsd:gYear'), ("kh:earliest", f'"{year}-01-01"^^xsd:date'),
            ("kh:latest", f'"{year}-12-31"^^xsd:date'), ("kh:status", "kh:asserted"),
            ("kh:confidence", f"0.{random.randint(1, 99):02}"), ("kh:statedIn", iri),
            ("kh:evidence", f"<{BASE}article/{key}#char={begin},{end}>"),
        ]  # fmt: skip
        made.subjects[f"<{BASE}article/{key}#char={begin},{end}>"] = [
            ("a", "kh:Span"), ("nif:beginIndex", str(begin)), ("nif:endIndex", str(end)),
            ("nif:anchorOf", f'"{text[begin:end]}"@{language}'),
            ("nif:referenceContext", f"<{BASE}article/{key}#text>"), ("itsrdf:taIdentRef", chair),
        ]  # fmt: skip
    made.subjects[f"<{BASE}article/{key}#text>"] = [
        ("a", "nif:Context"), ("nif:isString", f'"{text}"@{language}')
    ]  # fmt: skip
    made.subjects[iri] = [
        ("a", "kh:Article"), ("schema:inLanguage", f'"{language}"'),
        ("schema:headline", f'"News {n}"@{language}'),
        ("schema:datePublished", f'"{random.randint(1990, 2029)}-06-{random.randint(1, 28):02}"^^xsd:date'),
        ("schema:sha256", f'"{random.getrandbits(256):064x}"'),
    ]  # fmt: skip
    made.subjects[f"<{BASE}graph/{key}>"] = [("a", "prov:Bundle"), ("prov:wasDerivedFrom", iri)]
    return made


def _statement(made: Article) -> str:
    return f"id:s-{made.key}-0"


def _no_status(made: Article) -> None:
    made.change(_statement(made), "kh:status", None)
    made.expected.append(("no status", "Statement-status", _statement(made), None))


def _odd_predicate(made: Article) -> None:
    made.change(_statement(made), "rdf:predicate", "schema:knows")
    made.expected.append(("foreign predicate", "Statement-predicate", _statement(made), "rdf:predicate"))


def _too_sure(made: Article) -> None:
    made.change(_statement(made), "kh:confidence", "1.5")
    made.expected.append(("too confident", "Statement-confidence", _statement(made), "kh:confidence"))


def _no_evidence(made: Article) -> None:
    made.change(_statement(made), "kh:evidence", None)
    made.expected.append(("no evidence", "Statement-evidence", _statement(made), None))


def _other_words(made: Article) -> None:
    span = next(subject for subject in made.subjects if "#char=" in subject)
    made.change(span, "nif:anchorOf", '"what nobody wrote"@en')
    made.expected.append(("words not in the text", "Text/span-equals-text", span, None))


def _backwards(made: Article) -> None:
    made.change(_statement(made), "kh:when", None)
    made.change(_statement(made), "kh:latest", '"1066-12-31"^^xsd:date')
    made.expected.append(("ends too early", "Article-statements/bounds-in-order", _statement(made), None))


def _wrong_class(made: Article) -> None:
    made.change(f"id:post-{made.key}", "org:postIn", f"<{BASE}article/{made.key}>")
    made.expected.append(("post in an article", "postIn-object", f"id:post-{made.key}", "org:postIn"))


def _nameless(made: Article) -> None:
    made.change(f"id:person-{made.key}", "skos:altLabel", None)
    made.expected.append(("nameless", "Named", f"id:person-{made.key}", None))


def _by_the_hour(made: Article) -> None:
    iri = f"<{BASE}article/{made.key}>"
    made.change(iri, "schema:datePublished", '"2023-06-20T10:00:00Z"^^xsd:dateTime')
    made.expected.append(("published by the hour", "Article-published", iri, "schema:datePublished"))


def _begins_in_words(made: Article) -> None:
    span = next(subject for subject in made.subjects if "#char=" in subject)
    made.change(span, "nif:endIndex", '"soon"')
    made.expected.append(("ends in words", "Span-end", span, "nif:endIndex"))
    made.expected.append(
        ("ends in words", "Span-begin", span, "nif:beginIndex")
    )  # no number is less than words


KINDS: Final[tuple[Callable[[Article], None], ...]] = (
    _no_status, _odd_predicate, _too_sure, _no_evidence, _other_words,
    _backwards, _wrong_class, _nameless, _by_the_hour, _begins_in_words,
)  # fmt: skip


def faulty(n: int, seed: int = 1, kinds: tuple[Callable[[Article], None], ...] | None = None) -> Article:
    """The Nth graph with errors: those of KINDS, or none to three by chance."""
    made = article(n, seed)
    random = Random(f"{seed} {n} errors")
    for plant in kinds if kinds is not None else random.sample(KINDS, random.randint(0, 3)):
        plant(made)
    return made
