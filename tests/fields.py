"""Fields of every kind: every type and modifier, every default, and names that something hides."""

EVERY_TYPE = (
    "a_text:text",
    "a_string:string=80",
    "an_int:int",
    "a_bigint:bigint",
    "a_float:float",
    "a_decimal:decimal=12.4",
    "a_bool:bool",
    "a_date:date",
    "a_datetime:datetime",
    "a_time:time",
    "a_json:json",
    "a_uuid:uuid",
    "a_bytes:bytes",
    "an_enum:enum=draft,published",
    "a_user:ref=users",
)
OPTIONAL = tuple(f"{field}:optional" for field in EVERY_TYPE)
KEYED = tuple(
    f"{field}:{'unique' if number % 2 else 'index'}"
    for number, field in enumerate(EVERY_TYPE)
    if ":json" not in field and ":bytes" not in field
)
DEFAULTS = (
    "empty_text:text:default=",
    'quoted_text:text:default=it\'s "so" 100% \\n a::b',
    "unicode_text:text:default=ключ ☃",
    "default_string:string=8:default=x",
    "default_int:int:default=-5",
    "default_bigint:bigint:default=9007199254740993",
    "default_float:float:default=2.5",
    "default_decimal:decimal=12.4:default=-9.9",
    "a_true:bool:default=true",
    "a_false:bool:default=false",
    "default_date:date:default=2026-01-31",
    "default_datetime:datetime:default=2026-01-31T09:30:15Z",
    "default_time:time:default=09:30:15",
    'an_object:json:default={"a"::[1,null,true,"it\'s :: 100%"]}',
    "a_list:json:default=[]",
    "default_uuid:uuid:default=6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d",
    "default_bytes:bytes:default=00ff",
    "default_enum:enum=draft,in review,it's:default=it's",
)
REFERENCES = (
    "cascading:ref=users",
    "nulled:ref=users:optional",
    "restricted:ref=users:on_delete=restrict",
    "left:ref=users:on_delete=no_action",
    "single:ref=users:unique",
)
RESERVED = (
    "metadata:json:optional",
    "registry:text",
    "text:text:default=x",
    "types:string=8",
    "int:int",
    "str:text",
    "date:date",
    "datetime:datetime",
    "dt:time:optional",
    "order:int:index",
    "group:text:optional",
    "mapped_column:int:unique",
    "uuid:uuid:optional",
    "query:text",
    "type:enum=a,b",
    "counted:int:default=1",
)
