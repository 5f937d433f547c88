"""Where marks come from: every source gives one whole, dated picture of a school (`base.Snapshot`)."""
