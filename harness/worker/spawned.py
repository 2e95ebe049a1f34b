"""Runs as `python -m harness.worker.spawned FD`: a worker in a fresh interpreter.

It is what a fork of the zygote is, where forking is not to be had: the same runtime is
loaded first, which takes as long as starting the zygote.
"""

import sys

from harness.worker.preload import preload

if __name__ == "__main__":
    preload()

    from harness.worker import child

    child.main(int(sys.argv[1]))
