#!/usr/bin/env python3
"""How long figures take over a nation's records, beside the plain query in psql.

Starts a PostgreSQL of its own, fills it with `tuquan generate`, serves, and asks three questions:
one province and year by category; the nation and a year by month and category; one ward and five
years by month. Then creates incidents, and tells which part of a creation the sums take. Prints a
table in Markdown and, with --json, the figures. `--data` names a directory in which the records
stay for another time.

    benches/figures.py --incidents 1000000
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rig import HOME, Postgresql, Service, generated, quantile

YEARS = (2021, 2025)


def questions(database):
    """Each question as a path and as the plain query."""
    province = database.psql("SELECT u.id FROM units u JOIN unit_closure c ON c.ancestor_id = u.id JOIN incidents i ON i.unit_id = c.descendant_id WHERE u.kind = 'province' AND i.reported_on BETWEEN '2024-01-01' AND '2024-12-31' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").strip()
    ward = database.psql(f"SELECT unit_id FROM incidents i JOIN unit_closure c ON c.descendant_id = i.unit_id WHERE c.ancestor_id = '{province}' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").strip()
    nation = database.psql("SELECT id FROM units WHERE kind = 'country'").strip()
    month = "date_trunc('month', i.reported_at AT TIME ZONE 'Asia/Ho_Chi_Minh')"

    def plain(unit, by, first, last):
        return (
            f"SELECT {by}, count(*) FROM incidents i JOIN unit_closure c ON c.descendant_id = i.unit_id "
            f"WHERE c.ancestor_id = '{unit}' AND i.status <> 'rejected' "
            f"AND i.reported_at >= timestamptz '{first}-01-01 00:00+07' AND i.reported_at < timestamptz '{last + 1}-01-01 00:00+07' "
            f"GROUP BY {by}"
        )

    asked = "/v1/statistics/observations?indicator=incidents_reported"
    return {
        "province, year, by category": (f"{asked}&unitId={province}&period=2024&by=category", plain(province, "i.category", 2024, 2024)),
        "nation, year, by month and category": (f"{asked}&unitId={nation}&period=2024&by=month,category", plain(nation, f"{month}, i.category", 2024, 2024)),
        "ward, five years, by month": (f"{asked}&unitId={ward}&from=2021-01-01&to=2025-12-31&by=month", plain(ward, month, *YEARS)),
    }, ward


def sums_of(database):
    """Milliseconds that statements on the sums took since this was last asked, their way there left out."""
    told = database.psql("SELECT coalesce(sum(total_exec_time + total_plan_time), 0) FROM pg_stat_statements WHERE query ILIKE '%incident_sums%'")
    database.psql("SELECT pg_stat_statements_reset()")
    return float(told)


def measure(arguments, home):
    database = Postgresql(home)
    service = Service(arguments.binary, database, home)
    try:
        found = {"incidents": arguments.incidents, "generate_s": generated(service, database, arguments, home), "questions": {}}
        service.serve("VN")
        asked, ward = questions(database)
        for name, (path, query) in asked.items():
            service.anew()
            told = sum(item["value"] for item in json.loads(service.send("GET", path))["items"])
            counted = sum(int(line.rsplit("|", 1)[1]) for line in database.psql(query).splitlines())
            if told != counted:
                raise SystemExit(f"{name}: the service says {told}, the database {counted}")
            service.anew()
            times, plain = service.timed(path, arguments.runs), database.timed(query, 7)
            found["questions"][name] = {
                "p50_ms": round(quantile(times, 0.5), 2),
                "p99_ms": round(quantile(times, 0.99), 2),
                "psql_ms": round(statistics.median(plain), 2),
                "counted": counted,
            }
        category = database.psql("SELECT category FROM incidents LIMIT 1").strip()
        database.psql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        day = database.psql(f"SELECT max(reported_on) FROM incidents WHERE unit_id = '{ward}'").strip()
        service.created(ward, day, category, 20)
        sums_of(database)
        times, sums = service.created(ward, day, category, arguments.runs), sums_of(database)
        whole = statistics.mean(times)
        share = sums / arguments.runs
        found["create_ms"] = {
            "p50": round(quantile(times, 0.5), 2),
            "p99": round(quantile(times, 0.99), 2),
            "mean": round(whole, 2),
            "sums": round(share, 3),
            "times_that_without_sums": round(whole / (whole - share), 2),
        }
        begun = time.perf_counter()
        service.command("statistics", "verify")
        found["verify_s"] = round(time.perf_counter() - begun, 1)
        found["database_mib"] = int(database.psql("SELECT pg_database_size(current_database()) / 1048576"))
        return found
    finally:
        service.stop()
        database.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--models", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--binary", type=Path, default=HOME / "target/release/tuquan")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    home = arguments.data or Path(tempfile.mkdtemp(prefix="tuquan-bench."))
    home.mkdir(parents=True, exist_ok=True)
    os.chmod(home, 0o711)
    try:
        found = measure(arguments, home)
    finally:
        if not arguments.data:
            shutil.rmtree(home, ignore_errors=True)
    if arguments.json:
        json.dump(found, sys.stdout, indent=2)
        return
    print(f"{found['incidents']:,} incidents; generated in {found['generate_s']} s; {found['database_mib']} MiB; verified in {found['verify_s']} s\n")
    print("| question | p50 | p99 | psql | psql / p50 |\n|---|---|---|---|---|")
    for name, told in found["questions"].items():
        print(f"| {name} | {told['p50_ms']} ms | {told['p99_ms']} ms | {told['psql_ms']} ms | {told['psql_ms'] / told['p50_ms']:.0f} |")
    made = found["create_ms"]
    print(f"\nCreating an incident: p50 {made['p50']} ms, p99 {made['p99']} ms; of {made['mean']} ms in the mean the sums take {made['sums']} ms ({made['times_that_without_sums']} times a creation without)")


if __name__ == "__main__":
    main()
