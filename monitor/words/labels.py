"""The fixed texts of feeds and pages: headings, labels, notes."""

from collections.abc import Mapping

FEEDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "pl": {
        "klastry": (
            "Klastry: co się zmieniło",
            "Krajowe Klastry Kluczowe, konkurs o ten status oraz nabory i wiadomości o klastrach. Każda "
            "zmiana na oficjalnych stronach to jeden nowy wpis.",
        ),
        "feed": ("Klastry i nabory: wszystko", "Każda zmiana na każdej z obserwowanych stron."),
        "clusters": ("Krajowe Klastry Kluczowe: lista", "Zmiany na liście klastrów i w ich danych."),
        "calls": ("Nabory: zmiany", "Nowe nabory, przesunięte terminy, zmienione kwoty i warunki."),
        "news": ("Wiadomości", "Nowe i zmienione wiadomości z obserwowanych stron."),
        "own": ("", "Zmiany wybrane w konfiguracji monitora."),
        "source": ("", "Zmiany w jednym źródle: {}."),
        "health": (
            "klastry: stan źródeł",
            "Dla osoby, która prowadzi monitor: które źródło przestało działać, dlaczego i co zrobić.",
        ),
    },
    "en": {
        "klastry": (
            "Clusters: what changed",
            "Polish Key National Clusters, the competition for that status, and calls and news that "
            "speak of clusters. Each change on the official pages is one new entry.",
        ),
        "feed": ("Clusters and calls: everything", "Every change on all watched pages."),
        "clusters": (
            "Key National Clusters: the list",
            "Changes of the list of clusters and of what it says.",
        ),
        "calls": ("Calls: changes", "New calls, moved deadlines, changed sums and terms."),
        "news": ("News", "New and changed articles of the watched pages."),
        "own": ("", "Changes chosen in the configuration of the monitor."),
        "source": ("", "Changes of one source: {}."),
        "health": (
            "klastry: state of the sources",
            "For the person who runs the monitor: which source broke, why, and what to do.",
        ),
    },
}
"""Title and description of each feed, by language and name."""

FEED_GROUPS: Mapping[str, Mapping[str, str]] = {
    "pl": {"topics": "Tematy", "sources": "Źródła", "operator": "Dla osoby, która prowadzi monitor"},
    "en": {"topics": "Topics", "sources": "Sources", "operator": "For the person who runs the monitor"},
}
"""Headings of the list of feeds."""

BODY: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "field": "Co", "before": "Było", "after": "Jest", "printed": "na stronie: „{}”",
        "source": "Źródło", "records": "Liczba pozycji", "page": "Strona źródłowa",
        "here": "Zobacz w monitorze", "proof": "Dowód tej zmiany",
        "evidence": "Dowód (SHA-256):", "seen": "Zauważono {}.",
        "seen_between": "Zmiana nastąpiła między {} a {} (dwa kolejne odczyty strony, czas warszawski).",
        "licence": "Treści serwisu gov.pl: licencja CC BY-SA 4.0, autor: {}.",
        "reason": "Powód", "address": "Adres", "detail": "Szczegóły", "next": "Co zrobić", "now": "Teraz",
    },
    "en": {
        "field": "What", "before": "Before", "after": "After", "printed": "on the page: “{}”",
        "source": "Source", "records": "Records", "page": "Source page", "here": "See it in the monitor",
        "proof": "Evidence of this change",
        "evidence": "Evidence (SHA-256):", "seen": "Seen {}.",
        "seen_between": "It changed between {} and {} (two readings of the page, Warsaw time).",
        "licence": "Texts of gov.pl: licence CC BY-SA 4.0, author: {}.",
        "reason": "Reason", "address": "Address", "detail": "Detail", "next": "What to do", "now": "Now",
    },
}  # fmt: skip

HEALTH: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "broke": "Źródło przestało działać: {}",
        "recovered": "Źródło znów działa: {}",
        "unstable": "Źródło działa niestabilnie: {}",
        "answered": "Źródło uznane za nieczynne znów odpowiada: {}",
        "moved": "Źródło ma nowy adres: {}",
    },
    "en": {
        "broke": "Source broke: {}",
        "recovered": "Source works again: {}",
        "unstable": "Source is unstable: {}",
        "answered": "A source believed gone answers again: {}",
        "moved": "Source has a new address: {}",
    },
}

