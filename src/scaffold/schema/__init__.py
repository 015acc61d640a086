"""Tables and columns as frozen values, the field language that spells them, and typed changes to them."""
