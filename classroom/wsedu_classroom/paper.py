"""Pages that are printed: answer keys, quizzes and handouts.

How to think about it: a page for the printer is HTML that a browser opens without a network, with
black ink on white. Its size is that of the paper in the printer, A4 or Letter; the tests print each
page on both.
"""

from __future__ import annotations

import html

STYLE = """
@page { margin: 12mm }
body { font: 10pt/1.35 system-ui, sans-serif; color: #000; background: #fff; margin: 0 auto;
  max-width: 186mm }
h1 { font-size: 15pt; margin: 0 0 2mm } h2 { font-size: 12pt; margin: 5mm 0 1mm }
h3 { font-size: 10pt; margin: 3mm 0 1mm } p, ul, ol { margin: 1mm 0 }
h1, h2, h3 { break-after: avoid } li, tr, pre, svg { break-inside: avoid }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: 8.5pt }
pre { border: 0.3mm solid #000; padding: 2mm; white-space: pre-wrap; overflow-wrap: anywhere }
table { border-collapse: collapse } th, td { border: 0.2mm solid #000; padding: 0.6mm 1.5mm;
  text-align: left; vertical-align: top }
.teacher { border: 0.4mm solid #000; padding: 1mm 2mm; font-weight: bold }
.name { float: right; font-weight: normal; font-size: 10pt }
.page { break-before: page }
"""
FOR_TEACHERS = '<p class="teacher">For teachers: this page holds the answers.</p>\n'


def page(title: str, body: str, *, style: str = "", teacher: bool = False) -> str:
    """A page as HTML.

    title:   plain text; the heading is made of it
    body:    HTML
    style:   more CSS
    teacher: says at the top that it is not for learners
    """
    note = FOR_TEACHERS if teacher else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{html.escape(title)}'
        f"</title>\n<style>{STYLE}{style}</style>\n<h1>{html.escape(title)}</h1>\n"
        f"{note}{body}\n</html>\n"
    )
