"""Orchestration: the Prefect flow, its settings, the command line and the compute engine.

`from flows import build_warehouse` gives the flow; it is imported only when asked for, because Prefect takes a second.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.build import build_warehouse

__all__ = ["build_warehouse"]


def __getattr__(name: str) -> Any:
    if name == "build_warehouse":
        from flows.build import build_warehouse

        return build_warehouse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
