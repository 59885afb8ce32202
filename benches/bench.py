#!/usr/bin/env python3
"""How fast the service is, beside a yardstick: the bare SQL of the same requests, written by hand.

Starts a PostgreSQL of its own, fills it with `tuquan generate`, and has wrk drive both by turns, over 32
connections, with a token for each province. With `--beside sqlite` the service on a SQLite file of the same seed
stands where the yardstick does:

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

from rig import HOME, File, Postgresql, Service, free_port, generated

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


class Ground:
    """Where the service is asked, as it tells itself: its provinces, each with a token, a ward where something
    happened and some models, and the categories of which there are most."""

    def __init__(self, service):
        self.service = service
        service.bear(service.token("VN"))
        self.categories = self.most("category")[:3]
        # Provinces as they stood then.
        known = {unit["id"] for unit in self.items(f"/v1/units?kind=province&validOn={YEAR}-06-30&pageSize=100")}
        self.provinces = [self.province(unit) for unit in self.most("unit&unitLevel=province") if unit in known][:34]

    def most(self, what):
        told = self.items(f"/v1/statistics/observations?indicator=incidents_reported&period={YEAR}&by={what}&pageSize=500")
        return [item["key"][what.split("&")[0]] for item in sorted(told, key=lambda item: -item["value"])]

    def province(self, unit):
        ward = self.items(f"/v1/incidents?unitId={unit}&occurredFrom={FIRST}&occurredTo={LAST}&sort=occurredAt&pageSize=1")[0]["unitId"]
        models = [item["id"] for item in self.items(f"/v1/models?unitId={unit}&sort=code&pageSize=300")]
        return {"id": unit, "token": self.service.token(unit), "ward": ward, "models": models}

    def items(self, path):
        return json.loads(self.service.send("GET", path))["items"]

    def page(self, province, category):
        return f"/v1/incidents?unitId={province}&category={category}&occurredFrom={FIRST}&occurredTo={LAST}&sort=-occurredAt&pageSize=50"

    def figures(self, province):
        return f"/v1/statistics/observations?indicator=incidents_reported&unitId={province}&period={YEAR}&by=category"

    def new(self, ward):
        return json.dumps({"category": self.categories[0], "severity": "minor", "occurredAt": f"{YEAR}-06-15T01:00:00Z", "unitId": ward, "source": "citizen"})

    def loads(self):
        """What is sent of each workload."""
        loads = {name: [] for name in SHARES}
        for of in self.provinces:
            province, token = of["id"], of["token"]
            self.service.bear(token)
            loads["W1"] += [f"GET\t/v1/models/{model}\t{token}\t" for model in of["models"]]
            for category in self.categories:
                path = self.page(province, category)
                cursor = json.loads(self.service.send("GET", path))["page"]["nextCursor"]
                loads["W2"].append(f"GET\t{path}\t{token}\t")
                if cursor:
                    loads["W2"].append(f"GET\t{path}&cursor={quote(cursor)}\t{token}\t")
            loads["W3"].append(f"GET\t{self.figures(province)}\t{token}\t")
            loads["W4"].append(f"POST\t/v1/incidents\t{token}\t{self.new(of['ward'])}")
        return loads

    def bare(self, yardstick):
        """The same for the yardstick, once it has answered the same."""
        loads = {name: [] for name in SHARES}
        for of in self.provinces:
            province = of["id"]
            self.service.bear(of["token"])
            loads["W1"] += [f"GET\t/models/{model}?unit={province}\t\t" for model in of["models"]]
            for category in self.categories:
                bare = f"/incidents?unit={province}&category={category}&from={FIRST}&to={LAST}"
                told = yardstick.get(bare)
                same(bare, [item["id"] for item in self.items(self.page(province, category))], [item["id"] for item in told["items"]])
                loads["W2"].append(f"GET\t{bare}\t\t")
                if told["next"]:
                    before, last = told["next"]
                    loads["W2"].append(f"GET\t{bare}&before={quote(before)}&id={last}\t\t")
            bare = f"/statistics?unit={province}&category=all&from={FIRST}&to={LAST}"
            mine = {item["key"]["category"]: item["value"] for item in self.items(self.figures(province))}
            same(bare, mine, dict(yardstick.get(bare)))
            loads["W3"].append(f"GET\t{bare}\t\t")
            loads["W4"].append(f"POST\t/incidents\t\t{self.new(of['ward'])}")
        return loads


def same(path, mine, other):
    if mine != other:
        raise SystemExit(f"{path}: the service and the yardstick differ")


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
    started = []

    def begun(one):
        started.append(one)
        return one

    try:
        database = begun(Postgresql(home))
        service = begun(Service(arguments.binary, database, home))
        generated(service, database, arguments, home)
        service.command("migrate")
        database.psql("ANALYZE")
        start = service.start()
        ground = Ground(service)
        loads = {"service": ground.loads()}
        if arguments.beside == "sqlite":
            (home / "sqlite").mkdir(exist_ok=True)
            file = File(home / "sqlite")
            other = begun(Service(arguments.binary, file, home / "sqlite"))
            generated(other, file, arguments, home / "sqlite")
            other.start()
            loads["sqlite"] = Ground(other).loads()
        else:
            other = begun(Yardstick(database))
            service.anew()
            loads["yardstick"] = ground.bare(other)
        sides = dict(zip(loads, (service, other)))
        files = {}
        for side, of in loads.items():
            for name, lines in {**of, "W5": mixed(of)}.items():
                files[name, side] = home / f"{name}-{side}.tsv"
                files[name, side].write_text("\n".join(lines) + "\n")
        told = {name: {side: [] for side in sides} for name in arguments.only}
        peaks = {side: [] for side in sides}
        for turn in range(arguments.rounds):
            for name in arguments.only:
                for side, one in sides.items():
                    drive(one.port, files[name, side], 1, 32, turn)
                    forget(one.process)
                    told[name][side].append(drive(one.port, files[name, side], arguments.seconds, 32, turn))
                    if name == "W5":
                        peaks[side].append(memory(one.process))
        alone, few = ([drive(service.port, files["W1", "service"], arguments.seconds, connections, turn) for turn in range(3)] for connections in (32, 2))
        beside = [aside(service.port, files["W1", "service"], files["W5", "service"], arguments.seconds, turn) for turn in range(3)]
        return {
            "incidents": arguments.incidents,
            "models": arguments.models,
            "rounds": arguments.rounds,
            "seconds": arguments.seconds,
            "start_ms": round(start * 1000),
            "w5_peak_mib": peaks,
            "w1_p99_ms_alone": [run["p99_ms"] for run in alone],
            "w1_p99_ms_alone_over_two": [run["p99_ms"] for run in few],
            "w1_p99_ms_beside_w5": [run["p99_ms"] for run in beside],
            "loads": told,
        }
    finally:
        for one in reversed(started):
            one.stop()


def table(found):
    one, other = next(iter(found["loads"].values()))
    middle = lambda runs, key: statistics.median(run[key] for run in runs)
    lines = [f"| | {one} /s | {other} /s | ratio | spread of the ratio | {one} p50 | p99 | {other} p50 | p99 |", "|---|---|---|---|---|---|---|---|---|"]
    ratio = lambda mine, its: mine / its if other == "yardstick" else its / mine
    for name, sides in found["loads"].items():
        mine, its = sides[one], sides[other]
        ratios = sorted(ratio(a["per_s"], b["per_s"]) for a, b in zip(mine, its))
        bad = sum(run["bad"] for run in mine + its)
        lines.append(
            f"| {name}{f' ({bad} refused)' if bad else ''} | {middle(mine, 'per_s'):,.0f} | {middle(its, 'per_s'):,.0f} | {statistics.median(ratios):.2f} "
            f"| {ratios[0]:.2f}–{ratios[-1]:.2f} | {middle(mine, 'p50_ms'):.2f} ms | {middle(mine, 'p99_ms'):.2f} ms "
            f"| {middle(its, 'p50_ms'):.2f} ms | {middle(its, 'p99_ms'):.2f} ms |"
        )
    alone, few, beside = (statistics.median(found[f"w1_p99_ms_{which}"]) for which in ("alone", "alone_over_two", "beside_w5"))
    peaks = ", ".join(f"{side} {statistics.median(runs)} MiB" for side, runs in found["w5_peak_mib"].items() if runs)
    lines.append(f"\nStart to the first answer {found['start_ms']} ms; peak memory in W5: {peaks or '–'}; p99 of W1 over 32 connections alone {alone:.2f} ms, over two of them while W5 goes over the others {beside:.2f} ms (over two alone {few:.2f} ms).")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--models", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--beside", choices=["yardstick", "sqlite"], default="yardstick")
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
