"""Files in, auditee out: tables, schema, predictor, provenance."""
