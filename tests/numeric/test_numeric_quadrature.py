"""Quadrature: certified rules, expectations against closed forms and mpmath, honest failures."""

import warnings
from math import inf, nan, pi, sqrt

import mpmath as mp
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from sympy import Symbol, exp, log

from numeric.program import Program
from numeric.quadrature import (
    Beta,
    Density,
    Exponential,
    Gamma,
    Laplace,
    Logistic,
    LogNormal,
    Normal,
    Status,
    StudentT,
    Uniform,
    expectation,
    integrate,
)
from numeric.quadrature.rules import hermite, jacobi, kronrod, laguerre, legendre

EPS = np.finfo(float).eps


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# Rules


def root_near(f, x):
    bracket = (x * (1 - mp.mpf("1e-12")), x * (1 + mp.mpf("1e-12")))
    return mp.findroot(f, bracket, solver="anderson", verify=False)


def hermite_truth(n, x):
    root = root_near(lambda z: mp.hermite(n, z / mp.sqrt(2)), x)
    value = mp.hermite(n - 1, root / mp.sqrt(2)) / mp.mpf(2) ** mp.mpf((n - 1) / 2)
    return root, mp.factorial(n) / (n * value) ** 2


def laguerre_truth(n, x, shape):
    a = mp.mpf(shape) - 1
    root = root_near(lambda z: mp.laguerre(n, a, z), x)
    scale = mp.gamma(n + a + 1) / mp.gamma(a + 1) / mp.factorial(n) / (n + 1) ** 2
    return root, scale * root / mp.laguerre(n + 1, a, root) ** 2


def jacobi_truth(n, x, a, b):
    p, q = mp.mpf(b) - 1, mp.mpf(a) - 1
    root = root_near(lambda z: mp.jacobi(n, p, q, 2 * z - 1), x)
    slope = (n + p + q + 1) / 2 * mp.jacobi(n - 1, p + 1, q + 1, 2 * root - 1)
    top = mp.gamma(n + p + 1) * mp.gamma(n + q + 1)
    scale = top / mp.gamma(n + p + q + 1) / mp.factorial(n) / mp.beta(a, b)
    return root, scale / (4 * root * (1 - root) * slope**2)


RULES = [
    (hermite, hermite_truth, (16,)),
    (hermite, hermite_truth, (256,)),
    (laguerre, laguerre_truth, (16, 0.1)),
    (laguerre, laguerre_truth, (100, 7.3)),
    (laguerre, laguerre_truth, (30, 201.0)),
    (jacobi, jacobi_truth, (16, 0.3, 2.0)),
    (jacobi, jacobi_truth, (64, 50.0, 2.5)),
]


@pytest.mark.parametrize(("make", "truth", "arguments"), RULES)
def test_nodes_and_weights_to_one_unit_in_the_last_place(make, truth, arguments):
    rule = make(*arguments)
    n, *parameters = arguments
    for k in {0, n // 3, n // 2, n - 2, n - 1}:
        with mp.workdps(50 + n):
            node, weight = truth(n, mp.mpf(float(rule.nodes[k])), *parameters)
            assert abs(rule.nodes[k] - node) <= abs(node) * EPS / 2 * mp.mpf("1.0001")
            assert abs(rule.weights[k] - weight) <= weight * EPS / 2 * mp.mpf("1.0001")
    assert np.all(np.diff(rule.nodes) > 0)


@pytest.mark.parametrize("n", [1, 2, 5, 40, 101])
def test_legendre_agrees_with_arb(n):
    rule = legendre(n)
    pairs = [arb.legendre_p_root(n, k, weight=True) for k in reversed(range(n))]
    assert rule.nodes.tolist() == [float(x) for x, _ in pairs]
    assert rule.weights.tolist() == [float(w / 2) for _, w in pairs]


QUADPACK_21 = {0: 0.011694638867371874, 1: 0.032558162307964727, 10: 0.14944555400291690566}


def test_kronrod_is_the_rule_of_quadpack_and_exact_to_degree_31():
    rule, gauss = kronrod(10)
    assert rule.nodes[0] == -0.995657163025808080735527280689003
    for k, weight in QUADPACK_21.items():
        assert abs(2 * rule.weights[k] - weight) <= EPS * weight
    assert np.array_equal(rule.nodes[1::2], legendre(10).nodes)
    for degree in range(0, 32, 2):
        assert abs(rule.weights @ rule.nodes**degree * (degree + 1) - 1) < 1e-14
    assert abs(gauss @ legendre(10).nodes ** 20 * 21 - 1) > 1e-6


def test_rules_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match="nodes"):
        hermite(0)
    with pytest.raises(ValueError, match="shape"):
        laguerre(5, -1.0)
    with pytest.raises(ValueError, match="read-only"):
        legendre(3).nodes[0] = 1.0


