"""The front end of an application, as the people who use it meet it: requests, cookies and mail."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.drizzle.kit import CORE
from tests.node.programs import described
from tests.projects import TestProject

APP = Path(__file__).parent / "app.mts"
SCHEMAS = {"sqlite": "sqlite", "postgresql": "pg", "mysql": "mysql"}


class FrontEnd:
    """Better Auth over Drizzle, on a project's database, with the schema that `scaffold export drizzle` writes.

    Args:
        project: whose database it uses.
        node: runs TypeScript.
    """

    def __init__(self, project: TestProject, node: Callable[..., Any]) -> None:
        self.mails: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self._project = project
        self._node = node
        self._database = described(project.url)
        schema = CORE / f"auth.schema.{SCHEMAS[self._database['dialect']]}.ts"
        project.write("db/auth.schema.ts", schema.read_bytes())

    def request(self, method: str, path: str, body: dict[str, Any] | None, cookie: str) -> dict[str, Any]:
        """Better Auth's answer: status, body and cookies."""
        request = {"method": method, "path": path, "body": body, "cookie": cookie}
        answer: dict[str, Any] = self._run(request=request)
        for mail in answer["mails"]:
            self.mails[mail["to"]].append(mail)
        return answer

    def add(self, table: str, **row: Any) -> None:
        """Insert a row, its columns named as in TypeScript."""
        self._run(table=table, rows=[row])

    def export(self) -> None:
        """Bring the TypeScript schema up to date with the models."""
        self._project.ok("export", "drizzle", "--dialect", self._database["dialect"])

    def _run(self, **asked: Any) -> Any:
        files = {path.relative_to(self._project.root): path for path in self._project.root.glob("db/**/*.ts")}
        texts = {str(name): path.read_text(encoding="utf-8") for name, path in files.items()}
        program = {APP.name: APP.read_text(encoding="utf-8"), **texts}
        return self._node(program, APP.name, {"database": self._database, **asked})


class Browser:
    """Somebody's browser.

    Args:
        front_end: where it sends its requests.
    """

    def __init__(self, front_end: FrontEnd) -> None:
        self._front_end = front_end
        self._cookies: dict[str, str] = {}

    def get(self, path: str, **query: str) -> Any:
        """The body of the answer to a request that must succeed."""
        return self._ask("GET", f"{path}?{urlencode(query)}", None, 200)

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        """The body of the answer, which must have this status."""
        return self._ask("POST", path, body, status)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None, status: int) -> Any:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = self._front_end.request(method, path, body, cookie)
        assert answer["status"] == status, f"{method} {path}: {answer}"
        for text in answer["cookies"]:
            name, _, value = text.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer["body"]
