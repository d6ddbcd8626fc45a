#!/usr/bin/env python3
"""Trims the price list of genai-prices to what QuickVibe needs.

Usage: pip install genai-prices, export its providers as a JSON list, then
       trim_prices.py EXPORT VERSION DATE > prices.json

Keeps text models with an input and an output price. Prices are whole pico-US-dollars a token; a tier
applies to every token of a call whose prompt is longer than its start. Where a provider is dearer at
some hours of the day, the dearer price is kept, so that a budget is never overrun.
"""
import json
import re
import sys

KEYS = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
}


def rules(match):
    """Any of these; a list inside means all of it. See `Rule` in src/prices.rs for the signs."""
    kind = match["_t"]
    if kind == "ClauseOr":
        return [rule for part in match["or_"] for rule in rules(part)]
    if kind == "ClauseAnd":
        parts = [rules(part) for part in match["and_"]]
        assert all(len(part) == 1 for part in parts), match
        return [[part[0] for part in parts]]
    if kind == "ClauseRegex":
        return masks(match["regex"])
    sign, key = {
        "ClauseEquals": ("=", "equals"),
        "ClauseStartsWith": ("^", "starts_with"),
        "ClauseEndsWith": ("$", "ends_with"),
        "ClauseContains": ("~", "contains"),
    }[kind]
    return [sign + match[key].lower()]


def masks(regex):
    if "[tT][tT][sS]" in regex:
        return ["!-tts"]
    if "[-@]" in regex:
        return [mask for c in "-@" for mask in masks(regex.replace("[-@]", c))]
    body = re.sub(r"\\d\{(\d+)\}", lambda found: "D" * int(found[1]), regex)
    body = body.replace(r"\d", "D").replace(r"\.", ".")
    end = "" if body.endswith("$") else "*"
    body = body.removeprefix("^").removesuffix("$")
    assert re.fullmatch(r"[a-z0-9D./@-]+", body), regex
    return ["#" + body + end]


def price(value):
    pico = lambda usd: round(usd * 1_000_000)
    if isinstance(value, dict):
        return [pico(value["base"])] + [[tier["start"], pico(tier["price"])] for tier in value["tiers"]]
    return [pico(value)]


def prices(listed):
    if isinstance(listed, dict):
        listed = [{"prices": listed}]
    out = []
    for entry in listed:
        constraint = entry.get("constraint") or {}
        kept = {KEYS[key]: price(value) for key, value in entry["prices"].items() if key in KEYS}
        if "start_time" in constraint:
            out[-1] = dict(out[-1], **{key: max(out[-1].get(key, [0]), kept[key]) for key in kept})
        else:
            out.append(dict({"from": constraint["start_date"]} if constraint else {}, **kept))
    return out


def main(source, version, date):
    providers = []
    for provider in json.load(open(source)):
        models = []
        for model in provider["models"]:
            if "prices" not in model:
                continue
            kept = prices(model["prices"])
            if all("input" in entry and "output" in entry for entry in kept):
                models.append({"id": model["id"], "match": rules(model["match"]), "prices": kept})
        providers.append({"id": provider["id"], "models": models})
    head = {
        "source": f"genai-prices {version} (https://github.com/pydantic/genai-prices)",
        "licence": "MIT, Copyright (c) Pydantic Services Inc. 2025 to present; see LICENSE-genai-prices",
        "date": date,
    }
    print(json.dumps(head)[:-1] + ', "providers": [')
    for number, provider in enumerate(providers):
        lines = ",\n".join(json.dumps(model, separators=(",", ":")) for model in provider["models"])
        comma = "," if number + 1 < len(providers) else ""
        print(f'{{"id": "{provider["id"]}", "models": [\n{lines}\n]}}{comma}')
    print("]}")


main(*sys.argv[1:])
