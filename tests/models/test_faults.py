import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from models.faults import Fault, first_fault


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    size: int = Field(default=1, gt=0)

    @field_validator("name")
    @classmethod
    def _is_small(cls, name: str) -> str:
        if not name.islower():
            raise ValueError(f"`{name}` has capitals")
        return name


class Whole(BaseModel):
    entries: list[Entry] = []


def fault(document: object, *, named: bool = True) -> Fault:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate(document)
    return first_fault(caught.value, document if named else None)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"name": "a", "size": 0}, "entries.`a`.size: input should be greater than 0"),
        ({"size": 2}, "entries.0.name: field required"),
        ({"name": "A"}, "entries.`A`.name: `A` has capitals"),
        ({"id": "x", "name": "a"}, "entries.`x`.id: extra inputs are not permitted"),
        ("a", "entries.0: input should be a valid dictionary or instance of Entry"),
    ],
)
def test_a_fault_is_told_with_its_place(entry: object, told: str) -> None:
    assert str(fault({"entries": [entry]})) == told


def test_without_the_document_entries_have_numbers() -> None:
    found = fault({"entries": [{"name": "a", "sise": 1}]}, named=False)
    assert (found.place, found.is_unknown) == ("entries.0.sise", True)


def test_a_fault_of_the_whole_has_no_place() -> None:
    assert str(fault([])) == "input should be a valid dictionary or instance of Whole"


def test_a_name_or_an_abbreviation_keeps_its_letters() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate_json("{")
    assert str(first_fault(caught.value)).startswith("invalid JSON: EOF while parsing")
