"""The made-up primary school behind `halfday demo`: no child, family or school in it is real."""

from halfday_sync.sources.sample.belief import Amendment
from halfday_sync.sources.sample.school import SampleSchool, sample_school

__all__ = ["Amendment", "SampleSchool", "sample_school"]
