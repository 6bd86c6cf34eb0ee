"""Sites that change a little at a time: two registers of clusters, a schedule of calls with its cards."""

from dataclasses import dataclass, field, replace

from storage.records import Address, Key, Record, Source, document
from tests.world import CALLS, KKK, a_call, a_cluster

OLD_LIST = "http://www.pi.gov.pl/Klastry/chapter_95922.asp"
PORTAL = replace(
    KKK, id="kkk-pi", addresses=(Address(OLD_LIST, "kkk_page", "register"),), hosts=("www.pi.gov.pl",), rank=1
)
REGISTERS = (KKK, PORTAL)
SOURCES = (KKK, PORTAL, CALLS)
NAMES = ("Dolina Lotnicza", "Zielona Chemia", "Wschodni Budowlany", "Fotonika", "Obróbka Metali",
         "Żywność Podkarpacka", "Morski Pomorza", "Gospodarka Odpadowa", "Automotive")  # fmt: skip
SLUGS = ("rozwoj-oferty", "umiedzynarodowienie", "edih", "granty-na-euro")
LABELS = ("Regulamin", "Lista projektów")


@dataclass
class Cluster:
    listed: bool = True
    on_portal: bool = True
    until: int = 2027
    until_on_portal: int = 2026
    coordinator: int = 0


@dataclass
class Call:
    tile: bool = True
    card: bool = True
    closes: int = 10
    budget: int | None = 4
    rounds: int = 1
    documents: dict[str, int] = field(default_factory=dict)


class Site:
    """What the sites would say now."""

    def __init__(self) -> None:
        self.clusters = {name: Cluster() for name in NAMES[:-1]} | {NAMES[-1]: Cluster(listed=False)}
        self.calls = {slug: Call() for slug in SLUGS[:-1]} | {SLUGS[-1]: Call(tile=False, card=False)}

    def turn(self, what: str, which: int) -> None:
        cluster, call = self.clusters[NAMES[which]], self.calls[SLUGS[which % len(SLUGS)]]
        match what:
            case "cluster":
                cluster.listed = not cluster.listed
            case "until":
                cluster.until += 1
            case "coordinator":
                cluster.coordinator += 1
            case "portal":
                cluster.on_portal = not cluster.on_portal
            case "portal-until":
                cluster.until_on_portal += 1
            case "tile":
                call.tile = not call.tile
            case "card":
                call.card = not call.card
            case "closes":
                call.closes += 1 if which % 2 else -1
            case "budget":
                call.budget = None if call.budget else 4 + which
            case "round":
                call.rounds += 1
            case _:
                self._turn_document(call, LABELS[which % 2], replaced=what == "attachment")

    @staticmethod
    def _turn_document(call: Call, label: str, *, replaced: bool) -> None:
        if replaced and label in call.documents:
            call.documents[label] += 1
        elif call.documents.pop(label, None) is None:
            call.documents[label] = 1

    def register(self, source: Source) -> list[Record]:
        """The rows of a register as it stands; what is odd about a coordinator is not said."""
        portal = source is PORTAL
        rows = []
        for name, each in self.clusters.items():
            until = each.until_on_portal if portal else each.until
            values = {"status_until": f"{until}-12-17", "round": "VI"}
            if each.coordinator % 3 and not portal:
                values["coordinator"] = f"Fundacja {name} {each.coordinator}"
            if each.on_portal if portal else each.listed:
                rows.append(a_cluster(name, **values))
        return rows

    def schedule(self) -> list[Record]:
        return [
            a_call(slug, title=_title(slug), rounds=_rounds(each))
            for slug, each in self.calls.items()
            if each.tile
        ]

    def card(self, slug: str) -> list[Record] | None:
        """What the card of a call says, with its documents; None when it is gone."""
        each = self.calls[slug]
        if not each.card:
            return None
        budget = f"{each.budget}000000 PLN" if each.budget else None
        documents = [
            document(
                Key("document", label),
                title=label,
                url=f"https://www.parp.gov.pl/{slug}/{label}-{number}.pdf",
            )
            for label, number in each.documents.items()
        ]
        closes = f"2027-05-{each.closes:02}"
        return [a_call(slug, card=True, title=_title(slug), closes=closes, budget=budget), *documents]


def _title(slug: str) -> str:
    return f"Nabór {slug}"


def _rounds(call: Call) -> tuple[str, ...]:
    return tuple(f"2027-{month:02}-01/2027-{month:02}-20" for month in range(1, 1 + min(call.rounds, 12)))
