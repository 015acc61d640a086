"""Every table, one import: ``from appdb.schema import User``."""

from appdb.auth_schema import *  # noqa: F403
from appdb.base import Base as Base
from appdb.tables import *  # noqa: F403
