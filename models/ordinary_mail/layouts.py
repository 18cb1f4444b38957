"""Blocks to HTML and to plain text, in many styles. The style is drawn apart from the label: it cannot tell spam from ham."""
import html
from dataclasses import dataclass

import names
from content import DIRECT_LOOKS

FONTS = ["Arial,Helvetica,sans-serif", "'Helvetica Neue',Helvetica,Arial,sans-serif", "Georgia,serif", "Verdana,Geneva,sans-serif",
         "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,sans-serif", "Tahoma,Geneva,sans-serif", "'Trebuchet MS',sans-serif",
         "Lato,Arial,sans-serif", "Calibri,sans-serif", "'Open Sans',Arial,sans-serif"]
FAMILIES = {"promo": "nested nested nested pictures rows rows divs centre", "news": "nested nested rows rows divs letter",
            "notice": "card card rows nested nested divs centre letter", "letter": "letter letter gmail outlook",
            "office": "outlook outlook letter gmail", "machine": "letter outlook divs"}
VERBOSE = ["", "", "word-break:break-word;", "mso-line-height-rule:exactly;-ms-text-size-adjust:100%;-webkit-text-size-adjust:100%;",
           "border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt;direction:ltr;vertical-align:top;",
           "border-top:0px;border-right:0px;border-bottom:0px;border-left:0px;font-weight:400;letter-spacing:0px;"]
PADDING = ["&#847; &zwnj; &nbsp; ", "&nbsp;&zwnj;", "&#8199;&#65279;&#847; ", "&#8203; &nbsp;"]


@dataclass
class Style:
    family: str
    font: str
    colour: str
    ground: str
    width: int
    size: int
    radius: int
    verbose: str            # repeated in every cell, paragraph and link, as mail editors do

    @classmethod
    def drawn(cls, rng, look):
        tint = lambda low, high: "#" + "".join(f"{rng.randint(low, high):02x}" for _ in range(3))
        return cls(rng.choice(FAMILIES[look].split()), rng.choice(FONTS), tint(0, 190), rng.choice(["#ffffff", "#f4f4f4", "#f6f9fc", tint(225, 255)]),
                   rng.choice([600, 600, 600, 640, 580, 680, 560]), rng.choice([14, 15, 16, 16]), rng.choice([0, 3, 4, 6, 8, 24]),
                   rng.choice(VERBOSE) + rng.choice(VERBOSE))


