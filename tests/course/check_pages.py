#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the pages of the course against the files that they speak of.

    check_pages.py <root of the tree>     prints page:line: fault, ends with 1 if there is any
    check_pages.py --self-test            shows each check a good and a bad page

A page shows code between the lines `<!-- code: file.cpp -->` and `<!-- /code -->`; what stands
there is a part of that file, line by line.
"""
import re
import sys
import tempfile
from pathlib import Path

COLUMNS_MAX = 100
CODE_LINES_MIN = 3
VARIATIONS_MIN, VARIATIONS_MAX = 3, 5
# The sections of a page beside a program, in this order.
SECTIONS = ["Goal", "The code", "Run it", "What you should see", "Why", "Try this"]

BEGIN = re.compile(r"<!-- code: (\S+) -->")
END = "<!-- /code -->"


def is_part_of(part, lines):
    """Whether the lines of part stand in the file one after the other."""
    return any(lines[at:at + len(part)] == part for at in range(len(lines) - len(part) + 1))


def code_faults(page, lines):
    """Faults of the included code, and the files of which something is shown."""
    faults, shown = [], set()
    file = start = None
    for number, line in enumerate(lines, 1):
        begin = BEGIN.fullmatch(line)
        if begin and file is not None:
            faults.append((number, "code begins inside code"))
        if begin:
            file, start = page.parent / begin[1], number
        if line != END:
            continue
        if file is None:
            faults.append((number, "code ends, but did not begin"))
            continue
        block = lines[start:number - 1]
        if not file.is_file():
            faults.append((start, f"there is no file {file.name}"))
        elif block[:1] != ["```cpp"] or block[-1:] != ["```"]:
            faults.append((start, "code stands between ```cpp and ```, right inside the markers"))
        elif len(block) - 2 < CODE_LINES_MIN:
            faults.append((start, f"code of less than {CODE_LINES_MIN} lines proves nothing"))
        elif not is_part_of(block[1:-1], file.read_text().splitlines()):
            faults.append((start, f"this does not stand in {file.name} so"))
        else:
            shown.add(file.resolve())
        file = None
    if file is not None:
        faults.append((start, "code does not end"))
    return faults, shown


def link_faults(page, lines):
    for number, line in enumerate(lines, 1):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
            if not target.startswith(("http://", "https://")):
                if not (page.parent / target).exists():
                    yield number, f"the link {target} leads nowhere"


def command_faults(root, lines):
    for number, line in enumerate(lines, 1):
        for target in re.findall(r"\bP=([\w/.]+\.cpp)", line):
            if not (root / target).is_file():
                yield number, f"there is no program {target}"


def shape_faults(page, lines):
    """A page beside a program has all sections, in order, and some variations to try."""
    for number, line in enumerate(lines, 1):
        # A row of a table cannot be broken.
        if len(line) > COLUMNS_MAX and not line.startswith("|"):
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX}"
    if not list(page.parent.glob("*.cpp")):
        return
    titles = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    if [title for title in titles if title in SECTIONS] != SECTIONS:
        yield 1, f"the sections are not {', '.join(SECTIONS)}"
        return
    after = "\n".join(lines[lines.index("## Try this"):])
    variations = after.count("<details>")
    if not VARIATIONS_MIN <= variations <= VARIATIONS_MAX:
        yield 1, f"{variations} variations to try, not {VARIATIONS_MIN} to {VARIATIONS_MAX}"
    if "\n".join(lines).count("<details>") != "\n".join(lines).count("</details>"):
        yield 1, "a <details> is not closed"


def check(root):
    """All faults of the course below this root, as lines of text."""
    report, shown = [], set()
    pages = sorted((root / "course").rglob("*.md"))
    for page in pages:
        lines = page.read_text().splitlines()
        faults, files = code_faults(page, lines)
        shown |= files
        faults += link_faults(page, lines)
        faults += command_faults(root, lines)
        faults += shape_faults(page, lines)
        report += [f"{page.relative_to(root)}:{number}: {fault}" for number, fault in faults]
    for program in sorted((root / "course").rglob("*.cpp")):
        if not (program.parent / "README.md").is_file():
            report.append(f"{program.relative_to(root)}:1: has no page beside it")
        elif program.resolve() not in shown:
            report.append(f"{program.relative_to(root)}:1: no page shows any of it")
    if not pages:
        report.append("course:1: there are no pages")
    return report


PROGRAM = "int main() {\n    return 0;\n}\n// the end\n"
GOOD = """# A page
## Goal
## The code
<!-- code: p.cpp -->
```cpp
int main() {
    return 0;
}
```
<!-- /code -->
## Run it
    make run P=course/p.cpp
## What you should see
## Why
[this](p.cpp)
## Try this
""" + "<details>\n</details>\n" * 3

# What is replaced in the good page, by what, and the fault that must be found then.
SPOILED = [
    ("    return 0;", "    return 1;", "does not stand in"),
    ("    return 0;\n", "", "less than"),
    ("code: p.cpp", "code: q.cpp", "no file"),
    ("```cpp\n", "", "right inside"),
    ("<!-- /code -->\n", "", "does not end"),
    ("<!-- code: p.cpp -->\n", "", "did not begin"),
    ("(p.cpp)", "(gone.md)", "leads nowhere"),
    ("P=course/p.cpp", "P=course/gone.cpp", "no program"),
    ("## Why\n", "", "sections"),
    ("## Run it\n", "## Run\n", "sections"),
    ("<details>\n</details>\n" * 3, "<details>\n</details>\n" * 2, "variations"),
    ("</details>\n", "", "not closed"),
    ("# A page", "# A page" + " long" * 20, "columns"),
    ("<!-- code: p.cpp -->\n", "<!-- code: p.cpp -->\n<!-- code: p.cpp -->\n", "inside code"),
    (GOOD[GOOD.index("<!-- code"):GOOD.index("## Run it")], "", "no page shows"),
]


def self_test():
    """Good pages pass; each way to spoil one is found. Returns what went wrong."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        course.mkdir()
        (course / "p.cpp").write_text(PROGRAM)
        page = course / "README.md"
        page.write_text(GOOD)
        if faults := check(Path(folder)):
            wrong.append(f"a good page is refused: {faults}")
        for old, new, fault in SPOILED:
            page.write_text(GOOD.replace(old, new, 1))
            if not any(fault in line for line in check(Path(folder))):
                wrong.append(f"{old!r} -> {new!r} is not found: {fault}")
        page.unlink()
        if not any("no page beside" in line for line in check(Path(folder))):
            wrong.append("a program without a page is not found")
    return wrong


def main():
    report = self_test() if sys.argv[1] == "--self-test" else check(Path(sys.argv[1]).resolve())
    print("\n".join(report) if report else "all is well")
    return 1 if report else 0


if __name__ == "__main__":
    sys.exit(main())
