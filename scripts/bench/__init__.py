"""How fast the portal is beside a bare Flask page: see docs/benchmarks.md."""
