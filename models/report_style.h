// report_style.h - the style sheet of an evaluation's page.
//
// Owns:    a constant text.
//
// The series colours tell apart with the common kinds of colour blindness (after Okabe & Ito 2008), and the second eight
// are dashed, so that a print in grey can be read, too.
#pragma once

namespace winnow {

inline constexpr const char* kReportStyle = R"(
:root { color-scheme: light dark; --page: #ffffff; --text: #1c1f23; --soft: #5d6670; --rule: #d8dde2; --band: #f4f6f8;
  --spam: #c8501e; --ham: #2a6fb0; --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b5559b; --s4: #8a6d00;
  --s5: #3aa0d8; --s6: #444b54; --s7: #c62f4b; }
@media (prefers-color-scheme: dark) { :root { --page: #15181c; --text: #e4e7ea; --soft: #9aa4ae; --rule: #3a424b;
  --band: #1d2227; --spam: #f08a5a; --ham: #6fb1ec; --s0: #4fb0ee; --s1: #ff9350; --s2: #3fd0a4; --s3: #e593cd;
  --s4: #d9bb3c; --s5: #9bd8f7; --s6: #c3cad2; --s7: #ff7f93; } }
@media print { :root { color-scheme: light; --page: #fff; --text: #000; --soft: #444; --rule: #bbb; --band: #f2f2f2;
  --spam: #c8501e; --ham: #2a6fb0; --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b5559b; --s4: #8a6d00;
  --s5: #3aa0d8; --s6: #444b54; --s7: #c62f4b; }
  body { max-width: none; padding: 0; font-size: 9pt; } section.corpus, figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; } thead { display: table-header-group; } .wide { overflow: visible; }
  table { font-size: 7pt; } th, td { padding: .1rem .25rem; } figure.roc { max-width: 14cm; } }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; overflow-wrap: anywhere; }
h3 { font-size: .95rem; margin: 1rem 0 .3rem; }
p, figcaption, dt { color: var(--soft); } p { max-width: 62rem; margin: .3rem 0 .8rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .pair { display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
.pair > * { flex: 1 1 22rem; min-width: 0; margin: 0; }
figure { margin: 0; } figcaption { font-size: .87rem; } svg { display: block; width: 100%; height: auto; }
figure.roc { max-width: 54rem; } figure.plot { max-width: 36rem; }
svg.key { display: inline-block; width: 36px; height: 10px; vertical-align: middle; margin-right: .4rem; }
ul.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; list-style: none; padding: 0; margin: .3rem 0; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.grid { stroke: var(--rule); stroke-width: 1; } .frame { stroke: var(--soft); stroke-width: 1; fill: none; }
.ideal { stroke: var(--soft); stroke-dasharray: 2 4; } .series { fill: none; stroke-width: 2; }
polyline.thin { fill: none; stroke-width: 1.2; } rect.spam { fill: var(--spam); } rect.ham { fill: var(--ham); }
.after { stroke: var(--ham); } circle.after { fill: var(--ham); }
.before { stroke: var(--soft); stroke-dasharray: 3 3; } circle.before { fill: var(--page); stroke-dasharray: none; }
.s0, .s8 { stroke: var(--s0); } .s1, .s9 { stroke: var(--s1); } .s2, .s10 { stroke: var(--s2); }
.s3, .s11 { stroke: var(--s3); } .s4, .s12 { stroke: var(--s4); } .s5, .s13 { stroke: var(--s5); }
.s6, .s14 { stroke: var(--s6); } .s7, .s15 { stroke: var(--s7); }
.s8, .s9, .s10, .s11, .s12, .s13, .s14, .s15 { stroke-dasharray: 7 4; }
table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums; }
th, td { padding: .22rem .6rem; text-align: right; white-space: nowrap; } th { font-weight: 600; }
thead th { border-bottom: 1px solid var(--soft); vertical-align: bottom; white-space: normal; }
tbody tr:nth-child(even) { background: var(--band); }
th:first-child, td:first-child, table.names td, table.names th { text-align: left; }
td small { display: block; color: var(--soft); } table.names { width: 100%; }
table.names td:last-child { white-space: normal; overflow-wrap: anywhere; width: 100%; }
.none { color: var(--soft); }
)";

}  // namespace winnow
