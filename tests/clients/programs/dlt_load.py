"""A load with dlt's REST source: `dlt_load.py ORIGIN TOKEN FOLDER` prints how many rows each table of the DuckDB database in FOLDER has after it.

A second load with the same FOLDER continues the first: only deals that changed since are asked for.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import dlt
from dlt.sources.rest_api import RESTAPIConfig, rest_api_source

PAGES = {"type": "offset", "limit": 20, "limit_param": "limit", "offset_param": "offset", "total_path": "meta.total"}
PAGES_WITHOUT_TOTAL = {**PAGES, "limit": 5, "total_path": None, "stop_after_empty_page": True}
LISTS = [
    "accountContacts accounts contactDeals contactTags contacts dealActivities dealCustomFieldData dealGroups dealRoles dealStages",
    "dealTasks dealTasktypes notes scores tags taskOutcomes users webhooks",
]


def plain(name: str) -> dict[str, Any]:
    return {"name": name, "endpoint": {"path": name, "data_selector": name}}


def deals() -> dict[str, Any]:
    changed = {"cursor_path": "mdate", "initial_value": "2000-01-01T00:00:00-06:00", "range_start": "closed"}
    parameters = {"filters[updated_after]": "{incremental.start_value}", "orders[mdate]": "ASC"}
    endpoint = {"path": "deals", "data_selector": "deals", "params": parameters, "incremental": changed}
    return {"name": "deals", "write_disposition": "merge", "endpoint": endpoint}


def fields() -> dict[str, Any]:
    endpoint = {"path": "dealCustomFieldMeta", "data_selector": "dealCustomFieldMeta", "paginator": PAGES_WITHOUT_TOTAL}
    return {"name": "dealCustomFieldMeta", "endpoint": endpoint}


def tasks_of_deals() -> dict[str, Any]:
    endpoint = {"path": "deals/{resources.deals.id}/tasks", "data_selector": "dealTasks", "paginator": PAGES_WITHOUT_TOTAL}
    return {"name": "tasksOfDeals", "write_disposition": "merge", "include_from_parent": ["id"], "endpoint": endpoint}


def configuration(origin: str, token: str) -> RESTAPIConfig:
    return {
        "client": {
            "base_url": f"{origin}/api/3/",
            "auth": {"type": "api_key", "name": "Api-Token", "api_key": token, "location": "header"},
            "paginator": PAGES,
        },
        "resource_defaults": {"primary_key": "id", "write_disposition": "replace"},
        "resources": [*(plain(name) for names in LISTS for name in names.split()), deals(), fields(), tasks_of_deals()],
    }


def load(origin: str, token: str, folder: Path) -> dict[str, Any]:
    destination = dlt.destinations.duckdb(str(folder / "crm.duckdb"))
    pipeline = dlt.pipeline("crm", pipelines_dir=str(folder / "pipelines"), destination=destination, dataset_name="activecampaign")
    pipeline.run(rest_api_source(configuration(origin, token)))
    assert pipeline.last_trace.last_normalize_info is not None
    with pipeline.sql_client() as database:
        tables = {table["name"]: f"select count(*), count(distinct id) from {table['name']}" for table in pipeline.default_schema.data_tables()}
        counted = {name: database.execute_sql(query) for name, query in tables.items() if "__" not in name}
        won = database.execute_sql("select id, title, status, value from deals where id = '207'")
    return {
        "rows": {name: rows[0] for name, rows in counted.items()},
        "read": pipeline.last_trace.last_normalize_info.row_counts,
        "deal 207": won[0],
    }


if __name__ == "__main__":
    url, key, path = sys.argv[1:]
    json.dump(load(url, key, Path(path)), sys.stdout)
