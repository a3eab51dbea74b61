"""What layers cannot say: doors, desk cards, where SQL stands, what a domain may not touch."""

import ast
from pathlib import Path

import grimp
import pytest

import heliu

ROOT = Path(heliu.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
ROOMS = ("books", "parties", "flows", "decisions", "payments", "credit", "oversight", "channels")
DESKS = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).iterdir()
    if path.is_dir() and (path / "__init__.py").exists()
)
PURE = [p for p in SOURCES if p.name == "domain.py" or "domain" in p.relative_to(ROOT).parts[:-1]]
MAX_MODULE_LINES, MAX_FUNCTION_LINES, MAX_PARAMETERS = 400, 60, 6
SQL_WORDS = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "COPY ", "CREATE ", "DROP ")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def desk_of(module: str) -> str:
    return ".".join(module.split(".")[:3])


def test_another_desk_is_entered_by_its_door() -> None:
    graph = grimp.build_graph("heliu")
    inside = {f"heliu.{d.parent.name}.{d.name}" for d in DESKS}
    wrong = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if desk_of(imported) in inside
        and desk_of(importer) != desk_of(imported)
        and imported.rsplit(".", 1)[-1] not in {"api", "events"}
    ]
    assert wrong == []


@pytest.mark.parametrize("desk", DESKS, ids=name)
def test_a_desk_shows_its_card_and_nothing_else(desk: Path) -> None:
    tree = ast.parse((desk / "__init__.py").read_text(encoding="utf-8"))
    card = ast.get_docstring(tree)
    assert card, "the desk has no card"
    assert len(tree.body) == 1, "a desk's __init__ holds its card and no code"
    assert (desk / "api.py").exists(), "a desk has one door"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_says_what_it_is_for_and_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "no first line"
    assert text.count("\n") <= MAX_MODULE_LINES
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= MAX_FUNCTION_LINES]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_sql_stands_in_stores_and_in_the_ground_only(path: Path) -> None:
    place = path.relative_to(ROOT).parts
    if path.name.startswith("store") or place[0] == "ground" or place[:2] == ("app", "bench"):
        return
    strings = [
        node.value.lstrip()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [s[:60] for s in strings if s.startswith(SQL_WORDS) and "\n" in s.strip()] == []


@pytest.mark.parametrize("path", PURE, ids=name)
def test_a_domain_touches_no_database_clock_or_chance(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.name if isinstance(node, ast.Import) else f"{node.module}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    forbidden = {"psycopg", "heliu.ground.db", "random", "os", "logging", "socket", "time"}
    assert imported & forbidden == set()
    calls = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert calls & {"now", "utcnow", "today", "urandom"} == set()


# Threads that outlive every fault of one ask or document: they log it with its stack, tell its
# sender, and go on with the others. How many such places each has.
OUTLIVES = {
    "app/serve/clerk.py": 2,
    "app/serve/teller.py": 1,
    "channels/pages/application.py": 1,
    "channels/pages/jobs.py": 1,
}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_failure_is_swallowed_below_the_app(path: Path) -> None:
    handlers = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
    ]
    broad = [
        h.lineno
        for h in handlers
        if h.type is None or (isinstance(h.type, ast.Name) and h.type.id == "Exception")
    ]
    assert len(broad) == OUTLIVES.get(name(path), 0)
