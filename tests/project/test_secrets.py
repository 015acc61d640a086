"""No password is shown, however it was written."""

import pytest
import sqlalchemy as sa

from scaffold.project import secrets
from tests.projects import TestProject

PASSWORDS = ["hunter2", "p%40ss%2Fw%3Ard", "100%25", "a%20b", "ключ"]


@pytest.fixture(autouse=True)
def _forget() -> None:
    secrets._seen.clear()


@pytest.mark.parametrize("password", PASSWORDS)
def test_it_is_redacted_in_every_spelling(password: str) -> None:
    url = sa.make_url(f"postgresql://me:{password}@db.example.com/app")
    secrets.remember(f"postgresql://me:{password}@db.example.com/app")
    secrets.remember_url(url)
    text = f"{password} {url.password} {url.render_as_string(hide_password=False)}"
    assert secrets.redact(text) == "*** *** postgresql://me:***@db.example.com/app"


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgresql://me:p@ss@db.example.com/app", "p@ss"),
        ("postgresql://db.example.com/app?user=me&password=hunter2", "hunter2"),
        ("mysql://me@db.example.com/app?passwd=hunter2", "hunter2"),
        ("postgresql://db.example.com/app?sslpassword=hunter2", "hunter2"),
        ("sqlite+libsql://db.example.com?authToken=hunter2", "hunter2"),
    ],
)
def test_a_url_need_not_parse(url: str, secret: str) -> None:
    secrets.remember(url)
    assert secret not in secrets.redact(f"can't connect: {url}")


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_no_output_shows_it(project: TestProject, scheme: str, password: str) -> None:
    url = f"{scheme}://me:{password}@127.0.0.1:9/app"
    plain = str(sa.make_url(url).password)
    for argv in (["--debug", "migrate", "--remote", "--yes"], ["--debug", "migrate", "--remote", "--json"]):
        result = project.run(*argv, SHOPDB_REMOTE_URL=url)
        assert result.code == 1
        assert "can't be reached" in result.out + result.err
        for secret in {password, plain}:
            assert secret not in result.out + result.err


def test_a_password_with_an_at_sign_gives_an_error_without_it(project: TestProject) -> None:
    result = project.run("--debug", "migrate", "--remote", SHOPDB_REMOTE_URL="postgresql://me:s3cr@t@db.example.com/x")
    assert result.code == 2
    assert "s3cr" not in result.out + result.err
    assert "@ is written %40" in result.err
