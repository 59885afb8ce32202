#!/usr/bin/env python3
"""How fast the service is, beside a yardstick: the bare SQL of the same requests, written by hand.

Starts a PostgreSQL of its own, fills it with `tuquan generate`, and has wrk drive both by turns, over 32
connections, with a token for each province:

    W1  a model by its id            W2  fifty incidents of a province, a category, a year, newest first
    W4  one more incident            W3  incidents of a province and a year by category
    W5  70 of W1, 15 of W2, 5 of W3, 10 of W4, in a hundred

Prints medians over the rounds and their spread in Markdown, and everything as JSON into a file.

    benches/bench.py --incidents 1000000 --rounds 5
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from rig import HOME, Postgresql, Service, free_port, generated

YEAR = 2024
SHARES = {"W1": 70, "W2": 15, "W3": 5, "W4": 10}
FIRST, LAST = f"{YEAR - 1}-12-31T17:00:00Z", f"{YEAR}-12-31T16:59:59Z"


# Incidents of its own, under the indexes that its plain queries want: a walk for each unit of a territory.
COPY = """DROP TABLE IF EXISTS yardstick_incidents;
CREATE TABLE yardstick_incidents (LIKE incidents INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO yardstick_incidents SELECT * FROM incidents;
ALTER TABLE yardstick_incidents ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX ON yardstick_incidents (unit_id, code);
CREATE INDEX ON yardstick_incidents (unit_id, category, occurred_at, id);
CREATE INDEX ON yardstick_incidents (unit_id, reported_at) INCLUDE (category, status);
VACUUM ANALYZE yardstick_incidents;"""


class Yardstick:
    """The bare SQL behind HTTP, on the same database."""

    def __init__(self, database):
        target = HOME / "target/yardstick"
        built = ["cargo", "build", "--release", "--quiet", "--manifest-path", str(HOME / "benches/yardstick/Cargo.toml"), "--target-dir", str(target)]
        subprocess.run(built, check=True)
        database.psql(COPY)
        self.port = free_port()
        environment = {"DATABASE_URL": database.url, "LISTEN": f"127.0.0.1:{self.port}"}
        self.process = subprocess.Popen([str(target / "release/yardstick")], env=environment)
        time.sleep(1)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=15)


def provinces(database):
    """The provinces with most incidents of the year, 34 at most, each with a ward that has some."""
    text = database.psql(
        f"""SELECT c.ancestor_id, (array_agg(i.unit_id))[1] FROM incidents i JOIN unit_closure c ON c.descendant_id = i.unit_id
        JOIN units u ON u.id = c.ancestor_id WHERE u.kind = 'province' AND i.reported_on BETWEEN '{YEAR}-01-01' AND '{YEAR}-12-31'
        GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 34"""
    )
    return [line.split("|") for line in text.splitlines()]


def lines_of(database, service, yardstick):
    """What is sent of each workload, to the service and to the yardstick."""
    loads = {name: {side: [] for side in ("service", "yardstick")} for name in SHARES}
    categories = database.psql("SELECT category FROM incidents GROUP BY 1 ORDER BY count(*) DESC LIMIT 3").split()
    for province, ward in provinces(database):
        token = service.token(province)
        service.bear(token)
        chosen = database.psql(f"SELECT m.id FROM models m JOIN unit_closure c ON c.descendant_id = m.unit_id WHERE c.ancestor_id = '{province}' ORDER BY m.code LIMIT 300").split()
        for model in chosen:
            put(loads["W1"], f"GET\t/v1/models/{model}\t{token}\t", f"GET\t/models/{model}?unit={province}\t\t")
        for category in categories:
            span = f"&occurredFrom={FIRST}&occurredTo={LAST}"
            path = f"/v1/incidents?unitId={province}&category={category}{span}&sort=-occurredAt&pageSize=50"
            bare = f"/incidents?unit={province}&category={category}&from={FIRST}&to={LAST}"
            put(loads["W2"], f"GET\t{path}\t{token}\t", f"GET\t{bare}\t\t")
            first, told = json.loads(service.send("GET", path)), yardstick.get(bare)
            if [item["id"] for item in first["items"]] != [item["id"] for item in told["items"]]:
                raise SystemExit(f"{path}: the service and the yardstick differ")
            if told["next"]:
                before, last = told["next"]
                cursor = first["page"]["nextCursor"]
                put(loads["W2"], f"GET\t{path}&cursor={quote(cursor)}\t{token}\t", f"GET\t{bare}&before={quote(before)}&id={last}\t\t")
        path = f"/v1/statistics/observations?indicator=incidents_reported&unitId={province}&period={YEAR}&by=category"
        bare = f"/statistics?unit={province}&category=all&from={FIRST}&to={LAST}"
        put(loads["W3"], f"GET\t{path}\t{token}\t", f"GET\t{bare}\t\t")
        mine = {item["key"]["category"]: item["value"] for item in json.loads(service.send("GET", path))["items"]}
        if mine != dict(yardstick.get(bare)):
            raise SystemExit(f"{path}: the service and the yardstick differ")
        body = json.dumps({"category": categories[0], "severity": "minor", "occurredAt": f"{YEAR}-06-15T01:00:00Z", "unitId": ward, "source": "citizen"})
        put(loads["W4"], f"POST\t/v1/incidents\t{token}\t{body}", f"POST\t/incidents\t\t{body}")
    loads["W5"] = {side: mixed({name: loads[name][side] for name in SHARES}) for side in ("service", "yardstick")}
    return loads


def put(load, service, yardstick):
    load["service"].append(service)
    load["yardstick"].append(yardstick)


def mixed(loads):
    chance = random.Random(1)
    return [chance.choice(loads[name]) for name, share in SHARES.items() for _ in range(share * 20)]


def drive(port, file, seconds, connections, seed):
    """What wrk tells of one run."""
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(HOME / "benches/loads.lua"), f"http://127.0.0.1:{port}"]
    environment = {**os.environ, "LOAD": str(file), "SEED": str(seed)}
    out = subprocess.run(command, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout
    told = json.loads(out.splitlines()[-1])
    return {
        "per_s": round(told["requests"] / told["micros"] * 1e6, 1),
        "p50_ms": told["p50"] / 1000,
        "p99_ms": told["p99"] / 1000,
        "bad": told["bad"] + told["broken"],
    }


def memory(process):
    """Peak MiB since the last `forget`."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1)


def forget(process):
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def aside(port, w1, w5, seconds, seed):
    """W1 over two connections while W5 goes over the others."""
    command = ["wrk", "-t1", "-c30", f"-d{seconds + 2}s", "--timeout", "10s", "-s", str(HOME / "benches/loads.lua"), f"http://127.0.0.1:{port}"]
    beside = subprocess.Popen(command, env={**os.environ, "LOAD": str(w5), "SEED": "9"}, stdout=subprocess.DEVNULL)
    time.sleep(1)
    told = drive(port, w1, seconds, 2, seed)
    beside.wait()
    return told


def measure(arguments, home):
    database = Postgresql(home)
    service = Service(arguments.binary, database, home)
    yardstick = None
    try:
        generated(service, database, arguments, home)
        service.command("migrate")
        database.psql("ANALYZE")
        yardstick = Yardstick(database)
        start = service.start()
        ports = {"service": service.port, "yardstick": yardstick.port}
        files = {}
        for name, load in lines_of(database, service, yardstick).items():
            for side, lines in load.items():
                files[name, side] = home / f"{name}-{side}.tsv"
                files[name, side].write_text("\n".join(lines) + "\n")
        told = {name: {side: [] for side in ports} for name in arguments.only}
        peaks = []
        for turn in range(arguments.rounds):
            for name in arguments.only:
                for side, port in ports.items():
                    drive(port, files[name, side], 1, 32, turn)
                    if (name, side) == ("W5", "service"):
                        forget(service.process)
                    told[name][side].append(drive(port, files[name, side], arguments.seconds, 32, turn))
                    if (name, side) == ("W5", "service"):
                        peaks.append(memory(service.process))
        alone = [drive(service.port, files["W1", "service"], arguments.seconds, 2, turn) for turn in range(3)]
        beside = [aside(service.port, files["W1", "service"], files["W5", "service"], arguments.seconds, turn) for turn in range(3)]
        return {
            "incidents": arguments.incidents,
            "models": arguments.models,
            "rounds": arguments.rounds,
            "seconds": arguments.seconds,
            "start_ms": round(start * 1000),
            "w5_peak_mib": peaks,
            "w1_p99_ms_alone": [run["p99_ms"] for run in alone],
            "w1_p99_ms_beside_w5": [run["p99_ms"] for run in beside],
            "loads": told,
        }
    finally:
        service.stop()
        if yardstick:
            yardstick.stop()
        database.stop()


def table(found):
    lines = ["| | service /s | yardstick /s | ratio | spread of the ratio | service p50 | p99 | yardstick p50 | p99 |", "|---|---|---|---|---|---|---|---|---|"]
    middle = lambda runs, key: statistics.median(run[key] for run in runs)
    for name, sides in found["loads"].items():
        mine, other = sides["service"], sides["yardstick"]
        ratios = sorted(a["per_s"] / b["per_s"] for a, b in zip(mine, other))
        bad = sum(run["bad"] for run in mine + other)
        lines.append(
            f"| {name}{f' ({bad} refused)' if bad else ''} | {middle(mine, 'per_s'):,.0f} | {middle(other, 'per_s'):,.0f} | {statistics.median(ratios):.2f} "
            f"| {ratios[0]:.2f}–{ratios[-1]:.2f} | {middle(mine, 'p50_ms'):.2f} ms | {middle(mine, 'p99_ms'):.2f} ms "
            f"| {middle(other, 'p50_ms'):.2f} ms | {middle(other, 'p99_ms'):.2f} ms |"
        )
    alone, beside = statistics.median(found["w1_p99_ms_alone"]), statistics.median(found["w1_p99_ms_beside_w5"])
    peak = statistics.median(found["w5_peak_mib"]) if found["w5_peak_mib"] else "–"
    lines.append(f"\nStart to the first answer {found['start_ms']} ms; peak memory in W5 {peak} MiB; p99 of W1 over two connections {alone:.2f} ms alone, {beside:.2f} ms beside W5.")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--models", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--binary", type=Path, default=HOME / "target/release/tuquan")
    parser.add_argument("--only", nargs="+", default=["W1", "W2", "W3", "W4", "W5"])
    parser.add_argument("--data", type=Path, help="where the records stay for another time")
    parser.add_argument("--json", type=Path, default=HOME / "target/bench.json")
    arguments = parser.parse_args()
    home = arguments.data or Path(tempfile.mkdtemp(prefix="tuquan-bench."))
    home.mkdir(parents=True, exist_ok=True)
    os.chmod(home, 0o711)
    try:
        found = measure(arguments, home)
    finally:
        if not arguments.data:
            shutil.rmtree(home, ignore_errors=True)
    arguments.json.write_text(json.dumps(found, indent=2))
    print(table(found))


if __name__ == "__main__":
    main()
