"""Search: proposes proofs. Nothing here is trusted; what it proposes, the kernel checks."""
