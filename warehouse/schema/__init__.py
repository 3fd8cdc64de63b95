"""What every table holds, the closed sets its columns draw from, and the errors: all that transforms may know of the warehouse."""
