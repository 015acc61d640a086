"""Findings for people, as JSON, and as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from scaffold.cli.terminal import coloured
from scaffold.lint.finding import Finding
from scaffold.lint.rules import Rule


def as_text(findings: Sequence[Finding]) -> str:
    """Lines for people: an editor can jump to each."""
    if not findings:
        return "Nothing found."
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.place}: {coloured(finding.code, 'red')}: {finding.message}")
        lines += [f"    {line}" for line in finding.help.splitlines()]
    fixable = sum(finding.fix is not None for finding in findings)
    count = f"\n{len(findings)} found"
    return "\n".join([*lines, f"{count}; {fixable} fixed by: scaffold check --fix" if fixable else f"{count}."])


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Plain values."""
    return [
        {
            "code": finding.code,
            "message": finding.message,
            "file": finding.place.file,
            "line": finding.place.line,
            "last_line": finding.place.last,
            "help": finding.help,
            "fixable": finding.fix is not None,
        }
        for finding in findings
    ]


def as_sarif(findings: Sequence[Finding], rules: Sequence[Rule]) -> dict[str, Any]:
    """A SARIF log with one run."""
    driver = {"name": "scaffold", "rules": [_sarif_rule(rule) for rule in rules]}
    codes = [rule.code for rule in rules]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"ROOT": {"description": {"text": "The folder of pyproject.toml"}}},
                "results": [_sarif_result(finding, codes.index(finding.code)) for finding in findings],
            }
        ],
    }


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
    }


def _sarif_result(finding: Finding, rule: int) -> dict[str, Any]:
    text = f"{finding.message}\n\n{finding.help}" if finding.help else finding.message
    location = {
        "artifactLocation": {"uri": quote(finding.place.file), "uriBaseId": "ROOT"},
        "region": {"startLine": finding.place.line, "endLine": finding.place.last},
    }
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": "warning",
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    }
