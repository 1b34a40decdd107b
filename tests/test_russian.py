"""Russian sentences in our own words, and what they state."""

from __future__ import annotations

import pytest
from rdflib import URIRef
from reading import PUBLISHED, stated

from khabar import knowledge
from khabar.extraction import extract
from khabar.model import Article, Reading
from khabar.text.recognise import recognise
from khabar.text.segment import segment
from khabar.vocab import KH

MARKED = {  # what is marked as [surface](class) is found where it stands; what is unmarked stays unmarked
    "a chain of genitives": "[Министр иностранных дел Казахстана](Post) прилетел.",
    "a body with what it is for": "[Комитет по международным делам Совета Федерации](Organization) заседал.",
    "adjectives before the head": "Работал [Региональный центр по превентивной дипломатии](Organization).",
    "a platform": "В [Диалоге женщин Центральной Азии](Platform) появились новички.",
    "a name in the same case": "Разговор с [министром обороны](Post) [Иваном Громовым](Person) закончен.",
    "a name in another case": "[Министр обороны](Post) [Иван Громов](Person) устал.",
    "a genitive before a name": "Речь [спикера Сената](Post) [Маулена Сарсенова](Person) была короткой.",
    "where, not what": "[Международный форум](Forum) в [Омске](City) закрылся.",
    "whither, not where": "Поездка [канцлера Германии](Post) в [Казахстан](Country) отложена.",
    "an ambassador": "[Посол Казахстана в Германии](Post) промолчал.",
    "a last name tells": "По улице шла [Айнура Байтенова](Person).",
    "acting": "[И. о. министра культуры](Post) [Олег Зимин](Person) болен.",
    "a quoted name": "[Партия «Единый берег»](Organization) выиграла.",
    "joined adjectives": "Прибыл [Чрезвычайный и Полномочный Посол Финляндии](Post) [Пекка Лахти](Person).",
    "initials": "Мы видели [И. П. Громова](Person), [А.Б. Зимина](Person) и других.",
    "noble particles": "Разговор с [Урсулой фон дер Штайн](Person) и [Халидом ас-Сабрани](Person) закончен.",
    "a last name first": "Тогда [Громов Иван Петрович](Person) вышел.",
    "a name like a small word": "Приехал [посол КНР в РФ](Post) [Ли Сунь](Person).",
    "a post with a body nobody knows": "Устал [глава Росмоста](Post) [Юрий Громов](Person).",
    "a faction": "Устал [депутат от фракции «Берег»](Post) [Иван Громов](Person).",
    "an office's press service": "Молчит [пресс-служба главы государства](Organization).",
    "a house of a parliament": "Устал [председатель Сената Олий Мажлиса](Post) [Иван Громов](Person).",
    "one of several": "Ушли с поста [главы Торговой палаты](Post).",
    "a city with what it is": "Живут в [городе](City) [Ташкенте](City).",
    "an adjective is no noun": "Новый мост открыли вчера.",
    "small words": "Цены на хлеб выросли на два процента.",
}

