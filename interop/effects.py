"""Compares what took effect at the upstreams with what was acknowledged: all of it, and nothing twice. The same of
look-ups: what the upstreams were asked is what the toolkits were answered, and nothing that was refused."""

import collections
import json
import pathlib
import subprocess
import sys
import time
import urllib.request

from checks import Checks, read

PATIENCE = 20  # seconds


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def effects(base):
    """All effects, in order."""
    found = []
    while True:
        after = found[-1]["seq"] if found else 0
        page = fetch(f"{base}/_sandbox/effects?after={after}&limit=1000")["effects"]
        if not page:
            return found
        found += page


def lines_of(work, name):
    return [line.split("\t") for line in (work / name).read_text("utf-8").splitlines()]


def lookups(checks, work, base):
    """Every question came to the upstream once, about the person that was meant; no other did."""
    asked = [line for toolkit in ("zeep", "php") for line in lines_of(work, f"asked.{toolkit}")]
    answered = fetch(f"{base}/_sandbox/lookups?limit=10000")["lookups"]
    wanted = collections.Counter((operation, found == "true") for operation, found, _ in asked)
    checks.equal("the upstream answered the look-ups that were not refused", collections.Counter((one["service"], one["found"]) for one in answered), wanted)
    # Who asks for one person by two numbers asks for one person.
    persons = collections.defaultdict(set)
    for (operation, _, number), one in zip(asked, answered):
        persons[number].add(one["key"])
    checks.equal("in the order in which they were asked", [one["service"] for one in answered], [operation for operation, _, _ in asked])
    checks.equal("each about the person that was meant", {number: len(keys) for number, keys in persons.items()}, dict.fromkeys(persons, 1))
    checks.equal("no request code came twice", len({one["code"] for one in answered}), len(answered))


def notices(checks, work, lgspd):
    """Every notice that was given a number is there, and no other."""
    run = subprocess.run([lgspd, "notice", "list", "--json", "--config", work / "lgspd.yaml"], capture_output=True, text=True, timeout=20)
    listed = json.loads(run.stdout) if run.returncode == 0 else run.stderr
    given = [number for toolkit in ("zeep", "php") for [number] in lines_of(work, f"notices.{toolkit}")]
    checks.equal("the notices that are open are those that got a number", sorted(one["number"] for one in listed), sorted(given))
    checks.equal("each toolkit opened one by each SOAP version", len(set(given)), 4)


def settled(base, wanted):
    """The effects once all that are wanted are there, or when patience ends."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = effects(base)
        missing = wanted - {effect["code"] for effect in found}
        if not missing or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def main():
    work, base, lgspd = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    checks = Checks("effects")
    names = {service["name"] for service in read(work, "messages.json")["services"]}
    wanted = {}
    for toolkit in ("zeep", "php"):
        ledger = work / f"accepted.{toolkit}"
        lines = [line.split("\t") for line in ledger.read_text("utf-8").splitlines()] if ledger.exists() else []
        checks.equal(f"{toolkit} had messages of every service taken", {service for _, service in lines}, names)
        checks.equal(f"{toolkit} got no receipt twice for different messages", len({code for code, _ in lines}), len(lines))
        wanted.update(lines)

    found = settled(base, set(wanted))
    times = collections.Counter(effect["code"] for effect in found)
    checks.equal("every message that was taken took effect", sorted(set(wanted) - set(times)), [])
    checks.equal("nothing took effect that was not taken", sorted(set(times) - set(wanted)), [])
    checks.equal("nothing took effect twice", sorted(code for code, n in times.items() if n > 1), [])
    refusals = fetch(f"{base}/_sandbox/refusals")["refusals"]
    checks.check("no upstream refused anything", not refusals, refusals)
    stats = fetch(f"{base}/_sandbox/stats")
    checks.equal("the upstreams counted as many effects", stats["effects"], len(wanted))
    repeated = {path: counts["duplicates"] for path, counts in stats["paths"].items() if counts["duplicates"]}
    checks.equal("no upstream was sent a message again", repeated, {})
    lookups(checks, work, base)
    notices(checks, work, lgspd)
    return checks.end()


sys.exit(main())
