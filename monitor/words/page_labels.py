"""The fixed texts of the pages: of all of them, of the index, of lists and of the search."""

from collections.abc import Mapping

SITE: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "brand": "klastry", "skip": "Przejdź do treści", "menu": "Strony monitora",
        "home": "Co nowego", "clusters": "Klastry", "calls": "Nabory", "articles": "Wiadomości",
        "documents": "Dokumenty", "search": "Szukaj", "deadlines": "Nabory: terminy",
        "as_of": "Stan na {}",
        "foot": "Dane pochodzą z oficjalnych stron; monitor niczego nie dodaje. Przed złożeniem wniosku "
        "sprawdź stronę źródłową. Treści serwisu gov.pl: licencja CC BY-SA 4.0.",
    },
    "en": {
        "brand": "klastry", "skip": "Skip to the content", "menu": "Pages of the monitor",
        "home": "What is new", "clusters": "Clusters", "calls": "Calls", "articles": "News",
        "documents": "Documents", "search": "Search", "deadlines": "Calls: dates",
        "as_of": "As of {}",
        "foot": "All this comes from official pages; the monitor adds nothing. Check the source page "
        "before you apply. Texts of gov.pl: licence CC BY-SA 4.0.",
    },
}  # fmt: skip
"""What stands on every page."""

STATE: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "holds_yes": "obowiązuje {}", "holds_no": "wygasł {}", "holds_not_yet": "obowiązuje od {}",
        "holds_unknown": "nie podano, do kiedy", "round": "runda {}",
        "missing": "nie ma na ostatniej liście – czeka na potwierdzenie",
        "gone": "nie ma już na liście", "gone_call": "nie ma już na stronie",
        "conflict": "źródła podają różne dane: {}",
        "state_unknown": "stan nieznany", "no_date": "termin nie jest podany",
        "opens_at": "Start: {}", "closes_at": "Koniec: {}",
        "budget": "budżet {}", "grant_max": "do {} dofinansowania",
    },
    "en": {
        "holds_yes": "holds {}", "holds_no": "ended {}", "holds_not_yet": "holds from {}",
        "holds_unknown": "end not given", "round": "round {}",
        "missing": "not on the last list – waits to be confirmed",
        "gone": "no longer on the list", "gone_call": "no longer on the page",
        "conflict": "sources differ: {}",
        "state_unknown": "state unknown", "no_date": "no date given",
        "opens_at": "Opens: {}", "closes_at": "Closes: {}",
        "budget": "budget {}", "grant_max": "grants up to {}",
    },
}  # fmt: skip
"""How clusters and calls stand."""

