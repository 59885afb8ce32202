#!/usr/bin/env python3
"""How many instructions three fixed requests cost the service, by callgrind: a figure that a noisy machine
does not move. On SQLite, with the records of a fixed seed; needs valgrind.

    read    a model by its id      list    fifty incidents, newest first      create    one more incident

    benches/instructions.py            what they cost now, beside what benches/instructions.json says
    benches/instructions.py --write    keeps what they cost now there

Fails where one costs a twentieth more than it did.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from rig import HOME, File, Service

KEPT = HOME / "benches/instructions.json"
TIMES = 40
# The least of so many counts is told: what the service does of its own accord falls into others.
COUNTS = 8


class Counted(Service):
    """The service under callgrind, on records of its own."""

    patience = 120

    def __init__(self, binary, home):
        super().__init__(binary, File(home), home)
        self.home = home
        self.environment["TUQUAN_WORKERS"] = "1"
        self.under = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={home}/counts"]
        self.command("migrate")
        self.command("generate", "--units", "48", "--models", 500, "--incidents", 3000, "--seed", 1)
        self.serve("VN")

    def send(self, method, path, body=None):
        return json.loads(super().send(method, path, body))

    def control(self, flag):
        subprocess.run(["callgrind_control", flag, str(self.process.pid)], check=True, stdout=subprocess.DEVNULL)

    def spent(self, ask):
        """Instructions of one such request, once everything it needs is warm."""
        for _ in range(5):
            ask()
        return min(self.count(ask) for _ in range(COUNTS))

    def count(self, ask):
        self.control("--zero")
        for _ in range(TIMES):
            ask()
        self.control("--dump")
        newest = max(self.home.glob("counts*"), key=lambda file: file.stat().st_mtime_ns)
        totals = [line for line in newest.read_text(errors="replace").splitlines() if line.startswith(("totals:", "summary:"))]
        return round(int(totals[-1].split()[1]) / TIMES)


def counted(binary, home):
    service = Counted(binary, home)
    try:
        model = service.send("GET", "/v1/models?pageSize=1")["items"][0]["id"]
        incident = service.send("GET", "/v1/incidents?pageSize=1&sort=-occurredAt")["items"][0]
        new = json.dumps({"severity": "minor", "source": "citizen", **{name: incident[name] for name in ("category", "occurredAt", "unitId")}})
        asks = {
            "read": lambda: service.send("GET", f"/v1/models/{model}"),
            "list": lambda: service.send("GET", "/v1/incidents?sort=-occurredAt&pageSize=50"),
            "create": lambda: service.send("POST", "/v1/incidents", new),
        }
        return {name: service.spent(ask) for name, ask in asks.items()}
    finally:
        service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=HOME / "target/release/tuquan")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tuquan-instructions.") as home:
        now = counted(arguments.binary, Path(home))
    before = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    worse = False
    for name, count in now.items():
        was = before.get(name)
        told = f"{count / was - 1:+.1%} of {was:,}" if was else "new"
        worse = worse or bool(was and count > was * 1.05)
        print(f"{name:8} {count:>12,}  {told}")
    if arguments.write:
        KEPT.write_text(json.dumps(now, indent=2) + "\n")
    elif worse:
        raise SystemExit("a request costs a twentieth more than it did")


if __name__ == "__main__":
    main()
