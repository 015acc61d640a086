"""The parts of SARIF 2.1.0 that `scaffold check` writes: what its schema demands of them, and no property besides.

Source: docs.oasis-open.org/sarif/sarif/v2.1.0, appendix "SARIF schema".
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _uri_reference(text: str) -> str:
    """RFC 3986: no character outside of it, and `%` only before two hexadecimal digits."""
    assert re.fullmatch(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*", text), f"{text!r} is no URI"
    return text


def _unique(items: list["Descriptor"]) -> list["Descriptor"]:
    assert len({item.id for item in items}) == len(items)
    return items


Uri = Annotated[str, AfterValidator(_uri_reference)]
Line = Annotated[int, Field(ge=1)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Message(Part):
    text: str
    markdown: str | None = None


class ArtifactLocation(Part):
    uri: Uri | None = None
    uriBaseId: str | None = None
    description: Message | None = None


class Region(Part):
    startLine: Line
    endLine: Line


class PhysicalLocation(Part):
    artifactLocation: ArtifactLocation
    region: Region


class Location(Part):
    physicalLocation: PhysicalLocation


class Result(Part):
    message: Message
    ruleId: str
    ruleIndex: Annotated[int, Field(ge=-1)]
    level: Literal["none", "note", "warning", "error"]
    locations: list[Location]


class Descriptor(Part):
    id: str
    shortDescription: Message
    help: Message


class Driver(Part):
    name: str
    rules: Annotated[list[Descriptor], AfterValidator(_unique)]


class Tool(Part):
    driver: Driver


class Run(Part):
    tool: Tool
    columnKind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    originalUriBaseIds: dict[str, ArtifactLocation]
    results: list[Result]


class Log(Part):
    version: Literal["2.1.0"]
    schema_: Annotated[Uri, Field(alias="$schema")]
    runs: list[Run]