FAMILIES = {
    "hermite": (hermite, lambda k: 0 if k % 2 else special.factorial2(max(k - 1, 0))),
    "legendre": (legendre, lambda k: 0 if k % 2 else 1 / (k + 1)),
    "laguerre": (lambda n: laguerre(n, 2.5), lambda k: special.poch(2.5, k)),
    "jacobi": (
        lambda n: jacobi(n, 0.7, 3.0),
        lambda k: special.poch(0.7, k) / special.poch(3.7, k),
    ),
}


@given(st.sampled_from(sorted(FAMILIES)), st.integers(1, 12), st.data())
@settings(max_examples=80, deadline=None)
def test_a_rule_is_exact_for_polynomials_of_degree_below_2n(family, n, data):
    make, moment = FAMILIES[family]
    coefficients = data.draw(st.lists(st.integers(-9, 9), min_size=1, max_size=2 * n))
    rule = make(n)
    terms = [c * rule.nodes**k for k, c in enumerate(coefficients)]
    got = rule.weights @ np.sum(terms, axis=0)
    size = rule.weights @ np.sum(np.abs(terms), axis=0)
    exact = sum(c * moment(k) for k, c in enumerate(coefficients))
    assert abs(got - exact) <= 40 * n * EPS * max(size, 1e-300)


# Truth


def softplus(x):
    return mp.log1p(mp.exp(x))


def normal_pdf(x, m=0, s=1):
    return mp.npdf(x, m, s)


def jsd_term(x):
    p, q = normal_pdf(x, 0, 1), normal_pdf(x, 2, mp.mpf("0.5"))
    return (p * mp.log(2 * p / (p + q)) + q * mp.log(2 * q / (p + q))) / 2


def jsd_float(x):
    p = np.exp(-(x**2) / 2) / sqrt(2 * pi)
    q = 2 * np.exp(-2 * (x - 2) ** 2) / sqrt(2 * pi)
    return 0.5 * (special.xlogy(p, 2 * p / (p + q)) + special.xlogy(q, 2 * q / (p + q)))


REFERENCES = {
    "softplus": (
        lambda: expectation(lambda x: np.logaddexp(0, x), Normal(0.5, 2)),
        lambda: mp.quad(lambda x: softplus(x) * normal_pdf(x, 0.5, 2), [-40, -5, 0, 5, 40]),
    ),
    "sigmoid": (
        lambda: expectation(special.expit, Normal(1, 3)),
        lambda: mp.quad(lambda x: normal_pdf(x, 1, 3) / (1 + mp.exp(-x)), [-60, -5, 0, 5, 60]),
    ),
    "logistic-normal entropy": (
        lambda: expectation(lambda x: special.entr(special.expit(x)), Normal(0, 1.5)),
        lambda: mp.quad(
            lambda x: softplus(-x) / (1 + mp.exp(-x)) * normal_pdf(x, 0, 1.5), [-40, -5, 0, 5, 40]
        ),
    ),
    "jsd of two normals": (
        lambda: integrate(jsd_float, -20, 20),
        lambda: mp.quad(jsd_term, [-20, -4, 0, 2, 4, 20]),
    ),
    "softplus under logistic": (
        lambda: expectation(lambda x: np.logaddexp(0, x), Logistic(1, 0.5)),
        lambda: mp.quad(lambda x: softplus(x) * mp.sech(x - 1) ** 2 / 2, [-60, -5, 1, 5, 60]),
    ),
    "exp(-|x|) under t": (
        lambda: expectation(lambda x: np.exp(-np.abs(x)), StudentT(1.5, 0, 2), points=[0]),
        lambda: (
            2
            * mp.quad(
                lambda x: (
                    mp.exp(-x)
                    * (1 + x * x / 6) ** mp.mpf("-1.25")
                    * mp.gamma(1.25)
                    / (mp.sqrt(6 * mp.pi) * mp.gamma(0.75))
                ),
                [0, 1, 5, 20, 80],
            )
        ),
    ),
}


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_against_mpmath(name):
    ours, theirs = REFERENCES[name]
    with mp.workdps(30):
        truth = theirs()
    result = ours()
    assert result.converged
    assert abs(result.value - truth) <= result.error
    assert abs(result.value - truth) <= 1e-9 * abs(truth)


