"""A session of Apache Spark, or an error that says what is missing for one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pyspark.sql import SparkSession

from khabar.errors import KhabarError

JAVA: Final = 17  # the oldest that Spark 4 runs on
# On one machine nothing has to be reached from outside, and nothing shall be.
LOCAL: Final = {
    "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost", "PYSPARK_PYTHON": sys.executable
}  # fmt: skip
MEMORY: Final = "2g"  # of a session on this machine, where nothing else is set


class SparkError(KhabarError):
    """Spark cannot run, or not as it was asked to."""


def check_java(home: str | None) -> None:
    """Raise SparkError unless there is a Java that Spark runs on, in its HOME if that is set."""
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    try:
        done = subprocess.run([program or "java", "-version"], capture_output=True, text=True, check=False)
    except OSError:
        raise _no_java("there is no Java") from None
    found = re.search(r'version "(\d+)', done.stderr)
    if found is None or int(found[1]) < JAVA:
        raise _no_java(f"its Java is version {found[1]}" if found else "its Java does not run")


def _no_java(problem: str) -> SparkError:
    return SparkError(
        where="--engine spark",
        problem=f"{problem}, and Spark needs Java {JAVA} or later",
        fix="install one, such as openjdk-17-jre-headless, and set JAVA_HOME if it is not found",
    )


@contextmanager
def session(master: str, java_home: str | None = None) -> Iterator[SparkSession]:
    """A session with the MASTER of a cluster, or local[N]; raises SparkError."""
    check_java(java_home)
    builder = SparkSession.builder.appName("khabar").master(master)
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.memory", MEMORY)
    try:
        found = builder.getOrCreate()
    except Exception as error:  # what the JVM says, in one of a dozen classes of py4j and of Spark
        raise SparkError(
            where=f"--master {master}",
            problem=f"cannot be used: {str(error).splitlines()[0]}",
            fix="write local[2], or the address of a cluster, such as spark://HOST:7077 or yarn",
        ) from error
    found.sparkContext.setLogLevel("ERROR")
    try:
        yield found
    finally:
        found.stop()
