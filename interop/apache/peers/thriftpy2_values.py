"""Between JSON as ../../support/json.ts describes it and the values of thriftpy2, led by its own reading of the IDL."""

import base64
import json
import math

from thriftpy2.thrift import TType


def _split(spec):
    """A type in a container's spec: its code, and what it needs besides."""
    return spec if isinstance(spec, tuple) else (spec, None)


def _fields(struct):
    """(name, type code, spec) of each field, with the IDL's names."""
    for entry in struct.thrift_spec.values():
        spec = entry[2] if len(entry) == 4 else None
        yield entry[1], entry[0], spec


def struct_from_json(struct, value):
    value = value or {}
    made = struct()
    for name, ttype, spec in _fields(struct):
        if name in value:
            setattr(made, name, from_json(ttype, spec, value[name]))
    return made


def from_json(ttype, spec, value):
    if ttype == TType.I64:
        return int(value)
    if ttype == TType.DOUBLE:
        return float(value)
    if ttype == TType.BINARY:
        return base64.b64decode(value)
    if ttype in (TType.LIST, TType.SET):
        element, inner = _split(spec)
        return [from_json(element, inner, item) for item in value]
    if ttype == TType.MAP:
        (key, key_spec), (content, content_spec) = _split(spec[0]), _split(spec[1])
        return {from_json(key, key_spec, k): from_json(content, content_spec, v) for k, v in value}
    if ttype == TType.STRUCT:
        return struct_from_json(spec, value)
    return value


def struct_to_json(value):
    result = {}
    for name, ttype, spec in _fields(type(value)):
        item = getattr(value, name, None)
        if item is not None:
            result[name] = to_json(ttype, spec, item)
    return result


def to_json(ttype, spec, value):
    if ttype == TType.I64:
        return str(value)
    if ttype == TType.DOUBLE:
        return _double_to_json(value)
    if ttype == TType.BINARY:
        return base64.b64encode(value).decode("ascii")
    if ttype in (TType.LIST, TType.SET):
        element, inner = _split(spec)
        return [to_json(element, inner, item) for item in value]
    if ttype == TType.MAP:
        (key, key_spec), (content, content_spec) = _split(spec[0]), _split(spec[1])
        pairs = [[to_json(key, key_spec, k), to_json(content, content_spec, v)] for k, v in value.items()]
        return sorted(pairs, key=lambda pair: compact(pair[0]))
    if ttype == TType.STRUCT:
        return struct_to_json(value)
    return value


def _double_to_json(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def compact(value):
    """As JavaScript writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
