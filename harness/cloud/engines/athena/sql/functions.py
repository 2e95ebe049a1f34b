"""FUNCTIONS: every function a query may use, and what DuckDB makes of it. Start here.

A name that is not here does not exist for a query, whatever DuckDB could do with it: that
keeps DuckDB's own functions (files, settings, the catalogue) out of reach, and a query that
runs here runs on Athena.

Source: https://docs.aws.amazon.com/athena/latest/ug/functions.html
"""

from harness.cloud.template.shapes import words

_AS_THEY_ARE = words("""
    abs acos asin atan atan2 avg bool_and bool_or ceil ceiling chr concat_ws corr cos count count_if count_star
    covar_pop covar_samp cume_dist cbrt date_trunc day degrees dense_rank exp first_value flatten floor format_bytes
    hour json_array_length lag last_value lead length ln log log10 log2 lower ltrim map map_concat map_entries
    map_from_entries map_keys map_values max min minute mod month nth_value ntile nullif percent_rank pi position pow
    power quarter radians rank regexp_extract_all replace reverse round row row_number rtrim second sign
    sin split_part sqrt starts_with stddev stddev_pop stddev_samp strpos substr substring sum tan translate trim upper
    url_decode url_encode var_pop var_samp variance week year array_agg histogram random
""")

_SYNTAX = words("date_part timezone to_years to_months to_weeks to_days to_hours to_minutes to_seconds trunc")
"""What DuckDB's parser makes of EXTRACT, AT TIME ZONE and INTERVAL."""

OPERATORS = frozenset(words("+ - * // % || ~~ !~~ like_escape not_like_escape"))
"""With whole-number division, as Trino has it, DuckDB's parser writes / as //."""

_RENAMED = {
    "any_value": "any_value", "arbitrary": "any_value", "approx_percentile": "quantile_disc", "array_distinct":
    "list_distinct", "array_intersect": "list_intersect", "array_join": "array_to_string", "array_max": "list_max",
    "array_min": "list_min", "array_sort": "list_sort", "arrays_overlap": "list_has_any", "codepoint": "unicode",
    "contains": "list_contains", "every": "bool_and", "filter": "list_filter", "from_base64": "from_base64",
    "from_hex": "unhex", "from_utf8": "decode", "last_day_of_month": "last_day", "levenshtein_distance": "levenshtein",
    "max_by": "arg_max", "min_by": "arg_min", "rand": "random", "regexp_like": "regexp_matches", "regexp_split":
    "regexp_split_to_array", "split": "string_split", "to_base64": "to_base64",
    "to_hex": "hex", "to_unixtime": "epoch", "to_utf8": "encode", "transform": "list_transform", "truncate": "trunc",
}  # fmt: skip

ENTRIES = 10_000
"""Entries of an array that sequence or repeat makes at most, as in Trino."""

PADDED = 10_000
"""Characters that a text is padded to at most: the model's choice, so that no text fills the memory."""

_TOO_LONG = f"error('result of sequence function must not have more than {ENTRIES} entries')"

