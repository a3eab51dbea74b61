"""`heliu schedule` as a person meets it: whole files, broken files, impossible terms."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

OWN = Path(__file__).parents[1] / "credit" / "engine" / "vectors" / "own.json"


def heliu(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "heliu", *words],
        capture_output=True,
        text=True,
        check=False,
        env={"HELIU_HOME": str(home), "PATH": "/usr/bin:/bin"},
    )


def told(run: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_each_vector_becomes_a_line_of_json_and_no_database_is_started(tmp_path: Path) -> None:
    run = heliu("schedule", str(OWN), "--json", home=tmp_path / "home")
    assert run.returncode == 0
    assert [line["status"] for line in told(run)] == ["ok"] * len(
        json.loads(OWN.read_text())["vectors"]
    )
    assert not (tmp_path / "home").exists()


def test_an_impossible_vector_is_refused_by_itself(tmp_path: Path) -> None:
    good, bad, odd, torn = json.loads(OWN.read_text())["vectors"][:4]
    bad["terms"]["rate_percent"] = "-3"
    odd["terms"]["amortisation"] = "by_the_moon"
    torn["steps"][2].pop("amount")
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps({"vectors": [good, bad, odd, torn, "nonsense"]}))
    run = heliu("schedule", str(file), "--json", home=tmp_path)
    lines = told(run)
    assert run.returncode == 1
    assert [line["status"] for line in lines] == ["ok", "refused", "unsupported"] + ["refused"] * 2
    assert "annual_rate" in lines[1]["reason"]
    assert "by_the_moon" in lines[2]["reason"]
    assert lines[3]["reason"] == "steps[2].amount: is missing"


def test_one_vector_alone_is_a_file_too_and_is_drawn_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(json.loads(OWN.read_text())["vectors"][0]))
    run = heliu("schedule", str(file), home=tmp_path)
    assert run.returncode == 0
    assert "4039.86" in run.stdout


def test_a_broken_file_is_one_line_with_the_cure(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"vectors": [')
    run = heliu("schedule", str(file), "--json", home=tmp_path)
    assert run.returncode != 0
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1
    assert "cure" in run.stderr
