"""The page of the command line is what the commands say of themselves."""

from pathlib import Path

from flows.cli.reference import command_names, reference

ROOT = Path(__file__).parents[2]


def test_page_is_what_help_prints() -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    assert page == reference(), "write it anew: python -m flows.cli.reference > docs/reference/command-line.md"


def test_every_command_is_in_the_readme_or_a_how_to() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    written = "\n".join(page.read_text(encoding="utf-8") for page in pages if page.name != "command-line.md")
    missing = [name for name in command_names() if f"newsmill {name}" not in written]
    assert not missing
