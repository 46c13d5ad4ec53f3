"""The compiled loops: survival, purchases, mandates and early retirement for one draw or a block of draws."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from __future__ import annotations

import numpy as np

from madang.core.kernels import kernel

STOCK, PURCHASES, STOCK_SPLIT = 0, 1, 2
BOUGHT, SCRAPPED, RETIRED = 1, 2, 3
NEW, ALL = 0, 1
VECTOR = 8
GONE = 1e-13


@kernel(nogil=True, error_model="numpy")
def table_survival(table, age):
    """Survival at an exact age from values at whole ages; the last yearly rate goes on past the end."""
    last = table.shape[0] - 1
    if age >= last:
        if table[last - 1] <= 0.0:
            return 0.0
        return table[last] * (table[last] / table[last - 1]) ** (age - last)
    low = int(age)
    return table[low] + (table[low + 1] - table[low]) * (age - low)


@kernel(nogil=True, error_model="numpy")
def yearly_survival(table, scale, shape, ages, log_ages, first, falling):
    """Fill ``first`` (share left at the first year's end) and ``falling`` (yearly rates, oldest first, then zeros)."""
    count = ages.shape[0]
    for p in range(scale.shape[0]):
        if p > 0 and table.shape[1] == 0 and scale[p] == scale[p - 1] and shape[p] == shape[p - 1]:
            first[p] = first[p - 1]
            falling[p, :] = falling[p - 1, :]
            continue
        log_scale = np.log(scale[p])
        before = 1.0
        for k in range(count):
            if table.shape[1] > 0:
                now = table_survival(table[p], ages[k] / scale[p])
            else:
                now = np.exp(-np.exp(shape[p] * (log_ages[k] - log_scale)))
            # Numbers near the smallest there are make a processor crawl, and such a remnant is nobody's vehicle.
            if now < GONE:
                now = 0.0
            if k == 0:
                first[p] = now
            falling[p, count - 1 - k] = now / before if before > 0.0 else 0.0
            before = now


@kernel(nogil=True, error_model="numpy")
def hold_one(cohorts, p, count):
    """Sum the first ``count`` model years of a powertrain, oldest first."""
    total = 0.0
    for m in range(count):
        total += cohorts[p, m]
    return total


@kernel(nogil=True, error_model="numpy")
def hold(cohorts, count, held):
    """Sum the first ``count`` model years of each powertrain."""
    for p in range(cohorts.shape[0]):
        held[p] = hold_one(cohorts, p, count)


@kernel(nogil=True, error_model="numpy", inline="always")
def age_one_year(cohorts, newest, falling, held, flows, year):
    """Let every model year before ``newest`` age by a year; note what was scrapped; return the stock left.

    ``held`` comes in as last year's stock and leaves as what survived of it. Rows are read in whole vectors: past
    ``newest`` they hold zeros.
    """
    # Known not to be negative, the index needs no wrap-around test in the innermost loop.
    shift = max(0, falling.shape[1] - VECTOR - 1 - newest)
    whole = (newest + VECTOR - 1) // VECTOR * VECTOR
    total = 0.0
    for p in range(cohorts.shape[0]):
        left = 0.0
        for m in range(whole):
            kept = cohorts[p, m] * falling[p, m + shift]
            cohorts[p, m] = kept
            left += kept
        # Where nearly all survive, the order of additions may lift the sum by the last digit.
        flows[year, SCRAPPED, p] = max(0.0, held[p] - left)
        held[p] = left
        total += left
    return total


@kernel(nogil=True, error_model="numpy")
def retire_oldest(cohorts, newest, taken_from, amount, flows, year):
    """Retire ``amount`` early from the marked powertrains, oldest model years first; return what was left to do."""
    for m in range(newest):
        if amount <= 0.0:
            return 0.0
        layer = 0.0
        for p in range(cohorts.shape[0]):
            if taken_from[p]:
                layer += cohorts[p, m]
        if layer <= 0.0:
            continue
        part = 1.0 if layer <= amount else amount / layer
        for p in range(cohorts.shape[0]):
            if taken_from[p]:
                gone = cohorts[p, m] * part
                cohorts[p, m] = 0.0 if part == 1.0 else cohorts[p, m] - gone
                flows[year, RETIRED, p] += gone
        amount -= layer
    return max(0.0, amount)


@kernel(nogil=True, error_model="numpy")
def fill_shares(members, share, out):
    """Write each member's part of what the members get: as their shares stand, or all to the first."""
    inside = 0.0
    for p in range(share.shape[0]):
        if members[p]:
            inside += share[p]
    given = False
    for p in range(share.shape[0]):
        out[p] = 0.0
        if members[p]:
            if inside > 0.0:
                out[p] = share[p] / inside
            elif not given:
                out[p] = 1.0
                given = True
    return inside


@kernel(nogil=True, error_model="numpy")
def mandate_purchases(share, members, wanted, fill):
    """Lift the members' share of purchases to ``wanted``; the others shrink alike."""
    inside = fill_shares(members, share, fill)
    if inside >= wanted:
        return
    for p in range(share.shape[0]):
        if members[p]:
            share[p] = fill[p] * wanted
        else:
            share[p] *= (1.0 - wanted) / (1.0 - inside)


@kernel(nogil=True, error_model="numpy")
def required_share(first, last, year, found, wanted):
    """The share of stock a mandate asks for at a year's end: an even rise from what was found, then held."""
    if year >= last:
        return wanted
    return found + (wanted - found) * (year - first + 1) / (last - first + 1)


@kernel(nogil=True, error_model="numpy")
def stock_share(held, members):
    """Members' share of a stock by powertrain; 0 for an empty stock."""
    inside, total = 0.0, 0.0
    for p in range(held.shape[0]):
        total += held[p]
        if members[p]:
            inside += held[p]
    return inside / total if total > 0.0 else 0.0


@kernel(nogil=True, error_model="numpy")
def mandate_stock(cohorts, newest, year, members, wanted, share, first, flows, fill, others):
    """Bring the members to ``wanted`` of the stock: shift purchases, then replace the oldest others early."""
    inside, total = 0.0, 0.0
    for p in range(cohorts.shape[0]):
        others[p] = not members[p]
        now = hold_one(cohorts, p, newest + 1)
        total += now
        if members[p]:
            inside += now
    lacking = wanted * total - inside
    if lacking <= 0.0:
        return
    fill_shares(members, share, fill)
    movable = 0.0
    for p in range(cohorts.shape[0]):
        if others[p]:
            movable += cohorts[p, newest]
    moved = min(lacking, movable)
    if moved > 0.0:
        for p in range(cohorts.shape[0]):
            if others[p]:
                cohorts[p, newest] = 0.0 if moved == movable else cohorts[p, newest] * (1.0 - moved / movable)
    left = retire_oldest(cohorts, newest, others, lacking - moved, flows, year)
    for p in range(cohorts.shape[0]):
        cohorts[p, newest] += fill[p] * (lacking - left)
        flows[year, BOUGHT, p] = cohorts[p, newest] / first[p]


@kernel(nogil=True, error_model="numpy", inline="always")
def buy_by_total(cohorts, newest, year, left, drive, total, share, first, flows, anyone):
    """Buy what the total asks for, or retire the surplus; return whether anything was retired."""
    average = 0.0
    for p in range(share.shape[0]):
        average += share[p] * first[p]
    bought = total
    if drive == STOCK:
        bought = max(0.0, total - left) / average
        if left > total:
            for p in range(share.shape[0]):
                anyone[p] = True
            retire_oldest(cohorts, newest, anyone, left - total, flows, year)
    for p in range(share.shape[0]):
        flows[year, BOUGHT, p] = bought * share[p]
        cohorts[p, newest] = bought * share[p] * first[p]


@kernel(nogil=True, error_model="numpy")
def buy_by_register(cohorts, newest, year, held, total, share, first, flows, anyone):
    """Bring each powertrain to its own part of the stock by purchase or early retirement."""
    for p in range(share.shape[0]):
        wanted = total * share[p]
        left = held[p]
        if wanted >= left:
            flows[year, BOUGHT, p] = (wanted - left) / first[p]
            cohorts[p, newest] = wanted - left
        else:
            for q in range(share.shape[0]):
                anyone[q] = q == p
            retire_oldest(cohorts, newest, anyone, left - wanted, flows, year)


@kernel(nogil=True, error_model="numpy", inline="always")
def close_year(cohorts, newest, first, held, flows, year):
    """Count the stock at the year's end and what of the purchases did not see it."""
    for p in range(cohorts.shape[0]):
        if flows[year, RETIRED, p] > 0.0:
            held[p] = hold_one(cohorts, p, newest + 1)
        else:
            held[p] += cohorts[p, newest]
        flows[year, 0, p] = held[p]
        flows[year, SCRAPPED, p] += flows[year, BOUGHT, p] * (1.0 - first[p])


# Sums may be reordered, so that the innermost loop runs in vectors: a difference in the last digit at most.
@kernel(nogil=True, error_model="numpy", fastmath={"reassoc"})
def run_class(cohorts, ages_held, drive, total, split, first, falling, rules, members, found, flows, work, by_year):
    """Run one class through all years.

    ``cohorts`` powertrain x model year, filled up to ``ages_held``; ``flows`` year x (stock, bought, scrapped, retired)
    x powertrain; ``rules`` mandate x (scope, first, last, share); ``by_year`` year x powertrain x model year
    or empty.
    """
    share, fill, held, anyone = work[0], work[1], work[2], np.empty(cohorts.shape[0], np.bool_)
    flows[:] = 0.0
    hold(cohorts, ages_held, held)
    for year in range(total.shape[0]):
        newest = ages_held + year
        for p in range(share.shape[0]):
            share[p] = split[year, p]
        for r in range(rules.shape[0]):
            if rules[r, 0] == ALL and year == max(0, int(rules[r, 1])):
                found[r] = stock_share(held, members[r])
            if rules[r, 0] == NEW and rules[r, 1] <= year <= rules[r, 2]:
                mandate_purchases(share, members[r], rules[r, 3], fill)
        left = age_one_year(cohorts, newest, falling, held, flows, year)
        if drive == STOCK_SPLIT:
            buy_by_register(cohorts, newest, year, held, total[year], share, first, flows, anyone)
        else:
            buy_by_total(cohorts, newest, year, left, drive, total[year], share, first, flows, anyone)
        for r in range(rules.shape[0]):
            if rules[r, 0] == ALL and year >= rules[r, 1]:
                start = max(0.0, rules[r, 1])
                wanted = required_share(start, rules[r, 2], year, found[r], rules[r, 3])
                mandate_stock(cohorts, newest, year, members[r], wanted, share, first, flows, fill, anyone)
        close_year(cohorts, newest, first, held, flows, year)
        if by_year.shape[0] > 0:
            by_year[year] = cohorts[:, : by_year.shape[2]]


@kernel(nogil=True, error_model="numpy")
def run_block(
    initial, drive, total, split, table, scale, shape, ages, log_ages,
    rule_class, rules, members, picks, weights, out, flows, by_year,
):  # fmt: skip
    """Run a block of draws; keep only weighted sums of flows.

    Shapes: initial draw x class x powertrain x age; total draw x class x year; split draw x class x year x
    powertrain; scale, shape draw x class x powertrain; rules draw x mandate x
    (scope, first, last, share); picks entry x (output, flow, class, powertrain);
    out draw x output x year; flows class x year x flow x powertrain (of the last draw);
    by_year class x year x powertrain x model year, or empty.
    """
    classes, powertrains = split.shape[1], split.shape[3]
    count, held = ages.shape[0], initial.shape[3]
    first, falling = np.empty(powertrains), np.zeros((powertrains, count + VECTOR))
    cohorts, work = np.empty((powertrains, count + VECTOR)), np.empty((3, powertrains))
    found = np.empty(rules.shape[1])
    for draw in range(out.shape[0]):
        for c in range(classes):
            yearly_survival(table[c], scale[draw, c], shape[draw, c], ages, log_ages, first, falling)
            cohorts[:] = 0.0
            for p in range(powertrains):
                for age in range(held):
                    cohorts[p, held - 1 - age] = initial[draw, c, p, age]
            low, high = rule_class[c], rule_class[c + 1]
            run_class(
                cohorts, held, drive[c], total[draw, c], split[draw, c], first, falling, rules[draw, low:high],
                members[low:high], found, flows[c], work, by_year[c],
            )  # fmt: skip
        out[draw] = 0.0
        for entry in range(picks.shape[0]):
            k, flow, c, p = picks[entry, 0], picks[entry, 1], picks[entry, 2], picks[entry, 3]
            for year in range(total.shape[2]):
                out[draw, k, year] += weights[entry] * flows[c, year, flow, p]