INDEX: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "title": "Klastry i nabory: co się zmieniło",
        "lead": "Monitor oficjalnych stron o Krajowych Klastrach Kluczowych i naborach wniosków. Każda "
        "zmiana jest opisana jednym zdaniem i ma dowód.",
        "contents": "Na tej stronie", "follow": "Obserwuj zmiany", "calendar": "Kalendarz terminów",
        "on_list": "Klastry na liście", "holding": "Status obowiązuje dziś",
        "open": "Nabory trwające", "coming": "Nabory zapowiedziane", "next": "Najbliższy termin",
        "changes": "Ostatnie zmiany", "proof": "dowód", "proof_of": "dowód zmiany: {}",
        "no_changes": "Nie było jeszcze żadnych zmian.",
        "all_changes": "Wszystkie zmiany",
        "calls": "Nabory: trwające i zapowiedziane", "all_calls": "Wszystkie nabory, także zakończone",
        "no_calls": "Na obserwowanych stronach nie ma teraz takich naborów.",
        "source_page": "strona naboru", "source_page_of": "strona naboru: {}",
        "clusters": "Krajowe Klastry Kluczowe", "all_clusters": "Wszystkie klastry, także dawne",
        "no_clusters": "Lista nie została jeszcze odczytana.",
        "cluster": "Klaster", "coordinator": "Koordynator", "round": "Runda", "status": "Status KKK",
        "summary": "Według ostatniego odczytu na liście: {total}; dziś status obowiązuje: {holding}.",
        "known": "Lista odczytana: {}.",
        "some": "Tutaj: {} z {}.",
        "years": "Obraz lat",
        "years_how": "Każdy pasek to jeden okres statusu albo jeden nabór: od startu do końca składania "
        "wniosków. Są tu statusy z ostatnich dziesięciu lat i nabory z dwóch.",
        "sources": "Jak świeże są dane", "source": "Źródło", "last_complete": "Ostatni pełny odczyt",
        "last_visit": "Ostatnia wizyta", "never": "jeszcze nigdy", "state": "Stan",
        "ok": "działa", "stale": "nieświeże dane", "partial": "odczytane częściowo", "failed": "nie działa",
        "refused": "odrzucone", "new": "jeszcze nie odwiedzone",
        "subscribe": "Jak obserwować zmiany",
        "subscribe_how": "Skopiuj adres kanału do czytnika RSS (na przykład Thunderbird, Feedly, "
        "FreshRSS) albo do programu pocztowego. Każda zmiana to jeden wpis; wystarczy jeden kanał.",
        "recommended": "polecany", "other_feeds": "Inne kanały", "address": "Adres kanału",
        "feed": "Kanał", "about": "Co w nim jest", "formats": "Formaty",
        "calendar_how": "Terminy naborów z polecanego kanału w kalendarzu telefonu lub komputera: dodaj "
        "kalendarz z adresu, a przesunięty termin przesunie się sam.",
        "calendar_address": "Adres kalendarza",
        "calendar_all": "Terminy wszystkich naborów, nie tylko dla klastrów:",
        "of_sources": "Kanały pojedynczych źródeł",
        "opml": "Wszystkie kanały naraz, do wczytania w czytniku:",
        "operator": "Kanał dla osoby, która prowadzi monitor:",
    },
    "en": {
        "title": "Clusters and calls: what changed",
        "lead": "A monitor of the official pages about Polish Key National Clusters and calls for "
        "proposals. Each change is told in one sentence and has its evidence.",
        "contents": "On this page", "follow": "Follow the changes", "calendar": "Calendar of deadlines",
        "on_list": "Clusters on the list", "holding": "Status holds today",
        "open": "Open calls", "coming": "Coming calls", "next": "Next deadline",
        "changes": "Latest changes", "proof": "evidence", "proof_of": "evidence of the change: {}",
        "no_changes": "Nothing has changed yet.",
        "all_changes": "All changes",
        "calls": "Calls: open and coming", "all_calls": "All calls, also those that ended",
        "no_calls": "The watched pages show no such calls now.",
        "source_page": "page of the call", "source_page_of": "page of the call: {}",
        "clusters": "Key National Clusters", "all_clusters": "All clusters, also former ones",
        "no_clusters": "The list has not been read yet.",
        "cluster": "Cluster", "coordinator": "Coordinator", "round": "Round", "status": "KKK status",
        "summary": "As last read, the list has {total}; the status holds today for {holding}.",
        "known": "List read: {}.",
        "some": "Here: {} of {}.",
        "years": "The picture of the years",
        "years_how": "Each bar is one spell of a status, or one call: from its opening to its deadline. Here "
        "are the statuses of the last ten years, and the calls of the last two.",
        "sources": "How fresh this is", "source": "Source", "last_complete": "Last complete reading",
        "last_visit": "Last visit", "never": "never yet", "state": "State",
        "ok": "works", "stale": "stale", "partial": "read in part", "failed": "does not work",
        "refused": "not believed", "new": "not visited yet",
        "subscribe": "How to follow the changes",
        "subscribe_how": "Copy the address of a feed into a feed reader (such as Thunderbird, Feedly, "
        "FreshRSS) or a mail program. Each change is one entry; one feed is enough.",
        "recommended": "recommended", "other_feeds": "Other feeds", "address": "Address of the feed",
        "feed": "Feed", "about": "What is in it", "formats": "Formats",
        "calendar_how": "The dates of calls of the recommended feed in the calendar of a phone or a "
        "computer: subscribe to this address, and a deadline that moves will move there too.",
        "calendar_address": "Address of the calendar",
        "calendar_all": "Dates of all calls, not only of those for clusters:",
        "of_sources": "Feeds of single sources",
        "opml": "All feeds at once, for a reader to import:",
        "operator": "The feed for the person who runs the monitor:",
    },
}  # fmt: skip
"""The index."""

