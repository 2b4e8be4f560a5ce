"""Every theorem of the library is proved without open conditions, and none of its wrong variants is."""

from __future__ import annotations

import pytest

from derive.library import families, theorem

NAMES = [entry.name for family in families() for entry in family]

CRITICAL = """
elbo.gap elbo.forms elbo.jensen elbo.gaussian gauss.kl_std_diag gauss.kl_mv info.gibbs info.kl_support
info.kl_same_support_infinite gan.optimal_d gan.jsd_log2 gan.jsd_log4 gan.coverage reparam.lognormal_T
reparam.lognormal_M reparam.lognormal_C reparam.lognormal_kl reparam.gaussian ddpm.forward_closed
ddpm.posterior_variance ddpm.posterior_mean ddpm.posterior_n1 ddpm.schedule_validity ddpm.linear_schedule
ddpm.two_step_exam flow.change_of_variables flow.rank_deficient flow.even_power flow.unit_jacobian_1d
flow.volume_preserving vae.linear_elbo vae.linear_optimal_encoder vae.one_dim_latent em.responsibility
em.mstep vq.gradients fid.formula attn.definition attn.sinusoidal shape.flatten_channels shape.pool_unet
""".split()
"""What teaching in this field leans on most."""


def test_the_library_covers_the_field() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 300
    assert len(CRITICAL) == 41
    assert not set(CRITICAL) - set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_theorem_and_its_wrong_variants(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random instances, which only tell how a variant is refused, are left to ``derive verify``."""
    monkeypatch.setattr("derive.derivation.proving.disagreement", lambda *_: None)
    report = theorem(name).derivation().check()
    assert report.proved, list(report.faults())
    assert not any(t.conditions or t.axioms for t in report.theorems.values())
    assert all(w.outcome in ("refuted", "refused") for w in report.wrongs), list(report.faults())
