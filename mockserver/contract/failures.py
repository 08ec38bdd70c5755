"""How an API can break its contract in ways that stock schemathesis does not see. Data that can be sorted; prints nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from schemathesis.core.failures import Failure, Severity


class ContractFailure(Failure):
    """A claim of the document that does not hold.

    Attributes:
        subject: the parameter, attribute or status that it is about; with the operation and the class it tells one failure from another.
    """

    code: ClassVar[str] = "CM900"
    severity_of_all: ClassVar[Severity] = Severity.HIGH

    __slots__ = ("subject",)

    def __init__(self, *, operation: str | None, message: str, subject: str = "", case_id: str | None = None) -> None:
        super().__init__(operation=operation, message=message, case_id=case_id, severity=self.severity_of_all)
        self.subject = subject

    @property
    def _unique_key(self) -> str:
        return self.subject

    def asdict(self) -> dict[str, Any]:
        """Return the failure as plain data."""
        return {**super().asdict(), "subject": self.subject}


class FilterLeak(ContractFailure):
    """A list holds a record that its filter excludes."""

    code = "CM101"
    checks = ("filters_hold",)
    kind_title = "A filtered list holds a record that does not match"


class FilterLoss(ContractFailure):
    """A list lacks a record that its filter includes."""

    code = "CM102"
    checks = ("filters_hold",)
    kind_title = "A filtered list lacks a record that matches"


class OrderBroken(ContractFailure):
    """A list is not in the order that was asked for."""

    code = "CM103"
    checks = ("orders_hold",)
    kind_title = "A list is not ordered as asked"


class PageRepeats(ContractFailure):
    """A record stands on two pages of one list."""

    code = "CM104"
    checks = ("pages_partition",)
    kind_title = "Pages repeat a record"


class PageLoses(ContractFailure):
    """A record of a list stands on none of its pages, or one that is on a page is not of the list."""

    code = "CM105"
    checks = ("pages_partition",)
    kind_title = "Pages do not add up to the list"


class TotalWrong(ContractFailure):
    """A list tells a number of records that it does not have."""

    code = "CM106"
    checks = ("pages_partition",)
    kind_title = "The total is not the number of records"


class PropertyMissing(ContractFailure):
    """A record lacks a property that the document shows everywhere."""

    code = "CM107"
    checks = ("records_are_complete",)
    kind_title = "A record lacks a property that is always there"


class RefusedWithoutRule(ContractFailure):
    """A valid request was refused for a reason that the document does not list."""

    code = "CM201"
    checks = ("refusals_have_a_rule",)
    kind_title = "A valid request is refused, and no rule of the operation says so"


class LeadsElsewhere(ContractFailure):
    """An answer sends the client to another origin."""

    code = "CM202"
    checks = ("stays_at_its_origin",)
    kind_title = "A redirect leads to another origin"
    severity_of_all = Severity.CRITICAL


class CredentialIgnored(ContractFailure):
    """A request without a known credential is not refused as the document says."""

    code = "CM203"
    checks = ("credentials_are_asked",)
    kind_title = "A credential that is missing or unknown is not refused as it should be"
    severity_of_all = Severity.CRITICAL


class CreateLost(ContractFailure):
    """A record that was created cannot be found."""

    code = "CM301"
    checks = ("created_is_kept",)
    kind_title = "A created record is not kept"


class CreateAltered(ContractFailure):
    """A record that was created is read with other values than were sent."""

    code = "CM302"
    checks = ("created_is_kept",)
    kind_title = "A created record has other values than were sent"


class UpdateLost(ContractFailure):
    """An update was accepted, and the record is read as before."""

    code = "CM303"
    checks = ("updated_is_kept",)
    kind_title = "An update changes nothing"


class DeleteLost(ContractFailure):
    """A delete was accepted, and the record can still be read."""

    code = "CM304"
    checks = ("deleted_is_gone",)
    kind_title = "A deleted record is still there"
