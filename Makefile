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

# What the browser tests need beside Python: on Debian as root it is installed, elsewhere the tests
# say what is missing.
.venv/.browser: .venv/.ready
	@if test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  ! { command -v chromium && command -v espeak-ng && fc-list :lang=zh | grep -q .; } >/dev/null 2>&1; \
	  then apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install \
	    --no-install-recommends chromium fonts-noto-cjk espeak-ng fontconfig >/dev/null \
	  || echo "the browser tests will be skipped: apt-get install chromium fonts-noto-cjk espeak-ng"; fi
	@touch $@

demo: .venv/.ready ## a simulated ecosystem around a real bank; stays open until Ctrl-C
	@$(RUN)heliu demo

walk: .venv/.ready ## one trade's whole path, with its journal
	@$(RUN)heliu demo --walk

test: .venv/.browser
	@$(RUN)pytest -n 2 --dist worksteal

check: .venv/.ready
	@$(RUN)ruff format --check
	@$(RUN)ruff check
	@$(RUN)mypy
	@$(RUN)lint-imports
	@$(RUN)sqlfluff lint -q src/heliu/migrations
	@$(RUN)pytest tests/architecture tests/credit/products/test_loan_product_page.py \
	  tests/app/serve/test_permissions.py

prove: .venv/.browser ## the slow proofs
	@$(RUN)pytest -m prove -n 2

bench: .venv/.ready ## every benchmark, results to docs/results/
	@$(RUN)heliu bench all --keep docs/results

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache dist
