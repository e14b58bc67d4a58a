"""tests/PROMISES.md: each test that it names exists, and no promise is without a negative control."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests/PROMISES.md").read_text(encoding="utf-8")


def there(named):
    """Whether a test is: a data case's folder, FILE.py::NAME, FILE.cpp::SUITE.NAME."""
    path, _, name = named.partition("::")
    file = ROOT / path
    if not name:
        return file.is_dir() and any(file.glob("in.*"))
    if not file.is_file():
        return False
    if file.suffix == ".py":
        return re.search(rf"^def {re.escape(name)}\(", file.read_text(encoding="utf-8"), re.M) is not None
    suite, _, case = name.partition(".")
    return re.search(rf"^TEST(?:_F|_P)?\({re.escape(suite)}, {re.escape(case)}\)", file.read_text(encoding="utf-8"), re.M) is not None


def faults(page):
    rows = 0
    for number, line in enumerate(page.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| ") else []
        if not cells or cells[0] == "promise":
            continue
        rows += 1
        if len(cells) != 3:
            yield f"line {number}: {len(cells)} cells"
            continue
        for what, cell in (("test", cells[1]), ("negative control", cells[2])):
            named = re.findall(r"`(tests/[^`]+)`", cell)
            if not named:
                yield f"line {number}: no {what}"
            yield from (f"line {number}: there is no {one}" for one in named if not there(one))
    if not rows:
        yield "no promise at all"


def test_every_promise_has_its_test_and_its_control():
    assert list(faults(PAGE)) == []


def test_negative_control_each_kind_of_fault_is_found():
    row = next(line for line in PAGE.splitlines() if "Pruning.keeps_what_is_needed" in line)
    promise, shown, control = (cell.strip() for cell in row.strip("|").split("|"))
    spoiled = {
        "a test that was renamed": row.replace("Pruning.keeps_what_is_needed", "Pruning.keeps_what_was_needed"),
        "a suite that was renamed": row.replace("Pruning.keeps_what_is_needed", "Prune.keeps_what_is_needed"),
        "a file that is not there": row.replace("cursor_test.cpp", "cursors_test.cpp"),
        "no control": f"| {promise} | {shown} | |",
        "a control in words alone": f"| {promise} | {shown} | it would fail |",
        "no test": f"| {promise} | | {control} |",
        "no third cell": f"| {promise} | {shown} |",
        "a Python test that is not there": f"| {promise} | `tests/tools/test_promises.py::test_nothing` | {control} |",
        "a case that is not there": f"| {promise} | `tests/ledger/cases/nothing` | {control} |",
    }
    assert list(faults(row)) == []
    for what, line in spoiled.items():
        assert list(faults(line)), what
    assert list(faults("| promise | shown by | negative control |\n")) == ["no promise at all"]
