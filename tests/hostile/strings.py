"""Names and texts that mean something to a terminal, a spreadsheet, a browser, a database or a file system."""

from __future__ import annotations

from tests.hostile.items import Ends

TAKEN, REFUSED = Ends.TAKEN, Ends.REFUSED

# What each is, and how an upload with it as file name must end.
NAMES: dict[str, tuple[str, Ends]] = {
    "climbs": ("../../../etc/passwd", TAKEN),
    "climbs behind a folder": ("a/../../b.jpg", TAKEN),
    "backslashes": ("..\\..\\windows\\win.ini", TAKEN),
    "absolute": ("/etc/shadow", TAKEN),
    "a drive": ("C:\\autoexec.bat", TAKEN),
    "only dots": ("..", REFUSED),
    "only a folder": ("folder/", REFUSED),
    "only spaces": ("   ", REFUSED),
    "empty": ("", REFUSED),
    "a name that reads backwards": ("photo\u202egpj.exe", REFUSED),
    "isolated direction": ("a\u2066b.jpg", REFUSED),
    "a newline": ("a\nb.jpg", REFUSED),
    "a header": ("a\r\nSet-Cookie: x=1\r\n.jpg", REFUSED),
    "NUL": ("a\0.jpg", REFUSED),
    "ESC": ("\x1b[2J\x1b]0;owned\x07.jpg", REFUSED),
    "a line separator": ("a\u2028b.jpg", REFUSED),
    "255 bytes": ("a" * 251 + ".jpg", TAKEN),
    "256 bytes": ("a" * 252 + ".jpg", REFUSED),
    "5,000 bytes": ("a" * 5_000, REFUSED),
    "composed": ("caf\u00e9.jpg", TAKEN),
    "decomposed": ("cafe\u0301.jpg", TAKEN),
    "a hundred accents": ("a" + "\u0301" * 100 + ".jpg", TAKEN),
    "a device of Windows": ("CON", TAKEN),
    "a device of Windows with an ending": ("NUL.jpg", TAKEN),
    "two endings": ("a.jpg.exe", TAKEN),
    "a hidden file": (".htaccess", TAKEN),
    "HTML": ('<img src=x onerror="alert(1)">.jpg', TAKEN),
    "a script": ("<script>alert(1)<\u2215script>.jpg", TAKEN),
    "a Markdown link": ("[click](javascript:alert(1)).jpg", TAKEN),
    "a Markdown picture": ("![x](http:\u2215\u2215example.org\u2215x.png).jpg", TAKEN),
    "a colour of Streamlit": (":red[x] :material-home: **bold**.jpg", TAKEN),
    "a formula of TeX": ("$x^2$ $$y$$.jpg", TAKEN),
    "a formula of a spreadsheet": ("=HYPERLINK(A1).jpg", TAKEN),
    "a command": ("; rm -rf ~ `id` $(id) | id.jpg", TAKEN),
    "SQL": ("'; DROP TABLE media; --.jpg", TAKEN),
    "a template": ("{{7*7}} ${7*7} <%= 7*7 %>.jpg", TAKEN),
    "a format": ("%s%n%x {0} {name}.jpg", TAKEN),
    "percent escapes": ("%2e%2e%2f%00.jpg", TAKEN),
    "emoji": ("🔥👨\u200d👩\u200d👧.jpg", TAKEN),
    "right to left": ("דליקה.jpg", TAKEN),
    "nothing to see": ("\u200b\u200b.jpg", TAKEN),
    "quotes": ("a\"b'c`d.jpg", TAKEN),
}

TEXTS: dict[str, str] = {
    "a formula": '=cmd|"/c calc"!A1',
    "a formula after a tab": "\t=1+1",
    "a wide formula": "＝1+1",
    "a plus": "+1+1",
    "an at": "@SUM(1+1)",
    "percent": "100 % sure",
    "underscore": "a_b",
    "backslash": "a\\b\\%",
    "a quote": 'it\'s "quoted"',
    "zero width": "sm\u200boke\u200d\ufeff",
    "CR and LF": "first\r\nsecond\rthird\nfourth",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "Markdown": "[click](javascript:alert(1)) ![x](http://example.org/x.png) # big",
    "Streamlit": ":red[x] :material/home: $x$",
    "SQL": "'; DROP TABLE media; --",
    "a mention of everybody": "@admin @admin @@admin @" + "a" * 300,
    "combining": "Z" + "\u0300\u0301\u0302" * 200,
    "every direction": "\u202eabc\u202c \u2066def\u2069",
    "controls": "a\x07b\x08c\x1b[31mred\x7f",
    "astral": "𝕤𝕞𝕠𝕜𝕖 🔥" * 10,
}
# One over the limit, and far over it; JSON's half a character is no text.
TOO_MUCH: dict[str, str] = {
    "4,001 characters": "x" * 4_001,
    "100 kB": "x" * 100_000,
    "10 MB": "x" * 10_000_000,
    "NUL": "a\0b",
    "half a character": "a\ud83d",
}
