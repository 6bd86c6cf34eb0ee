"""The fixed texts of feeds: titles, labels, notes."""

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
        "licence": "Treści serwisu gov.pl: licencja CC BY-SA 4.0.",
        "reason": "Powód", "address": "Adres", "detail": "Zapis programu (po angielsku)", "quoted": "„{}”",
        "next": "Co zrobić", "now": "Teraz",
    },
    "en": {
        "field": "What", "before": "Before", "after": "After", "printed": "on the page: “{}”",
        "source": "Source", "records": "Records", "page": "Source page", "here": "See it in the monitor",
        "proof": "Evidence of this change",
        "evidence": "Evidence (SHA-256):", "seen": "Seen {}.",
        "seen_between": "It changed between {} and {} (two readings of the page, Warsaw time).",
        "licence": "Texts of gov.pl: licence CC BY-SA 4.0.",
        "reason": "Reason", "address": "Address", "detail": "Detail", "quoted": "“{}”",
        "next": "What to do", "now": "Now",
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
