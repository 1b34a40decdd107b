"""Noun phrases as Arabic builds them (kh:idafa).

After an indefinite head the chain goes on until a definite noun or a name closes it; then adjectives
with the article may follow, and the prepositions that lead on to what it is about.
"""

from __future__ import annotations

from typing import Final

from khabar.text.line import LONGEST, Line, Phrase
from khabar.vocab import KH, LEXINFO

_LONGEST_OPEN: Final = 4  # indefinite nouns in a row before an idafa must close


def idafa(line: Line, i: int) -> Phrase | None:
    """The phrase whose head stands at token I; a post may have posts under it («نائبة رئيس مجلس …»)."""
    noun = line.noun(i)
    if noun is None:
        return None
    words, after = noun
    if KH.shortened in words.features and not _country_follows(line, i, after):
        return None
    if words.denotes is KH.Post and _is_name(line, i, after):
        return None
    if words.denotes is KH.Post and _stands_in(line, i, after):
        return None
    if words.denotes is not KH.Post:
        return Phrase(i, _extent(line, i, after, topical=words.denotes is not KH.Agent), i, after, words)
    body = _past_adjectives(line, i, _above(line, after))
    while body < len(line):
        titled = line.has(body, KH.title) and not line.definite(body)  # «ممثل | سمو | أمير البلاد»
        under = line.noun(body + titled) if body + titled < len(line) else None
        if under is None or under[0].denotes is not KH.Post or line.proclitics(body, KH.conjunction):
            break
        if line.proclitics(body - 1, KH.article):
            break  # «أقال الرئيس | وزير الداخلية»
        body = _above(line, under[1])
    return Phrase(i, max(body, _extent(line, i, body, topical=False)), i, after, words, body)


def _is_name(line: Line, i: int, after: int) -> bool:
    """Whether a word for an office is a given name there: «قالت | أمينة الراشدي», not «أمينة المجلس»."""
    if after != i + 1 or after >= len(line) or line.surface(i) not in line.index.doubtful:
        return False
    last = line.lexemes[after]
    strange = not (last.known or last.given or after in line.names)
    if strange and i and line.definite(after) and line.has(i - 1, KH.title):
        return True  # «اللواء | سلطان العرادة»
    if last.given and not last.known and after not in line.names:
        return True  # «أمينة محمد»
    if i and line.lexemes[i - 1].given and not (last.known or line.definite(after)):
        return True  # «حسين | أمير عبداللهيان»
    said = i > 0 and line.has(i - 1, KH.speech) and after + 1 < len(line) and line.is_mark(after + 1)
    if said and not (last.known or line.definite(after) or after in line.names):
        return True  # «قال | أمين مقبول، …»
    if strange and line.proclitics(i, KH.conjunction) and not line.definite(after):
        return after + 1 >= len(line) or not line.definite(after + 1)  # «كارل شميت | وأمينة ديوب بروتوكول …»
    return strange and bool(line.language.shapes[KH.originShape].fullmatch(last.token.folded))


def _stands_in(line: Line, i: int, after: int) -> bool:
    """Whether it says who is there for a body or a country: «ممثلة | بوزيرة …», «ممثلة | في وزيرة …»."""
    if line.definite(i) or after >= len(line):
        return False
    place = after + (line.has(after, KH.locative) and after + 1 < len(line))
    governed = place > after or bool(line.proclitics(after, KH.preposition))
    under = line.noun(place)
    led = any(
        KH.extends in line.language.proclitics[p].features for p in line.proclitics(after, KH.preposition)
    )
    return governed and not led and under is not None and under[0].denotes is KH.Post


def _country_follows(line: Line, i: int, after: int) -> bool:
    """Whether it is a ministry for short: «الخارجية | التونسية», not «وزير الخارجية التونسي»."""
    named = line.names.get(after)
    before = line.noun(i - 1) if i else None
    post = before is not None and before[0].denotes is not None
    if named is not None and _body_led(line, named[1]):
        return False  # «الرئاسة | البولندية | لتحالف الموانئ»
    demonym = named is not None and named[0].kind == "demonym" and not line.proclitics(after, KH.conjunction)
    return demonym and line.definite(i) and not post and bool(line.proclitics(i, KH.article))


def _body_led(line: Line, i: int) -> bool:
    """Whether a body or an event stands at I under the preposition of whose it is."""
    noun = line.noun(i) if i < len(line) else None
    clitics = line.proclitics(i, KH.preposition) if noun is not None else ()
    led = any(KH.extends in line.language.proclitics[p].features for p in clitics)
    return led and noun is not None and noun[0].denotes is not KH.Post