@pytest.mark.parametrize("power", [2, 4, 30])
def test_a_factor_may_overflow_where_the_density_underflows(power):
    line = integrate(lambda x: x**power * np.exp(-(x**2)), -inf, inf)
    half = integrate(lambda x: np.cosh(3 * x) * np.exp(-(x**2)), 0, inf)
    assert line.converged and half.converged
    np.testing.assert_allclose(line.value, special.gamma((power + 1) / 2), rtol=1e-9)
    np.testing.assert_allclose(half.value, sqrt(pi) / 2 * np.exp(9 / 4), rtol=1e-9)


M, S = np.array([-1.0, 0.3, 20.0]), np.array([0.1, 1.0, 3.0])
SHAPES = np.array([0.3, 2.5, 300.0])
CLOSED = {
    "log p": (
        expectation(lambda x: -0.5 * np.log(2 * pi) - 0.5 * (x - 1) ** 2, Normal(M, S)),
        -0.5 * np.log(2 * pi) - 0.5 * ((M - 1) ** 2 + S**2),
    ),
    "exp": (expectation(np.exp, Normal(M, S)), np.exp(M + S**2 / 2)),
    "lognormal": (expectation(lambda x: x, LogNormal(M, S)), np.exp(M + S**2 / 2)),
    "relu": (
        expectation(lambda x: np.maximum(x, 0), Normal(M, S)),
        S * np.exp(-((M / S) ** 2) / 2) / sqrt(2 * pi) + M * special.ndtr(M / S),
    ),
    "log of gamma": (expectation(np.log, Gamma(SHAPES, 2)), special.digamma(SHAPES) - np.log(2)),
    "log of beta": (
        expectation(np.log, Beta(SHAPES, 2)),
        special.digamma(SHAPES) - special.digamma(SHAPES + 2),
    ),
    "exponential": (
        expectation(np.sqrt, Exponential([1, 4, 9])),
        sqrt(pi) / 2 / np.array([1, 2, 3]),
    ),
    "laplace": (expectation(np.cos, Laplace(0, [1, 2, 3])), 1 / np.array([2, 5, 10])),
    "uniform": (expectation(np.log, Uniform(0, [1, 2, 3])), np.log([1, 2, 3]) - 1),
    "t": (expectation(lambda x: x**2, StudentT([3, 5, 50])), np.array([3, 5 / 3, 50 / 48])),
    "gumbel": (
        expectation(
            lambda x: x,
            Density(
                log_density=lambda x, m: -(x - m) - np.exp(-(x - m)), parameters={"m": [0, 1, 5]}
            ),
        ),
        np.euler_gamma + np.array([0, 1, 5]),
    ),
}


@pytest.mark.parametrize("name", sorted(CLOSED))
def test_closed_forms(name):
    result, truth = CLOSED[name]
    assert result.converged.all(), result.why()
    assert np.all(np.abs(result.value - truth) <= result.error + 4 * EPS * np.abs(truth))
    assert np.all(np.abs(result.value - truth) <= 1e-9 * np.abs(truth))


def test_independent_variables():
    variables = {"x": Normal(0, [0.5, 0.3]), "y": Uniform(-1, 1), "z": Exponential(2)}
    result = expectation(lambda x, y, z: np.exp(x) * np.cos(y) * z**2, variables)
    assert result.converged.all()
    truth = np.exp(np.array([0.125, 0.045])) * np.sin(1) * 0.5
    assert np.all(np.abs(result.value - truth) <= result.error)
    pair = expectation(lambda x, y: np.abs(x - y), {"x": Normal(), "y": Normal()}, rtol=1e-12)
    assert pair.status == Status.RULES
    assert abs(pair.value - 2 / sqrt(pi)) <= pair.error


# Spikes, kinks, failures


@pytest.mark.parametrize("centre", [1 / 3, 33.3, -77.7])
@pytest.mark.parametrize("sharpness", [1e3, 1e6])
def test_a_spike_is_found_or_reported(sharpness, centre):
    truth = sqrt(pi / sharpness)
    for result in (
        integrate(lambda x: np.exp(-sharpness * (x - centre) ** 2), -100, 100),
        expectation(lambda x: 200 * np.exp(-sharpness * (x - centre) ** 2), Uniform(-100, 100)),
    ):
        assert not result.converged or abs(result.value - truth) <= result.error + 1e-12 * truth
        assert result.converged or result.status == Status.ALL_ZERO
        assert sharpness > 1e3 or result.converged


