"""The fixed texts of the digest and of notices."""

from collections.abc import Callable, Mapping

from monitor.words import english, polish
from storage.records import Kind

CHANGES: Mapping[str, Callable[[int], str]] = {
    "pl": lambda count: f"{count} {polish.plural(count, 'zmiana', 'zmiany', 'zmian')}",
    "en": lambda count: f"{count} {english.plural(count, 'change', 'changes')}",
}
"""So many changes, in words."""

SIGNALS: Mapping[str, Callable[[int], str]] = {
    "pl": lambda count: f"{count} {polish.plural(count, 'sygnał', 'sygnały', 'sygnałów')} o źródłach",
    "en": lambda count: f"{count} {english.plural(count, 'signal', 'signals')} about sources",
}
"""So many signals to the operator, in words."""

HEADINGS: Mapping[str, Mapping[Kind | None, str]] = {
    "pl": {
        None: "Początek obserwacji",
        "cluster": "Krajowe Klastry Kluczowe",
        "call": "Nabory",
        "article": "Wiadomości",
        "document": "Dokumenty",
    },
    "en": {
        None: "Watching began",
        "cluster": "Key National Clusters",
        "call": "Calls",
        "article": "News",
        "document": "Documents",
    },
}
"""The parts of a digest, in order, each with the kind of thing it tells of."""

NEWS: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "subject": "Klastry i nabory: {}",
        "signals": "klastry: {}",
        "all": "Wszystkie zmiany",
        "more": "… i jeszcze {}: {}",
        "more_waits": "To nie wszystko. W następnym biuletynie: jeszcze {}.",
        "cursor": "Następny biuletyn: klastry digest --after {}",
        "foot": "Monitor oficjalnych stron o klastrach i naborach; niczego nie dodaje. Przed złożeniem "
        "wniosku sprawdź stronę źródłową.",
        "trial": "klastry: wiadomość próbna",
        "trial_text": "To wiadomość próbna. Powiadomienia będą przychodzić na ten adres.",
    },
    "en": {
        "subject": "Clusters and calls: {}",
        "signals": "klastry: {}",
        "all": "All changes",
        "more": "… and {} more: {}",
        "more_waits": "This is not all. In the next digest: {} more.",
        "cursor": "The next digest: klastry digest --after {}",
        "foot": "A monitor of official pages about clusters and calls; it adds nothing. Check the source "
        "page before you apply.",
        "trial": "klastry: a trial message",
        "trial_text": "This is a trial message. Notices will come to this address.",
    },
}
