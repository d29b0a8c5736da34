# Une seule commande suffit : « make report ». L'environnement (.venv) se fait tout seul, une fois.
# Sous Windows et avec conda : voir README.md.

STUDY ?= 241200906
ARGS ?=
PYTHON ?=
LAB_STUDY = $(if $(filter file,$(origin STUDY)),,$(STUDY))
# python du projet, appelé par chemin relatif : le dossier peut contenir des espaces
PY = .venv/bin/python
READY = .venv/.ctg-ready
WANTED = import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))

.DEFAULT_GOAL := help
.PHONY: help setup report demo test test-fast lint bench lab quarto lock clean

help: ## cette aide
	@echo "Commandes (make COMMANDE) :"
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-13s %s\n' "$$name" "$$text"; done
	@echo "Autre territoire : make report STUDY=200067155 ; options de ctg : ARGS=\"--chapters 04\""

setup: $(READY) ## environnement .venv, paquets figés, noyau Jupyter (fait par les autres commandes)

$(READY): requirements.lock pyproject.toml
	@python=''; \
	for name in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3 python; do \
		if command -v "$$name" >/dev/null 2>&1 && "$$name" -c '$(WANTED)' >/dev/null 2>&1; then \
			python="$$name"; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Aucun Python utilisable : il faut Python 3.11 à 3.14, avec le module venv." >&2; \
		found=$$(python3 --version 2>/dev/null || echo "aucun"); \
		echo "Trouvé : $$found." >&2; \
		echo "Debian, Ubuntu : sudo apt install python3 python3-venv ; macOS : brew install python." >&2; \
		echo "Ailleurs : make report PYTHON=/chemin/vers/python3.12" >&2; \
		exit 1; \
	fi; \
	if ! $(PY) -c '$(WANTED)' >/dev/null 2>&1; then \
		echo "Environnement .venv avec $$("$$python" --version) (une fois, quelques minutes)"; \
		"$$python" -m venv --clear .venv || { \
			echo "Le module venv ne fonctionne pas : sudo apt install python3-venv" >&2; exit 1; }; \
	fi
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@$(PY) -m ipykernel install --prefix .venv --name ctg --display-name CTG >/dev/null
	@touch $(READY)

report: $(READY) ## rapport d'un territoire (STUDY=241200906) dans outputs/
	@$(PY) -m ctg_lib report "$(STUDY)" $(ARGS)

demo: $(READY) ## rapport de l'étude de démonstration, inventée (241200906-demo)
	@$(PY) -m ctg_lib report 241200906-demo $(ARGS)

# loadfile : un fichier de tests reste sur un même processus, ce qu'il construit n'est construit qu'une fois ;
# les plus longs d'abord (tests/conftest.py), sans quoi un processus attend seul le dernier. Les essais lancent
# des centaines de processus : sans code compilé gardé, chacun recompilerait tout ctg_lib (deux secondes)
test: lint ## tout ce que vérifie l'intégration continue
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=40 $(ARGS)

test-fast: $(READY) ## les tests rapides
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not quarto" $(ARGS)

lint: $(READY) ## forme du code, types, règles d'import
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo

bench: $(READY) ## toutes les mesures de vitesse (des heures), écrites dans docs/mesures.md
	@$(PY) benchmarks/every.py $(ARGS)

lab: $(READY) ## explorer un territoire dans JupyterLab (STUDY=241200906)
	@$(PY) -m ctg_lib lab $(LAB_STUDY) $(ARGS)

quarto: $(READY) ## essayer d'ajouter Quarto à l'environnement
	@if $(PY) -m pip install --disable-pip-version-check 'quarto-cli>=1.7' >.venv/quarto.log 2>&1 \
			&& .venv/bin/quarto --version >/dev/null 2>&1; then \
		echo "Quarto $$(.venv/bin/quarto --version) est installé."; \
	else \
		echo "Quarto n'a pas pu être installé : le paquet quarto-cli télécharge le programme, ce que ce réseau" >&2; \
		echo "n'a pas permis. Le rapport se fait sans lui. Autres voies : conda install -c conda-forge quarto," >&2; \
		echo "ou le programme d'installation de quarto.org. Détail : .venv/quarto.log" >&2; \
		exit 1; \
	fi

lock: $(READY) ## recalculer requirements.lock depuis pyproject.toml (demande uv)
	@command -v uv >/dev/null 2>&1 || { echo "uv est absent : pipx install uv" >&2; exit 1; }
	@uv pip compile pyproject.toml --group dev --extra survey --extra grappe --universal --no-emit-index-url --no-header --python-version 3.11 -o requirements.lock

clean: ## enlever ce qui se refait : .venv, data/processed, outputs, caches
	@rm -rf .venv .ctg data/processed outputs .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache
	@find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
