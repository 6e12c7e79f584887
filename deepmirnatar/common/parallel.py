"""One function over many jobs, in worker processes."""

import os
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ProcessPoolExecutor

from deepmirnatar.common.logs import progress


def in_processes(function: Callable, jobs: Iterable[Hashable], processes: int, what: str, unit: str = "pairs") -> list:
    """function(job) of every job, in their order; each distinct job is done once.

    Few jobs stay in this process. `function` must be importable by name, as for any process pool.
    """
    jobs = list(jobs)
    unique = list(dict.fromkeys(jobs))
    if processes <= 1 or len(unique) < 200:
        done = [function(job) for job in progress(unique, what, unit=unit)]
    else:
        with ProcessPoolExecutor(min(processes, os.cpu_count() or 1)) as pool:
            results = pool.map(function, unique, chunksize=64)
            done = list(progress(results, what, total=len(unique), unit=unit))
    result_of = dict(zip(unique, done, strict=True))
    return [result_of[job] for job in jobs]
