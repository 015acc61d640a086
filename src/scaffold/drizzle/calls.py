"""Chained calls, `text('id').notNull().unique()`, as a list."""

from dataclasses import dataclass

from scaffold.drizzle.typescript import Node
from scaffold.drizzle.values import Place, shortened


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a chain.

    Args:
        name: of the method.
        arguments: what it is given.
        place: of the call, for errors and for what the arguments mean.
    """

    name: str
    arguments: tuple[Place, ...]
    place: Place

    @property
    def first(self) -> Place | None:
        """Its first argument."""
        return self.arguments[0] if self.arguments else None

    def only(self) -> Place:
        """Its only argument.

        Raises:
            UsageError: it has none, or several.
        """
        if len(self.arguments) != 1:
            raise self.place.node.error(f"{shortened(self.place.node)} should have one argument.")
        return self.arguments[0]


def chain(place: Place) -> tuple[Place, list[Call]]:
    """The expression that a chain begins with, and the methods called on it in their order.

    The begin is a call itself (`text('id')`) or whatever stands left of the first method.
    """
    calls: list[Call] = []
    node = place.node.bare()
    while node.kind == "call_expression":
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None or function.kind != "member_expression":
            break
        owner, name = function.field("object"), function.field("property")
        if owner is None or name is None or owner.kind != "call_expression":
            break
        calls.append(Call(name.text, _given(place, arguments), place.at(node)))
        node = owner.bare()
    return place.at(node), calls[::-1]


def opening(place: Place) -> Call:
    """The call that a chain begins with; its name is the function's text.

    Raises:
        UsageError: it is no call.
    """
    function, arguments = place.node.field("function"), place.node.field("arguments")
    if place.node.kind != "call_expression" or function is None or arguments is None:
        raise place.node.error(f"a call is expected here, and {shortened(place.node)} is none.")
    return Call(function.text, _given(place, arguments), place)


def _given(place: Place, arguments: Node) -> tuple[Place, ...]:
    return tuple(place.at(argument) for argument in arguments.children)