SENTENCES = {
    "Саммит проходит на острове Бали под председательством министра культуры Анны Громовой.": {
        "event name=Саммит place=острове Бали",
        "chair body=Саммит chair=Анны Громовой",
        "role person=Анны Громовой role=министра культуры",
    },
    "Иван Петров провёл переговоры со своим белорусским коллегой Павлом Громовым.": {
        "meeting participants=Павлом Громовым + Иван Петров",
        "role person=Павлом Громовым role=белорусским коллегой org=белорусским",
    },
    "В форуме примут участие министр культуры Анна Громова и посол Иван Петров.": {
        "role person=Анна Громова role=министр культуры",
        "role person=Иван Петров role=посол",
    },
    # roles stand before or after their holder, and agree with him
    "Спикер парламента Грузии Шалва Карели заявил, что страна готова к переговорам.": {
        "role person=Шалва Карели role=Спикер парламента Грузии org=парламента Грузии",
        "statement speaker=Шалва Карели",
    },
    "Елена Соколова, посол Казахстана в Германии, посетила Бонн.": {
        "role person=Елена Соколова role=посол Казахстана в Германии org=Казахстана",
        "visit person=Елена Соколова place=Бонн",
    },
    "Бывший министр обороны Иван Громов прибыл в Ташкент 3 мая 2022 года.": {
        "role person=Иван Громов role=министр обороны (ended)",
        "visit person=Иван Громов place=Ташкент date=2022-05-03",
    },
    "Экс-глава МИД Молдовы Николай Попа посетит Киев.": {
        "role person=Николай Попа role=Экс-глава МИД Молдовы org=МИД Молдовы (ended)",
        "visit person=Николай Попа place=Киев (planned)",
    },
    "Министром обороны Елена Соколова была недолго.": set(),  # what she was, not what she is
    # chairs: verb, noun, preposition; a verb that a dash stands for; what is yet to come
    "Туркменистан председательствовал в Союзе портовых городов в 2021 году, Грузия — в 2022 году.": {
        "chair body=Союзе портовых городов chair=Грузия year=2022",
        "chair body=Союзе портовых городов chair=Туркменистан year=2021",
    },
    "Союз портовых городов растет. В 2021 году в нём председательствовала Грузия, в 2022 году – Армения.": {
        "chair body=Союз портовых городов chair=Армения year=2022",
        "chair body=Союз портовых городов chair=Грузия year=2021",
    },
    "Председательство Казахстана в Союзе портовых городов начнется в январе.": {
        "chair body=Союзе портовых городов chair=Казахстана (planned)",
    },
    "Форум женщин Центральной Азии прошел в Бишкеке 12 мая 2021 года под председательством Казахстана.": {
        "chair body=Форум женщин Центральной Азии chair=Казахстана year=2021",
        "event name=Форум женщин Центральной Азии date=2021-05-12 place=Бишкеке",
    },
    # support: either side may stand first, and the verb agrees with its subject
    "Комитет по культуре Совета Федерации поддержал инициативу Узбекистана.": {
        "support supporter=Комитет по культуре Совета Федерации supported=инициативу Узбекистана",
    },
    "Программу зеленых городов поддержали Казахстан и Грузия.": {
        "support supporter=Грузия supported=Программу зеленых городов",
        "support supporter=Казахстан supported=Программу зеленых городов",
    },
    "Казахстан создал Фонд зеленых городов при поддержке ЮНЕСКО.": {
        "launch thing=Фонд зеленых городов by=Казахстан",
        "support supporter=ЮНЕСКО supported=Фонд зеленых городов",
    },
    "И. о. министра культуры Олег Зимин не поддержал законопроект о кино.": {
        "role person=Олег Зимин role=И. о. министра культуры",
        "support supporter=Олег Зимин supported=законопроект о кино (denied)",
    },
    # founding and joining
    "Союз портовых городов был основан в марте 2015 года.": {
        "launch thing=Союз портовых городов date=2015-03",
    },
    "Форум провела Ассоциация горных сел, созданная в 2016 году.": {
        "event name=Форум host_or_organiser=Ассоциация горных сел",
        "launch thing=Ассоциация горных сел date=2016",
    },
    "Грузия присоединилась к Союзу портовых городов в 2018 году.": {
        "join member=Грузия group=Союзу портовых городов date=2018 kind=joined",
    },
    "В Союз портовых городов входят Казахстан и Армения.": {
        "join member=Армения group=Союз портовых городов",
        "join member=Казахстан group=Союз портовых городов",
    },
    "Молдова не присоединилась к Союзу портовых городов.": {
        "join member=Молдова group=Союзу портовых городов kind=joined (denied)",
    },
    # events with time and place on either side of the verb
    "В июне прошлого года в Ташкенте состоялась Международная конференция по водным ресурсам.": {
        "event name=Международная конференция по водным ресурсам date=2022-06 place=Ташкенте",
    },
    "Алматы примет Международный форум городов в апреле следующего года.": {
        "event name=Международный форум городов date=2024-04 place=Алматы host_or_organiser=Алматы (planned)",
    },
    # meetings, visits, agreements
    "Министр обороны Кемаль Арслан провел переговоры с Сергеем Громовым в Анкаре.": {
        "meeting participants=Кемаль Арслан + Сергеем Громовым place=Анкаре",
        "role person=Кемаль Арслан role=Министр обороны",
    },
    "Встреча Ивана Громова с Еленой Соколовой состоялась в Женеве.": {
        "meeting participants=Еленой Соколовой + Ивана Громова place=Женеве",
    },
    "Визит канцлера Германии в Казахстан завершился.": {
        "visit person=канцлера Германии place=Казахстан",
    },
    "Премьер-министр Польши планирует посетить Киев.": {
        "visit person=Премьер-министр Польши place=Киев (planned)",
    },
    "Договор о дружбе подписали Казахстан и Узбекистан.": {
        "agreement parties=Казахстан + Узбекистан subject=Договор о дружбе",
    },
    # taking and leaving office: what somebody becomes stands in the instrumental
    "Ахмет Байтенов назначен министром финансов Казахстана 5 июля 2021 года.": {
        "appoint person=Ахмет Байтенов role=министром финансов Казахстана org=Казахстана date=2021-07-05 "
        "kind=appointed",
        "role person=Ахмет Байтенов role=министром финансов Казахстана org=Казахстана kind=appointed",
    },
    "Председателем комитета избран мэр Омска Олег Зимин.": {
        "appoint person=Олег Зимин role=Председателем комитета org=комитета kind=elected",
        "role person=Олег Зимин role=Председателем комитета org=комитета kind=elected",
        "chair body=комитета chair=Олег Зимин",
        "role person=Олег Зимин role=мэр Омска org=Омска",
    },
    "Олег Зимин освобожден от должности министра культуры.": {
        "appoint person=Олег Зимин role=министра культуры kind=dismissed (ended)",
        "role person=Олег Зимин role=министра культуры kind=dismissed (ended)",
    },
    # who speaks: before the words, after them, amid them, by a pronoun, by his account
    "«Мы готовы к диалогу», — сказала Елена Соколова. Она добавила: «Решение примут весной».": {
        "statement speaker=Елена Соколова quote=Мы готовы к диалогу",
        "statement speaker=Елена Соколова quote=Решение примут весной",
    },
    "Мост построят весной, сообщил мэр Омска Олег Зимин. По его словам, деньги выделены.": {
        "role person=Олег Зимин role=мэр Омска org=Омска",
        "statement speaker=Олег Зимин",
    },
    "Урожай, по словам Елены Соколовой, будет хорошим.": {
        "statement speaker=Елены Соколовой",
    },
    "Олег Зимин подчеркнул, что Грузия присоединилась к Союзу портовых городов.": {
        "join member=Грузия group=Союзу портовых городов kind=joined attributed_to=Олег Зимин (reported)",
        "statement speaker=Олег Зимин",
    },
    "Москва заявила, что ответит.": {"statement speaker=Москва"},
    # posts in a row, ranks, dashes; who held which
    "Встреча вице-премьера, министра финансов Ивана Громова с Еленой Соколовой прошла в Омске.": {
        "meeting participants=Еленой Соколовой + Ивана Громова place=Омске",
        "role person=Ивана Громова role=вице-премьера",
        "role person=Ивана Громова role=министра финансов",
    },
    "Министр обороны генерал-полковник Иван Громов посетил Омск.": {
        "role person=Иван Громов role=Министр обороны",
        "visit person=Иван Громов place=Омск",
    },
    "Иван Громов — член партии «Берег».": {
        "role person=Иван Громов role=член партии «Берег» org=партии «Берег»",
    },
    "Иван Громов занимал пост министра культуры.": {
        "role person=Иван Громов role=министра культуры (ended)",
    },
    "По словам А. Громан, новый посол будет работать.": {"statement speaker=А. Громан"},
    # taking and leaving office, in other words
    "Спикером парламента стал Бакыт Эсенов.": {
        "appoint person=Бакыт Эсенов role=Спикером парламента org=парламента kind=appointed",
        "role person=Бакыт Эсенов role=Спикером парламента org=парламента kind=appointed",
    },
    "Подписан указ о назначении Ивана Громова министром культуры.": {
        "appoint person=Ивана Громова role=министром культуры kind=appointed",
        "role person=Ивана Громова role=министром культуры kind=appointed",
    },
    "Лукан Ветель избран мэром Омска.": {
        "appoint person=Лукан Ветель role=мэром Омска org=Омска kind=elected",
        "role person=Лукан Ветель role=мэром Омска org=Омска kind=elected",
    },
    "Олег Зимин ушел в отставку с поста главы Торговой палаты.": {
        "appoint person=Олег Зимин role=главы Торговой палаты org=Торговой палаты kind=resigned (ended)",
        "role person=Олег Зимин role=главы Торговой палаты org=Торговой палаты kind=resigned (ended)",
    },
    "Министр культуры Олег Зимин подал в отставку.": {
        "appoint person=Олег Зимин role=Министр культуры kind=resigned (ended)",
        "role person=Олег Зимин role=Министр культуры",
        "role person=Олег Зимин role=Министр культуры kind=resigned (ended)",
    },
    "Президент принял отставку министра культуры Олега Зимина.": {  # and met nobody
        "appoint person=Олега Зимина role=министра культуры kind=resigned (ended)",
        "role person=Олега Зимина role=министра культуры",
        "role person=Олега Зимина role=министра культуры kind=resigned (ended)",
    },
    # talks and documents
    "Грузия и Армения обсудили планы.": set(),  # as neighbours do every day
    "Иван Громов и Олег Зимин обсудили по телефону планы.": {
        "meeting participants=Иван Громов + Олег Зимин",
    },
    "Состоялся разговор по телефону Ивана Громова с Олегом Зиминым.": {
        "meeting participants=Ивана Громова + Олегом Зиминым",
    },
    "В Омске между Грузией и Арменией подписан меморандум о дружбе.": {
        "agreement parties=Арменией + Грузией subject=меморандум о дружбе",
    },
    "Ведомства заключили соглашение о дружбе.": {
        "agreement parties=Ведомства subject=соглашение о дружбе",
    },
    # chairs, members, supporters
    "Заседание Комитета по культуре провел сенатор Иван Громов.": {
        "chair body=Заседание Комитета по культуре chair=Иван Громов",
        "event name=Заседание Комитета по культуре",
        "role person=Иван Громов role=сенатор",
    },
    "Союз портовых городов создан в 2015 году по инициативе Грузии. В него входит Армения.": {
        "join member=Армения group=Союз портовых городов",
        "launch thing=Союз портовых городов date=2015 by=Грузии",
    },
    "Грузия передала председательство в СНГ Армении.": {
        "chair body=СНГ chair=Армении kind=handover",
    },
    "Иван Громов в ходе рабочей поездки в Вену отдыхал.": {"visit person=Иван Громов place=Вену"},
    "Парламент поддержал законопроект.": {"support supporter=Парламент supported=законопроект"},
    "Парламент поддержал кандидатуру Ивана Громова.": set(),  # his candidacy, not him
    # who speaks
    "Посол Японии, в свою очередь, отметил, что мост построят.": {"statement speaker=Посол Японии"},
    "«Мы готовы к диалогу», — говорится в сообщении МИД Казахстана.": {
        "statement speaker=МИД Казахстана quote=Мы готовы к диалогу",
    },
    "Мост построят весной, сообщили в пресс-службе сената.": {"statement speaker=пресс-службе сената"},
    "Мост построят, сообщил Иван Громов. Он добавил, что деньги есть.": {"statement speaker=Иван Громов"},
    "«Грузия единодушно высказалась за мир в регионе», — сказал Иван Громов.": {
        "statement speaker=Иван Громов quote=Грузия единодушно высказалась за мир в регионе",
    },
    "МИД Казахстана молчит. «Мост построят весной», — говорится в документе.": set(),  # whose?
    "МИД Казахстана заявил, что готов. «Мост построят весной», — говорится в документе.": {
        "statement speaker=МИД Казахстана",
        "statement speaker=МИД Казахстана quote=Мост построят весной",
    },
    "Дороги готовы, сообщили в пресс-службе сената по итогам встречи.": {
        "statement speaker=пресс-службе сената",
    },
    "Иван Громов, депутат сената, заявил, что мост готов, сообщает «Голос столицы».": {
        "role person=Иван Громов role=депутат сената org=сената",
        "statement speaker=Иван Громов",
    },
    "Позднее секретарь Союза портовых городов (СПГ) Чжан Лунь заявил, что рад.": {
        "role person=Чжан Лунь role=секретарь Союза портовых городов org=Союза портовых городов",
        "statement speaker=Чжан Лунь",
    },
    "Иван Громов призвал помочь.": {"statement speaker=Иван Громов"},
    # quotations with names in quotation marks
    'Иван Громов сказал: "Страны "Большой семерки" едины во мнении".': {
        'statement speaker=Иван Громов quote=Страны "Большой семерки" едины во мнении',
    },
    # «the sides» are those of the last meeting
    "Грузия провела переговоры с Арменией. Стороны подписали меморандум о дружбе.": {
        "agreement parties=Арменией + Грузия subject=меморандум о дружбе",
        "meeting participants=Арменией + Грузия",
    },
    # what only looks like a fact
    "Россия граничит с Казахстаном.": set(),
    "Иван Громов родился в Омске в 1970 году.": set(),
    "Депутаты обсудили бюджет и приняли закон.": set(),
    "В город прибыла делегация.": set(),
    # nobody knows the given name, but where it stands only somebody does
    "«Мост почти достроен, — пояснила Нелли Громова, — и откроется летом».": {
        "statement speaker=Нелли Громова",
    },
    "«Дождь нам не помеха», — сказал Ульрих Брандт.": {
        "statement speaker=Ульрих Брандт quote=Дождь нам не помеха",
    },
    "По словам Ренаты Клаус, река обмелела.": {
        "statement speaker=Ренаты Клаус",
    },
    "Вчера встретились Ульрих Брандт и Анна Громова.": {
        "meeting participants=Анна Громова + Ульрих Брандт date=2023-12-05",
    },
    "Сообщила Вечерняя Нива, что мост открыт.": set(),
    # what a body is called after does not end at a word of an unusual look
    "Совет речных крепостей поддержала Грузия.": {
        "support supporter=Грузия supported=Совет речных крепостей",
    },
    "Казахстан принял Международный форум по Аралу.": {
        "event name=Международный форум по Аралу host_or_organiser=Казахстан",
    },
    "Вчера в Омске завершилась 12-я сессия Союза сельских школ.": {
        "event name=12-я сессия Союза сельских школ date=2023-12-05 place=Омске",
    },
    # further verbs of support, launching, membership and meetings
    "Союз портовых городов пользуется поддержкой Грузии.": {
        "support supporter=Грузии supported=Союз портовых городов",
    },
    "Лига садоводов существует с 1930 года.": {
        "launch thing=Лига садоводов date=1930",
    },
    "Союз садоводов основал в 2001 году Пётр Громов.": {
        "launch thing=Союз садоводов date=2001 by=Пётр Громов",
    },
    "В прошлом году Грузия и Армения провели переговоры в Омске.": {
        "meeting participants=Армения + Грузия date=2022 place=Омске",
    },
    "Иван Громов с Анной Зиминой не встречался.": {
        "meeting participants=Анной Зиминой + Иван Громов (denied)",
    },
    "Обсерватория снега входит в состав Союза портовых городов.": {
        "part part=Обсерватория снега whole=Союза портовых городов",
    },
    "Грузия входит в состав Союза портовых городов.": {
        "join member=Грузия group=Союза портовых городов",
    },
    "Иван Громов побывал в Вене 3 мая 2022 года.": {
        "visit person=Иван Громов place=Вене date=2022-05-03",
    },
    "С 3 по 5 мая 2022 года Иван Громов находился с визитом в Вене.": {
        "visit person=Иван Громов place=Вене date=2022-05-03 date_end=2022-05-05",
    },
    "Иван Громов никогда не бывал в Вене.": {
        "visit person=Иван Громов place=Вене (denied)",
    },
    "Жюри под председательством Анны Громовой разошлось.": {
        "chair body=Жюри chair=Анны Громовой",
    },
    "Грузия вступила в Лигу сельских школ, запущенную в 2016 году.": {
        "join member=Грузия group=Лигу сельских школ kind=joined",
        "launch thing=Лигу сельских школ date=2016",
    },
    "Форум стран Поволжья прошёл в Омске.": {
        "event name=Форум стран Поволжья place=Омске",
    },
    # a period that another shares its noun with, or that stands before «председательство»
    "В 2014 и 2015 годах в Союзе садоводов председательствовала Грузия.": {
        "chair body=Союзе садоводов chair=Грузия year=2014",
        "chair body=Союзе садоводов chair=Грузия year=2015",
    },
    "В 2019 году председательство в Союзе садоводов перешло от Перу к Чили.": {
        "chair body=Союзе садоводов chair=Чили year=2019 kind=handover",
        "chair body=Союзе садоводов chair=Перу (ended)",
    },
    # what has been called off, and what a participle tells of
    "Фестиваль садов в Омске отменён.": {
        "event name=Фестиваль садов place=Омске (denied)",
    },
    "Учёные спорили на конференции по землетрясениям, состоявшейся в Омске в 2020 году.": {
        "event name=конференции по землетрясениям date=2020 place=Омске",
    },
    "«Мост готов», — сообщил Иван Громов.": {
        "statement speaker=Иван Громов quote=Мост готов",
    },
    "Грузия вступила в Африканский союз садоводов.": {
        "join member=Грузия group=Африканский союз садоводов kind=joined",
    },
    "Европейский союз снова поддержал Грузию.": {
        "support supporter=Европейский союз supported=Грузию",
    },
    # a place may bear somebody's name, and a book is no statement
    "Улица Президента Громова закрыта.": set(),
    "Книгу написал Иван Громов.": set(),
    "Министр спорта написал в соцсети: «Стадион уже готов».": {
        "statement speaker=Министр спорта quote=Стадион уже готов",
    },
    "Грузия отрицает наличие разногласий.": {
        "statement speaker=Грузия",
    },
    "Договор о торговле между Грузией и Арменией был подписан в 2004 году.": {
        "agreement parties=Арменией + Грузией subject=Договор о торговле date=2004",
    },
    "Вчера Иван Громов принёс присягу в должности министра юстиции.": {
        "appoint person=Иван Громов role=министра юстиции date=2023-12-05 kind=appointed",
        "role person=Иван Громов role=министра юстиции kind=appointed",
    },
    "Мэр Омска Иван Громов ушёл.": {
        "role person=Иван Громов role=Мэр Омска org=Омска",
    },
    # who follows in the chair, and what a thing came out of
    "В 2015 году в Союзе садоводов председательствовала Грузия, в 2016 году её сменила Армения.": {
        "chair body=Союзе садоводов chair=Армения year=2016 kind=handover",
        "chair body=Союзе садоводов chair=Грузия year=2015",
    },
    "Президента сменил Иван Громов.": set(),
    "Итогом Саммита мостов стало создание Союза портовых городов.": {
        "event name=Саммита мостов",
        "launch thing=Союза портовых городов by=Саммита мостов",
    },
    "С момента основания Союза садоводов в 1990 году число садов растёт.": {
        "launch thing=Союза садоводов date=1990",
    },
    "Анна Громова, которая до 2015 года была министром рыболовства Грузии, живёт в Омске.": {
        "role person=Анна Громова role=министром рыболовства Грузии org=Грузии (ended)",
    },
    "Иван Громов был встречен министром обороны Грузии.": set(),
    # what only looks like a name that goes on, or like a body that somebody joins
    "Форум древностей второй раз прошёл в Омске.": {
        "event name=Форум древностей place=Омске",
    },
    "Совет второй раз поддержал Грузию.": {
        "support supporter=Совет supported=Грузию",
    },
    "В делегацию вошёл Иван Громов.": set(),
    "Депутаты отменили выборы в Омске.": set(),
    "Парк Президента Громова открыли вчера.": set(),
    "Форум птиц открылся в Омске.": {
        "event name=Форум птиц place=Омске",
    },
    "Гильдию садоводов основал в 1990 году Иван Громов.": {
        "launch thing=Гильдию садоводов date=1990 by=Иван Громов",
    },
    "После основания Союза садоводов в 1990 году сады разрослись.": {
        "launch thing=Союза садоводов date=1990",
    },
    "После форума Иван Громов посетил Омск.": {
        "visit person=Иван Громов place=Омск",
    },
    "Форум был организован Министерством экологии при поддержке ЮНИСЕФ.": {
        "event name=Форум host_or_organiser=Министерством экологии",
        "support supporter=ЮНИСЕФ supported=Форум",
    },
    "ОБСЕ в 2021 году возглавила Финляндия.": {
        "chair body=ОБСЕ chair=Финляндия year=2021",
    },
    "Комитет по водным ресурсам возглавляет Анна Громова.": {
        "chair body=Комитет по водным ресурсам chair=Анна Громова",
    },
    "Комитеты обычно возглавляют старейшие члены.": set(),
    "Председательство Перу в Союзе портовых городов завершится в мае 2024 года.": {
        "chair body=Союзе портовых городов chair=Перу",
    },
    "Председательство Перу в Союзе портовых городов завершилось в мае 2023 года.": {
        "chair body=Союзе портовых городов chair=Перу (ended)",
    },
    "К Чили перешло председательство в Союзе портовых городов.": {
        "chair body=Союзе портовых городов chair=Чили kind=handover",
    },
    "Россия, будучи председателем БРИКС, пригласила гостей.": {
        "chair body=БРИКС chair=Россия",
    },
    "В Альянс дюн входят три страны: Ливия, Нигер и Чад.": {
        "join member=Ливия group=Альянс дюн",
        "join member=Нигер group=Альянс дюн",
        "join member=Чад group=Альянс дюн",
    },
    "Членами Совета оазисов являются Марокко и Тунис.": {
        "join member=Марокко group=Совета оазисов",
        "join member=Тунис group=Совета оазисов",
    },
    "В 2021 году 31-м членом Совета оазисов стал Египет.": {
        "join member=Египет group=Совета оазисов date=2021 kind=joined",
    },
    "В БРИКС входят Индия и Китай. В 2021 году к ним присоединился Египет.": {
        "join member=Египет group=БРИКС date=2021 kind=joined",
        "join member=Индия group=БРИКС",
        "join member=Китай group=БРИКС",
    },
    "На встрече были депутаты Иван Громов, Анна Ким и Пётр Лосев.": {
        "role person=Анна Ким role=депутаты",
        "role person=Иван Громов role=депутаты",
        "role person=Пётр Лосев role=депутаты",
    },
    "Анна Ким, министр культуры Иван Громов и послы приехали.": {
        "role person=Иван Громов role=министр культуры",
    },
    "Германия выделила 5 миллионов евро на поддержку программы «Семена».": {
        "support supporter=Германия supported=программы «Семена»",
    },
    "По словам Порошенко, мост готов.": {
        "statement speaker=Порошенко",
    },
    "Об этом заявил заведующий отделом культуры Иван Громов.": {
        "role person=Иван Громов role=заведующий отделом культуры org=отделом культуры",
        "statement speaker=Иван Громов",
    },
    "Конференция прошла 4 мая в Омске.": {
        "event name=Конференция date=2023-05-04 place=Омске",
    },
    "Вице-спикерами избраны Иван Громов и Анна Ким.": {
        "appoint person=Анна Ким role=Вице-спикерами kind=elected",
        "appoint person=Иван Громов role=Вице-спикерами kind=elected",
        "role person=Анна Ким role=Вице-спикерами kind=elected",
        "role person=Иван Громов role=Вице-спикерами kind=elected",
    },
    "Председателем Союза портовых городов единогласно избран Иван Громов.": {
        "appoint person=Иван Громов role=Председателем Союза портовых городов org=Союза портовых городов kind=elected",
        "role person=Иван Громов role=Председателем Союза портовых городов org=Союза портовых городов kind=elected",
    },
    "Министр окружающей среды Анна Ким приехала в минувшую среду в Омск.": {
        "role person=Анна Ким role=Министр окружающей среды",
        "visit person=Анна Ким place=Омск date=2023-11-29",
    },
    "Приехал министр экологии, охраны окружающей среды и изменения климата Чили Иван Громов.": {
        "role person=Иван Громов role=министр экологии, охраны окружающей среды и изменения климата Чили org=Чили",
    },
    "Анна Ким, выступая в Омске, отметила важность воды.": {
        "statement speaker=Анна Ким",
    },
    "Совет рек, председателем которого является Мальта, принял решение.": {
        "chair body=Совет рек chair=Мальта",
    },
    "Под председательством Анны Громовой комитет по финансам принял план.": {
        "chair body=комитет по финансам chair=Анны Громовой",
    },
    "Председательство в АСЕАН в 2021 году осуществлял Лаос.": {
        "chair body=АСЕАН chair=Лаос year=2021",
    },
    "Страной-председателем ШОС в 2021 году является Казахстан.": {
        "chair body=ШОС chair=Казахстан year=2021",
    },
    "Казахстан завершает председательство в ШОС в июле 2024 года.": {
        "chair body=ШОС chair=Казахстан",
    },
}