LISTS: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "clusters": "Krajowe Klastry Kluczowe", "calls": "Nabory", "articles": "Wiadomości",
        "documents": "Dokumenty",
        "clusters_lead": "Wszystkie klastry, które monitor widział na liście.",
        "calls_lead": "Wszystkie nabory, także zakończone, według roku.",
        "articles_lead": "Wszystkie wiadomości z obserwowanych stron, według roku.",
        "documents_lead": "Wszystkie dokumenty z obserwowanych stron, według roku pierwszego odczytu.",
        "present": "Na liście", "former": "Dawniej na liście", "part": "część {} z {}",
        "pages": "Strony tej listy", "nothing": "Nie ma jeszcze nic do pokazania.", "undated": "Bez daty",
        "running": "Trwające, bez daty", "planned": "Zapowiedziane, bez daty",
        "changes": "Wszystkie zmiany", "part_no": "część {}", "newer": "Nowsze", "older": "Starsze",
        "changes_lead": "Wszystko, co ogłosił monitor, od najnowszych zmian. Każda prowadzi do "
        "swojego dowodu.",
    },
    "en": {
        "clusters": "Key National Clusters", "calls": "Calls", "articles": "News",
        "documents": "Documents",
        "clusters_lead": "All clusters that the monitor ever saw on the list.",
        "calls_lead": "All calls, also those that ended, by year.",
        "articles_lead": "All news of the watched pages, by year.",
        "documents_lead": "All documents of the watched pages, by the year of the first reading.",
        "present": "On the list", "former": "Formerly on the list", "part": "part {} of {}",
        "pages": "Pages of this list", "nothing": "There is nothing to show yet.", "undated": "No date",
        "running": "Open, no date", "planned": "To come, no date",
        "changes": "All changes", "part_no": "part {}", "newer": "Newer", "older": "Older",
        "changes_lead": "All that the monitor announced, the newest first; each leads to its evidence.",
    },
}  # fmt: skip
"""Lists of all that is known."""

SEARCH: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "title": "Szukaj", "lead": "Klastry, nabory, wiadomości i dokumenty z obserwowanych stron.",
        "label": "Czego szukasz?",
        "hint": "Wystarczy początek słowa, końcówka może być inna, bez polskich liter też: „lodz”, „klastry "
        "fotoniki”.",
        "off": "Wyszukiwarka działa, gdy przeglądarka uruchamia skrypty, a tutaj są one wyłączone. Wszystko "
        "jest także na listach.",
        "also_cluster": "KKK Krajowy Klaster Kluczowy", "also_call": "nabór konkurs",
        "without": "Pełne listy", "wait": "Wczytuję…",
        "none": "Nic nie znaleziono.", "one": "{n} wynik", "few": "{n} wyniki", "many": "{n} wyników",
        "other": "{n} wyniku", "first": "{all}; pokazano pierwsze {shown}.",
        "broken": "Nie udało się wczytać spisu; przejrzyj listy.",
    },
    "en": {
        "title": "Search", "lead": "Clusters, calls, news and documents of the watched pages.",
        "label": "What are you looking for?",
        "hint": "The beginning of a word is enough, its ending may differ, without Polish letters too: "
        "“lodz”, “klastry fotoniki”.",
        "off": "The search works where the browser runs scripts, and here they are off. Everything is on the "
        "lists as well.",
        "also_cluster": "KKK Krajowy Klaster Kluczowy Key National Cluster",
        "also_call": "nabór konkurs call",
        "without": "Complete lists", "wait": "Loading…",
        "none": "Nothing found.", "one": "{n} result", "few": "{n} results", "many": "{n} results",
        "other": "{n} results", "first": "{all}; the first {shown} are shown.",
        "broken": "The index could not be loaded; look through the lists.",
    },
}  # fmt: skip
"""The search."""
