"""The package's files, read as they are asked for."""

from pathlib import Path

import pytest

from scaffold.project.files import AMPLE, Files, files_in, read


@pytest.mark.parametrize("size", [0, 1, AMPLE - 1, AMPLE, AMPLE + 1, 2 * AMPLE])
def test_a_file_is_read_whole(tmp_path: Path, size: int) -> None:
    file = tmp_path / "module.py"
    file.write_bytes(b"x" * size)
    assert read(str(file)) == b"x" * size


def test_only_modules_of_the_package_are_there(tmp_path: Path) -> None:
    for name in ("base.py", "tables/shop.py", "tables/notes.txt", "tables/deep/inner.py", "migrations/env.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "tables" / "folder.py").mkdir()
    files = Files(tmp_path)
    assert dict(files) == {"base.py": b"base.py", "tables/shop.py": b"tables/shop.py"}
    assert "tables/shop.py" in files
    assert "tables/other.py" not in files
    with pytest.raises(KeyError):
        files["tables/other.py"]
    assert files_in(tmp_path / "nowhere", ".py") == []
