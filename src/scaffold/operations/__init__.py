"""One verb, one file: a request and a snapshot become a plan. Nothing here reads or writes anything."""
