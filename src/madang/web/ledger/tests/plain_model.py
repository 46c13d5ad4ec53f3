"""The ledger in forty lines of plain Python, lot by lot: what the real one is held to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class PlainMember:
    """A member's lots in the order of their days: [day, amount left]."""

    lots: list[list[int]] = field(default_factory=list)
    expired: int = 0

    @property
    def balance(self) -> int:
        return sum(left for _, left in self.lots)

    def credit(self, day: int, amount: int) -> None:
        self.lots.append([day, amount])
        self.lots.sort()

    def debit(self, amount: int) -> bool:
        if amount > self.balance:
            return False
        for lot in self.lots:
            taken = min(lot[1], amount)
            lot[1] -= taken
            amount -= taken
        return True

    def expire(self, earned_to: int) -> int:
        lost = sum(left for day, left in self.lots if day <= earned_to)
        self.lots = [lot for lot in self.lots if lot[0] > earned_to]
        self.expired += lost
        return lost


@dataclass
class PlainLedger:
    """Members by name, and the keys that have moved something."""

    members: dict[str, PlainMember] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    issued: int = 0
    spent: int = 0

    def member(self, name: str) -> PlainMember:
        return self.members.setdefault(name, PlainMember())

    def award(self, name: str, day: int, amount: int, key: str) -> None:
        if key not in self.keys:
            self.keys.add(key)
            self.issued += amount
            self.member(name).credit(day, amount)

    def spend(self, name: str, amount: int, key: str) -> bool:
        if key in self.keys:
            return True
        if not self.member(name).debit(amount):
            return False
        self.keys.add(key)
        self.spent += amount
        return True
