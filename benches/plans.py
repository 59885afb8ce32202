#!/usr/bin/env python3
"""How PostgreSQL finds what the five workloads ask for, on as many records as they are measured with: the plan of
each statement that a request sends once it is warm, by `auto_explain`, beside what benches/plans.txt says.

    benches/plans.py --data DIR            compares
    benches/plans.py --data DIR --write    keeps the plans of now there

Fails where a plan is another, and where a large table is gone through from end to end.
"""

import argparse
import difflib
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

from bench import Ground
from rig import HOME, Postgresql, Service, generated

KEPT = HOME / "benches/plans.txt"
LARGE = "models|teams|reviews|incidents|incident_status_changes|incident_contributions|incident_sums|journal"
# Rights are looked up by every request now and then, and whoever works beside the requests looks for work.
ASIDE = ("exchange_jobs", "revoked_tokens", "session_tokens")
# A connection keeps a plan after five runs.
WARM = 12


def plans_of(log, since):
    """Statement and plan of each that was logged since then."""
    with log.open(errors="replace") as told:
        told.seek(since)
        text = told.read()
    entries = re.split(r"^\d{4}-\d\d-\d\d .*?LOG:  ", text, flags=re.M)
    for entry in entries:
        found = re.match(r"duration: .*?plan:\n\tQuery Text: (.*?)\n\t([A-Z].*)", entry, flags=re.S)
        if found:
            yield found[1], re.sub(r"  \(cost=[^)]*\)", "", found[2]).replace("\n\t", "\n").strip()


def shapes(database, service, home):
    ground = Ground(service)
    of = ground.provinces[0]
    service.bear(of["token"])
    page = ground.page(of["id"], ground.categories[0])
    cursor = json.loads(service.send("GET", page))["page"]["nextCursor"]
    asks = {
        "W1": ("GET", f"/v1/models/{of['models'][0]}", None),
        "W2, the first page": ("GET", page, None),
        "W2, the next page": ("GET", f"{page}&cursor={cursor}", None),
        "W3": ("GET", ground.figures(of["id"]), None),
        "W4": ("POST", "/v1/incidents", ground.new(of["ward"])),
        "the newest of a province": ("GET", "/v1/incidents", None),
    }
    for name, ask in asks.items():
        for _ in range(WARM):
            if name == "W3":
                # Otherwise it is told what it was told before.
                service.send(*asks["W4"])
            service.send(*ask)
        if name == "W3":
            service.send(*asks["W4"])
        time.sleep(0.3)
        since = (home / "log").stat().st_size
        service.send(*ask)
        time.sleep(0.3)
        seen = dict.fromkeys(plan for text, plan in plans_of(home / "log", since) if not any(table in text for table in ASIDE))
        yield name, list(seen)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--models", type=int, default=100_000)
    parser.add_argument("--binary", type=Path, default=HOME / "target/release/tuquan")
    parser.add_argument("--data", type=Path, help="where the records stay for another time")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    home = arguments.data or Path(tempfile.mkdtemp(prefix="tuquan-plans."))
    home.mkdir(parents=True, exist_ok=True)
    os.chmod(home, 0o711)
    explained = {"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": 0, "log_line_prefix": "'%m '"}
    database = Postgresql(home, **explained)
    service = Service(arguments.binary, database, home)
    try:
        generated(service, database, arguments, home)
        service.command("migrate")
        database.psql("ANALYZE")
        service.start()
        now = "\n".join(f"{name}\n\n" + "\n\n".join(plans) + "\n" for name, plans in shapes(database, service, home))
    finally:
        service.stop()
        database.stop()
        if not arguments.data:
            shutil.rmtree(home, ignore_errors=True)
    walked = re.findall(rf"Seq Scan on (?:{LARGE})\b", now)
    if walked:
        print(now)
        raise SystemExit(f"gone through from end to end: {walked}")
    if arguments.write:
        KEPT.write_text(now)
        return
    before = KEPT.read_text() if KEPT.exists() else ""
    if now != before:
        print("\n".join(difflib.unified_diff(before.splitlines(), now.splitlines(), "benches/plans.txt", "now", lineterm="")))
        raise SystemExit("the plans are others")


if __name__ == "__main__":
    main()
