"""Names of organisations after "reprezentowany przez", as they stand in a list of names."""

import pytest

from spiders.nominative import nominative


@pytest.mark.parametrize(
    ("printed", "named"),
    [
        ("Fundację Interizon", "Fundacja Interizon"),
        ("Fundację Rozwoju Regionu „Izbę”", "Fundacja Rozwoju Regionu „Izbę”"),
        ("Katowicką Specjalną Strefę Ekonomiczną S.A.", "Katowicka Specjalna Strefa Ekonomiczna S.A."),
        ("Izbę Gospodarczą", "Izba Gospodarcza"),
        ("Izbę Przemysłowo-Handlową w Toruniu", "Izba Przemysłowo-Handlowa w Toruniu"),
        ("Śląsko-Dąbrowską Spółkę Mieszkaniową", "Śląsko-Dąbrowska Spółka Mieszkaniowa"),
        ("Polską i Niemiecką Izbę Budowlaną i Drogową", "Polska i Niemiecka Izba Budowlana i Drogowa"),
        ("Wschodnią Agencję Rozwoju", "Wschodnia Agencja Rozwoju"),
        ("Wyższą Szkołę Informatyki i Zarządzania", "Wyższa Szkoła Informatyki i Zarządzania"),
        ("Śląską Sieć Wyrobów Medycznych", "Śląska Sieć Wyrobów Medycznych"),
        ("Fundację Sieć Innowacji", "Fundacja Sieć Innowacji"),
        ("Politechnikę Śląską", "Politechnika Śląska"),
        ("FUNDACJĘ KLASTER", "FUNDACJA KLASTER"),
    ],
)
def test_a_feminine_name_is_in_the_nominative(printed: str, named: str) -> None:
    assert nominative(printed) == named
    assert nominative(named) == named


@pytest.mark.parametrize(
    "printed",
    [
        "Stowarzyszenie Grupy Przedsiębiorców „Dolina Lotnicza”",
        "Wrocławski Park Technologiczny S. A.",
        "Polskie Centrum Fotoniki i Światłowodów",
        "GOFAR sp. z o.o.",
        "Energą",
        "Katowicką SSE S.A.",
        "„Fundację”",
        "Fundacjęta",
        "Fundację-Interizon",
        "Jana Kowalskiego",
        "Fundację Interizon i Izbę Gospodarczą",
        "Fundację Interizon oraz Polską Izbę",
        "",
    ],
)
def test_what_is_not_sure_stays_as_printed(printed: str) -> None:
    assert nominative(printed) == printed
