"""The application's database: its tables, and a session to use them.

>>> from appdb import session
>>> from appdb.schema import User
>>> with session() as db:
...     db.get(User, "019...")
"""

from appdb.engine import create_engine as create_engine
from appdb.engine import session as session
