"""English phrases and sentences in our own words: what they name, and what they state."""

from __future__ import annotations

import re

import pytest
from reading import stated

from khabar import knowledge
from khabar.extraction import extract
from khabar.model import Article
from khabar.text.recognise import recognise
from khabar.text.segment import segment
from khabar.vocab import KH

MARKED = [  # each thing as [surface](class); what is unmarked must stay unmarked
    "The [Ministry of Foreign Affairs](Organization) wrote to the [UN Security Council](Organization).",
    "The [Central Asian Women's Dialogue](Platform) and the [Polar Institute](Organization) agreed.",
    "An [international conference on women's rights](Conference) opened in [Astana](City).",
    "[Norway](Country)'s policies have changed, and so has the [coal board](Organization)'s chemistry.",
    "[Egypt's | House of Representatives](Organization) rose; the [Coal Board's | report](Work) was not.",
    "The [deputy speaker of the Mazhilis](Post) met the [Kazakh foreign minister](Post).",
    "The [Foreign Ministry spokeswoman](Post) is somebody, and government policies are none.",
    "The [minister of foreign affairs](Post) [Murat Abenov](Person) saw [Ann Smith](Person)'s aides.",
    "[UN Security Council session on Libya](Session) is more than the [UN Security Council](Organization).",
    "They host those who will head north to judge, and will chair them.",
]


def mark(text: str) -> str:
    """TEXT with what is recognised in it as [surface](class); an owner that is no part of it before a bar."""
    known = knowledge.load()
    article = Article("test", "en", text)
    found = recognise(article, segment(article, known.languages["en"]), known)
    marked, done = "", 0
    for chunk in (c for r in found for c in r.chunks):
        if chunk.type is None or chunk.kind in ("pronoun", "demonym"):
            continue
        tokens = next(r for r in found if chunk in r.chunks).line.lexemes
        start = tokens[chunk.first].token.span.start
        owner = text[start : chunk.span.start] + "| " if start < chunk.span.start else ""
        name = chunk.type.rpartition("#")[2]
        marked += f"{text[done:start]}[{owner}{chunk.surface}]({name})"
        done = chunk.span.end
    return marked + text[done:]


@pytest.mark.parametrize("marked", MARKED)
def test_what_a_sentence_names(marked: str) -> None:
    text = re.sub(r"\[([^\]]*)\]\(\w+\)", r"\1", marked).replace("| ", "")
    assert mark(text) == marked


