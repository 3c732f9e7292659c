"""Contains rehearsals, which perform operators' rare tasks, such as a restore, on this machine and check the result."""
