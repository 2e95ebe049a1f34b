"""Athena and the Data Catalog: databases, tables, partitions and workgroups of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.engines.athena.engine import Engine
from harness.cloud.engines.athena.executions import Surroundings
from harness.cloud.engines.athena.permits import Permits
from harness.cloud.engines.athena.service import AthenaService
from harness.cloud.engines.athena.storage.objects import S3Files
from harness.cloud.engines.athena.work_groups import WorkGroup
from harness.cloud.engines.glue.errors import GlueError
from harness.cloud.engines.glue.service import GlueService
from harness.cloud.engines.glue.shapes import DatabaseInput, PartitionInput, TableInput
from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.gate import Permissions
from harness.cloud.resources import ResourceRefused, template_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cloud.engines.glue.catalogue import Catalogue
    from harness.cloud.template.model_athena import CatalogueSpec
    from harness.world.deployment import Deployment


def deploy(deployment: Deployment) -> None:
    """Creates what the template says, and answers for `athena` and `glue`.

    Raises:
        ResourceRefused: Glue refuses a database, table or partition.
    """
    glue = GlueService(clock=deployment.loop.clock, randomness=deployment.randomness, account_id=ACCOUNT_ID)
    for entry in deployment.template.athena.entries:
        _create(entry, glue.catalogue)
    files = S3Files(deployment.s3)
    folder = deployment.temporary / "athena"
    engine = Engine(folder, glue.catalogue, files, deployment.randomness.stream("athena/random"))
    athena = AthenaService(
        Surroundings(
            loop=deployment.loop,
            trace=deployment.trace,
            randomness=deployment.randomness,
            engine=engine,
            catalogue=glue.catalogue,
            files=files,
            results=files,
            permits=_permits(deployment),
        ),
        deployment.faults,
    )
    for group in deployment.template.athena.work_groups.values():
        athena.executions.work_groups.add(
            WorkGroup(
                group.name,
                group.description,
                group.output_location,
                group.enforced,
                group.cutoff_bytes,
                group.enabled,
            )
        )
    deployment.athena = athena
    deployment.gateway.services["athena"] = athena
    deployment.gateway.services["glue"] = glue


def _create(entry: CatalogueSpec, catalogue: Catalogue) -> None:
    try:
        if entry.kind == "database":
            catalogue.create_database(msgspec.convert(entry.input, DatabaseInput))
        elif entry.kind == "table":
            catalogue.create_table(entry.database, msgspec.convert(entry.input, TableInput))
        else:
            table = catalogue.table(entry.database, entry.table)
            catalogue.create_partition(table, msgspec.convert(entry.input, PartitionInput))
    except GlueError as error:
        raise ResourceRefused(
            f"Glue refuses the {entry.kind} {entry.logical_id}: {error}",
            file=template_file(entry.line),
            line=entry.line,
        ) from error


def _permits(deployment: Deployment) -> Callable[[str], Permits]:
    """What functions may do, by their roles; whoever else asks may do everything."""

    def allows(owner: str, action: str, resource: str) -> bool:
        gate = deployment.gateway.permissions
        return not isinstance(gate, Permissions) or gate.allows(owner, Need(action, resource))

    return lambda owner: Permits(owner, f"arn:aws:glue:{REGION}:{ACCOUNT_ID}", allows)