class HtmlPage:
    """One message's HTML. Uses the links of one LinkMaker."""

    def __init__(self, rng, content, links, style):
        self.rng, self.content, self.links, self.style = rng, content, links, style
        self.is_plainish = style.family in ("letter", "gmail", "outlook")
        self.twins = not self.is_plainish and rng.random() < 0.2

    def write(self):
        parts = [] if self.is_plainish else self._masthead()
        for block in self.content.blocks:
            parts.append(self._row(self._block(block)))
            if self.twins and block.code in "HTBAG" and self.rng.random() < 0.4:
                parts.append(self._hidden_twin(block))
        parts += self._footer()
        return self._page("".join(parts))

    # -- the frame

    def _page(self, body):
        style, rng = self.style, self.rng
        if style.family == "gmail":
            return f'<div dir="ltr">{body}</div>'
        head = self._head()
        opening = rng.choice(["<!DOCTYPE html>", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
                              '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">', "<!doctype html>", ""])
        if style.family == "outlook":
            return f'<html><head>{head}</head><body lang="{self.content.language.upper()}" link="#0563C1"><div class="WordSection1">{body}</div></body></html>'
        hidden = self._preheader()
        pixel = f'<img src="{self.links.pixel()}" width="1" height="1" alt="" border="0">' if rng.random() < 0.7 and not self.is_plainish else ""
        if style.family == "letter":
            return f"{opening}<html><head>{head}</head><body>{hidden}{body}{pixel}</body></html>"
        return (f'{opening}\n<html{self._namespaces()} lang="{self.content.language}"><head>{head}</head>\n<body style="margin:0;padding:0;'
                f'background-color:{style.ground};">{hidden}\n{self._shell(body)}\n{pixel}</body></html>')

    def _namespaces(self):
        return self.rng.choice(["", ' xmlns="http://www.w3.org/1999/xhtml"', ' xmlns="http://www.w3.org/1999/xhtml" '
                                'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'])

    def _head(self):
        rng, style = self.rng, self.style
        out = ['<meta http-equiv="Content-Type" content="text/html; charset=utf-8">']
        if style.family in ("gmail", "outlook", "letter"):
            if style.family == "outlook":
                out.append("<style><!-- p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt; font-family:\"Calibri\",sans-serif;} --></style>")
            return "".join(out)
        if rng.random() < 0.85:
            out.append('<meta name="viewport" content="width=device-width, initial-scale=1">')
        if rng.random() < 0.7:
            out.append(f"<title>{html.escape(rng.choice([self.content.subject, self.content.brand, '']))}</title>")
        if rng.random() < 0.6:
            out.append("<!--[if mso]><noscript><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch>"
                       "</o:OfficeDocumentSettings></xml></noscript><![endif]-->")
        if rng.random() < 0.85:
            out.append(self._style_sheet())
        return "\n".join(out)

    def _style_sheet(self):
        rng = self.rng
        rules = ["body{margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}", "table,td{mso-table-lspace:0pt;mso-table-rspace:0pt;border-collapse:collapse}",
                 "img{border:0;height:auto;line-height:100%;outline:none;text-decoration:none;-ms-interpolation-mode:bicubic}", "#outlook a{padding:0}",
                 "p{display:block;margin:13px 0}", ".ExternalClass{width:100%}", "a{text-decoration:none}"]
        rules = rng.sample(rules, rng.randint(2, len(rules)))
        for number in range(rng.choice([0, 2, 5, 10, 20, 40, 80])):
            name = names.made_word(rng, 1, 2)
            rules.append(f".{name}-{number}{{padding:{rng.randint(0, 40)}px {rng.randint(0, 40)}px;font-size:{rng.randint(10, 32)}px;color:{self.style.colour};"
                         f"line-height:{rng.randint(100, 180)}%;width:{rng.randint(20, 100)}%!important}}")
        media = "@media only screen and (max-width:620px){.full{width:100%!important}.stack{display:block!important}.hide{display:none!important}}"
        return f'<style type="text/css">{" ".join(rules)} {media if rng.random() < 0.8 else ""}</style>'

    def _preheader(self):
        text = self.content.preheader
        if not text or self.rng.random() < 0.3:
            return ""
        hide = self.rng.choice(["display:none;max-height:0;overflow:hidden;", "display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;",
                                "display:none!important;visibility:hidden;mso-hide:all;font-size:1px;", "display:none;"])
        padding = self.rng.choice(PADDING) * self.rng.choice([0, 0, 20, 60, 110])
        return f'<div style="{hide}">{html.escape(text)}{padding}</div>'

    def _shell(self, body):
        style = self.style
        if style.family == "divs":
            return f'<div style="max-width:{style.width}px;margin:0 auto;background:#ffffff;font-family:{style.font};padding:24px;">{body}</div>'
        if style.family == "centre":
            return f'<center><font face="{style.font.split(",")[0]}" size="3">{body}</font></center>'
        if style.family == "card":
            return (f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:30px 10px;">'
                    f'<table width="{style.width}" cellpadding="0" cellspacing="0" style="background:#ffffff;border:1px solid #eaeaea;border-radius:{style.radius}px;">'
                    f'<tr><td style="padding:32px;font-family:{style.font};font-size:{style.size}px;">{body}</td></tr></table></td></tr></table>')
        return (f'<table align="center" width="100%" cellpadding="0" cellspacing="0" border="0" role="presentation"><tbody><tr><td align="center">'
                f'<table width="{style.width}" style="width:100%;max-width:{style.width}px;" cellpadding="0" cellspacing="0" border="0"><tbody>{body}'
                f"</tbody></table></td></tr></tbody></table>")

    def _row(self, inner):
        style, rng = self.style, self.rng
        if not inner or self.is_plainish or style.family in ("divs", "card", "centre"):
            return inner + "\n"
        pad = f"padding:{rng.choice([8, 9, 10, 12, 16, 18])}px {rng.choice([0, 16, 18, 20, 24, 30])}px;"
        cell = f'<td align="{rng.choice(["left", "center"])}" style="{pad}font-family:{style.font};font-size:{style.size}px;line-height:1.5;{style.verbose}">{inner}</td>'
        if style.family in ("rows", "pictures"):
            return f"<tr>{cell}</tr>\n" + self._spacer()
        mso = (f'<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" style="width:{style.width}px;" width="{style.width}"><tr>'
               f'<td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->')
        return (f'<tr><td>{mso}<div style="margin:0px auto;max-width:{style.width}px;"><table align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" '
                f'style="width:100%;"><tbody><tr>{cell}</tr></tbody></table></div><!--[if mso | IE]></td></tr></table><![endif]--></td></tr>\n')

    def _hidden_twin(self, block):
        """Editors write a second version for small screens, hidden until a style sheet shows it."""
        return self._row(f'<div class="mobile" style="display:none;mso-hide:all;max-height:0;overflow:hidden;">{self._block(block)}</div>')

    def _spacer(self):
        if self.rng.random() < 0.06:
            return f"<tr><td>{self.rng.choice(['&#8203;', '&zwnj;', '&#8202;', '&#65279;'])}</td></tr>\n"
        height = self.rng.choice([0, 0, 8, 16, 24])
        return height and f'<tr><td height="{height}" style="font-size:0px;line-height:{height}px;{self.style.verbose}">&nbsp;</td></tr>\n' or ""

    def _masthead(self):
        rng, content = self.rng, self.content
        out = []
        if content.footer["online"] and rng.random() < 0.35:
            out.append(self._row(f'<a href="{self.links.click()}" style="font-size:11px;color:#888888;">{html.escape(content.footer["online"])}</a>'))
        logo = f'<img src="{self.links.picture()}" alt="{html.escape(content.brand)}" width="{rng.randint(90, 260)}" style="display:block;border:0;">'
        name = f'<span style="font-size:{rng.randint(18, 38)}px;font-weight:700;color:{self.style.colour};">{html.escape(content.sender.name)}</span>'
        mark = rng.choice([logo, logo, name, ""])
        if mark:
            out.append(self._row(f'<a href="{self.links.click()}">{mark}</a>' if rng.random() < 0.7 else mark))
        return out

    def _footer(self):
        content, rng, style = self.content, self.rng, self.style
        if content.look in DIRECT_LOOKS:
            return []
        foot = content.footer
        grey = f"font-size:{rng.choice([10, 11, 12, 13])}px;color:{rng.choice(['#888888', '#999999', '#666666', '#555555'])};"
        lines = [foot["why"], foot["legal"], content.footer["address"] if rng.random() < 0.85 else ""]
        rng.shuffle(lines)
        leave = [f'<a href="{self.links.leave()}" style="color:inherit;">{html.escape(text)}</a>' for text in (foot["unsubscribe"], foot["preferences"]) if text]
        if content.look == "notice" and rng.random() < 0.6:
            leave = []
        out = [self._row(f'<p style="{grey}">{html.escape(line)}</p>') for line in lines if line and rng.random() < 0.75]
        if leave:
            out.append(self._row(f'<p style="{grey}">{rng.choice([" | ", " &middot; ", "<br>", " &nbsp; "]).join(leave[:rng.randint(1, 2)])}</p>'))
        if foot["social"] and rng.random() < 0.45 and content.look != "notice":
            icons = "".join(f'<a href="{self.links.network()}"><img src="{self.links.picture()}" width="{rng.choice([24, 32])}" alt="{word}"></a> '
                            for word in foot["social"].split(","))
            out.insert(0, self._row(icons))
        return out

    # -- the blocks

    def _block(self, block):
        if self.style.family == "pictures" and block.code in "HTUBN" and self.rng.random() < 0.8:
            return self._block_V([[row[0]] for row in block.rows])
        return getattr(self, "_block_" + block.code)(block.rows)

    def _anchor(self, inner, extra=""):
        extra = extra or (f' style="color:{self.style.colour};{self.style.verbose}"' if self.style.verbose else "")
        return f'<a href="{self.links.click()}"{extra}>{inner}</a>'

    def _paragraph(self, text, css=""):
        text = html.escape(text, quote=False)
        if self.style.family == "outlook":
            return f'<p class="MsoNormal">{text}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        if self.style.family == "gmail":
            return f"<div>{text}</div><div><br></div>"
        if self.style.family == "centre" or self.rng.random() < 0.06:
            return f"{text}<br><br>"
        return f'<p style="margin:0 0 {self.rng.choice([10, 12, 16, 20])}px;{css}{self.style.verbose}">{text}</p>'

    def _block_T(self, rows):
        return "".join(self._paragraph(row[0]) for row in rows)

    def _block_E(self, rows):
        return "".join(self._paragraph(row[0]) for row in rows)

    def _block_N(self, rows):
        return "".join(self._paragraph(row[0], "font-size:12px;color:#777777;") for row in rows)

    def _block_H(self, rows):
        text = html.escape(rows[0][0])
        if self.is_plainish:
            return self._paragraph(rows[0][0])
        size = self.rng.randint(20, 38)
        return self.rng.choice([f'<h1 style="font-size:{size}px;color:{self.style.colour};margin:0;">{text}</h1>', f'<h2 style="font-size:{size}px;">{text}</h2>',
                                f'<p style="font-size:{size}px;font-weight:bold;">{text}</p>', f'<span style="font-size:{size}px;"><strong>{text}</strong></span>'])

    def _block_B(self, rows):
        text, style = html.escape(rows[0][0]), self.style
        if self.is_plainish:
            return f"<p>{self._anchor(text)}</p>"
        look = (f"display:inline-block;background:{style.colour};color:#ffffff;padding:{self.rng.randint(9, 16)}px {self.rng.randint(18, 40)}px;"
                f"border-radius:{style.radius}px;font-weight:bold;text-decoration:none;")
        target = self.rng.choice([' target="_blank"', "", ' rel="noopener"'])
        button = self._anchor(text, f' style="{look}"{target}')
        return f'<table cellpadding="0" cellspacing="0" border="0" align="center"><tr><td bgcolor="{style.colour}">{button}</td></tr></table>' if self.rng.random() < 0.4 else button

    def _block_L(self, rows):
        words = [html.escape(row[0]) for row in rows]
        if self.rng.random() < 0.08 and not self.links.is_tracked:
            url = self.links.direct()
            return f'<p><a href="{url}">{html.escape(url)}</a></p>'
        return "".join(f"<p>{self._anchor(text)}</p>" for text in words)

    def _block_V(self, rows):
        if self.is_plainish:
            return ""
        width = self.rng.choice([600, 560, 640, 1200, 300])
        return self._anchor(f'<img src="{self.links.picture()}" alt="{html.escape(rows[0][0])}" width="{width}" style="width:100%;max-width:{width}px;height:auto;">')

    def _block_C(self, rows):
        return f'<p style="font-size:{self.rng.randint(22, 36)}px;letter-spacing:{self.rng.randint(1, 6)}px;"><b>{html.escape(rows[0][0])}</b></p>'

    def _block_U(self, rows):
        return "<ul>" + "".join(f"<li>{html.escape(row[0], quote=False)}</li>" for row in rows) + "</ul>"

    def _block_Q(self, rows):
        return "".join(f'<blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">{html.escape(row[0])}</blockquote>' for row in rows)

    def _table(self, rows, widths=""):
        cells = "".join("<tr>" + "".join(f'<td style="padding:{self.rng.randint(4, 10)}px;border-bottom:1px solid #eeeeee;">{html.escape(cell)}</td>' for cell in row) + "</tr>"
                        for row in rows)
        return f'<table width="100%" cellpadding="0" cellspacing="0" border="0">{cells}</table>'

    def _block_K(self, rows):
        pairs = [[part.strip() for part in cell.split("=", 1)] for cell in rows[0]]
        if self.rng.random() < 0.4:
            return "<p>" + "<br>".join(f"<b>{html.escape(pair[0])}</b>: {html.escape(pair[-1])}" for pair in pairs) + "</p>"
        return self._table(pairs)

    def _block_I(self, rows):
        return self._table(rows)

    def _block_G(self, rows):
        per_row = self.rng.choice([1, 2, 2, 3])
        width = 100 // per_row
        cells = [f'<td width="{width}%" valign="top" class="stack" style="padding:8px;{self.style.verbose}">{self._anchor(f"""<img src="{self.links.picture()}" alt="{html.escape(row[0])}" width="{560 // per_row}">""")}'
                 f'<br>{self._anchor(html.escape(row[0]))}<br>{html.escape(" ".join(row[1:]))}</td>' for row in rows]
        lines = ["<tr>" + "".join(cells[at:at + per_row]) + "</tr>" for at in range(0, len(cells), per_row)]
        return f'<table width="100%" cellpadding="0" cellspacing="0" border="0">{"".join(lines)}</table>'

    def _block_A(self, rows):
        out = []
        for row in rows:
            picture = self._anchor(f'<img src="{self.links.picture()}" alt="" width="{self.rng.choice([150, 260, 600])}">') if self.rng.random() < 0.5 else ""
            teaser = "".join(self._paragraph(cell) for cell in row[1:])
            out.append(f"{picture}<h3>{self._anchor(html.escape(row[0]))}</h3>{teaser}")
        return "".join(out)
