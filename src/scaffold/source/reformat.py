"""Generated statements in the layout of `ruff format`: Alembic's renderer knows neither a width nor double quotes."""

import ast
import re

from scaffold.source.layout import (
    INDENT,
    Bracketed,
    Expression,
    Union,
    array,
    dictionary,
    expression,
    fits,
    flat,
    keyword,
    statement,
)
from scaffold.source.mapped import quoted


def reformat(code: str, *, width: int, indent: int = INDENT) -> str:
    """Calls, assignments and `if` blocks, laid out for a place that is `indent` columns in; not indented itself.

    A text that is too long for its line is written in several.
    """
    lines = "\n".join(_statement(node, width, indent) for node in ast.parse(code).body).split("\n")
    return "\n".join(shorter for line in lines for shorter in _wrapped(line, width - indent))


def relaid(before: str, after: str, *, width: int, indent: int = INDENT) -> str:
    """A statement after an edit, laid out anew if it was laid out by the rules before it, else as it is."""
    old, new = (ast.parse(text).body[0] for text in (before, after))
    return _statement(new, width, indent) if _statement(old, width, indent) == before else after


def _wrapped(line: str, room: int) -> list[str]:
    """A line that is too long and has nothing but a text, as several texts, which Python joins."""
    match = re.fullmatch(r"( *)(\w+=)?((['\"]).*\4)(,?)", line)
    if fits(line, room) or match is None or not _is_text(match[3]):
        return [line]
    margin, keyword_, comma = match[1], match[2], match[5]
    inner = margin + " " * INDENT if keyword_ else margin
    parts = [""]
    for word in re.split(r"(?<= )(?! )", ast.literal_eval(match[3])):
        if parts[-1] and not fits(inner + quoted(parts[-1] + word) + comma, room):
            parts.append("")
        parts[-1] += word
    texts = [inner + quoted(part) for part in parts]
    if keyword_:
        return [f"{margin}{keyword_}(", *texts, f"{margin}){comma}"]
    return [*texts[:-1], texts[-1] + comma]


def _is_text(source: str) -> bool:
    try:
        return isinstance(ast.parse(source, mode="eval").body, ast.Constant)
    except SyntaxError:
        return False


def _statement(node: ast.stmt, width: int, indent: int) -> str:
    match node:
        case ast.AnnAssign(target, annotation, value):
            right = None if value is None else _expression(value)
            left = ast.unparse(target)
            return statement(left, _expression(annotation), right, width=width, indent=indent)
        case ast.Expr(value):
            return expression(_expression(value), width=width, indent=indent)
        case ast.Assign([target], value):
            return statement(ast.unparse(target), value=_expression(value), width=width, indent=indent)
        case ast.If(test, body, orelse):
            blocks = [f"if {flat(_expression(test))}:", _block(body, width, indent)]
            if len(orelse) == 1 and isinstance(orelse[0], ast.If):
                return "\n".join([*blocks, f"el{_statement(orelse[0], width, indent)}"])
            return "\n".join(blocks + (["else:", _block(orelse, width, indent)] if orelse else []))
        case ast.With([ast.withitem(context, ast.Name() | None as name)], body):
            end = f" as {name.id}:" if name else ":"
            begun = expression(_expression(context), width=width, indent=indent, prefix="with ", suffix=end)
            return begun + "\n" + _block(body, width, indent)
    return ast.unparse(node)


def _block(body: list[ast.stmt], width: int, indent: int) -> str:
    text = "\n".join(_statement(node, width, indent + INDENT) for node in body)
    return "\n".join(" " * INDENT + line if line else line for line in text.split("\n"))


def _expression(node: ast.expr) -> Expression:
    match node:
        case ast.Constant(str(text)):
            return quoted(text)
        case ast.Call(function, arguments, keywords):
            items = [_expression(argument) for argument in arguments]
            items += [keyword(str(pair.arg), _expression(pair.value)) for pair in keywords]
            return Bracketed(flat(_expression(function)), "()", tuple(items))
        case ast.List(elements):
            return array([_expression(element) for element in elements])
        case ast.Subscript(name, items):
            elements = items.elts if isinstance(items, ast.Tuple) else [items]
            return Bracketed(flat(_expression(name)), "[]", tuple(_expression(element) for element in elements))
        case ast.BinOp(left, ast.BitOr(), right):
            first = _expression(left)
            members = first.members if isinstance(first, Union) else (first,)
            return Union((*members, _expression(right)))
        case ast.Tuple([_, *_] as elements):
            return Bracketed("", "()", tuple(_expression(element) for element in elements))
        case ast.Attribute(value, name):
            return f"{flat(_expression(value))}.{name}"
        case ast.Dict(keys, values) if all(keys):
            return dictionary((flat(_expression(k)), _expression(v)) for k, v in zip(keys, values, strict=True) if k)
        case ast.Compare(left, [operator], [right]):
            sign = {"Eq": "==", "NotEq": "!=", "In": "in"}.get(type(operator).__name__)
            if sign:
                return f"{flat(_expression(left))} {sign} {flat(_expression(right))}"
    return ast.unparse(node)
