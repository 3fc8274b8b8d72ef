"""Auditee in, attribution out. The only room that names shap and lime."""
