"""Chunks to entities: which stretches of one article name the same thing, and which thing that is.

A name that the gazetteer does not hold gets an IRI minted from the name itself: an unknown minister is
news too, and a later build must mint the same IRI.  A short name that only this article explains
(«المؤتمر», "the ministry") never meets another article's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from rdflib import URIRef

from khabar.text.chunk import Chunk, Recognised
from khabar.text.discourse import Discourse
from khabar.text.pronouns import Pronouns, quoted_in
from khabar.vocab import KH, LEXINFO, RDF, entity_iri

_FOUNDED: Final = (KH.Organization, KH.Work, KH.Event)  # what news may tell of before it has a name
_TOLD_OF: Final = {  # what tells of a thing that only its class names, so that it is one
    KH.Event: frozenset({KH.chairs, KH.hosts, KH.supports}),
    KH.Organization: frozenset({KH.chairs, KH.inception}),
    KH.Work: frozenset({KH.supports, KH.inception}),
}
_LEADING: Final = 8  # words between a body or a gathering and the verb that tells who leads it
_TELLING: Final = 3  # words after it within which that stands in Arabic: «الاجتماع الذي ترأسه …»
_SITTING: Final = 8  # words before a session within which stands who holds it


def link(recognised: Iterable[Recognised], discourse: Discourse) -> tuple[Recognised, ...]:
    """The sentences with the IRI of what each chunk names, known things and new ones alike."""
    linker = _Linker(discourse)
    return tuple(linker.sentence(r) for r in recognised)


_UNNAMING: Final = frozenset({"word", "mark", "time"})


class _Linker(Pronouns):
    def __init__(self, discourse: Discourse) -> None:
        super().__init__(discourse)
        self.owned: dict[tuple[URIRef, str], URIRef] = {}  # bodies of a country by its IRI and their name

    def sentence(self, recognised: Recognised) -> Recognised:
        chunks: list[Chunk] = []
        self.people.next_sentence()
        self.matters.next_sentence()
        quoted = quoted_in(recognised.chunks) if self.language.phrases is KH.capitals else frozenset()
        for position, chunk in enumerate(recognised.chunks):
            if chunk.kind in _UNNAMING and not chunk.has(KH.refers):
                chunks.append(chunk)
                continue
            chunk = self._spelt_out(recognised.chunks, position)
            alias = self._alias(recognised.chunks, chunks, position)
            seat = self._seat(recognised.chunks, position)
            if self._called(recognised.chunks, position):
                chunk = chunk._replace(kind="person", type=KH.Person, iri=None)
            chunks.append(alias or seat or self._chunk(chunk, recognised))
            if chunk.kind == "person" and position > 0 and (iri := chunks[-1].iri) is not None:
                self._tell(iri, chunks[-2])
            if position not in quoted:
                self._notice(chunks[-1])
        return replace(recognised, chunks=tuple(chunks))

    def _spelt_out(self, chunks: Sequence[Chunk], i: int) -> Chunk:
        """The phrase at I as the body that the acronym in brackets after it names, if it spells that out."""
        chunk, after = chunks[i], chunks[i + 1 : i + 4]
        if (
            chunk.kind != "phrase"
            or len(after) < len("(X)")
            or after[0].surface != "("
            or after[2].surface != ")"
        ):
            return chunk
        acronym, words = after[1], [w for w in chunk.surface.split() if w[0].isupper()]
        letters = acronym.surface.casefold()
        spelt = len(words) > 1 and (words[0][0] + words[-1][0]).casefold() == letters[0] + letters[-1]
        if acronym.kind != "name" or acronym.iri is None or not _capitals(acronym.surface) or not spelt:
            return chunk
        alike = self.d.ontology.top(acronym.type or KH.Agent) == self.d.ontology.top(chunk.type or KH.Event)
        return chunk._replace(kind="name", iri=acronym.iri, type=acronym.type) if alike else chunk

    def _called(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether a nationality is a last name here: «رائد السوداني … واجتمع | السوداني»."""
        if self.language.phrases is not KH.idafa or chunks[i].kind != "demonym" or i == 0 or chunks[i].joined:
            return False
        head, before = chunks[i].head, chunks[i - 1].head
        verb = before is not None and any(w.speech is LEXINFO.verb for w in before.words)
        known = head is not None and next(self.d.people(head.token.folded), None) is not None
        return verb and known and chunks[i - 1].kind == "word"

    def _seat(self, chunks: Sequence[Chunk], i: int) -> Chunk | None:
        """A city that only its country describes is the one named next: «العاصمة الموريتانية | نواكشوط»."""
        chunk, following = chunks[i], chunks[i + 1 : i + 2]
        if (
            chunk.kind != "phrase"
            or chunk.type is not KH.City
            or not following
            or following[0].kind != "name"
        ):
            return None
        name = following[0]
        if name.type is not KH.City or name.governors or name.joined or name.iri is None:
            return None
        return chunk._replace(iri=self.d.name(name.iri, KH.City, chunk, curated=True))

    def _chunk(self, chunk: Chunk, recognised: Recognised) -> Chunk:
        if chunk.inner:
            chunk = chunk._replace(inner=tuple(self._chunk(c, recognised) for c in chunk.inner))
        if chunk.kind == "post" and self.language.phrases is KH.idafa:
            known = any(c.iri is not None and c.type is not KH.City for c in chunk.inner)
            chunk = chunk if known else chunk._replace(inner=tuple(map(self._body_of_post, chunk.inner)))
        match chunk.kind:
            case "name" | "demonym":
                return self._known(chunk)
            case "pronoun":
                return self._antecedent(chunk)
            case "word" if chunk.has(KH.refers):
                return chunk._replace(iri=self._antecedent(chunk).iri)  # «по её словам»
            case "person":
                return chunk._replace(iri=self._person(chunk))
            case "phrase":
                return self._phrase(chunk, recognised)
            case "post":
                return chunk._replace(iri=self._post(chunk))
            case "unknown":
                return self._acronym(chunk)
            case "place" | "body":
                return self._by_name(chunk)
        return chunk

    def _by_name(self, chunk: Chunk) -> Chunk:
        """A place or a body that nobody knows, by its name alone."""
        assert chunk.type is not None
        folded = self.language.fold(chunk.surface)
        iri = self.d.known_as(folded) or entity_iri(str(chunk.type).rpartition("#")[2], folded)
        cls = self.d.things[iri].type if iri in self.d.things else chunk.type
        return chunk._replace(iri=self.d.name(iri, cls, chunk), type=cls, kind="name")

    def _acronym(self, chunk: Chunk) -> Chunk:
        """A name that the article has explained before: "… Authority (NGA) … The NGA …"."""
        capital = chunk.surface[:1].isupper()
        known = self.d.known_as(self.language.fold(chunk.surface)) if capital else None
        if known is None or self.d.things[known].type is KH.Person:
            return chunk
        cls = self.d.things[known].type
        self.d.name(known, cls, chunk)
        return chunk._replace(iri=known, type=cls, kind="name")

    def _known(self, chunk: Chunk) -> Chunk:
        assert chunk.iri is not None
        assert chunk.type is not None
        self.d.name(chunk.iri, chunk.type, chunk, curated=True)
        thing = self.d.things[chunk.iri]
        if not thing.head and self.d.ontology.is_a(chunk.type, KH.Organization):
            thing.head = self._head_of_name(chunk)
        return chunk

    def _head_of_name(self, chunk: Chunk) -> str:
        """The noun by which a well-known body is called after its full name: "European Commission"."""
        words = self.language.fold(chunk.surface).split()
        if self.language.phrases is KH.idafa:  # «منظمة التعاون الإسلامي … المنظمة»
            analyses = self.language.analyse(words[0])
            return next((a.stem for a in analyses if any(w.denotes for w in a.words)), "")
        if self.language.phrases is not KH.capitals:
            return ""
        groups = [self.language.lexicon.get(word, ()) for word in words]
        ends = (i for i, g in enumerate(groups) if any(KH.functional in w.features for w in g))
        last = next(ends, len(words)) - 1
        led = last > 0 or len(words) > 1  # "Association | of Southeast Asian Nations"
        noun = last >= 0 and led and any(w.denotes is not None for w in groups[last])
        return words[last] if noun else ""

    # -------------------------------------------------------------------------------------- aliases
    def _alias(self, chunks: Sequence[Chunk], done: Sequence[Chunk], i: int) -> Chunk | None:
        """«… (UNRCCA)» and «… والمعروفة باسم …»: another name of what was named just before."""
        chunk = chunks[i]
        if (
            chunk.kind in ("unknown", "name")
            and i >= 2
            and done[i - 1].surface == "("
            and self._closes(chunks, i)
        ):
            target = done[i - 2]
            capitals = _capitals(chunk.surface) or chunk.surface.upper() == chunk.surface.lower()
        elif (
            chunk.kind in ("name", "phrase", "unknown")
            and i >= 2
            and done[i - 1].head
            and done[i - 1].has(KH.alias)
        ):
            target = next((c for c in reversed(done[: i - 1]) if c.kind in ("name", "phrase")), chunk)
            capitals = True
        else:
            return None
        if target.iri is None or target.type is None or not capitals or target is chunk:
            return None
        if chunk.iri is not None and chunk.iri != target.iri:
            return None
        self.d.name(target.iri, target.type, chunk)
        return chunk._replace(iri=target.iri, type=target.type, kind="alias")

    def _closes(self, chunks: Sequence[Chunk], i: int) -> bool:
        return i + 1 < len(chunks) and chunks[i + 1].surface == ")"

    # --------------------------------------------------------------------------------------- people

    def _person(self, chunk: Chunk) -> URIRef:
        folded = chunk.base or self.language.fold(chunk.surface)
        words = folded.split()
        known = self.d.known_as(folded) or self._namesake(words)
        if known is not None and self.d.things[known].type is KH.Person:
            return self.d.name(known, KH.Person, chunk)
        distinctive = len(words) > 1
        parts = ("Person", folded) if distinctive else (self.d.article.key, "Person", folded)
        return self.d.name(entity_iri(*parts), KH.Person, chunk, head=words[-1])

    def _namesake(self, words: Sequence[str]) -> URIRef | None:
        """A person already named whose name holds these words, the last one being the same."""
        for iri in self.d.people(words[-1]):
            for name in self.d.things[iri].names:
                other = self.language.fold(name).split()
                if self._contained(words, other) or self._contained(other, words):
                    return iri
        return None

    def _contained(self, short: Sequence[str], long: Sequence[str]) -> bool:
        if len(short) == 1 < len(long) and self.language.phrases is KH.capitals and short[0] == long[0]:
            return True  # "Xin" of "Xin Jinhao"
        if len(short) == 1 < len(long) and short[0] == self.d.index.without_particle(long[-1]):
            return True  # "Rashid" of "Walid al-Rashid"
        lasts = self.language.last_names(long, self.d.index.given_names)
        if len(long) < 2 or not any(self._alike(short[-1], last) for last in lasts):
            return False
        return all(any(self._alike(word, other) for other in long) for word in short)

    def _alike(self, word: str, other: str) -> bool:
        """Whether one of two words of a name may be a form of the other, or its initial: «И.»."""
        if word.endswith(".") or other.endswith("."):
            return word[:1] == other[:1]
        first, second = self.language.name_bases(word), self.language.name_bases(other)
        return any(base == other for base, _ in first) or any(base == word for base, _ in second)

    # -------------------------------------------------------------------------------------- phrases
    def _phrase(self, chunk: Chunk, recognised: Recognised) -> Chunk:
        assert chunk.type is not None
        assert chunk.head is not None
        folded = self.language.fold(chunk.surface)
        stem = chunk.head.lemma
        owner = self._owner(chunk)
        known = self.d.known_as(folded) or self.d.known_as(chunk.base)
        known = known if owner is None else self.owned.get((owner, folded))
        if known is not None and self.d.ontology.is_a(
            self.d.things[known].type, self.d.ontology.top(chunk.type)
        ):
            return self._same(chunk, known)
        if owner is None and (same := self._short_form(chunk, recognised, stem)) is not None:
            return self._same(chunk, same)
        indefinite = chunk.first > 0 and LEXINFO.indefiniteArticle in recognised.line.speech(chunk.first - 1)
        new = indefinite and self.d.ontology.top(chunk.type) in _FOUNDED  # "set up a fund"
        if (
            (chunk.bare or len(folded.split()) == 1)
            and chunk.type not in (KH.Agent, KH.Agreement)
            and not (new or self._owned(chunk, recognised) or self._said_alone(chunk, recognised))
        ):
            return chunk  # «المؤتمر» that nothing before explains names nothing
        if chunk.type is KH.Agent and chunk.has(KH.generic) and not chunk.inner:
            return chunk  # "officials", of nobody knows what
        distinctive = len(folded.split()) > 2 or bool(chunk.inner)
        top = str(self.d.ontology.top(chunk.type)).rpartition("#")[2]
        key = chunk.base or folded
        iri = entity_iri(top, key) if distinctive else entity_iri(self.d.article.key, top, key)
        if owner is not None:
            iri = self.owned[owner, folded] = entity_iri(top, key, str(owner))
        self.d.name(iri, chunk.type, chunk, head=stem)
        return chunk._replace(iri=iri)

    def _owner(self, chunk: Chunk) -> URIRef | None:
        """The country whose body it is, written before it: "Norway's | parliament" is not Kenya's."""
        if self.language.phrases is not KH.capitals or not self.d.ontology.is_a(
            chunk.type or KH.Agent, KH.Organization
        ):
            return None
        before = (c for c in chunk.inner if c.span.end <= chunk.span.start and c.type is KH.Country)
        return next((c.iri for c in before if c.iri is not None), None)

    def _said_alone(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether a language without articles may first tell of a thing so: «Комиссия сообщила», «проект»."""
        if self.language.phrases is KH.idafa:
            return self._sitting(chunk, recognised) or self._told_of(chunk, recognised)
        if self.language.phrases is KH.capitals:
            return self._led(chunk, recognised)
        if self.language.phrases is not KH.genitive or chunk.type is None:
            return False
        top = self.d.ontology.top(chunk.type)
        told = self._happens(chunk, recognised) or self._placed(chunk, recognised)
        return top in (KH.Organization, KH.Work) or top is KH.Event and told

    def _placed(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether a place that we know follows, and so tells which it is: «саммит | на Аляске»."""
        line, place = recognised.line, chunk.last + 1
        named = line.names.get(place) if place < len(line) and line.has(chunk.last, KH.locative) else None
        return (
            named is not None and named[0].type is not None and self.d.ontology.is_a(named[0].type, KH.Place)
        )

    def _sitting(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether a session is held here that nothing names: «عقدت اللجنة | جلسة», «في | جلسة ترأستها …»."""
        if chunk.type != KH.Session or recognised.line.definite(chunk.first):
            return False
        lexemes = recognised.line.lexemes
        if any(a.enclitic is not None for a in lexemes[chunk.first].analyses):
            return False  # «دورته الحالية»: of whoever was named
        near = lexemes[max(0, chunk.first - _SITTING) : chunk.last + 1]
        return any(frame.states in (KH.hosts, KH.chairs) for x in near for frame in x.frames)

    def _told_of(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether a word beside it says who leads, holds or supports it: «ترأس الوزير | الاجتماع»."""
        assert chunk.type is not None
        top, line = self.d.ontology.top(chunk.type), recognised.line
        if top not in (KH.Event, KH.Work) or chunk.type is KH.Session or not line.definite(chunk.first):
            return False
        told = _TOLD_OF[top] - {KH.inception}
        near = line.lexemes[max(0, chunk.first - _LEADING) : chunk.last + _TELLING]
        return any(frame.states in told for x in near for frame in x.frames)

    def _led(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether a verb near it says who leads, holds or supports it: "the | meeting, chaired by …"."""
        assert chunk.type is not None
        top = self.d.ontology.top(chunk.type)
        told = _TOLD_OF.get(top, frozenset())
        line, frames = recognised.line, self.language.frames
        near = line.lexemes[max(0, chunk.first - _LEADING) : chunk.last + _LEADING]
        words = (w for x in near for w in (*x.words, *(x.several[:1] if x.several is not None else ())))
        verbs = (w for w in words if w.speech is LEXINFO.verb or KH.office in w.features)
        told_of = any(frames[f].states in told for w in verbs for f in w.frames)
        return told_of and not chunk.has(KH.classifier)

    def _happens(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether the word beside an event says that it took place or who led it: «Инаугурация прошла …»."""
        lexemes, frames = recognised.line.lexemes, self.language.frames
        before = chunk.first - 1 - (chunk.first > 1 and recognised.line.has(chunk.first - 1, KH.locative))
        after = chunk.last + (chunk.last < len(lexemes) and lexemes[chunk.last].token.surface == ",")
        after += after < len(lexemes) and lexemes[after].has(KH.copula)  # «форум | был | организован»
        beside = (lexemes[i] for i in (before, after) if 0 <= i < len(lexemes))
        words = (w for x in beside for w in (*x.words, *(x.several[:1] if x.several is not None else ())))
        states = {frames[f].states for w in words for f in w.frames}
        return not states.isdisjoint((RDF.type, KH.chairs, KH.hosts, KH.supports))

    def _same(self, chunk: Chunk, iri: URIRef) -> Chunk:
        thing = self.d.things[iri]
        self.d.name(iri, thing.type, chunk)
        return chunk._replace(iri=iri, type=thing.type)

    def _short_form(self, chunk: Chunk, recognised: Recognised, stem: str) -> URIRef | None:
        """A definite head alone or with adjectives, or a classifier before it: «الحوار», «منصة الحوار»."""
        assert chunk.type is not None
        assert chunk.head is not None
        line, start = recognised.line, chunk.first
        adjectives = range(start + 1, chunk.last)
        here = chunk.span.start
        if chunk.has(KH.classifier) and (self._means_last(chunk) or chunk.type is not KH.Organization):
            return self._classified(chunk, recognised, here)
        if chunk.base and chunk.last - start == 1:
            return self.d.recent(here, (self.d.ontology.top(chunk.type),), head=stem)
        if self.language.phrases is KH.capitals and self._said_again(chunk, recognised):
            return self.d.recent(here, (self.d.ontology.top(chunk.type),), head=stem)
        if (
            line.definite(start)
            and all(line.definite(k) and k not in line.names for k in adjectives)
            and len(adjectives) < 2
        ):
            top = (self.d.ontology.top(chunk.type),)
            same = self.d.recent(here, top, head=stem)
            nested = same is None and top[0] is KH.Event and chunk.bare_head
            # «الدورة الثانية لقمة الدول … | القمة»
            return self.d.recent(here, top, inside=stem) if nested else same
        return None

    def _means_last(self, chunk: Chunk) -> bool:
        """Whether a word for any body stands alone and for one: "the organisation", not «организации»."""
        several = {LEXINFO.nominativeCase, LEXINFO.dativeCase} <= chunk.cases and not chunk.governors
        return chunk.bare_head and not several

    def _owned(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether somebody owns the body: "Ann Smith's | government"."""
        line = recognised.line
        owned = chunk.first > 0 and line.has(chunk.first - 1, KH.genitive)
        if self.language.phrases is KH.capitals:
            inside = any(line.has(k, KH.genitive) for k in range(chunk.first + 1, chunk.last - 1))
            capital = chunk.bare_head and chunk.first > 1 and chunk.surface[0].isupper()
            owned = owned or inside or capital  # "Serbia's parliament", "president of the Senate"
        return owned and self.d.ontology.is_a(chunk.type or KH.Agent, KH.Organization)

    def _said_again(self, chunk: Chunk, recognised: Recognised) -> bool:
        """Whether a demonstrative and adjectives stand before the head: "this important dialogue"."""
        line, start = recognised.line, chunk.first
        adjectives = all(LEXINFO.adjective in line.speech(k) for k in range(start, chunk.last - 1))
        this = start > 0 and LEXINFO.demonstrativeDeterminer in line.speech(start - 1)
        return this and adjectives and chunk.surface.islower()

    def _classified(self, chunk: Chunk, recognised: Recognised, here: int) -> URIRef | None:
        """What a classifier stands before: «منصة الحوار» is the dialogue, «المنصة الإقليمية» the last one."""
        assert chunk.type is not None
        line = recognised.line
        alone = self.language.phrases is KH.genitive and chunk.bare_head and chunk.type is not KH.City
        if line.definite(chunk.first) or alone:  # «Мероприятие прошло …»: that of which the text has told
            styled = (
                chunk.type is KH.Country and self.language.phrases is KH.idafa and not chunk.has(KH.generic)
            )
            inside = (
                chunk.head.lemma if styled and chunk.head is not None else None
            )  # no republic is «المملكة»
            return self.d.recent(here, (chunk.type,), inside=inside)
        if chunk.inner and chunk.inner[0].iri is not None:
            iri = chunk.inner[0].iri
            return iri if self.d.fits(iri, (chunk.type,)) else None
        inner = line.lexemes[chunk.first + 1] if chunk.last > chunk.first + 1 else None
        return self.d.recent(here, (chunk.type,), head=inner.lemma) if inner else None

    # ---------------------------------------------------------------------------------------- posts
    def _body_of_post(self, chunk: Chunk) -> Chunk:
        """A body that nothing but an office before it tells of is one of its own: «نائب رئيس | المجلس»."""
        if chunk.kind != "phrase" or chunk.iri is not None or chunk.head is None or chunk.type is None:
            return chunk
        if not self.d.ontology.is_a(chunk.type, KH.Organization) or chunk.has(KH.generic):
            return chunk  # «رئيس | الحكومة»
        key = chunk.base or self.language.fold(chunk.surface)
        iri = entity_iri(self.d.article.key, "Organization", key)
        return chunk._replace(iri=self.d.name(iri, chunk.type, chunk, head=chunk.head.lemma))

    def _post(self, chunk: Chunk) -> URIRef:
        folded = chunk.base or self.language.fold(chunk.surface)
        body = next((c.iri for c in chunk.inner if c.iri is not None), None)
        parts = ("Post", folded, str(body or self.d.article.key))
        iri = self.d.name(entity_iri(*parts), KH.Post, chunk, head=chunk.head.lemma if chunk.head else "")
        self.d.things[iri].country = body
        return iri


def _capitals(surface: str) -> bool:
    return sum(c.isupper() for c in surface) > 1


def named_inside(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks and what is named inside them."""
    for chunk in chunks:
        yield chunk
        yield from named_inside(chunk.inner)