PAGE: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "title": "Klastry i nabory: co się zmieniło",
        "lead": "Monitor oficjalnych stron o Krajowych Klastrach Kluczowych i naborach wniosków.",
        "as_of": "Stan na {}", "skip": "Przejdź do treści", "contents": "Na tej stronie",
        "changes": "Ostatnie zmiany", "proof": "dowód", "no_changes": "Nie było jeszcze żadnych zmian.",
        "calls": "Nabory: trwające i zapowiedziane",
        "no_calls": "Na obserwowanych stronach nie ma teraz takich naborów.",
        "clusters": "Krajowe Klastry Kluczowe", "no_clusters": "Lista nie została jeszcze odczytana.",
        "call": "Nabór", "dates": "Termin", "left": "Ile czasu", "state": "Stan", "grant": "Kwoty",
        "opens_at": "Start: {}", "closes_at": "Koniec: {}", "budget": "budżet {}",
        "grant_max": "do {} dofinansowania",
        "no_date": "termin nie jest podany",
        "cluster": "Klaster", "coordinator": "Koordynator", "round": "Runda", "status": "Status KKK",
        "holds_yes": "obowiązuje {}", "holds_no": "wygasł {}", "holds_not_yet": "obowiązuje od {}",
        "holds_unknown": "nie podano, do kiedy",
        "holding": "Według ostatniego odczytu na liście: {total}; dziś status obowiązuje: "
        "{holding}.",
        "known": "Lista odczytana: {}.",
        "missing": "nie ma na ostatniej liście – czeka na potwierdzenie",
        "conflict": "źródła podają różne dane: {}",
        "sources": "Jak świeże są dane", "source": "Źródło", "last_complete": "Ostatni pełny odczyt",
        "last_visit": "Ostatnia wizyta", "never": "jeszcze nigdy",
        "ok": "działa", "partial": "odczytane częściowo", "failed": "nie działa", "refused": "odrzucone",
        "new": "jeszcze nie odwiedzone",
        "subscribe": "Jak obserwować zmiany",
        "subscribe_how": "Skopiuj adres kanału do czytnika RSS (na przykład Thunderbird, Feedly, "
        "FreshRSS) albo do programu pocztowego. Każda zmiana to jeden wpis; wystarczy jeden kanał.",
        "recommended": "polecany",
        "operator": "Kanał dla osoby, która prowadzi monitor:",
        "foot": "Dane pochodzą z oficjalnych stron; monitor niczego nie dodaje. Przed złożeniem wniosku "
        "sprawdź stronę źródłową. Treści serwisu gov.pl: licencja CC BY-SA 4.0.",
    },
    "en": {
        "title": "Clusters and calls: what changed",
        "lead": "A monitor of the official pages about Polish Key National Clusters and calls for "
        "proposals.",
        "as_of": "As of {}", "skip": "Skip to the content", "contents": "On this page",
        "changes": "Latest changes", "proof": "evidence", "no_changes": "Nothing has changed yet.",
        "calls": "Calls: open and coming", "no_calls": "The watched pages show no such calls now.",
        "clusters": "Key National Clusters", "no_clusters": "The list has not been read yet.",
        "call": "Call", "dates": "Dates", "left": "Time left", "state": "State", "grant": "Sums",
        "opens_at": "Opens: {}", "closes_at": "Closes: {}", "budget": "budget {}",
        "grant_max": "grants up to {}",
        "no_date": "no date given",
        "cluster": "Cluster", "coordinator": "Coordinator", "round": "Round", "status": "KKK status",
        "holds_yes": "holds {}", "holds_no": "ended {}", "holds_not_yet": "holds from {}",
        "holds_unknown": "end not given",
        "holding": "As last read, the list has {total}; the status holds today for {holding}.",
        "known": "List read: {}.",
        "missing": "not on the last list – waits to be confirmed",
        "conflict": "sources differ: {}",
        "sources": "How fresh this is", "source": "Source", "last_complete": "Last complete reading",
        "last_visit": "Last visit", "never": "never yet",
        "ok": "works", "partial": "read in part", "failed": "does not work", "refused": "not believed",
        "new": "not visited yet",
        "subscribe": "How to follow the changes",
        "subscribe_how": "Copy the address of a feed into a feed reader (such as Thunderbird, Feedly, "
        "FreshRSS) or a mail program. Each change is one entry; one feed is enough.",
        "recommended": "recommended",
        "operator": "The feed for the person who runs the monitor:",
        "foot": "All this comes from official pages; the monitor adds nothing. Check the source page "
        "before you apply. Texts of gov.pl: licence CC BY-SA 4.0.",
    },
}  # fmt: skip
