"""`python -m tests.bench.hosts`: 2,000 cells in every host, beside one request per cell (the stock way), in one run."""

from collections.abc import Iterator

from tests.bench import hosts_browser, hosts_libreoffice, hosts_windows

_STOCK = "stock, a request per cell"


def main() -> None:
    """Prints a line for each measure as it is taken."""
    for line in lines():
        print(line, flush=True)  # noqa: T201 - a report for people
    print("noisy: compare within one run. Answers were checked against plain Python before any time was told.")  # noqa: T201


def lines() -> Iterator[str]:
    """Each host in its own process or browser; seconds, and how many times as long the stock way takes."""
    yield f"{'host and work':<62}{'seconds':>9}{'stock':>9}{'ratio':>8}"
    browser = hosts_browser.measure()
    for name, seconds in browser.items():
        if not name.startswith(_STOCK):
            yield _line(name, seconds, browser.get(f"{_STOCK}: {name.partition(': ')[2]}"))
    windows = hosts_windows.measure()
    calls = f"{windows['calls, a column at once']:.0f} calls instead of {windows['calls, one a cell']:,.0f}"
    yield _line(f"Windows, Python's side only: {calls}", windows["a column at once"], windows["one call a cell"])
    for name, seconds in hosts_libreoffice.measure().items():
        if not name.endswith("in ms"):
            yield _line(name, seconds)


def _line(name: str, seconds: float, stock: float | None = None) -> str:
    beside = f"{stock:9.2f}{stock / seconds:7.1f}x" if stock else f"{'–':>9}{'–':>8}"
    return f"{name:<62}{seconds:9.3f}{beside}"


if __name__ == "__main__":
    main()
