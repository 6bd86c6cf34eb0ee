"""Polish words: what happened, the names of fields and states."""

from collections.abc import Mapping
from dataclasses import replace

from monitor.words.language import FieldWords
from storage.records import Kind, Verb

# Of a thing: what it is called where it is given (Podano …) and where it is missing (nie podaje już …).
_GIVEN, _GONE = "Podano {}: {{name}}", "Strona nie podaje już {}: {{name}}"


def _text(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(
        label,
        f"{changed}: {{name}} – {{new}}",
        f"{_GIVEN.format(given)} – {{new}}",
        _GONE.format(gone),
    )


def _date(label: str, thing: str, given: str, gone: str, new: str = "{new}") -> FieldWords:
    return FieldWords(
        label,
        f"{thing} zmieniony: {{name}} – {{span}}",
        f"{_GIVEN.format(given)} – {new}",
        _GONE.format(gone),
        later=f"{thing} przesunięty: {{name}} – {{span}}",
        earlier=f"{thing} przyspieszony: {{name}} – {{span}}",
        refined=f"{thing} doprecyzowany: {{name}} – {{new}}",
    )


def _money(label: str, thing: str, ending: str, gone: str) -> FieldWords:
    return FieldWords(
        label,
        f"{thing} zmienion{ending}: {{name}} – {{old}} → {{new}}",
        f"{_GIVEN.format(thing[0].lower() + thing[1:])} – {{new}}",
        _GONE.format(gone),
        later=f"{thing} zwiększon{ending}: {{name}} – {{span}}",
        earlier=f"{thing} zmniejszon{ending}: {{name}} – {{span}}",
    )


def _bare(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(label, f"{changed}: {{name}}", f"{given}: {{name}}", f"{gone}: {{name}}")


def _address(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(label, f"{changed}: {{name}}", _GIVEN.format(given), _GONE.format(gone))


def _title(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(
        label,
        f"{changed}: {{old}} → {{new}}",
        f"Podano {given}: {{new}}",
        f"Strona nie podaje już {gone}: {{old}}",
    )


FIELDS: Mapping[tuple[Kind, str], FieldWords] = {
    ("cluster", "name"): _title("nazwa", "Poprawiono nazwę klastra", "nazwę klastra", "nazwy klastra"),
    ("cluster", "coordinator"): _text(
        "koordynator", "Nowy koordynator klastra", "koordynatora klastra", "koordynatora klastra"
    ),
    ("cluster", "sectors"): _text("branże", "Zmiana branż klastra", "branże klastra", "branż klastra"),
    ("cluster", "region"): _text("region", "Zmiana regionu klastra", "region klastra", "regionu klastra"),
    ("cluster", "round"): FieldWords(
        "runda konkursu",
        "Zmiana rundy konkursu: {name} – runda {new} (wcześniej {old})",
        "Podano rundę konkursu: {name} – runda {new}",
        "Strona nie podaje już rundy konkursu: {name}",
    ),
    ("cluster", "status_from"): _date(
        "początek statusu", "Początek statusu", "początek statusu", "początku statusu"
    ),
    ("cluster", "status_until"): FieldWords(
        "koniec statusu",
        "Koniec statusu zmieniony: {name} – {span}",
        "Podano, do kiedy obowiązuje status: {name} – {until}",
        "Strona nie podaje już, do kiedy obowiązuje status: {name}",
        later="Status przedłużony {until}: {name}",
        earlier="Status skrócony {until}: {name}",
        refined="Koniec statusu doprecyzowany: {name} – {new}",
    ),
    ("cluster", "url"): _address(
        "adres strony", "Nowy adres strony klastra", "adres strony klastra", "adresu strony klastra"
    ),
    ("call", "title"): _title("tytuł", "Poprawiono tytuł naboru", "tytuł naboru", "tytułu naboru"),
    ("call", "number"): _text("numer", "Nowy numer naboru", "numer naboru", "numeru naboru"),
    ("call", "programme"): _text("program", "Nabór w innym programie", "program naboru", "programu naboru"),
    ("call", "institution"): _text(
        "instytucja",
        "Nabór prowadzi inna instytucja",
        "instytucję prowadzącą nabór",
        "instytucji prowadzącej nabór",
    ),
    ("call", "announced"): _date(
        "ogłoszenie naboru", "Termin ogłoszenia naboru", "datę ogłoszenia naboru", "daty ogłoszenia naboru"
    ),
    ("call", "opens"): _date("start naboru", "Start naboru", "datę startu naboru", "daty startu naboru"),
    ("call", "closes"): replace(
        _date("termin składania wniosków", "Termin naboru", "termin naboru", "terminu naboru", "{until}"),
        earlier="Termin naboru skrócony: {name} – {span}",
    ),
    ("call", "rounds"): _text("rundy naboru", "Zmiana rund naboru", "rundy naboru", "rund naboru"),
    ("call", "results"): _date(
        "wyniki naboru", "Termin wyników naboru", "termin wyników naboru", "terminu wyników naboru"
    ),
    ("call", "status"): _text("stan naboru", "Zmiana stanu naboru", "stan naboru", "stanu naboru"),
    ("call", "budget"): _money("budżet", "Budżet naboru", "y", "budżetu naboru"),
    ("call", "grant_max"): _money(
        "maksymalne dofinansowanie", "Maksymalne dofinansowanie", "e", "maksymalnego dofinansowania"
    ),
    ("call", "beneficiaries"): FieldWords(
        "kto może złożyć wniosek",
        "Zmieniło się, kto może złożyć wniosek: {name} – {new}",
        "Podano, kto może złożyć wniosek: {name} – {new}",
        "Strona nie podaje już, kto może złożyć wniosek: {name}",
    ),
    ("call", "url"): _address(
        "adres strony", "Nowy adres strony naboru", "adres strony naboru", "adresu strony naboru"
    ),
    ("article", "title"): _title("tytuł", "Nowy tytuł wiadomości", "tytuł wiadomości", "tytułu wiadomości"),
    ("article", "published"): FieldWords(
        "data publikacji",
        "Zmiana daty publikacji: {name} – {span}",
        "Podano datę publikacji: {name} – {new}",
        "Strona nie podaje już daty publikacji: {name}",
        refined="Data publikacji doprecyzowana: {name} – {new}",
    ),
    ("article", "lead"): _bare(
        "wstęp", "Zmieniono wstęp wiadomości", "Dodano wstęp wiadomości", "Usunięto wstęp wiadomości"
    ),
    ("article", "text"): _bare(
        "treść", "Zmieniono treść wiadomości", "Dodano treść wiadomości", "Usunięto treść wiadomości"
    ),
    ("article", "url"): _address(
        "adres strony", "Nowy adres wiadomości", "adres wiadomości", "adresu wiadomości"
    ),
    ("article", "about"): _bare(
        "nabory, których dotyczy",
        "Zmieniono odsyłacze do naborów w wiadomości",
        "Dodano odsyłacz do naboru w wiadomości",
        "Usunięto odsyłacze do naborów z wiadomości",
    ),
    ("document", "title"): _title("tytuł", "Nowy tytuł dokumentu", "tytuł dokumentu", "tytułu dokumentu"),
    ("document", "url"): _address(
        "adres pliku", "Podmieniono dokument", "adres dokumentu", "adresu dokumentu"
    ),
    ("document", "belongs_to"): _bare(
        "strona, na której jest",
        "Dokument jest teraz na innej stronie",
        "Wiadomo, na której stronie jest dokument",
        "Nie wiadomo już, na której stronie jest dokument",
    ),
    ("document", "sha256"): _bare(
        "suma kontrolna", "Nowa wersja dokumentu", "Pobrano dokument", "Nie można już pobrać dokumentu"
    ),
    ("document", "media_type"): FieldWords(
        "format pliku",
        "Dokument ma inny format: {name} – {new}",
        "Rozpoznano format dokumentu: {name} – {new}",
        "Nie wiadomo już, jaki format ma dokument: {name}",
    ),
}

KINDS: Mapping[Kind, str] = {
    "cluster": "klaster",
    "call": "nabór",
    "article": "wiadomość",
    "document": "dokument",
}

STATUSES: Mapping[str, str] = {
    "planned": "planowany",
    "open": "trwa",
    "closed": "zakończony",
    "suspended": "zawieszony",
    "settled": "rozstrzygnięty",
}

STATUS_NEWS: Mapping[str, str] = {
    "planned": "Nabór planowany: {name}",
    "open": "Nabór trwa: {name}",
    "closed": "Nabór zakończony: {name}",
    "suspended": "Nabór zawieszony: {name}",
    "settled": "Nabór rozstrzygnięty: {name}",
}

VERBS: Mapping[tuple[Verb, Kind], str] = {
    ("appeared", "cluster"): "Nowy klaster na liście: {name}",
    ("appeared", "call"): "Nowy nabór: {name}",
    ("appeared", "article"): "Nowa wiadomość: {name}",
    ("appeared", "document"): "Nowy dokument: {name}",
    ("disappeared", "cluster"): "Klaster zniknął z listy: {name}",
    ("disappeared", "call"): "Nabór zniknął ze strony: {name}",
    ("disappeared", "article"): "Wiadomość zniknęła ze strony: {name}",
    ("disappeared", "document"): "Dokument zniknął ze strony: {name}",
    ("returned", "cluster"): "Klaster wrócił na listę: {name}",
    ("returned", "call"): "Nabór wrócił na stronę: {name}",
    ("returned", "article"): "Wiadomość wróciła na stronę: {name}",
    ("returned", "document"): "Dokument wrócił na stronę: {name}",
    ("renamed", "cluster"): "Klaster zmienił nazwę: {old} → {new}",
    ("renamed", "call"): "Nabór ma nowy tytuł: {old} → {new}",
    ("renamed", "article"): "Wiadomość ma nowy tytuł: {old} → {new}",
    ("renamed", "document"): "Dokument ma nowy tytuł: {old} → {new}",
    ("merged", "cluster"): "Połączono dwa wpisy o tym samym klastrze: {name}",
    ("merged", "call"): "Połączono dwa wpisy o tym samym naborze: {name}",
    ("merged", "article"): "Połączono dwa wpisy o tej samej wiadomości: {name}",
    ("merged", "document"): "Połączono dwa wpisy o tym samym dokumencie: {name}",
    ("retracted", "cluster"): "Sprostowanie: informacja o klastrze była błędna – {name}",
    ("retracted", "call"): "Sprostowanie: informacja o naborze była błędna – {name}",
    ("retracted", "article"): "Sprostowanie: informacja o wiadomości była błędna – {name}",
    ("retracted", "document"): "Sprostowanie: informacja o dokumencie była błędna – {name}",
}

NO_NEWS: Mapping[Kind, str] = {
    "cluster": "Klaster na liście: {name}",
    "call": "Nabór: {name}",
    "article": "Wiadomość: {name}",
    "document": "Dokument: {name}",
}
