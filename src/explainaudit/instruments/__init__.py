"""Small models that an audit fits to tell something about rows. They are never what is audited."""