ONE_PERSON = (
    "Делегацию возглавил Сергей Громов. С Сергеем Громовым прибыли два эксперта. Визит Громова продлится "
    "неделю. Громову вручили ключ от города. О Громове говорили все."
)


def marked(text: str) -> str:
    """TEXT with the names of its entities marked."""
    known = knowledge.load()
    article = Article("test", "ru", text, published=PUBLISHED)
    found = recognise(article, segment(article, known.languages["ru"]), known)
    for chunk in reversed([c for r in found for c in r.chunks if c.type is not None]):
        name = f"[{chunk.surface}]({str(chunk.type).rpartition('#')[2]})"
        text = text[: chunk.span.start] + name + text[chunk.span.end :]
    return text


def unmarked(text: str) -> str:
    """TEXT without its marks."""
    parts = text.split("[")
    return parts[0] + "".join(p.partition("](")[0] + p.partition(")")[2] for p in parts[1:])


def reading(text: str) -> Reading:
    return extract(Article("test", "ru", text, published=PUBLISHED), knowledge.load())


def labels(text: str, cls: URIRef) -> list[str]:
    """The first label of each entity of that class which a fact is about."""
    return sorted(str(e.labels[0]) for e in reading(text).entities if e.type == cls)


@pytest.mark.parametrize("text", MARKED.values(), ids=MARKED)
def test_every_name_is_found_where_it_stands(text: str) -> None:
    assert marked(unmarked(text)) == text