def _above(line: Line, i: int) -> int:
    """One past the post whose deputy or envoy an adjective at I describes, or I.

    «النائب | الأول لرئيس | الوزراء», «المبعوثة | الخاصة للأمين العام | للأمم المتحدة»
    """
    if i + 1 >= len(line) or not _definite_adjective(line, i):
        return i
    under, clitics = line.noun(i + 1), line.proclitics(i + 1, KH.preposition)
    post = under is not None and under[0].denotes is KH.Post
    extends = any(KH.extends in line.language.proclitics[p].features for p in clitics)
    return under[1] if under is not None and post and extends else i


def _definite_adjective(line: Line, i: int) -> bool:
    """Whether the word at I may be an adjective with its article, whatever else it means."""
    clitics = line.language.proclitics
    return any(
        any(clitics[p].role is KH.article for p in a.proclitics)
        and any(w.speech is LEXINFO.adjective for w in a.words)
        for a in line.lexemes[i].analyses
    )


def _past_adjectives(line: Line, head: int, i: int) -> int:
    """One past the adjectives at I of an indefinite post, if its body follows: «أمين | عام | مجلس الأمة»."""
    j = i
    while j < len(line) and not line.lexemes[j].best.proclitics and LEXINFO.adjective in line.speech(j):
        j += 1
    if j == i or line.definite(head) or j >= len(line) or line.proclitics(j, KH.conjunction):
        return i
    noun = line.noun(j)
    body = j in line.names and line.names[j][0].kind != "demonym" or noun is not None
    place = noun is None or noun[0].denotes is not KH.Post
    led = line.proclitics(j, KH.preposition)
    extends = all(KH.extends in line.language.proclitics[p].features for p in led)
    return j if body and place and extends else i


def _extent(line: Line, start: int, after: int, *, topical: bool) -> int:
    """One past the last token of the phrase whose head is [START, AFTER).

    TOPICAL phrases (events, works, bodies) go on through what they are about; a post does not.
    """
    # «نائب الرئيس» and «بلاده» are closed, «المتحدث باسم» is not.
    owned = line.lexemes[after - 1].best.enclitic is not None
    closed = owned or line.definite(after - 1)
    about = False  # inside what the phrase is about, where anything nominal may follow
    opened = 0
    i = after
    while i < len(line) and i - start < LONGEST:
        if (end := line.quoted_name(i)) is not None:
            # «الرئيس الأوزبكي | "سامي الخطيب"», «رئيس مجلس النواب | "سامي الخطيب"», but «مجموعة "بريكس"»
            body = any(w.denotes is KH.Organization for w in line.lexemes[start].words)
            return i if closed and (not topical or body and i > after) else end
        if i == after and topical and i in line.times and _about_next(line, line.times[i].last):
            i, closed = line.times[i].last, True  # «مؤتمر 4 ديسمبر حول …»
            continue
        if _befriended(line, start, i):
            about, closed, opened, i = True, False, 0, i + 1  # «لجنة الصداقة البرلمانية | مع دول آسيا»
            continue
        if i in line.times or line.is_mark(i) or line.ends(i) or _name_begins(line, i):
            break
        if owned and line.proclitics(i, KH.preposition):
            break  # «دعم بلاده | لمبادرة …»
        if line.has(i, KH.between) and any(w.denotes is KH.Agreement for w in line.lexemes[start].words):
            break  # «اتفاقية تعاون | بين تونس والأردن»: those are its parties
        if (inside := _adverbial(line, i)) is not None:
            i = inside
            continue
        if topical and (numbered := _number(line, i)) is not None and (i == after or numbered > i + 1):
            i = numbered
            continue
        if i in line.names:
            if not _name_step(line, i, closed, about, topical):
                break
            closed, opened, i = True, 0, line.names[i][1]
            continue
        verdict = _word(line, i, closed, about, topical)
        if verdict == _STOP:
            break
        if verdict == _ABOUT:
            about, closed, opened = True, line.definite(i), 0
        elif line.definite(i):
            closed, opened = True, 0
        else:
            closed = closed and not line.proclitics(i, KH.conjunction)  # «… وشؤون | المغتربين»
            opened += 1
            if opened > _LONGEST_OPEN:
                break
        i += 1
    return _without_tail(line, after, i, topical=topical)


def _befriended(line: Line, start: int, i: int) -> bool:
    """Whether the preposition at I says with whom the friendship is that the phrase from START is about."""
    if not line.has(i, KH.befriends) or LEXINFO.preposition not in line.speech(i) or i + 1 >= len(line):
        return False
    return any(line.has(k, KH.befriends) for k in range(start, i)) and not line.ends(i + 1)


def _number(line: Line, i: int) -> int | None:
    """One past the number of a session: «الدورة 21 للجنة …», «الاجتماع ال17 …»."""
    folded = line.lexemes[i].token.folded
    clitic = line.language.proclitics.get(folded)
    j = i + 1 if clitic is not None and clitic.role is KH.article else i
    return j + 1 if j < len(line) and line.lexemes[j].token.kind == "number" else None


