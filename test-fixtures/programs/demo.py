"""demo.py SECONDS: a small order service at work, for trying a profiler on.

It reads orders (json), checks addresses (re), finds the product that a misspelt name means (the hot spot: an edit
distance in plain Python), prices them and writes a report.
"""
import json
import random
import re
import sys
import time

PRODUCTS = [
    "espresso machine", "electric kettle", "coffee grinder", "water filter", "milk frother", "tea infuser",
    "pour-over dripper", "travel mug", "kitchen scale", "cold brew jar",
]
ADDRESS = re.compile(r"^(?P<street>[\w .-]+?) (?P<number>\d+[a-z]?), (?P<code>\d{4,5}) (?P<city>[\w -]+)$")


def misspell(name, rng):
    letters = list(name)
    for _ in range(2):
        letters[rng.randrange(len(letters))] = rng.choice("abcdefgh")
    return "".join(letters)


def make_orders(count, rng):
    orders = []
    for number in range(count):
        lines = [{"name": misspell(rng.choice(PRODUCTS), rng), "quantity": rng.randrange(1, 9)} for _ in range(3)]
        street = "%s street %d, %05d some town" % (rng.choice("abcdef") * 6, rng.randrange(200), rng.randrange(99999))
        orders.append({"id": number, "address": street, "lines": lines, "note": "please ring twice " * 40})
    return orders


def edit_distance(left, right):
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            cost = diagonal if a == b else diagonal + 1
            diagonal = row[j]
            row[j] = min(cost, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def find_product(name):
    return min(PRODUCTS, key=lambda product: edit_distance(name, product))


def check_address(text):
    found = None
    for _ in range(400):
        found = ADDRESS.match(text)
    return found is not None


def shipping(weight, zone, depth=5):
    if depth == 0:
        return sum((weight * step) % (zone + 7) for step in range(90)) / 100.0
    return min(shipping(weight, zone, depth - 1), shipping(weight + depth, zone, depth - 1))


def price(order):
    total = 0.0
    for line in order["lines"]:
        product = find_product(line["name"])
        total += line["quantity"] * (5 + len(product))
    return total + shipping(len(order["lines"]), order["id"])


def read_orders(text):
    orders = []
    for _ in range(160):
        orders = json.loads(text)
    return orders


def write_report(rows):
    text = ""
    for _ in range(40):
        text = json.dumps(sorted(rows, key=lambda row: row["total"]), indent=1)
    return text


def handle(text):
    rows = []
    for order in read_orders(text):
        if check_address(order["address"]):
            rows.append({"id": order["id"], "total": price(order)})
    return write_report(rows)


def main(seconds):
    rng = random.Random(1)
    text = json.dumps(make_orders(40, rng))
    deadline = time.time() + seconds
    while time.time() < deadline:
        handle(text)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
