"""Amazon Athena: SQL over the objects in S3, on DuckDB.

Start at `service.py` (the API) and `engine.py` (what a SELECT goes through). `sql/` turns
Trino's dialect into DuckDB's and lets nothing else through, `storage/` finds a table's
objects, `serde/` turns their bytes into rows, `ddl/` is Hive's part of the language.
"""
