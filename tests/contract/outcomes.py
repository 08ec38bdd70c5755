"""What came out of a run, counted: for tests that hold a target to its document."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field

from mockserver.contract.events import Finding, Sent, Trouble, Unjudged
from mockserver.contract.runner import Plan, run
from mockserver.contract.targets import Target


@dataclass
class Outcome:
    findings: list[Finding] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    unjudged: list[Unjudged] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    @property
    def checks(self) -> set[str]:
        """Names of the checks that found something."""
        return {finding.check for finding in self.findings}

    @property
    def accepted_share(self) -> float:
        """Of the valid requests, how many did what they asked for."""
        valid = [one for one in self.sent if one.positive]
        return sum(one.status < 300 for one in valid) / max(len(valid), 1)

    def labels(self, phase: str) -> set[str]:
        """The operations that were sent to in a phase."""
        return {one.label for one in self.sent if one.phase == phase}

    def text(self) -> str:
        """Everything that is to be known about a run, for people."""
        statuses = Counter((one.phase, {True: "valid", False: "invalid", None: "probe"}[one.positive], one.status) for one in self.sent)
        lines = [f"{count:6} {phase} {kind} {status}" for (phase, kind, status), count in sorted(statuses.items())]
        told = [str(one) for one in (*self.unjudged, *self.troubles, *self.findings)]
        return "\n".join([f"{len(self.sent)} requests; {self.accepted_share:.0%} of the valid ones were accepted", *lines, *told])


def outcome_of(target: Target, plan: Plan) -> Outcome:
    """Run the plan on the target, and print what came out."""
    outcome = Outcome()
    kept = {Finding: outcome.findings, Trouble: outcome.troubles, Unjudged: outcome.unjudged, Sent: outcome.sent}
    for event in run(target, plan):
        kept[type(event)].append(event)  # type: ignore[attr-defined]
    sys.stdout.write(outcome.text() + "\n")
    return outcome


def broken(outcome: Outcome) -> list[str]:
    """Return what broke the contract, and where the checker could not work."""
    return [str(one) for one in (*outcome.findings, *outcome.troubles)]
