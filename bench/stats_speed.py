#!/usr/bin/env python3
"""How fast `assay stats` is: a file of a million outcomes, and single functions beside scipy and statsmodels.

    stats_speed.py [--n 1000000] [--runs 5] [--assay build/release/bin/assay] [--bench build/release/bin/stats_bench]

The programs are made by `scripts/build.sh release assay stats_bench`. The peers are used where they are installed
(pip install scipy statsmodels krippendorff); without them only assay's own times are printed. Everything is drawn from a
fixed seed.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time
import timeit

ROOT = pathlib.Path(__file__).resolve().parent.parent


def write_outcomes(path, n, form):
    """n verdicts in random order of sides. form: plain (n questions), orders (n / 2 questions in both orders, the second
    pass after the first), clusters (of 50,000 documents), csv (as plain)."""
    draw = random.Random(1)
    with open(path, "w", encoding="ascii") as out:
        if form == "csv":
            out.write("question,verdict,order,confidence,judge,variant\n")
        for i in range(n):
            question = i % (n // 2) if form == "orders" else i
            order = ("a", "b")[i // (n // 2) % 2] if form == "orders" else draw.choice("ab")
            verdict, confidence = draw.choice(("A", "B", "TIE")), draw.choice(("high", "medium", "low"))
            if form == "csv":
                out.write(f"q{question:07},{verdict},{order},{confidence},panel-1,Q4_K_M\n")
                continue
            cluster = f'"cluster": "document-{draw.randrange(50000):05}", ' if form == "clusters" else ""
            out.write(f'{{"question": "q{question:07}", {cluster}"verdict": "{verdict}", "order": "{order}", '
                      f'"confidence": "{confidence}", "judge": "panel-1", "variant": "Q4_K_M"}}\n')


def time_files(assay, n, runs):
    print(f"assay stats FILE --json, {n:,} outcomes, best and worst of {runs} runs:")
    with tempfile.TemporaryDirectory() as folder:
        for form in ("plain", "orders", "clusters", "csv"):
            path = os.path.join(folder, f"{form}.{'csv' if form == 'csv' else 'jsonl'}")
            write_outcomes(path, n, form)
            seconds = []
            for _ in range(runs):
                start = time.perf_counter()
                subprocess.run([assay, "stats", path, "--json"], check=True, stdout=subprocess.DEVNULL)
                seconds.append(time.perf_counter() - start)
            size = os.path.getsize(path) / 1e6
            print(f"  {form:10} {size:6.0f} MB  {min(seconds):6.2f} s  {max(seconds):6.2f} s")
            os.remove(path)


def ratings():
    """As in stats_bench.cpp: 3 raters, 1,000 units."""
    return [[(unit * 7 + (unit // 3 if unit % 5 == rater else 0)) % 3 - 1 for unit in range(1000)] for rater in range(3)]


def peers():
    """{name of stats_bench: (who, a function that gives the same value)} of what is installed."""
    found = {}
    try:
        import numpy as np
        from scipy import stats
    except ImportError:
        return found
    found["binomial_test_minlike"] = ("scipy binomtest", lambda: stats.binomtest(45, 93, 0.4).pvalue)
    found["sign_test"] = ("scipy binomtest", lambda: stats.binomtest(45, 93).pvalue)
    found["clopper_pearson"] = ("scipy binomtest.proportion_ci",
                                lambda: stats.binomtest(45, 93).proportion_ci(method="exact").low)
    rates = np.concatenate([np.ones(450), -np.ones(440), np.zeros(610)])
    found["bca_resampled_1500_10000"] = ("scipy bootstrap, BCa", lambda: stats.bootstrap(
        (rates,), np.mean, n_resamples=10_000, method="BCa", random_state=np.random.default_rng(1),
        vectorized=True).confidence_interval.low)
    try:
        import statsmodels.api as sm
        from statsmodels.stats.contingency_tables import mcnemar
        from statsmodels.stats.inter_rater import cohens_kappa
        from statsmodels.stats.proportion import proportion_confint
    except ImportError:
        return found
    found["wilson"] = ("statsmodels proportion_confint", lambda: proportion_confint(45, 93, method="wilson")[0])
    found["mcnemar"] = ("statsmodels mcnemar", lambda: mcnemar([[0, 45], [48, 0]], exact=False, correction=True).pvalue)
    table = np.array([[40, 9, 5], [8, 60, 11], [6, 10, 51]])
    found["cohen_kappa"] = ("statsmodels cohens_kappa", lambda: cohens_kappa(table, return_results=False))
    y = np.array([(i * 7 + i // 3) % 3 - 1 for i in range(3000)], dtype=float)
    groups, constant = np.arange(3000) // 2, np.ones(3000)
    # statsmodels corrects by n - 1 in the numerator too; without its correction and with G / (G - 1) it is CR1.
    found["cluster_mean_3000"] = ("statsmodels OLS, cluster", lambda: float(sm.OLS(y, constant).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}).bse[0]) * (1500 / 1499) ** 0.5)
    try:
        import krippendorff
    except ImportError:
        return found
    found["krippendorff_alpha"] = ("krippendorff", lambda: krippendorff.alpha(
        reliability_data=ratings(), level_of_measurement="interval"))
    return found


def seconds_of(function):
    timer = timeit.Timer(function)
    n, taken = timer.autorange() if timer.timeit(1) < 0.2 else (1, timer.timeit(1))
    return min([taken] + timer.repeat(2, n)) / n


def time_functions(bench):
    known = peers()
    print("\nsingle functions, best of several rounds (a peer's call includes its Python):")
    print(f"  {'':26} {'assay':>12}  {'peer':>12}  {'ratio':>8}  values")
    for line in subprocess.run([bench], check=True, capture_output=True, text=True).stdout.splitlines():
        row = json.loads(line)
        text = f"  {row['name']:26} {row['ns'] / 1000:9.3g} us"
        if row["name"] in known:
            who, function = known[row["name"]]
            peer = seconds_of(function) * 1e6
            value = float(function())
            text += f"  {peer:9.4g} us  {peer / (row['ns'] / 1000):7.1f}x  {row['value']:.6g} and {value:.6g} ({who})"
        else:
            text += f"  {'':12}  {'':8}  {row['value']:.6g}"
        print(text, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--assay", default=str(ROOT / "build/release/bin/assay"))
    parser.add_argument("--bench", default=str(ROOT / "build/release/bin/stats_bench"))
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    time_files(arguments.assay, arguments.n, arguments.runs)
    time_functions(arguments.bench)


if __name__ == "__main__":
    main()
