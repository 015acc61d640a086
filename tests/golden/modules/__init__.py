"""Every domain table, one export line each."""

from shopdb.tables.add_defaults import AddDefault as AddDefault
from shopdb.tables.add_every_type import AddEveryType as AddEveryType
from shopdb.tables.add_keyed import AddKeyed as AddKeyed
from shopdb.tables.add_optional import AddOptional as AddOptional
from shopdb.tables.add_references import AddReference as AddReference
from shopdb.tables.add_reserved import AddReserved as AddReserved
from shopdb.tables.add_self import AddSelf as AddSelf
from shopdb.tables.analytics import PageView as PageView
from shopdb.tables.bare import Bare as Bare
from shopdb.tables.categories import Category as Category
from shopdb.tables.defaults import Default as Default
from shopdb.tables.every_type import EveryType as EveryType
from shopdb.tables.keyed import KeyedRow as KeyedRow
from shopdb.tables.no_tenant import NoTenant as NoTenant
from shopdb.tables.optional import Optional as Optional
from shopdb.tables.references import Link as Link
from shopdb.tables.reserved import ReservedName as ReservedName