def _name_begins(line: Line, i: int) -> bool:
    """Whether two words that are names as well stand there: «رئيس لجنة المدن | علي حسن»."""
    both = line.surface(i) in line.index.doubtful and i + 1 < len(line)
    return both and (line.surface(i + 1) in line.index.doubtful or line.lexemes[i + 1].given)


def _adverbial(line: Line, i: int) -> int | None:
    """One past the words at I that end no phrase: «… والموريتانيين | في الخارج»."""
    several = line.lexemes[i].several
    if several is None:
        return i + 1 if i < len(line) and line.has(i, KH.inside) else None
    return i + several[1] if KH.inside in several[0].features else None


def _about_next(line: Line, i: int) -> bool:
    return i < len(line) and line.has(i, KH.extends)


_GATHERINGS: Final = frozenset({KH.Conference, KH.Forum, KH.Summit, KH.Session})
_STOP: Final = 0
_GO: Final = 1
_ABOUT: Final = 2


def _word(line: Line, i: int, closed: bool, about: bool, topical: bool) -> int:
    """Whether the word at I ends the phrase, goes on with it, or opens what it is about."""
    if line.lexemes[i].token.kind == "number":
        return _GO if not closed or about else _STOP
    if line.has(i, KH.inside):
        return _GO
    if line.proclitics(i, KH.conjunction):
        return _joins(line, i, about or closed, topical)
    if line.has(i, KH.extends):
        adjective = any(w.speech is LEXINFO.adjective for a in line.lexemes[i].analyses for w in a.words)
        return _ABOUT if topical else _GO if adjective else _STOP  # «المبعوث الأممي | الخاص»
    if line.has(i, KH.extendsInside):
        return _ABOUT if topical and _leads_on(line, i, about) else _STOP
    if line.proclitics(i, KH.preposition):
        led = _led_on(line, i, about) if topical else _charged(line, i, closed)
        return _ABOUT if led else _STOP
    if topical and closed and not about and _led_by_masdar(line, i):
        return _ABOUT
    titled = closed and line.has(i, KH.title) and not line.has(i - 1, KH.portfolio)
    if line.definite(i) and (_another_post(line, i, closed and not about) or titled):
        return _STOP  # «رئيس الجمهورية | الدبلوماسي …»
    if line.definite(i):
        return _GO if not closed or about or _adjective(line, i, topical) else _STOP
    if line.speech(i) & {LEXINFO.verb, LEXINFO.preposition} or line.has(i, KH.functional):
        return _STOP
    if line.language.shapes[KH.verbShape].fullmatch(line.lexemes[i].best.stem) and closed:
        return _STOP
    return _GO if not closed else _STOP


def _led_by_masdar(line: Line, i: int) -> bool:
    """Whether what nobody knows at I is a preposition on a noun: «المركز الوطني | لتحاقن الدم»."""
    lexeme = line.lexemes[i]
    if lexeme.known or lexeme.given or line.proclitics(i, KH.article):
        return False
    if not (_next_definite(line, i) or _bare_noun(line, i + 1) and _next_definite(line, i + 1)):
        return False  # «لتحاقن | الدم», «لخدمات | نقل الدم»
    clitics = line.language.proclitics
    return i + 1 not in line.names and any(
        [KH.extends in clitics[p].features for p in a.proclitics] == [True] for a in lexeme.analyses
    )


def _bare_noun(line: Line, i: int) -> bool:
    """Whether a noun stands at I that something after it may own: «لخدمات | نقل | الدم»."""
    if i >= len(line) or i in line.names or i in line.times or line.is_mark(i):
        return False
    if line.has(i, KH.functional) or line.lexemes[i].best.proclitics or LEXINFO.verb in line.speech(i):
        return False
    return not line.definite(i)


def _another_post(line: Line, i: int, closed: bool) -> bool:
    """Whether a post stands behind what is CLOSED, or an unknown name: «قصر المؤتمرات | الوزير …»."""
    words = line.lexemes[i].words
    if not any(w.denotes is KH.Post for w in words) or any(w.speech is LEXINFO.adjective for w in words):
        return False
    before = line.lexemes[i - 1]
    return closed or not before.known and not line.definite(i - 1)


