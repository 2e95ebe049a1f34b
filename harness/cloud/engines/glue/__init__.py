"""The AWS Glue Data Catalog: databases, tables and partitions, as Athena and boto3 see them."""
