"""Hive's part of Athena's language: tables and partitions made, shown and removed.

Source: https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
"""