def _joins(line: Line, i: int, open_ended: bool, topical: bool) -> int:
    """«المرأة والسلام والأمن» goes on; «… والأمن وأكد» and «مجلس النواب ورئيس …» do not."""
    head = any(w.denotes is not None for w in line.lexemes[i].words)
    charged = not topical and _portfolio_before(line, i) and line.has(i, KH.portfolio)
    if head or line.speech(i) & {LEXINFO.verb} or not (open_ended or charged):
        return _STOP  # «وزير خارجية | وشؤون المغتربين»
    if not topical:  # «وزير الخارجية والتعاون», not «وزير الخارجية والوفد»
        unknown = not line.lexemes[i].known and not line.lexemes[i].given and i not in line.names
        several = line.lexemes[i].several
        known = line.has(i, KH.portfolio) and (line.definite(i) or _next_definite(line, i))
        known = known or charged and several is not None and KH.portfolio in several[0].features
        return _GO if known or unknown and line.definite(i) and line.has(i - 1, KH.portfolio) else _STOP
    if line.definite(i):
        return _GO
    noun = line.language.shapes[KH.nounShape].fullmatch(line.lexemes[i].best.stem)
    return _GO if noun and _next_definite(line, i) else _STOP


def _portfolio_before(line: Line, i: int) -> bool:
    """Whether a portfolio stands before I, with its adjective: «وزير التعليم العالي | والبحث العلمي»."""
    i -= 1
    while i > 0 and LEXINFO.adjective in line.speech(i) and line.definite(i):
        i -= 1
    return line.has(i, KH.portfolio)


def _leads_on(line: Line, i: int, about: bool) -> bool:
    """Whether the small preposition at I stays inside.

    It does in «مجلس النواب في البرلمان» and «دور المرأة في تطوير …», never in «في أستانا».
    """
    following = i + 1
    if following >= len(line) or following in line.times or line.is_mark(following):
        return False
    if following in line.names:
        return about and line.names[following][0].type not in (KH.City, KH.Country)
    if any(w.denotes in _GATHERINGS for w in line.lexemes[following].words):
        return False  # «وفد من المجلس | في المؤتمر …»
    if about:
        return not line.has(following, KH.functional) and LEXINFO.verb not in line.speech(following)
    return any(w.denotes is KH.Organization for w in line.lexemes[following].words)


def _charged(line: Line, i: int, closed: bool) -> bool:
    """Whether a post goes on with what it is for: «وزيرا للدفاع», «المكلفة بالتنمية المستدامة»."""
    if line.has(i - 1, KH.chargedWith) or line.has(i, KH.portfolio) and LEXINFO.verb not in line.speech(i):
        return True  # «وكيل وزارة الخارجية | للشؤون السياسية»
    return not closed and line.definite(i)


def _led_on(line: Line, i: int, about: bool) -> bool:
    """Whether a word with a preposition on it stays inside: «لحقوق الإنسان», not a second «لتعزيز …»."""
    prefix = line.proclitics(i, KH.preposition)
    if any(w.denotes is KH.Post for w in line.lexemes[i].words):
        return False  # «سلّم رئاسة الجلسة | لوزير الخارجية»
    if not any(KH.extends in line.language.proclitics[p].features for p in prefix):
        # «حول النهوض بالمرأة», but «أشادت رئيسة المجلس القومي للمرأة | بالإقبال»
        return about and line.definite(i) and not line.proclitics(i - 1, KH.preposition)
    return not about or line.definite(i)


def _name_step(line: Line, i: int, closed: bool, about: bool, topical: bool) -> bool:
    name, end, proclitics = line.names[i]
    roles = {line.language.proclitics[p].role for p in proclitics}
    if KH.conjunction in roles:
        return not topical and name.kind == "demonym" and _adverbial(line, end) is not None
    if KH.preposition in roles:
        return topical and any(KH.extends in line.language.proclitics[p].features for p in proclitics)
    return name.kind == "demonym" or not closed or about and name.type is KH.Region


def _adjective(line: Line, i: int, topical: bool) -> bool:
    """Whether the definite word at I is an adjective; in a post a known one, for a name may follow."""
    if LEXINFO.adjective in line.speech(i):
        return True
    noun = LEXINFO.commonNoun in line.speech(i) and not line.has(i, KH.portfolio)
    if noun or LEXINFO.noun in line.speech(i):
        return False  # «بلادها | الرئاسة الدورية …», «جامعة المدينة | المؤتمر الثالث»
    following = line.names.get(i + 1)
    if (
        following is not None
        and following[0].kind == "demonym"
        and not line.proclitics(i + 1, KH.conjunction)
    ):
        return True  # «وزيرة التعليم العالي الطاجيكية»
    shape = KH.adjectiveShape if topical else KH.surelyAdjectiveShape
    return bool(line.language.shapes[shape].fullmatch(line.lexemes[i].best.stem))


def _next_definite(line: Line, i: int) -> bool:
    return i + 1 < len(line) and line.definite(i + 1) and not line.proclitics(i + 1, KH.conjunction)


def _without_tail(line: Line, after: int, end: int, *, topical: bool) -> int:
    """Drop prepositions and conjunctions that the phrase was cut after."""
    while end > after and (topical and line.has(end - 1, KH.extends) or line.has(end - 1, KH.extendsInside)):
        end -= 1
    return end
