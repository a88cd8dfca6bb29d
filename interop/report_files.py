"""Reads the files of reports with python-docx, openpyxl and what LibreOffice made of them, and compares their numbers with the JSON."""

import csv
import json
import pathlib
import re
import sys

import docx
import openpyxl
from checks import Checks

FIXTURES = ("province", "one", "empty")
LOOKUPS = ("total", "found", "not_found", "refused", "error")
FLOW = ("before", "received", "readmitted", "delivered", "dropped", "waiting", "parked")
HEAD = 4  # the row of a sheet that has the titles of columns


def grouped(n):
    """A number as Vietnamese texts write it."""
    return f"{n:,}".replace(",", ".")


def bare(text):
    """A text without any spaces, which programs break lines at."""
    return re.sub(r"\s+", "", text)


def rows(sheet):
    """The rows of a sheet below the titles, up to the first empty one."""
    found = []
    for row in sheet.iter_rows(min_row=HEAD + 1, values_only=True):
        if all(v is None for v in row):
            break
        found.append(row)
    return found


def same(what, checks, table, lines, first, keys):
    """A table's rows and its sums against the lines of the report."""
    if not lines:
        checks.equal(f"{what}: nothing happened", table[0][0], "Không phát sinh.")
        return
    got = [row[first : first + len(keys)] for row in table]
    want = [tuple(line[k] for k in keys) for line in lines]
    checks.equal(f"{what}: rows", got[:-1], want)
    checks.equal(f"{what}: sums", got[-1], tuple(sum(line[k] for line in lines) for k in keys))


def workbook(checks, path, report):
    """The annex as openpyxl reads it."""
    book = openpyxl.load_workbook(path)
    checks.equal("sheets", book.sheetnames[0], "Thông tin chung")
    formulas = [c.coordinate for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    checks.equal("no cell is a formula", formulas, [])
    same("Tra cứu", checks, rows(book["Tra cứu"]), report["lookups"], 4, LOOKUPS)
    same("Chia sẻ", checks, rows(book["Chia sẻ"]), report["messages"], 3, FLOW)
    cover = [str(c.value) for row in book.worksheets[0].iter_rows() for c in row]
    for node in report["nodes"]:
        checks.check("the cover has the end of the record", node["hash"] in cover and str(node["seq"]) in cover, cover)
    for sheet in book.worksheets:
        checks.check(f"{sheet.title} is printed on A4, one page wide", sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.paperSize)
        if sheet.tables:
            checks.check(f"{sheet.title} keeps its titles in sight and on every page", sheet.freeze_panes == f"A{HEAD + 1}" and sheet.print_title_rows == f"${HEAD}:${HEAD}", sheet.freeze_panes)
    tables = [t for s in book.worksheets for t in s.tables.values()]
    checks.check("tables of Excel", len(tables) >= 3, len(tables))
    months = rows(book["Theo tháng"])[:-1]
    checks.equal("months", [r[3] for r in months], [m["lookups"]["total"] for m in report["months"]])


def figures(report):
    """The numbers that the document must name."""
    found = set()
    for line in report["lookups"]:
        found.update(line[k] for k in LOOKUPS)
    for line in report["messages"]:
        found.update(line[k] for k in FLOW + ("rejected", "corrected"))
    for month in report["months"]:
        found.update((month["lookups"]["total"], month["messages"]["received"]))
    found.update(report["total"]["lookups"][k] for k in LOOKUPS)
    found.update(line["times"] for line in report["fields"])
    return {grouped(n) for n in found if n}


def numbers(text):
    return set(re.findall(r"(?<![\d.,])\d{1,3}(?:\.\d{3})*(?![\d,])", text))


def document(checks, path):
    """The text of the document as python-docx reads it."""
    read = docx.Document(path)
    cells = [c.text for t in read.tables for row in t.rows for c in row.cells]
    checks.check("the head", any("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in c for c in cells), cells[:6])
    section = read.sections[0]
    checks.check("A4", abs(section.page_width.mm - 210) < 1 and abs(section.page_height.mm - 297) < 1, section.page_width.mm)
    return "\n".join([p.text for p in read.paragraphs] + cells)


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f, delimiter=";"))


def main():
    work = pathlib.Path(sys.argv[1])
    failed = 0
    for name in FIXTURES:
        checks = Checks(f"report {name}")
        report = json.loads((work / f"{name}.json").read_text(encoding="utf-8"))["report"]
        report.update({k: report[k] or [] for k in ("lookups", "messages", "months", "fields", "nodes")})
        workbook(checks, work / f"{name}.xlsx", report)
        want = figures(report)
        texts = {
            "python-docx": document(checks, work / f"{name}.docx"),
            "LibreOffice": (work / "office" / f"{name}.pdf.txt").read_text(encoding="utf-8"),
            "our PDF": (work / f"{name}.pdf.txt").read_text(encoding="utf-8"),
            "our HTML": re.sub(r"<[^>]*>", " ", (work / f"{name}.html").read_text(encoding="utf-8")),
        }
        for who, text in texts.items():
            text = text.replace("\u00a0", " ")
            checks.equal(f"{who} reads every number", sorted(want - numbers(text)), [])
            for node in report["nodes"]:
                checks.check(f"{who} reads the end of the record", node["hash"] in bare(text) and grouped(node["seq"]) in text, node)
        annex = (work / "office" / f"annex-{name}.pdf.txt").read_text(encoding="utf-8")
        seen = {n.replace(",", "").replace(".", "") for n in re.findall(r"\d[\d.,]*", annex)}
        checks.equal("LibreOffice shows every number of the annex", sorted(n for n in want if n.replace(".", "") not in seen), [])
        found = table(work / f"{name}.csv")
        totals = {r["chi_tieu"]: int(r["gia_tri"]) for r in found if r["bang"] == "total" and r["doi_tuong"] == "now"}
        checks.equal("the CSV has the totals", {k: totals[f"lookups.{k}"] for k in LOOKUPS}, {k: report["total"]["lookups"][k] for k in LOOKUPS})
        checks.equal("the CSV has every look-up", sum(int(r["gia_tri"]) for r in found if r["bang"] == "lookups" and r["chi_tieu"] == "total"), report["total"]["lookups"]["total"])
        failed |= checks.end()
    return failed


if __name__ == "__main__":
    sys.exit(main())
