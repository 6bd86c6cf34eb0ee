"""Text as stored and compared, and the identity of addresses."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.records import Key, address_key, canonical_address, clean, fold, page_key
from storage.records.keys import without_noise

steady = settings(derandomize=True, max_examples=200, deadline=None, database=None)
POLISH = "aąbcćdeęfghijklłmnńoóprsśtuwyzźżAĄBCĆDEĘLŁNŃOÓSŚZŹŻ"
names = st.text(st.sampled_from(POLISH + "  .,;:-–—„”'\"«»()&0123456789\u00a0\u00ad"), max_size=40)
anything = st.text(st.characters(exclude_categories=()), max_size=60)


@steady
@given(anything)
def test_clean_is_idempotent_and_fit_to_store(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept == unicodedata.normalize("NFC", kept)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in kept)
    assert "  " not in kept
    assert kept.strip() == kept


def test_clean_leaves_no_control_and_no_invisible_character_of_all_there_are() -> None:
    drops = "\u00ad\u034f\u061c\ufeff" + "".join(
        chr(each)
        for first, last in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x206F))
        for each in range(first, last + 1)
    )
    parts = [chr(each) for each in range(0x110000) if unicodedata.category(chr(each)) in ("Cc", "Cs")]
    assert all(clean(f"a{each}b") == "ab" for each in drops)
    assert all(clean(f"a{each}b") == "a b" for each in (*parts, "\u00a0", "\ufffe", "\uffff"))


@steady
@given(anything)
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(clean(text)) == fold(text)


@pytest.mark.parametrize("text", ["s. s.a. a.", "a sp-z-o-o", "x. śp. z o.o", "ⓢ.a", "«. s.a.»"])
def test_fold_is_idempotent_where_one_pass_uncovers_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@steady
@given(names)
def test_fold_overlooks_what_is_cosmetic(name: str) -> None:
    plain = fold(name)
    assert fold(name.upper()) == fold(name.lower()) == plain
    assert fold(name.replace(" ", "\u00a0")) == plain
    assert fold(name.replace("„", "«").replace("”", '"')) == plain
    assert fold(name.replace("–", "-").replace("—", "\u2212")) == plain
    assert fold(unicodedata.normalize("NFD", name)) == plain
    assert fold(f"  „{name}”. ") == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łódź", "lodz"),
        ("Klaster Logistyczno-Transportowy", "Klaster Logistyczno Transportowy"),
        ("Klaster Logistyczno – Transportowy", "klaster logistyczno-transportowy"),
        ("Pomorski Klaster ICT Interizon.", "Pomorski Klaster ICT Interizon"),
        ("Klaster „Lifescience Kraków”", "KLASTER LIFESCIENCE KRAKÓW"),
        ("Evoluma sp. z o.o.", "Evoluma Sp. z o. o."),
        ("Evoluma spółka z ograniczoną odpowiedzialnością", "Evoluma"),
        ("Centrum S.A.", "Centrum spółka akcyjna"),
    ],
)
def test_same_names(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wschodni Klaster Budowlany", "Polski Klaster Budowlany"),
        ("Klaster 1", "Klaster 2"),
        ("Klaster ICT", "Klaster IT"),
    ],
)
def test_other_names(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://www.PI.gov.pl/Klastry/chapter_95922.asp", "https://pi.gov.pl/klastry/chapter_95922.asp"),
        ("http://www.gov.pl:80/web/rozwoj/", "https://gov.pl/web/rozwoj"),
        ("https://www.gov.pl/web/rozwoj#kontakt", "https://gov.pl/web/rozwoj"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/index.html", "https://example.org/"),
        ("https://example.org/a/Default.aspx?b=2&a=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a?utm_source=x&soid=1&fbclid=2", "https://example.org/a?soid=1"),
        ("https://example.org/a;jsessionid=0A1B?x=1", "https://example.org/a?x=1"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("http://[::1]/a", "https://[::1]/a"),
        ("  https://example.org/łódź ", "https://example.org/%C5%82%C3%B3d%C5%BA"),
    ],
)
def test_canonical_address(url: str, address: str) -> None:
    assert canonical_address(url) == address
    assert canonical_address(address) == address


@pytest.mark.parametrize(
    "url",
    ["", "/web/rozwoj", "javascript:alert(1)", "ftp://example.org/", "https://", "http://["],
)
def test_no_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_address(url)


hosts = st.sampled_from(
    ["gov.pl", "www.gov.pl", "WWW.pi.gov.pl", "parp.gov.pl.", "www.www.example.org", "[::1]"]
)
paths = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "index.html", "Default.aspx", "%c5%82", "%2F", "a;jsessionid=1", "klaster ł", "..", "x+y"]
        ),
        st.text(st.sampled_from("abcXYZ0-_.~:@!$&'()*,=%"), max_size=8),
    ),
    max_size=5,
)
queries = st.lists(st.sampled_from(["a=1", "b", "utm_x=1", "A=ł", "", "soid=%7b1%7d", "q=a+b"]), max_size=4)


@steady
@given(st.sampled_from(["http", "https", "HTTP"]), hosts, paths, queries, st.sampled_from(["", "#x", "#?a"]))
def test_canonical_address_is_idempotent(
    scheme: str, host: str, path: list[str], query: list[str], fragment: str
) -> None:
    url = f"{scheme}://{host}/{'/'.join(path)}?{'&'.join(query)}{fragment}"
    address = canonical_address(url)
    assert canonical_address(address) == address
    assert page_key(address) == page_key(url)


def test_keys_of_parp() -> None:
    grant = Key("grant", "rozwoj-oferty")
    for host in ("www.parp.gov.pl", "feng.parp.gov.pl", "parp.gov.pl"):
        assert address_key(f"http://{host}/component/grants/grants/Rozwoj-oferty/?utm_a=1#x") == grant
    assert address_key("https://www.parp.gov.pl/component/grants/grants/rozwoj-oferty-1") != grant
    article = Key("article", "84000")
    assert address_key("https://www.parp.gov.pl/component/content/article/84000:nabor") == article
    assert address_key("https://parp.gov.pl/component/content/article/84000-inny-tytul") == article
    assert address_key("https://notparp.gov.pl/component/content/article/84000").scheme == "url"
    assert str(grant) == "grant:rozwoj-oferty"


def test_without_noise_keeps_relative_addresses() -> None:
    assert without_noise("/a?PHPSESSID=1&b=2#c") == "/a?b=2"
    assert without_noise("?utm_source=x") == ""
