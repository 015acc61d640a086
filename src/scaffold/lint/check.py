"""Judging a project: every rule that is selected, and the comments that silence them."""

from collections.abc import Iterator
from dataclasses import replace

from scaffold.lint.finding import Finding
from scaffold.lint.rules import codes, rules
from scaffold.lint.subject import Domain, Subject


def check(subject: Subject) -> tuple[Finding, ...]:
    """What is found, in the order of the places."""
    found = tuple(_found(subject))
    selected = {code for code in codes() if subject.options.runs(code)}
    known = replace(subject, domains=tuple(_judged(domain, found, selected) for domain in subject.domains))
    allows = [allow for domain in known.domains for allow in domain.allows]
    left = (finding for finding in _found(known) if not any(allow.silences(finding) for allow in allows))
    return tuple(sorted(left, key=lambda finding: (finding.place, finding.code, finding.message)))


def _found(subject: Subject) -> Iterator[Finding]:
    for rule in rules():
        if subject.options.runs(rule.code):
            yield from rule.check(subject)


def _judged(domain: Domain, found: tuple[Finding, ...], selected: set[str]) -> Domain:
    """The domain with its comments judged, but for those about a rule that is not run."""
    judged = (
        allow.judged(found) if allow.code in selected or allow.code not in codes() else allow for allow in domain.allows
    )
    return replace(domain, allows=tuple(judged))
