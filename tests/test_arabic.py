"""Arabic sentences in our own words, and what they state."""

from __future__ import annotations

import pytest
from reading import stated

SENTENCES = {
    # roles stand before or after their holder
    "قالت ليلى المنصوري، وزيرة التعليم في الأردن، إن المدارس ستفتح أبوابها.": {
        "role person=ليلى المنصوري role=وزيرة التعليم في الأردن org=الأردن",
        "statement speaker=ليلى المنصوري",
    },
    "أكد وزير الخارجية النرويجي، يوناس بيرغ، أن بلاده تدعم الحوار.": {
        "role person=يوناس بيرغ role=وزير الخارجية النرويجي org=النرويجي",
        "statement speaker=يوناس بيرغ",
    },
    'قال السفير الروسي السابق إيغور بيتروف لوكالة الأنباء: "العلاقات بين البلدين متينة وستبقى كذلك".': {
        "role person=إيغور بيتروف role=السفير الروسي السابق org=الروسي (ended)",
        "statement speaker=إيغور بيتروف quote=العلاقات بين البلدين متينة وستبقى كذلك",
    },
    "التقت سناء الراشدي، رئيسة اللجنة الوطنية للمياه، ونائبة رئيس مجلس المدن الساحلية.": {
        "role person=سناء الراشدي role=رئيسة اللجنة الوطنية للمياه org=اللجنة الوطنية للمياه",
        "role person=سناء الراشدي role=نائبة رئيس مجلس المدن الساحلية org=مجلس المدن الساحلية",
    },
    "رحب الأمين العام للمنظمة العربية للسياحة، كمال العابد، بالقرار.": {
        "role person=كمال العابد role=الأمين العام للمنظمة العربية للسياحة org=للمنظمة العربية للسياحة",
        "statement speaker=كمال العابد",
    },
    # chairs, with lists of years, pronouns and a verb that is said once
    "ترأس المغرب مجلس المدن الساحلية في عام 2019، ثم تونس في عام 2020.": {
        "chair body=مجلس المدن الساحلية chair=المغرب year=2019",
        "chair body=مجلس المدن الساحلية chair=تونس year=2020",
    },
    "أُطلقت منصة المياه في مارس 2018 وترأستها مصر في عام 2019 والأردن في عام 2020.": {
        "chair body=منصة المياه chair=الأردن year=2020",
        "chair body=منصة المياه chair=مصر year=2019",
        "launch thing=منصة المياه date=2018-03",
    },
    "تولت الأردن رئاسة منتدى المياه العربي عام 2022.": {
        "chair body=منتدى المياه العربي chair=الأردن year=2022",
        "event name=منتدى المياه العربي",
    },
    "شارك الوفد في مؤتمر المناخ برئاسة عُمان.": {
        "chair body=مؤتمر المناخ chair=عُمان",
        "event name=مؤتمر المناخ",
    },
    "انتقلت رئاسة رابطة الموانئ الخضراء إلى تونس.": {
        "chair body=رابطة الموانئ الخضراء chair=تونس kind=handover",
    },
    # joining, and not joining
    "انضمت تونس إلى رابطة الموانئ الخضراء سنة 2018.": {
        "join member=تونس group=رابطة الموانئ الخضراء date=2018 kind=joined",
    },
    "لم تنضم الكويت إلى تحالف البحار النظيفة.": {
        "join member=الكويت group=تحالف البحار النظيفة kind=joined (denied)",
    },
    # events with their time and place, held and planned
    "عُقدت قمة المناخ الإقليمية في مسقط في 3 مارس 2022.": {
        "event name=قمة المناخ الإقليمية date=2022-03-03 place=مسقط",
    },
    "ستستضيف الدوحة مؤتمر المدن الذكية في أبريل المقبل.": {
        "event name=مؤتمر المدن الذكية date=2024-04 place=الدوحة host_or_organiser=الدوحة (planned)",
    },
    "استضافت الرباط المنتدى العربي للمياه يوم 12 غشت 2021.": {
        "event name=المنتدى العربي للمياه date=2021-08-12 place=الرباط host_or_organiser=الرباط",
    },
    # launching and supporting
    "أطلقت جامعة الدول العربية مبادرة القراءة للجميع بدعم من اليونسكو وبرنامج الأمم المتحدة الإنمائي.": {
        "launch thing=مبادرة القراءة by=جامعة الدول العربية",
        "support supporter=اليونسكو supported=مبادرة القراءة",
        "support supporter=برنامج الأمم المتحدة الإنمائي supported=مبادرة القراءة",
    },
    "تم تأسيس رابطة الموانئ الخضراء في كانون الثاني 2015.": {
        "launch thing=رابطة الموانئ الخضراء date=2015-01",
    },
    "أسفر مؤتمر المناخ الذي انعقد في القاهرة عن إنشاء صندوق المدن الخضراء.": {
        "event name=مؤتمر المناخ place=القاهرة",
        "launch thing=صندوق المدن الخضراء by=مؤتمر المناخ",
    },
    "تدعم ألمانيا برنامج المدن الخضراء.": {
        "support supporter=ألمانيا supported=برنامج المدن الخضراء",
    },
    # meetings, agreements, visits
    "استقبل رئيس البرلمان كمال العابد سفيرة اليابان يوكو تاناكا في مدينة الرباط يوم الاثنين.": {
        "meeting participants=يوكو تاناكا + كمال العابد date=2023-12-04 place=مدينة الرباط",
        "role person=كمال العابد role=رئيس البرلمان",
        "role person=يوكو تاناكا role=سفيرة اليابان org=اليابان",
    },
    "أجرى وزير الخارجية المصري سامح فؤاد محادثات مع نظيره الأردني ناصر القضاة في عمّان أمس.": {
        "meeting participants=ناصر القضاة + سامح فؤاد date=2023-12-05 place=عمّان",
        "role person=سامح فؤاد role=وزير الخارجية المصري org=المصري",
        "role person=ناصر القضاة role=نظيره الأردني org=الأردني",
    },
    "وقعت وزيرة البيئة الأردنية هالة النجار مذكرة تفاهم مع برنامج الأمم المتحدة للبيئة.": {
        "agreement parties=برنامج الأمم المتحدة للبيئة + هالة النجار subject=مذكرة تفاهم",
        "role person=هالة النجار role=وزيرة البيئة الأردنية org=الأردنية",
    },
    "وقعت تونس والجزائر اتفاقية حماية السواحل في 5 فيفري 2019.": {
        "agreement parties=الجزائر + تونس subject=اتفاقية حماية السواحل date=2019-02-05",
    },
    "زار رئيس الوزراء العراقي حيدر الجبوري أنقرة يوم 3 يناير 2022.": {
        "role person=حيدر الجبوري role=رئيس الوزراء العراقي org=العراقي",
        "visit person=حيدر الجبوري place=أنقرة date=2022-01-03",
    },
    "يزور وزير الخارجية الصيني لي وي الرباط الأسبوع المقبل.": {
        "role person=لي وي role=وزير الخارجية الصيني org=الصيني",
        "visit person=لي وي place=الرباط date=2023-12-11 date_end=2023-12-17 (planned)",
    },
    # taking office
    "عُيّن سامي الخطيب سفيرا في باريس.": {
        "appoint person=سامي الخطيب role=سفيرا kind=appointed",
        "role person=سامي الخطيب role=سفيرا kind=appointed",
    },
    "انتُخبت الباحثة ديلفوزا رحيموفا رئيسة للمجلس التنسيقي للشبكة.": {
        "appoint person=ديلفوزا رحيموفا role=رئيسة للمجلس التنسيقي للشبكة org=للمجلس التنسيقي للشبكة kind=elected",
        "role person=ديلفوزا رحيموفا role=رئيسة للمجلس التنسيقي للشبكة org=للمجلس التنسيقي للشبكة kind=elected",
    },
    # speech, and what is only in it
    "نفى وزير المالية سامي الخطيب أن تكون الحكومة قد وقعت اتفاقية القرض.": {
        "role person=سامي الخطيب role=وزير المالية",
        "statement speaker=سامي الخطيب",
    },
    "قال وزير النقل علي حسن: «سنفتح الجسر قريبا». وأضاف أن العمل مستمر.": {
        "role person=علي حسن role=وزير النقل",
        "statement speaker=علي حسن",
        "statement speaker=علي حسن quote=سنفتح الجسر قريبا",
    },
    # nothing
    "المشاركون في الندوة ناقشوا النتائج.": set(),
}


@pytest.mark.parametrize(("text", "expected"), SENTENCES.items(), ids=range(len(SENTENCES)))
def test_a_sentence_states(text: str, expected: set[str]) -> None:
    assert stated(text, "ar") == expected
