"""The audit is sealed while the daemon works; `crossdock audit verify` finds out who rewrites it (RELIABILITY.md 5.6)."""
import json
import subprocess

import psycopg
import pytest

from seed import Seed, fine
from world import Fleet, configuration, eventually, unique


@pytest.fixture(scope="module")
def kept(services, tmp_path_factory):
    """A key, a file for heads, and a fleet of two that signs into it each second."""
    folder = tmp_path_factory.mktemp("audit")
    key, heads = folder / "audit.pem", folder / "heads.jsonl"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)], check=True, capture_output=True)
    key.chmod(0o400)
    more = f"\naudit:\n  heads: {heads}\n  key: !secret file:{key}\n  every: 1s\n"
    fleet = Fleet(services, configuration(unique("au").lower().replace("-", "."), change=lambda name, text: text + more if name == "crossdock.yaml" else text))
    hubs = fleet.start(2)
    seed = Seed(hubs[0])
    for _ in range(6):
        sku, location = seed.place("5")
        fine(hubs[0].api.post("/v1/orders", seed.order_body((sku, 1, location))), 201)
    yield fleet, key, heads
    fleet.end()


def verify(fleet, *more):
    done = fleet.command("audit", "verify", "-c", str(fleet.config), "--json", *more)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def sealed(fleet):
    def whole():
        code, told, _ = verify(fleet)
        return (code, told) if told and told["unsealed"] == 0 and told["heads"] > 0 else None
    return eventually(whole, limit=20, what="the seal")


def by_hand(fleet, *statements):
    """As a superuser who passes by what keeps the tables."""
    with psycopg.connect(fleet.database) as connection:
        connection.execute("set session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def test_what_was_done_is_sealed_and_holds(kept):
    fleet, key, heads = kept
    code, told = sealed(fleet)
    assert code == 0 and told["good"] and told["places"] >= 12, told
    with psycopg.connect(fleet.database) as connection:
        assert connection.execute("select count(*) from journal").fetchone()[0] == told["places"]
    lines = [json.loads(line) for line in heads.read_text().splitlines()]
    assert {line["chain"] for line in lines} == {told["chain"]} and all(len(line["signature"]) == 128 for line in lines)
    assert fleet.command("verify", "-c", str(fleet.config)).returncode == 0


def test_the_public_key_is_enough_for_an_auditor(kept, tmp_path):
    fleet, key, heads = kept
    sealed(fleet)
    public = tmp_path / "public.pem"
    subprocess.run(["openssl", "pkey", "-in", str(key), "-pubout", "-out", str(public)], check=True, capture_output=True)
    copy = tmp_path / "heads.jsonl"
    copy.write_text(heads.read_text())
    plain = configuration(unique("au").lower().replace("-", "."))
    done = fleet.command("audit", "verify", "-c", str(plain), "--heads", str(copy), "--key", str(public))
    assert done.returncode == 0 and "signed heads agree" in done.stdout, done
    copy.write_text(heads.read_text().replace('"place":', '"place":1'))
    done = fleet.command("audit", "verify", "-c", str(plain), "--heads", str(copy), "--key", str(public))
    assert done.returncode == 2 and "heads.jsonl:1: the key has not signed this head" in done.stderr, done


def test_the_log_and_the_figures_tell_where_the_chain_stands(kept):
    fleet, _, _ = kept
    _, told = sealed(fleet)
    heads = [json.loads(line) for hub in fleet.hubs for line in hub.log_text().splitlines() if '"audit.head"' in line]
    assert heads and all(line["chain"] == told["chain"] and len(line["link"]) == 64 for line in heads)
    figures = [hub.admin.get("/metrics").text for hub in fleet.hubs]
    assert any(f"crossdock_audit_places {told['places']}" in text for text in figures)
    assert all("crossdock_audit_heads_lost_total 0" in text for text in figures)


@pytest.mark.parametrize("wrong, place", [("audit: {heads: /x/heads}", "audit.key"), ("audit: {heads: heads, key: !env K}", "absolute path"), ("audit: {key: !env K}", "Ed25519")])
def test_a_wrong_setting_is_told(wrong, place):
    config = configuration(unique("au").lower().replace("-", "."), change=lambda name, text: text + f"\n{wrong}\n" if name == "crossdock.yaml" else text)
    from test_command_line import VARIABLES
    from world import run
    done = run("check", str(config), variables={**VARIABLES, "K": "no key"})
    assert done.returncode == 78 and place in done.stdout + done.stderr, done


def test_negative_control_a_changed_entry_is_named(kept):
    """Last of this module: the database is spoiled after it."""
    fleet, _, _ = kept
    sealed(fleet)
    with psycopg.connect(fleet.database) as connection:
        entry = connection.execute("select entry from audit_seal where place = 4").fetchone()[0]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update journal set actor = 'nobody'")
    by_hand(fleet, f"update journal set actor = 'nobody' where id = {entry}")
    code, told, _ = verify(fleet)
    assert code == 2 and told["entry"] == entry and not told["good"], told
    done = fleet.command("verify", "-c", str(fleet.config))
    assert done.returncode == 2 and f"entry {entry}" in done.stdout, done.stdout
    # Who makes the whole chain anew is told by what was signed.
    by_hand(fleet, "truncate audit_seal", "update audit_head set place = 0, link = decode(repeat('00', 32), 'hex'), seen = '1:1:'")
    eventually(lambda: verify(fleet)[1]["unsealed"] == 0, limit=20, what="the new chain")
    code, told, _ = verify(fleet)
    assert code == 2 and "made anew" in told["bad"], told
