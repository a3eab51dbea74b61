# Every target does its own set-up: python3.11 is all that has to be there.
UV := .venv/bin/uv
RUN := .venv/bin/

.PHONY: demo walk test check prove bench docs clean
.DEFAULT_GOAL := demo

.venv/.ready: pyproject.toml uv.lock
	@test -x $(UV) || python3 -m venv .venv || { echo "cure: apt-get install python3-venv"; exit 1; }
	@test -x $(UV) || .venv/bin/python -m pip install --quiet uv
	@$(UV) sync --quiet --locked --inexact
	@touch $@

demo: .venv/.ready ## a simulated ecosystem around a real bank; stays open until Ctrl-C
	@$(RUN)heliu demo

walk: .venv/.ready ## one trade's whole path, with its journal
	@$(RUN)heliu demo --walk

test: .venv/.ready
	@$(RUN)pytest -n 2 --dist worksteal

check: .venv/.ready
	@$(RUN)ruff format --check
	@$(RUN)ruff check
	@$(RUN)mypy
	@$(RUN)lint-imports
	@$(RUN)sqlfluff lint -q src/heliu/migrations
	@$(RUN)pytest tests/architecture tests/credit/products/test_loan_product_page.py

prove: .venv/.ready ## the slow proofs
	@$(RUN)pytest -m prove -n 2

bench: .venv/.ready ## every benchmark, results to docs/results/
	@$(RUN)heliu bench all --keep docs/results

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache dist
