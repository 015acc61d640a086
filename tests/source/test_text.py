import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import UsageError
from scaffold.source import SourceText, decode, encode
from scaffold.source.text import Source


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1",
        b"x = 1\r\ny = 2\rz = 3\n",
        b"\xef\xbb\xbfx = 'caf\xc3\xa9'\r\n",
        b"# -*- coding: latin-1 -*-\nx = 'caf\xe9'\n",
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
        b"# coding: shift_jis\nx = '\x83\x65'\n",
        "x = '\x0b\x0c\x85\u2028'\n".encode(),
    ],
)
def test_bytes_come_back_as_they_were(data: bytes) -> None:
    assert encode(decode(data)) == data


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfx = 1\n") == SourceText("x = 1\n", "utf-8-sig")


def test_a_changed_text_keeps_its_encoding() -> None:
    source = decode(b"# coding: latin-1\n")
    assert encode(source.with_text(source.text + "x = 'é'\n")) == b"# coding: latin-1\nx = '\xe9'\n"


@pytest.mark.parametrize(
    "data",
    [
        b"x = '\xff'\n",
        b"# coding: klingon\n",
        b"# coding: rot13\n",
        b"# coding: unicode_escape\nx = '\\d'\n",
        b"# coding: utf-16\nx = 1\n",
        b"\xef\xbb\xbf# coding: latin-1\n",
    ],
)
def test_what_cannot_be_decoded_exactly_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^models\.py "):
        decode(data, "models.py")


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        encode(SourceText("# coding: latin-1\nx = '出'\n", "iso-8859-1"), "models.py")
    assert caught.value.message == "models.py is written in iso-8859-1, which has no character '出'."


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.sampled_from([b"", b"\xef\xbb\xbf", b"# coding: cp932\n", b"# coding: utf-7\n"]))
def test_any_bytes_come_back_or_are_refused(data: bytes, start: bytes) -> None:
    try:
        source = decode(start + data)
    except UsageError:
        return
    assert encode(source) == start + data


def test_a_place_counts_characters_and_not_bytes() -> None:
    source = Source.parse("\ufeffé = 'ü'; x = 1\r\n\fy = 2\rz = '\u2028'; w = 3")
    assert [source.segment(statement) for statement in source.tree.body] == [
        "é = 'ü'",
        "x = 1",
        "y = 2",
        "z = '\u2028'",
        "w = 3",
    ]


def test_a_bad_escape_in_a_module_is_not_our_warning() -> None:
    assert len(Source.parse("x = '\\d'\ny = 1 is 1\n").tree.body) == 2


@pytest.mark.parametrize(
    "text", ["def f(:\n", "x = 1\x00\n", "x = '\ud800'\n", "(" * 300, "x = " + "-" * 100_000 + "1"]
)
def test_what_is_not_python_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Source.parse(text, "models.py")
    assert caught.value.message.startswith("models.py:1 is not valid Python (")
