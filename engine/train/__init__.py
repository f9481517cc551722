"""Training of the embedded denoiser: examples from teachers and commits, wording, and the loop. Never imported at run time."""
