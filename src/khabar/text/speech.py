"""Who said what: verbs of speech, the words they open, and quotations that go on without one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from rdflib import Literal, URIRef

from khabar.knowledge.language import Frame
from khabar.model import Fact, Span
from khabar.text.chunk import Chunk
from khabar.text.coordination import DASHES
from khabar.text.match import Matcher
from khabar.text.matched import Match
from khabar.text.scene import Scene, Speech
from khabar.text.segment import Quotation
from khabar.vocab import KH, LEXINFO

_SHORTEST: Final = 3  # words; a shorter quotation is a name or a hedge
_SHORTEST_LOOSE: Final = 5  # words of a quotation that nobody introduces
_AHEAD: Final = 8  # chunks within which a verb of speech opens its words
_NEAR: Final = 8  # speeches around a loose quotation
_SAME_BREATH: Final = 300  # characters from the end of somebody's words to a pronoun that means him
_SPEAKING: Final = frozenset({"phrase", "unknown", "class"})
_FIRST: Final = 2  # chunks before a verb whose speaker is the last one: «كما أضاف …»


class Speeches:
    """Finds what is said in one article, sentence by sentence."""

    def __init__(self, scene: Scene, quotes: Sequence[Quotation]) -> None:
        self.scene = scene
        self.quotes = quotes

    def sentence(self, matcher: Matcher, matches: Sequence[Match]) -> Iterator[Fact]:
        """The clause of each verb of speech, up to the next one."""
        # «заключили соглашение», "admitted Chad"
        signing = {m.head for m in matches if m.frame.states in (KH.signed, KH.memberOf)}
        speaking = [m for m in matches if m.frame.states is KH.said and self._in_order(matcher, m)]
        speaking = [m for m in speaking if m.head not in signing and not self._quoted(matcher, m)]
        said = {m.head: m for m in speaking if m.head is not None}
        said = {h: m for h, m in said.items() if self.scene.status(matcher, m) is KH.asserted}
        heads = [h for h in self._verbs(matcher) if h in said or self._continues(matcher, h, said)]
        opened = self._opening(matcher, heads[0]) if heads else 0
        heads = [h for h in heads if h <= opened or not self._nested(matcher, h)]
        for head, following in pairwise((*heads, len(matcher.chunks))):
            match = said.get(head)
            if match is not None and match.last >= following:
                continue
            speakers = self._speakers(matcher, head, match)
            if speakers:
                said_by_first = self._said(matcher, head, following, match, speakers[0])
                if said_by_first is not None:
                    yield from (replace(said_by_first, subject=speaker) for speaker in speakers)

    def _quoted(self, matcher: Matcher, match: Match) -> bool:
        """Whether verb and speaker stand in words that somebody else is quoted with."""
        if self._inserted(matcher, match):
            return False
        start, end = matcher.chunks[match.first].span.start, matcher.chunks[match.last].span.end
        n = bisect_left(self.quotes, start, key=lambda q: q.marked.start)
        return n > 0 and self.quotes[n - 1].words.covers(Span(start, end))

    def _inserted(self, matcher: Matcher, match: Match) -> bool:
        """Whether a mark and a dash cut the quotation for its speaker: «…, — сказал Громов, — …»."""
        before = matcher.chunks[max(0, match.first - 2) : match.first]
        dash = len(before) > 1 and (before[1].surface in DASHES or before[1].surface == "-")
        return dash and match.head == match.first and before[0].kind == "mark"

    def _verbs(self, matcher: Matcher) -> Iterator[int]:
        for i, chunk in enumerate(matcher.chunks):
            verb = chunk.kind == "word" and chunk.has(KH.speech)
            if verb and not (self._relative(matcher, i) or self._attributive(matcher, i)):
                yield i

    def _attributive(self, matcher: Matcher, verb: int) -> bool:
        """Whether a noun follows of which the word says something: "the EU's | continued | support"."""
        before = matcher.chunks[verb - 1] if verb else None
        return before is not None and before.kind == "word" and before.has(KH.determines)

    def _in_order(self, matcher: Matcher, match: Match) -> bool:
        """Whether who stands before the verb speaks, and does not end a clause: «… форум, сказал он»."""
        verb, subject = match.head, match.slots[KH.subject][0].index
        if verb is None or subject > verb or not matcher.chunks[verb].has(KH.closesClause):
            return True
        commas = sum(c.comma for c in matcher.chunks[subject:verb])
        following = matcher.chunks[verb + 1] if verb + 1 < len(matcher.chunks) else None
        unknown = following is not None and following.kind == "unknown" and not following.governors
        unknown = unknown or following is not None and self._source(following)
        if matcher.chunks[verb - 1].comma and matcher.apposed(verb - 1):
            return True  # «Премьер-министр, Иван Громов, заявил …»
        return not matcher.chunks[verb - 1].comma or commas > 1 and not unknown

    def _source(self, mark: Chunk) -> bool:
        """Whether a short name in quotation marks stands there: «…, сообщает «Голос столицы»»."""
        n = bisect_left(self.quotes, mark.span.start, key=lambda q: q.marked.start)
        if mark.kind != "mark" or n >= len(self.quotes) or self.quotes[n].marked.start != mark.span.start:
            return False
        capital = self.scene.article.text[self.quotes[n].words.start].isupper()
        return capital and self._words(self.quotes[n]) < _SHORTEST_LOOSE

    def _opening(self, matcher: Matcher, verb: int) -> int:
        """Where the words of the verb open, or the end of the sentence."""
        chunks = matcher.chunks
        return next((i for i in range(verb + 1, len(chunks)) if chunks[i].has(KH.opensWords)), len(chunks))

    def _nested(self, matcher: Matcher, verb: int) -> bool:
        """Whether the verb stands in the words of an earlier one: «подчеркнул, что страна настаивает»."""
        chunks = matcher.chunks
        if chunks[verb].joined or chunks[verb - 1].has(KH.and_):
            return False
        ahead = chunks[verb + 1 : verb + _AHEAD]
        opens = any(c.has(KH.opensWords) or c.surface in ':“«"' for c in ahead)
        return not opens

    def _relative(self, matcher: Matcher, verb: int) -> bool:
        """Whether the verb only tells which one is meant: «المبادرة التي أعلن عنها …»."""
        if verb == 0 or matcher.speech(verb - 1) is not LEXINFO.relativePronoun:
            return False
        beside = matcher.chunks[max(0, verb - 3) : verb - 1]
        if matcher.language.phrases is KH.idafa and [c.kind for c in beside] in (
            ["person", "mark"],
            ["post", "mark"],
        ):
            return False  # «الوزير سامي الخطيب، الذي | أكد …»
        ahead = matcher.chunks[verb + 1 : verb + _AHEAD]
        return not any(c.has(KH.opensWords) or c.surface == ":" for c in ahead)

    def _continues(self, matcher: Matcher, verb: int, said: Mapping[int, Match]) -> bool:
        """Whether a verb of speech has no subject but the last speaker: «وأضاف: …», «وأشارت إلى …»."""
        if (
            verb > 0
            and matcher.chunks[verb - 1].has(KH.and_)
            and any(h is not None and h < verb for h in said)
        ):
            return True  # "She praised the work of … and said that …"
        if self._said_more(matcher, verb, said):
            return True
        if matcher.chunks[verb].iri is not None:
            return True
        beside = matcher.chunks[verb : verb + 2]
        if self.scene.speeches and any(c.has(KH.goesOn) for c in beside):
            return True  # «…», — говорится в документе; «…», — предупреждают они
        if verb > _FIRST or verb + 1 >= len(matcher.chunks) or not self.scene.speeches:
            return False
        if verb and matcher.language.phrases is KH.capitals and matcher.chunks[verb - 1].kind in _SPEAKING:
            return False  # "The ambassadors | said that …": they, and not who spoke last
        following = matcher.chunks[verb + 1]
        if following.comma and verb + 2 < len(matcher.chunks):
            following = matcher.chunks[verb + 2]  # «وأضاف، أن …»
        if following.has(KH.opensWords):
            return True
        goes_on = following.surface in ':“«"' or matcher.speech(verb + 1) is not None
        return matcher.chunks[verb].joined and goes_on

    def _said_more(self, matcher: Matcher, verb: int, said: Mapping[int, Match]) -> bool:
        """Whether who spoke in the sentence goes on to words of his: «رحبت الوزيرة بـ… وأكدت | أن …»."""
        if matcher.language.phrases is not KH.idafa or not matcher.chunks[verb].joined:
            return False
        i = verb + 1
        while i < len(matcher.chunks) and matcher.chunks[i].comma:
            i += 1
        opened = i < len(matcher.chunks) and (
            matcher.chunks[i].has(KH.opensWords) or matcher.chunks[i].surface in ':“«"'
        )
        return opened and any(h is not None and h < verb for h in said)

    def _speakers(self, matcher: Matcher, verb: int, match: Match | None) -> tuple[URIRef, ...]:
        if match is not None:
            first, *more = (matcher.chunks[filler.index] for filler in match.slots[KH.subject])
            if self._anybody(matcher, first):
                return ()
            inverted = match.slots[KH.subject][0].index > verb
            if (
                first.kind == "pronoun"
                and not more
                and (same := self._same_speaker(first, inverted=inverted))
            ):
                return (same,)
            # A body after a person stands in the title: «وزير الشؤون المغاربية والاتحاد الإفريقي».
            joined = [c for c in more if c.kind != "name" or first.kind == "name"]
            if self.scene.language.phrases is KH.idafa and first.kind in ("person", "post"):
                joined = [c for c in joined if c.kind != "phrase"]  # «رحب الوزير بنظيره والوفد …»
            return tuple(dict.fromkeys(self.scene.speaker(c) for c in (first, *joined)))
        word = matcher.chunks[verb]
        meant = word.iri and (self._same_speaker(word, inverted=False) or word.iri)  # of «по её словам»
        return (meant,) if meant is not None else tuple(s.speaker for s in self.scene.speeches[-1:])

    def _same_speaker(self, pronoun: Chunk, *, inverted: bool) -> URIRef | None:
        """Who spoke right before, if the pronoun may mean him: «…, сообщил Громов. Он отметил …».

        INVERTED: the pronoun stands after its verb, as after words that are quoted.
        """
        discourse, speeches = self.scene.discourse, self.scene.speeches
        if not speeches or self.scene.language.phrases is KH.idafa or speeches[-1].speaker == pronoun.iri:
            return None
        last, told = (
            speeches[-1].speaker,
            frozenset(g for g in (LEXINFO.masculine, LEXINFO.feminine) if pronoun.has(g)),
        )
        near = 0 <= pronoun.span.start - speeches[-1].span.end < _SAME_BREATH
        since = discourse.recent(pronoun.span.start, (KH.Person,), since=speeches[-1].span.end)
        near = near and (inverted or since in (None, last))  # nobody else has been named since he spoke
        person = last in discourse.things and discourse.things[last].type is KH.Person
        known = discourse.genders.get(last) if person else None
        return last if near and person and (not told or known == told or known is None) else None

    def _anybody(self, matcher: Matcher, chunk: Chunk) -> bool:
        """Whether nothing tells who speaks: "an official", but "a foreign ministry official"."""
        if self.scene.language.phrases is KH.genitive and self._many(chunk):
            return True
        if self.scene.language.phrases is KH.idafa and chunk.kind == "phrase" and chunk.type is KH.Agent:
            return matcher.becomes_of(chunk)  # «قال قادة بلدين إن …»
        before = range(max(0, chunk.first - 2), chunk.first)
        indefinite = any(LEXINFO.indefiniteArticle in matcher.line.speech(i) for i in before)
        following = chunk.last < len(matcher.line) and matcher.line.has(chunk.last, KH.extends)
        alone = chunk.last == chunk.first + 1 and not following  # "a spokesman | for the council"
        return chunk.kind == "post" and indefinite and alone

    def _many(self, chunk: Chunk) -> bool:
        """Whether it is anybody of a kind: «международные организации», «лидеры двух стран»."""
        plural = chunk.kind == "phrase" and not chunk.bare_head and chunk.numbers == {LEXINFO.plural}
        agent = chunk.type is not None and self.scene.ontology.is_a(chunk.type, KH.Agent)
        return plural and agent and not chunk.inner and chunk.surface[1:].islower()

    def _said(
        self, matcher: Matcher, head: int, end: int, match: Match | None, speaker: URIRef
    ) -> Fact | None:
        scene, chunks = self.scene, matcher.chunks
        start = chunks[min(head, match.first) if match else head].span.start
        stop = chunks[max(head, end - 1)].span.end
        if match is not None and self._parenthetical(matcher, head, match, end):
            start = chunks[0].span.start
        first = min(head, match.first) if match else head
        if first and matcher.language.phrases is KH.capitals and chunks[first].kind == "person":
            first -= chunks[first - 1].kind == "post"  # "…," | Sports Minister | Ann Smith said
        while first > 0 and chunks[first - 1].has(KH.determines):
            first -= 1
        quote = self._quote_in(start, stop) or self._quote_before(min(start, chunks[first].span.start))
        if quote is not None:
            start, stop = min(start, quote.marked.start), max(stop, quote.marked.end)
        span = Span(start, stop)
        words = quote.words if quote is not None else self._opened(matcher, head, match, end)
        if (
            words is None
            and match is not None
            and (words := self._put_before(matcher, match, end)) is not None
        ):
            span = Span(words.start, stop)
        if words is None and chunks[head].has(KH.needsWords):
            return None
        words = words or span
        # What is only told of ("he praised the work of …") is no quotation: facts in it stay asserted.
        told = words if words != span else Span(stop, stop)
        scene.speeches.append(Speech(told, speaker, denied=chunks[head].has(KH.denies)))
        frame = match.frame if match is not None else self._frame(chunks[head])
        if self.scene.discourse.fits(speaker, (KH.NewsAgency,)):
            return None  # it passes on what others said; what it reports is reported all the same
        return self._fact(frame, speaker, words, span, quoted=quote is not None)

    def _fact(self, frame: Frame, speaker: URIRef, words: Span, span: Span, *, quoted: bool) -> Fact:
        article = self.scene.article
        text = Literal(article.text[words.start : words.end], lang=article.language)
        qualifiers = ((KH.quotation, Literal(quoted)),)
        return self.scene.fact(frame, speaker, KH.said, text, span, qualifiers=qualifiers, reportable=False)

    def _frame(self, verb: Chunk) -> Frame:
        assert verb.head is not None
        known = self.scene.language.frames
        own = (known[f] for w in verb.head.words for f in w.frames)
        stating = self.scene.language.stating[KH.said]
        return next((f for f in own if f.states is KH.said), stating[0])

    # -------------------------------------------------------------------------------------- quotations
    def _quote_in(self, start: int, stop: int) -> Quotation | None:
        """The longest quotation that opens in that stretch and is more than a name."""
        first = bisect_left(self.quotes, start, key=lambda q: q.marked.start)
        last = bisect_left(self.quotes, stop, key=lambda q: q.marked.start)
        inside = [q for q in self.quotes[first:last] if self._words(q) >= _SHORTEST]
        return max(inside, key=lambda q: q.words.end - q.words.start, default=None)

    def _quote_before(self, start: int) -> Quotation | None:
        """The quotation that ends right before the clause: "…," said the minister."""
        n = bisect_left(self.quotes, start, key=lambda q: q.marked.start)
        quote = self.quotes[n - 1] if n else None
        taken = quote is not None and any(s.span.overlaps(quote.words) for s in self.scene.speeches[-_NEAR:])
        if quote is None or taken or quote.marked.end > start:
            return None
        between = self.scene.article.text[quote.marked.end : start]
        shortest = _SHORTEST - (self.scene.language.phrases is KH.genitive and not DASHES.isdisjoint(between))
        if self._words(quote) < shortest:
            return None  # before a dash, two words are a sentence: «Мост готов», — сказал Громов
        return quote if not any(c.isalnum() for c in between) and "\n" not in between else None

    def _words(self, quote: Quotation) -> int:
        return len(self.scene.article.text[quote.words.start : quote.words.end].split())

    def _opened(self, matcher: Matcher, head: int, match: Match | None, end: int) -> Span | None:
        """The clause after «أن» or a colon."""
        verb = head
        if match is not None and match.last > head:
            # "According to the ministry, …"; «اعتبر الوزير | أن …» ends in what opens the words
            head = match.last - matcher.chunks[match.last].has(KH.opensWords)
        clausal = matcher.chunks[verb].has(KH.opensClause)  # "said it would …", where "that" may be left out
        for i in range(head + (not clausal), end - 1):
            chunk = matcher.chunks[i]
            bare = i == head and self._unopened(matcher, head, end)
            if chunk.surface == ":" or chunk.kind == "word" and chunk.has(KH.opensWords) or bare:
                last = end - 1
                while last > i + 1 and (matcher.chunks[last].comma or matcher.chunks[last].surface == "."):
                    last -= 1
                first = i + 1 + (bare and matcher.chunks[i + 1].comma)
                return Span(matcher.chunks[first].span.start, matcher.chunks[last].span.end)
        return None

    def _unopened(self, matcher: Matcher, head: int, end: int) -> bool:
        """Whether a clause follows the verb that nothing opens: "said it would …", not "told us that …"."""
        for i in range(head + 1, end):
            if matcher.verbal(i) or matcher.chunks[i].has(KH.opensWords):
                return matcher.verbal(i)
        return False

    def _put_before(self, matcher: Matcher, match: Match, end: int) -> Span | None:
        """The clause before the verb: "The term ends in May, the commission said"."""
        chunks, verb = matcher.chunks, match.head
        comma = match.first - 1
        if comma > 0 and matcher.language.phrases is KH.capitals and chunks[match.first].kind == "person":
            comma -= chunks[comma].kind == "post"  # "The term ends in May, | spokesman | Ann Smith said"
        while comma > 0 and chunks[comma].kind == "word" and not matcher.closes(comma):
            comma -= 1
        if verb is None or comma < 1 or not chunks[comma].comma:
            return None
        if not (chunks[verb].has(KH.opensClause) or chunks[verb].has(KH.closesClause)):
            return None
        if any(matcher.closes(i) for i in range(max(match.last, verb) + 1, end)):
            return None
        if self._parenthetical(matcher, comma + 1, match, end):
            return None
        return Span(chunks[0].span.start, chunks[comma - 1].span.end)

    def _parenthetical(self, matcher: Matcher, first: int, match: Match, end: int) -> bool:
        """Whether commas enclose verb and speaker: «Россия, как сказал он, готова»."""
        after = match.last + 1
        first -= first > 0 and matcher.chunks[first - 1].kind == "word"
        opened = first > 0 and matcher.chunks[first - 1].comma
        return opened and after < end and matcher.chunks[after].comma

    def loose(self, starts: frozenset[int]) -> Iterator[Fact]:
        """Quotations that open a sentence (one of STARTS) without a verb go on with the last speaker."""
        frames = self.scene.language.stating.get(KH.said, ())
        frame = next((f for f in frames if f.head is None), None)
        speeches = list(self.scene.speeches)
        for quote in self.quotes if frame is not None else ():
            n = bisect_left(speeches, quote.words.start, key=lambda s: s.span.start)
            near = speeches[max(0, n - _NEAR) : n + _NEAR]
            before = [s for s in near if s.span.end <= quote.words.start]
            opens = not starts.isdisjoint((quote.marked.start, quote.words.start))
            introduced = any(s.span.overlaps(quote.words) for s in near)
            if before and opens and not introduced and self._words(quote) >= _SHORTEST_LOOSE and frame:
                yield self._fact(frame, before[-1].speaker, quote.words, quote.marked, quoted=True)
