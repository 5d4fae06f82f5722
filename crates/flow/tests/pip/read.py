"""Reads requirements files, in hexadecimal, one a line, with pip's own code: prints what it makes of each."""

import json
import sys

from pip._internal.req import req_file

if hasattr(req_file, "_decode_req_file"):
    decode = lambda data: req_file._decode_req_file(data, "requirements.txt")
else:
    from pip._internal.utils import encoding

    # pip knew UTF-32's marks from 25.0 on; before, that of UTF-16 hid one of them.
    encoding.BOMS.sort(key=lambda entry: -len(entry[0]))
    decode = encoding.auto_decode

for line in sys.stdin:
    data = bytes.fromhex(line)
    try:
        text = decode(data)
        lines = [[number, line] for number, line in req_file.preprocess(text)]
        print(json.dumps({"text": text, "lines": lines}))
    except (UnicodeError, LookupError):
        print(json.dumps({"text": None, "lines": []}))