MACROS: dict[str, str] = {
    "array_concat": "(a, b) AS a || b",
    "array_position": "(a, x) AS CAST(coalesce(list_position(a, x), 0) AS BIGINT)",
    "array_union": "(a, b) AS list_distinct(list_concat(a, b))",
    "cardinality": "(x) AS CAST(cardinality(x) AS BIGINT)",
    "date_add": "(unit, n, x) AS x + CASE lower(unit) WHEN 'millisecond' THEN to_milliseconds(n) "
    "WHEN 'second' THEN to_seconds(n) WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) "
    "WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_weeks(CAST(n AS INTEGER)) "
    "WHEN 'month' THEN to_months(CAST(n AS INTEGER)) WHEN 'quarter' THEN to_months(CAST(n * 3 AS INTEGER)) "
    "WHEN 'year' THEN to_years(CAST(n AS INTEGER)) ELSE error('''' || unit || ''' is not a valid DATE field') END",
    "date_diff": "(unit, a, b) AS date_sub(unit, a, b)",
    "day_of_month": "(x) AS day(x)",
    "day_of_week": "(x) AS isodow(x)",
    "day_of_year": "(x) AS dayofyear(x)",
    "dow": "(x) AS isodow(x)",
    "doy": "(x) AS dayofyear(x)",
    "e": "() AS exp(1)",
    "element_at": "(x, i) AS x[i]",
    "ends_with": "(s, t) AS suffix(s, t)",
    "from_iso8601_date": "(s) AS CAST(s AS DATE)",
    "from_iso8601_timestamp": "(s) AS timezone('UTC', CAST(s AS TIMESTAMPTZ))",
    "from_unixtime": "(x) AS make_timestamp(CAST(x * 1000000 AS BIGINT))",
    "greatest": "(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN greatest(a, b) END, "
    "(a, b, c) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL AND c IS NOT NULL THEN greatest(a, b, c) END",
    "if": "(c, a) AS CASE WHEN c THEN a END, (c, a, b) AS CASE WHEN c THEN a ELSE b END",
    "is_nan": "(x) AS isnan(x)",
    "json_extract": "(j, p) AS TRY(json_extract(j, p))",
    "json_extract_scalar": "(j, p) AS TRY(CASE WHEN json_type(j, p) NOT IN ('OBJECT', 'ARRAY') "
    "THEN json_extract_string(j, p) END)",
    "json_format": "(j) AS CAST(j AS VARCHAR)",
    "json_parse": "(s) AS CAST(s AS JSON)",
    "json_size": "(j, p) AS CAST(coalesce(json_array_length(j, p), len(json_keys(j, p)), 0) AS BIGINT)",
    "least": "(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN least(a, b) END, "
    "(a, b, c) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL AND c IS NOT NULL THEN least(a, b, c) END",
    "lpad": f"(s, n, p) AS CASE WHEN n <= {PADDED} THEN lpad(s, CAST(least(n, {PADDED}) AS INTEGER), p) ELSE "
    f"error('Target length must be in the range [0..{PADDED}]') END",
    "map_agg": "(k, v) AS map(list(k), list(v))",
    "md5": "(b) AS unhex(md5(b))",
    "millisecond": "(x) AS CAST(date_part('millisecond', x) AS BIGINT) % 1000",
    "parse_date": "(s, f) AS CAST(strptime(s, f) AS DATE)",
    "regexp_count": "(s, p) AS CAST(len(regexp_extract_all(s, p)) AS BIGINT)",
    "regexp_extract": "(s, p) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END, "
    "(s, p, g) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END",
    "regexp_replace": "(s, p) AS regexp_replace(s, p, '', 'g'), "
    r"(s, p, r) AS regexp_replace(s, p, regexp_replace(r, '\$(\d)', '\\\1', 'g'), 'g')",
    # the limits stand twice: DuckDB works out what is constant before it looks at CASE
    "repeat": f"(x, n) AS CASE WHEN n <= {ENTRIES} THEN list_transform(range(least(n, {ENTRIES})), lambda i: x) ELSE "
    f"error('count argument of repeat function must be less than or equal to {ENTRIES}') END",
    "rpad": f"(s, n, p) AS CASE WHEN n <= {PADDED} THEN rpad(s, CAST(least(n, {PADDED}) AS INTEGER), p) ELSE "
    f"error('Target length must be in the range [0..{PADDED}]') END",
    "sequence": f"(a, b) AS CASE WHEN b - a < {ENTRIES} THEN generate_series(a, least(b, a + {ENTRIES})) "
    f"ELSE {_TOO_LONG} END, "
    f"(a, b, s) AS CASE WHEN len(generate_series(a, b, s)) <= {ENTRIES} THEN generate_series(a, b, s) "
    f"ELSE {_TOO_LONG} END",
    "sha1": "(b) AS unhex(sha1(b))",
    "sha256": "(b) AS unhex(sha256(b))",
    "slice": "(a, s, n) AS list_slice(a, s, s + n - 1)",
    "to_iso8601": "(x) AS strftime(x, '%Y-%m-%dT%H:%M:%S.%g')",
    "url_extract_host": "(u) AS nullif(regexp_extract(u, '^[a-zA-Z][^:/?#]*://([^/?#:]*)', 1), '')",
    "url_extract_path": "(u) AS regexp_extract(u, '^(?:[a-zA-Z][^:/?#]*://[^/?#]*)?([^?#]*)', 1)",
    "url_extract_query": r"(u) AS nullif(regexp_extract(u, '\?([^#]*)', 1), '')",
    "week_of_year": "(x) AS week(x)",
    "year_of_week": "(x) AS isoyear(x)",
    "yow": "(x) AS isoyear(x)",
}
"""What DuckDB does otherwise than Trino, in DuckDB's own words; each becomes a macro `trino_{name}`."""

MACRO_PREFIX = "trino_"

SPECIAL = frozenset(
    words("approx_distinct concat date_format date_parse format_datetime parse_datetime now reduce listagg")
)
"""What is not only called otherwise: see `rewriting.py`."""

FUNCTIONS: dict[str, str] = {
    **{name: name for name in (*_AS_THEY_ARE, *_SYNTAX, *SPECIAL)},
    **_RENAMED,
    **{name: f"{MACRO_PREFIX}{name}" for name in MACROS},
}
"""Every function by Trino's name, with DuckDB's."""

TYPES: dict[str, str] = {
    "BOOLEAN": "BOOLEAN", "TINYINT": "TINYINT", "SMALLINT": "SMALLINT", "INTEGER": "INTEGER", "BIGINT": "BIGINT",
    "REAL": "FLOAT", "DOUBLE": "DOUBLE", "DECIMAL": "DECIMAL", "VARCHAR": "VARCHAR", "CHAR": "VARCHAR",
    "VARBINARY": "BLOB", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "JSON": "JSON", "MAP": "MAP", "STRUCT": "STRUCT", "LIST": "list",
}  # fmt: skip
"""Every type a CAST may name, with DuckDB's. STRING is none: it belongs to CREATE TABLE."""
