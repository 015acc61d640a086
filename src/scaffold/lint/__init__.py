"""What is wrong with a project's tables, judged by the original's DO and DON'T. One rule, one file.

A rule is a module of `scaffold.lint.rules`: its name is its code, its docstring its web page, and its function `check`
takes a `Subject` and yields findings. Nothing else has to know of it.
"""
