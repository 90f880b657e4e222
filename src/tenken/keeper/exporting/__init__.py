"""Hands the ledger to analytics: Parquet files, a folder for each day, wherever fsspec reaches."""
