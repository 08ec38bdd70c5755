"""What a run of checks tells, one after another: what was sent, what broke the contract, what could not be judged. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from schemathesis.core.failures import Failure


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was answered.

    Attributes:
        phase: of schemathesis, or `probes`.
        positive: whether the request was valid; None where nobody generated it.
    """

    label: str
    method: str
    phase: str
    positive: bool | None
    status: int


@dataclass(frozen=True, slots=True)
class Finding:
    """The target broke its contract.

    Attributes:
        check: the name of the check.
        curl: a command that shows it, without the credential.
        answer: the beginning of what came.
    """

    label: str
    check: str
    failure: Failure
    curl: str = ""
    answer: str = ""

    def __str__(self) -> str:
        return "\n".join(part for part in (f"{self.label}: {self.check}: {self.failure}", self.curl, self.answer) if part)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A claim that this target gave no occasion to judge, and why."""

    label: str
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """The checker could not work; nothing is known about the contract here."""

    label: str
    reason: str


Event = Sent | Finding | Unjudged | Trouble