@given(st.floats(-90, 90), st.floats(1, 8))
@settings(max_examples=20, deadline=None)
def test_a_spike_is_found_at_a_point_that_is_given(centre, power):
    sharpness = 10.0**power
    result = integrate(lambda x: np.exp(-sharpness * (x - centre) ** 2), -100, 100, points=[centre])
    assert result.converged
    assert abs(result.value - sqrt(pi / sharpness)) <= result.error


FAILURES = {
    "pole inside": (lambda: integrate(lambda x: 1 / x, -1, 1), {Status.BUDGET, Status.NARROW}),
    "pole at the end": (lambda: integrate(lambda x: 1 / x, 0, 1), {Status.TAIL}),
    "mean of a Cauchy": (lambda: expectation(lambda x: x, StudentT(1.0)), {Status.TAIL}),
    "infinite second moment": (lambda: expectation(lambda x: x * x, StudentT(2.0)), {Status.TAIL}),
    "infinite mean": (lambda: expectation(lambda x: np.exp(0.51 * x * x), Normal()), {Status.TAIL}),
    "cut off": (lambda: expectation(lambda x: np.exp(0.49 * x * x), Normal()), {Status.TAIL}),
    "outside the domain": (lambda: expectation(np.log, Normal(1, 1)), {Status.NOT_FINITE}),
    "nan": (lambda: expectation(lambda x: x + nan, Normal()), {Status.NOT_FINITE}),
    "zero": (lambda: expectation(lambda x: 0 * x, Normal()), {Status.ALL_ZERO}),
    "no width": (lambda: expectation(np.exp, Normal(0, 0)), {Status.PARAMETER}),
    "negative shape": (lambda: expectation(np.exp, Gamma(-1, 1)), {Status.PARAMETER}),
    "overflow far out": (lambda: integrate(np.exp, -inf, inf), {Status.TAIL, Status.NOT_FINITE}),
    "undefined on a half": (
        lambda: integrate(lambda x: np.sqrt(x) * np.exp(-x * x), -inf, inf),
        {Status.TAIL, Status.NOT_FINITE},
    ),
    "wrong order": (lambda: integrate(np.exp, 1, 0), {Status.PARAMETER}),
}


@pytest.mark.parametrize("name", sorted(FAILURES))
def test_a_failure_is_reported(name):
    run, codes = FAILURES[name]
    result = run()
    assert not result.converged
    assert Status(int(result.status)) in codes
    assert Status(int(result.status)).explanation in result.why()
    if np.isnan(result.value):
        assert result.status in (Status.PARAMETER, Status.NOT_FINITE)
        assert result.error == inf


def test_one_bad_entry_leaves_the_others_alone():
    result = expectation(lambda x: x**2, Normal([0, 1, nan], [[1.0], [-1.0]]))
    assert result.converged.tolist() == [[True, True, False], [False, False, False]]
    assert np.allclose(result.value[0, :2], [1, 2], rtol=1e-14)
    assert result.why().startswith("4 entries, first (0, 2): a parameter")


def test_nothing_is_claimed_beyond_the_budget():
    result = expectation(lambda x: np.abs(x - 0.3), Normal(), budget=600)
    assert result.status == Status.BUDGET
    truth = 2 * np.exp(-0.045) / sqrt(2 * pi) + 0.3 * (2 * special.ndtr(0.3) - 1)
    assert abs(result.value - truth) <= result.error


# Batches and names


def test_a_batch_is_its_entries():
    a = np.array([[0.5], [3.0]])
    means = np.array([-1.0, 0.0, 2.0])

    def kink(x, a):
        return np.abs(a * x - 1)

    batch = expectation(kink, Normal(means, 1), {"a": a})
    assert batch.value.shape == batch.error.shape == batch.evaluations.shape == (2, 3)
    for index in np.ndindex(2, 3):
        single = expectation(kink, Normal(means[index[1]], 1), {"a": a[index[0], 0]})
        assert single.value.shape == ()
        assert abs(single.value - batch.value[index]) <= 1e-14 * abs(single.value)


def test_many_shapes_do_without_a_gauss_rule_each():
    shapes = np.linspace(0.5, 30, 200)
    result = expectation(np.log1p, Gamma(shapes, 1))
    assert result.converged.all()
    one = expectation(np.log1p, Gamma(shapes[77], 1))
    assert abs(one.value - result.value[77]) <= one.error + result.error[77]


