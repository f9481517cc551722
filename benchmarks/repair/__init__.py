"""Injected faults: does the denoiser mend what a diagnostic blames?"""
