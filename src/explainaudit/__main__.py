"""The command line as ``python -m explainaudit``."""

from explainaudit.cli import main

if __name__ == "__main__":
    main()
