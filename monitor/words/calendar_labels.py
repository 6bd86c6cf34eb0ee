"""The fixed texts of the calendars: their names, and what an event says."""

from collections.abc import Mapping

CALENDARS: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "deadlines": "Nabory: terminy",
        "klastry": "Klastry: terminy naborów",
        "feed": "Wszystkie nabory: terminy",
        "calls": "Nabory: terminy",
        "own": "{} – terminy",
    },
    "en": {
        "deadlines": "Calls: dates",
        "klastry": "Clusters: dates of calls",
        "feed": "All calls: dates",
        "calls": "Calls: dates",
        "own": "{} – dates",
    },
}
"""Name of each calendar, by language and feed; `own` of those of the user and of one source."""

EVENT: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "about": "Daty startu, końca i wyników naborów według oficjalnych stron. Gdy termin zmieni się na "
        "stronie, zmieni się i tutaj. Przed złożeniem wniosku sprawdź go na stronie naboru.",
        "opens": "Start naboru", "closes": "Koniec naboru", "results": "Wyniki naboru",
        "round_opens": "Start rundy naboru", "round_closes": "Koniec rundy naboru",
        "hour_opens": "od godz. {}", "hour_closes": "do godz. {}", "hour_results": "godz. {}",
        "hour_round_opens": "od godz. {}", "hour_round_closes": "do godz. {}",
        "off": "Nieaktualne – {}", "week": "Za tydzień: {}",
        "gone": "Nabór zniknął ze strony.", "suspended": "Nabór jest zawieszony.",
        "closed": "Nabór zakończono przed tym terminem.",
        "settled": "Nabór rozstrzygnięto przed tym terminem.",
        "withdrawn": "Strona nie podaje już tego terminu.",
        "moved": "Termin zmieniony; poprzednio: {}.",
        "page": "Strona naboru: {}", "here": "W monitorze: {}",
    },
    "en": {
        "about": "Openings, deadlines and results of calls as the official pages print them. When a date "
        "changes there, it changes here. Check it on the page of the call before you apply.",
        "opens": "Call opens", "closes": "Call closes", "results": "Results of a call",
        "round_opens": "Round of a call opens", "round_closes": "Round of a call closes",
        "hour_opens": "{} Warsaw time", "hour_closes": "{} Warsaw time", "hour_results": "{} Warsaw time",
        "hour_round_opens": "{} Warsaw time", "hour_round_closes": "{} Warsaw time",
        "off": "No longer valid – {}", "week": "In a week: {}",
        "gone": "The call is gone from its page.", "suspended": "The call is suspended.",
        "closed": "The call was closed before this date.",
        "settled": "The call was settled before this date.",
        "withdrawn": "The page no longer gives this date.",
        "moved": "The date changed; before: {}.",
        "page": "Page of the call: {}", "here": "In the monitor: {}",
    },
}  # fmt: skip
