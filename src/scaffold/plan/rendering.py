"""What the domain template makes of answers."""

from typing import NamedTuple


class Rendering(NamedTuple):
    """A rendered module, and what rendered it.

    Args:
        text: the module's.
        template: where the template is, for people; no path of one machine.
        version: the template's, as git names a folder's content.
    """

    text: str
    template: str
    version: str
