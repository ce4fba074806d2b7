"""Ranks the sources of a distribution by what rests on them.

usage: census.py PACKAGES SOURCES

Prints each source with the number of others that need it, directly or not, to
run and to be built, and its PageRank, those that most rest on first.
"""

import re
import sys
from collections import defaultdict

NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9+._-]*)")
PRIORITIES = {"required": 0, "important": 1, "standard": 2, "optional": 3, "extra": 4}


def stanzas(path, wanted):
    """Gives the wanted fields of each stanza of a control file."""
    with open(path, encoding="utf-8", errors="replace", newline="\n") as lines:
        stanza, field = {}, None
        for line in lines:
            if line == "\n":
                if stanza:
                    yield stanza
                stanza, field = {}, None
            elif line[0] in " \t":
                if field:
                    stanza[field] += line
            else:
                name, _, value = line.partition(":")
                field = name if name in wanted else None
                if field:
                    stanza[field] = value.strip()
        if stanza:
            yield stanza


def relations(field):
    """Gives the names of the alternatives of each relation of a field."""
    for group in field.split(","):
        names = [m[1] for alternative in group.split("|") if (m := NAME.match(alternative))]
        if names:
            yield names


def condense(edges):
    """Numbers the strongly connected components (Tarjan), dependencies first."""
    component, index, low = [-1] * len(edges), [0] * len(edges), [0] * len(edges)
    stack, seen, count = [], 0, 0
    for root in range(len(edges)):
        if index[root]:
            continue
        path = [(root, iter(edges[root]))]
        seen += 1
        index[root] = low[root] = seen
        stack.append(root)
        while path:
            node, rest = path[-1]
            for to in rest:
                if not index[to]:
                    seen += 1
                    index[to] = low[to] = seen
                    stack.append(to)
                    path.append((to, iter(edges[to])))
                    break
                if component[to] < 0:
                    low[node] = min(low[node], index[to])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        top = stack.pop()
                        component[top] = count
                        if top == node:
                            break
                    count += 1
    return component, count


def dependents(edges, given):
    """Counts for each node those of the given ones that lead to it."""
    component, count = condense(edges)
    below = [set() for _ in range(count)]
    for node, tos in enumerate(edges):
        below[component[node]].update(component[to] for to in tos)
    bits = [0] * count
    for bit, node in enumerate(given):
        bits[component[node]] |= 1 << bit
    totals = [0] * count
    for c in range(count - 1, -1, -1):
        mine, bits[c] = bits[c], 0
        totals[c] = mine.bit_count()
        for to in below[c]:
            if to != c:
                bits[to] |= mine
    return [totals[c] for c in component]


def pagerank(edges, damping=0.85):
    n = len(edges)
    rank = [1 / n] * n
    for _ in range(200):
        new, idle = [0.0] * n, 0.0
        for node, tos in enumerate(edges):
            if tos:
                share = rank[node] / len(tos)
                for to in tos:
                    new[to] += share
            else:
                idle += rank[node]
        base = (1 - damping + damping * idle) / n
        new = [base + damping * x for x in new]
        change = sum(abs(a - b) for a, b in zip(new, rank))
        rank = new
        if change < 1e-9:
            break
    return rank


def main(packages_file, sources_file):
    packages = {p["Package"]: p for p in stanzas(
        packages_file, {"Package", "Source", "Depends", "Pre-Depends", "Provides", "Priority"})}
    sources = {s["Package"]: s for s in stanzas(
        sources_file, {"Package", "Build-Depends", "Build-Depends-Indep", "Build-Depends-Arch", "Extra-Source-Only"})
        if s.get("Extra-Source-Only") != "yes"}
    for name, package in packages.items():
        package["Source"] = package.get("Source", name).split(" ")[0]
        sources.setdefault(package["Source"], {})

    package_number = {name: n for n, name in enumerate(sorted(packages))}
    source_number = {name: n for n, name in enumerate(sorted(sources))}
    provided = {}
    for name in sorted(packages):
        priority = PRIORITIES.get(packages[name].get("Priority"), 5)
        for virtual in (v for names in relations(packages[name].get("Provides", "")) for v in names):
            if virtual not in provided or priority < provided[virtual][0]:
                provided[virtual] = priority, package_number[name]

    def resolve(stanza, *fields):
        found = set()
        for field in fields:
            for names in relations(stanza.get(field, "")):
                number = next((package_number[n] for n in names if n in package_number), None)
                if number is None:
                    number = next((provided[n][1] for n in names if n in provided), None)
                if number is not None:
                    found.add(number)
        return found

    # Before each package stands its source, as who depends, and behind it its
    # source, as what is depended on.
    front, back = len(packages), len(packages) + len(sources)
    run = [set() for _ in range(back + len(sources))]
    build = {name: resolve(s, "Build-Depends", "Build-Depends-Indep", "Build-Depends-Arch") for name, s in sources.items()}
    direct = [set() for _ in sources]
    owner = {package_number[name]: source_number[p["Source"]] for name, p in packages.items()}
    made = defaultdict(set)
    for name, package in packages.items():
        number, source = package_number[name], source_number[package["Source"]]
        run[number] = resolve(package, "Depends", "Pre-Depends")
        direct[source].update(owner[d] for d in run[number])
        run[number].add(back + source)
        run[front + source].add(number)
        made[package["Source"]].add(number)
    with_build = [set(tos) for tos in run]
    for name, needs in build.items():
        with_build[front + source_number[name]] |= needs
        for number in made[name]:
            with_build[number] |= needs
    for source, tos in enumerate(direct):
        tos.discard(source)

    given = range(front, back)
    reach, build_reach = dependents(run, given), dependents(with_build, given)
    ranks = pagerank(direct)
    for name, n in sorted(source_number.items(), key=lambda item: -reach[back + item[1]]):
        print(name, max(0, reach[back + n] - 1), max(0, build_reach[back + n] - 1), f"{ranks[n]:.9e}", sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
