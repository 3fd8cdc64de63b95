"""`newsmill serve`: schedule and worker in one process, for whoever wants a warehouse kept up to date without more machinery.

Prefect schedules, so a server has to be there: the one that PREFECT_API_URL names, else one that already runs on this machine,
else one that is started here and ended with the command. `prefect.yaml` has the same flow for work pools.
"""

import asyncio
import contextlib
import os
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.terminal import messages
from warehouse.schema.errors import UsageError

EVERY_MINUTES: Final = 60.0


@app.command()
def serve(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders and globs that every run looks at.")],
    every: Annotated[
        float | None,
        typer.Option("--every", metavar="MINUTES", min=0.1, help="Run so often. Default: 60.", show_default=False),
    ] = None,
    cron: Annotated[
        str | None,
        typer.Option("--cron", metavar="EXPR", help="Run at these times (UTC) instead: '0 6 * * *'.", show_default=False),
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Keep a warehouse up to date: run now and then on a schedule, until Ctrl-C.

    Runs never overlap: one that is due while another is going is left out, and the next takes up what it would have found.

    Example: `newsmill serve articles/ --every 15`
    """
    if every is not None and cron is not None:
        raise UsageError("--every and --cron are two ways to say when: give one of them.")
    from flows.inputs import absolute
    from flows.settings import load_settings

    folder = load_settings(warehouse=warehouse).warehouse
    parameters = {"inputs": [absolute(given) for given in inputs], "warehouse": str(folder)}
    schedule: dict[str, Any] = {"cron": cron} if cron else {"interval": timedelta(minutes=every or EVERY_MINUTES)}
    if cron:
        _check_cron(cron)

    from flows.prefect_server import reachable_server

    console = messages()
    with reachable_server() as server:
        dashboard = server.url.removesuffix("/api")
        console.print(
            f"Prefect dashboard: {dashboard}{' (started for this command)' if server.started_here else ''}", soft_wrap=True
        )
        console.print(f"Warehouse: {folder}", soft_wrap=True)
        when = f"at {cron} UTC" if cron else f"every {every or EVERY_MINUTES:g} minutes"
        console.print(f"Running now, then {when}; Ctrl-C ends it.", soft_wrap=True)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_work(f"serve-{folder.name}-{_digest(folder)}", parameters, schedule))
    console.print("Stopped; the schedule is paused until the next `newsmill serve`.", soft_wrap=True)


async def _work(name: str, parameters: dict[str, Any], schedule: dict[str, Any]) -> None:
    """Register the deployment, ask for a first run, and work until interrupted; the schedule is paused then."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.runner import Runner
    from prefect.types.entrypoint import EntrypointType

    from flows.build import build_warehouse

    runner = Runner(name=name, limit=1, query_seconds=2)
    deployment_id = await runner.aadd_flow(
        build_warehouse,
        name=name,
        parameters=parameters,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        entrypoint_type=EntrypointType.MODULE_PATH,
        **schedule,
    )
    async with get_client() as client:
        await client.create_flow_run_from_deployment(deployment_id)
    await runner.start()


def _check_cron(cron: str) -> None:
    from prefect.schedules import Cron

    try:
        Cron(cron)
    except ValueError as error:
        raise UsageError(
            f"{cron!r} is no cron expression: it has five fields, such as '0 6 * * *' for every day at six."
        ) from error


def _digest(folder: Path) -> str:
    """Tells warehouses of the same name apart: each has a deployment of its own."""
    return blake2b(os.fsencode(folder), digest_size=3).hexdigest()
