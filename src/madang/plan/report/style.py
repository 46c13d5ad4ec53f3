"""The style sheet of the report: much paper, one column of reading, figures that step forward; prints cleanly."""

from __future__ import annotations

from madang.core.drawing import theme

CSS = f"""
:root {{
  color-scheme: light;
  --paper: {theme.PAPER}; --ink: {theme.INK}; --line: {theme.HAIRLINE}; --pine: {theme.PINE};
  --river: {theme.RIVER}; --persimmon: {theme.PERSIMMON}; --ochre: {theme.OCHRE}; --grey: #6B665E;
}}
* {{ box-sizing: border-box; }}
body {{
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 46rem; background: var(--paper); color: var(--ink);
  font: 17px/1.7 Pretendard, "Apple SD Gothic Neo", "Noto Sans KR", "Malgun Gothic", system-ui, sans-serif;
}}
:lang(ko) {{ word-break: keep-all; overflow-wrap: break-word; }}
h1 {{ font-size: 2rem; line-height: 1.25; margin: .3rem 0 .6rem; letter-spacing: -.01em; }}
h2 {{ font-size: 1.3rem; line-height: 1.35; margin: 2.6rem 0 .7rem; }}
h3 {{ font-size: 1.05rem; margin: 1.8rem 0 .4rem; }}
a {{ color: var(--pine); }}
.kicker, .when, figcaption, small {{ color: var(--grey); font-size: .88rem; }}
.lead {{ font-size: 1.12rem; }}
.cards {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 0; padding: 0;
  margin: 1.6rem 0; border-top: 1px solid var(--line); border-left: 1px solid var(--line); }}
.cards > div {{ padding: .9rem 1rem; border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); }}
.cards dt {{ color: var(--grey); font-size: .88rem; line-height: 1.4; }}
.cards dd {{ margin: .25rem 0 0; font-size: 1.65rem; font-weight: 700; line-height: 1.25;
  font-variant-numeric: tabular-nums; }}
.cards dd small {{ display: block; font-weight: 400; }}
sup {{ font-size: .6em; line-height: 0; font-weight: 400; }}
sup a {{ text-decoration: none; }}
.gap {{ color: var(--grey); font-size: 1rem; font-weight: 400; }}
.note {{ border-left: 4px solid var(--ochre); padding: .2rem 0 .2rem 1rem; margin: 1.6rem 0; }}
.elsewhere data {{ border-bottom: 1px dotted var(--river); }}
figure {{ margin: 2.2rem 0; }}
figure svg {{ display: block; width: 100%; height: auto; }}
details {{ margin: .5rem 0; }}
summary {{ cursor: pointer; color: var(--pine); font-size: .92rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: .9rem; line-height: 1.45;
  font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0;
  border-bottom: 1px solid var(--line); }}
th {{ font-weight: 600; }}
td.n, th.n {{ text-align: right; white-space: nowrap; }}
ol.sources, ul {{ padding-left: 1.3rem; }}
ol.sources li {{ font-size: .92rem; margin: .3rem 0; overflow-wrap: anywhere; }}
footer {{ margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .8rem; color: var(--grey);
  font-size: .85rem; }}
@media print {{
  @page {{ margin: 18mm 16mm; }}
  body {{ background: #fff; font-size: 10.5pt; max-width: none; padding: 0; }}
  figure, .cards > div, tr {{ break-inside: avoid; }}
  h2, h3 {{ break-after: avoid; }}
  details, summary {{ display: none; }}
  a {{ color: inherit; text-decoration: none; }}
}}
"""
