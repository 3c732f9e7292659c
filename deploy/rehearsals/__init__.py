"""Contains rehearsals, which do rare tasks of operators on this machine and check the result by counting events."""
