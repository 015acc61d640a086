<%
    import re

    quoted = lambda value: repr(value).replace("'", '"')
    docstring = message.replace("\\", "\\\\").replace('"', '\\"').strip().removesuffix(".")
    up, down = (context.get(name) or "pass" for name in ("upgrades", "downgrades"))
    lines = sorted((context.get("imports") or "").splitlines())
    ours = [line for line in lines if line.startswith("from appdb ")]
    theirs = [line for line in lines if line not in ours]
    if re.search(r"\bsa\.", up + down):
        theirs.insert(0, "import sqlalchemy as sa")
    if re.search(r"\bop\.", up + down):
        theirs.insert(1 if theirs and theirs[0].startswith("import ") else 0, "from alembic import op")
%>"""${docstring}.

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""

from collections.abc import Sequence
% if theirs:

${"\n".join(theirs)}
% endif
% if ours:

${"\n".join(ours)}
% endif

revision: str = ${quoted(up_revision)}
down_revision: str | Sequence[str] | None = ${quoted(down_revision)}
branch_labels: str | Sequence[str] | None = ${quoted(branch_labels)}
depends_on: str | Sequence[str] | None = ${quoted(depends_on)}


def upgrade() -> None:
    ${up}


def downgrade() -> None:
    ${down}
