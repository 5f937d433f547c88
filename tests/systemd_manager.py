"""A real systemd of the user, for one test: in namespaces of its own, so that nothing else sees it.

systemd refuses to manage a user's units where it did not start the computer; it looks for /run/systemd/system to know.
Inside a mount namespace that folder can be there without anybody else being told.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from uuid import uuid4

MANAGER = Path("/lib/systemd/systemd")
_GROUPS = Path("/sys/fs/cgroup")
_TRY = """\
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/user/0
chmod 700 /run/user/0
export XDG_RUNTIME_DIR=/run/user/0
/lib/systemd/systemd --user &
manager=$!
trap 'kill $manager; wait $manager || true' EXIT
for try in $(seq 100); do
  systemctl --user is-system-running 2>/dev/null | grep -q running && break
  sleep 0.1
done
{script}
"""


@cache
def missing() -> str:
    """What is not there to run one; empty where all is."""
    lacking = [name for name in ("systemctl", "systemd-analyze", "unshare") if shutil.which(name) is None]
    if not MANAGER.exists():
        lacking.append("systemd")
    if lacking:
        return ", ".join(lacking)
    if os.getuid() != 0 or not os.access(_group().parent, os.W_OK):
        return "the right to make namespaces and control groups"
    return (
        ""
        if _in_there("mount -t tmpfs tmpfs /run", {}).returncode == 0
        else "a kernel that lets a user's systemd run in a namespace"
    )


def run_in_manager(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs lines of shell beside a manager that is up, with a home of its own; then ends it with all it started."""
    return _in_there(_TRY.replace("{script}", script), {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")})


def _group() -> Path:
    named = _GROUPS / "systemd"  # where systemd keeps its own groups beside those of the first generation
    return (named if named.is_dir() else _GROUPS) / f"halfday-{uuid4().hex[:8]}"


def _in_there(script: str, extra: dict[str, str]) -> subprocess.CompletedProcess[str]:
    group = _group()
    group.mkdir()
    inside = f'echo $$ > "{group}/cgroup.procs" && exec unshare -C -m --propagation private sh -c "$SCRIPT"'
    try:
        return subprocess.run(
            ["sh", "-c", inside],
            env={"PATH": os.environ["PATH"], "SCRIPT": script, **extra},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        for folder in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            folder.rmdir()
        group.rmdir()
