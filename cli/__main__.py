"""`python -m cli`: the command line of this very checkout."""

from cli.main import main

main()
