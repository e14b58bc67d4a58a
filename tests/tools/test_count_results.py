"""tools/count_results: a suite that crashed, leaked or wrote nothing must never count as passed."""

import pathlib
import subprocess

DOOR = str(pathlib.Path(__file__).resolve().parents[2] / "tools/count_results")

GTEST = """<testsuites><testsuite name="A">
<testcase name="one" status="run" result="completed"/>
<testcase name="two" status="run" result="skipped"><skipped message="why"/></testcase>
<testcase name="three" status="notrun" result="suppressed"/>
{more}</testsuite></testsuites>"""
FAILED = '<testcase name="four" status="run" result="completed"><failure message="no"/></testcase>'


def ctest(**rooms):
    cases = "".join(f'<testcase name="{name}" status="{status}">{"<failure/>" if status == "fail" else ""}</testcase>' for name, status in rooms.items())
    return f"<testsuite>{cases}</testsuite>"


def count(tmp_path, report, **gtest):
    (tmp_path / "ctest.xml").write_text(report)
    for room, text in gtest.items():
        (tmp_path / f"test_{room}.xml").write_text(text)
    answer = subprocess.run([DOOR, "--ctest", tmp_path / "ctest.xml", "--gtest", tmp_path], capture_output=True, text=True)
    return answer.stdout.split()


def test_a_room_counts_by_its_cases(tmp_path):
    assert count(tmp_path, ctest(hub="run"), hub=GTEST.format(more="")) == ["1", "0", "2"]


def test_a_failed_case_counts_once(tmp_path):
    assert count(tmp_path, ctest(hub="fail"), hub=GTEST.format(more=FAILED)) == ["1", "1", "2"]


def test_a_room_that_leaked_after_its_cases_passed_has_failed(tmp_path):
    assert count(tmp_path, ctest(hub="fail"), hub=GTEST.format(more="")) == ["1", "1", "2"]


def test_a_room_that_crashed_before_it_wrote_has_failed(tmp_path):
    assert count(tmp_path, ctest(hub="fail", store="run")) == ["1", "1", "0"]


def test_no_report_is_a_failure(tmp_path):
    for words in (["--ctest", tmp_path / "gone.xml"], ["--pytest", tmp_path / "gone.xml"]):
        assert subprocess.run([DOOR, *words], capture_output=True, text=True).stdout.split() == ["0", "1", "0"]
    (tmp_path / "half.xml").write_text("<testsuites><testsuite>")
    assert subprocess.run([DOOR, "--pytest", tmp_path / "half.xml"], capture_output=True, text=True).stdout.split() == ["0", "1", "0"]
