"""The notebook runs from its first cell to its last, shows what it says, and is kept without what it showed."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOK = EXAMPLES / "notebook.ipynb"


def test_the_notebook_runs():
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    for needed in ("ipykernel", "pandas"):
        pytest.importorskip(needed)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": EXAMPLES}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pages = [page for output in outputs if (page := output.get("data", {}).get("text/html"))]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    # Tables, the ways to a loss, the plan with its curves, the page.
    for shown in ("known_exploited", 'class="path', 'class="curves"', "<iframe"):
        assert any(shown in page for page in pages), shown
    assert any("saves EUR" in output.get("text", "") for output in outputs)


def test_the_notebook_is_kept_without_what_it_showed():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    shown = [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count") is not None]
    assert not shown, "clear all outputs"