def test_a_program_is_an_integrand():
    z, a = Symbol("z"), Symbol("a")
    program = Program.from_sympy(log(1 + exp(a * z)))
    scale = np.array([0.5, 1.0, 2.0])
    result = expectation(program, Normal(0.5, 1), {"a": scale})
    other = expectation(lambda x, a: np.logaddexp(0, a * x), Normal(0.5, 1), {"a": scale})
    assert result.converged.all()
    assert np.allclose(result.value, other.value, rtol=1e-14)
    double = expectation(program, {"z": Normal(0, 1), "a": Uniform(0, 1)})
    assert double.converged


def test_names_and_shapes_are_checked():
    x, y = Symbol("x"), Symbol("y")
    with pytest.raises(ValueError, match="which of"):
        expectation(Program.from_sympy(x * y), Normal())
    with pytest.raises(ValueError, match="at once"):
        expectation(Program.from_sympy(x), {"x": Normal()}, {"x": 1})
    with pytest.raises(ValueError, match="1 output"):
        expectation(Program.from_sympy(x, x + 1), Normal())
    with pytest.raises(ValueError, match="entry by entry"):
        expectation(lambda v: np.ones(7), Normal())
    with pytest.raises(TypeError, match="real"):
        expectation(lambda v: 1j * v, Normal())
    with pytest.raises(ValueError, match="no Gauss"):
        expectation(lambda u, v: u * v, {"u": Normal(), "v": Logistic()})
    with pytest.raises(ValueError, match="integrate them apart"):
        integrate(np.exp, [0, -inf], 1)


# The error estimate

ENTRIES = 100


def _random_integrals():
    rng = np.random.default_rng(7)
    m, s = 2 * rng.normal(size=ENTRIES), 10 ** rng.uniform(-1.5, 1.5, ENTRIES)
    a, c = rng.normal(size=ENTRIES), m + s * rng.normal(size=ENTRIES)
    k, p = 10 ** rng.uniform(-2, 4, ENTRIES), rng.uniform(-0.1, 3, ENTRIES)
    shape, other = 10 ** rng.uniform(-0.5, 2.5, (2, ENTRIES))
    u = (m - c) / s
    wide = 1 + 2 * k * s * s
    gammas = special.gammaln(shape + p) - special.gammaln(shape)
    normal = Normal(m, s)
    yield (
        "smooth",
        lambda x, a: np.cos(a * x),
        normal,
        {"a": a},
        np.cos(a * m) * np.exp(-((a * s) ** 2) / 2),
    )
    yield (
        "smooth",
        lambda x, k, c: np.exp(-k * (x - c) ** 2),
        normal,
        {"k": k, "c": c},
        np.exp(-k * (m - c) ** 2 / wide) / np.sqrt(wide),
    )
    yield "smooth", lambda x, p: x**p, Gamma(shape, 1), {"p": p}, np.exp(gammas)
    yield (
        "smooth",
        lambda x, p: x**p,
        Beta(shape, other),
        {"p": p},
        np.exp(gammas - special.gammaln(shape + p + other) + special.gammaln(shape + other)),
    )
    density = np.exp(-u * u / 2) / sqrt(2 * pi)
    yield (
        "kinked",
        lambda x, c: np.maximum(x - c, 0),
        normal,
        {"c": c},
        s * (density + u * special.ndtr(u)),
    )
    yield (
        "kinked",
        lambda x, c: np.abs(x - c),
        normal,
        {"c": c},
        s * (2 * density + u * (2 * special.ndtr(u) - 1)),
    )
    yield "kinked", lambda x, c: (x > c) * 1.0, normal, {"c": c}, special.ndtr(u)


def test_the_error_estimate_bounds_the_error():
    bounded = {"smooth": [], "kinked": []}
    for kind, f, distribution, parameters, truth in _random_integrals():
        for rtol in (1e-3, 1e-6, 1e-9):
            result = expectation(f, distribution, parameters, rtol=rtol)
            assert result.converged.all()
            slack = 1e-12 * np.abs(truth) if kind == "smooth" else 8 * EPS * np.abs(truth)
            bounded[kind].append(np.abs(result.value - truth) <= result.error + slack)
    assert np.mean(bounded["smooth"]) >= 0.998
    assert np.mean(bounded["kinked"]) >= 0.985
