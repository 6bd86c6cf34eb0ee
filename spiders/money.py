"""Sums of money as Polish offices print them: "18,6 mln zł" is `18600000 PLN`.

Pure and strict: what is not wholly understood raises NotMoney.
"""

import re
from decimal import Decimal

from storage.records import clean


class NotMoney(ValueError):
    """The text is not one sum of money, or not one range."""


_UNITS = {"tys": 3, "mln": 6, "milion": 6, "mld": 9, "miliard": 9}
_CURRENCY = r"(?:zł(?:otych|ote|oty)?\b\.?|PLN\b|EUR(?:O)?\b|€)"
_SUM = (
    r"(?P<number{n}>(?:\d{{1,3}}(?:[ .]\d{{3}})+|\d+)(?:[.,]\d{{1,6}})?)(?!\d)(?:,-)?"
    r"(?:\s?(?P<unit{n}>tys(?:iące|ięcy|iąca)?\b\.?|mln\b\.?|milion(?:y|ów|a)?\b"
    r"|mld\b\.?|miliard(?:y|ów|a)?\b))?"
    r"(?:\s?(?P<currency{n}>{currency}))?"
)
_ABOUT = r"(?:(?:do|nawet|od|ok\.|około|ponad|prawie|blisko|maks\.|maksymalnie|max\.?)\s)*"
_MONEY = re.compile(
    rf"{_ABOUT}(?:(?P<lead>{_CURRENCY})\s?)?"
    + _SUM.format(n="", currency=_CURRENCY)
    + r"(?:(?:\s?[-–—]\s?|\sdo\s)"
    + _SUM.format(n="_last", currency=_CURRENCY)
    + r")?[\s.,;]*",
    re.IGNORECASE,
)


def read_money(text: str, *, end: bool = False) -> str:
    """The sum that `text` is, as `400000 PLN`, with two decimals where it has grosze.

    Words such as "do" and "ok." say nothing about the value and are passed over. Of a range
    ("500 tys. - 10 mln zł") the first sum, with `end` the last; the first takes currency and
    unit of the last where it names none. Raises NotMoney.
    """
    said = clean(text)
    match = _MONEY.fullmatch(said)
    if match is None:
        raise NotMoney(f"{said!r} is not a sum of money")
    printed = match.group("lead", "currency", "currency_last")
    currencies = {_currency(name) for name in printed if name}
    if len(currencies) != 1:
        raise NotMoney(f"{said!r} names {len(currencies)} currencies, not one")
    first = _amount(match["number"], match["unit"])
    if match["number_last"] is None:
        return _canonical(first, currencies.pop(), said)
    last = _amount(match["number_last"], match["unit_last"])
    if match["unit"] is None:
        # "2 - 5 mln zł" is two million, "500 000 - 10 mln zł" is not half a trillion.
        scaled = _amount(match["number"], match["unit_last"])
        first = scaled if scaled <= last else first
    if first > last:
        raise NotMoney(f"{said!r} ends below its beginning")
    return _canonical(last if end else first, currencies.pop(), said)


def _currency(name: str) -> str:
    return "EUR" if name.casefold().startswith(("eur", "€")) else "PLN"


def _amount(number: str, unit: str | None) -> Decimal:
    whole = (
        re.sub(r"[ .](?=\d{3}(?!\d))", "", number)
        if "," in number or " " in number
        else (number.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number) else number)
    )
    power = next((zeros for name, zeros in _UNITS.items() if unit and unit.casefold().startswith(name)), 0)
    return Decimal(whole.replace(",", ".")).scaleb(power)


def _canonical(amount: Decimal, currency: str, said: str) -> str:
    if amount != amount.quantize(Decimal("0.01")):
        raise NotMoney(f"{said!r} is finer than a grosz")
    return f"{amount:.0f} {currency}" if amount == int(amount) else f"{amount:.2f} {currency}"
