"""What a verb wants done, as data: file edits, a revision, an upgrade; and what it may look at to decide."""

from scaffold.plan.edits import FileEdit, Plan, Revision
from scaffold.plan.rendering import Rendering
from scaffold.plan.snapshot import Snapshot

__all__ = ["FileEdit", "Plan", "Rendering", "Revision", "Snapshot"]