SENTENCES = {
    "The ambassador of Norway to the United Nations (UN), Ann Smith, on Tuesday assumed the chair of the Council of Towns.": {
        "role person=Ann Smith role=ambassador of Norway to the United Nations org=Norway",
        "chair body=Council of Towns chair=Ann Smith year=2023",
    },
    "Argentina took over the chair of the Council of Towns from Peru.": {
        "chair body=Council of Towns chair=Argentina kind=handover",
        "chair body=Council of Towns chair=Peru (ended)",
    },
    "The chair and ambassador of Norway, Sir Ronald Holm, expressed thanks for the support he received.": {
        "role person=Ronald Holm role=ambassador of Norway org=Norway",
    },
    # roles
    "Serik Ospanov, minister of education of Kazakhstan, visited Tokyo last week.": {
        "role person=Serik Ospanov role=minister of education of Kazakhstan org=Kazakhstan",
        "visit person=Serik Ospanov place=Tokyo date=2023-11-27 date_end=2023-12-03",
    },
    "Norway's foreign minister, Kari Solberg, was in Cairo on Friday.": {
        "role person=Kari Solberg role=foreign minister org=Norway",
        "visit person=Kari Solberg place=Cairo date=2023-12-01",
    },
    "Uzbek President Rustam Karimov arrived in Baku on 3 May 2022.": {
        "role person=Rustam Karimov role=Uzbek President org=Uzbek",
        "visit person=Rustam Karimov place=Baku date=2022-05-03",
    },
    "Minister of Health and Social Protection Anna Weber resigned.": {
        ("appoint person=Anna Weber role=Minister of Health and Social Protection kind=resigned (ended)"),
        "role person=Anna Weber role=Minister of Health and Social Protection",
        "role person=Anna Weber role=Minister of Health and Social Protection kind=resigned (ended)",
    },
    "Former Norwegian prime minister Kari Solberg spoke at length.": {
        "role person=Kari Solberg role=Norwegian prime minister org=Norwegian (ended)",
    },
    "President-elect Daniel Noor thanked the voters.": {
        "role person=Daniel Noor role=President-elect (planned)",
        "statement speaker=Daniel Noor",
    },
    (
        "Dania Serikova, first deputy speaker of the Mazhilis and a member of the Water Council, "
        "opened the hall."
    ): {
        "role person=Dania Serikova role=first deputy speaker of the Mazhilis org=Mazhilis",
        "role person=Dania Serikova role=member of the Water Council org=Water Council",
    },
    "UN Secretary-General Carlos Mendes will visit Amman next month.": {
        "role person=Carlos Mendes role=UN Secretary-General org=UN",
        "visit person=Carlos Mendes place=Amman date=2024-01 (planned)",
    },
    "The head of the World Health Organization, Maria Silva, praised Rwanda's work.": {
        "role person=Maria Silva role=head of the World Health Organization org=World Health Organization",
        "statement speaker=Maria Silva",
    },
    "Karin Berg is the director of the Institute for Polar Research.": {
        (
            "role person=Karin Berg role=director of the Institute for Polar Research org=Institute "
            "for Polar Research"
        ),
    },
    "Maria Olsen, Kenya's ambassador to Norway, left Oslo.": {
        "role person=Maria Olsen role=ambassador to Norway org=Kenya",
    },
    "The US ambassador to Chad, Karl Weber, visited Cairo on Friday.": {
        "role person=Karl Weber role=US ambassador to Chad org=US",
        "visit person=Karl Weber place=Cairo date=2023-12-01",
    },
    "The Oslo Forum opened on Monday in Port Lokroy.": {
        "event name=Oslo Forum date=2023-12-04 place=Port Lokroy",
    },
    # chairs
    (
        "Kazakhstan held the presidency of the Central Asian Women's Dialogue in 2021, followed by "
        "Turkmenistan in 2022."
    ): {
        "chair body=Central Asian Women's Dialogue chair=Kazakhstan year=2021",
        "chair body=Central Asian Women's Dialogue chair=Turkmenistan year=2022",
    },
    ("The Coast Cities Dialogue was chaired by Morocco in 2019, by Tunisia in 2020 and by Egypt in 2021."): {
        "chair body=Coast Cities Dialogue chair=Egypt year=2021",
        "chair body=Coast Cities Dialogue chair=Morocco year=2019",
        "chair body=Coast Cities Dialogue chair=Tunisia year=2020",
    },
    (
        "Kyrgyzstan chaired the Regional Council on Glaciers in 2020 and 2021, and Tajikistan took "
        "over in 2022."
    ): {
        "chair body=Regional Council on Glaciers chair=Kyrgyzstan year=2020",
        "chair body=Regional Council on Glaciers chair=Kyrgyzstan year=2021",
        "chair body=Regional Council on Glaciers chair=Tajikistan year=2022",
    },
    "Uzbekistan took over the presidency of the Central Asian Women's Dialogue from Kazakhstan.": {
        "chair body=Central Asian Women's Dialogue chair=Uzbekistan kind=handover",
        "chair body=Central Asian Women's Dialogue chair=Kazakhstan (ended)",
    },
    "Finland handed the chairmanship of the Arctic Council to Sweden.": {
        "chair body=Arctic Council chair=Sweden kind=handover",
    },
    (
        "The session of the Senate Committee on Foreign Affairs was held in Astana under the "
        "chairmanship of Murat Abenov."
    ): {
        "chair body=session of the Senate Committee on Foreign Affairs chair=Murat Abenov",
        "event name=session of the Senate Committee on Foreign Affairs place=Astana",
    },
    "Tajikistan's chairmanship of the Water Council ends in 2025.": {
        "chair body=Water Council chair=Tajikistan",
    },
    "Kari Solberg will chair the Oslo Forum and sign the declaration.": {
        "agreement parties=Kari Solberg subject=declaration (planned)",
        "chair body=Oslo Forum chair=Kari Solberg (planned)",
        "event name=Oslo Forum",
    },
    "Spain does not chair the Sahel Alliance.": {
        "chair body=Sahel Alliance chair=Spain (denied)",
    },
    # support
    "The European Union and UNDP support the Green Villages initiative.": {
        "support supporter=European Union supported=Green Villages initiative",
        "support supporter=UNDP supported=Green Villages initiative",
    },
    "The Sahel Alliance is supported by UNESCO, Japan and the World Bank.": {
        "support supporter=Japan supported=Sahel Alliance",
        "support supporter=UNESCO supported=Sahel Alliance",
        "support supporter=World Bank supported=Sahel Alliance",
    },
    "She voiced Germany's support for the Sahel Alliance.": {
        "support supporter=Germany supported=Sahel Alliance",
    },
    "Support by letter is welcome, the World Bank said.": {
        "statement speaker=World Bank",
    },
    # events
    (
        "An international conference on women's rights and the rule of law opened in Astana on 4 "
        "December 2023."
    ): {
        (
            "event name=international conference on women's rights and the rule of law date=2023-12-04 "
            "place=Astana"
        ),
    },
    "Tashkent hosted the Central Asian Media Forum in October 2022.": {
        "event name=Central Asian Media Forum date=2022-10 place=Tashkent host_or_organiser=Tashkent",
    },
    ("A summit on drought, organised by the African Union, will be held in Accra from 3 to 5 June 2024."): {
        (
            "event name=summit on drought date=2024-06-03 date_end=2024-06-05 place=Accra "
            "host_or_organiser=African Union (planned)"
        ),
    },
    "The 77th session of the UN General Assembly opened in New York in September 2022.": {
        "event name=77th session of the UN General Assembly date=2022-09 place=New York",
    },
    "Kari Solberg told a news conference in Oslo that the sea is rising.": {
        "statement speaker=Kari Solberg",
    },
    # launches
    "The Steppe Pioneers network was launched in December 2020.": {
        "launch thing=Steppe Pioneers network date=2020-12",
    },
    ("UN Women and the Government of Japan launched a campaign against domestic violence in May 2021."): {
        "event name=campaign against domestic violence",
        "launch thing=campaign against domestic violence date=2021-05 by=Government of Japan",
        "launch thing=campaign against domestic violence date=2021-05 by=UN Women",
    },
    (
        "The conference on women in technology, which took place in Astana, led to the creation of "
        "the Steppe Pioneers network."
    ): {
        "event name=conference on women in technology place=Astana",
        "launch thing=Steppe Pioneers network by=conference on women in technology",
    },
    "The Sahel Alliance was founded in 2017 and is chaired by Spain.": {
        "chair body=Sahel Alliance chair=Spain",
        "launch thing=Sahel Alliance date=2017",
    },
    "Egypt's House of Representatives approved a law establishing a senate.": {
        "launch thing=senate by=House of Representatives",
    },
    # joining, parts
    "Nepal joined the Regional Council on Glaciers in 2019.": {
        "join member=Nepal group=Regional Council on Glaciers date=2019 kind=joined",
    },
    "Latvia did not join the Coalition for Clean Rivers.": {
        "join member=Latvia group=Coalition for Clean Rivers kind=joined (denied)",
    },
    "Latvia plans to join the Coalition for Clean Rivers in 2025.": {
        "join member=Latvia group=Coalition for Clean Rivers date=2025 kind=joined (planned)",
    },
    "The Coalition for Clean Rivers is part of the Global Water Forum.": {
        "event name=Global Water Forum",
        "part part=Coalition for Clean Rivers whole=Global Water Forum",
    },
    # meetings, visits, agreements
    "French President Louis Martin met with Prime Minister Ann Miller in Paris on Tuesday.": {
        "meeting participants=Ann Miller + Louis Martin date=2023-12-05 place=Paris",
        "role person=Ann Miller role=Prime Minister",
        "role person=Louis Martin role=French President org=French",
    },
    "Serik Ospanov and Kari Solberg met in Geneva.": {
        "meeting participants=Kari Solberg + Serik Ospanov place=Geneva",
    },
    "Talks between Armenia and Azerbaijan took place in Brussels on 5 May 2022.": {
        "meeting participants=Armenia + Azerbaijan date=2022-05-05 place=Brussels",
    },
    "Olga Petersen came to Warsaw for talks with Polish Prime Minister Jan Nowak.": {
        "meeting participants=Olga Petersen + Jan Nowak",
        "role person=Jan Nowak role=Polish Prime Minister org=Polish",
        "visit person=Olga Petersen place=Warsaw",
    },
    "Kofi Mensah may visit Rabat in March.": {
        "visit person=Kofi Mensah place=Rabat date=2024-03 (planned)",
    },
    "Finland and Norway signed an agreement on fisheries in Oslo on 3 March 2022.": {
        "agreement parties=Finland + Norway subject=agreement on fisheries date=2022-03-03",
    },
    "Uzbek President Rustam Karimov signed a memorandum of understanding with the World Bank.": {
        "agreement parties=World Bank + Rustam Karimov subject=memorandum of understanding",
        "role person=Rustam Karimov role=Uzbek President org=Uzbek",
    },
    # appointments
    "Ann Miller was appointed director of the United Nations Development Programme in 2019.": {
        (
            "appoint person=Ann Miller role=director of the United Nations Development Programme "
            "org=United Nations Development Programme date=2019 kind=appointed"
        ),
        (
            "role person=Ann Miller role=director of the United Nations Development Programme "
            "org=United Nations Development Programme kind=appointed"
        ),
    },
    "Maria Olsen resigned as defence minister of Norway in June 2022.": {
        (
            "appoint person=Maria Olsen role=defence minister of Norway org=Norway date=2022-06 "
            "kind=resigned (ended)"
        ),
        "role person=Maria Olsen role=defence minister of Norway org=Norway kind=resigned (ended)",
    },
    "Karin Berg, chair of the Foreign Affairs Committee, was elected speaker of the Riigikogu.": {
        "appoint person=Karin Berg role=speaker of the Riigikogu org=Riigikogu kind=elected",
        "chair body=Foreign Affairs Committee chair=Karin Berg",
        "role person=Karin Berg role=chair of the Foreign Affairs Committee org=Foreign Affairs Committee",
        "role person=Karin Berg role=speaker of the Riigikogu org=Riigikogu kind=elected",
    },
    # speech
    (
        "“We must act now,” said Kari Solberg, Norway's foreign minister. “Time is short and the "
        "sea is rising.”"
    ): {
        "role person=Kari Solberg role=foreign minister org=Norway",
        "statement speaker=Kari Solberg quote=Time is short and the sea is rising.",
        "statement speaker=Kari Solberg quote=We must act now,",
    },
    (
        'Kari Solberg arrived in Cairo. She said the ice would not wait. She added: "Nor will we '
        'wait for it."'
    ): {
        "statement speaker=Kari Solberg",
        "statement speaker=Kari Solberg quote=Nor will we wait for it.",
        "visit person=Kari Solberg place=Cairo",
    },
    (
        "The National Glacier Authority (NGA) was launched in 2019. The rules will change in May, "
        "the NGA said."
    ): {
        "launch thing=National Glacier Authority date=2019",
        "statement speaker=NGA",
    },
    "According to the World Bank, trade has doubled.": {
        "statement speaker=World Bank",
    },
    "Kari Solberg said that Kazakhstan had chaired the Sahel Alliance in 2023.": {
        "chair body=Sahel Alliance chair=Kazakhstan year=2023 attributed_to=Kari Solberg (reported)",
        "statement speaker=Kari Solberg",
    },
    "Kuwait denied that it had signed an agreement with Iran.": {
        "agreement parties=Iran + Kuwait subject=agreement attributed_to=Kuwait (denied)",
        "statement speaker=Kuwait",
    },
    ("Kari Solberg, who chairs the Arctic Committee, called for peace and said that the ice was melting."): {
        "chair body=Arctic Committee chair=Kari Solberg",
        "statement speaker=Kari Solberg",
    },
    "Trade is expected to grow.": set(),
    "Yrsa Dunn, who worked for the Coal Board, said the mine was safe.": {
        "statement speaker=Yrsa Dunn",
    },
    "The minister will visit Cairo. Officials said it might rain.": {
        "visit person=minister place=Cairo (planned)",
    },
    # names, and who holds which post
    "Minister of Energy D. Askarova met K.Bekov in Oslo.": {
        "meeting participants=K.Bekov + D. Askarova place=Oslo",
        "role person=D. Askarova role=Minister of Energy",
    },
    "Kenyan Foreign Minister Walid al-Rashidi and Salem bin Faraj arrived in Cairo.": {
        "role person=Walid al-Rashidi role=Kenyan Foreign Minister org=Kenyan",
        "visit person=Salem bin Faraj place=Cairo",
        "visit person=Walid al-Rashidi place=Cairo",
    },
    "The talks went well, Murat Jaksybekov said.": {
        "statement speaker=Murat Jaksybekov",
    },
    (
        "Defence Minister Anna Berg, Foreign Minister Carlos Mendes and Speaker Olga Petersen sat "
        "in the hall."
    ): {
        "role person=Anna Berg role=Defence Minister",
        "role person=Carlos Mendes role=Foreign Minister",
        "role person=Olga Petersen role=Speaker",
    },
    "Prime Minister and Minister for Trade Anna Berg went home.": {
        "role person=Anna Berg role=Minister for Trade",
        "role person=Anna Berg role=Prime Minister",
    },
    "The president and Prime Minister Anna Berg went home.": {
        "role person=Anna Berg role=Prime Minister",
    },
    "Speaker of the Senate of Norway, member of the Water Council Olga Petersen, was late.": {
        "role person=Olga Petersen role=Speaker of the Senate of Norway org=Senate of Norway",
        "role person=Olga Petersen role=member of the Water Council org=Water Council",
    },
    "The Minister of Culture of Kenya, Mr. Carlos Mendes, was late.": {
        "role person=Carlos Mendes role=Minister of Culture of Kenya org=Kenya",
    },
    "Anna Berg, who also serves as finance minister, was late.": {
        "role person=Anna Berg role=finance minister",
    },
    "Carlos Mendes, who was the mayor of Oslo, was late.": {
        "role person=Carlos Mendes role=mayor of Oslo (ended)",
    },
    "Olga Petersen, currently mayor of Oslo, was late.": {
        "role person=Olga Petersen role=mayor of Oslo",
    },
    "The head of the Glacier Fund (GF) Anna Berg was late.": {
        "role person=Anna Berg role=head of the Glacier Fund org=Glacier Fund",
    },
    "UN Resident Coordinator in the Republic of Kenya Mikaila Frantsen was late.": {
        "role person=Mikaila Frantsen role=UN Resident Coordinator in the Republic of Kenya org=UN",
    },
    "The Speaker of the Landsting of Norway Gulmira Stenova was late.": {
        "role person=Gulmira Stenova role=Speaker of the Landsting of Norway org=Landsting",
    },
    "Anna Berg, chair of the Central Asian Women's Dialogue, was late.": {
        "chair body=Central Asian Women's Dialogue chair=Anna Berg",
        (
            "role person=Anna Berg role=chair of the Central Asian Women's Dialogue org=Central Asian "
            "Women's Dialogue"
        ),
    },
    "The minister will finance schools.": set(),
    # meetings, offices taken and left, and who is speaking
    "Carlos Mendes held a meeting in Oslo on 3 May 2022 with Foreign Minister Olga Petersen.": {
        "meeting participants=Carlos Mendes + Olga Petersen date=2022-05-03 place=Oslo",
        "role person=Olga Petersen role=Foreign Minister",
    },
    "Anna Berg had a phone call with Carlos Mendes on Monday.": {
        "meeting participants=Carlos Mendes + Anna Berg date=2023-12-04",
    },
    "Anna Berg spoke with Carlos Mendes in Rome.": {
        "meeting participants=Carlos Mendes + Anna Berg place=Rome",
    },
    (
        "Parliament on Monday elected former opposition leader Anna Berg as the country's new prime minister."
    ): {
        "appoint person=Anna Berg role=prime minister date=2023-12-04 kind=elected",
        "role person=Anna Berg role=opposition leader (ended)",
        "role person=Anna Berg role=prime minister kind=elected",
    },
    "The president sacked Defence Minister Carlos Mendes on 3 May 2022.": {
        "appoint person=Carlos Mendes role=Defence Minister date=2022-05-03 kind=dismissed (ended)",
        "role person=Carlos Mendes role=Defence Minister",
        "role person=Carlos Mendes role=Defence Minister kind=dismissed (ended)",
    },
    "The resignation of Justice Minister Olga Petersen came late.": {
        "appoint person=Olga Petersen role=Justice Minister kind=resigned (ended)",
        "role person=Olga Petersen role=Justice Minister",
        "role person=Olga Petersen role=Justice Minister kind=resigned (ended)",
    },
    "Carlos Mendes said during a visit to Cairo that the ice was melting.": {
        "statement speaker=Carlos Mendes",
        "visit person=Carlos Mendes place=Cairo",
    },
    "An agreement on fisheries between Norway and the Government of Kenya was signed in Oslo in 2021.": {
        "agreement parties=Norway + Government of Kenya subject=agreement on fisheries date=2021",
    },
    "Anna Berg was in Oslo. According to her, the ice is melting.": {
        "statement speaker=Anna Berg",
    },
    "Libyan officials said the vote would be late. Officials said so too.": {
        "statement speaker=Libyan officials",
    },
    (
        "Anna Berg opened the Oslo Water Forum. The event is supported by UNESCO in Kenya and the World Bank."
    ): {
        "event name=Oslo Water Forum",
        "support supporter=UNESCO supported=event",
        "support supporter=World Bank supported=event",
    },
    # an office that the sentence before has named no holder of; words that only look like speech
    "Anna Berg will visit Paris. The foreign secretary, who is seeking help, was late.": {
        "role person=Anna Berg role=foreign secretary",
        "visit person=Anna Berg place=Paris (planned)",
    },
    "Prime Minister Anna Berg was late. The foreign minister, who is seeking help, was late.": {
        "role person=Anna Berg role=Prime Minister",
    },
    "Carlos Mendes met Anna Berg. The president, who is seeking help, was late.": {
        "meeting participants=Carlos Mendes + Anna Berg",
    },
    (
        "The talks took place after the vote, which has raised questions about the EU's continued support."
    ): set(),
    (
        'Anna Berg left Oslo. "We thank Carlos Mendes for his long years of work," she said. He '
        "added that it was late."
    ): {
        "statement speaker=Anna Berg",
        "statement speaker=Anna Berg quote=We thank Carlos Mendes for his long years of work,",
    },
    "Norway's Mr Haugan told reporters Kenya was still late.": {
        "statement speaker=Haugan",
    },
    "Idrees Zamani was appointed acting foreign minister on 3 May 2022.": {
        "appoint person=Idrees Zamani role=acting foreign minister date=2022-05-03 kind=appointed",
        "role person=Idrees Zamani role=acting foreign minister kind=appointed",
    },
    "The leader of the Glacier Party (GP), Mireille Cossard, went home.": {
        "role person=Mireille Cossard role=leader of the Glacier Party org=Glacier Party",
    },
    (
        "Anna Berg arrived in Cairo on an unannounced visit. Carlos Mendes is on a three-day "
        "official visit to Oslo."
    ): {
        "visit person=Anna Berg place=Cairo",
        "visit person=Carlos Mendes place=Oslo",
    },
    "The resignation letter to Prime Minister Anna Berg came late.": {
        "role person=Anna Berg role=Prime Minister",
    },
    # family names that stand first, leaders, verbs with one subject, agreements
    "Premier Xin Jinhao of China met Carlos Mendes. Xin said it was late.": {
        "meeting participants=Carlos Mendes + Xin Jinhao",
        "role person=Xin Jinhao role=Premier org=China",
        "statement speaker=Xin",
    },
    "Chinese President Xin Jinhao was late. The Chinese leader said it was fine.": {
        "role person=Xin Jinhao role=Chinese President org=Chinese",
        "statement speaker=Chinese leader",
    },
    "Anna Berg told Carlos Mendes to go and urged Kenya to wait.": {
        "statement speaker=Anna Berg",
    },
    "The leaders of Norway and Kenya signed the Oslo Declaration.": {
        "agreement parties=Kenya + leaders of Norway subject=Oslo Declaration",
    },
    "Norway and Kenya signed nearly 20 deals on Monday.": {
        "agreement parties=Kenya + Norway subject=deals date=2023-12-04",
    },
    "The Portuguese president, Rui Mendes, is in Oslo on a state visit.": {
        "role person=Rui Mendes role=Portuguese president org=Portuguese",
        "visit person=Rui Mendes place=Oslo",
    },
    "Anna Berg left for Rome. Speaking in Paris, the prime minister was late.": {
        "role person=Anna Berg role=prime minister",
    },
    "Carlos Mendes has been sworn in as acting president hours after the funeral.": {
        "appoint person=Carlos Mendes role=acting president kind=appointed",
        "role person=Carlos Mendes role=acting president kind=appointed",
    },
    "An official said it was late.": set(),
    "A foreign ministry official said it was late.": {
        "statement speaker=foreign ministry official",
    },
    "Assistant Secretary-General for Human Resources Management Anna Berg was late.": {
        "role person=Anna Berg role=Assistant Secretary-General for Human Resources Management",
    },
    "Labour MP Anna Berg has resigned as chair of the Water Committee.": {
        (
            "appoint person=Anna Berg role=chair of the Water Committee org=Water Committee "
            "kind=resigned (ended)"
        ),
        "role person=Anna Berg role=Labour MP",
        "role person=Anna Berg role=chair of the Water Committee org=Water Committee kind=resigned (ended)",
    },
    # acronyms with full stops, chairs of bodies of states, states
    "Carlos Mendes met his U.S. counterpart Anna Berg.": {
        "meeting participants=Carlos Mendes + Anna Berg",
        "role person=Anna Berg role=U.S. counterpart org=U.S.",
    },
    "D. K. Smith and K.Bekov met U.S. President J. Berg.": {
        "meeting participants=K.Bekov + D. K. Smith + J. Berg",
        "role person=J. Berg role=U.S. President org=U.S.",
    },
    "Anna Berg was elected chair of ECOWAS on Monday.": {
        "appoint person=Anna Berg role=chair of ECOWAS org=ECOWAS date=2023-12-04 kind=elected",
        "chair body=ECOWAS chair=Anna Berg",
        "role person=Anna Berg role=chair of ECOWAS org=ECOWAS kind=elected",
    },
    "Anna Berg is the president of the World Bank.": {
        "role person=Anna Berg role=president of the World Bank org=World Bank",
    },
    "Anna Berg told ECOWAS states to wait.": {
        "statement speaker=Anna Berg",
    },
    # whose post it is
    "Senate Speaker Maulen Ospanov met Green Party leader Eamon Riordan.": {
        "meeting participants=Maulen Ospanov + Eamon Riordan",
        "role person=Eamon Riordan role=Green Party leader org=Green Party",
        "role person=Maulen Ospanov role=Senate Speaker org=Senate",
    },
    "Fine Gael leader Leo Varad met President Ann Smith of Kenya.": {
        "meeting participants=Ann Smith + Leo Varad",
        "role person=Ann Smith role=President org=Kenya",
        "role person=Leo Varad role=Fine Gael leader org=Fine Gael",
    },
    "Anna Berg, deputy chair of the Water Committee, was late.": {
        "role person=Anna Berg role=deputy chair of the Water Committee org=Water Committee",
    },
    "Senate Chairman Anna Berg was late.": {
        "role person=Anna Berg role=Senate Chairman org=Senate",
    },
    "OSCE Chairman-in-Office Anna Berg was late.": {
        "chair body=OSCE chair=Anna Berg",
        "role person=Anna Berg role=OSCE Chairman-in-Office org=OSCE",
    },
    # who is meant, meetings and visits told in passing, whose turn it is
    (
        "President Anna Berg was late. The Norwegian president said it was fine. Uzbek President "
        "Rustam Karimov left."
    ): {
        "role person=Anna Berg role=President",
        "role person=Rustam Karimov role=Uzbek President org=Uzbek",
        "statement speaker=Norwegian president",
    },
    "Idris al-Rashid met Carlos Mendes. Rashid said it was fine.": {
        "meeting participants=Idris al-Rashid + Carlos Mendes",
        "statement speaker=Rashid",
    },
    "Anna Berg said during a phone call with Carlos Mendes that it was late.": {
        "meeting participants=Carlos Mendes + Anna Berg",
        "statement speaker=Anna Berg",
    },
    "The visit of Kenyan Foreign Minister Anna Berg to Cairo was short.": {
        "role person=Anna Berg role=Kenyan Foreign Minister org=Kenyan",
        "visit person=Anna Berg place=Cairo",
    },
    "Germany, which took over the G7 Presidency in 2022, was late.": {
        "chair body=G7 chair=Germany year=2022 kind=handover",
    },
    "They held a meeting in Oslo on Monday.": set(),
    "Anna Berg appealed for calm and referred to the vote.": {
        "statement speaker=Anna Berg",
    },
    # verbs that speak only where words follow
    "Anna Berg added a seat to the board. Carlos Mendes continued his work.": {
        "statement speaker=Carlos Mendes",
    },
    'Anna Berg added: "We must wait for the ice." The sea is rising, Carlos Mendes added.': {
        "statement speaker=Anna Berg quote=We must wait for the ice.",
        "statement speaker=Carlos Mendes",
    },
    # bodies by their last noun, events told in a participle
    "Anna Berg voiced support for the Aral Rivers Initiative, launched by Kazakhstan in 2021.": {
        "launch thing=Aral Rivers Initiative date=2021 by=Kazakhstan",
        "statement speaker=Anna Berg",
        "support supporter=Anna Berg supported=Aral Rivers Initiative",
    },
    (
        "The second Forum on Water, co-organised by the Ministry of Ecology, got under way in "
        "Astana on Monday."
    ): {
        (
            "event name=second Forum on Water date=2023-12-04 place=Astana host_or_organiser=Ministry "
            "of Ecology"
        ),
    },
    "The European Commission met in Oslo. The commission condemned the vote.": {
        "statement speaker=commission",
    },
    "Anna Berg paid a courtesy call on Carlos Mendes and spoke highly of Kenya.": {
        "meeting participants=Carlos Mendes + Anna Berg",
        "statement speaker=Anna Berg",
    },
    # a city with its country
    "The Water Forum was held in Bergen, Norway, in February 1976.": {
        "event name=Water Forum date=1976-02 place=Bergen",
    },
    "Anna Berg met Carlos Mendes in Paris, France, on Monday.": {
        "meeting participants=Carlos Mendes + Anna Berg date=2023-12-04 place=Paris",
    },
    "Anna Berg visited Oslo, Norway, in May 2022.": {
        "visit person=Anna Berg place=Oslo date=2022-05",
    },
    "Anna Berg visited Norway, Kenya, and Chad.": {
        "visit person=Anna Berg place=Chad",
        "visit person=Anna Berg place=Kenya",
        "visit person=Anna Berg place=Norway",
    },
    # a rank and the portfolio before the minister
    "Kenya's first deputy foreign minister, Ann Berg, saw Carlos Mendes, deputy trade and industry minister of Chad.": {
        "role person=Ann Berg role=first deputy foreign minister org=Kenya",
        "role person=Carlos Mendes role=deputy trade and industry minister of Chad org=Chad",
    },
    "The council appointed Ann Berg, a former Kenyan envoy, to serve as deputy director of the Coal Board.": {
        "appoint person=Ann Berg role=deputy director of the Coal Board org=Coal Board kind=appointed",
        "role person=Ann Berg role=Kenyan envoy org=Kenyan (ended)",
        "role person=Ann Berg role=deputy director of the Coal Board org=Coal Board kind=appointed",
    },
    # meetings that two sides hold, and not with others
    "Kenya and Chad held consultations in Oslo on Monday.": {
        "meeting participants=Chad + Kenya date=2023-12-04 place=Oslo",
    },
    "Kenya and Chad held consultations with partners in Oslo on Monday.": set(),
    "Ann Berg and Carlos Mendes discussed the price of coal.": {
        "meeting participants=Carlos Mendes + Ann Berg",
    },
    "Ann Berg and Carlos Mendes discussed the price of coal with reporters.": set(),
    # taking office
    "Ann Berg took up the post of director of the Coal Board in May 2023.": {
        "appoint person=Ann Berg role=director of the Coal Board org=Coal Board date=2023-05 kind=appointed",
        "role person=Ann Berg role=director of the Coal Board org=Coal Board kind=appointed",
    },
    # parts and beginnings
    "The Coal Board is one of the agencies of the Union of Mines. The Mine Museum Fund belongs to the Coal Board.": {
        "part part=Coal Board whole=Union of Mines",
        "part part=Mine Museum Fund whole=Coal Board",
    },
    "Since the establishment of the Coal Fund in 1990, prices have risen. The Miners' Union dates back to 1911. The Coal Institute has existed since 1950.": {
        "launch thing=Coal Fund date=1990",
        "launch thing=Miners' Union date=1911",
        "launch thing=Coal Institute date=1950",
    },
    "The Lakes Initiative was unveiled in Oslo in May 2023.": {
        "launch thing=Lakes Initiative date=2023-05",
    },
    # who sat in the chair
    "The Lakes Forum opened in Oslo in May 2023 with Ann Berg presiding.": {
        "chair body=Lakes Forum chair=Ann Berg year=2023",
        "event name=Lakes Forum date=2023-05 place=Oslo",
    },
    "The budget was adopted at a meeting chaired by Ann Berg.": {
        "chair body=meeting chair=Ann Berg",
    },
    # what was called off or put off, never was, or did not come to be
    "The Lakes Forum in Oslo has been called off.": {
        "event name=Lakes Forum place=Oslo (denied)",
    },
    "The Lakes Forum in Oslo was postponed.": {
        "event name=Lakes Forum place=Oslo (planned)",
    },
    "Ann Berg has never been to Chad.": {
        "visit person=Ann Berg place=Chad (denied)",
    },
    "Neither Kenya nor Norway has joined the Coal Alliance.": {
        "join member=Kenya group=Coal Alliance kind=joined (denied)",
        "join member=Norway group=Coal Alliance kind=joined (denied)",
    },
    "Ann Berg was born in Oslo on 2 May 1970 and was buried in Paris in 2020.": set(),
    "President Carson Avenue and King Harald Road have been closed.": set(),
    # somebody whom nothing but what is done tells
    "Florence Okafor will not meet Carlos Mendes.": {
        "meeting participants=Carlos Mendes + Florence Okafor (denied)",
    },
    "The Lakes Forum, chaired by Oluchi Adeyinka, opened in Oslo in May 2023.": {
        "chair body=Lakes Forum chair=Oluchi Adeyinka",
        "event name=Lakes Forum date=2023-05 place=Oslo",
    },
    '"The coal has run out," said Oluchi Adeyinka.': {
        "statement speaker=Oluchi Adeyinka quote=The coal has run out,",
    },
    "Oluchi Adeyinka has been Kenya's envoy to Chad since 2019.": {
        "role person=Oluchi Adeyinka role=envoy to Chad org=Kenya",
    },
    '"The mine will be closed," Energy Minister Ann Berg wrote on Monday.': {
        "role person=Ann Berg role=Energy Minister",
        "statement speaker=Ann Berg quote=The mine will be closed,",
    },
    # no office of today, no condition
    "Former Kenyan energy minister Ann Berg has retired from politics.": {
        "role person=Ann Berg role=Kenyan energy minister org=Kenyan (ended)",
    },
    "Had Kenya signed the Coal Treaty, prices would have fallen.": set(),
    "Should Kenya join the Coal Alliance, prices will fall.": set(),
    # titles in quotation marks, before and after the word for what they name
    'Kenya unveiled the "Green Hills" portal in Oslo; the festival "Songs of Coal" opened in Oslo in May 2023.': {
        'launch thing="Green Hills" portal by=Kenya',
        'event name=festival "Songs of Coal" date=2023-05 place=Oslo',
    },
    # members, delegations
    "Kenya is a founding member of the Coal Union.": {
        "join member=Kenya group=Coal Union",
    },
    "Norway became a full member of the Coal Union in 2020.": {
        "join member=Norway group=Coal Union date=2020 kind=joined",
    },
    "Ann Berg is a member of the Coal Board.": {
        "role person=Ann Berg role=member of the Coal Board org=Coal Board",
    },
    "Ann Berg welcomed a delegation of the Coal Board on Monday.": {
        "meeting participants=delegation of the Coal Board + Ann Berg date=2023-12-04",
        "statement speaker=Ann Berg",
    },
    # who does it stands after the visit, or before a participle
    "On her first visit to Chad, Ann Berg opened a mine.": {
        "visit person=Ann Berg place=Chad",
    },
    "Ann Berg said during a visit to Oslo that Carlos Mendes would stay.": {
        "statement speaker=Ann Berg",
        "visit person=Ann Berg place=Oslo",
    },
    "The Coal Summit hosted in Oslo resulted in the creation of the Coal Fund.": {
        "event name=Coal Summit place=Oslo",
        "launch thing=Coal Fund by=Coal Summit",
    },
    "The Miners' Union completed the Deep Shaft Project with assistance from Norway.": {
        "support supporter=Norway supported=Deep Shaft Project",
    },
    # whose body it is, and who says what stands before
    "Ann Berg resigned as president of the Senate. Carlos Mendes is the speaker of Kenya's parliament.": {
        "appoint person=Ann Berg role=president of the Senate org=Senate kind=resigned (ended)",
        "role person=Ann Berg role=president of the Senate org=Senate kind=resigned (ended)",
        "role person=Carlos Mendes role=speaker of Kenya's parliament org=parliament",
    },
    "Kenya joined the Coal Union in May 2023, government spokesman Carlos Mendes said.": {
        "join member=Kenya group=Coal Union date=2023-05 kind=joined attributed_to=Carlos Mendes (reported)",
        "role person=Carlos Mendes role=government spokesman",
        "statement speaker=Carlos Mendes",
    },
    # bodies of two portfolios, events told of in a relative clause
    "A meeting of the Energy and Transport Committee was held in Oslo on Monday.": {
        "event name=meeting of the Energy and Transport Committee date=2023-12-04 place=Oslo",
    },
    "Miners spoke at the coal conference that was held in Oslo in 2020.": {
        "event name=coal conference date=2020 place=Oslo",
    },
    "Oslo Marathon will be held in May 2024.": set(),
    # nothing
    "The prime minister's questions are held on Wednesdays.": set(),
    "May and March are names of months, and may march on.": set(),
    "Under the Norwegian presidency, the Council of Rivers admitted Chad.": {
        "chair body=Council of Rivers chair=Norwegian",
        "join member=Chad group=Council of Rivers kind=joined",
    },
    "The Council of Rivers was chaired by Chile (2021), Peru (2022) and Kenya (2023).": {
        "chair body=Council of Rivers chair=Chile year=2021",
        "chair body=Council of Rivers chair=Kenya year=2023",
        "chair body=Council of Rivers chair=Peru year=2022",
    },
    "MPs Peter Novak, Daniel Noor, and Anna Weber came.": {
        "role person=Anna Weber role=MPs",
        "role person=Daniel Noor role=MPs",
        "role person=Peter Novak role=MPs",
    },
    "The Dunes Alliance comprises three members: Libya, Niger and Chad.": {
        "join member=Chad group=Dunes Alliance",
        "join member=Libya group=Dunes Alliance",
        "join member=Niger group=Dunes Alliance",
    },
    "Chile backed Peru's bid to join the Council of Rivers.": {
        "join member=Peru group=Council of Rivers kind=joined (planned)",
    },
    "Norway's accession to the Council of Rivers in 2020 was welcomed.": {
        "join member=Norway group=Council of Rivers date=2020 kind=joined",
    },
    "Germany pledged 5 million euros in support of the Seeds Programme.": {
        "statement speaker=Germany",
        "support supporter=Germany supported=Seeds Programme",
    },
    "Norway is committed to supporting Moldova.": {
        "support supporter=Norway supported=Moldova",
    },
    "Chile took over from Peru the chairmanship of the Council of Rivers.": {
        "chair body=Council of Rivers chair=Chile kind=handover",
        "chair body=Council of Rivers chair=Peru (ended)",
    },
    "Peru won the rotating chairmanship of the 53-member Council of Rivers.": {
        "chair body=Council of Rivers chair=Peru",
    },
    "The talks were led by the Minister of Trade, H.E. Yalchin Rafiyev.": {
        "role person=Yalchin Rafiyev role=Minister of Trade",
    },
    "Anna Weber, head of the Parliament's Staff, resigned.": {
        "role person=Anna Weber role=head of the Parliament's Staff org=Parliament",
    },
    "Ann Smith, who chaired the session, declared it open.": {
        "chair body=session chair=Ann Smith",
        "event name=session",
    },
    "The conference was held on 4 May in Oslo.": {
        "event name=conference date=2023-05-04 place=Oslo",
    },
    "Ann Smith will visit Oslo on 4 May.": {
        "visit person=Ann Smith place=Oslo date=2024-05-04 (planned)",
    },
    "Ann Smith and Tom Brown were elected deputy chairpersons.": {
        "appoint person=Ann Smith role=deputy chairpersons kind=elected",
        "appoint person=Tom Brown role=deputy chairpersons kind=elected",
        "role person=Ann Smith role=deputy chairpersons kind=elected",
        "role person=Tom Brown role=deputy chairpersons kind=elected",
    },
    "Ann Smith was elected by acclamation as chair of the Forum of Rivers.": {
        "appoint person=Ann Smith role=chair of the Forum of Rivers kind=elected",
        "chair body=Forum of Rivers chair=Ann Smith",
        "role person=Ann Smith role=chair of the Forum of Rivers kind=elected",
    },
    "The Seeds Programme is being supported with a grant from the World Bank.": {
        "support supporter=World Bank supported=Seeds Programme",
    },
    "At the meeting with Ambassador Tom Brown, the president said it was late.": {
        "meeting participants=Tom Brown + president",
        "role person=Tom Brown role=Ambassador",
        "statement speaker=president",
    },
    "Ann Smith was elected chair of the Forum of Rivers at the ongoing summit.": {
        "appoint person=Ann Smith role=chair of the Forum of Rivers kind=elected",
        "chair body=Forum of Rivers chair=Ann Smith",
        "role person=Ann Smith role=chair of the Forum of Rivers kind=elected",
    },
    "Belgium took the helm of the Council of Rivers.": {
        "chair body=Council of Rivers chair=Belgium kind=handover",
    },
    "Chaired by Minister Ann Smith, the meeting discussed water.": {
        "chair body=meeting chair=Ann Smith",
        "role person=Ann Smith role=Minister",
    },
    "The 53rd ECOWAS Heads of State summit took place in Lome.": {
        "event name=53rd ECOWAS Heads of State summit place=Lome",
    },
}


@pytest.mark.parametrize(("text", "expected"), SENTENCES.items(), ids=range(len(SENTENCES)))
def test_a_sentence_states(text: str, expected: set[str]) -> None:
    assert stated(text, "en") == expected


def test_a_body_of_one_country_is_not_that_of_another() -> None:
    text = "Kenya's parliament said it would wait. Chad's parliament said it had waited."
    found = extract(Article("test", "en", text), knowledge.load())
    assert len({fact.subject for fact in found.facts if fact.predicate == KH.said}) == 2
