"""What the harness for TypeScript promises to the tests that use it."""

import pytest

PROGRAM = """
export default async ({ task, value }: { task: string, value?: unknown }) => {
  console.log("printed on the way");
  if (task === "fail") throw new Error("on purpose");
  if (task === "leave") process.exit(7);
  return value;
};
"""


def test_a_program_gets_and_returns_json_whatever_it_prints(node):
    value = {"text": "é\n\u2028", "list": [1, None, 2.5], "long": "x" * 200_000}
    assert node({"echo.mts": PROGRAM}, "echo.mts", {"task": "return", "value": value}) == value
    assert node({"echo.mts": PROGRAM}, "echo.mts", {"task": "return"}) is None


@pytest.mark.parametrize(("task", "said"), [("fail", "printed on the way\n[^$]*on purpose"), ("leave", "Node ended")])
def test_a_failure_says_what_happened_and_the_next_program_runs(task, said, node):
    with pytest.raises(AssertionError, match=rf"^a/echo\.mts failed:\n{said}"):
        node({"a/echo.mts": PROGRAM}, "a/echo.mts", {"task": task})
    assert node({"echo.mts": PROGRAM}, "echo.mts", {"task": "return", "value": 1}) == 1
