"""docs/guide/{call,operate}.md: the runnable blocks of a page run in one shell, in order, and each command's answer holds what its comment says."""
import os
import re
import subprocess

import pytest

from world import ROOT

GUIDE = ROOT / "docs/guide"
BLOCK = re.compile(r"^```sh runnable\n(.*?)^```$", re.M | re.S)
MARK = "--- part"


def parts(page):
    """(commands, what their answer must hold), in order."""
    found = []
    for block in BLOCK.findall(page):
        commands = []
        for line in block.splitlines():
            if line.startswith("# -> "):
                found.append(("\n".join(commands), line[5:]))
                commands = []
            else:
                commands.append(line)
        if commands:
            found.append(("\n".join(commands), ""))
    return found


def run(page, hub):
    """Runs all of it; raises at the first command that fails or answer that lacks its words. Answers how many parts there were."""
    wanted = parts(page)
    script = "set -eu\n" + "\n".join(f"echo; echo '{MARK} {number}'\n{commands}" for number, (commands, _) in enumerate(wanted))
    done = subprocess.run(["bash", "-c", script], env={**os.environ, "API": hub.api.base, "ADMIN": hub.admin.base}, capture_output=True, text=True, timeout=120)
    answers = re.split(rf"^{MARK} \d+\n", done.stdout, flags=re.M)[1:]
    for (commands, words), answer in zip(wanted, answers):
        assert words in answer, f"{commands}\nlacks {words}\n{answer}\n{done.stderr}"
    assert done.returncode == 0 and len(answers) == len(wanted), done.stdout[-2000:] + done.stderr
    return len(wanted)


@pytest.mark.parametrize("name, least", [("call", 15), ("operate", 5)])
def test_every_runnable_block(hub, name, least):
    assert run((GUIDE / f"{name}.md").read_text(encoding="utf-8"), hub) > least


@pytest.mark.parametrize("line", ['curl -fsS "$API/v1/nothing"', 'curl -fsS "$ADMIN/livez"\n# -> no such words'])
def test_negative_control_a_wrong_block_fails(hub, line):
    with pytest.raises(AssertionError):
        run(f"```sh runnable\n{line}\n```\n", hub)
