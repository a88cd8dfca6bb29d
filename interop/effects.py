"""Compares what took effect at the upstreams with what was acknowledged: all of it, and nothing twice."""

import collections
import json
import pathlib
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
    work, base = pathlib.Path(sys.argv[1]), sys.argv[2]
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
    return checks.end()


sys.exit(main())