@pytest.mark.parametrize(("text", "facts"), SENTENCES.items(), ids=range(len(SENTENCES)))
def test_a_sentence_states(text: str, facts: set[str]) -> None:
    assert stated(text, "ru") == facts


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Министр обороны встретился с Еленой Соколовой.", "Елена Соколова"),
        ("Президент встретился с министром обороны Сергеем Моравским.", "Сергей Моравский"),
        ("Президент встретился с Павлом Черновым.", "Павел Чернов"),
        ("Президент встретился с послом Японии Кэндзи Мацумото.", "Кэндзи Мацумото"),  # does not inflect
    ],
)
def test_a_person_is_called_by_the_nominative(text: str, label: str) -> None:
    assert label in labels(text, KH.Person)


def test_a_person_in_all_cases_is_one_person() -> None:
    text = ONE_PERSON + " Сергей Громов посетил Омск. Громов поддержал Казахстан."
    (person,) = (e for e in reading(text).entities if e.type == KH.Person)
    assert person.labels[0].value == "Сергей Громов"
    assert [m.surface for m in person.mentions] == [
        "Сергей Громов", "Сергеем Громовым", "Громова", "Громову", "Громове", "Сергей Громов", "Громов",
    ]  # fmt: skip


def test_a_person_is_the_same_in_every_article() -> None:
    first = reading("Сергей Громов посетил Омск.")
    second = reading("Министр обороны встретился с Сергеем Громовым.")
    assert {e.iri for e in first.entities if e.type == KH.Person} <= {e.iri for e in second.entities}


def test_a_body_in_all_cases_is_one_body() -> None:
    text = (
        "Грузия вступила в Союз портовых городов в 2018 году. Армения вступила в Союз портовых городов. "
        "Грузия председательствовала в Союзе портовых городов. Казахстан поддержал союз."
    )
    assert labels(text, KH.Organization) == ["Союз портовых городов"]
