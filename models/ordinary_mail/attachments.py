"""Small attached files, made from nothing: pdf, ics, html, zip, gz, docx, png."""
import base64
import gzip
import io
import struct
import zipfile
import zlib

import names

TYPES = {"pdf": "application/pdf", "ics": "text/calendar", "html": "text/html", "zip": "application/zip", "gz": "application/gzip", "png": "image/png",
         "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def pdf(lines):
    text = " ".join(f"({line.encode('latin-1', 'replace').decode('latin-1')[:80]}) Tj T*" for line in
                    (line.replace("\\", "").replace("(", "").replace(")", "") for line in lines))
    stream = f"BT /F1 11 Tf 14 TL 50 780 Td {text} ET".encode("latin-1", "replace")
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def calendar(rng, content):
    start = content.date.strftime("%Y%m%dT%H0000Z")
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
            f"UID:{names.token(rng, 20)}@{content.domain}\r\nDTSTAMP:{start}\r\nDTSTART:{start}\r\nSUMMARY:{content.subject}\r\n"
            f"ORGANIZER:mailto:{content.sender.address}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").encode()


def png(rng, side=8):
    rows = b"".join(b"\0" + bytes(rng.randint(0, 255) for _ in range(side * 3)) for _ in range(side))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def archive(rng, inner, text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(inner), text * rng.randint(1, 4))
    return file.getvalue()


def attachment(rng, content, kind, name):
    """-> (file name, declared type, bytes)"""
    words = [content.brand, content.subject, *(row[0] for block in content.blocks[:3] for row in block.rows)]
    if kind == "pdf":
        data = pdf(words)
    elif kind == "ics":
        data = calendar(rng, content)
    elif kind == "png":
        data = png(rng)
    elif kind == "html":
        data = ("<html><body>" + "".join(f"<p>{word}</p>" for word in words) + "</body></html>").encode()
    elif kind == "docx":
        data = archive(rng, "word/document.xml", "<w:document><w:body>" + " ".join(words) + "</w:body></w:document>")
    elif kind == "gz":
        data = gzip.compress(f"<report><about>{content.domain}</about></report>".encode() * rng.randint(1, 9), mtime=0)
    else:
        data = archive(rng, "document.txt", " ".join(words))
    declared = TYPES[kind] if rng.random() < 0.9 else "application/octet-stream"
    return f"{name}.{kind}", declared, data


def base64_lines(data):
    return base64.encodebytes(data).decode("ascii").rstrip("\n").split("\n")
